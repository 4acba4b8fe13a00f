"""The text alternatives of the gallery's figures give the numbers that are drawn."""

import lrs_figures
import matplotlib.pyplot as plt
import numpy as np
import pytest

import lrschedules as lrs
from lrschedules import plotting


@pytest.fixture(name="ax")
def _ax():
    yield plt.figure().add_subplot()
    plt.close("all")


def test_curves(ax):
    """A curve is told by its ends, and its lowest and highest value where no end has it."""
    schedule = lrs.Linear(0.1, 0, 90).warmup(10)
    plotting.plot({"warm-up": schedule, "held": lrs.Constant(0.05)}, 100, ax)
    ax.set_title("Two\nrates")

    assert lrs_figures.described(ax.figure) == (
        "Two rates. Learning rate by step: warm-up: 0 at 0, highest 0.1 at 10, 0 at 100; "
        "held: 0.05 at 0, 0.05 at 100."
    )


def test_lowest_between_the_ends(ax):
    """Where a curve turns twice, both its lowest and its highest value are told, in order."""
    ax.plot([5, 2, 4, 9, 7, 6, 6])

    assert lrs_figures.described(ax.figure) == "5 at 0, lowest 2 at 1, highest 9 at 3, 6 at 6."


def test_few_points(ax):
    """Few points are all told; those that are not finite are counted."""
    ax.plot([1, 10, 100], [3.0, np.nan, 2.0], "o", label="loss")
    ax.set(xscale="log", xlabel="base rate", ylabel="loss")

    assert lrs_figures.described(ax.figure) == (
        "Loss by base rate: loss: 3 at 1, 2 at 100, 1 point not finite."
    )


def test_curves_without_a_name(ax):
    """Curves without a name are told after those that have one."""
    ax.plot([0, 1], [5, 6])
    assert lrs_figures.described(ax.figure) == "5 at 0, 6 at 1."
    ax.plot([0, 1], [7, 8], label="mean")
    assert lrs_figures.described(ax.figure) == "mean: 7 at 0, 8 at 1; 5 at 0, 6 at 1."


def test_many_curves(ax):
    """More curves than are told one by one are told by the range at both ends."""
    ax.plot([1, 2, 3], np.outer([1, 9, 2], 1 + np.arange(10)), label="_")
    ax.axvline(2)
    assert lrs_figures.described(ax.figure) == (
        "11 curves, from 1 to 10 at 1, and from 2 to 20 at 3."
    )
    ax.plot([1, 3], [4, 5], label="mean")
    assert lrs_figures.described(ax.figure) == (
        "mean: 4 at 1, 5 at 3; 11 more curves, from 1 to 10 at 1, and from 2 to 20 at 3."
    )
    ax.plot([0, 2], [0, 1])
    assert "; 12 more curves, from 0 to 90." in lrs_figures.described(ax.figure)


def test_many_lines_across(ax):
    """Lines across, more of them than are told one by one, are counted."""
    for at in range(7):
        ax.axhline(at)
    assert lrs_figures.described(ax.figure) == "7 curves."


def test_much_is_counted():
    """A figure of many panels and curves has a text that ends."""
    figure, axes = plt.subplots(5, 2)
    for ax in axes.flat:
        for i in range(9):
            ax.plot([0, 1], [i, i], label=f"curve {i}")
    text = lrs_figures.described(figure)
    plt.close(figure)

    assert text.count("; 3 more curves, from 6 to 8 at 0, and from 6 to 8 at 1.") == (
        lrs_figures.AXES
    )
    assert text.endswith(" And 6 more panels.")


def test_lines_across(ax):
    """A line across the axes is told by where it is."""
    ax.axhline(0.25, label="limit")
    ax.axvline(7, label="end")

    assert lrs_figures.described(ax.figure) == "limit: a line at 0.25; end: a line at 7."


def test_error_bars(ax):
    """An interval is told with its middle and its ends, and the name of its row."""
    ax.axvline(0)
    ax.errorbar([-0.5], [0], xerr=[[0.25], [0.125]], fmt="o", capsize=4)
    ax.errorbar([0.5], [1], fmt="o")
    ax.set_yticks([0, 1], ["cosine", "linear"])
    ax.set(xlabel="difference", title="Intervals")

    assert lrs_figures.described(ax.figure) == (
        "Intervals. Difference: a line at 0; -0.5, from -0.75 to -0.375 at cosine; 0.5 at linear."
    )


def test_bars(ax):
    """A bar is told with what stands below it."""
    ax.bar(["SGD", "Adam"], [3, 4.5], label="seconds")
    assert lrs_figures.described(ax.figure) == "seconds: 3 at SGD, 4.5 at Adam."


def test_many_bars(ax):
    """Of many bars the ends and the highest are told."""
    ax.hist(np.repeat(np.arange(20), 1 + np.arange(20) % 3 * (np.arange(20) < 4)), bins=20)
    assert "20 bars from 0.475 to 18.52, highest 3 at 2.375" in lrs_figures.described(ax.figure)


def test_points_and_pictures(ax):
    """Points and pictures are told by their number and their ranges."""
    ax.scatter([1, 2, 3], [4, 9, 5], label="runs")
    assert lrs_figures.described(ax.figure) == "runs: 3 points, x from 1 to 3, y from 4 to 9."
    ax.clear()
    ax.imshow(np.arange(6).reshape(2, 3))
    assert lrs_figures.described(ax.figure) == "a picture of 2 by 3 values from 0 to 5."


def test_titles(ax):
    """All titles are found; a figure without one has none."""
    assert lrs_figures.titles(ax.figure) == []
    ax.set_title("left", loc="left")
    ax.figure.suptitle("above")
    assert lrs_figures.titles(ax.figure) == ["above", "left"]


def test_ticks_labelled_with_numbers(ax):
    """What stands at a tick may be a number."""
    ax.plot([1, 2], [3, 4], label="line")
    ax.set(xticks=[1, 2], xticklabels=[0.25, 0.5], title="Title")
    ax.figure.canvas.draw()

    assert lrs_figures.described(ax.figure) == "Title. line: 3 at 0.25, 4 at 0.5."
