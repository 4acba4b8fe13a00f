"""Data: the rows of a study, and the order in which each seed sees them."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import keras
import numpy as np
from keras.src.trainers.data_adapters.data_adapter_utils import class_weight_to_sample_weights
from numpy.typing import NDArray

from lrschedules._copying import as_numpy

# Inputs, targets where there are some, and sample weights where there are some.
Rows = tuple[Any, ...]


@dataclasses.dataclass(frozen=True)
class Data:
    """Rows for every seed: the same for all, or each seed's own.

    Attributes
    ----------
    rows : list of tuple
        ``(x, y)`` or ``(x, y, sample_weight)`` once, or once for each of the ``seeds``; NumPy
        arrays, or nested structures of them, whose first axis are the rows.
    seeds : tuple of int
        In the order of ``rows``; empty where all seeds have the same.
    batch_size : int or None
        Of the batches that the data came in, where it came in batches.
    """

    rows: list[Rows]
    seeds: tuple[int, ...]
    batch_size: int | None

    @property
    def shared(self) -> bool:
        """Whether all seeds have the same rows."""
        return not self.seeds

    def __len__(self) -> int:
        return _length(self.rows[0])

    def of(self, seed: int) -> Rows:
        """Return the rows of a seed."""
        return self.rows[0 if self.shared else self.seeds.index(seed)]

    def first(self, seeds: Sequence[int]) -> NDArray[np.int32]:
        """Return where the rows of each seed begin in ``stacked``, of shape (seeds,)."""
        at = [0 if self.shared else self.seeds.index(seed) for seed in seeds]
        return np.array(at, np.int32) * len(self)

    def stacked(self) -> Rows:
        """Return the rows of all seeds, one after the other."""
        return mapped(lambda *parts: np.concatenate(parts), *self.rows)

    def digest(self) -> str:
        """Return a text that two data share only if their rows are the same."""
        found = hashlib.sha256(repr(self.seeds).encode())
        for array in keras.tree.flatten(self.rows):
            found.update(f"{array.dtype} {array.shape}".encode())
            found.update(np.ascontiguousarray(array).data)
        return found.hexdigest()[:16]


def mapped(function: Callable[..., Any], *structures: Any) -> Any:
    """Return what a function makes of the arrays in a nested structure, or in several alike."""
    return keras.tree.map_structure(function, *structures)


def order(seed: int, epoch: int, rows: int) -> NDArray[np.int32]:
    """Return the order in which a seed sees the rows in an epoch, of shape (rows,)."""
    return np.random.default_rng([seed, epoch]).permutation(rows).astype(np.int32)


def take(rows: Rows, index: Any) -> Rows:
    """Return some of the rows, as arrays of the kind that they are."""
    return mapped(lambda array: keras.ops.take(array, index, axis=0), rows)


def data_of(
    name: str, given: Any, seeds: Sequence[int], class_weight: dict[int, float] | None = None
) -> Data:
    """Read what a caller gave as data.

    Parameters
    ----------
    name : str
        What the caller calls it, for errors.
    given : tuple, dataset or callable
        ``(x, y)`` or ``(x, y, sample_weight)``; an iterable of batches of that form; or a function
        from a seed to either.
    seeds : sequence of int
        The seeds of the study.
    class_weight : dict, optional
        A weight for each class, as for ``fit``.

    Returns
    -------
    Data
        With floats in Keras' ``floatx``.

    Raises
    ------
    ValueError
        If there are no rows, their numbers differ, a dataset has no end, or the seeds have
        different numbers of rows.
    """
    if not callable(given):
        rows, size = _rows(name, given, class_weight)
        return Data([rows], (), size)
    found = [_rows(f"{name}({seed})", given(seed), class_weight) for seed in seeds]
    rows, sizes = [rows for rows, _ in found], {size for _, size in found}
    layouts = {repr(mapped(np.shape, each)) for each in rows}
    if len(layouts) > 1 or len(sizes) > 1:
        raise ValueError(
            f"compare: {name} must give every seed arrays of the same shapes, got "
            f"{' and '.join(sorted(layouts)[:2])}"
        )
    return Data(rows, tuple(seeds), sizes.pop())


def _rows(name: str, given: Any, class_weight: dict[int, float] | None) -> tuple[Rows, int | None]:
    """Return one seed's rows, and the size of the batches that they came in."""
    size = None
    if not isinstance(given, (tuple, list)):
        batches = [mapped(as_numpy, batch) for batch in _batches(name, given)]
        if not batches:
            raise ValueError(f"compare: {name} has no batches")
        size = len(keras.tree.flatten(batches[0])[0])
        given = mapped(lambda *parts: np.concatenate(parts), *batches)
    x, y, weights = keras.utils.unpack_x_y_sample_weight(tuple(given))
    if class_weight is not None:
        if weights is not None:
            raise ValueError(
                f"compare: class_weight and sample weights in {name} exclude each other; multiply "
                "them into the sample weights"
            )
        weights = class_weight_to_sample_weights(y, class_weight)
    rows = tuple(_arrays(part) for part in (x, y, weights) if part is not None)
    if not _length(rows):
        shapes = [np.shape(array) for array in keras.tree.flatten(rows)]
        raise ValueError(
            f"compare: {name} must hold arrays with as many rows as each other and at least 1, "
            f"got shapes {shapes}"
        )
    return rows, size


def _batches(name: str, given: Any) -> Iterator[Any]:
    if isinstance(given, keras.utils.PyDataset):
        number: Any = given.num_batches
        if number is None:
            raise ValueError(f"compare: {name} has no end; give its PyDataset a num_batches")
        return (given[i] for i in range(number))
    cardinality: Callable[[], Any] | None = getattr(given, "cardinality", None)
    if cardinality and int(cardinality()) == -1:
        raise ValueError(f"compare: {name} repeats for ever; write for example {name}.take(100)")
    try:
        return iter(given)
    except TypeError:
        raise TypeError(
            f"compare: {name} must be a pair (x, y), a dataset of batches, or a function of the "
            f"seed, got {given!r}"
        ) from None


def _arrays(value: Any) -> Any:
    def convert(leaf: Any) -> Any:
        array = np.asarray(as_numpy(leaf))
        return array.astype(keras.config.floatx()) if array.dtype.kind == "f" else array

    return mapped(convert, value)


def _length(rows: Rows) -> int:
    """Return how many rows there are, 0 where the arrays do not agree."""
    lengths = {len(array) if np.ndim(array) else 0 for array in keras.tree.flatten(rows)}
    return lengths.pop() if len(lengths) == 1 else 0
