"""Finder: a learning-rate range test on a Keras model, which is left unchanged."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any, Literal, get_args

import keras
import numpy as np
from numpy.typing import NDArray

from lrschedules import datasets, kinds
from lrschedules._arguments import axes_of, one_of
from lrschedules._arrays import arrays_of, as_numpy
from lrschedules._keras_internals import layers_of, loss_weights_of, random_state_kept
from lrschedules._schedule import Schedule
from lrschedules.shapes import Linear

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Spacing = Literal["geometric", "linear"]
Method = Literal["steepest", "valley", "minimum/10"]
SPACING, METHOD = one_of(*get_args(Spacing)), one_of(*get_args(Method))
FEWEST_POINTS = 10
POINTS, ABOVE_ONE = kinds.whole(ge=FEWEST_POINTS, example=100), kinds.number(gt=1, example=4.0)
SMOOTHING = kinds.number(ge=0, lt=1)


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class RangeTest:
    """The results of a range test: a loss for each rate, in the order of the steps.

    Attributes
    ----------
    rates : numpy.ndarray
        Rate of each update, shape (points,), rising.
    losses : numpy.ndarray
        Loss of each batch, just before its update, shape (points,), all finite; no unit.
    smoothed : numpy.ndarray
        Running average of the losses, shape (points,); no unit.
    spacing : str
        Scale on which the rates are evenly spaced: ``"geometric"`` or ``"linear"``.
    stopped : str
        Reason why the test ended: ``"stop reached"``, ``"diverged"`` or ``"not finite"``.
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
        """Return a learning rate to start from. It is a hint, which a training run has to confirm.

        Parameters
        ----------
        method : str
            Rule that picks the rate. ``"steepest"``: the rate at which the smoothed loss falls
            fastest, on the scale of the spacing. ``"valley"``: the middle of the longest falling
            subsequence of the smoothed losses, as in fastai. ``"minimum/10"``: a tenth of the rate
            of the lowest smoothed loss.

        Returns
        -------
        float
            Suggested rate.

        Raises
        ------
        ValueError
            If the method does not exist, if there are fewer than 10 points, or if the loss never
            fell.

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
        kinds.checked("suggestion: method", METHOD, method)
        if (points := len(self.rates)) < FEWEST_POINTS:
            raise ValueError(
                f"suggestion: {points} points are too few, {FEWEST_POINTS} are needed; the test "
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
            Axes to draw on; by default those of a new figure.

        Returns
        -------
        matplotlib.axes.Axes
            The axes, labelled; x in units of the rate, y in units of the loss.
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
    """Learning-rate range test (LR finder): train a copy of a model at rising rates.

    The test of :cite:t:`smith2017` records the loss of each batch over a few steps. It trains
    copies of the model and of its optimizer, so the originals and the random state are unchanged,
    even after an error. The copy of the model starts from the present weights, the copy of the
    optimizer at step 0 with nothing accumulated.

    Parameters
    ----------
    model : keras.Model
        Built and compiled model. The rate of its optimizer, a number or a schedule, is not used.
    x : array, or a list, tuple or dict of arrays
        Inputs, with the samples along the first axis. Every batch is full: when the samples are
        used up, they start over in a new order.
    y : array, or a list, tuple or dict of arrays
        Targets, with the samples along the first axis.
    start : float
        First rate, > 0.
    stop : float
        Last rate, above ``start``.
    steps : int
        Number of updates, ≥ 10, and of rates.
    batch_size : int
        Number of samples in a batch, ≥ 1; all samples if there are fewer.
    spacing : str
        ``"geometric"`` for equal ratios between rates, ``"linear"`` for equal differences.
    smoothing : float
        Weight of the past in the running average, ≥ 0 and < 1. The average lags by up to
        ``smoothing / (1 - smoothing)`` steps.
    diverge : float
        Factor that ends the test, > 1: it stops when the smoothed loss exceeds its best value by
        ``diverge - 1`` times the size of that value; for a positive loss, at ``diverge`` times the
        best value.
    seed : int
        Seed of the order of the samples, ≥ 0.

    Returns
    -------
    RangeTest
        Results up to the last finite loss. A rate that made the loss infinite or NaN is left out.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range, if the model is not built, not compiled or cannot be copied,
        if the samples do not match, or if the first loss is not finite.

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
    batch_size = kinds.checked("range_test: batch_size", kinds.count, batch_size)
    smoothing = kinds.checked("range_test: smoothing", SMOOTHING, smoothing)
    diverge = kinds.checked("range_test: diverge", ABOVE_ONE, diverge)
    batches = _batches(x, y, batch_size, kinds.checked("range_test: seed", datasets.seeds, seed))
    losses, smoothed = list[float](), list[float]()
    average, stopped = 0.0, "stop reached"
    with random_state_kept():
        copy = _copied(model, schedule)
        for step in range(steps):
            # Keras logs the mean since the last reset, and older versions reset only at epochs.
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
    kinds.checked("range_test: spacing", SPACING, spacing)
    start = kinds.checked("range_test: start", kinds.peak, start)
    stop = kinds.checked("range_test: stop", kinds.peak, stop)
    if start >= stop:
        both = f"got {start!r} and {stop!r}; write for example 1e-06 and 10.0"
        raise ValueError(f"range_test: start must be below stop, {both}")
    last = kinds.checked("range_test: steps", POINTS, steps) - 1
    line = Linear(start, stop, last)
    return line if spacing == "linear" else Linear(0, 1, last).geometric(start, stop)


def _falling(values: NDArray[np.float64]) -> tuple[int, int]:
    """Return the first and the last index of the longest falling subsequence."""
    best: list[tuple[int, int]] = []  # of the longest that ends here: its length, its beginning
    for i, value in enumerate(values):
        before = [best[j] for j in range(i) if values[j] > value]
        length, start = max(before, default=(0, i))
        best.append((length + 1, start))
    last = max(range(len(best)), key=best.__getitem__)
    return best[last][1], last


def _copied(model: Any, schedule: Schedule) -> Any:
    """Return a copy of a compiled model, with its weights, and a new optimizer at ``schedule``.

    The copy is compiled with the same loss, without metrics, and shares no variable with the model.

    Raises
    ------
    TypeError, ValueError
        If ``model`` is not a Keras model, not built, not compiled, or cannot be copied.
    """
    base: Any = keras.Model
    if not isinstance(model, base):
        raise TypeError(f"range_test: model must be a Keras model, got {model!r}")
    if not model.compiled or getattr(model, "loss", None) is None:
        raise ValueError(
            f"model {model.name!r} is not compiled with a loss; call model.compile(optimizer, loss)"
        )
    if not model.built:
        raise ValueError(
            f"model {model.name!r} has no weights yet; give it a keras.Input, or call it on a batch"
        )
    if type(model).compile is not base.compile:
        raise ValueError(
            f"model {model.name!r} has its own compile(), so it cannot be copied; use a model that "
            "is compiled by keras.Model.compile"
        )
    try:
        # Not clone_model: it also copies loss and metrics, which fails unless they are registered.
        # A configuration names the classes of layers, and only registered ones are found by name.
        classes = {type(layer).__name__: type(layer) for layer in layers_of(model)}
        with keras.saving.custom_object_scope(classes):
            copy = type(model).from_config(model.get_config())
        if not copy.built:
            copy.build_from_config(model.get_build_config())
        optimizer = _optimizer(model.optimizer, schedule)
    except (AttributeError, NotImplementedError, TypeError, ValueError) as error:
        raise ValueError(
            f"model {model.name!r} cannot be copied ({error}); give its classes, and those of its "
            "optimizer and schedule, a get_config()"
        ) from error
    _assign(model, copy)
    copy.compile(
        optimizer,
        model.loss,
        loss_weights=loss_weights_of(model),
        run_eagerly=model.run_eagerly,
        jit_compile=model.jit_compile,
        auto_scale_loss=False,
    )
    return copy


def _optimizer(optimizer: Any, schedule: Schedule) -> Any:
    config = optimizer.get_config()
    if "learning_rate" in config:
        config["learning_rate"] = schedule
    copy = type(optimizer).from_config(config)
    # It also reaches an optimizer inside another, such as one that scales losses.
    copy.learning_rate = schedule
    return copy


def _assign(model: Any, copy: Any) -> None:
    shapes = [[tuple(v.shape) for v in of.variables] for of in (model, copy)]
    if shapes[0] != shapes[1]:
        raise ValueError(
            f"model {model.name!r} cannot be copied: its copy has variables of shapes {shapes[1]} "
            f"instead of {shapes[0]}; build all layers in build(), from what get_config() returns"
        )
    for ours, theirs in zip(copy.variables, model.variables, strict=True):
        ours.assign(as_numpy(theirs))


def _batches(x: Any, y: Any, size: int, seed: int) -> Iterator[tuple[Any, Any]]:
    """Return full batches ``(x, y)`` without end, in a new order each time the samples are used up.

    Raises
    ------
    ValueError
        If there are no samples, or their numbers differ.
    """
    data = arrays_of("range_test: x", x), arrays_of("range_test: y", y)
    rows = {len(array) if array.ndim else 0 for array in keras.tree.flatten(data)}
    if len(rows) != 1 or 0 in rows:
        raise ValueError(
            "range_test: x and y must have as many samples as each other and at least 1, got "
            f"{sorted(rows)}"
        )
    samples = rows.pop()
    return _endless(data, samples, min(size, samples), np.random.default_rng(seed))


def _endless(data: Any, samples: int, size: int, rng: np.random.Generator) -> Generator[Any]:
    order = rng.permutation(samples)
    while True:
        if len(order) < size:
            order = np.concatenate([order, rng.permutation(samples)])
        chosen, order = order[:size], order[size:]
        # these are NumPy arrays, not tensors: the same rows on each back end
        yield keras.tree.map_structure(lambda array, at=chosen: array[at], data)
