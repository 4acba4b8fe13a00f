"""The operations of a formula for each array library, selected by the type of the step."""

from __future__ import annotations

import numbers
from collections.abc import Callable
from typing import Any

import numpy as np

from lrschedules._config import shown
from lrschedules._operations import (
    LARGEST,
    Namespace,
    Op,
    is_number,
    on_numbers,
    on_tensors,
    refuse_outside,
)

# Returns the operations of a library for a step; those for double precision differ.
Chosen = Callable[[Any], Namespace]


def _no_numbers(dtype: Any) -> TypeError:
    return TypeError(f"step must hold numbers, got an array of {dtype}")


def _numpy() -> Chosen:
    def enter(step: Any) -> Any:
        array = np.asarray(step)
        if array.dtype.kind not in "iuf":
            raise _no_numbers(array.dtype)
        refuse_outside(step, array.min(initial=0).item(), array.max(initial=0).item())
        return array.astype(np.float64 if array.dtype.kind == "f" else np.int64, copy=False)

    def leave(value: Any, t: Any) -> Any:
        rates = np.asarray(value, np.float64)
        # The caller may write to the result: it must not share memory with the step.
        if rates.shape != t.shape or np.may_share_memory(rates, t):
            rates = np.array(np.broadcast_to(rates, t.shape))
        return rates[()]

    @np.errstate(over="ignore")
    def power(base: Any, exponent: Any) -> Any:
        return np.minimum(np.power(base, exponent), LARGEST)

    operations = on_tensors(
        np,
        enter=enter,
        leave=leave,
        real=lambda t: np.asarray(t, np.float64),
        constant=lambda value, _: np.float64(value),
        power=power,
        sqrt=np.sqrt,
    )
    return lambda _: operations


def _jax() -> Chosen:
    import jax.numpy as jnp

    def rates(dtype: Any) -> Namespace:
        def enter(step: Any) -> Any:
            if jnp.issubdtype(step.dtype, jnp.integer):
                return step.astype(int)
            if jnp.issubdtype(step.dtype, jnp.floating):
                return step.astype(dtype)
            raise _no_numbers(step.dtype)

        return on_tensors(
            jnp,
            enter=enter,
            leave=lambda value, t: jnp.broadcast_to(jnp.asarray(value, dtype), t.shape),
            real=lambda t: t.astype(dtype),
            constant=lambda value, _: jnp.asarray(value, dtype),
        )

    single, double = rates(jnp.float32), rates(jnp.float64)
    return lambda step: double if step.dtype == jnp.float64 else single


def _torch() -> Chosen:
    import torch

    def bound(of_tensors: Op, side: str) -> Op:
        # torch.minimum refuses numbers, torch.clamp takes them
        return lambda a, b: torch.clamp(a, **{side: b}) if is_number(b) else of_tensors(a, b)

    def rates(dtype: Any) -> Namespace:
        def enter(step: Any) -> Any:
            if step.dtype.is_complex or step.dtype == torch.bool:
                raise _no_numbers(step.dtype)
            return step.to(dtype if step.dtype.is_floating_point else torch.int64)

        def constant(value: Any, like: Any) -> Any:
            return torch.as_tensor(value, dtype=dtype, device=like.device)

        return on_tensors(
            torch,
            enter=enter,
            leave=lambda value, t: torch.broadcast_to(constant(value, t), t.shape),
            real=lambda t: t.to(dtype),
            constant=constant,
            minimum=bound(torch.minimum, "max"),
            maximum=bound(torch.maximum, "min"),
            # a // b, which has no derivative here
            floor_divide=lambda a, b: torch.div(a, b, rounding_mode="floor"),
        )

    single, double = rates(torch.float32), rates(torch.float64)
    return lambda step: double if step.dtype == torch.float64 else single


def _tensorflow() -> Chosen:
    import tensorflow as tf

    def rates(dtype: Any) -> Namespace:
        def real(t: Any) -> Any:
            return tf.constant(t, dtype) if is_number(t) else tf.cast(t, dtype)

        def enter(step: Any) -> Any:
            t = tf.convert_to_tensor(step)
            if not (t.dtype.is_integer or t.dtype.is_floating):
                raise _no_numbers(t.dtype.name)
            return tf.cast(t, dtype if t.dtype.is_floating else tf.int64)

        return on_tensors(
            tf.math,
            enter=enter,
            leave=lambda value, t: tf.broadcast_to(real(value), tf.shape(t)),
            real=real,
            constant=lambda value, _: real(value),
            where=tf.where,
            floor_divide=tf.math.floordiv,
        )

    single, double = rates(tf.float32), rates(tf.float64)
    return lambda step: double if step.dtype == tf.float64 else single


def _sympy() -> Chosen:
    import sympy

    def where(condition: Any, yes: Any, no: Any) -> Any:
        before, after = sympy.sympify(yes), sympy.sympify(no)
        if isinstance(condition, (sympy.StrictLessThan, sympy.LessThan)):
            # If it is known on which side of a boundary t is, a clamp at the boundary can go.
            t: Any = condition.lhs
            at: Any = condition.rhs
            before = before.xreplace({sympy.Min(t, at): t})
            after = after.xreplace({sympy.Max(t - at, 0): t - at})
        cases = after.args if isinstance(after, sympy.Piecewise) else [(after, True)]
        return sympy.Piecewise((before, condition), *cases, evaluate=False)

    operations = Namespace(
        enter=lambda step: step,
        leave=lambda value, _: sympy.sympify(value),
        real=lambda t: t,
        where=where,
        minimum=sympy.Min,
        maximum=sympy.Max,
        sin=sympy.sin,
        cos=sympy.cos,
        sinh=sympy.sinh,
        cosh=sympy.cosh,
        exp=sympy.exp,
        log=sympy.log,
        sqrt=sympy.sqrt,
        floor=sympy.floor,
        floor_divide=lambda a, b: a // b,
        product=lambda a, b: a * b,
        power=lambda base, exponent: base**exponent,
        power_minus_one=lambda base, exponent: (base if exponent == 1 else base**exponent) - 1,
        one_minus_power=lambda remaining, x, power: 1 - remaining**power,
        pi=sympy.pi,
    )
    return lambda _: operations


def _numbers(step: Any) -> Namespace:
    return on_numbers


_builders: dict[str, Callable[[], Chosen]] = {
    "numpy": _numpy,
    "jax": _jax,
    "jaxlib": _jax,
    "torch": _torch,
    "tensorflow": _tensorflow,
    "sympy": _sympy,
}
_known: dict[type, Chosen] = {int: _numbers, float: _numbers}


def namespace_of(step: Any) -> Namespace:
    """Return the operations for the type of ``step``, and for its precision.

    Raises
    ------
    TypeError
        If ``step`` is neither a number, nor an array or tensor, nor a SymPy expression.
    """
    kind = type(step)
    if kind not in _known:
        modules = [base.__module__.partition(".")[0] for base in kind.__mro__]
        library = next((name for name in modules if name in _builders), None)
        if library:
            _known[kind] = _builders[library]()
        elif issubclass(kind, numbers.Real):
            _known[kind] = _numbers
        else:
            raise TypeError(
                f"step must be a number, an array or a tensor, got {shown(step)} of type "
                f"{kind.__name__}; write for example numpy.asarray(steps)"
            )
    return _known[kind](step)
