"""Learning-rate schedules, each formula written once, for Keras, JAX, PyTorch and NumPy."""

from lrschedules import datasets as datasets
from lrschedules._operations import Namespace as Namespace
from lrschedules._param import boundaries as boundaries
from lrschedules._param import duration as duration
from lrschedules._param import factor as factor
from lrschedules._param import param as param
from lrschedules._param import per_step as per_step
from lrschedules._param import rate as rate
from lrschedules._param import rates as rates
from lrschedules._param import ratio as ratio
from lrschedules._param import steps as steps
from lrschedules._param import wait as wait
from lrschedules._schedule import Schedule as Schedule
from lrschedules.combinators import Delay as Delay
from lrschedules.combinators import PerEpoch as PerEpoch
from lrschedules.combinators import Scale as Scale
from lrschedules.combinators import Then as Then
from lrschedules.shapes import Constant as Constant
from lrschedules.shapes import Cosine as Cosine
from lrschedules.shapes import Drop as Drop
from lrschedules.shapes import Exponential as Exponential
from lrschedules.shapes import InverseSqrt as InverseSqrt
from lrschedules.shapes import Linear as Linear
from lrschedules.shapes import Piecewise as Piecewise
from lrschedules.shapes import Polynomial as Polynomial
from lrschedules.shapes import TimeBased as TimeBased
