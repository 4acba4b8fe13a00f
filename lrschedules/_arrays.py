"""Arrays and tensors of any library as NumPy arrays."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from lrschedules._arguments import one_line
from lrschedules._config import shown


def as_numpy(value: Any) -> NDArray[Any]:
    """Return a number, a variable, or a tensor of any back end as a NumPy array."""
    array: Any = keras.ops.convert_to_numpy(value)
    return array


def arrays_of(where: str, structure: Any) -> Any:
    """Return arrays, tensors and numbers, or a nested structure of them, as NumPy arrays.

    Parameters
    ----------
    where : str
        Name of the argument, for errors.
    structure : array, tensor, number, or a list, tuple or dict of them
        Value of the argument.

    Returns
    -------
    array, or a list, tuple or dict of arrays
        Arrays in the same structure.

    Raises
    ------
    TypeError
        If the structure holds anything but numbers.
    ValueError
        If the structure holds no array, or is nested too deep.
    """

    def array_of(leaf: Any) -> Any:
        wrong = f"{where} must hold arrays of numbers, got {shown(leaf)}"
        try:
            array = np.asarray(as_numpy(leaf))
        except Exception as error:
            # Each back end raises an error of its own for a leaf that is not a tensor.
            raise TypeError(f"{wrong}: {one_line(error)}") from error
        # The last are numbers of other libraries, such as bfloat16.
        if not (array.dtype.kind in "biufc" or array.dtype.isbuiltin == 2):
            raise TypeError(wrong)
        return array

    try:
        arrays = keras.tree.map_structure(array_of, structure)
    except RecursionError:
        raise ValueError(f"{where} must hold arrays, got a structure nested too deep") from None
    if not keras.tree.flatten(arrays):
        raise ValueError(f"{where} must hold at least one array, got {shown(structure)}")
    return arrays
