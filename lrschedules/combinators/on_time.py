"""The combinators that change the time of a schedule."""

from __future__ import annotations

from typing import Any

from lrschedules._operations import Namespace, on_numbers
from lrschedules._param import (
    LAST_STEP,
    checked,
    count,
    growth,
    param,
    ratio,
    steps,
    wait,
)
from lrschedules._schedule import Schedule, ScheduleKind, a_schedule
from lrschedules.combinators._base import Combinator
from lrschedules.shapes import Finite

a_shape = ScheduleKind("a finite shape of lrschedules", Finite, "Cosine(0.1, 0, 1000)")
# More cycles than this no formula should hold.
MOST_CYCLES = 1000


class Then(Combinator):
    """One schedule, and from a given step on another one, whose clock starts at 0 there.

    Made by :meth:`Schedule.then`, and by :meth:`Schedule.warmup` with a :class:`Linear` in front.
    The second schedule gives the rate from step ``at`` on, ``at`` included. Chains of ``then`` are
    associative.

    Use it for phases that follow each other: a warm-up, a plateau, a decay. Not for a warm-up
    during which the other clock runs already: that is a product, :class:`Times`.

    Examples
    --------
    >>> from lrschedules import Cosine, Linear
    >>> schedule = Linear(0, 0.1, steps=500).then(Cosine(0.1, 0, steps=1500))
    >>> schedule(0), schedule(250), schedule(500), schedule(2000)
    (0.0, 0.05, 0.1, 0.0)
    """

    schedule: Schedule = param("f", a_schedule, "what comes first")
    second: Schedule = param("g", a_schedule, "what comes after")
    at: int = param("a", steps, "the step at which the second takes over")

    @property
    def length(self) -> int | None:
        second = self.second.length
        return None if second is None else self.at + second

    def formula(self, t: Any, xp: Namespace) -> Any:
        # Both are evaluated: the second is kept from steps before its first.
        first = self.schedule.evaluate(t, xp)
        second = self.second.evaluate(xp.maximum(t - self.at, 0), xp)
        return xp.where(t < self.at, first, second)


class Delay(Combinator):
    """A schedule that starts later, its first value held until then.

    Made by :meth:`Schedule.delay`.

    Use it to hold the first rate for a while before a decay begins. Not to hold another rate, or to
    warm up: that is a schedule in front, :class:`Then`.

    Examples
    --------
    >>> from lrschedules import Cosine
    >>> schedule = Cosine(0.1, 0, steps=1000).delay(500)
    >>> schedule(0), schedule(500), schedule(1500)
    (0.1, 0.1, 0.0)
    """

    schedule: Schedule = param("f", a_schedule, "what starts later")
    steps: int = param("a", wait, "how much later")

    @property
    def length(self) -> int | None:
        length = self.schedule.length
        return None if length is None else self.steps + length

    def formula(self, t: Any, xp: Namespace) -> Any:
        return self.schedule.evaluate(xp.maximum(t - self.steps, 0), xp)


class PerEpoch(Combinator):
    """A schedule written in epochs, each value held for the whole epoch.

    Made by :meth:`Schedule.per_epoch`. It gives in every optimizer what
    ``keras.callbacks.LearningRateScheduler`` gives with the schedule inside.

    Use it for a schedule that is written in epochs, and to repeat results of one. Not where the
    rate may move with every step: :meth:`Schedule.per_epoch` with ``smooth=True`` stretches the
    schedule instead.

    Examples
    --------
    >>> from lrschedules import Drop
    >>> schedule = Drop(0.1, factor=0.5, every=10).per_epoch(9)
    >>> schedule(89), schedule(90)
    (0.1, 0.05)
    """

    schedule: Schedule = param("f", a_schedule, "the schedule in epochs")
    steps_per_epoch: int = param("s", steps, "optimizer updates in an epoch")

    @property
    def length(self) -> int | None:
        length = self.schedule.length
        return None if length is None else self.steps_per_epoch * length

    def stretch(self, times: float) -> PerEpoch:
        """Return the same schedule with epochs ``times`` as long."""
        times = checked("stretch: times", ratio, times)
        return PerEpoch(self.schedule, steps.stretched(self.steps_per_epoch, times))

    def formula(self, t: Any, xp: Namespace) -> Any:
        return self.schedule.evaluate(xp.floor_divide(t, self.steps_per_epoch), xp)


class Repeat(Combinator):
    """A schedule over and over: warm restarts, cycles.

    Made by :meth:`Schedule.repeat`. Every cycle may be longer or shorter than the one before, and
    its rates higher or lower; lengths are rounded to whole steps. A restart happens at exactly its
    step, however late. The formula is that of cycles of equal length.

    After the last cycle the schedule inside goes on with the clock of that cycle. Where it is no
    longer than ``every``, it has arrived, and its last rate is held; where it is longer or
    open-ended, the rate changes further.

    Use it for warm restarts :cite:p:`loshchilov2017`, for cyclical rates, and for several models
    from one run :cite:p:`huang2017`. Not where a run may stop anywhere: early in a cycle the rate
    is high again.

    Examples
    --------
    >>> from lrschedules import Cosine
    >>> schedule = Cosine(0.1, 0, steps=1000).repeat(3, growth=2, factor=0.5)
    >>> [round(schedule(step), 4) for step in (0, 500, 1000, 2000, 3000, 7000)]
    [0.1, 0.05, 0.05, 0.025, 0.025, 0.0]
    """

    schedule: Schedule = param("f", a_schedule, "what is repeated")
    every: int = param("n", steps, "how long the first cycle is")
    cycles: int = param("N", count, "how often it is repeated", default=LAST_STEP)
    growth: float = param("m", growth, "how much longer each cycle is", default=1.0)
    factor: float = param("c", ratio, "what each cycle multiplies the rates by", default=1.0)

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
        """Return where each cycle begins, and its length; none after the last step."""
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
        """The step at which each cycle begins, and the cycle, its clock at 0 there."""
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


class KDecay(Combinator):
    """A finite shape that is lowered later, or earlier, on its way.

    Made by :meth:`Finite.k_decay`: the part of the way that is done is raised to the power ``k``
    :cite:p:`zhang2020`. A line with a ``k`` of one half is the 1-sqrt cooldown
    :cite:p:`haegele2024`.

    Use it to keep a finite shape near its first rate for longer, with a ``k`` above 1, or to have
    it leave at once, with one below. Not for endless schedules: they have no way that could be
    done.

    Examples
    --------
    >>> from lrschedules import Cosine
    >>> schedule = Cosine(0.1, 0, steps=1000).k_decay(2)
    >>> schedule(0), round(schedule(500), 4), schedule(1000)
    (0.1, 0.0854, 0.0)
    """

    schedule: Finite = param("f", a_shape, "what is lowered; T are its steps")
    k: float = param("k", ratio, "the exponent of the way that is done")

    @property
    def length(self) -> int | None:
        return self.schedule.steps

    def formula(self, t: Any, xp: Namespace) -> Any:
        left, done = self.schedule.way(xp.minimum(t, self.schedule.steps), xp)
        left, done = xp.one_minus_power(done, left, self.k), xp.power(done, self.k)
        return self.schedule.between(left, done, xp)
