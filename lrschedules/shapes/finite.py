"""The fixed-length schedules: from one rate to another in a given number of steps.

Each is a blend of its initial and its final rate. The share of each of the two is computed from the
end where it is small, so that no digits are lost at either end.
"""

from __future__ import annotations

from typing import Any

from lrschedules import kinds
from lrschedules._declared import param
from lrschedules._operations import Namespace
from lrschedules._schedule import Schedule
from lrschedules.kinds import checked


class Finite(Schedule, abstract=True):
    """A fixed-length schedule: from one rate to another in a given number of steps."""

    start: float = param(r"\eta_0", kinds.rate, "initial rate, at step 0")
    stop: float = param(r"\eta_T", kinds.rate, "final rate, from step ``steps`` on")
    steps: int = param("T", kinds.duration, "number of steps from ``start`` to ``stop``")

    def blend(self, remaining: Any, progress: Any, xp: Namespace) -> tuple[Any, Any]:
        """Return the shares of ``start`` and ``stop`` in the rate; their sum is 1.

        Parameters
        ----------
        remaining : number, array, tensor or expression
            Fraction of the steps that remain, exact however small.
        progress : number, array, tensor or expression
            Fraction of the steps that are done, exact however small; the sum of both is 1.
        xp : Namespace
            The operations that the shares may be computed with.

        Returns
        -------
        tuple
            From (1, 0) at a progress of 0 to (0, 1) at a progress of 1.

        Raises
        ------
        TypeError
            If the class does not define it.
        """
        raise TypeError(
            f"{type(self).__name__} has no blend: write def blend(self, remaining, progress, xp)"
        )

    def progress(self, t: Any, xp: Namespace) -> tuple[Any, Any]:
        """Return the fractions of the steps that remain and that are done at step ``t``.

        Parameters
        ----------
        t : number, array, tensor or expression
            Steps from 0 to ``steps``.
        xp : Namespace
            The operations for the type of ``t``.

        Returns
        -------
        tuple
            Two fractions whose sum is 1, of the shape of ``t``.
        """
        return xp.real(self.steps - t) / self.steps, xp.real(t) / self.steps

    def between(self, remaining: Any, progress: Any, xp: Namespace) -> Any:
        """Return the rate at a given progress.

        Parameters
        ----------
        remaining : number, array, tensor or expression
            Fraction that remains.
        progress : number, array, tensor or expression
            Fraction that is done; the sum of both is 1.
        xp : Namespace
            The operations for their type.

        Returns
        -------
        number, array, tensor or expression
            Rates, of the shape of the fractions.
        """
        first, second = self.blend(remaining, progress, xp)
        return self.start * first + self.stop * second

    def formula(self, t: Any, xp: Namespace) -> Any:
        return self.between(*self.progress(t, xp), xp)

    def k_decay(self, k: float) -> Schedule:
        """Decay later, or earlier: raise the progress to the power ``k``.

        Parameters
        ----------
        k : float
            Exponent of the progress, > 0: above 1 the rate stays near ``start`` for longer, below
            1 it falls sooner.

        Returns
        -------
        Schedule
            A :class:`.KDecay`, as long as this one.

        Raises
        ------
        TypeError, ValueError
            If ``k`` is not a number > 0.

        Examples
        --------
        >>> from lrschedules import Linear
        >>> schedule = Linear(0.1, 0, steps=100).k_decay(2)
        >>> schedule(50), schedule(100)
        (0.075, 0.0)
        """
        from lrschedules.combinators import KDecay

        return KDecay(self, checked("k_decay: k", kinds.ratio, k))


class Linear(Finite):
    """Linear decay or warmup (``LinearLR``): the rate changes by the same amount at every step.

    From zero up it is the usual warmup :cite:p:`goyal2017`. After the last step the rate is
    ``stop``.

    Use it for runs of known length: a linear decay to zero over the whole run is a strong default
    :cite:p:`li2020budgeted,defazio2023,bergsma2025`. Avoid it when a run may be prolonged: the rate
    is constant after ``steps``.

    Examples
    --------
    >>> from lrschedules import Linear
    >>> schedule = Linear(0.1, 0.0, steps=1000)
    >>> schedule(0), schedule(250), schedule(1000), schedule(2000)
    (0.1, 0.075, 0.0, 0.0)
    """

    def blend(self, remaining: Any, progress: Any, xp: Namespace) -> tuple[Any, Any]:
        return remaining, progress


class Polynomial(Finite):
    """Polynomial decay: a power of the fraction of steps that remain (``PolynomialLR``, "poly").

    The "poly" policy of semantic segmentation has a power of 0.9 :cite:p:`chen2018`. A power above
    1 falls fast and stays near ``stop`` for long; with a power of 1 it is :class:`Linear`.

    Use it to reproduce results that name it, or to spend more of a run of known length at low
    rates. Avoid it when a run may be prolonged: the rate is constant after ``steps``.

    Examples
    --------
    >>> from lrschedules import Polynomial
    >>> schedule = Polynomial(0.1, 0.0, steps=1000, power=2)
    >>> schedule(0), schedule(500), schedule(1000)
    (0.1, 0.025, 0.0)
    """

    power: float = param(
        "p", kinds.ratio, "exponent of the fraction of steps that remain", default=2.0
    )

    def blend(self, remaining: Any, progress: Any, xp: Namespace) -> tuple[Any, Any]:
        first = xp.power(remaining, self.power)
        return first, xp.one_minus_power(remaining, progress, self.power)


class Cosine(Finite):
    """Cosine decay, also called cosine annealing: half a cosine wave (``CosineAnnealingLR``).

    It is flat at both ends and steepest in the middle :cite:p:`loshchilov2017`.

    Use it for runs of known length, where it is a common default. Avoid it when a run may end early
    or be prolonged: cut short, it ends at a high rate.

    Examples
    --------
    >>> from lrschedules import Cosine
    >>> schedule = Cosine(0.1, 0.0, steps=1000)
    >>> schedule(0), round(schedule(500), 10), schedule(1000), schedule(2000)
    (0.1, 0.05, 0.0, 0.0)
    """

    def blend(self, remaining: Any, progress: Any, xp: Namespace) -> tuple[Any, Any]:
        return xp.sin(xp.pi / 2 * remaining) ** 2, xp.sin(xp.pi / 2 * progress) ** 2


class Rex(Finite):
    """REX, a reflected exponential: the rate falls slowly at first, and faster towards the end.

    With a ``d`` of 0 it is :class:`Linear`; the nearer ``d`` is to 1, the longer the rate stays
    high.

    Use it for runs of known length: it was proposed for budgets of any size, and was strongest for
    small ones :cite:p:`chen2022rex`. Avoid it when a run may end early: the rate is high until
    shortly before the end.

    Examples
    --------
    >>> from lrschedules import Rex
    >>> schedule = Rex(0.1, 0.0, steps=1000)
    >>> schedule(0), round(schedule(500), 4), schedule(1000)
    (0.1, 0.0667, 0.0)
    """

    d: float = param(
        "d", kinds.number(ge=0, lt=1), "curvature: how long the rate stays high", default=0.5
    )

    def blend(self, remaining: Any, progress: Any, xp: Namespace) -> tuple[Any, Any]:
        whole = 1 - self.d + self.d * remaining
        return remaining / whole, (1 - self.d) * progress / whole


class Tanh(Finite):
    """Hyperbolic-tangent decay (HTD): held high, lowered in the middle, held low.

    The curve of :cite:t:`hsueh2019`, rescaled so that it starts at ``start`` and ends at ``stop``.
    ``lower`` and ``upper`` select the part of the tangent that is used.

    Use it for runs of known length that should hold a high rate for longer than :class:`Cosine`
    does. Avoid it when published results must be matched exactly:
    :func:`lrschedules.recipes.htd` has the end points of the paper, which differ slightly.

    Examples
    --------
    >>> from lrschedules import Tanh
    >>> schedule = Tanh(0.1, 0.0, steps=900)
    >>> schedule(0), round(schedule(600), 4), schedule(900)
    (0.1, 0.0499, 0.0)
    """

    lower: float = param(
        "L",
        kinds.number(gt=-20, lt=0, example=-6),
        "argument of the tangent at step 0",
        default=-6.0,
    )
    upper: float = param(
        "U",
        kinds.number(gt=0, lt=20, example=3),
        "argument of the tangent at the last step",
        default=3.0,
    )

    def blend(self, remaining: Any, progress: Any, xp: Namespace) -> tuple[Any, Any]:
        # (tanh U - tanh x) / (tanh U - tanh L) without a difference of two numbers near 1
        span = self.upper - self.lower
        whole = xp.cosh(self.lower * remaining + self.upper * progress) * xp.sinh(span)
        first = xp.sinh(span * remaining) * xp.cosh(self.lower) / whole
        return first, xp.sinh(span * progress) * xp.cosh(self.upper) / whole


class Hyperbolic(Finite):
    """Hyperbolic decay: its early rates depend little on the number of steps.

    The curve of :cite:t:`kim2024`; as published it is :func:`lrschedules.recipes.hyperbolic_lr`.
    With a ``bound`` of 1 it is :class:`Linear`.

    Use it to carry settings that were tuned on short runs over to long ones. Avoid it when a run
    may be longer than the bound: the rates beyond it were not considered.

    Examples
    --------
    >>> from lrschedules import Hyperbolic
    >>> schedule = Hyperbolic(0.1, 0.0, steps=1000, bound=2)
    >>> schedule(0), round(schedule(500), 4), schedule(1000)
    (0.1, 0.0645, 0.0)
    """

    bound: float = param(
        "u", kinds.number(ge=1, example=2), "upper bound of the length of a run, in ``steps``"
    )

    def blend(self, remaining: Any, progress: Any, xp: Namespace) -> tuple[Any, Any]:
        full = 2 * self.bound - 1
        first = xp.sqrt(remaining * (2 * self.bound - 2 + remaining) / full)
        return first, progress * (2 * self.bound - progress) / full / (1 + first)


class FiniteExponential(Finite):
    """Exponential decay that reaches its final rate: fast at first, slower towards the end.

    An exponential curve from 1 down to ``ratio``, rescaled so that it ends at ``stop``.

    Use it for the cooldown of a run, where it spends more steps at low rates than a linear decay.
    Avoid it when a run has no planned end: that is :class:`Exponential`.

    Examples
    --------
    >>> from lrschedules import FiniteExponential
    >>> schedule = FiniteExponential(0.1, 0.0, steps=1000, ratio=0.25)
    >>> schedule(0), round(schedule(500), 4), schedule(1000)
    (0.1, 0.0333, 0.0)
    """

    ratio: float = param(
        "r", kinds.number(gt=0, lt=1), "value at which the exponential curve is cut", default=0.5
    )

    def blend(self, remaining: Any, progress: Any, xp: Namespace) -> tuple[Any, Any]:
        up, down = 1 / self.ratio, self.ratio
        first = xp.power_minus_one(up, remaining) / xp.power_minus_one(up, 1)
        return first, xp.power_minus_one(down, progress) / xp.power_minus_one(down, 1)
