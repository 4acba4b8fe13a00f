"""Recipe: a function whose annotations declare its arguments, as ``param`` does for a class.

The check of the arguments and the Parameters, Returns and Raises of the docstring follow from the
annotations, so that the body of a recipe reads as its definition.
"""

from __future__ import annotations

import functools
import inspect
import math
from collections.abc import Callable, Mapping
from typing import Annotated, Any, ParamSpec, TypeVar

from lrschedules import kinds
from lrschedules._config import shown
from lrschedules._declared import arguments, documented
from lrschedules._schedule import Shape

P = ParamSpec("P")
R = TypeVar("R")

# The arguments that several recipes share.
Start = Annotated[float, kinds.rate, "initial rate"]
Stop = Annotated[float, kinds.rate, "final rate"]
Peak = Annotated[float, kinds.rate, "highest rate"]
Low = Annotated[float, kinds.rate, "lowest rate"]
High = Annotated[float, kinds.rate, "highest rate, at least ``low``"]
Steps = Annotated[int, kinds.steps, "total number of steps"]
Warmup = Annotated[int, kinds.steps, "number of warmup steps"]
HalfCycle = Annotated[int, kinds.steps, "number of steps from ``low`` to ``high``, half a cycle"]
Bound = Annotated[int, kinds.steps, "maximum number of steps of any run, at least ``steps``"]
Up = Annotated[float, kinds.number(gt=0, lt=1), "fraction of the steps before the peak"]
Divide = Annotated[float, kinds.number(ge=1, example=25), "ratio of ``peak`` to the initial rate"]
FinalDivide = Annotated[float, kinds.ratio, "ratio of the initial rate to the final rate"]
Curve = Annotated[Shape, kinds.a_shape, "ramp shape, for example ``Linear``"]


def recipe(returns: str, kind: str = "Schedule") -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Return a decorator that checks, converts and documents the arguments of a recipe.

    The recipe returns a schedule, or what ``kind`` says. An error names the recipe and the
    argument, as the caller wrote them.
    """

    def decorated(function: Callable[P, R]) -> Callable[P, R]:
        name, signature = function.__name__, inspect.signature(function)
        declared = arguments(function)

        @functools.wraps(function)
        def checking(*args: P.args, **kwargs: P.kwargs) -> R:
            given = _bound(name, signature, args, kwargs)
            for p in declared:
                value = given.get(p.name, p.default)
                if value is not p.default:
                    given[p.name] = kinds.checked(f"{name}: {p.name}", p.kind, value)
            call: Any = function
            try:
                return call(**given)
            except (TypeError, ValueError, ArithmeticError) as error:
                if str(error).startswith(f"{name}: "):
                    raise
                raise ValueError(_together(name, given, error)) from error

        made: Any = checking
        made.__doc__ = documented(function, declared, returns, kind)
        # help() shows the type of an argument, not the name of its declaration.
        plain = [signature.parameters[p.name].replace(annotation=p.type) for p in declared]
        made.__signature__ = signature.replace(parameters=plain)
        return made

    return decorated


def _bound(
    name: str, signature: inspect.Signature, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the arguments by name, or an error that says how to write the call."""
    known = signature.parameters
    texts = (p if known[p].kind != known[p].KEYWORD_ONLY else f"{p}=..." for p in known)
    remedy = f"write {name}({', '.join(texts)})"
    for unknown in (p for p in kwargs if p not in known):
        got = shown(kwargs[unknown])
        raise TypeError(f"{name} has no parameter {unknown!r} (got {got}); {remedy}")
    try:
        return signature.bind(*args, **kwargs).arguments
    except TypeError as error:
        raise TypeError(f"{name}: {error}; {remedy}") from None


def _together(name: str, given: Mapping[str, Any], error: Exception) -> str:
    """Return what is wrong with arguments that are valid one by one."""
    overflow = isinstance(error, ArithmeticError)
    why = "a number computed from them is too large" if overflow else error
    values = ", ".join(f"{p}={shown(value)}" for p, value in given.items())
    return f"{name}: these arguments do not define a schedule: {why}; got {values}"


def whole_steps(where: str, fraction: float, steps: int, less: int = 0) -> int:
    """Return a fraction of ``steps``, rounded down to whole steps, minus ``less``; at least one.

    0.29 times 100 is slightly below 29 in floating point; it counts as 29.
    """
    number = math.floor(round(fraction * steps, 6)) - less
    if not 0 < number < steps - less:
        raise ValueError(
            f"{where} must cover at least {less + 1} of steps={steps!r} and leave one, "
            f"got {fraction!r}; write for example steps={kinds.steps.example!r}"
        )
    return number
