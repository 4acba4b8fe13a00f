"""The back ends of Keras: how each one maps, differentiates, repeats and compiles."""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import math
from collections.abc import Callable, Generator
from typing import Any

import keras

from lrschedules.study._data import mapped

Function = Callable[..., Any]


@contextlib.contextmanager
def quiet(logger: logging.Logger) -> Generator[None]:
    """Keep a logger from writing meanwhile; its warnings are raised as errors anyway."""
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


@dataclasses.dataclass(frozen=True)
class Backend:
    """The functions that a stacked program needs.

    Attributes
    ----------
    mapped
        ``mapped(f, axes)`` applies ``f`` along the first axis of those arguments whose entry in
        ``axes`` is True; the other arguments are the same for all.
    with_gradients
        ``with_gradients(f)(w, ...)``, where ``f`` returns a pair that begins with a scalar, returns
        that pair and the gradients of the scalar with respect to ``w``.
    repeated
        ``repeated(f, carry, items)`` calls ``carry = f(carry, item)`` with one item after another:
        a tuple of one element of each of the arrays ``items``, along its first axis.
    compiled
        ``compiled(f)`` is ``f``, compiled if the back end compiles; it may reuse the memory of its
        first argument.
    placed
        ``placed(arrays, axis)`` returns a nested structure of arrays as tensors. Their axis number
        ``axis``, which is that of the trials, is divided among the devices; it is None for arrays
        that each device needs.
    devices
        Number of devices that an axis is divided among.
    compiles
        Whether ``compiled`` compiles, so that one run after another is faster than ``fit`` for
        each.
    alone_above
        Bytes of a training step of one run above which mapped runs are slower than one after
        another; see ``LARGE``.
    scratch
        ``scratch(f, ...)`` is the number of values that ``f`` is known to compute besides the
        outputs of its layers.
    """

    mapped: Callable[[Function, tuple[bool, ...]], Function]
    with_gradients: Callable[[Function], Function]
    repeated: Callable[[Function, Any, tuple[Any, ...]], Any]
    compiled: Callable[[Function], Function]
    placed: Callable[[Any, int | None], Any]
    devices: int = 1
    compiles: bool = True
    alone_above: float = math.inf
    scratch: Callable[..., int] = lambda function, *arguments: 0


# A processor is busy with one run of such a size. Several at once only take the caches from each
# other: measured with 128 to 2048 units in two layers, and with convolutions, on two cores.
LARGE = 2**22


def on_one_device(arrays: Any, axis: int | None) -> Any:
    """Return arrays as tensors on the device that Keras uses."""
    del axis
    return mapped(keras.ops.convert_to_tensor, arrays)


def _jax() -> Backend:
    import jax

    from lrschedules.study._convolution import convolutions_as_products

    processor = jax.default_backend() == "cpu"

    def compiled(function: Function) -> Function:
        if not processor:
            return jax.jit(function, donate_argnums=0)
        # A short study mostly compiles; LLVM's last passes cost more time than they save.
        quick: Any = {
            "xla_backend_optimization_level": 1,
            "xla_llvm_disable_expensive_passes": True,
        }
        traced = convolutions_as_products()(function)
        return jax.jit(traced, donate_argnums=0, compiler_options=quick)

    def repeated(function: Function, carry: Any, items: tuple[Any, ...]) -> Any:
        return jax.lax.scan(lambda c, item: (function(c, item), None), carry, items)[0]

    def over_trials(function: Function, axes: tuple[bool, ...]) -> Function:
        return jax.vmap(function, [0 if axis else None for axis in axes])

    def with_gradients(function: Function) -> Function:
        return jax.value_and_grad(function, has_aux=True)

    devices = jax.local_devices()
    mesh = jax.sharding.Mesh(devices, ("trials",))

    def placed(arrays: Any, axis: int | None) -> Any:
        at = () if axis is None else (*[None] * axis, "trials")
        where = jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec(*at))
        return jax.device_put(arrays, where)

    def scratch(function: Function, *arguments: Any) -> int:
        with convolutions_as_products() as patches:
            jax.eval_shape(function, *arguments)
        return sum(patches)

    backend = Backend(over_trials, with_gradients, repeated, compiled, placed, len(devices))
    if not processor:
        return backend
    return dataclasses.replace(backend, alone_above=LARGE, scratch=scratch)


def _tensorflow() -> Backend:
    import tensorflow as tf

    def over_trials(function: Function, axes: tuple[bool, ...]) -> Function:
        def over(*arguments: Any) -> Any:
            def one(own: Any) -> Any:
                left = iter(own)
                pairs = zip(arguments, axes, strict=True)
                return function(*(next(left) if axis else a for a, axis in pairs))

            own = tuple(a for a, axis in zip(arguments, axes, strict=True) if axis)
            # An operation that cannot be mapped becomes a loop over the trials, and no other does.
            with quiet(tf.get_logger()):
                return tf.vectorized_map(one, own, fallback_to_while_loop=True)

        return over

    def with_gradients(function: Function) -> Function:
        def both(weights: Any, *arguments: Any) -> Any:
            with tf.GradientTape() as tape:
                tape.watch(weights)
                value, more = function(weights, *arguments)
            return (value, more), tape.gradient(value, weights)

        return both

    def repeated(function: Function, carry: Any, items: tuple[Any, ...]) -> Any:
        def body(i: Any, carry: Any) -> Any:
            return i + 1, function(carry, tuple(array[i] for array in items))

        end = items[0].shape[0]
        return tf.while_loop(lambda i, _: i < end, body, (tf.constant(0), carry))[1]

    def compiled(function: Function) -> Function:
        return tf.function(function, autograph=False)

    above = math.inf if tf.config.list_logical_devices("GPU") else LARGE
    return Backend(
        over_trials, with_gradients, repeated, compiled, on_one_device, alone_above=above
    )


def _torch() -> Backend:
    import torch

    def over_trials(function: Function, axes: tuple[bool, ...]) -> Function:
        return torch.vmap(function, tuple(0 if axis else None for axis in axes))

    def with_gradients(function: Function) -> Function:
        gradients = torch.func.grad_and_value(function, has_aux=True)

        def both(*arguments: Any) -> Any:
            found, result = gradients(*arguments)
            return result, found

        return both

    def repeated(function: Function, carry: Any, items: tuple[Any, ...]) -> Any:
        for item in zip(*items, strict=True):
            carry = function(carry, item)
        return carry

    def compiled(function: Function) -> Function:
        return torch.no_grad()(function)

    # Nothing is compiled, so that the overhead of a step is larger.
    tensor: Any = keras.ops.convert_to_tensor(0)
    above = 4 * LARGE if tensor.device.type == "cpu" else math.inf
    return Backend(
        over_trials,
        with_gradients,
        repeated,
        compiled,
        on_one_device,
        compiles=False,
        alone_above=above,
    )


def one_by_one(backend: Backend) -> Backend:
    """Return a back end whose programs train a block of one trial, without mapping anything.

    Such a program is compiled once, and serves one trial after another.
    """

    def over_one(function: Function, axes: tuple[bool, ...]) -> Function:
        def over(*arguments: Any) -> Any:
            pairs = zip(arguments, axes, strict=True)
            own = [mapped(lambda array: array[0], a) if axis else a for a, axis in pairs]
            return mapped(lambda array: array[None], function(*own))

        return over

    return dataclasses.replace(backend, mapped=over_one, devices=1, placed=on_one_device)


BACKENDS: dict[str, Callable[[], Backend]] = {
    "jax": _jax,
    "tensorflow": _tensorflow,
    "torch": _torch,
}
