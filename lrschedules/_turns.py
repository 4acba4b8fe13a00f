"""Where a curve can turn: the steps at which the parts of a composition begin and end."""

from __future__ import annotations

from lrschedules._param import parameters
from lrschedules._schedule import Schedule
from lrschedules.combinators import Delay, PerEpoch, Repeat, Then


def turns(schedule: Schedule, last: int) -> set[int]:
    """Return the steps from 0 to ``last`` at which a part begins or ends, those of sums too.

    Of many cycles, these are the first and the last two: the others lie between them.
    """
    if isinstance(schedule, PerEpoch):
        epoch = schedule.steps_per_epoch
        return {epoch * at for at in turns(schedule.schedule, last // epoch)}
    found = {0, last}
    for begin, inner in _inside(schedule):
        if begin <= last:
            found |= {begin + at for at in turns(inner, last - begin)}
    if isinstance(schedule, Repeat):
        for begin, cycle in _cycles(schedule, last):
            found |= {begin + at for at in turns(cycle, last - begin)}
    for p in parameters(type(schedule)):
        if p.kind.unit == "steps":
            value = getattr(schedule, p.name)
            found |= {at for at in (value if isinstance(value, tuple) else (value,)) if at <= last}
    return found


def _inside(schedule: Schedule) -> list[tuple[int, Schedule]]:
    """Return the schedules that a schedule is made of, each with the step at which it begins."""
    if isinstance(schedule, Then):
        return [(0, schedule.schedule), (schedule.at, schedule.second)]
    if isinstance(schedule, Delay):
        return [(schedule.steps, schedule.schedule)]
    values = [getattr(schedule, p.name) for p in parameters(type(schedule))]
    return [(0, value) for value in values if isinstance(value, Schedule)]


def _cycles(schedule: Repeat, last: int) -> list[tuple[int, Schedule]]:
    """Return the last two cycles that begin up to ``last``, each with the step of its begin."""
    if schedule.growth == 1:
        final = min(schedule.cycles - 1, last // schedule.every)
        return [(i * schedule.every, schedule.schedule) for i in (max(final - 1, 0), final)]
    begins = [0]
    lengths: list[int] = []
    while len(begins) <= schedule.cycles:
        length = min(schedule.every * schedule.growth ** len(lengths), last + 1)
        lengths.append(max(1, round(length)))
        if begins[-1] + lengths[-1] > last:
            break
        begins.append(begins[-1] + lengths[-1])
    cycles = list(zip(begins, lengths, strict=False))[-2:]
    return [(begin, schedule.schedule.stretch(n / schedule.every)) for begin, n in cycles]
