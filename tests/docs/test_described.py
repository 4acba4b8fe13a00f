"""The description of a curve has its lowest and its highest rate, and its line passes both."""

import re

import lrs_entries
import lrs_picture
import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import example, given, settings

import lrschedules as lrs
from lrschedules.plotting import EVALUATED, describe, horizon
from tests.data.strategies import schedules

CURVES = {name: entry.schedule for name, entry in lrs_entries.entries().items()}
CURVES["warmup"] = lrs.Cosine(0.1, 0.0, steps=10_000).warmup(500)


def extremes(schedule):
    """Return the lowest and the highest rate in the description, each with its step."""
    found = re.findall(r"(lowest |highest |)(\S+) at (\d+)", describe(schedule))
    rates = [(float(rate), int(step)) for _, rate, step in found]
    return min(rates), max(rates)


def is_described(schedule, rates):
    """Return whether the description has the extremes of these rates, and their steps."""
    for (rate, step), best in zip(extremes(schedule), (rates.min(), rates.max()), strict=True):
        assert f"{rate:.3g}" == f"{best:.3g}"
        assert f"{schedule(step):.3g}" == f"{best:.3g}"
    for word, step in re.findall(r"(lowest|highest) \S+ at (\d+)", describe(schedule)):
        best = rates.min() if word == "lowest" else rates.max()
        assert schedule(int(step)) == pytest.approx(best, rel=1e-11)
    return True


@pytest.mark.parametrize("schedule", CURVES.values(), ids=CURVES)
def test_curve_of_a_page(schedule):
    """The description of each page's curve, and its line, have the extremes over all its steps."""
    rates = schedule(np.arange(horizon(schedule) + 1))
    drawn = schedule.plot().lines[0].get_ydata()
    plt.close("all")

    assert is_described(schedule, rates)
    assert (drawn.min(), drawn.max()) == pytest.approx((rates.min(), rates.max()), rel=1e-11)


def test_known_extremes():
    """Three curves have a known highest rate, which lies between the steps of any coarse grid."""
    words = {name: describe(CURVES[name]) for name in ("noam", "inverse_sqrt", "warmup")}

    assert "highest 0.000699 at 4000," in words["noam"]
    assert "highest 0.1 at 1000," in words["inverse_sqrt"]
    assert "highest 0.1 at 500," in words["warmup"]


def test_any_hyperparameter():
    """The description names what follows the schedule, and goes on to the given step."""
    momentum = lrs.joint.one_cycle_three_phase(0.4, steps=1000)["momentum"]
    words = "Momentum by step: 0.95 at 0, 0.867 at 250, lowest 0.85 at 300, 0.886 at 500, "
    assert describe(momentum, "momentum", 1000) == f"{words}0.932 at 750, 0.95 at 1000."
    with pytest.raises(ValueError, match=r"describe: steps must be a whole number .*, got 0"):
        describe(momentum, steps=0)


@settings(max_examples=150)
@given(schedules())
@example(lrs.Linear(0.1, 0, 2**31 - 1).delay(2**31 - 1))  # ends after the last step that is drawn
def test_any_curve(schedule):
    """The description of any curve has the extremes over all its steps, if it is not too long."""
    last = horizon(schedule)
    if last <= EVALUATED:
        assert is_described(schedule, schedule(np.arange(last + 1)))
    else:
        (lowest, _), (highest, _) = extremes(schedule)
        rates = schedule(np.random.default_rng(0).integers(0, last, 1000, endpoint=True))
        assert lowest <= rates.min() * 1.01
        assert highest >= rates.max() * 0.99


SPIKE = lrs.Piecewise([0.1, 0.5, 0.1], [10**6, 10**6 + 3])
FALL = lrs.Linear(0.1, 0.01, 50)


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        (SPIKE, "highest 0.5 at 1000000,"),
        (SPIKE.delay(10**8), "highest 0.5 at 101000000,"),
        (SPIKE.per_epoch(1000), "highest 0.5 at 1000000000,"),
        (lrs.Constant(0.5) * SPIKE.clip(0, 0.4) + 0.1, "highest 0.3 at 1000000,"),
        (lrs.Linear(0.2, 0.1, 10**6).then(SPIKE), "highest 0.5 at 2000000,"),
        (lrs.Linear(0.1, 0.05, 2**31 - 6).warmup(5), "highest 0.1 at 5,"),
        (
            FALL.then(lrs.Linear(0.2, 0.1, 10**6)).repeat(9, factor=0.5),
            "lowest 4.61e-05 at 8000449,",
        ),
        (FALL.then(lrs.Constant(0.05), at=9).repeat(5, every=10**6, factor=1.5), "highest 0.506"),
        (FALL.warmup(7).repeat(12, growth=3, factor=1.5), "highest 8.65 at 6288690,"),
    ],
    ids=range(9),
)
def test_long_curve(schedule, words):
    """The extremes of a long curve are found at its breakpoints."""
    assert horizon(schedule) > EVALUATED
    assert words in describe(schedule)


def test_picture_of_the_readme():
    """The file is what the program draws now: run docs/_ext/lrs_picture.py after a change."""
    assert lrs_picture.FILE.read_text("utf-8") == lrs_picture.picture()
