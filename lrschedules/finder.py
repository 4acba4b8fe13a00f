"""Finder: a learning-rate range test on a Keras model, which stays as it was."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Any, Literal, get_args

import keras
import numpy as np
from numpy.typing import NDArray

from lrschedules import datasets
from lrschedules._arguments import axes_of, one_of
from lrschedules._copying import batches_of, copied, random_state_kept
from lrschedules._param import Kind, checked, count, fraction, peak
from lrschedules._schedule import Schedule
from lrschedules.shapes import Linear

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Spacing = Literal["geometric", "linear"]
Method = Literal["steepest", "valley", "minimum/10"]
SPACING, METHOD = one_of(*get_args(Spacing)), one_of(*get_args(Method))
POINTS = dataclasses.replace(count, rule="a whole number ≥ 10", example=100, least=10)
ABOVE_ONE = Kind("a number > 1", "none", 4.0, least=1, open=True)


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class RangeTest:
    """What a range test has measured: a loss for each rate, in the order of the steps.

    Attributes
    ----------
    rates : numpy.ndarray
        The rate of each update, shape (points,), rising.
    losses : numpy.ndarray
        The loss of each batch, just before its update, shape (points,); without unit. All finite.
    smoothed : numpy.ndarray
        The running average of the losses, shape (points,); without unit.
    spacing : str
        ``"geometric"`` or ``"linear"``: on which scale the rates lie evenly.
    stopped : str
        Why the test ended: ``"stop reached"``, ``"diverged"`` or ``"not finite"``.
    """

    rates: NDArray[np.float64]
    losses: NDArray[np.float64]
    smoothed: NDArray[np.float64]
    spacing: Spacing
    stopped: str

    def __repr__(self) -> str:
        return (
            f"<RangeTest: {len(self.rates)} rates from {self.rates[0]:.3g} to "
            f"{self.rates[-1]:.3g}, {self.spacing}; {self.stopped}; "
            f"least smoothed loss {self.smoothed.min():.3g} at "
            f"{self.rates[self.smoothed.argmin()]:.3g}>"
        )

    def suggestion(self, method: Method = "steepest") -> float:
        """Return a learning rate to start from; a hint, which a training run has to confirm.

        Parameters
        ----------
        method : str
            ``"steepest"``: where the smoothed loss falls fastest, on the scale of the spacing.
            ``"valley"``: the middle of the longest falling subsequence of the smoothed losses, as
            in fastai. ``"minimum/10"``: a tenth of the rate of the least smoothed loss.

        Returns
        -------
        float
            A rate.

        Raises
        ------
        ValueError
            If the method is not known, the points are fewer than 10, or the loss never fell.

        Examples
        --------
        >>> import numpy as np
        >>> from lrschedules.finder import RangeTest
        >>> rates = np.geomspace(0.001, 1, 13)
        >>> losses = np.array([9, 9, 9, 9, 8, 6, 3, 2, 1.5, 1.2, 1.4, 3, 9])
        >>> test = RangeTest(rates, losses, losses, "geometric", "stop reached")
        >>> [round(test.suggestion(m), 4) for m in ("steepest", "valley", "minimum/10")]
        [0.0178, 0.0316, 0.0178]
        """
        checked("suggestion: method", METHOD, method)
        if (points := len(self.rates)) < POINTS.least:
            raise ValueError(
                f"suggestion: {points} points are too few, {POINTS.least} are needed; the test "
                f"ended with {self.stopped!r}: write a lower start or more steps"
            )
        least = int(self.smoothed.argmin())
        if least == 0:
            first = f"{self.rates[0]:.3g}"
            raise ValueError(f"suggestion: the loss never fell from {first} on; start lower")
        if method == "minimum/10":
            return float(self.rates[least] / 10)
        if method == "valley":
            first, last = _falling(self.smoothed)
            return float(self.rates[(first + last) // 2])
        x = np.log(self.rates) if self.spacing == "geometric" else self.rates
        slopes = np.gradient(self.smoothed, x)[: least + 1]
        return float(self.rates[slopes.argmin()])

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the losses against the rate.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; a new figure when not given.

        Returns
        -------
        matplotlib.axes.Axes
            The axes drawn on, labelled; x in units of the rate, y in those of the loss.
        """
        ax = axes_of("RangeTest.plot", ax, (6.4, 3.2))
        ax.plot(self.rates, self.losses, ".", alpha=0.4, label="each batch")
        ax.plot(self.rates, self.smoothed, label="smoothed")
        ax.set(xlabel="learning rate", ylabel="loss")
        ax.set_xscale("log" if self.spacing == "geometric" else "linear")
        ax.legend()
        return ax


def range_test(
    model: keras.Model,
    x: Any,
    y: Any,
    *,
    start: float = 1e-6,
    stop: float = 10.0,
    steps: int = 100,
    batch_size: int = 32,
    spacing: Spacing = "geometric",
    smoothing: float = 0.8,
    diverge: float = 4.0,
    seed: int = 0,
) -> RangeTest:
    """Train a copy of a model for a few steps at rising rates, and record each batch's loss.

    The range test of :cite:t:`smith2017`. Copies of model and optimizer are trained, so that these
    and the random state stay as they are, whatever happens. The model's copy starts from the
    weights as they are, the optimizer's at step 0 with nothing accumulated.

    Parameters
    ----------
    model : keras.Model
        A built and compiled model; its optimizer's own rate, number or schedule, is not used.
    x : array, or a list, tuple or dict of arrays
        Inputs, first axis the samples. Every batch is full: they start over in a new order.
    y : array, or a list, tuple or dict of arrays
        Targets, first axis the samples.
    start : float
        The first rate, > 0.
    stop : float
        The last rate, above ``start``.
    steps : int
        Updates, ≥ 10; also the number of rates.
    batch_size : int
        Samples in a batch, ≥ 1; all of them if there are fewer.
    spacing : str
        ``"geometric"``: equal ratios between rates; ``"linear"``: equal differences.
    smoothing : float
        The share of the past in the running average, ≥ 0 and < 1; it lags by up to
        ``smoothing / (1 - smoothing)`` steps.
    diverge : float
        The test ends when the smoothed loss exceeds its best value by ``diverge - 1`` times the
        size of that value, > 1; for a positive loss, at ``diverge`` times the best.
    seed : int
        For the order of the samples, ≥ 0.

    Returns
    -------
    RangeTest
        Up to the last finite loss; a rate that made the loss infinite or NaN is not in it.

    Raises
    ------
    TypeError, ValueError
        If a number is out of its range, the model is not built, not compiled or cannot be copied,
        the samples do not match, or the first loss is not finite.

    Examples
    --------
    >>> import keras
    >>> from lrschedules.datasets import load_ionosphere
    >>> from lrschedules.finder import range_test
    >>> model = keras.Sequential([keras.Input((34,)), keras.layers.Dense(1)])
    >>> model.compile(keras.optimizers.SGD(0.1), "mse")
    >>> test = range_test(model, *load_ionosphere().tail_split().train, stop=1000, steps=20)
    >>> test.stopped
    'diverged'
    """
    schedule = _schedule(start, stop, steps, spacing)
    batch_size = checked("range_test: batch_size", count, batch_size)
    smoothing = checked("range_test: smoothing", fraction, smoothing)
    diverge = checked("range_test: diverge", ABOVE_ONE, diverge)
    batches = batches_of(x, y, batch_size, checked("range_test: seed", datasets.seeds, seed))
    losses, smoothed = list[float](), list[float]()
    average, stopped = 0.0, "stop reached"
    with random_state_kept():
        copy = copied(model, schedule)
        for step in range(steps):
            # Keras logs the mean since the last reset, and older versions reset at epochs alone.
            copy.reset_metrics()
            loss = float(copy.train_on_batch(*next(batches), return_dict=True)["loss"])
            if not math.isfinite(loss):
                stopped = "not finite"
                break
            average = smoothing * average + (1 - smoothing) * loss
            losses.append(loss)
            smoothed.append(average / (1 - smoothing ** (step + 1)))
            best = min(smoothed)
            if smoothed[-1] > best + (diverge - 1) * abs(best):
                stopped = "diverged"
                break
    if not losses:
        raise ValueError(
            "range_test: the first loss is not finite; look for NaN in x, y or weights"
        )
    rates = schedule(np.arange(len(losses)))
    return RangeTest(rates, np.array(losses), np.array(smoothed), spacing, stopped)


def _schedule(start: float, stop: float, steps: int, spacing: Spacing) -> Schedule:
    checked("range_test: spacing", SPACING, spacing)
    start = checked("range_test: start", peak, start)
    stop = checked("range_test: stop", peak, stop)
    if start >= stop:
        both = f"got {start!r} and {stop!r}; write for example 1e-06 and 10.0"
        raise ValueError(f"range_test: start must be below stop, {both}")
    last = checked("range_test: steps", POINTS, steps) - 1
    line = Linear(start, stop, last)
    return line if spacing == "linear" else Linear(0, 1, last).geometric(start, stop)


def _falling(values: NDArray[np.float64]) -> tuple[int, int]:
    """Return where the longest falling subsequence begins and ends."""
    best: list[tuple[int, int]] = []  # the longest that ends here: its length, its beginning
    for i, value in enumerate(values):
        before = [best[j] for j in range(i) if values[j] > value]
        length, start = max(before, default=(0, i))
        best.append((length + 1, start))
    last = max(range(len(best)), key=best.__getitem__)
    return best[last][1], last
