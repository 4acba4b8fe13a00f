"""The back ends of Keras: how each one maps, differentiates, repeats and compiles."""

from __future__ import annotations

import contextlib
import dataclasses
import logging
from collections.abc import Callable, Generator
from typing import Any

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
    """The four functions that a stacked program needs.

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
    """

    mapped: Callable[[Function, tuple[bool, ...]], Function]
    with_gradients: Callable[[Function], Function]
    repeated: Callable[[Function, Any, tuple[Any, ...]], Any]
    compiled: Callable[[Function], Function]


def _jax() -> Backend:
    import jax

    def compiled(function: Function) -> Function:
        # A short study mostly compiles; LLVM's last passes cost more time than they save.
        quick = {"xla_backend_optimization_level": 1, "xla_llvm_disable_expensive_passes": True}
        options: Any = quick if jax.default_backend() == "cpu" else None
        return jax.jit(function, donate_argnums=0, compiler_options=options)

    def repeated(function: Function, carry: Any, items: tuple[Any, ...]) -> Any:
        return jax.lax.scan(lambda c, item: (function(c, item), None), carry, items)[0]

    def mapped(function: Function, axes: tuple[bool, ...]) -> Function:
        return jax.vmap(function, [0 if axis else None for axis in axes])

    def with_gradients(function: Function) -> Function:
        return jax.value_and_grad(function, has_aux=True)

    return Backend(mapped, with_gradients, repeated, compiled)


def _tensorflow() -> Backend:
    import tensorflow as tf

    def mapped(function: Function, axes: tuple[bool, ...]) -> Function:
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

    return Backend(
        mapped, with_gradients, repeated, lambda function: tf.function(function, autograph=False)
    )


def _torch() -> Backend:
    import torch

    def mapped(function: Function, axes: tuple[bool, ...]) -> Function:
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

    return Backend(mapped, with_gradients, repeated, compiled)


BACKENDS: dict[str, Callable[[], Backend]] = {
    "jax": _jax,
    "tensorflow": _tensorflow,
    "torch": _torch,
}
