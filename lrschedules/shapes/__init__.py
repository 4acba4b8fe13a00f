"""The shapes: schedules that are one formula each."""

from lrschedules.shapes.finite import Cosine as Cosine
from lrschedules.shapes.finite import Finite as Finite
from lrschedules.shapes.finite import FiniteExponential as FiniteExponential
from lrschedules.shapes.finite import Hyperbolic as Hyperbolic
from lrschedules.shapes.finite import Linear as Linear
from lrschedules.shapes.finite import Polynomial as Polynomial
from lrschedules.shapes.finite import Rex as Rex
from lrschedules.shapes.finite import Tanh as Tanh
from lrschedules.shapes.open_ended import Approach as Approach
from lrschedules.shapes.open_ended import Constant as Constant
from lrschedules.shapes.open_ended import Drop as Drop
from lrschedules.shapes.open_ended import Exponential as Exponential
from lrschedules.shapes.open_ended import InverseSqrt as InverseSqrt
from lrschedules.shapes.open_ended import Piecewise as Piecewise
from lrschedules.shapes.open_ended import Power as Power
from lrschedules.shapes.open_ended import TimeBased as TimeBased
