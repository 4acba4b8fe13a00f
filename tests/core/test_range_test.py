"""What a range test says of its curve: the suggestions, the picture, the words."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from lrschedules.finder import RangeTest

RATES = np.geomspace(1e-4, 1, 41)
X = np.log10(RATES)


def measured(losses, rates=RATES, spacing="geometric"):
    return RangeTest(rates, losses, losses, spacing, "stop reached")


def test_steepest():
    """The rate of the steepest fall, where the spacing says what is even."""
    test = measured(-np.tanh(3 * (X + 2)))
    assert test.suggestion() == test.suggestion("steepest") == pytest.approx(0.01)

    even = np.linspace(0.1, 1, 91)
    line = measured(-np.tanh(9 * (even - 0.5)), even, "linear")
    assert line.suggestion() == pytest.approx(0.5)


def test_steepest_is_before_the_minimum():
    """What falls after the minimum, such as a diverging loss that swings, is not looked at."""
    losses = np.where(X < -1, -X, 5.0)
    losses[-1] = 2
    assert measured(losses).suggestion() < 0.1


def test_minimum_over_ten():
    """A tenth of the rate of the least loss."""
    assert measured((X + 1) ** 2).suggestion("minimum/10") == pytest.approx(0.01)


def test_valley():
    """The middle of the longest falling subsequence, which a single spike does not end."""
    losses = np.where(X < -3, 4.0, np.where(X < -1, -X + 1, 3.5))
    flat, end = np.argmax(X >= -3), np.argmax(X >= -1) - 1
    expected = RATES[(flat - 1 + end) // 2]
    assert measured(losses).suggestion("valley") == pytest.approx(expected, rel=0.15)
    losses[20] = 9
    assert measured(losses).suggestion("valley") == pytest.approx(expected, rel=0.15)


def test_no_suggestion():
    """Without enough points, a fall, or a known method, there is an error with a remedy."""
    with pytest.raises(ValueError, match=r"9 points are too few, 10 are needed; .* write a lower"):
        measured(-X[:9], RATES[:9]).suggestion()
    with pytest.raises(ValueError, match=r"the loss never fell from 0.0001 on; start lower"):
        measured(X).suggestion("valley")
    with pytest.raises(ValueError, match=r"must be one of 'steepest', 'valley', .* got 'best'"):
        measured(-X).suggestion("best")


@pytest.mark.parametrize(("spacing", "scale"), [("geometric", "log"), ("linear", "linear")])
def test_plot(spacing, scale):
    """Losses and their average are drawn on the scale of the rates, on given axes or new ones."""
    test = measured(-X, spacing=spacing)
    ax = test.plot()
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("learning rate", "loss")
    assert ax.get_xscale() == scale
    for line in ax.lines:
        np.testing.assert_array_equal(line.get_data(), [RATES, -X])
    assert test.plot(ax) is ax
    assert len(ax.lines) == 4
    plt.close("all")


def test_words():
    """The text says what was tried, why it ended, and where the loss was least."""
    assert repr(measured((X + 1) ** 2 + 2)) == (
        "<RangeTest: 41 rates from 0.0001 to 1, geometric; stop reached; "
        "least smoothed loss 2 at 0.1>"
    )
