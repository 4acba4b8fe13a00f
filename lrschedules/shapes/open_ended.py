"""The open-ended schedules: one formula each, for runs whose end is not planned."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from lrschedules import kinds
from lrschedules._declared import param
from lrschedules._operations import Namespace
from lrschedules._schedule import Phase, Schedule


class Constant(Schedule):
    """A constant learning rate: the baseline for every other schedule.

    Stochastic approximation with a constant rate approaches a neighbourhood of the solution and
    stays in it; a lower rate is needed to come closer :cite:p:`robbins1951`.

    Use it as the baseline of a comparison, to find a rate that trains at all, and as the plateau of
    a composition. Avoid it when a run should reach the lowest loss that it can: add a cooldown.

    Examples
    --------
    >>> from lrschedules import Constant
    >>> schedule = Constant(0.1)
    >>> schedule(0), schedule(1_000_000)
    (0.1, 0.1)
    """

    value: float = param(r"\eta_0", kinds.rate, "rate at every step")

    def formula(self, t: Any, xp: Namespace) -> Any:
        return self.value


class TimeBased(Schedule):
    """Time-based decay, also called inverse-time decay (``InverseTimeDecay``): 1 / (1 + d t).

    The rate falls fast at first, then ever slower, and never reaches zero. It is what ``SGD(0.1,
    decay=0.002)`` computed, once per update, up to Keras 2.10. Keras 2.11 to 2.15 raise
    ``ValueError: decay is deprecated in the new Keras optimizer``, and Keras 3 ignores the
    argument. Rates that fall as 1/t go back to :cite:t:`robbins1951`.

    Use it for training without a planned end, and to reproduce results of Keras up to 2.10. Avoid
    it when the length of the run is known: a schedule that reaches zero, such as :class:`Linear`,
    makes better use of it :cite:p:`li2020budgeted`.

    Examples
    --------
    >>> from lrschedules import TimeBased
    >>> schedule = TimeBased(0.1, decay=0.002)
    >>> schedule(0), schedule(500)
    (0.1, 0.05)
    """

    start: float = param(r"\eta_0", kinds.rate, "initial rate, at step 0")
    decay: float = param(
        "d", kinds.per_step, "decay per step; the rate is halved after 1 / decay steps"
    )

    def formula(self, t: Any, xp: Namespace) -> Any:
        return self.start / (1 + self.decay * xp.real(t))


class Drop(Schedule):
    """Step decay (``StepLR``): the rate is multiplied by a factor at regular intervals.

    It is constant between drops. The first drop happens exactly at step ``every``.

    Use it to reproduce published runs, many of which divide the rate by ten a few times
    :cite:p:`he2016`. Avoid it when no result must be reproduced: a smooth schedule has no drops to
    place.

    Examples
    --------
    >>> from lrschedules import Drop
    >>> schedule = Drop(0.1, factor=0.5, every=10)
    >>> schedule(9), schedule(10), schedule(20)
    (0.1, 0.05, 0.025)
    """

    start: float = param(r"\eta_0", kinds.rate, "initial rate, before the first drop")
    factor: float = param("f", kinds.ratio, "factor of each drop")
    every: int = param("n", kinds.steps, "number of steps between drops")

    def formula(self, t: Any, xp: Namespace) -> Any:
        return self.start * xp.power(self.factor, xp.floor_divide(t, self.every))


class Exponential(Schedule):
    """Exponential decay (``ExponentialLR``): the rate falls by the same ratio at every step.

    It is multiplied by ``factor`` over each interval of ``every`` steps: a smooth :class:`Drop`.

    Use it for a steady relative decrease, with or without a planned end; tuned to the length of the
    run it adapts to the noise of the gradients :cite:p:`li2021exponential`. Avoid it when the rate
    at the end of the run was not checked: a factor that is slightly too small stops training early.

    Examples
    --------
    >>> from lrschedules import Exponential
    >>> schedule = Exponential(0.1, factor=0.5, every=1000)
    >>> schedule(0), round(schedule(500), 5), schedule(1000)
    (0.1, 0.07071, 0.05)
    """

    start: float = param(r"\eta_0", kinds.rate, "initial rate, at step 0")
    factor: float = param("f", kinds.ratio, "factor over each interval")
    every: int = param("n", kinds.steps, "number of steps of an interval", default=1)

    def formula(self, t: Any, xp: Namespace) -> Any:
        return self.start * xp.power(self.factor, xp.real(t) / self.every)


class Approach(Schedule):
    """Exponential approach to a floor: each interval leaves the same fraction of the distance.

    The rate tends to ``stop`` and never reaches it. From below it is the exponential warmup for
    Adam that needs no tuning :cite:p:`ma2021`.

    Use it for a rate that should settle at a floor, or as a warmup without a corner. Avoid it when
    the final rate must be reached: :class:`FiniteExponential` does.

    Examples
    --------
    >>> from lrschedules import Approach
    >>> schedule = Approach(0.1, 0.02, factor=0.5, every=1000)
    >>> schedule(0), schedule(1000), schedule(2000)
    (0.1, 0.06, 0.04)
    """

    start: float = param(r"\eta_0", kinds.rate, "initial rate, at step 0")
    stop: float = param(r"\eta_\infty", kinds.rate, "limit of the rate")
    factor: float = param(
        "f", kinds.number(gt=0, lt=1), "fraction of the distance that each interval leaves"
    )
    every: int = param("n", kinds.steps, "number of steps of an interval", default=1)

    def formula(self, t: Any, xp: Namespace) -> Any:
        intervals = xp.real(t) / self.every
        remaining = xp.power(self.factor, intervals)
        return self.start * remaining - self.stop * xp.power_minus_one(self.factor, intervals)


class Power(Schedule):
    """Power-law decay: the rate falls as a power of the step.

    With a power of 1 it is :class:`TimeBased`, with 0.5 the decay of :class:`InverseSqrt`.

    Use it for runs that may end at any step; powers near a half carry over between batch sizes and
    lengths of training :cite:p:`shen2024`. Avoid it when the end of the run is planned: the rate
    never reaches zero.

    Examples
    --------
    >>> from lrschedules import Power
    >>> schedule = Power(0.1, power=0.5, steps=1000)
    >>> schedule(0), schedule(3000)
    (0.1, 0.05)
    """

    start: float = param(r"\eta_0", kinds.rate, "initial rate, at step 0")
    power: float = param("p", kinds.ratio, "exponent of the decay")
    steps: int = param("T", kinds.steps, "time scale: number of steps that count as 1", default=1)

    def formula(self, t: Any, xp: Namespace) -> Any:
        return self.start / xp.power(1 + xp.real(t) / self.steps, self.power)


class InverseSqrt(Schedule):
    """Inverse-square-root decay: the rate is held, then falls as 1 / sqrt(step).

    The decay of the Transformer, whose warmup is added with ``.warmup()`` :cite:p:`vaswani2017`.
    Four times as many steps halve the rate.

    Use it for long runs whose end is not known yet. Avoid it when the end is known: the rate never
    reaches zero, unless ``.cooldown()`` takes it there.

    Examples
    --------
    >>> from lrschedules import InverseSqrt
    >>> schedule = InverseSqrt(0.1, steps=4000)
    >>> schedule(0), schedule(4000), schedule(16_000)
    (0.1, 0.1, 0.05)
    """

    start: float = param(r"\eta_0", kinds.rate, "initial rate, which is held first")
    steps: int = param(
        "T", kinds.steps, "number of steps for which the rate is held, and time scale of the decay"
    )

    def formula(self, t: Any, xp: Namespace) -> Any:
        return self.start * xp.sqrt(self.steps / xp.real(xp.maximum(t, self.steps)))


class Piecewise(Schedule):
    """Piecewise constant rates (``PiecewiseConstantDecay``, ``piecewise_constant_schedule``).

    Each value of a list holds from its boundary on. At a boundary the new value already holds, as
    in PyTorch and optax; Keras' ``PiecewiseConstantDecay`` changes one step later.

    Use it for rates that were chosen by hand, for published ones :cite:p:`he2016`, or for any rate
    that is known epoch by epoch. Avoid it when the rate drops at regular intervals: :class:`Drop`
    needs two numbers.

    Examples
    --------
    >>> from lrschedules import Piecewise
    >>> schedule = Piecewise([0.1, 0.01, 0.001], boundaries=[30, 60])
    >>> schedule(29), schedule(30), schedule(60)
    (0.1, 0.01, 0.001)
    """

    values: Sequence[float] = param(r"\eta", kinds.rates, "rates, one more than boundaries")
    boundaries: Sequence[int] = param(
        "b", kinds.boundaries, "steps from which on the next rate holds"
    )

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

    def _phases(self, last: int) -> list[Phase]:
        edges = [0, *[boundary for boundary in self.boundaries if boundary < last], last]
        return [Phase(start, stop, self) for start, stop in itertools.pairwise(edges)]
