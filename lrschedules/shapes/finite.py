"""The finite shapes: from one rate to another in so many steps, and the last one held.

Each is a pair of weights, one for the rate it leaves and one for the rate it goes to. Each weight
is computed from its own end of the way, so that nothing cancels at either.
"""

from __future__ import annotations

from typing import Any

from lrschedules._operations import Namespace
from lrschedules._param import (
    fraction,
    multiple,
    negative,
    param,
    part,
    positive,
    ratio,
)
from lrschedules.shapes._finite import Finite


class Linear(Finite):
    """The rate moves on a straight line from one value to another, and stays there.

    Up from zero it is the usual warm-up :cite:p:`goyal2017`.

    Use it where the number of steps is known: down to zero over the whole run it is a strong
    default :cite:p:`li2020budgeted,defazio2023,bergsma2025`. Not for runs that may be prolonged:
    after the end the rate is ``stop``.

    Examples
    --------
    >>> from lrschedules import Linear
    >>> schedule = Linear(0.1, 0.0, steps=1000)
    >>> schedule(0), schedule(250), schedule(1000), schedule(2000)
    (0.1, 0.075, 0.0, 0.0)
    """

    def weights(self, left: Any, done: Any, xp: Namespace) -> tuple[Any, Any]:
        return left, done


class Polynomial(Finite):
    """The rate runs from one value to another as a power of the way that is left.

    The "poly" policy of semantic segmentation, there with a power of 0.9 :cite:p:`chen2018`. A
    power above 1 falls fast and lingers near ``stop``; with 1 it is :class:`Linear`.

    Use it to repeat results that name it, or to spend more of a run of known length at low rates.
    Not for runs that may be prolonged: after the end the rate is ``stop``.

    Examples
    --------
    >>> from lrschedules import Polynomial
    >>> schedule = Polynomial(0.1, 0.0, steps=1000, power=2)
    >>> schedule(0), schedule(500), schedule(1000)
    (0.1, 0.025, 0.0)
    """

    power: float = param("p", ratio, "the exponent", default=2.0)

    def weights(self, left: Any, done: Any, xp: Namespace) -> tuple[Any, Any]:
        return xp.power(left, self.power), xp.one_minus_power(left, done, self.power)


class Cosine(Finite):
    """The rate follows half a cosine wave from one value to another, and stays there.

    Flat at both ends, steepest in the middle :cite:p:`loshchilov2017`.

    Use it for runs of known length, where it is a common default. Not for runs that may end early
    or go on: it fits its ``steps`` only, and cut short it ends at a high rate.

    Examples
    --------
    >>> from lrschedules import Cosine
    >>> schedule = Cosine(0.1, 0.0, steps=1000)
    >>> schedule(0), round(schedule(500), 10), schedule(1000), schedule(2000)
    (0.1, 0.05, 0.0, 0.0)
    """

    def weights(self, left: Any, done: Any, xp: Namespace) -> tuple[Any, Any]:
        return xp.sin(xp.pi / 2 * left) ** 2, xp.sin(xp.pi / 2 * done) ** 2


class Rex(Finite):
    """The rate falls slowly at first and ever faster towards the end: a reflected exponential.

    With ``d`` of 0 it is :class:`Linear`; the nearer ``d`` is to 1, the longer the rate stays high.

    Use it for runs of known length: it was proposed for budgets of any size, and strongest at small
    ones :cite:p:`chen2022rex`. Not for runs that may end early: the rate is high until shortly
    before the end.

    Examples
    --------
    >>> from lrschedules import Rex
    >>> schedule = Rex(0.1, 0.0, steps=1000)
    >>> schedule(0), round(schedule(500), 4), schedule(1000)
    (0.1, 0.0667, 0.0)
    """

    d: float = param("d", fraction, "how long the rate stays high", default=0.5)

    def weights(self, left: Any, done: Any, xp: Namespace) -> tuple[Any, Any]:
        whole = 1 - self.d + self.d * left
        return left / whole, (1 - self.d) * done / whole


class Tanh(Finite):
    """The rate follows a hyperbolic tangent: held high, lowered in the middle, held low.

    Hyperbolic-tangent decay :cite:p:`hsueh2019`, stretched so that it begins at ``start`` and ends
    at ``stop``. ``lower`` and ``upper`` say which part of the tangent is used.

    Use it for runs of known length that are to hold a high rate for longer than :class:`Cosine`
    does. Not to repeat published numbers: those begin and end a little off, and are
    :func:`lrschedules.recipes.htd`.

    Examples
    --------
    >>> from lrschedules import Tanh
    >>> schedule = Tanh(0.1, 0.0, steps=900)
    >>> schedule(0), round(schedule(600), 4), schedule(900)
    (0.1, 0.0499, 0.0)
    """

    lower: float = param("L", negative, "where on the tangent it begins", default=-6.0)
    upper: float = param("U", positive, "where on the tangent it ends", default=3.0)

    def weights(self, left: Any, done: Any, xp: Namespace) -> tuple[Any, Any]:
        # (tanh U - tanh x) / (tanh U - tanh L) without a difference of two numbers near 1
        span = self.upper - self.lower
        whole = xp.cosh(self.lower * left + self.upper * done) * xp.sinh(span)
        here = xp.sinh(span * left) * xp.cosh(self.lower) / whole
        return here, xp.sinh(span * done) * xp.cosh(self.upper) / whole


class Hyperbolic(Finite):
    """The rate follows a hyperbola, whose first part is alike for every length of training.

    Made so that the early rates depend little on the number of steps :cite:p:`kim2024`; as
    published it is :func:`lrschedules.recipes.hyperbolic_lr`. With a ``bound`` of 1 it is a line.

    Use it where settings that were tuned on short runs are to serve long ones. Not where a run may
    be longer than the bound: what is alike below it says nothing beyond.

    Examples
    --------
    >>> from lrschedules import Hyperbolic
    >>> schedule = Hyperbolic(0.1, 0.0, steps=1000, bound=2)
    >>> schedule(0), round(schedule(500), 4), schedule(1000)
    (0.1, 0.0645, 0.0)
    """

    bound: float = param("u", multiple, "how long training may be at most, in ``steps``")

    def weights(self, left: Any, done: Any, xp: Namespace) -> tuple[Any, Any]:
        full = 2 * self.bound - 1
        here = xp.sqrt(left * (2 * self.bound - 2 + left) / full)
        return here, done * (2 * self.bound - done) / full / (1 + here)


class FiniteExponential(Finite):
    """The rate falls exponentially and arrives: fast at first, slower towards the end.

    The part of an exponential curve down to ``ratio``, stretched to arrive at ``stop``.

    Use it for the last phase of training, where it spends more steps at low rates than a line. Not
    for a run without an end: that is :class:`Exponential`, which never arrives.

    Examples
    --------
    >>> from lrschedules import FiniteExponential
    >>> schedule = FiniteExponential(0.1, 0.0, steps=1000, ratio=0.25)
    >>> schedule(0), round(schedule(500), 4), schedule(1000)
    (0.1, 0.0333, 0.0)
    """

    ratio: float = param("r", part, "how far the curve falls, of 1", default=0.5)

    def weights(self, left: Any, done: Any, xp: Namespace) -> tuple[Any, Any]:
        up, down = 1 / self.ratio, self.ratio
        here = xp.power_minus_one(up, left) / xp.power_minus_one(up, 1)
        return here, xp.power_minus_one(down, done) / xp.power_minus_one(down, 1)
