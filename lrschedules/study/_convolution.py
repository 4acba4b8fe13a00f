"""Convolutions as matrix products, for programs that JAX runs on a processor.

A convolution that is mapped over runs has one kernel for each run. XLA compiles it to a grouped
convolution, and on a processor that is about twenty times slower than a matrix product of the same
size. Every convolution is such a product: the output at a position is the product of the kernel
and the patch of the input that it covers there.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import math
from collections.abc import Generator
from typing import Any
from unittest import mock

import jax
import jax.numpy as jnp
import numpy as np

# Positions of a kernel, at most: each one is an operation of the program.
MOST_POSITIONS = 128


@contextlib.contextmanager
def convolutions_as_products() -> Generator[list[int]]:
    """Let JAX trace all convolutions meanwhile as matrix products; collect the sizes of patches.

    The function is replaced in ``jax.lax``, which Keras' layers and users call, and in the module
    that defines it, which has the transposed convolution.
    """
    plain: Any = jax.lax.conv_general_dilated
    patches = list[int]()
    convolution = functools.partial(as_product, plain, patches)
    with (
        mock.patch.object(jax.lax, "conv_general_dilated", convolution),
        mock.patch.dict(plain.__globals__, conv_general_dilated=convolution),
    ):
        yield patches


def as_product(plain: Any, patches: list[int], /, *arguments: Any, **options: Any) -> Any:
    """Return a convolution, written as a matrix product where that is possible.

    Parameters
    ----------
    plain : callable
        ``jax.lax.conv_general_dilated``. It is called for groups of rows, a result of another
        type, large kernels and empty results.
    patches : list of int
        The number of values of all shifted inputs is appended to it.
    *arguments, **options
        Arguments of ``plain``.

    Returns
    -------
    array
        What ``plain`` returns, up to rounding.
    """
    bound = inspect.signature(plain).bind(*arguments, **options)
    bound.apply_defaults()
    given = bound.arguments
    result = jax.eval_shape(lambda: plain(*arguments, **options))  # raises the errors of ``plain``
    lhs, rhs = given["lhs"], given["rhs"]
    numbers = jax.lax.conv_dimension_numbers(lhs.shape, rhs.shape, given["dimension_numbers"])
    kernel = jnp.transpose(rhs, (*numbers.rhs_spec[2:], *numbers.rhs_spec[1::-1]))
    *positions, inputs, outputs = kernel.shape
    if (
        given["batch_group_count"] != 1
        or result.dtype != lhs.dtype
        or lhs.dtype != rhs.dtype
        or math.prod(positions) > MOST_POSITIONS
        or 0 in {*result.shape, *lhs.shape, *rhs.shape}
        or given.get("out_sharding") is not None
    ):
        return plain(*arguments, **options)
    sizes = [result.shape[axis] for axis in numbers.out_spec[2:]]
    x = jnp.transpose(lhs, (numbers.lhs_spec[0], *numbers.lhs_spec[2:], numbers.lhs_spec[1]))
    shifted = _shifted(x, positions, sizes, given)
    patches.append(sum(part.size for part in shifted))
    groups, precision = given["feature_group_count"], given["precision"]
    kernel = kernel.reshape(-1, inputs, groups, outputs // groups)
    if groups == 1:
        rows = jnp.concatenate(shifted, axis=-1)
        product = jnp.matmul(rows, kernel.reshape(-1, outputs), precision=precision)
    elif inputs == 1:
        terms = [part[..., None] * at for part, at in zip(shifted, kernel[:, 0], strict=True)]
        product = functools.reduce(jnp.add, terms)
    else:
        rows = jnp.stack(shifted, axis=-2)
        rows = rows.reshape(*rows.shape[:-1], groups, inputs)
        product = jnp.einsum("...pgi,pigo->...go", rows, kernel, precision=precision)
    product = product.reshape(len(x), *sizes, outputs)
    axes = (numbers.out_spec[0], *numbers.out_spec[2:], numbers.out_spec[1])
    return jnp.transpose(product, np.argsort(axes))


def _shifted(x: Any, positions: list[int], sizes: list[int], given: dict[str, Any]) -> list[Any]:
    """Return the part of the input under each position of the kernel, channels last.

    Each part has the shape (rows, *sizes, channels).
    """
    ones = (1,) * len(sizes)
    strides, spread = given["window_strides"], given["lhs_dilation"] or ones
    dilation, padding = given["rhs_dilation"] or ones, given["padding"]
    if isinstance(padding, str):
        windows = [(n - 1) * d + 1 for n, d in zip(positions, dilation, strict=True)]
        padding = jax.lax.padtype_to_pads(x.shape[1:-1], windows, strides, padding)
    edges = [(low, high, gap - 1) for (low, high), gap in zip(padding, spread, strict=True)]
    x = jax.lax.pad(x, jnp.zeros((), x.dtype), [(0, 0, 0), *edges, (0, 0, 0)])
    shifted: list[Any] = []
    for index in np.ndindex(*positions):
        first = [i * d for i, d in zip(index, dilation, strict=True)]
        last = [at + (n - 1) * s + 1 for at, n, s in zip(first, sizes, strides, strict=True)]
        shifted.append(
            jax.lax.slice(x, (0, *first, 0), (len(x), *last, x.shape[-1]), (1, *strides, 1))
        )
    return shifted
