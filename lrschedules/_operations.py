"""The handful of operations a formula may use: for Python numbers, and for tensors of a library.

Four rules. Nothing is imported that the caller has not imported: the type of the step says which
library is meant. Steps stay whole numbers until a formula asks for ``real``. Numbers that do not
depend on the step are computed in double precision by ``math``, also between tensors. A formula
never branches in Python on the step: it uses ``where``, so that it can be traced.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import Any

from lrschedules._config import shown

Op = Callable[..., Any]


@dataclasses.dataclass(frozen=True)
class Namespace:
    """The operations for one array library: what a formula may use, besides ``+ - * / // < <=``.

    Attributes
    ----------
    enter, leave
        Turn what the caller passed into the step ``t``, and the result of a formula into rates of
        the shape of ``t``; not for formulas.
    real
        The step, which is a whole number, as a real one: before it is divided or multiplied.
    where
        ``where(condition, yes, no)``; both are computed.
    minimum, maximum
        Of two, each a number or a tensor.
    sin, cos, sinh, cosh, exp, log, sqrt, floor
        Of one number or tensor.
    floor_divide
        ``floor_divide(t, n)`` is ``t // n``, with a gradient of zero; PyTorch has none for ``//``.
    product, power
        ``product(a, b)`` and ``power(base, exponent)``, held at a very large number where they
        would overflow.
    power_minus_one
        ``power_minus_one(base, exponent)`` for a number as base, exact near an exponent of 0.
    one_minus_power
        ``one_minus_power(1 - done, done, p)`` is 1 - (1 - done)ᵖ, exact however small.
    pi
        The number.
    """

    enter: Op
    leave: Op
    real: Op
    where: Op
    minimum: Op
    maximum: Op
    sin: Op
    cos: Op
    sinh: Op
    cosh: Op
    exp: Op
    log: Op
    sqrt: Op
    floor: Op
    floor_divide: Op
    product: Op
    power: Op
    power_minus_one: Op
    one_minus_power: Op
    pi: Any = math.pi


# Where a rate that grows without end stops: far above any rate, and in single precision far below
# infinity, which times a rate of zero would be NaN.
LARGEST = 2.0**100


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float))


def _power(base: Any, exponent: Any) -> Any:
    try:
        return min(math.pow(base, exponent), LARGEST)
    except OverflowError:
        return LARGEST


def _one_minus_power(left: float, done: float, power: float) -> float:
    log = math.log1p(-done) if done < 0.5 else math.log(left) if left > 0 else -math.inf
    return -math.expm1(power * log)


def refuse_outside(step: Any, least: Any, most: Any) -> None:
    if not (least >= 0 and most < 2**63):
        raise ValueError(
            f"step must be ≥ 0 and finite, got {shown(step)}; steps are counted from 0 to 2**63 - 1"
        )


def _enter_number(step: Any) -> Any:
    if isinstance(step, bool):
        raise TypeError(f"step must be a number, got {step!r}; write int(step) if that is meant")
    refuse_outside(step, step, step)
    return step if is_number(step) else float(step)


on_numbers = Namespace(
    enter=_enter_number,
    leave=lambda value, _: float(value),
    real=lambda t: t,
    where=lambda condition, yes, no: yes if condition else no,
    minimum=min,
    maximum=max,
    sin=math.sin,
    cos=math.cos,
    sinh=math.sinh,
    cosh=math.cosh,
    exp=math.exp,
    log=math.log,
    sqrt=math.sqrt,
    floor=math.floor,
    floor_divide=lambda a, b: a // b,
    product=lambda a, b: min(a * b, LARGEST),
    power=_power,
    power_minus_one=lambda base, exponent: math.expm1(exponent * math.log(base)),
    one_minus_power=_one_minus_power,
)


def _lifted(name: str, on_tensors: Op) -> Op:
    """Compute in double precision where no tensor is involved."""
    exact: Op = getattr(on_numbers, name)
    return lambda *args: (exact if all(map(is_number, args)) else on_tensors)(*args)


def on_tensors(lib: Any, *, enter: Op, leave: Op, real: Op, constant: Op, **own: Op) -> Namespace:
    """Build the operations of a library with NumPy's names; ``own`` are those that differ.

    ``real(t)`` has the precision of the rates, and so has ``constant(number, like)``, on the device
    of ``like``.
    """

    def find(name: str) -> Op:
        return own.get(name) or getattr(lib, name)

    choose, minimum, maximum = find("where"), *(_lifted(m, find(m)) for m in ("minimum", "maximum"))
    log, log1p, exp, expm1 = find("log"), find("log1p"), find("exp"), find("expm1")

    def where(condition: Any, yes: Any, no: Any) -> Any:
        # Of two numbers a library would make tensors in a precision of its own choice.
        numbers = is_number(yes) and is_number(no)
        return choose(condition, constant(yes, condition) if numbers else yes, no)

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
            for name in ("sin", "cos", "sinh", "cosh", "exp", "log", "floor", "floor_divide")
        },
    )
