"""The operations of a formula for each array library, and which one a step asks for."""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable
from typing import Any

import numpy as np

from lrschedules._operations import (
    LARGEST,
    Namespace,
    Op,
    is_number,
    on_numbers,
    refuse_outside,
)


def _lifted(name: str, on_tensors: Op) -> Op:
    """Compute in double precision where no tensor is involved."""
    exact: Op = getattr(on_numbers, name)
    return lambda *args: (exact if all(map(is_number, args)) else on_tensors)(*args)


def _tensors(lib: Any, *, enter: Op, leave: Op, real: Op, **own: Op) -> Namespace:
    """Build the operations of a library with NumPy's names; ``own`` are those that differ."""

    def find(name: str) -> Op:
        return own.get(name) or getattr(lib, name)

    where, minimum, maximum = find("where"), *(_lifted(m, find(m)) for m in ("minimum", "maximum"))
    log, log1p, exp, expm1 = find("log"), find("log1p"), find("exp"), find("expm1")

    def from_zero(root: Op, x: Any) -> Any:
        # Roots are infinitely steep at 0, and a gradient of infinity times 0 is NaN.
        return where(x > 0, root(maximum(x, 1e-30)), 0.0)

    def power(base: Any, exponent: Any) -> Any:
        # The logarithm of 0.999999 is 3 % off where the base is rounded to single precision
        # first; taken in double precision it is right.
        if is_number(base):
            return exp(minimum(real(exponent) * math.log(base), math.log(LARGEST)))
        return from_zero(lambda x: x**exponent, base)

    def product(a: Any, b: Any) -> Any:
        return minimum(a * b, LARGEST)

    def power_minus_one(base: float, exponent: Any) -> Any:
        return expm1(real(exponent) * math.log(base))

    def one_minus_power(left: Any, done: Any, power: float) -> Any:
        # 1 - left ** power loses its digits near done = 0. The logarithm of left is exact when
        # taken from whichever of the two is small, and expm1 keeps what it has.
        near = log1p(-minimum(done, 0.5))
        far = log(maximum(left, 1e-30))
        value = -expm1(power * where(done < 0.5, near, far))
        return where(left > 0, value, 1.0)

    return Namespace(
        enter=enter,
        leave=leave,
        real=real,
        where=where,
        minimum=minimum,
        maximum=maximum,
        product=_lifted("product", product),
        power=_lifted("power", own.get("power", power)),
        power_minus_one=_lifted("power_minus_one", power_minus_one),
        one_minus_power=_lifted("one_minus_power", one_minus_power),
        sqrt=_lifted("sqrt", own.get("sqrt", lambda x: from_zero(lib.sqrt, x))),
        **{
            name: _lifted(name, find(name))
            for name in ("sin", "cos", "sinh", "cosh", "exp", "log", "floor")
        },
    )


def _numpy() -> Namespace:
    def enter(step: Any) -> Any:
        array = np.asarray(step)
        if array.dtype.kind not in "iuf":
            raise TypeError(f"step must hold numbers, got an array of {array.dtype}")
        most = array.max(initial=0) if array.dtype.kind == "f" else 0
        refuse_outside(step, array.min(initial=0), most)
        return array.astype(np.float64 if array.dtype.kind == "f" else np.int64, copy=False)

    def leave(value: Any, t: Any) -> Any:
        rates = np.asarray(value, np.float64)
        # What is returned can be written to, and is nobody else's.
        if rates.shape != t.shape or np.may_share_memory(rates, t):
            rates = np.array(np.broadcast_to(rates, t.shape))
        return rates[()]

    @np.errstate(over="ignore")
    def power(base: Any, exponent: Any) -> Any:
        return np.minimum(np.power(base, exponent), LARGEST)

    return _tensors(
        np,
        enter=enter,
        leave=leave,
        real=lambda t: np.asarray(t, np.float64),
        power=power,
        sqrt=np.sqrt,
    )


def _jax() -> Namespace:
    import jax.numpy as jnp

    def enter(step: Any) -> Any:
        whole = jnp.issubdtype(step.dtype, jnp.integer)
        return step.astype(int) if whole else step

    def real(t: Any) -> Any:
        return t if t.dtype == jnp.float64 else t.astype(jnp.float32)

    return _tensors(
        jnp,
        enter=enter,
        leave=lambda value, t: jnp.broadcast_to(real(jnp.asarray(value)), t.shape),
        real=real,
    )


def _torch() -> Namespace:
    import torch

    def real(t: Any) -> Any:
        return t if t.dtype == torch.float64 else t.to(torch.float32)

    def bound(of_tensors: Op, side: str) -> Op:
        # torch.minimum refuses numbers, torch.clamp takes them
        return lambda a, b: torch.clamp(a, **{side: b}) if is_number(b) else of_tensors(a, b)

    return _tensors(
        torch,
        enter=lambda step: step if step.dtype.is_floating_point else step.to(torch.int64),
        leave=lambda value, t: torch.broadcast_to(
            real(torch.as_tensor(value, device=t.device)), t.shape
        ),
        real=real,
        minimum=bound(torch.minimum, "max"),
        maximum=bound(torch.maximum, "min"),
    )


def _tensorflow() -> Namespace:
    import tensorflow as tf

    def enter(step: Any) -> Any:
        t = tf.convert_to_tensor(step)
        return tf.cast(t, tf.int64) if t.dtype.is_integer else t

    def real(t: Any) -> Any:
        return t if t.dtype == tf.float64 else tf.cast(t, tf.float32)

    return _tensors(
        tf.math,
        enter=enter,
        leave=lambda value, t: tf.broadcast_to(real(tf.convert_to_tensor(value)), tf.shape(t)),
        real=real,
        where=tf.where,
    )


def _sympy() -> Namespace:
    import sympy

    def where(condition: Any, yes: Any, no: Any) -> Any:
        before, after = sympy.sympify(yes), sympy.sympify(no)
        if isinstance(condition, (sympy.StrictLessThan, sympy.LessThan)):
            # Where it is known on which side of a step t is, a clamp there has nothing to do.
            t: Any = condition.lhs
            at: Any = condition.rhs
            before = before.xreplace({sympy.Min(t, at): t})
            after = after.xreplace({sympy.Max(t - at, 0): t - at})
        cases = after.args if isinstance(after, sympy.Piecewise) else [(after, True)]
        return sympy.Piecewise((before, condition), *cases, evaluate=False)

    return Namespace(
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
        product=lambda a, b: a * b,
        power=lambda base, exponent: base**exponent,
        power_minus_one=lambda base, exponent: (base if exponent == 1 else base**exponent) - 1,
        one_minus_power=lambda left, done, power: 1 - left**power,
        pi=sympy.pi,
    )


_builders: dict[str, Callable[[], Namespace]] = {
    "numpy": _numpy,
    "jax": _jax,
    "jaxlib": _jax,
    "torch": _torch,
    "tensorflow": _tensorflow,
    "sympy": _sympy,
}
_known: dict[type, Namespace] = {int: on_numbers, float: on_numbers}


def namespace_of(step: Any) -> Namespace:
    """Return the operations for the type of ``step``.

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
            _known[kind] = on_numbers
        else:
            raise TypeError(
                f"step must be a number, an array or a tensor, got {step!r} of type "
                f"{kind.__name__}; write for example numpy.asarray(steps)"
            )
    return _known[kind]
