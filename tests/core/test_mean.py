"""The mean rate of a schedule over a run, and schedules that are matched in it."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import lrschedules as lrs
from lrschedules import _schedule, kinds
from tests.data.strategies import numbers, schedules

runs = st.integers(1, 200)


def same(rate):
    """Return what equals ``rate`` up to rounding."""
    return pytest.approx(rate, rel=1e-11, abs=1e-300)


@given(schedules(), runs)
def test_mean_is_that_of_the_values(schedule, steps):
    """The mean is the exact sum of the values at each step, divided by their number."""
    values = [Fraction(schedule(step)) for step in range(steps)]

    assert schedule.mean(steps) == same(float(sum(values) / steps))


@given(schedules(), runs, numbers(kinds.factor), numbers(kinds.rate))
def test_mean_is_linear(schedule, steps, factor, amount):
    """A factor multiplies the mean, and an amount is added to it."""
    assert (factor * schedule).mean(steps) == same(factor * schedule.mean(steps))
    assert (schedule + amount).mean(steps) == same(schedule.mean(steps) + amount)


@given(schedules(), schedules(), runs, runs)
def test_mean_of_a_chain(first, second, at, later):
    """Each schedule of a chain counts with the number of steps that it is in force."""
    together = at * first.mean(at) + later * second.mean(later)

    assert first.then(second, at=at).mean(at + later) == same(together / (at + later))


@given(schedules(), st.integers(1, 20), st.integers(1, 9))
def test_mean_over_epochs(schedule, epochs, steps_per_epoch):
    """A schedule that is constant within an epoch has the mean of its epochs."""
    steps = epochs * steps_per_epoch

    assert schedule.per_epoch(steps_per_epoch).mean(steps) == same(schedule.mean(epochs))


@given(numbers(kinds.rate), numbers(kinds.rate), st.integers(1, 10**6))
def test_closed_forms_of_fixed_length(start, stop, steps):
    """A line and a cosine wave include their first value, and their last one only after the run."""
    middle = Fraction(start) / 2 + Fraction(stop) / 2
    mean = middle + (Fraction(start) - Fraction(stop)) / (2 * steps)

    assert lrs.Linear(start, stop, steps).mean() == same(float(mean))
    assert lrs.Cosine(start, stop, steps).mean() == pytest.approx(float(mean), rel=1e-9)


def test_closed_forms_of_open_ended_schedules():
    """A constant has its own mean, and a step decay that of a geometric series."""
    series = 0.1 * (1 - 0.5**7) / (1 - 0.5) / 7

    assert lrs.Constant(0.1).mean(10**6) == pytest.approx(0.1, rel=1e-15)
    assert lrs.Drop(0.1, 0.5, every=30).mean(7 * 30) == pytest.approx(series, rel=1e-14)


def test_mean_after_the_end():
    """The final value counts for the rest of the run, however long that is."""
    mean = (10 * 0.064 + (10**9 - 10) * 0.02) / 10**9

    assert lrs.Linear(0.1, 0.02, 10).mean() == pytest.approx(0.064, rel=1e-14)
    assert lrs.Linear(0.1, 0.02, 10).mean(10**9) == pytest.approx(mean, rel=1e-14)


def test_mean_in_blocks(monkeypatch):
    """A long run is evaluated in blocks that leave out no step and repeat none."""
    schedule, sizes = lrs.TimeBased(0.1, decay=0.001).warmup(50), []
    whole = schedule.mean(1000)
    evaluated = lrs.TimeBased.formula

    def formula(self, t, xp):
        sizes.append(np.size(t))
        return evaluated(self, t, xp)

    monkeypatch.setattr(lrs.TimeBased, "formula", formula)
    monkeypatch.setattr(_schedule, "BLOCK", 7)

    assert schedule.mean(1000) == same(whole)
    assert max(sizes) == 7
    assert [schedule.mean(steps) for steps in (1, 7, 8)] == same([0.0, 0.006, 0.007])


def test_mean_is_refused():
    """An open-ended schedule needs the steps of the run, and a sum has to be a float."""
    with pytest.raises(ValueError, match=r"open-ended; pass the number of steps: \.mean\(1000\)"):
        lrs.Constant(0.1).mean()
    with pytest.raises(ValueError, match=r"^mean: steps must be a whole number .*, got 0"):
        lrs.Constant(0.1).mean(0)
    with pytest.raises(ValueError, match=r"^mean: the sum of the values of Constant.* smaller"):
        lrs.Constant(1e308).mean(10)


@given(schedules(), schedules(), runs)
def test_matched_to(schedule, tuned, steps):
    """What is matched is the same shape, and has the mean of the tuned schedule."""
    assume(schedule.mean(steps) > 1e-100)
    matched = schedule.matched_to(tuned, steps)

    assert matched.mean(steps) == same(tuned.mean(steps))
    assert matched == schedule.scale(matched.factor)
    assert matched.factor == same(tuned.mean(steps) / schedule.mean(steps))


def test_the_steps_of_a_match():
    """The run is as long as the schedule that has a length, or as both of them."""
    constant, line, wave = lrs.Constant(0.03), lrs.Linear(1, 0, 99), lrs.Cosine(2, 0, 99)

    assert line.matched_to(constant) == line.matched_to(constant, 99)
    assert constant.matched_to(line) == constant.matched_to(line, 99)
    assert wave.matched_to(line) == wave.matched_to(line, 99)
    assert line.matched_to(constant, 300).mean(300) == pytest.approx(0.03, rel=1e-14)
    with pytest.raises(ValueError, match=r"^matched_to: steps must .* differ in length, 99 and 98"):
        line.matched_to(lrs.Cosine(1, 0, 98))
    with pytest.raises(ValueError, match=r"^matched_to: steps must be given .* both open-ended"):
        constant.matched_to(constant)


def test_a_match_is_refused():
    """No factor gives a schedule another mean that is 0 during the whole run, or nearly 0."""
    line = lrs.Linear(0.1, 0, 10)
    for nothing in (lrs.Constant(0.0), lrs.Constant(5e-324)):
        with pytest.raises(ValueError, match=r"^matched_to: the mean of Constant.* must be .* > 0"):
            nothing.matched_to(line)
    with pytest.raises(TypeError, match=r"^matched_to: tuned must be a schedule of lrschedules"):
        line.matched_to(0.1)
