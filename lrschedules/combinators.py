"""The combinators: schedules that contain schedules.

Each is made by the method of :class:`lrschedules.Schedule` that has its name, and its ``repr`` is
that call, so that the ``repr`` of a composition is the program that makes it.
"""

from __future__ import annotations

import re
from typing import Any

from lrschedules import kinds
from lrschedules._config import MOST
from lrschedules._declared import param
from lrschedules._operations import LARGEST, Namespace, on_numbers
from lrschedules._schedule import FROM_ZERO, GROWTH, Phase, Schedule
from lrschedules.kinds import LAST_STEP, checked
from lrschedules.shapes import Finite

# More cycles of different lengths than this no formula should hold.
MOST_CYCLES = 1000
# Breakpoints and phases are looked for in cycles inside cycles up to this depth.
MOST_NESTED = 12


class Combinator(Schedule, abstract=True):
    """A schedule that is made from another one, its first parameter, by a method."""

    schedule: Schedule

    def _phases(self, last: int) -> list[Phase]:
        inner = self.schedule.phases(last)
        return inner if len(inner) > 1 else [Phase(0, last, self)]

    def __repr__(self) -> str:
        method = re.sub("(?<=.)(?=[A-Z])", "_", type(self).__name__).lower()
        return f"{self.schedule!r}.{method}({self._arguments(start=1)})"


# Combinators in time -------------------------------------------------------------------------


class Then(Combinator):
    """One schedule followed by another: a chain of phases (``SequentialLR``, ``join_schedules``).

    Made by :meth:`.Schedule.then`, and by :meth:`.Schedule.warmup` with a :class:`.Linear` in
    front. The second schedule takes over at step ``at``, where its clock starts at 0. Chains of
    ``then`` are associative.

    Use it for phases that follow each other: a warmup, a plateau, a decay. Avoid it when the second
    clock must run during the warmup: that is a product, :class:`Times`.

    Examples
    --------
    >>> from lrschedules import Cosine, Linear
    >>> schedule = Linear(0, 0.1, steps=500).then(Cosine(0.1, 0, steps=1500))
    >>> schedule(0), schedule(250), schedule(500), schedule(2000)
    (0.0, 0.05, 0.1, 0.0)
    """

    schedule: Schedule = param("f", kinds.a_schedule, "first schedule")
    second: Schedule = param("g", kinds.a_schedule, "schedule that follows")
    at: int = param("a", kinds.steps, "step at which the second schedule takes over")

    @property
    def length(self) -> int | None:
        second = self.second.length
        return None if second is None else self.at + second

    def formula(self, t: Any, xp: Namespace) -> Any:
        # Both are evaluated: the second must not be asked for steps before its first.
        first = self.schedule.evaluate(t, xp)
        second = self.second.evaluate(xp.maximum(t - self.at, 0), xp)
        return xp.where(t < self.at, first, second)

    def _breaks(self, last: int) -> list[int]:
        first = self.schedule.breakpoints(last)
        second = self.second.breakpoints(max(0, last - self.at))
        return [*first, *[self.at + t for t in second]]

    def _phases(self, last: int) -> list[Phase]:
        first = self.schedule.phases(min(self.at, last))
        if last <= self.at:
            return first
        second = self.second.phases(last - self.at)
        return [*first, *[phase.shifted(self.at) for phase in second]]


class Delay(Combinator):
    """A schedule that starts later; its initial value is held until then.

    Made by :meth:`.Schedule.delay`.

    Use it to hold the initial rate for some steps before a decay starts. Avoid it when another rate
    must be held, or for a warmup: :class:`Then` puts any schedule in front.

    Examples
    --------
    >>> from lrschedules import Cosine
    >>> schedule = Cosine(0.1, 0, steps=1000).delay(500)
    >>> schedule(0), schedule(500), schedule(1500)
    (0.1, 0.1, 0.0)
    """

    schedule: Schedule = param("f", kinds.a_schedule, "schedule that starts later")
    steps: int = param("a", FROM_ZERO, "number of steps before the start")

    @property
    def length(self) -> int | None:
        length = self.schedule.length
        return None if length is None else self.steps + length

    def formula(self, t: Any, xp: Namespace) -> Any:
        return self.schedule.evaluate(xp.maximum(t - self.steps, 0), xp)

    def _breaks(self, last: int) -> list[int]:
        inner = self.schedule.breakpoints(max(0, last - self.steps))
        return [self.steps + t for t in inner]

    def _phases(self, last: int) -> list[Phase]:
        held = min(self.steps, last)
        first = [Phase(0, held, self)] if held > 0 else []
        if held == last:
            return first
        return [*first, *[phase.shifted(held) for phase in self.schedule.phases(last - held)]]


class PerEpoch(Combinator):
    """A schedule written in epochs: each value is held for the whole epoch.

    Made by :meth:`.Schedule.per_epoch`. In every optimizer it gives the rates that
    ``keras.callbacks.LearningRateScheduler`` gives with the schedule inside.

    Use it for a schedule that is written in epochs, and to reproduce results of one. Avoid it when
    the rate may change with every step: :meth:`.Schedule.per_epoch` with ``smooth=True`` stretches
    the schedule instead.

    Examples
    --------
    >>> from lrschedules import Drop
    >>> schedule = Drop(0.1, factor=0.5, every=10).per_epoch(9)
    >>> schedule(89), schedule(90)
    (0.1, 0.05)
    """

    schedule: Schedule = param("f", kinds.a_schedule, "schedule in epochs")
    steps_per_epoch: int = param("s", kinds.steps, "number of optimizer updates in an epoch")

    @property
    def length(self) -> int | None:
        length = self.schedule.length
        return None if length is None else self.steps_per_epoch * length

    def stretch(self, times: float) -> PerEpoch:
        """Return the same schedule, its epochs ``times`` as long."""
        times = checked("stretch: times", kinds.ratio, times)
        return PerEpoch(self.schedule, kinds.steps.stretched(self.steps_per_epoch, times))

    def time_scale(self) -> int:
        return self.steps_per_epoch * (self.schedule.time_scale() or 1)

    def formula(self, t: Any, xp: Namespace) -> Any:
        return self.schedule.evaluate(xp.floor_divide(t, self.steps_per_epoch), xp)

    def _breaks(self, last: int) -> list[int]:
        n = self.steps_per_epoch
        return [n * epoch for epoch in self.schedule.breakpoints(last // n)]

    def _phases(self, last: int) -> list[Phase]:
        n = self.steps_per_epoch
        epochs = -(-last // n)  # the last one may be cut
        return [
            Phase(
                n * p.start,
                min(n * p.stop, last),
                p.schedule,
                None if p.first is None else n * p.first,
            )
            for p in self.schedule.phases(epochs)
        ]


class Repeat(Combinator):
    """Cycles of a schedule: warm restarts, cyclical learning rates.

    Made by :meth:`.Schedule.repeat`. Each cycle may be longer or shorter than the one before, and
    its rates higher or lower; lengths are rounded to whole steps. A restart happens at exactly its
    step, however late. The formula shown is for cycles of equal length.

    After the last cycle the schedule inside goes on with the clock of that cycle. If it is no
    longer than ``every``, its final rate is held; if it is longer or open-ended, the rate changes
    further.

    Use it for warm restarts :cite:p:`loshchilov2017`, for cyclical rates, and for several models
    from one run :cite:p:`huang2017`. Avoid it when a run may stop at any step: the rate is high
    early in a cycle.

    Examples
    --------
    >>> from lrschedules import Cosine
    >>> schedule = Cosine(0.1, 0, steps=1000).repeat(3, growth=2, factor=0.5)
    >>> [round(schedule(step), 4) for step in (0, 500, 1000, 2000, 3000, 7000)]
    [0.1, 0.05, 0.05, 0.025, 0.025, 0.0]
    """

    schedule: Schedule = param("f", kinds.a_schedule, "schedule of one cycle")
    every: int = param("n", kinds.steps, "number of steps of the first cycle")
    cycles: int = param("N", kinds.count, "number of cycles", default=LAST_STEP)
    growth: float = param("m", GROWTH, "ratio of the lengths of two successive cycles", default=1.0)
    factor: float = param(
        "c", kinds.ratio, "ratio of the rates of two successive cycles", default=1.0
    )

    def check(self) -> None:
        if self._copies() > MOST_CYCLES:
            raise ValueError(
                f"Repeat: growth={self.growth!r} makes more than {MOST_CYCLES} cycles; say how "
                "many there are, as in .repeat(10, growth=0.5)"
            )

    @property
    def length(self) -> int | None:
        length = self.schedule.length
        if length is None or self.cycles == LAST_STEP:
            return None
        if self.growth == 1:
            return (self.cycles - 1) * self.every + length
        start, last = self._cycles[-1]
        return None if last.length is None else start + last.length

    def _spans(self) -> list[tuple[int, int]]:
        """Return the start and the length of each cycle, up to the last step or to the maximum."""
        spans: list[tuple[int, int]] = []
        start = 0
        for i in range(self.cycles):
            length = max(1, round(self.every * on_numbers.power(self.growth, i)))
            spans.append((start, length))
            start += length
            if start > LAST_STEP or len(spans) > MOST_CYCLES:
                break
        return spans

    def _copies(self) -> int:
        return 1 if self.growth == 1 else len(self._spans())

    def _prepare(self) -> list[tuple[int, Schedule]]:
        spans = self._spans() if self.growth != 1 else []
        return [(start, self.schedule.stretch(length / self.every)) for start, length in spans]

    @property
    def _cycles(self) -> list[tuple[int, Schedule]]:
        """The step at which each cycle starts, and the cycle, its clock at 0 there."""
        return self._prepared

    def formula(self, t: Any, xp: Namespace) -> Any:
        if self.growth == 1:
            i = xp.minimum(xp.floor_divide(t, self.every), self.cycles - 1)
            value = self.schedule.evaluate(t - i * self.every, xp)
            return value if self.factor == 1 else xp.product(xp.power(self.factor, i), value)
        value = 0.0
        for i, (start, cycle) in enumerate(self._cycles):
            rate = cycle.evaluate(xp.maximum(t - start, 0), xp)
            rate = xp.product(xp.power(self.factor, i), rate)
            value = xp.where(t < start, value, rate)
        return value

    def _breaks(self, last: int) -> list[int]:
        if self._is_deep():
            return [self.every]
        if self.growth != 1:
            begun = [(start, cycle) for start, cycle in self._cycles if start <= last]
            looked_at = [*begun[:1], *begun[1:][-2:]]
            cycles = [(start, cycle.breakpoints(last - start)) for start, cycle in looked_at]
        else:
            final = min(self.cycles - 1, last // self.every)
            before, rest = max(0, final - 1) * self.every, last - final * self.every
            whole = self.schedule.breakpoints(self.every) if final > 0 else []
            ending = whole if rest == self.every else self.schedule.breakpoints(rest)
            cycles = [(0, whole), (before, whole), (final * self.every, ending)]
        return [self.every, *[start + t for start, inner in cycles for t in inner]]

    def _phases(self, last: int) -> list[Phase]:
        spans = [(start, length) for start, length in self._spans() if start < last]
        if len(spans) > MOST_CYCLES or self._is_deep():
            return [Phase(0, last, self)]
        cycles: list[tuple[int, list[Phase]]] = []
        for i, (start, length) in enumerate(spans):
            steps = last - start if i == self.cycles - 1 else min(length, last - start)
            if i > 0 and self.growth == 1 and steps == self.every:
                inner = cycles[0][1]
            else:
                cycle = self.schedule if self.growth == 1 else self._cycles[i][1]
                inner = cycle.phases(steps)
            cycles.append((start, inner))
        first = [phase.start for phase in cycles[0][1]]
        found = [
            Phase(start + p.start, start + p.stop, p.schedule, first[i] if i < len(first) else None)
            for start, inner in cycles
            for i, p in enumerate(inner)
        ]
        return found if len(found) <= MOST else [Phase(0, last, self)]

    def _is_deep(self) -> bool:
        """Return whether cycles are nested so deeply that their number has no limit in practice."""
        return self._measured[0] > MOST_NESTED


class KDecay(Combinator):
    """A fixed-length schedule that decays later, or earlier: k-decay.

    Made by :meth:`.Finite.k_decay`: the progress, from 0 to 1, is raised to the power ``k``
    :cite:p:`zhang2020`. A linear decay with a ``k`` of one half is the 1-sqrt cooldown
    :cite:p:`haegele2024`.

    Use it to keep a schedule near its initial rate for longer, with a ``k`` above 1, or to lower it
    sooner, with a ``k`` below 1. Avoid it when the schedule is open-ended: its progress is not
    defined.

    Examples
    --------
    >>> from lrschedules import Cosine
    >>> schedule = Cosine(0.1, 0, steps=1000).k_decay(2)
    >>> schedule(0), round(schedule(500), 4), schedule(1000)
    (0.1, 0.0854, 0.0)
    """

    schedule: Finite = param(
        "f",
        kinds.ScheduleKind("a Finite schedule of lrschedules", "Cosine(0.1, 0, 1000)", finite=True),
        "schedule of ``T`` steps whose progress is changed",
    )
    k: float = param("k", kinds.ratio, "exponent of the progress")

    @property
    def length(self) -> int | None:
        return self.schedule.steps

    def formula(self, t: Any, xp: Namespace) -> Any:
        remaining, progress = self.schedule.progress(xp.minimum(t, self.schedule.steps), xp)
        remaining = xp.one_minus_power(progress, remaining, self.k)
        return self.schedule.between(remaining, xp.power(progress, self.k), xp)


# Combinators of rates ------------------------------------------------------------------------


class Scale(Combinator):
    """A schedule times a number.

    Made by :meth:`.Schedule.scale` and by ``schedule * number``. A factor and a rate are the same
    kind of thing: a schedule from 0 to 1, scaled by a base rate, is a schedule of rates.

    Use it to move a whole schedule up or down, for example with the batch size
    :cite:p:`goyal2017`. Avoid it when only the initial rate should change: the final rate is
    multiplied too.

    Examples
    --------
    >>> from lrschedules import Linear
    >>> schedule = 0.1 * Linear(0, 1, steps=500)
    >>> schedule(250), schedule(500)
    (0.05, 0.1)
    """

    schedule: Schedule = param("f", kinds.a_schedule, "schedule that is multiplied")
    factor: float = param("c", kinds.factor, "number that every rate is multiplied by")

    @property
    def length(self) -> int | None:
        return self.schedule.length

    def formula(self, t: Any, xp: Namespace) -> Any:
        return xp.product(self.factor, self.schedule.evaluate(t, xp))


class Times(Combinator):
    """The product of two schedules, step by step (``ChainedScheduler``).

    Made by :meth:`.Schedule.times` and by ``schedule * other``. Both have the same clock.

    Use it to multiply a schedule by a warmup that runs at the same time, as in the schedule of the
    Transformer :cite:p:`vaswani2017`. Avoid it when the schedule should start after the warmup:
    that is :class:`Then`.

    Examples
    --------
    >>> from lrschedules import InverseSqrt, Linear
    >>> schedule = Linear(0, 1, steps=1000) * InverseSqrt(0.1, steps=1000)
    >>> schedule(0), schedule(500), schedule(1000), schedule(4000)
    (0.0, 0.05, 0.1, 0.05)
    """

    schedule: Schedule = param("f", kinds.a_schedule, "first factor")
    other: Schedule = param("g", kinds.a_schedule, "second factor")

    @property
    def length(self) -> int | None:
        lengths = self.schedule.length, self.other.length
        return None if None in lengths else max(filter(None, lengths))

    def formula(self, t: Any, xp: Namespace) -> Any:
        return xp.product(self.schedule.evaluate(t, xp), self.other.evaluate(t, xp))

    def _phases(self, last: int) -> list[Phase]:
        # After its last step the first factor is constant, and the second gives the curve.
        at = self.schedule.length
        first = self.schedule.phases(last if at is None else min(at, last))
        if at is None or at >= last:
            return first
        second = [phase for phase in self.other.phases(last) if phase.stop > at]
        return [*first, *[Phase(max(p.start, at), p.stop, p.schedule, p.first) for p in second]]


class Plus(Combinator):
    """A schedule plus a number: a floor under the whole curve.

    Made by :meth:`.Schedule.plus` and by ``schedule + number``.

    Use it to raise the whole curve, for example the base of cyclical rates :cite:p:`smith2017`.
    Avoid it when rates above the floor should not change: that is :class:`Clip`.

    Examples
    --------
    >>> from lrschedules import Linear
    >>> schedule = Linear(0.09, 0, steps=100).repeat() + 0.01
    >>> schedule(0), schedule(50), schedule(100)
    (0.1, 0.055, 0.1)
    """

    schedule: Schedule = param("f", kinds.a_schedule, "schedule that the number is added to")
    amount: float = param("c", kinds.rate, "number that is added to every rate")

    @property
    def length(self) -> int | None:
        return self.schedule.length

    def formula(self, t: Any, xp: Namespace) -> Any:
        return self.schedule.evaluate(t, xp) + self.amount


class Clip(Combinator):
    """A schedule limited to a range of rates: a floor, a ceiling, or both.

    Made by :meth:`.Schedule.clip`.

    Use it to keep a rate from falling too low, or from rising too high. Avoid it when the whole
    curve should be raised: that is :class:`Plus`; rates within the range stay as they are.

    Examples
    --------
    >>> from lrschedules import TimeBased
    >>> schedule = TimeBased(0.1, decay=0.01).clip(minimum=0.02)
    >>> schedule(0), schedule(100), schedule(1000)
    (0.1, 0.05, 0.02)
    """

    schedule: Schedule = param("f", kinds.a_schedule, "schedule that is limited")
    minimum: float = param("l", kinds.rate, "lowest rate", default=0.0)
    maximum: float = param("h", kinds.rate, "highest rate", default=LARGEST)

    def check(self) -> None:
        if self.minimum > self.maximum:
            raise ValueError(
                f"Clip: minimum must not be above maximum, got {self.minimum!r} and "
                f"{self.maximum!r}; write for example .clip(0.001, 0.1)"
            )

    @property
    def length(self) -> int | None:
        return self.schedule.length

    def formula(self, t: Any, xp: Namespace) -> Any:
        return xp.minimum(xp.maximum(self.schedule.evaluate(t, xp), self.minimum), self.maximum)


class Geometric(Combinator):
    """Geometric interpolation between two rates, as a schedule goes from 0 to 1.

    Made by :meth:`.Schedule.geometric`. With a linear schedule inside, the rate is multiplied by
    the same number at every step.

    Use it for the annealing phase of an infinite schedule :cite:p:`ibrahim2024`, or for the rising
    rates of a range test. Avoid it when a rate of zero should be reached: no ratio leads there.

    Examples
    --------
    >>> from lrschedules import Linear
    >>> schedule = Linear(0, 1, steps=1000).geometric(0.1, 0.001)
    >>> schedule(0), round(schedule(500), 6), schedule(1000)
    (0.1, 0.01, 0.001)
    """

    schedule: Schedule = param("w", kinds.a_schedule, "progress from 0 to 1")
    start: float = param(r"\eta_0", kinds.peak, "rate at a progress of 0")
    stop: float = param(r"\eta_1", kinds.peak, "rate at a progress of 1")

    @property
    def length(self) -> int | None:
        return self.schedule.length

    def formula(self, t: Any, xp: Namespace) -> Any:
        progress = xp.minimum(self.schedule.evaluate(t, xp), 1)
        return xp.power(self.start, 1 - progress) * xp.power(self.stop, progress)
