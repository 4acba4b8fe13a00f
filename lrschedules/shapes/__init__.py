"""The shapes: schedules that are one formula each."""

from lrschedules.shapes._finite import Finite as Finite
from lrschedules.shapes.endless import Approach as Approach
from lrschedules.shapes.endless import Constant as Constant
from lrschedules.shapes.endless import Drop as Drop
from lrschedules.shapes.endless import Exponential as Exponential
from lrschedules.shapes.endless import InverseSqrt as InverseSqrt
from lrschedules.shapes.endless import Piecewise as Piecewise
from lrschedules.shapes.endless import Power as Power
from lrschedules.shapes.endless import TimeBased as TimeBased
from lrschedules.shapes.finite import Cosine as Cosine
from lrschedules.shapes.finite import FiniteExponential as FiniteExponential
from lrschedules.shapes.finite import Hyperbolic as Hyperbolic
from lrschedules.shapes.finite import Linear as Linear
from lrschedules.shapes.finite import Polynomial as Polynomial
from lrschedules.shapes.finite import Rex as Rex
from lrschedules.shapes.finite import Tanh as Tanh
