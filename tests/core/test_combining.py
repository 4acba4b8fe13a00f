"""Laws of the methods that combine schedules, and identities between schedules."""

import sys

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import lrschedules as lrs
from lrschedules import kinds
from lrschedules._operations import LARGEST
from tests.data.strategies import FINITE, numbers, schedules, shapes, some_steps
from tests.data.table import LAST

short = st.integers(1, 2000)
rates = numbers(kinds.rate)


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
    """The second takes over where the first has arrived; an open-ended one needs ``at``."""
    if first.length is None:
        with pytest.raises(ValueError, match=r"is open-ended; pass the step: .then\(..., at"):
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


@given(schedules(), numbers(kinds.factor), numbers(kinds.factor), some_steps)
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
    assume("growth" not in repr(schedule))  # cycles that grow are rounded to whole steps
    smooth = schedule.per_epoch(updates, smooth=True)

    assert smooth(epoch * updates) == same(schedule.per_epoch(updates)(epoch * updates))
    assert smooth == schedule.stretch(updates)
    assert type(smooth) is type(schedule)


@given(schedules(), st.integers(1, 30), st.integers(1, 30), some_steps)
def test_stretch(schedule, a, b, step):
    """Stretching slows down; by 1 it changes nothing, twice it multiplies."""
    assume("growth" not in repr(schedule))  # cycles that grow are rounded to whole steps
    slow = schedule.stretch(a)

    assert slow(a * step) == same(schedule(step))
    assert schedule.stretch(1) == schedule
    assert slow.stretch(b)(step) == same(schedule.stretch(a * b)(step))
    assert slow.length == (None if schedule.length is None else a * schedule.length)


@pytest.mark.parametrize("times", [1e308, 5e-324])
def test_stretch_beyond_all_numbers(times):
    """Times in steps end at the last step and at the first, and rates of decay at the largest."""
    schedule = lrs.Linear(0.1, 0, 10).then(lrs.TimeBased(0.1, 0.1)).stretch(times)

    assert schedule.schedule.steps == schedule.at == (LAST if times > 1 else 1)
    assert schedule.second.decay == pytest.approx(
        0.1 / times if times > 1 else sys.float_info.max, abs=0
    )
    assert lrs.Piecewise([3, 2, 1], [5, 9]).stretch(times).boundaries == (
        (LAST - 1, LAST) if times > 1 else (1, 2)
    )


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


@given(rates, numbers(kinds.ratio), short, st.integers(0, 200), st.data())
def test_drop_and_exponential(start, factor, every, drops, data):
    """Where a drop happens it agrees with the exponential, and it holds until the next."""
    drop, smooth = lrs.Drop(start, factor, every), lrs.Exponential(start, factor, every)
    step = drops * every
    within = data.draw(st.integers(0, every - 1))

    assert drop(step) == same(smooth(step))
    assert drop(step + within) == drop(step)
    if drop(step) < 1e20:  # a rate that has grown beyond all use no longer grows
        assert drop(step + every) == same(factor * drop(step))


@given(rates, numbers(kinds.per_step), some_steps)
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


def test_length_of_a_repetition():
    """Cycles last as long as all of them together; without a number they never end."""
    line = lrs.Linear(0.1, 0, 10)

    assert line.repeat().length is None
    assert line.repeat(growth=2).length is None
    assert line.repeat(3).length == 30
    assert line.repeat(2000).length == 20_000
    assert line.repeat(3, every=7).length == 24
    assert line.repeat(3, growth=2).length == 70
    assert line.repeat(4, growth=0.5).length == 10 + 5 + 2 + 1
    assert lrs.Constant(0.1).repeat(3, every=5).length is None


@pytest.mark.parametrize("growth", [1, 2])
def test_after_the_last_cycle(growth):
    """A cycle that has arrived is held; one that is longer, or open-ended, goes on."""
    last = 10 + 10 * growth
    for inside, every in [
        (lrs.Linear(0.1, 0, 10), 10),
        (lrs.Linear(0.1, 0.02, 5), 10),
        (lrs.Linear(0.1, 0, 100), 10),
        (lrs.TimeBased(0.1, 0.01), 10),
    ]:
        cycles = inside.repeat(2, every=every, growth=growth)
        alone = inside.stretch(growth)
        for later in (0, 1, 10, 150, 1000):
            assert cycles(last + later) == same(alone(10 * growth + later)), inside
        assert cycles.length == (None if inside.length is None else 10 + alone.length)
    assert lrs.Linear(0.1, 0, 100).repeat(2, every=50)(150) == 0
    assert lrs.TimeBased(0.1, 0.01).repeat(2, every=10)(1010) == same(0.1 / 11)


def test_method_and_class_have_the_same_defaults():
    """What a method leaves out is what the class leaves out."""
    line = lrs.Linear(0.1, 0, 10)

    assert lrs.combinators.Repeat(line, 10) == line.repeat()
    assert lrs.combinators.Clip(line) == line.clip()


@given(schedules(), rates, some_steps)
def test_plus_and_clip(schedule, amount, step):
    """A sum is the sum of the rates, and clipping leaves what is between the bounds."""
    rate = schedule(step)

    assert (schedule + amount)(step) == (amount + schedule)(step) == same(rate + amount)
    assert schedule.clip(maximum=amount)(step) == min(rate, amount)
    assert schedule.clip(minimum=amount)(step) == min(max(rate, amount), LARGEST)
    assert schedule.clip()(step) == min(rate, LARGEST)


@given(schedules(), schedules(), schedules(), some_steps)
def test_times(a, b, c, step):
    """A product is commutative and associative, and 1 changes nothing."""
    small = (a * b)(step) < 1e9 and (b * c)(step) < 1e9 and max(a(step), c(step)) < 1e9

    assert (a * b)(step) == same((b * a)(step))
    assert (a * lrs.Constant(1))(step) == same(a(step))
    if small:  # products stop growing far above any rate
        assert ((a * b) * c)(step) == same((a * (b * c))(step))


@given(shapes(tuple(FINITE)), st.integers(2, 5), st.integers(0, 10**6))
def test_repeat(shape, cycles, step):
    """A repetition is the shape, again from each restart on."""
    steps = shape.steps

    assert shape.repeat()(step) == same(shape(step % steps))
    assert shape.repeat(1)(step) == same(shape(step))
    assert shape.repeat(cycles)(steps * cycles + step) == same(shape(steps))
    assert shape.repeat(cycles) != shape.repeat()


@given(schedules(), short, rates, some_steps, some_steps)
def test_cooldown(schedule, steps, stop, at, step):
    """A cooldown changes nothing before it, and ends at the step that was asked for."""
    at = max(at, 1)
    cooled = schedule.cooldown(steps, stop, at=at)

    assert cooled(min(step, at)) == same(schedule(min(step, at)))
    assert cooled(at + steps) == same(stop)
    assert cooled.length == at + steps
