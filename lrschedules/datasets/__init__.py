"""Datasets: the data of the examples, part of the package."""

from __future__ import annotations

import dataclasses
import importlib.resources
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lrschedules import kinds
from lrschedules._config import shown
from lrschedules._schedule import Schedule
from lrschedules.recipes import one_minus_sqrt
from lrschedules.shapes import Constant, Cosine, Linear

# Seeds that all the libraries accept that the package works with.
seeds = kinds.whole(ge=0, le=2**32 - 1, example=0)

# Number of warmup steps of every run of the language model.
WARMUP = 300

Rows = tuple[NDArray[np.float32], NDArray[np.float32]]


class Split(NamedTuple):
    """Rows to train on and rows to validate on, each a pair of features and labels.

    Attributes
    ----------
    train, validation
        Pairs of float32 arrays without unit, of shapes (rows, columns) and (rows,).
    """

    train: Rows
    validation: Rows


@dataclasses.dataclass(frozen=True)
class Dataset:
    """A table of features with a binary label for each row.

    Parameters
    ----------
    features : numpy.ndarray
        float32, of shape (rows, columns); no unit.
    labels : numpy.ndarray
        float32, of shape (rows,): 1 or 0.

    Raises
    ------
    TypeError, ValueError
        If an argument is not an array of that shape, or a label is neither 1 nor 0.
    """

    features: NDArray[np.float32]
    labels: NDArray[np.float32]

    def __post_init__(self) -> None:
        arrays: dict[str, Any] = {"features": self.features, "labels": self.labels}
        for name, array in arrays.items():
            if not isinstance(array, np.ndarray):
                raise TypeError(f"Dataset: {name} must be a NumPy array, got {shown(array)}")
        shapes = self.features.shape, self.labels.shape
        if tuple(map(len, shapes)) != (2, 1) or shapes[0][0] != shapes[1][0] or shapes[1][0] < 2:
            raise ValueError(
                "Dataset: features and labels must have the shapes (rows, columns) and (rows,), "
                f"with at least 2 rows, got {shapes[0]} and {shapes[1]}"
            )
        if not np.isin(self.labels, (0, 1)).all():
            raise ValueError(f"Dataset: labels must be 1 or 0, got {shown(self.labels)}")

    def tail_split(self, rows: int = 116) -> Split:
        """Return the last rows, unshuffled, as validation: the tutorial's split.

        Keras makes the same split with ``validation_split=0.33``. The classes are not mixed evenly
        in the file: 107 of the last 116 rows are of class 1, and 118 of the 235 rows before them.

        Parameters
        ----------
        rows : int
            Number of validation rows.

        Returns
        -------
        Split
            ``train`` and ``validation``, each ``(features, labels)``.

        Raises
        ------
        TypeError, ValueError
            If ``rows`` does not leave at least one row in each part.

        Examples
        --------
        >>> from lrschedules.datasets import load_ionosphere
        >>> train, validation = load_ionosphere().tail_split()
        >>> float(validation[1].sum()), len(validation[1])
        (107.0, 116)
        """
        rows = kinds.checked("tail_split: rows", self._rows(), rows)
        return self._split(np.arange(len(self.labels)), rows)

    def stratified_split(self, seed: int, rows: int = 116) -> Split:
        """Return a random split that keeps the proportions of the classes in both parts.

        Parameters
        ----------
        seed : int
            Random seed, ≥ 0; the same seed gives the same split.
        rows : int
            Number of validation rows.

        Returns
        -------
        Split
            ``train`` and ``validation``, each ``(features, labels)``, shuffled.

        Raises
        ------
        TypeError, ValueError
            If ``seed`` is out of range, or ``rows`` does not leave at least one row in each part.

        Examples
        --------
        >>> from lrschedules.datasets import load_ionosphere
        >>> train, validation = load_ionosphere().stratified_split(seed=0)
        >>> float(validation[1].sum()), len(validation[1])
        (74.0, 116)
        """
        seed = kinds.checked("stratified_split: seed", seeds, seed)
        rows = kinds.checked("stratified_split: rows", self._rows(), rows)
        rng = np.random.default_rng(seed)
        order = rng.permutation(len(self.labels))
        ones, zeros = order[self.labels[order] == 1], order[self.labels[order] == 0]
        held = round(rows * len(ones) / len(order))
        held_out = np.concatenate([ones[:held], zeros[: rows - held]])
        rest = np.concatenate([ones[held:], zeros[rows - held :]])
        return self._split(np.concatenate([rng.permutation(rest), rng.permutation(held_out)]), rows)

    def _rows(self) -> kinds.Number:
        """Return the kind of a number of validation rows."""
        all_rows = len(self.labels)
        return kinds.whole(le=all_rows - 1, unit="rows", example=(all_rows + 1) // 3)

    def _split(self, order: NDArray[np.intp], rows: int) -> Split:
        train, validation = order[:-rows], order[-rows:]
        return Split(
            (self.features[train], self.labels[train]),
            (self.features[validation], self.labels[validation]),
        )


def load_ionosphere() -> Dataset:
    """Return the Ionosphere data: radar returns, and whether they show structure in the ionosphere.

    351 rows of 34 numbers between -1 and 1; label 1 is the class "g" (good, 225 rows), 0 is "b"
    (bad). From the UCI Machine Learning Repository, CC BY 4.0 :cite:p:`sigillito1989`.

    Returns
    -------
    Dataset
        ``features`` of shape (351, 34) and ``labels`` of shape (351,), float32; no unit.

    Raises
    ------
    FileNotFoundError
        If the package was installed without its data.

    Examples
    --------
    >>> from lrschedules.datasets import load_ionosphere
    >>> data = load_ionosphere()
    >>> data.features.shape, float(data.labels.sum())
    ((351, 34), 225.0)
    """
    file = importlib.resources.files(__name__) / "ionosphere.csv"
    rows = [line.split(",") for line in file.read_text("ascii").splitlines()]
    features = np.array([row[:-1] for row in rows], np.float32)
    labels = np.array([row[-1] == "g" for row in rows], np.float32)
    return Dataset(features, labels)


class LanguageModelRun(NamedTuple):
    """The final loss of one run of a language model.

    Attributes
    ----------
    shape
        ``"constant"``, ``"cosine to zero"``, ``"cosine to 10 %"``, ``"linear cooldown"`` or
        ``"1-sqrt cooldown"``.
    cooldown
        Fraction of the run that the cooldown takes; 0 if there is none.
    base_rate
        Highest learning rate.
    steps
        Number of updates.
    loss
        Validation loss after the last update, in nats per token.
    """

    shape: str
    cooldown: float
    base_rate: float
    steps: int
    loss: float

    @property
    def schedule(self) -> Schedule:
        """Schedule of the run: 300 steps of linear warmup, and the shape."""
        rest = self.steps - WARMUP
        if self.shape == "constant":
            return Constant(self.base_rate).warmup(WARMUP)
        if not self.cooldown:
            stop = 0 if self.shape == "cosine to zero" else 0.1 * self.base_rate
            return Cosine(self.base_rate, stop, rest).warmup(WARMUP)
        decay = round(self.cooldown * self.steps)
        shape = Linear if self.shape == "linear cooldown" else one_minus_sqrt
        plateau = Constant(self.base_rate)
        return plateau.cooldown(decay, at=rest - decay, shape=shape).warmup(WARMUP)


def load_language_model_runs() -> tuple[LanguageModelRun, ...]:
    """Return the final losses of 117 runs of a language model with 124 million parameters.

    Five shapes of the schedule, up to five base rates and four lengths of the run, with one seed
    each. The model has 12 layers, and was trained with AdamW on SlimPajama. The runs are those of
    :cite:t:`schaipp2025`, whose logs are published under the MIT licence, Copyright 2025 Fabian
    Schaipp and Alexander Hägele. The licence is in the file ``language_model.csv`` of this package.

    Returns
    -------
    tuple of LanguageModelRun
        The runs, in no order of importance.

    Raises
    ------
    FileNotFoundError
        If the package was installed without its data.

    Examples
    --------
    >>> from lrschedules.datasets import load_language_model_runs
    >>> runs = load_language_model_runs()
    >>> len(runs), min(run.loss for run in runs)
    (117, 2.95126)
    >>> min(runs, key=lambda run: run.loss).schedule(25_000)
    0.0016666666666666668
    """
    file = importlib.resources.files(__name__) / "language_model.csv"
    lines = [line for line in file.read_text("utf-8").splitlines() if not line.startswith("#")]
    return tuple(
        LanguageModelRun(shape, float(cooldown), float(base_rate), int(steps), float(loss))
        for shape, cooldown, base_rate, steps, loss in (line.split(",") for line in lines[1:])
    )
