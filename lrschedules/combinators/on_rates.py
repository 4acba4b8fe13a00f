"""The combinators that change the rates of a schedule."""

from __future__ import annotations

from typing import Any

from lrschedules._operations import LARGEST, Namespace
from lrschedules._param import factor, param, peak, rate
from lrschedules._schedule import Schedule, a_schedule
from lrschedules.combinators._base import Combinator


class Scale(Combinator):
    """A schedule times a number.

    Made by :meth:`Schedule.scale` and by ``schedule * number``. A factor and a rate are the same
    kind of thing: a schedule from 0 to 1, scaled by a base rate, is a schedule of rates.

    Use it to move a whole schedule up or down, for example with the size of the batch
    :cite:p:`goyal2017`. Not to change its first rate alone: the last one is multiplied too.

    Examples
    --------
    >>> from lrschedules import Linear
    >>> schedule = 0.1 * Linear(0, 1, steps=500)
    >>> schedule(250), schedule(500)
    (0.05, 0.1)
    """

    schedule: Schedule = param("f", a_schedule, "what is scaled")
    factor: float = param("c", factor, "what it is multiplied by")

    @property
    def length(self) -> int | None:
        return self.schedule.length

    def formula(self, t: Any, xp: Namespace) -> Any:
        return xp.product(self.factor, self.schedule.evaluate(t, xp))


class Times(Combinator):
    """The product of two schedules, step by step.

    Made by :meth:`Schedule.times` and by ``schedule * other``. Both have the same clock.

    Use it to lay a factor over a schedule that does not wait for it, such as the warm-up in the
    schedule of the Transformer :cite:p:`vaswani2017`. Not for a schedule that is to begin when the
    warm-up is over: that is :class:`Then`.

    Examples
    --------
    >>> from lrschedules import InverseSqrt, Linear
    >>> schedule = Linear(0, 1, steps=1000) * InverseSqrt(0.1, steps=1000)
    >>> schedule(0), schedule(500), schedule(1000), schedule(4000)
    (0.0, 0.05, 0.1, 0.05)
    """

    schedule: Schedule = param("f", a_schedule, "the one")
    other: Schedule = param("g", a_schedule, "the other")

    @property
    def length(self) -> int | None:
        lengths = self.schedule.length, self.other.length
        return None if None in lengths else max(filter(None, lengths))

    def formula(self, t: Any, xp: Namespace) -> Any:
        return xp.product(self.schedule.evaluate(t, xp), self.other.evaluate(t, xp))


class Plus(Combinator):
    """A schedule plus a number: a floor that the rate stands on.

    Made by :meth:`Schedule.plus` and by ``schedule + number``.

    Use it for a floor that the whole curve stands on: cyclical rates swing above one
    :cite:p:`smith2017`. Not for a bound that leaves the rates above it as they are: that is
    :class:`Clip`.

    Examples
    --------
    >>> from lrschedules import Linear
    >>> schedule = Linear(0.09, 0, steps=100).repeat() + 0.01
    >>> schedule(0), schedule(50), schedule(100)
    (0.1, 0.055, 0.1)
    """

    schedule: Schedule = param("f", a_schedule, "what the number is added to")
    amount: float = param("c", rate, "what is added")

    @property
    def length(self) -> int | None:
        return self.schedule.length

    def formula(self, t: Any, xp: Namespace) -> Any:
        return self.schedule.evaluate(t, xp) + self.amount


class Clip(Combinator):
    """A schedule held between two rates.

    Made by :meth:`Schedule.clip`.

    Use it to keep a rate from falling too low, or from rising too high. Not for a floor that the
    whole curve stands on: that is :class:`Plus`; here the rates between the bounds stay as they
    are.

    Examples
    --------
    >>> from lrschedules import TimeBased
    >>> schedule = TimeBased(0.1, decay=0.01).clip(minimum=0.02)
    >>> schedule(0), schedule(100), schedule(1000)
    (0.1, 0.05, 0.02)
    """

    schedule: Schedule = param("f", a_schedule, "what is held")
    minimum: float = param("l", rate, "the lowest rate", default=0.0)
    maximum: float = param("h", rate, "the highest rate", default=LARGEST)

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
    """The way from one rate to another in equal ratios, as a schedule goes from 0 to 1.

    Made by :meth:`Schedule.geometric`. With a line inside, the rate is multiplied by the same
    number at every step.

    Use it for the annealing of an infinite schedule :cite:p:`ibrahim2024`, or for the rising rates
    of a search for the highest one that trains. Not for a way to zero: no ratio leads there.

    Examples
    --------
    >>> from lrschedules import Linear
    >>> schedule = Linear(0, 1, steps=1000).geometric(0.1, 0.001)
    >>> schedule(0), round(schedule(500), 6), schedule(1000)
    (0.1, 0.01, 0.001)
    """

    schedule: Schedule = param("w", a_schedule, "how much of the way is done, from 0 to 1")
    start: float = param(r"\eta_0", peak, "the rate where that is 0")
    stop: float = param(r"\eta_1", peak, "the rate where that is 1")

    @property
    def length(self) -> int | None:
        return self.schedule.length

    def formula(self, t: Any, xp: Namespace) -> Any:
        done = xp.minimum(self.schedule.evaluate(t, xp), 1)
        return xp.power(self.start, 1 - done) * xp.power(self.stop, done)
