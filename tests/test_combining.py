"""Laws of the methods that combine schedules, and identities between schedules."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lrschedules as lrs
from tests.strategies import numbers, schedules, some_steps
from tests.table import LAST

short = st.integers(1, 2000)
rates = numbers(lrs.rate)


def same(rate):
    """Return what equals ``rate`` up to rounding."""
    return pytest.approx(rate, rel=1e-11, abs=1e-300)


@given(schedules(), schedules(), short, some_steps)
def test_then(first, second, at, later):
    """Up to ``at`` the first holds, from ``at`` on the second with its clock at 0."""
    both = first.then(second, at=at)

    assert both(at - 1) == first(at - 1)
    assert both(min(later, at - 1)) == first(min(later, at - 1))
    assert both(at) == second(0)
    assert both(at + later) == second(later)


@given(schedules(), schedules())
def test_then_without_at(first, second):
    """The second takes over where the first has arrived; an endless one must be told."""
    if first.length is None:
        with pytest.raises(ValueError, match=r"is endless: say when it ends, as in .then\(..., at"):
            first.then(second)
    elif first.length <= LAST:
        assert first.then(second) == first.then(second, at=first.length)


@given(st.tuples(schedules(), schedules(), schedules()), short, short, some_steps)
def test_then_is_associative(three, i, j, step):
    """It does not matter where the brackets of a chain stand."""
    first, second, third = three
    left = first.then(second, at=i).then(third, at=i + j)
    right = first.then(second.then(third, at=j), at=i)

    assert left(step) == right(step)
    assert left.length == right.length


@given(schedules(), short, rates, some_steps)
def test_warmup(schedule, steps, start, later):
    """A warm-up is a straight line from start to the first value, and then the schedule."""
    warm, first = schedule.warmup(steps, start), schedule(0)

    assert warm(0) == start
    assert warm(steps) == first
    assert warm(steps + later) == schedule(later)
    step = min(later, steps)
    assert warm(step) == same((start * (steps - step) + first * step) / steps)
    assert schedule.warmup(steps) == schedule.warmup(steps, 0)


@given(schedules(), numbers(lrs.factor), numbers(lrs.factor), some_steps)
def test_scale(schedule, a, b, step):
    """Scaling multiplies; by 1 it changes nothing, twice it multiplies the factors."""
    assert schedule.scale(a)(step) == same(a * schedule(step))
    assert schedule * a == a * schedule == schedule.scale(a)
    assert schedule.scale(1)(step) == schedule(step)
    assert schedule.scale(a).scale(b)(step) == same(schedule.scale(a * b)(step))
    assert schedule.scale(a).length == schedule.length


@given(schedules(), short, short, some_steps)
def test_delay(schedule, a, b, step):
    """A delayed schedule holds its first value; by 0 nothing changes, delays add up."""
    late = schedule.delay(a)

    assert late(a - 1) == late(a) == schedule(0)
    assert late(a + step) == schedule(step)
    assert schedule.delay(0)(step) == schedule(step)
    assert late.delay(b)(step) == schedule.delay(a + b)(step)
    assert late.length == (None if schedule.length is None else a + schedule.length)


@given(schedules(), short, st.integers(0, 5000), st.data())
def test_per_epoch(schedule, updates, epoch, data):
    """Throughout an epoch the rate is the one that the schedule has for that epoch."""
    held = schedule.per_epoch(updates)
    within = data.draw(st.integers(0, updates - 1))

    assert held(epoch * updates + within) == schedule(epoch)
    assert held.length == (None if schedule.length is None else updates * schedule.length)
    assert schedule.per_epoch(1)(epoch) == schedule(epoch)


@given(schedules(), st.integers(1, 30), st.integers(0, 5000))
def test_smooth_per_epoch(schedule, updates, epoch):
    """Smooth or held, the rates agree at the start of each epoch, and smooth is stretched."""
    smooth = schedule.per_epoch(updates, smooth=True)

    assert smooth(epoch * updates) == same(schedule.per_epoch(updates)(epoch * updates))
    assert smooth == schedule.stretch(updates)
    assert type(smooth) is type(schedule)


@given(schedules(), st.integers(1, 30), st.integers(1, 30), some_steps)
def test_stretch(schedule, a, b, step):
    """Stretching slows down; by 1 it changes nothing, twice it multiplies."""
    slow = schedule.stretch(a)

    assert slow(a * step) == same(schedule(step))
    assert schedule.stretch(1) == schedule
    assert slow.stretch(b)(step) == same(schedule.stretch(a * b)(step))
    if "growth" not in repr(schedule):  # cycles that grow are rounded to whole steps
        assert slow.length == (None if schedule.length is None else a * schedule.length)


@given(rates, short, short, some_steps)
def test_everything_made_of_a_constant_is_it(rate, a, b, step):
    """A schedule that has nowhere to go gives the same rate for ever."""
    constant = lrs.Constant(rate)
    for still in (
        constant,
        constant.then(constant, at=a),
        constant.delay(a),
        constant.warmup(a, start=rate),
        constant.per_epoch(a),
        constant.stretch(a),
        lrs.Piecewise([rate] * 3, [a, a + b]),
        lrs.TimeBased(rate, decay=0),
        lrs.Drop(rate, factor=1, every=a),
        lrs.Exponential(rate, factor=1, every=a),
        lrs.Linear(rate, rate, a),
        lrs.Cosine(rate, rate, a),
        lrs.Polynomial(rate, rate, a),
    ):
        assert still(step) == same(rate), still


@given(rates, rates, short, some_steps)
def test_backwards(start, stop, steps, step):
    """The line and the cosine run backwards are themselves with the ends exchanged."""
    step %= steps + 1
    for shape in (lrs.Linear, lrs.Cosine):
        forth, back = shape(start, stop, steps), shape(stop, start, steps)

        assert forth(step) == same(back(steps - step))
        assert forth(step) + back(step) == same(start + stop)
    assert lrs.Polynomial(start, stop, steps, power=1)(step) == same(
        lrs.Linear(start, stop, steps)(step)
    )


@given(rates, numbers(lrs.ratio), short, st.integers(0, 200), st.data())
def test_drop_and_exponential(start, factor, every, drops, data):
    """Where a drop happens it agrees with the exponential, and it holds until the next."""
    drop, smooth = lrs.Drop(start, factor, every), lrs.Exponential(start, factor, every)
    step = drops * every
    within = data.draw(st.integers(0, every - 1))

    assert drop(step) == same(smooth(step))
    assert drop(step + within) == drop(step)
    if drop(step) < 1e20:  # a rate that has grown beyond all use no longer grows
        assert drop(step + every) == same(factor * drop(step))


@given(rates, numbers(lrs.per_step), some_steps)
def test_time_based_slows_in_proportion(start, decay, step):
    """The inverse of the time-based rate rises by decay / start at each step."""
    schedule = lrs.TimeBased(start or 1, decay)

    assert 1 / schedule(step + 1) - 1 / schedule(step) == pytest.approx(
        decay / schedule.start, rel=1e-6, abs=1e-12 / schedule(step)
    )


@given(rates, st.integers(1, 10**6), st.integers(1, 1000))
def test_inverse_sqrt_is_halved_by_four_times_the_steps(start, steps, times):
    """After the hold, four times the steps halve the rate."""
    schedule = lrs.InverseSqrt(start, steps)

    assert schedule(steps - 1) == schedule(steps) == start
    assert schedule(4 * times * steps) == same(schedule(times * steps) / 2)


@given(st.lists(rates, min_size=2, max_size=6), st.data())
def test_piecewise_is_a_chain_of_constants(values, data):
    """Piecewise is constants one after the other, each from its boundary on."""
    boundary = st.one_of(short, st.integers(1, LAST))
    size = len(values) - 1
    boundaries = sorted(data.draw(st.sets(boundary, min_size=size, max_size=size)))
    chain = lrs.Constant(values[0])
    for value, at in zip(values[1:], boundaries, strict=True):
        chain = chain.then(lrs.Constant(value), at=at)
    steps = np.array([b + shift for b in boundaries for shift in (-1, 0)])

    assert lrs.Piecewise(values, boundaries)(steps).tolist() == chain(steps).tolist()


@pytest.mark.parametrize(
    ("schedule", "text"),
    [
        (lrs.Exponential(1, 0.5), "Exponential(start=1.0, factor=0.5)"),
        (lrs.Exponential(1, 0.5, 7), "Exponential(start=1.0, factor=0.5, every=7)"),
        (lrs.Piecewise([1, 2], [3]), "Piecewise(values=(1.0, 2.0), boundaries=(3,))"),
        (2 * lrs.Constant(1).delay(3), "Constant(value=1.0).delay(steps=3).scale(factor=2.0)"),
        (lrs.Constant(1).per_epoch(9), "Constant(value=1.0).per_epoch(steps_per_epoch=9)"),
        (
            lrs.Constant(1).then(lrs.Constant(2), at=5),
            "Constant(value=1.0).then(second=Constant(value=2.0), at=5)",
        ),
    ],
    ids=str,
)
def test_repr_is_the_call(schedule, text):
    """A schedule is shown as the call that makes it, without what is as by default."""
    assert repr(schedule) == text
