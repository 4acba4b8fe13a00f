"""Theory: the convex bound against its closed forms, and what follows from it."""

import math
import re

import numpy as np
import pytest

import lrschedules as lrs
from lrschedules.recipes import one_minus_sqrt, warmup_stable_decay
from lrschedules.theory import Bound, bound, extend, refined

T = 100
LONG = 100_000  # more than the block of steps that is computed at once


def harmonic(number):
    """Return the sum of 1 / k for k up to a number."""
    return math.fsum(1 / k for k in range(1, number + 1))


def terms(found, base_rate=1.0):
    """Return the two terms of a bound at a base rate: they are equal at the best one."""
    half = found.value / 2
    return half * found.base_rate / base_rate, half / found.base_rate * base_rate


@pytest.mark.parametrize("steps", [1, 2, T, LONG])
@pytest.mark.parametrize("norm", [0.5, 10])
@pytest.mark.parametrize("rate", [0.5, 1e-3, 1e-200, 1e200])
def test_constant(rate, norm, steps):
    """The terms of a constant rate are D²/2γT, and γG²/2 + γG²H/2 with a harmonic number H."""
    first, second = terms(bound(lrs.Constant(rate), steps, np.full(steps, norm)))

    assert first == pytest.approx(1 / (2 * rate * steps), rel=1e-12)
    assert second == pytest.approx((rate * norm / 2 * norm) * (1 + harmonic(steps - 1)), rel=1e-12)


@pytest.mark.parametrize("steps", [1, 2, T, LONG])
@pytest.mark.parametrize("after", [0, 1, T])
def test_linear(after, steps):
    """The sums of a linear decay have closed forms; updates after its end do not count."""
    first, second = terms(bound(lrs.Linear(1, 0, steps), steps + after))

    assert first == pytest.approx(1 / (steps + 1), rel=1e-12)
    mixed = (2 * (steps - 1) + 3 * harmonic(steps - 1)) / (3 * steps)
    assert second == pytest.approx((2 * steps + 1) / (6 * steps) + mixed, rel=1e-12)


def test_worst_function():
    """The bound is above the worst function that PEPit found for a linear decay (2501.18965)."""
    found = bound(lrs.Linear(1, 0, T), T)

    assert 0.100038 < found.value < 2.04 * 0.100038


def test_equation():
    """Any rates and norms give the value of the published equation, term by term."""
    random = np.random.default_rng(0)
    rates, norms = random.uniform(0.1, 1, (2, 50))
    schedule = lrs.Piecewise(rates.tolist(), boundaries=range(1, 50))
    found = bound(schedule, 50, norms)

    def tail(values, k):
        return math.fsum(values[k:])

    noise = (rates * norms) ** 2
    mixed = [rates[k] / tail(rates, k + 1) * tail(noise, k) / tail(rates, k) for k in range(49)]
    second = tail(noise, 0) / tail(rates, 0) / 2 + math.fsum(mixed) / 2
    assert terms(found) == pytest.approx((1 / (2 * tail(rates, 0)), second), rel=1e-12)


def test_scaling():
    """The value of a schedule does not depend on its scale, and the norms only have a unit."""
    schedule = lrs.Cosine(0.1, 0, 300).warmup(30)
    norms = np.linspace(3, 1, 330)
    value, base_rate = bound(schedule, 330, norms)

    assert bound(7 * schedule, 330, norms) == pytest.approx(Bound(value, base_rate / 7))
    assert bound(schedule, 330, 2 * norms) == pytest.approx(Bound(2 * value, base_rate / 2))


@pytest.mark.parametrize(
    ("name", "schedule", "value", "ratio"),
    [
        ("cosine", lrs.Cosine(1, 0, 10_000), 2.060, 0.971),
        ("wsd", lrs.Constant(1).cooldown(2000, at=8000), 2.161, 0.514),
        ("wsd", lrs.Constant(1).cooldown(8000, at=2000), 2.003, 0.832),
        ("constant", lrs.Constant(1), 3.284, 0.305),
    ],
)
def test_known_values(name, schedule, value, ratio):
    """The values that the guide prints, computed once with another program."""
    found, linear = bound(schedule, 10_000), bound(lrs.Linear(1, 0, 10_000), 10_000)

    assert found.value * 100 == pytest.approx(value, abs=5e-4), name
    assert found.base_rate / linear.base_rate == pytest.approx(ratio, abs=5e-4), name


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((0.1, 10), TypeError, "bound: schedule must be"),
        ((lrs.Constant(1), 0), ValueError, "bound: steps must be a whole number of steps"),
        ((lrs.Constant(0), 10), ValueError, "Constant(value=0.0) is 0 at all 10 steps; pass"),
        ((lrs.Constant(1), 2, [1]), ValueError, "of shape (2,), got shape (1,); pass for example"),
        ((lrs.Constant(1), 2, [[1, 2]]), ValueError, "of shape (2,), got shape (1, 2)"),
        ((lrs.Constant(1), 2, "ab"), TypeError, "a number ≥ 0 for each update, got 'ab'; pass"),
        ((lrs.Constant(1), 2, [1, -3]), ValueError, "got -3.0 at update 1; pass"),
        ((lrs.Constant(1), 2, [math.nan, 1]), ValueError, "got nan at update 0"),
        ((lrs.Linear(1, 0, 1), 2, [0, 1]), ValueError, "must not be 0 at every update that has"),
    ],
)
def test_bound_refuses(arguments, error, message):
    """What is wrong, the value, and what to pass instead."""
    with pytest.raises(error, match=re.escape(message)):
        bound(*arguments)


TUNED = lrs.Constant(1).cooldown(800, at=3200)
WARM = warmup_stable_decay(0.1, warmup=30, stable=770, decay=200)
SQRT = lrs.Constant(1).cooldown(200, at=800, shape=one_minus_sqrt)


@pytest.mark.parametrize(
    ("times", "fraction", "published"), [(1.5, 0.446, None), (2, 0.633, 0.6), (3, 0.876, None)]
)
def test_longer_cooldown(times, fraction, published):
    """The cooldown is that of another program, and near the published one (2501.18965)."""
    steps = int(times * 4000)
    longer, reason = extend(TUNED, steps)
    cooldown = steps - longer.at

    assert cooldown / steps == pytest.approx(fraction, abs=6e-4)
    assert published is None or cooldown / steps == pytest.approx(published, abs=0.04)
    assert longer == lrs.Constant(1).cooldown(cooldown, at=steps - cooldown)
    assert f"A cooldown of {cooldown / steps:.1%} of the run, instead of 20.0%" in reason
    assert f"starts at step {longer.at}, so" in reason
    assert f"checkpoint of step {min(longer.at, 3200)} or earlier" in reason


@pytest.mark.parametrize(
    ("times", "factor", "published"),
    [(1.5, 0.637, None), (2, 0.533, 0.525), (3, 0.431, None), (4, 0.375, 0.375)],
)
def test_second_stage(times, factor, published):
    """The factor is the one of another program; the published grid had steps of 0.025."""
    steps = int(times * 4000)
    longer, reason = extend(TUNED, steps, at=3200)

    assert longer.length == steps
    found = longer(3200)
    assert found == pytest.approx(factor, abs=6e-4)
    assert published is None or found == pytest.approx(published, abs=0.0125)
    rates = longer(np.array([3199, 0.8 * steps, 0.9 * steps, steps]))
    np.testing.assert_allclose(rates, [1, found, found / 2, 0], atol=1e-12)
    assert reason.startswith(f"From step 3200 on, {factor:g} times the rate")
    assert "the cooldown takes 20.0% of the run, as before" in reason


TO_A_TENTH = lrs.Constant(1).cooldown(200, at=800, stop=0.1)
TWO_RISES = lrs.Linear(0, 0.05, 40).then(lrs.Constant(0.1).warmup(60, 0.05).cooldown(200, at=760))


@pytest.mark.parametrize(
    "schedule", [WARM, SQRT, TO_A_TENTH, TWO_RISES, WARM * 3, lrs.recipes.flat_cosine(0.1, 1000)]
)
@pytest.mark.parametrize("at", [None, 600])
def test_extension_keeps_the_base_rate(schedule, at):
    """The best base rate is that of the shorter run, and the rates before the change are too."""
    longer, _ = extend(schedule, 1700, at)

    wanted = bound(schedule, 1000).base_rate
    assert bound(longer, 1700).base_rate == pytest.approx(wanted, rel=2e-3)
    assert longer.length == 1700
    steps = np.arange(at or 600)
    np.testing.assert_array_equal(longer(steps), schedule(steps))
    factor = longer(at) / schedule(at) if at else 1
    assert longer(1700) == pytest.approx(factor * schedule(1000))


def test_extension_reads_like_the_schedule():
    """The warmup of the longer schedule is that of the shorter one, and not more."""
    longer, _ = extend(WARM, 1700)

    cooldown = 1700 - 30 - longer.second.at
    assert longer == warmup_stable_decay(0.1, warmup=30, stable=1670 - cooldown, decay=cooldown)


def test_extension_from_the_end_of_the_warmup():
    """The second stage may take the whole plateau."""
    longer, _ = extend(WARM, 1100, at=30)

    assert longer(29) == WARM(29)
    assert 0 < longer(30) < WARM(30)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((lrs.Linear(1, 0, 10), 20), "must hold a rate and end with a decay from it, got Linear("),
        ((lrs.Constant(1), 20), "got Constant(value=1.0); write for example Constant(0.1).cool"),
        ((lrs.Cosine(1, 0, 10).warmup(5), 20), "must hold a rate and end with a decay"),
        ((lrs.Linear(1, 0.5, 10).then(lrs.Linear(0.5, 0, 10)), 30), "must hold a rate and end"),
        ((lrs.Constant(1).then(lrs.Linear(1, 2, 10), at=10), 30), "must hold a rate and end"),
        ((WARM + 0.1, 2000), "must hold a rate and end with a decay"),
        (
            (WARM, 1000),
            "more than the 1000 steps of the schedule, got 1000; write for example 2000",
        ),
        ((TUNED, 16_000), "no cooldown is long enough for 16000 steps at the same base rate; pass"),
        ((WARM, 2000, 29), "a step on the plateau, from 30 to 800, got 29; a run that has cooled"),
        ((WARM, 2000, 801), "a step on the plateau, from 30 to 800, got 801"),
        ((TUNED, 8000, 3201), "a step on the plateau, from 1 to 3200, got 3201"),
        (
            (lrs.Constant(1).cooldown(1, at=1), 3, 1),
            "no second stage from step 1 on keeps the base",
        ),
    ],
)
def test_extend_refuses(arguments, message):
    """What is wrong, the value, and what to pass instead."""
    with pytest.raises(ValueError, match="extend: .*" + re.escape(message)):
        extend(*arguments)


@pytest.mark.parametrize(("schedule", "at"), [(WARM, 30), (WARM * 3, 600), (SQRT, 800)])
def test_extend_refuses_a_second_stage(schedule, at):
    """An extended schedule is named as such, with the step of the checkpoint to go back to."""
    staged, _ = extend(schedule, 2000, at)

    message = f"must not be extended already, but from step {at} on .* for example with at={at}, "
    with pytest.raises(ValueError, match=message):
        extend(staged, 4000)


def test_extend_twice():
    """A cooldown that was made longer can be made longer again."""
    once, _ = extend(TUNED, 6000)
    twice, _ = extend(once, 8000)

    assert twice.at == pytest.approx(extend(TUNED, 8000).schedule.at, abs=2)


@pytest.mark.parametrize("steps", [1, 2, 3, 99, 100, 101, 1234])
def test_refined_of_constant_norms(steps):
    """Norms that do not change give a linear decay to zero, however large they are."""
    schedule = refined(np.full(steps, 1e200))

    assert schedule.length == steps
    t = np.arange(steps + 1)
    np.testing.assert_allclose(schedule(t), 1 - t / steps, atol=1e-12)


@pytest.mark.parametrize("power", [1, 2])
@pytest.mark.parametrize("ends", [(1, 3), (3, 1)])
def test_refined(ends, power):
    """Norms on a line give the rates of the equation of 2310.07831, one update earlier."""
    norms = np.linspace(*ends, 4000)
    found = refined(norms, power=power)(np.arange(4000))

    weights = norms**-power
    expected = weights * np.cumsum(weights[::-1])[::-1]
    inner = slice(200, 3000)  # further out, the median reaches beyond the run
    ratio = found[inner] / found[2000]
    np.testing.assert_allclose(ratio, expected[inner] / expected[2000], rtol=0.003)
    assert found.max() == pytest.approx(1, rel=1e-3)
    assert (found.argmax() > 0) == (ends == (3, 1) and power == 2)


def test_refined_ignores_outliers():
    """Single gradients that are much larger or zero change nothing."""
    norms = np.ones(1000)
    norms[::50], norms[25::50] = 1e6, 0

    np.testing.assert_array_equal(
        refined(norms)(np.arange(1000)), refined(np.ones(1000))(np.arange(1000))
    )


@pytest.mark.parametrize(
    ("norms", "options", "message"),
    [
        ([], {}, "shape (steps,), got shape (0,)"),
        ([[1, 1], [1, 1]], {}, "shape (steps,), got shape (2, 2)"),
        ([1, math.inf], {}, "got inf at update 1"),
        ([1] * 50 + [0] * 50, {}, "their median is 0 around update 5"),
        ([1, 1], {"power": 0}, "refined: power must be a number > 0, got 0"),
    ],
)
def test_refined_refuses(norms, options, message):
    """What is wrong, the value, and what to pass instead."""
    with pytest.raises(ValueError, match=re.escape(message)):
        refined(norms, **options)
