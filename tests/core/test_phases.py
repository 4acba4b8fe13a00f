"""Breakpoints and phases: what a schedule knows of its own parts."""

import functools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lrschedules as lrs
from lrschedules import recipes
from tests.data.strategies import schedules

LINE = lrs.Linear(0.1, 0, 100)


def names(schedule, last):
    """Return the phases of a schedule as start, stop, class and start in the first cycle."""
    return [(p.start, p.stop, type(p.schedule).__name__, p.first) for p in schedule.phases(last)]


@pytest.mark.parametrize(
    ("schedule", "last", "steps"),
    [
        (lrs.Constant(0.1), 50, [0, 50]),
        (LINE, 200, [0, 100, 200]),
        (LINE, 50, [0, 50]),
        (lrs.Piecewise([3, 2, 1], [30, 60]), 100, [0, 30, 60, 100]),
        (LINE.delay(7), 200, [0, 7, 107, 200]),
        (LINE.warmup(10), 110, [0, 10, 110]),
        (LINE.per_epoch(3), 450, [0, 300, 450]),
        (LINE * lrs.Linear(0, 1, 20), 100, [0, 20, 100]),
        (LINE.repeat(), 730, [0, 100, 600, 700, 730]),
        (LINE.repeat(3), 730, [0, 100, 200, 300, 730]),
        (LINE.repeat(3, growth=2), 730, [0, 100, 300, 700, 730]),
        (LINE.warmup(10).repeat(2).delay(5), 300, [0, 5, 15, 115, 125, 225, 300]),
        (recipes.warmup_stable_decay(0.1, 100, 700, 200), 1000, [0, 100, 800, 1000]),
        (recipes.one_cycle(1.0, 1000), 1000, [0, 300, 1000]),
        (recipes.sgdr(0.1, 0.0, 10, growth=2), 100, [0, 10, 30, 70, 100]),
        (recipes.multistep(0.1, 0.1, [30, 60]), 90, [0, 30, 60, 90]),
        (LINE, 0, [0]),
    ],
    ids=str,
)
def test_breakpoints(schedule, last, steps):
    """The steps at which a phase begins or ends, worked out by hand."""
    assert schedule.breakpoints(last) == steps


@pytest.mark.parametrize(
    ("schedule", "last", "phases"),
    [
        (LINE, 200, [(0, 200, "Linear", None)]),
        (2 * LINE, 200, [(0, 200, "Scale", None)]),
        (
            0.5 * LINE.warmup(10),
            110,
            [(0, 10, "Linear", None), (10, 110, "Linear", None)],
        ),
        (LINE.delay(7), 9, [(0, 7, "Delay", None), (7, 9, "Linear", None)]),
        (LINE.delay(7), 5, [(0, 5, "Delay", None)]),
        (LINE.delay(0), 9, [(0, 9, "Linear", None)]),
        (
            lrs.Piecewise([3, 2, 1], [3, 6]),
            5,
            [(0, 3, "Piecewise", None), (3, 5, "Piecewise", None)],
        ),
        (LINE.warmup(10), 10, [(0, 10, "Linear", None)]),
        (
            recipes.warmup_stable_decay(0.1, 100, 700, 200),
            1000,
            [(0, 100, "Linear", None), (100, 800, "Constant", None), (800, 1000, "Linear", None)],
        ),
        (
            LINE.warmup(10).per_epoch(3),
            100,
            [(0, 30, "Linear", None), (30, 100, "Linear", None)],
        ),
        (
            lrs.Linear(0, 1, 10) * lrs.InverseSqrt(0.1, 10),
            50,
            [(0, 10, "Linear", None), (10, 50, "InverseSqrt", None)],
        ),
        (
            lrs.Constant(2) * LINE.warmup(10),
            50,
            [(0, 50, "Constant", None)],
        ),
        (
            lrs.Cosine(1, 0, 5).warmup(2).repeat(2),
            20,
            [
                *[(0, 2, "Linear", 0), (2, 7, "Cosine", 2)],
                *[(7, 9, "Linear", 0), (9, 20, "Cosine", 2)],
            ],
        ),
        (
            recipes.sgdr(0.1, 0.0, 10, growth=2),
            35,
            [(0, 10, "Cosine", 0), (10, 30, "Cosine", 0), (30, 35, "Cosine", 0)],
        ),
        (
            lrs.Cosine(1, 0, 5).warmup(2).repeat(2).warmup(3),
            11,
            [
                *[(0, 3, "Linear", None), (3, 5, "Linear", 3)],
                *[(5, 10, "Cosine", 5), (10, 11, "Linear", 3)],
            ],
        ),
        (LINE.repeat(), 10**6, [(0, 10**6, "Repeat", None)]),
    ],
    ids=str,
)
def test_phases(schedule, last, phases):
    """Which schedule is in force from when to when, worked out by hand."""
    assert names(schedule, last) == phases


@given(schedules(), st.integers(1, 5000))
def test_phases_cover_the_run(schedule, last):
    """Phases follow each other without a gap, and each begins and ends at a breakpoint or inside a
    cycle that is not looked at."""
    phases = schedule.phases(last)

    assert phases[0].start == 0
    assert phases[-1].stop == last
    assert [p.stop for p in phases[:-1]] == [p.start for p in phases[1:]]
    assert all(p.start < p.stop for p in phases)


@given(schedules(), st.integers(0, 5000))
def test_breakpoints_rise(schedule, last):
    """Breakpoints rise from 0 to the last step."""
    found = schedule.breakpoints(last)

    assert found[0] == 0
    assert found[-1] == last
    assert found == sorted(set(found))


@given(schedules(), st.floats(0.1, 10))
def test_time_scale_is_stretched(schedule, times):
    """A schedule that is stretched has a longer time scale, but for rounding to whole steps."""
    longer = schedule.stretch(times).time_scale()

    assert schedule.time_scale() >= 0
    if times >= 1:
        assert longer >= schedule.time_scale() - 1 or longer >= 2**31 - 1


def test_jumps_are_breakpoints():
    """The rate of a composition of lines jumps or turns nowhere but at its breakpoints."""
    schedule = LINE.warmup(13).repeat(2).then(lrs.Linear(0.05, 0.2, 31).delay(4))
    last = schedule.length + 20
    curvature = np.diff(schedule(np.arange(last + 1)), 2)
    turns = np.flatnonzero(np.abs(curvature) > 1e-9) + 1
    near = {step + shift for step in schedule.breakpoints(last) for shift in (-1, 0, 1)}

    assert len(turns) >= 5
    assert set(turns.tolist()) <= near


@pytest.mark.parametrize("depth", [9, 11, 18])
@pytest.mark.parametrize("cycles", [1, 2, 3])
def test_cycles_of_cycles(cycles, depth):
    """However deeply cycles are nested, the answer is quick and not too long."""
    deep = functools.reduce(
        lambda inner, _: inner.repeat(cycles), range(depth), lrs.Linear(1, 0, 1)
    )

    for last in (1, 1000, 10**6 + 7):
        assert len(deep.breakpoints(last)) < 10**6
        assert len(deep.phases(last)) <= 10**4


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (lambda: LINE.breakpoints(-1), "^breakpoints: last must be .* from 0 to .*, got -1"),
        (lambda: LINE.phases(0), "^phases: last must be a whole number of steps from 1 .*, got 0"),
    ],
)
def test_no_such_step(made, text):
    """A last step that does not exist is refused."""
    with pytest.raises(ValueError, match=text):
        made()


def test_time_scale_of_epochs():
    """A schedule in epochs lasts so many epochs, each of so many steps."""
    assert lrs.Drop(0.1, 0.5, every=10).per_epoch(9).time_scale() == 90
    assert lrs.Constant(0.1).per_epoch(9).time_scale() == 9


def test_last_step_is_no_phase():
    """A boundary at the last step begins no phase of its own."""
    schedule = lrs.Piecewise([0.1, 0.01, 0.001], [30, 60])

    assert [(phase.start, phase.stop) for phase in schedule.phases(60)] == [(0, 30), (30, 60)]
