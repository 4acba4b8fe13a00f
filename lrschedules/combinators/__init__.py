"""The combinators: final schedules that contain schedules."""

from lrschedules.combinators._base import Combinator as Combinator
from lrschedules.combinators.on_rates import Clip as Clip
from lrschedules.combinators.on_rates import Geometric as Geometric
from lrschedules.combinators.on_rates import Plus as Plus
from lrschedules.combinators.on_rates import Scale as Scale
from lrschedules.combinators.on_rates import Times as Times
from lrschedules.combinators.on_time import Delay as Delay
from lrschedules.combinators.on_time import KDecay as KDecay
from lrschedules.combinators.on_time import PerEpoch as PerEpoch
from lrschedules.combinators.on_time import Repeat as Repeat
from lrschedules.combinators.on_time import Then as Then
