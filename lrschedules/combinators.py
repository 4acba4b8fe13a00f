"""The combinators: final schedules that contain schedules.

Each is made by the method of :class:`lrschedules.Schedule` that has its name, and its ``repr`` is
that call, so that the ``repr`` of a composition is the program that makes it.
"""

from __future__ import annotations

import re
from typing import Any

from lrschedules._operations import Namespace
from lrschedules._param import checked, factor, param, steps, wait
from lrschedules._schedule import Schedule, a_schedule


class Combinator(Schedule, abstract=True):
    """A schedule that is made from another one, its first parameter, by a method."""

    schedule: Schedule

    def __repr__(self) -> str:
        method = re.sub("(?<=.)(?=[A-Z])", "_", type(self).__name__).lower()
        return f"{self.schedule!r}.{method}({self._arguments(start=1)})"


class Then(Combinator):
    """One schedule, and from a given step on another one, whose clock starts at 0 there.

    Made by :meth:`Schedule.then`, and by :meth:`Schedule.warmup` with a :class:`Linear` in front.
    The second schedule holds from step ``at`` itself. Chains of ``then`` are associative.

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


class Scale(Combinator):
    """A schedule times a number. Made by :meth:`Schedule.scale` and by ``schedule * number``.

    A factor and a rate are the same kind of thing: a schedule from 0 to 1, scaled by a base rate,
    is a schedule of rates. :cite:t:`goyal2017` scale the rate with the size of the batch.

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
        return self.factor * self.schedule.evaluate(t, xp)


class Delay(Combinator):
    """A schedule that starts later, its first value held until then.

    Made by :meth:`Schedule.delay`.

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

    Made by :meth:`Schedule.per_epoch`.

    It gives in every optimizer what ``keras.callbacks.LearningRateScheduler`` gives with the
    schedule inside.

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

    def stretch(self, times: int) -> PerEpoch:
        """Return the same schedule with epochs ``times`` as long."""
        times = checked("stretch: times", steps, times)
        return PerEpoch(self.schedule, self.steps_per_epoch * times)

    def formula(self, t: Any, xp: Namespace) -> Any:
        return self.schedule.evaluate(t // self.steps_per_epoch, xp)
