"""The parts of a composition: where each begins and ends, and what it is."""

import itertools
from typing import NamedTuple

import lrschedules as lrs
from lrschedules import plotting
from lrschedules.combinators import Combinator


class Part(NamedTuple):
    """From ``start`` to ``stop``, ``stop`` not included, the curve is that of the class ``of``."""

    start: int
    stop: int
    of: type
    first: int | None = None  # where the same part of the first cycle begins
    name: str = ""  # the argument of a recipe that is as long as the part


def parts(schedule, arguments):
    """Return the parts of a schedule up to the last step drawn.

    A part that is as long as an argument is called by its name, each argument once; ``steps``
    says nothing more than that.
    """
    found = _inside(schedule, 0, plotting.horizon(schedule))
    names = {k: v for k, v in arguments.items() if isinstance(v, int) and k != "steps"}
    for i, part in enumerate(found):
        name = next((k for k, v in names.items() if v == part.stop - part.start), "")
        names.pop(name, None)
        found[i] = part._replace(name=name)
    return found


def _inside(schedule, start, stop):
    """Return the parts of a schedule that begins at ``start``, cut at ``stop``."""
    found = _split(schedule, start, stop)
    return [part._replace(stop=min(part.stop, stop)) for part in found if part.start < stop]


def _split(schedule, start, stop):
    found = [Part(start, stop, type(schedule))]
    match schedule:
        case lrs.Then():
            at = start + schedule.at
            first = _inside(schedule.schedule, start, min(at, stop))
            found = [*first, *_inside(schedule.second, at, stop)]
        case lrs.Delay():
            at = start + schedule.steps
            found = [Part(start, at, lrs.Delay), *_inside(schedule.schedule, at, stop)]
        case lrs.Repeat():
            cycles = [_inside(c, begin, end) for begin, end, c in _cycles(schedule, start, stop)]
            found = [
                part._replace(first=first.start)
                for cycle in cycles
                for first, part in zip(cycles[0], cycle, strict=False)
            ]
        case lrs.Times():
            found = _product(schedule, start, stop)
        case lrs.PerEpoch():
            n = schedule.steps_per_epoch
            inner = _inside(schedule.schedule, 0, -(-(stop - start) // n))
            found = [p._replace(start=start + n * p.start, stop=start + n * p.stop) for p in inner]
        case lrs.Piecewise():
            edges = itertools.pairwise([0, *schedule.boundaries, stop - start])
            found = [Part(start + a, start + b, lrs.Piecewise) for a, b in edges]
        case Combinator():
            inner = _inside(schedule.schedule, start, stop)
            found = inner if len(inner) > 1 else found
    return found


def _cycles(schedule, start, stop):
    """Return where each cycle begins and ends, and its schedule."""
    length = schedule.every
    for i in range(schedule.cycles):
        whole = max(1, round(length * schedule.growth**i))
        last = i == schedule.cycles - 1
        yield start, stop if last else start + whole, schedule.schedule.stretch(whole / length)
        start += whole
        if start >= stop:
            return


def _product(schedule, start, stop):
    """Return the parts of the first factor; when it is over, those of the other one."""
    first, second = schedule.schedule, schedule.other
    if first.length is None:
        return _inside(first, start, stop)
    at = start + first.length
    rest = [p._replace(start=max(p.start, at)) for p in _inside(second, start, stop) if p.stop > at]
    return [*_inside(first, start, min(at, stop)), *rest]
