"""One Hypothesis strategy of all schedules, made from what their classes declare."""

import functools

import hypothesis
from hypothesis import strategies as st

import lrschedules as lrs
from lrschedules._config import MOST
from lrschedules._declared import ending, parameters
from lrschedules.kinds import ListOf, ScheduleKind
from tests.data.table import LAST, PUBLIC

# Steps near the start, where schedules change, and as far as a run may go.
some_steps = st.one_of(st.integers(0, 100), st.integers(0, 5000), st.integers(0, LAST))
epochs = st.integers(1, 50)

COMBINATORS = [
    cls for cls in PUBLIC if any(isinstance(p.kind, ScheduleKind) for p in parameters(cls))
]
SHAPES = [cls for cls in PUBLIC if cls not in COMBINATORS]
FINITE = [cls for cls in SHAPES if ending(cls)]


def numbers(kind):
    """Numbers that a kind accepts, from the range that training uses."""
    if kind.whole:
        return st.one_of(st.integers(kind.ge, 300), st.integers(kind.ge, 10**6))
    least = kind.gt if kind.ge is None else kind.ge
    low = max(least, -20) or 1e-4
    high = 2 if kind.lt is None else min(kind.lt, 2) or -1e-4
    edges = {"exclude_min": low == kind.gt, "exclude_max": high == kind.lt}
    positive = st.floats(low, high, **edges)
    return positive if kind.ge != 0 else st.one_of(st.just(0.0), positive)


@st.composite
def made(draw, cls, inner):
    """Return an instance of a class; ``inner`` draws the schedules in it."""
    size = draw(st.integers(0, 4))
    values = {}
    for p in parameters(cls):
        if isinstance(p.kind, ScheduleKind):
            values[p.name] = draw(shapes(tuple(FINITE)) if p.kind.finite else inner)
        elif not isinstance(p.kind, ListOf):
            values[p.name] = draw(numbers(p.kind))
        elif p.kind.rising:
            items = draw(st.sets(numbers(p.kind.kind), min_size=size, max_size=size))
            values[p.name] = sorted(items)
        else:  # between the boundaries and around them there is one more
            items = st.lists(numbers(p.kind.kind), min_size=size + 1, max_size=size + 1)
            values[p.name] = draw(items)
    try:
        return cls(**values)
    except ValueError:
        # each valid, they need not be valid together
        assert cls.check is not lrs.Schedule.check
        hypothesis.reject()


def shapes(classes=tuple(SHAPES)):
    """Schedules that contain no others."""
    return st.sampled_from(classes).flatmap(lambda cls: made(cls, inner=None))


def small(schedule):
    """Return whether four of a schedule can be put together: cycles that grow are many."""
    return schedule._measured[1] <= MOST / 5


@functools.cache
def schedules():
    """Schedules of every public class, alone and in compositions."""

    def around(inner):
        return st.sampled_from(COMBINATORS).flatmap(lambda cls: made(cls, inner.filter(small)))

    return st.recursive(shapes(), around, max_leaves=4).filter(small)


def drawn(strategy, number):
    """Return examples of a strategy, for a test that looks at all of them at once."""
    found = []

    @hypothesis.settings(max_examples=number, phases=[hypothesis.Phase.generate])
    @hypothesis.given(strategy)
    def collect(example):
        found.append(example)

    collect()
    return found
