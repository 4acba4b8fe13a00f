"""Curves that go together are those of their sources."""

import math

import numpy as np
import pytest

import lrschedules as lrs


def table(curves, steps):
    return {name: [schedule(t) for t in steps] for name, schedule in curves.items()}


def assert_close(curves, expected, steps):
    actual = table(curves, steps)
    assert list(actual) == list(expected)
    for name, values in expected.items():
        np.testing.assert_allclose(actual[name], values, rtol=1e-9, atol=1e-15, err_msg=name)


def cosine(start, stop, progress):
    return stop + (start - stop) * (1 + math.cos(math.pi * progress)) / 2


def test_one_cycle_as_in_fastai():
    """Two half cosines: the rate from 1/25 of the peak to 1/100,000, the momentum mirrored."""
    steps, rate, momentum = range(0, 401, 25), [], []
    for t in steps:
        rise, fall = t / 100, (t - 100) / 300
        rate.append(cosine(0.02, 0.5, rise) if t < 100 else cosine(0.5, 0.5e-5, fall))
        momentum.append(cosine(0.95, 0.85, rise) if t < 100 else cosine(0.85, 0.95, fall))

    expected = {"learning_rate": rate, "momentum": momentum}
    assert_close(lrs.joint.one_cycle(0.5, steps=400), expected, steps)


def test_three_phases_as_in_the_papers():
    """The momentum is at its highest value again when the rate is back, and stays there."""
    curves = lrs.joint.one_cycle_three_phase(1.0, steps=1000, up=0.45, down=0.9, divide=10)
    expected = {
        "learning_rate": [0.1, 0.55, 1.0, 0.55, 0.1, 0.050005, 1e-5],
        "momentum": [0.95, 0.9, 0.85, 0.9, 0.95, 0.95, 0.95],
    }
    assert_close(curves, expected, [0, 225, 450, 675, 900, 950, 1000])


@pytest.mark.parametrize("floor", [0.0, 0.05])
def test_nanochat(floor):
    """Its three functions, written again, at every step of a run of 1,200."""
    steps, warmup, cooldown = 1200, 40, 780
    curves = lrs.joint.nanochat(
        0.02, steps, warmup=warmup, cooldown=cooldown, weight_decay=0.28, floor=floor
    )
    rate, momentum, decay = [], [], []
    for t in range(steps + 1):
        left = (steps - t) / cooldown
        rate.append(0.02 * min((t + 1) / warmup, 1.0, left + (1 - left) * floor if left < 1 else 1))
        up, down = t / 400, (t - (steps - cooldown)) / cooldown
        momentum.append(0.85 + 0.12 * up if t < 400 else 0.97 - 0.07 * max(down, 0))
        decay.append(0.28 * 0.5 * (1 + math.cos(math.pi * t / steps)))

    expected = {"learning_rate": rate, "momentum": momentum, "weight_decay": decay}
    assert_close(curves, expected, range(steps + 1))


def test_modded_nanogpt():
    """The momentum rises over 300 steps and falls over the last 50, the rate falls to a tenth."""
    curves = lrs.joint.modded_nanogpt(0.02, steps=1000, cooldown=500)
    expected = {
        "learning_rate": [0.02, 0.02, 0.02, 0.02, 0.011, 0.0038, 0.002],
        "momentum": [0.85, 0.9, 0.95, 0.95, 0.95, 0.95, 0.85],
    }
    assert_close(curves, expected, [0, 150, 300, 500, 750, 950, 1000])
    assert lrs.joint.modded_nanogpt(0.02, steps=500, cooldown=500)["learning_rate"](250) == 0.011


def test_adamc():
    """The weight decay is the given one at the highest rate, and in proportion everywhere."""
    rate = lrs.Cosine(3e-4, 0.0, steps=900).warmup(100)
    curves = lrs.joint.adamc(rate, 0.1)
    at = np.arange(1001)
    assert curves["learning_rate"] is rate
    np.testing.assert_allclose(curves["weight_decay"](at), 0.1 * rate(at) / 3e-4, rtol=1e-12)


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: lrs.joint.one_cycle(1.0, steps=100, high=1.0), "one_cycle: high must be .* < 1"),
        (lambda: lrs.joint.one_cycle_torch(1.0, steps=100, low=-1), "one_cycle_torch: low must be"),
        (lambda: lrs.joint.one_cycle_three_phase(-1, steps=9), "one_cycle_three_phase: peak must"),
        (
            lambda: lrs.joint.nanochat(0.02, 500, cooldown=200, weight_decay=0.1),
            "nanochat: .*: steps must be at least cooldown plus the longer warmup, 600; got peak",
        ),
        (
            lambda: lrs.joint.modded_nanogpt(0.02, 300, cooldown=200),
            "modded_nanogpt: .*steps must be at least cooldown",
        ),
        (lambda: lrs.joint.adamc(lrs.Constant(0), 0.1), "adamc: .*the learning rate must be > 0"),
        (lambda: lrs.joint.adamc(lrs.Constant(1), -1), "adamc: weight_decay must be a number ≥ 0"),
    ],
)
def test_refused(make, text):
    """An argument out of range is named; together, arguments must define the curves."""
    with pytest.raises(ValueError, match=text):
        make()
