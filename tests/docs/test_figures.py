"""The text alternatives of figures give the numbers that are drawn."""

import lrs_figures
import matplotlib.pyplot as plt
import numpy as np
import pytest

import lrschedules as lrs
from lrschedules import plotting
from lrschedules.study import Comparison


@pytest.fixture(name="ax")
def _ax():
    yield plt.figure().add_subplot()
    plt.close("all")


def test_schedules(ax):
    """A plot of schedules leaves its words; the title and the labels are those of the figure."""
    schedule = lrs.Linear(0.1, 0, 90).warmup(10)
    plotting.plot({"warmup": schedule, "held": lrs.Constant(0.05)}, 40, ax)
    ax.set(title="Two\nrates", xlabel="epoch")

    assert lrs_figures.described(ax.figure) == (
        "Two rates. Learning rate by epoch: warmup: 0 at 0, 0.1 at 10, 0.0889 at 20, "
        "0.0778 at 30, 0.0667 at 40; held: 0.05 at 0, 0.05 at 10, 0.05 at 20, 0.05 at 30, "
        "0.05 at 40."
    )


def test_more_on_the_same_axes(ax):
    """What is drawn after a plot of our own is described after it."""
    plotting.plot(lrs.Constant(0.1), 4, ax)
    ax.axvline(3, label="end")
    assert lrs_figures.described(ax.figure) == (
        "Learning rate by step: 0.1 at 0, 0.1 at 1, 0.1 at 2, 0.1 at 3, 0.1 at 4; end: a line at 3."
    )
    plotting.plot({"half": lrs.Constant(0.05)}, 1, ax)
    assert lrs_figures.described(ax.figure).endswith("0.1 at 4; half: 0.05 at 0, 0.05 at 1.")


@pytest.fixture(name="comparison")
def _comparison():
    losses = np.arange(24, dtype=float).reshape(2, 2, 2, 3)
    names = {"linear": "Linear(0.1, 0.0, 9)", "cosine": "Cosine(0.1, 0.0, 9)"}
    return Comparison(names, (1.0, 2.0), (0, 1), {"val_loss": losses}, {}, {})


@pytest.mark.parametrize("view", ["curves", "differences", "sensitivity"])
def test_comparison(ax, comparison, view):
    """The figures of a comparison have the numbers of ``describe``, and no other curves."""
    draw = {
        "curves": comparison.plot,
        "differences": comparison.plot_differences,
        "sensitivity": comparison.plot_sensitivity,
    }[view]
    draw("val_loss", ax=ax)
    numbers = comparison.describe("val_loss", view).partition(". ")[2]

    assert numbers.count(" at ") > 3 or "interval" in numbers
    assert lrs_figures.described(ax.figure).endswith(f": {numbers}")
    assert not lrs_figures.undescribed(ax.figure)


def test_lowest_between_the_ends(ax):
    """A curve that turns twice is described by both its lowest and its highest value, in order."""
    ax.plot([5, 2, 4, 9, 7, 6, 6])

    assert lrs_figures.described(ax.figure) == "5 at 0, lowest 2 at 1, highest 9 at 3, 6 at 6."


def test_few_points(ax):
    """All of a few points are described; those that are not finite are counted."""
    ax.plot([1, 10, 100], [3.0, np.nan, 2.0], "o", label="loss")
    ax.set(xscale="log", xlabel="base rate", ylabel="loss")

    assert lrs_figures.described(ax.figure) == (
        "Loss by base rate: loss: 3 at 1, 2 at 100, 1 point not finite."
    )


def test_curves_without_a_name(ax):
    """Curves without a name follow those that have one."""
    ax.plot([0, 1], [5, 6])
    assert lrs_figures.described(ax.figure) == "5 at 0, 6 at 1."
    ax.plot([0, 1], [7, 8], label="mean")
    assert lrs_figures.described(ax.figure) == "mean: 7 at 0, 8 at 1; 5 at 0, 6 at 1."


def test_many_curves(ax):
    """Many curves are described by the ranges in which they begin and end."""
    ax.plot([1, 2, 3], np.outer([1, 9, 2], 1 + np.arange(10)), label="_")
    ax.axvline(2)
    assert lrs_figures.described(ax.figure) == (
        "11 curves, which begin from 1 to 10 and end from 2 to 20."
    )
    ax.plot([1, 3], [4, 5], label="mean")
    assert lrs_figures.described(ax.figure) == (
        "mean: 4 at 1, 5 at 3; 11 more curves, which begin from 1 to 10 and end from 2 to 20."
    )


def test_many_lines_across(ax):
    """Many lines across a panel are counted."""
    for at in range(7):
        ax.axhline(at)
    assert lrs_figures.described(ax.figure) == "7 curves."


def test_much_is_counted():
    """A figure of many panels and curves has a text of bounded length."""
    figure, axes = plt.subplots(5, 2)
    for ax in axes.flat:
        for i in range(9):
            ax.plot([0, 1], [i, i], label=f"curve {i}")
    text = lrs_figures.described(figure)
    plt.close(figure)

    more = "; 3 more curves, which begin from 6 to 8 and end from 6 to 8."
    assert text.count(more) == lrs_figures.PANELS
    assert text.endswith(" And 6 more panels.")


def test_lines_across(ax):
    """A line across the panel is described by its position."""
    ax.axhline(0.25, label="limit")
    ax.axvline(7, label="end")

    assert lrs_figures.described(ax.figure) == "limit: a line at 0.25; end: a line at 7."


@pytest.mark.parametrize(
    "draw",
    [
        lambda ax: ax.bar([1, 2], [3, 4]),
        lambda ax: ax.errorbar([1], [2], yerr=[[1], [1]]),
        lambda ax: ax.scatter([1, 2], [3, 4]),
        lambda ax: ax.imshow([[1, 2], [3, 4]]),
    ],
)
def test_undescribed(ax, draw):
    """What is not a curve has no description, unless it is a plot of our own."""
    ax.plot([0, 1], [5, 6])
    assert not lrs_figures.undescribed(ax.figure)
    draw(ax)
    assert lrs_figures.undescribed(ax.figure)


def test_titles(ax):
    """All titles are found; a figure without one has none."""
    assert lrs_figures.titles(ax.figure) == []
    ax.set_title("left", loc="left")
    ax.figure.suptitle("above")
    assert lrs_figures.titles(ax.figure) == ["above", "left"]
