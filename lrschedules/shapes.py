"""The shapes: schedules that are one formula each.

Where a shape runs between two rates, both are written as a weight times a rate, each weight from
its own end, so that nothing cancels at either.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lrschedules._operations import Namespace
from lrschedules._param import boundaries, duration, param, per_step, rate, rates, ratio, steps
from lrschedules._schedule import Schedule


class Constant(Schedule):
    """The same rate for ever: the baseline that every other schedule has to beat.

    Stochastic approximation with a constant rate approaches a neighbourhood of the solution and
    stays in it; to go further the rate has to fall :cite:p:`robbins1951`.

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

    What ``SGD(0.1, decay=0.002)`` computed, once per update, before Keras 3 stopped reading
    ``decay``. Use it where training has no planned end; with a known budget a schedule that
    arrives at zero, such as :class:`Linear`, makes better use of it :cite:p:`li2020budgeted`.
    Rates that fall as 1/t go back to :cite:t:`robbins1951`.

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

    Also called step decay. The first drop happens exactly at step ``every``. Use it to repeat
    published training runs, many of which divide the rate by ten a few times :cite:p:`he2016`;
    a smooth schedule spares the choice of where to drop.

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
        return self.start * xp.power(self.factor, t // self.every)


class Exponential(Schedule):
    """The rate is multiplied by a factor over each interval, smoothly: :class:`Drop` without steps.

    Use it where a steady relative decrease is wanted, with or without a planned end; tuned to the
    length of the run it adapts to the noise of the gradients :cite:p:`li2021exponential`. A factor
    that is a little too small freezes training early.

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


class InverseSqrt(Schedule):
    """The rate is held, then falls as one over the square root of the step.

    The decay of the Transformer, whose warm-up is a ``warmup`` in front :cite:p:`vaswani2017`.
    Use it for long runs whose end is not known yet: four times the steps halve the rate. It never
    reaches zero, so a run that does end wants a decay to zero after it.

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
    ``PiecewiseConstantDecay`` changes one step later. Use it for rates chosen by hand, for
    published ones :cite:p:`he2016`, or for any rate that is known epoch by epoch.

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


class Linear(Schedule):
    """The rate moves on a straight line from one value to another, and stays there.

    Down to zero over the whole run it is a strong default for a known budget
    :cite:p:`li2020budgeted,bergsma2025`; up from zero it is the usual warm-up
    :cite:p:`goyal2017`. Not for runs that may be prolonged: after the end the rate is ``stop``.

    Examples
    --------
    >>> from lrschedules import Linear
    >>> schedule = Linear(0.1, 0.0, steps=1000)
    >>> schedule(0), schedule(250), schedule(1000), schedule(2000)
    (0.1, 0.075, 0.0, 0.0)
    """

    start: float = param(r"\eta_0", rate, "the rate at step 0")
    stop: float = param(r"\eta_T", rate, "the rate from step ``steps`` on")
    steps: int = param("T", duration, "how long the way is")

    def formula(self, t: Any, xp: Namespace) -> Any:
        left, done = _way(t, self.steps, xp)
        return self.start * left + self.stop * done


class Polynomial(Schedule):
    """The rate runs from one value to another as a power of the way that is left.

    The "poly" policy of semantic segmentation, there with a power of 0.9 :cite:p:`chen2018`.
    A power above 1 falls fast and lingers near ``stop``; with 1 it is :class:`Linear`.

    Examples
    --------
    >>> from lrschedules import Polynomial
    >>> schedule = Polynomial(0.1, 0.0, steps=1000, power=2)
    >>> schedule(0), schedule(500), schedule(1000)
    (0.1, 0.025, 0.0)
    """

    start: float = param(r"\eta_0", rate, "the rate at step 0")
    stop: float = param(r"\eta_T", rate, "the rate from step ``steps`` on")
    steps: int = param("T", duration, "how long the way is")
    power: float = param("p", ratio, "the exponent", default=2.0)

    def formula(self, t: Any, xp: Namespace) -> Any:
        left, done = _way(t, self.steps, xp)
        there = xp.one_minus_power(left, done, self.power)
        return self.start * xp.power(left, self.power) + self.stop * there


class Cosine(Schedule):
    """The rate follows half a cosine wave from one value to another, and stays there.

    Flat at both ends, steepest in the middle :cite:p:`loshchilov2017`. A common default for runs
    of known length. It fits its ``steps`` only: cut short, it ends at a high rate.

    Examples
    --------
    >>> from lrschedules import Cosine
    >>> schedule = Cosine(0.1, 0.0, steps=1000)
    >>> schedule(0), round(schedule(500), 10), schedule(1000), schedule(2000)
    (0.1, 0.05, 0.0, 0.0)
    """

    start: float = param(r"\eta_0", rate, "the rate at step 0")
    stop: float = param(r"\eta_T", rate, "the rate from step ``steps`` on")
    steps: int = param("T", duration, "how long the way is")

    def formula(self, t: Any, xp: Namespace) -> Any:
        left, done = _way(t, self.steps, xp)
        here, there = xp.sin(xp.pi / 2 * left), xp.sin(xp.pi / 2 * done)
        return self.start * here**2 + self.stop * there**2


def _way(t: Any, steps: int, xp: Namespace) -> tuple[Any, Any]:
    """Return the parts of the way that are left and done, each exact however small."""
    return xp.real(steps - t) / steps, xp.real(t) / steps
