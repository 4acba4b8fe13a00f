"""Theory: the convex bound against its closed forms, and what follows from it."""

import math
import re

import numpy as np
import pytest

import lrschedules as lrs
from lrschedules.theory import Bound, bound

T = 100
HARMONIC = math.fsum(1 / k for k in range(1, T))


def terms(found, base_rate=1.0):
    """Return the two terms of a bound at a base rate: they are equal at the best one."""
    half = found.value / 2
    return half * found.base_rate / base_rate, half / found.base_rate * base_rate


@pytest.mark.parametrize("norm", [0.5, 1, 10])
@pytest.mark.parametrize("rate", [0.5, 1e-3, 1e-200, 1e200])
def test_constant(rate, norm):
    """The terms of a constant rate are D²/2γT, and γG²/2 + γG²H/2 with a harmonic number H."""
    first, second = terms(bound(lrs.Constant(rate), T, np.full(T, norm)))

    assert first == pytest.approx(1 / (2 * rate * T), rel=1e-12)
    assert second == pytest.approx((rate * norm / 2 * norm) * (1 + HARMONIC), rel=1e-12)


@pytest.mark.parametrize("after", [0, 1, T])
def test_linear(after):
    """The sums of a linear decay have closed forms; updates after its end do not count."""
    found = bound(lrs.Linear(1, 0, T), T + after)
    first, second = terms(found)

    assert first == pytest.approx(1 / (T + 1), rel=1e-12)
    expected = (2 * T + 1) / (6 * T) + (2 * (T - 1) + 3 * HARMONIC) / (3 * T)
    assert second == pytest.approx(expected, rel=1e-12)
    # PEPit's worst function for this schedule (2501.18965) is below the bound.
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
