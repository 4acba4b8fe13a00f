"""Laws that hold for every schedule: what it is, and the values it gives."""

import copy
import dataclasses
import json
import pickle
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lrschedules as lrs
from lrschedules._declared import parameters, registry
from lrschedules._operations import on_numbers
from tests.data.strategies import FINITE, schedules, shapes, some_steps
from tests.data.table import LAST, PUBLIC, SCHEDULES, brief, row_of


@given(schedules())
def test_repr_is_the_program(schedule):
    """The text of a schedule is the Python that makes it."""
    again = eval(repr(schedule), vars(lrs))

    assert again == schedule
    assert hash(again) == hash(schedule)


@given(schedules())
def test_copies_are_equal(schedule):
    """A copy is the schedule itself; one that was pickled, in whatever protocol, is equal to it."""
    assert copy.copy(schedule) is copy.deepcopy(schedule) is schedule
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(schedule, protocol))

        assert type(again) is type(schedule)
        assert again == schedule
        assert hash(again) == hash(schedule)


@given(schedules(), schedules(), some_steps)
def test_nothing_from_outside_changes_a_schedule(schedule, other, step):
    """What a framework takes for a checkpoint is empty, and what it writes back is lost."""
    before = hash(schedule), repr(schedule), schedule(step)
    written = {name: getattr(other, name, None) for name in dir(schedule)}
    schedule.__dict__.update(written)
    vars(schedule).clear()
    for write in (setattr, object.__setattr__):
        with pytest.raises(AttributeError, match="__dict__"):
            write(schedule, "__dict__", written)

    assert vars(schedule) == {}
    assert schedule.__getstate__() is None
    assert not hasattr(schedule, "__setstate__")
    assert (hash(schedule), repr(schedule), schedule(step)) == before


def test_pickle_is_checked():
    """What is unpickled goes through the constructor: a forged pickle makes no bad schedule."""
    forged = pickle.dumps(lrs.Linear(0.125, 0, 10), 0).replace(b"F0.125", b"F-1.0")
    with pytest.raises(ValueError, match=r"^Linear: start must be a rate ≥ 0, got -1\.0"):
        pickle.loads(forged)


@pytest.mark.parametrize("cls", PUBLIC)
def test_parameters_are_completed(cls):
    """The parameters of a schedule are among the names that Python completes."""
    assert {p.name for p in parameters(cls)} < set(dir(row_of(cls)))


@given(schedules())
def test_config_round_trip(schedule):
    """A configuration survives JSON unchanged, and makes the same schedule."""
    config = schedule.get_config()
    again = type(schedule).from_config(json.loads(json.dumps(config)))

    assert json.loads(json.dumps(config)) == config
    assert again == schedule
    assert hash(again) == hash(schedule)


@pytest.mark.parametrize("schedule", SCHEDULES, ids=brief)
def test_every_parameter_counts(schedule):
    """Schedules that differ in one parameter are different, as is what is not a schedule."""
    for p in parameters(type(schedule)):
        value = getattr(schedule, p.name)
        if isinstance(value, lrs.Schedule):
            other = value.stretch(2)
        elif isinstance(value, tuple):
            other = tuple(item * 2 for item in value)
        elif isinstance(value, int):
            other = value + 1 if value < LAST else 1
        else:  # a larger rate, or where a row allows none, a smaller
            other = 1.1 * value if p.name != "minimum" else 0.9 * value
        if other != value:
            assert dataclasses.replace(schedule, **{p.name: other}) != schedule
    assert schedule != repr(schedule)
    assert schedule != schedule.get_config()


def test_classes_are_different():
    """Two classes with equal parameters are different schedules."""
    assert lrs.Linear(0.1, 0, 10) != lrs.Cosine(0.1, 0, 10)


@pytest.mark.parametrize("cls", PUBLIC)
def test_immutable(cls):
    """A parameter cannot be changed after construction."""
    schedule, (first, *_) = row_of(cls), parameters(cls)
    with pytest.raises(dataclasses.FrozenInstanceError, match=first.name):
        setattr(schedule, first.name, getattr(schedule, first.name))


@pytest.mark.parametrize("cls", PUBLIC)
def test_registered_under_its_name(cls):
    """A class is found by the name that a saved model holds."""
    assert registry[f"lrschedules>{cls.__name__}"] is cls


@given(schedules(), some_steps)
def test_rate_is_a_rate(schedule, step):
    """A rate is a float, never NaN, infinite or negative, at any step."""
    rate = schedule(step)

    assert type(rate) is float
    assert 0 <= rate < float("inf")


@given(schedules(), st.lists(some_steps, max_size=12))
def test_array_is_map_over_scalars(schedule, steps):
    """An array of steps gives the array of the rates of its steps."""
    rates = schedule(np.array(steps, np.int64))

    assert rates.dtype == np.float64
    np.testing.assert_allclose(rates, [schedule(step) for step in steps], rtol=1e-12)


@given(schedules(), st.sampled_from([(), (0,), (1,), (7,), (2, 3), (0, 4), (2, 1, 3)]))
def test_shape_is_preserved(schedule, shape):
    """Rates have the shape of the steps, whatever it is."""
    assert np.shape(schedule(np.full(shape, 5))) == shape
    assert np.shape(schedule(np.full(shape, 5.0, np.float32))) == shape


@given(schedules(), st.integers(0, 5000))
def test_kind_of_number_does_not_matter(schedule, step):
    """A step is the same as an int, a float or a NumPy scalar of any type."""
    for kind in (float, np.int32, np.int64, np.uint16, np.float64, np.float32):
        assert schedule(kind(step)) == pytest.approx(schedule(step), rel=1e-12, abs=0)


BEYOND = [2**63, 10**400, 10**5000, 1e300, Fraction(10) ** 400, np.uint64(2**63 + 5)]


@pytest.mark.parametrize("step", [*BEYOND, np.array([0, 2**63], np.uint64)], ids=type)
def test_step_that_nobody_counts(step):
    """A step of 2**63 or more is refused: NumPy counts no further."""
    for schedule in SCHEDULES:
        with pytest.raises(
            ValueError, match=r"^step must be ≥ 0 and finite, got .*to 2\*\*63 - 1$"
        ):
            schedule(step)


@pytest.mark.parametrize("schedule", SCHEDULES, ids=brief)
def test_last_step_that_is_counted(schedule):
    """The largest step has a rate, the same in Python and in NumPy."""
    rate = schedule(2**63 - 1)

    assert 0 <= rate < float("inf")
    assert schedule(np.uint64(2**63 - 1)) == pytest.approx(rate, rel=1e-12, abs=1e-300)


def test_falling_rates_are_0_in_the_end():
    """A factor below 1, to as high a power as there is, is 0."""
    assert lrs.Drop(0.1, 0.5, 10)(2**63 - 1) == lrs.Exponential(0.1, 0.9)(2**63 - 1) == 0


@pytest.mark.parametrize("step", [True, np.True_, np.array([True])], ids=type)
def test_truth_value_is_no_step(step):
    """A truth value is refused, as a number and in an array."""
    for schedule in SCHEDULES:
        with pytest.raises(
            TypeError, match=r"^step must (be a number, got True|hold numbers, .*bool)"
        ):
            schedule(step)


def test_array_times_a_schedule():
    """A schedule is scaled by a number, one of NumPy too, and not by an array."""
    schedule = lrs.Constant(0.5)
    for two in (2, 2.0, np.float64(2), np.float32(2), np.int64(2)):
        assert two * schedule == schedule * two == schedule.scale(2)
        assert two + schedule == schedule + two == schedule.plus(2)
    for array in (np.array([1.0, 2.0]), np.array(2.0)):
        for made in (lambda a: a * schedule, lambda a: schedule * a):
            with pytest.raises(
                TypeError, match=r"^scale: factor must be a number ≥ 0, got array\("
            ):
                made(array)
        with pytest.raises(TypeError, match=r"^plus: amount must be a rate ≥ 0, got array\("):
            array + schedule


@given(schedules(), some_steps)
def test_arrays_are_not_written_to(schedule, step):
    """The array that was passed keeps its values, and shares none with the result."""
    for steps in (np.array([step, step]), np.array([step, step], np.float64)):
        before = steps.copy()
        schedule(steps)[:] = -1

        assert (steps == before).all()


@given(schedules(), some_steps)
def test_finite_schedule_holds(schedule, later):
    """After its length a schedule has arrived; a schedule without a length is open-ended."""
    if schedule.length is not None:
        assert schedule.length == int(schedule.length) >= 1
        assert schedule(schedule.length + later) == schedule(schedule.length)


@given(shapes(FINITE))
def test_from_start_to_stop(schedule):
    """A fixed-length schedule is exactly start at 0 and exactly stop at steps, and is as long."""
    assert schedule.length == schedule.steps
    assert schedule(0) == schedule.start
    assert schedule(schedule.steps) == schedule.stop
    ends = schedule(np.array([0, schedule.steps]))
    np.testing.assert_allclose(ends, [schedule.start, schedule.stop], rtol=1e-15)


@given(shapes(FINITE), st.data())
def test_blend_has_the_sum_1(schedule, data):
    """The shares of the two rates of a fixed-length schedule have the sum 1."""
    t = data.draw(st.integers(0, schedule.steps))
    first, second = schedule.blend(*schedule.progress(t, on_numbers), on_numbers)

    assert first + second == pytest.approx(1, rel=1e-12)


@given(shapes(FINITE))
def test_monotone_between_its_ends(schedule):
    """A fixed-length schedule moves from start to stop, never back, and within their range."""
    rates = schedule(np.linspace(0, schedule.steps, 200).astype(np.int64))
    low, high = sorted([schedule.start, schedule.stop])
    rounding = 1e-14 * high
    upwards = np.sign(schedule.stop - schedule.start)

    assert (np.diff(rates) * upwards >= -rounding).all()
    assert rates.min() >= low - rounding
    assert rates.max() <= high + rounding


@pytest.mark.parametrize("cls", PUBLIC)
def test_whole_and_numpy_rates(cls):
    """Integers and NumPy scalars as parameters are the numbers that they hold."""
    for p in parameters(cls):
        value = getattr(row_of(cls), p.name)
        if isinstance(value, (int, float)):
            types = [np.float64, np.float32] if isinstance(value, float) else [np.int64, float]
            whole = [int] if p.kind.holds(1) else []
            for kind in [*types, *whole]:
                given = kind(1 if kind is int else value)
                made = dataclasses.replace(row_of(cls), **{p.name: given})

                assert getattr(made, p.name) == given
                assert type(getattr(made, p.name)) is type(value)
