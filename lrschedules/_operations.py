"""The handful of operations a formula may use, and what they are for Python numbers.

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
    if not (least >= 0 and most < math.inf):
        raise ValueError(f"step must be ≥ 0 and finite, got {step!r}: steps are counted from 0")


def _enter_number(step: Any) -> Any:
    number = step if is_number(step) else float(step)
    refuse_outside(step, number, number)
    return number


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
    product=lambda a, b: min(a * b, LARGEST),
    power=_power,
    power_minus_one=lambda base, exponent: math.expm1(exponent * math.log(base)),
    one_minus_power=_one_minus_power,
)
