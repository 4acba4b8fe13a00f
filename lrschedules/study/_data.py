"""Data: the rows of a study, and the order in which each seed sees them."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from lrschedules import kinds
from lrschedules._arguments import Function, called, one_line
from lrschedules._arrays import arrays_of
from lrschedules._config import shown

# Inputs, then targets and sample weights if any.
Rows = tuple[Any, ...]
PAIR = "a pair (x, y) or (x, y, sample_weight)"
OF_A_SEED = Function(f"{PAIR}, a dataset of such batches, or a function of the seed", "(x, y)", 1)


@dataclasses.dataclass(frozen=True)
class Data:
    """Rows for every seed: the same rows for all seeds, or separate rows for each.

    Attributes
    ----------
    rows : list of tuple
        ``(x, y)`` or ``(x, y, sample_weight)`` once, or once for each of the ``seeds``; NumPy
        arrays, or nested structures of them, with the rows along the first axis.
    seeds : tuple of int
        Seeds in the order of ``rows``; empty if all seeds have the same rows.
    batch_size : int or None
        Size of the batches that the data came in, if it came in batches.
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
        """Return the index in ``stacked`` of the first row of each seed, of shape (seeds,)."""
        at = [0 if self.shared else self.seeds.index(seed) for seed in seeds]
        return np.array(at, np.int32) * len(self)

    def stacked(self) -> Rows:
        """Return the rows of all seeds, one after the other."""
        return mapped(lambda *arrays: np.concatenate(arrays), *self.rows)

    def digest(self) -> str:
        """Return a hash of the rows and of the seeds that they are for."""
        found = hashlib.sha256(repr(self.seeds).encode())
        for array in keras.tree.flatten(self.rows):
            found.update(f"{array.dtype} {array.shape}".encode())
            found.update(np.ascontiguousarray(array).data)
        return found.hexdigest()[:16]


def mapped(function: Callable[..., Any], *structures: Any) -> Any:
    """Apply a function to the arrays in a nested structure, or in several of the same structure."""
    return keras.tree.map_structure(function, *structures)


def order(seed: int, epoch: int, rows: int) -> NDArray[np.int32]:
    """Return the order of the rows in an epoch of a seed, of shape (rows,)."""
    return np.random.default_rng([seed, epoch]).permutation(rows).astype(np.int32)


def take(rows: Rows, index: Any) -> Rows:
    """Return the rows at some indices, as arrays of the same library."""
    return mapped(lambda array: keras.ops.take(array, index, axis=0), rows)


def data_of(
    where: str, given: Any, seeds: Sequence[int], class_weight: dict[int, float] | None = None
) -> Data:
    """Read the data that a user gave.

    Parameters
    ----------
    where : str
        Name of the caller and of the argument, for errors: ``"compare: train"``.
    given : tuple, dataset or callable
        ``(x, y)`` or ``(x, y, sample_weight)``; an iterable of batches of that form; or a function
        from a seed to either.
    seeds : sequence of int
        Seeds of the study.
    class_weight : dict, optional
        Weight of each class, as for ``fit``.

    Returns
    -------
    Data
        Rows, with floats in Keras' ``floatx``.

    Raises
    ------
    TypeError, ValueError
        If the data has another form, has no rows, has arrays of different lengths, or is a dataset
        without an end; or if the seeds have different numbers of rows.
    """
    if not callable(given):
        rows, size = _rows(where, given, class_weight)
        return Data([rows], (), size)
    kinds.checked(where, OF_A_SEED, given)
    found = [_rows(f"{where}({seed})", called(where, given, seed), class_weight) for seed in seeds]
    rows, sizes = [rows for rows, _ in found], {size for _, size in found}
    layouts = {repr(mapped(np.shape, each)) for each in rows}
    if len(layouts) > 1 or len(sizes) > 1:
        raise ValueError(
            f"{where} must give every seed arrays of the same shapes, got "
            f"{' and '.join(sorted(layouts)[:2])}"
        )
    return Data(rows, tuple(seeds), sizes.pop())


def _rows(where: str, given: Any, class_weight: dict[int, float] | None) -> tuple[Rows, int | None]:
    """Return the rows of one seed, and the size of the batches that they came in."""
    size = None
    if isinstance(given, (tuple, list)):
        rows = _arrays_in(where, given)
    else:
        batches = [_arrays_in(f"{where}: each batch", batch) for batch in _batches(where, given)]
        if not batches:
            raise ValueError(f"{where} must hold at least one batch, got none")
        try:
            rows = mapped(lambda *arrays: np.concatenate(arrays), *batches)
        except (TypeError, ValueError) as error:
            raise ValueError(f"{where} must have batches alike, got {one_line(error)}") from error
        size = _length(batches[0])
    if not _length(rows) or size == 0:
        shapes = [np.shape(array) for array in keras.tree.flatten(rows)]
        raise ValueError(
            f"{where} must hold arrays with as many rows as each other and at least 1, got shapes "
            f"{shown(shapes)}"
        )
    return rows if class_weight is None else _weighted(where, rows, class_weight), size


def _weighted(where: str, rows: Rows, class_weight: dict[int, float]) -> Rows:
    """Return the rows with the weight of each row's class as its sample weight."""
    if len(rows) != 2 or not isinstance(rows[1], np.ndarray) or rows[1].ndim > 2:
        caller, _, name = where.partition(": ")
        raise ValueError(
            f"{caller}: class_weight needs targets in one array and no sample weights, got "
            f"{class_weight!r} with {len(rows)} entries in {name}; "
            "write the weight of each row as sample_weight"
        )
    y = rows[1]
    # As fit reads targets: one class for each row, or one column for each class.
    classes = y.argmax(axis=1) if y.ndim == 2 and y.shape[1] != 1 else y.reshape(len(y))
    weights = [class_weight.get(int(of), 1.0) for of in np.round(classes).astype("int32")]
    return (*rows, np.array(weights, keras.config.floatx()))


def _arrays_in(where: str, given: Any) -> Rows:
    """Return inputs, targets and sample weights as arrays, without those that are None."""
    entries: list[Any] = list(given) if isinstance(given, (tuple, list)) else []
    while entries and entries[-1] is None:
        entries.pop()
    if not 1 <= len(entries) <= 3 or any(entry is None for entry in entries):
        raise TypeError(f"{where} must be {PAIR}, got {shown(given)}")
    return tuple(_arrays(where, entry) for entry in entries)


def _batches(where: str, given: Any) -> Iterator[Any]:
    if isinstance(given, keras.utils.PyDataset):
        number: Any = given.num_batches
        if number is None:
            raise ValueError(f"{where} has no end; give its PyDataset a num_batches")
        return (given[i] for i in range(number))
    cardinality: Callable[[], Any] | None = getattr(given, "cardinality", None)
    if cardinality and int(cardinality()) == -1:
        name = where.partition(": ")[2]
        raise ValueError(f"{where} repeats for ever; write for example {name}.take(100)")
    # Arrays, mappings and texts can be iterated over too, but hold no batches.
    if not (isinstance(given, (str, bytes, Mapping)) or hasattr(given, "shape")):
        with contextlib.suppress(TypeError):
            return iter(given)
    raise TypeError(
        f"{where} must be {PAIR}, a dataset of such batches, or a function from a seed to either, "
        f"got {shown(given)}"
    )


def _arrays(where: str, value: Any) -> Any:
    """Return the arrays in a structure, with floats in Keras' ``floatx``."""
    floatx = keras.config.floatx()
    return mapped(
        lambda array: array.astype(floatx) if array.dtype.kind == "f" else array,
        arrays_of(where, value),
    )


def _length(rows: Rows) -> int:
    """Return the number of rows, or 0 if the arrays differ in length."""
    lengths = {len(array) if np.ndim(array) else 0 for array in keras.tree.flatten(rows)}
    return lengths.pop() if len(lengths) == 1 else 0
