"""The endless shapes: one formula each, for runs whose end is not planned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lrschedules._operations import Namespace
from lrschedules._param import boundaries, param, part, per_step, rate, rates, ratio, steps
from lrschedules._schedule import Schedule


class Constant(Schedule):
    """The same rate for ever: the baseline that every other schedule has to beat.

    Stochastic approximation with a constant rate approaches a neighbourhood of the solution and
    stays in it; to go further the rate has to fall :cite:p:`robbins1951`.

    Use it as what every other schedule is compared with, to find a rate that trains at all, and as
    a part of compositions. Not as the whole of a run that is to get as far as it can.

    Examples
    --------
    >>> from lrschedules import Constant
    >>> schedule = Constant(0.1)
    >>> schedule(0), schedule(1_000_000)
    (0.1, 0.1)
    """

    value: float = param(r"\eta_0", rate, "the rate at every step")

    def formula(self, t: Any, xp: Namespace) -> Any:
        return self.value


class TimeBased(Schedule):
    """The rate falls with the number of steps: fast at first, then ever slower, never to zero.

    It is what ``SGD(0.1, decay=0.002)`` computed, once per update, up to Keras 2.10. Keras 2.11 to
    2.15 raise ``ValueError: decay is deprecated in the new Keras optimizer``, and Keras 3 ignores
    the argument. Rates that fall as 1/t go back to :cite:t:`robbins1951`.

    Use it where training has no planned end, and to repeat results of Keras up to 2.10. Not with a
    known budget: a schedule that arrives at zero, such as :class:`Linear`, makes better use of it
    :cite:p:`li2020budgeted`.

    Examples
    --------
    >>> from lrschedules import TimeBased
    >>> schedule = TimeBased(0.1, decay=0.002)
    >>> schedule(0), schedule(500)
    (0.1, 0.05)
    """

    start: float = param(r"\eta_0", rate, "the rate at step 0")
    decay: float = param("d", per_step, "how fast it falls; the rate is halved after 1 / decay")

    def formula(self, t: Any, xp: Namespace) -> Any:
        return self.start / (1 + self.decay * xp.real(t))


class Drop(Schedule):
    """The rate is multiplied by a factor at regular intervals, and constant between them.

    Also called step decay. The first drop happens exactly at step ``every``.

    Use it to repeat published training runs, many of which divide the rate by ten a few times
    :cite:p:`he2016`. Not where there is nothing to repeat: a smooth schedule spares the choice of
    where to drop.

    Examples
    --------
    >>> from lrschedules import Drop
    >>> schedule = Drop(0.1, factor=0.5, every=10)
    >>> schedule(9), schedule(10), schedule(20)
    (0.1, 0.05, 0.025)
    """

    start: float = param(r"\eta_0", rate, "the rate before the first drop")
    factor: float = param("f", ratio, "what each drop multiplies the rate by")
    every: int = param("n", steps, "how long the rate is held between drops")

    def formula(self, t: Any, xp: Namespace) -> Any:
        return self.start * xp.power(self.factor, xp.floor_divide(t, self.every))


class Exponential(Schedule):
    """The rate is multiplied by a factor over each interval, smoothly: :class:`Drop` without steps.

    Use it where a steady relative decrease is wanted, with or without a planned end; tuned to the
    length of the run it adapts to the noise of the gradients :cite:p:`li2021exponential`. Not
    without a look at its end: a factor that is a little too small freezes training early.

    Examples
    --------
    >>> from lrschedules import Exponential
    >>> schedule = Exponential(0.1, factor=0.5, every=1000)
    >>> schedule(0), round(schedule(500), 5), schedule(1000)
    (0.1, 0.07071, 0.05)
    """

    start: float = param(r"\eta_0", rate, "the rate at step 0")
    factor: float = param("f", ratio, "what each interval multiplies the rate by")
    every: int = param("n", steps, "how long an interval is", default=1)

    def formula(self, t: Any, xp: Namespace) -> Any:
        return self.start * xp.power(self.factor, xp.real(t) / self.every)


class Approach(Schedule):
    """The rate approaches another one: each interval leaves the same part of the way.

    An exponential curve that levels off above zero. Upwards it is the exponential warm-up that
    needs no tuning with Adam :cite:p:`ma2021`.

    Use it for a rate that is to settle at a floor, or as a warm-up without a corner. Not where the
    last rate has to be reached: it comes near ``stop`` and never arrives;
    :class:`FiniteExponential` does.

    Examples
    --------
    >>> from lrschedules import Approach
    >>> schedule = Approach(0.1, 0.02, factor=0.5, every=1000)
    >>> schedule(0), schedule(1000), schedule(2000)
    (0.1, 0.06, 0.04)
    """

    start: float = param(r"\eta_0", rate, "the rate at step 0")
    stop: float = param(r"\eta_\infty", rate, "the rate that it comes ever nearer to")
    factor: float = param("f", part, "the part of the way that each interval leaves")
    every: int = param("n", steps, "how long an interval is", default=1)

    def formula(self, t: Any, xp: Namespace) -> Any:
        intervals = xp.real(t) / self.every
        here = xp.power(self.factor, intervals)
        return self.start * here - self.stop * xp.power_minus_one(self.factor, intervals)


class Power(Schedule):
    """The rate falls as a power of the step.

    With a power of 1 it is :class:`TimeBased`, with 0.5 the decay of :class:`InverseSqrt`.

    Use it for runs that may end at any time; powers near a half carry over between batch sizes and
    lengths of training :cite:p:`shen2024`. Not for a planned end: it never reaches zero.

    Examples
    --------
    >>> from lrschedules import Power
    >>> schedule = Power(0.1, power=0.5, steps=1000)
    >>> schedule(0), schedule(3000)
    (0.1, 0.05)
    """

    start: float = param(r"\eta_0", rate, "the rate at step 0")
    power: float = param("p", ratio, "the exponent of the fall")
    steps: int = param("T", steps, "the unit in which steps are counted", default=1)

    def formula(self, t: Any, xp: Namespace) -> Any:
        return self.start / xp.power(1 + xp.real(t) / self.steps, self.power)


class InverseSqrt(Schedule):
    """The rate is held, then falls as one over the square root of the step.

    The decay of the Transformer, whose warm-up is a ``warmup`` in front :cite:p:`vaswani2017`. Four
    times the steps halve the rate.

    Use it for long runs whose end is not known yet. Not by itself for a run that does end: it never
    reaches zero; a ``cooldown`` takes it there.

    Examples
    --------
    >>> from lrschedules import InverseSqrt
    >>> schedule = InverseSqrt(0.1, steps=4000)
    >>> schedule(0), schedule(4000), schedule(16_000)
    (0.1, 0.1, 0.05)
    """

    start: float = param(r"\eta_0", rate, "the rate that is held first")
    steps: int = param("T", steps, "how long it is held; the unit in which the fall is counted")

    def formula(self, t: Any, xp: Namespace) -> Any:
        return self.start * xp.sqrt(self.steps / xp.real(xp.maximum(t, self.steps)))


class Piecewise(Schedule):
    """The rate takes the values of a list, each new one from its boundary on.

    At a boundary the new value already holds, as in PyTorch and optax; Keras'
    ``PiecewiseConstantDecay`` changes one step later.

    Use it for rates chosen by hand, for published ones :cite:p:`he2016`, or for any rate that is
    known epoch by epoch. Not for a rate that drops at regular intervals: :class:`Drop` says that in
    two numbers.

    Examples
    --------
    >>> from lrschedules import Piecewise
    >>> schedule = Piecewise([0.1, 0.01, 0.001], boundaries=[30, 60])
    >>> schedule(29), schedule(30), schedule(60)
    (0.1, 0.01, 0.001)
    """

    values: Sequence[float] = param(r"\eta", rates, "the rates, one more than there are boundaries")
    boundaries: Sequence[int] = param("b", boundaries, "the steps from which the next rate holds")

    def check(self) -> None:
        if len(self.values) != len(self.boundaries) + 1:
            raise ValueError(
                f"Piecewise: values must have one more entry than boundaries, got "
                f"{len(self.values)} values and {len(self.boundaries)} boundaries; "
                "write for example Piecewise([0.1, 0.01], [1000])"
            )

    def formula(self, t: Any, xp: Namespace) -> Any:
        value = self.values[-1]
        for before, boundary in zip(self.values[-2::-1], self.boundaries[::-1], strict=True):
            value = xp.where(t < boundary, before, value)
        return value
