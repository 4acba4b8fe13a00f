"""Curves show the schedule, say what they show, and know how far to go."""

import itertools
import math
import re
from xml.etree import ElementTree as ET

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given, settings

import lrschedules as lrs
from lrschedules.plotting import describe, horizon, picture, plot
from tests.data.strategies import schedules
from tests.data.table import LAST, SCHEDULES, brief

LINE = lrs.Linear(0.1, 0, 1000)


@pytest.fixture(autouse=True)
def _figures_closed():
    yield
    plt.close("all")


def test_plot_of_one():
    """One schedule is drawn from step 0 to its end, with both axes labelled and no legend."""
    ax = plot(LINE)
    steps, rates = ax.lines[0].get_data()

    assert (ax.get_xlabel(), ax.get_ylabel()) == ("step", "learning rate")
    assert ax.get_xlim() == (0, 1000)
    assert ax.get_ylim()[0] == 0
    assert ax.get_legend() is None
    assert (steps[0], steps[-1]) == (0, 1000)
    np.testing.assert_allclose(rates, 0.1 * (1 - steps / 1000), atol=1e-17)


def test_plot_of_several():
    """Several are drawn on one axis, each as long as the longest, with their names."""
    ax = plot({"line": LINE, "drop": lrs.Drop(0.1, 0.5, 10)})

    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["line", "drop"]
    assert [line.get_xdata()[-1] for line in ax.lines] == [1000, 1000]


def test_plot_tells_curves_apart():
    """Neighbouring curves differ in their dashes too, also those of a second call."""
    lines = {str(rate): lrs.Constant(rate) for rate in range(1, 8)}
    ax = plot(lines)
    plot(LINE, ax=ax)

    dashes = [line._unscaled_dash_pattern for line in ax.lines]
    assert len({str(dash) for dash in dashes}) == 6
    assert all(a != b for a, b in itertools.pairwise(dashes))


def test_plot_holds_a_rate_until_the_next_step():
    """A drop is drawn as a step, at its step."""
    ax = lrs.Drop(0.1, 0.5, 10).plot(steps=15)

    assert ax.lines[0].get_drawstyle() == "steps-post"
    assert ax.lines[0].get_ydata()[[9, 10]].tolist() == [0.1, 0.05]


def test_plot_on_given_axes():
    """Given axes are drawn on and returned; steps says where the curve ends."""
    ax = plt.figure().add_subplot()

    assert LINE.plot(steps=50, ax=ax) is ax
    assert plot({"a": LINE, "b": LINE}, 70, ax) is ax
    assert [line.get_xdata()[-1] for line in ax.lines] == [50, 70, 70]


@pytest.mark.parametrize("steps", [0, -5, math.nan, 2**31])
def test_plot_needs_a_step(steps):
    """A number of steps that no curve has is refused."""
    with pytest.raises(ValueError, match=f"^plot: steps must be .* from 1 to .*, got {steps}; wri"):
        LINE.plot(steps)


def test_plot_needs_a_schedule():
    """A plot of nothing is refused."""
    with pytest.raises(ValueError, match=r"^plot: schedules must hold at least one .*, got \{\}$"):
        plot({})


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (
            lambda: plot(0.1),
            r"^plot: schedules must be a schedule or a mapping .*, got 0\.1; write",
        ),
        (
            lambda: plot([LINE]),
            r"^plot: schedules must be .*, got \[Linear\(.*; write for example {",
        ),
        (
            lambda: plot({"a": LINE, "b": 1}),
            r"^plot: schedules\['b'\] must be a schedule .*, got 1",
        ),
        (lambda: LINE.plot("9"), "^plot: steps must be a whole number of steps .*, got '9'"),
        (lambda: LINE.plot(ax=plt), "^plot: ax must be an axes of matplotlib, got <module"),
        (lambda: picture(0.1), r"^picture: schedule must be a schedule .*, got 0\.1"),
        (lambda: describe(None), "^describe: schedule must be a schedule .*, got None"),
        (lambda: horizon(lrs.Linear), "^horizon: schedule must be a schedule .*, got <class"),
    ],
)
def test_what_cannot_be_drawn(made, text):
    """What is no schedule, number of steps or axes is refused by name, and no figure is made."""
    with pytest.raises(TypeError, match=text):
        made()
    assert plt.get_fignums() == []


@pytest.mark.parametrize(
    ("schedule", "last"),
    [
        (LINE, 1000),
        (LINE.warmup(100).delay(7), 1107),
        (LINE.per_epoch(9), 9000),
        (lrs.Drop(0.1, 0.5, every=10), 40),
        (lrs.Drop(0.1, 0.5, every=10).per_epoch(9), 360),
        (lrs.Exponential(1, 0.25, every=7), 14),
        (lrs.Exponential(1, 0.999), 2048),
        (lrs.Approach(0.1, 0.02, 0.999), 4096),
        (lrs.TimeBased(0.1, decay=0.002), 4000),
        (lrs.InverseSqrt(0.1, steps=100), 1600),
        (lrs.Piecewise([0.1, 0.05], [30]), 60),
        (lrs.Constant(0.1), 100),
        (lrs.Constant(0.1).delay(30), 60),
    ],
    ids=str,
)
def test_horizon(schedule, last):
    """A curve goes to its end, or to where it has fallen to a quarter, or twice its span."""
    assert horizon(schedule) == last


@settings(max_examples=30)
@given(schedules())
def test_any_schedule_has_a_picture(schedule):
    """Every schedule has a horizon, and a picture that is well-formed and stays in its frame."""
    assert horizon(schedule) >= 1
    root = ET.fromstring(picture(schedule))  # noqa: S314, it is our own text
    svg = next(root.iter("svg"))
    points = next(root.iter("polyline")).get("points").split()
    xy = np.array([point.split(",") for point in points], float)

    assert np.isfinite(xy).all()
    assert xy.min() >= 0
    assert xy[:, 0].max() <= float(svg.get("width"))
    assert xy[:, 1].max() <= float(svg.get("height"))
    assert svg.get("role") == "img"
    assert svg.get("aria-label") == describe(schedule)
    assert next(root.iter("code")).text == repr(schedule)


def test_picture_is_the_curve():
    """The picture of a falling line falls from the upper left to the lower right."""
    html = LINE._repr_html_()
    first, *_, last = re.search('points="([^"]*)"', html)[1].split()

    assert html == picture(LINE)
    assert (first, last) == ("3.0,3.0", "237.0,61.0")
    assert "http" not in html
    assert 'stroke="currentColor"' in html


def test_picture_escapes():
    """What a class is called cannot break the page."""
    odd = type("<b>", (lrs.Schedule,), {"__module__": "odd", "formula": lambda self, t, xp: 1.0})

    assert "&lt;b&gt;()" in picture(odd())
    assert "<b>" not in picture(odd())


def test_describe():
    """The curve in words gives the rate at five steps, in short at fewer, and the extremes."""
    assert describe(lrs.Linear(0.3, 0, 3)) == (
        "Learning rate by step: 0.3 at 0, 0.2 at 1, 0.1 at 2, 0 at 3."
    )
    assert describe(lrs.Linear(0, 0.3, 30).then(lrs.Linear(0.3, 0.1, 50))) == (
        "Learning rate by step: "
        "0 at 0, 0.2 at 20, highest 0.3 at 30, 0.26 at 40, 0.18 at 60, 0.1 at 80."
    )
    assert describe(lrs.Drop(0.1, 0.5, every=10)) == (
        "Learning rate by step: 0.1 at 0, 0.05 at 10, 0.025 at 20, 0.0125 at 30, 0.00625 at 40."
    )


@pytest.mark.parametrize("schedule", SCHEDULES, ids=brief)
def test_table_rows_can_be_drawn(schedule):
    """Every schedule of the table is drawn with its own rates."""
    ax = schedule.plot()
    steps, rates = ax.lines[0].get_data()

    assert 1 <= steps[-1] <= LAST
    np.testing.assert_array_equal(rates, schedule(steps))
