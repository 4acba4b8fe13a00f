"""The operations that a formula may use: for Python numbers, and for tensors of a library.

Four rules hold. No library is imported that the caller has not imported: the type of the step
selects it. Steps stay whole numbers until a formula asks for ``real``. Numbers that do not depend
on the step are computed in double precision by ``math``, also if the step is a tensor. A formula
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
    """The operations of one array library that a formula may use, besides ``+ - * / // < <=``.

    Attributes
    ----------
    enter, leave
        Convert the caller's argument to the step ``t``, and the result of a formula to rates of
        the shape of ``t``; not for formulas.
    real
        Converts the step, a whole number, to a real number, before it is divided or multiplied.
    where
        ``where(condition, yes, no)``; both values are computed.
    minimum, maximum
        The smaller and the larger of two numbers or tensors.
    sin, cos, sinh, cosh, exp, log, sqrt, floor
        Functions of one number or tensor.
    floor_divide
        ``floor_divide(t, n)`` is ``t // n``, with a gradient of zero; PyTorch has none for ``//``.
    product, power
        ``product(a, b)`` and ``power(base, exponent)``, limited to a very large number instead of
        an overflow.
    power_minus_one
        ``power_minus_one(base, exponent)``: ``base**exponent - 1`` for a number as base,
        exact near an exponent of 0.
    one_minus_power
        ``one_minus_power(1 - x, x, p)`` is 1 - (1 - x)ᵖ, exact however small.
    pi
        The number π.
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


# The limit of a rate that grows without end: far above any rate, and in single precision far below
# infinity, which times a rate of zero would be NaN.
LARGEST = 2.0**100


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float))


def _power(base: Any, exponent: Any) -> Any:
    try:
        return min(math.pow(base, exponent), LARGEST)
    except OverflowError:
        return LARGEST


def _one_minus_power(remaining: float, x: float, power: float) -> float:
    log = math.log1p(-x) if x < 0.5 else math.log(remaining) if remaining > 0 else -math.inf
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
    """Compute in double precision if no argument is a tensor."""
    exact: Op = getattr(on_numbers, name)
    return lambda *args: (exact if all(map(is_number, args)) else on_tensors)(*args)


def on_tensors(lib: Any, *, enter: Op, leave: Op, real: Op, constant: Op, **own: Op) -> Namespace:
    """Build the operations of a library that has NumPy's names; ``own`` are those that differ.

    ``real(t)`` has the precision of the rates, and so has ``constant(number, like)``, which is on
    the device of ``like``.
    """

    def find(name: str) -> Op:
        return own.get(name) or getattr(lib, name)

    choose, minimum, maximum = find("where"), *(_lifted(m, find(m)) for m in ("minimum", "maximum"))
    log, log1p, exp, expm1 = find("log"), find("log1p"), find("exp"), find("expm1")

    def where(condition: Any, yes: Any, no: Any) -> Any:
        # A library would convert two numbers to tensors of its own default precision.
        numbers = is_number(yes) and is_number(no)
        return choose(condition, constant(yes, condition) if numbers else yes, no)

    def from_zero(root: Op, x: Any) -> Any:
        # Roots are infinitely steep at 0, and a gradient of infinity times 0 is NaN.
        return where(x > 0, root(maximum(x, 1e-30)), 0.0)

    def power(base: Any, exponent: Any) -> Any:
        # The logarithm of 0.999999 is 3 % off if the base is rounded to single precision first;
        # in double precision it is right.
        if is_number(base):
            return exp(minimum(real(exponent) * math.log(base), math.log(LARGEST)))
        return from_zero(lambda x: x**exponent, base)

    def product(a: Any, b: Any) -> Any:
        return minimum(a * b, LARGEST)

    def power_minus_one(base: float, exponent: Any) -> Any:
        return expm1(real(exponent) * math.log(base))

    def one_minus_power(remaining: Any, x: Any, power: float) -> Any:
        # 1 - remaining ** power loses its digits near x = 0. The logarithm of remaining is exact if
        # it is computed from the smaller of the two, and expm1 keeps its digits.
        near = log1p(-minimum(x, 0.5))
        far = log(maximum(remaining, 1e-30))
        value = -expm1(power * where(x < 0.5, near, far))
        return where(remaining > 0, value, 1.0)

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
