"""Copying: a second Keras model that shares nothing with the first, and data for it."""

from __future__ import annotations

import contextlib
import copy
import random
import sys
from collections.abc import Generator, Iterator
from typing import Any

import keras
import numpy as np
from keras.src.backend.common import global_state  # the global seed generator has no public name

from lrschedules._arguments import one_line
from lrschedules._config import shown
from lrschedules._schedule import Schedule


def copied(model: Any, schedule: Schedule) -> Any:
    """Return a copy of a compiled model, with its weights, and a new optimizer at ``schedule``.

    Parameters
    ----------
    model : keras.Model
        A built and compiled model.
    schedule : Schedule
        The rate of the copy's optimizer, which is at step 0.

    Returns
    -------
    keras.Model
        Compiled with the same loss, without metrics; no variable of it is the model's.

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
            f"model {model.name!r} has a compile() of its own, so that it cannot be copied; use a "
            "model that is compiled by keras.Model.compile"
        )
    try:
        # Not clone_model: it also copies loss and metrics, which only registered ones survive.
        with keras.saving.custom_object_scope(_classes(model)):
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
        loss_weights=model._compile_config.config["loss_weights"],  # noqa: SLF001
        run_eagerly=model.run_eagerly,
        jit_compile=model.jit_compile,
        auto_scale_loss=False,
    )
    return copy


def _classes(model: Any) -> dict[str, Any]:
    """Return the classes of all layers, which a configuration knows by name alone."""
    return {type(layer).__name__: type(layer) for layer in model._flatten_layers()}  # noqa: SLF001


def _optimizer(optimizer: Any, schedule: Schedule) -> Any:
    config = optimizer.get_config()
    if "learning_rate" in config:
        config["learning_rate"] = schedule
    copy = type(optimizer).from_config(config)
    copy.learning_rate = schedule  # of an optimizer inside another, such as one that scales losses
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


@contextlib.contextmanager
def random_state_kept() -> Generator[None]:
    """Put the random state of Python, NumPy, Keras and its back end back, as it was."""
    names = ("global_seed_generator", "global_random_seed")
    of_keras = {name: global_state.get_global_attribute(name) for name in names}
    generator = of_keras[names[0]]
    drawn = None if generator is None else as_numpy(generator.state).copy()
    python, legacy = random.getstate(), np.random.get_state()  # noqa: NPY002
    # Keras seeds TensorFlow wherever it is installed, since tf.data draws from it.
    eager: Any = sys.modules.get("tensorflow.python.eager.context")
    drawing: dict[str, Any] = vars(eager.context()) if eager else {}
    seeds = {name: copy.copy(drawing[name]) for name in ("_seed", "_rng") if name in drawing}
    torch: Any = None
    if keras.backend.backend() == "torch":
        import torch
    of_torch = torch and torch.get_rng_state()
    try:
        yield
    finally:
        random.setstate(python)
        np.random.set_state(legacy)  # noqa: NPY002
        for name, value in of_keras.items():
            global_state.set_global_attribute(name, value)
        if generator is not None:
            generator.state.assign(drawn)
        drawing.update(seeds)
        if torch:
            torch.set_rng_state(of_torch)


def batches_of(x: Any, y: Any, size: int, seed: int) -> Iterator[tuple[Any, Any]]:
    """Return batches without end, all full, in a new order each time the samples are used up.

    Parameters
    ----------
    x, y : array, or a list, tuple or dict of arrays
        Inputs and targets, first axis the samples.
    size : int
        Samples in a batch, ≥ 1; all of them if there are fewer.
    seed : int
        For the order, ≥ 0.

    Returns
    -------
    iterator of tuple
        Pairs like ``(x, y)``.

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


def arrays_of(where: str, structure: Any) -> Any:
    """Return arrays, tensors and numbers, or a nested structure of them, as NumPy arrays.

    Parameters
    ----------
    where : str
        What the caller calls it, for errors.
    structure : array, tensor, number, or a list, tuple or dict of them
        The arrays.

    Returns
    -------
    array, or a list, tuple or dict of arrays
        The same structure.

    Raises
    ------
    TypeError
        If something in it does not hold numbers.
    ValueError
        If there is no array in it, or it is nested too deep.
    """

    def array_of(leaf: Any) -> Any:
        wrong = f"{where} must hold arrays of numbers, got {shown(leaf)}"
        try:
            array = np.asarray(as_numpy(leaf))
        except Exception as error:
            # Each back end raises an error of its own for what is not a tensor.
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


def as_numpy(value: Any) -> Any:
    """Return an array, a tensor or a variable as a NumPy array."""
    return keras.ops.convert_to_numpy(value)


def _endless(data: Any, samples: int, size: int, rng: np.random.Generator) -> Generator[Any]:
    order = rng.permutation(samples)
    while True:
        if len(order) < size:
            order = np.concatenate([order, rng.permutation(samples)])
        chosen, order = order[:size], order[size:]
        # numpy arrays are indexed here, not tensors: the same rows on each back end
        yield keras.tree.map_structure(lambda array, at=chosen: array[at], data)
