"""Recipe: the check of a recipe's arguments, so that its body reads as its definition."""

from __future__ import annotations

import functools
import inspect
import math
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar

from lrschedules._config import shown
from lrschedules._param import Kind, Series, checked, steps
from lrschedules._schedule import ScheduleKind

P = ParamSpec("P")
R = TypeVar("R")


def recipe(**kinds: Kind | Series | ScheduleKind) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Return a decorator that checks and converts all arguments before the body computes.

    Every parameter has a kind, but for ``shape``, which the body checks with ``shaped``. An error
    names the recipe and the parameter, as the caller wrote them.
    """

    def decorated(function: Callable[P, R]) -> Callable[P, R]:
        name, signature = function.__name__, inspect.signature(function)

        @functools.wraps(function)
        def checking(*args: P.args, **kwargs: P.kwargs) -> R:
            given = _bound(name, signature, args, kwargs)
            for p, value in given.items():
                omitted = value is None and signature.parameters[p].default is None
                if p in kinds and not omitted:
                    given[p] = checked(f"{name}: {p}", kinds[p], value)
            call: Any = function
            try:
                return call(**given)
            except (TypeError, ValueError, ArithmeticError) as error:
                if str(error).startswith(f"{name}: "):
                    raise
                raise ValueError(_together(name, given, error)) from error

        return checking

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
    why = "a number that follows from them is too large" if overflow else error
    values = ", ".join(f"{p}={shown(value)}" for p, value in given.items())
    return f"{name}: these arguments give no schedule: {why}; got {values}"


def whole_steps(name: str, part: float, of: int, less: int = 0) -> int:
    """Return a part of so many steps, rounded down to whole ones, ``less`` some; at least one.

    0.29 times 100 is a little below 29 in floating point, and means 29.
    """
    number = math.floor(round(part * of, 6)) - less
    if not 0 < number < of - less:
        raise ValueError(
            f"{name} must be at least {less + 1} of steps={of!r} and leave one, got {part!r}; "
            f"write for example steps={steps.example!r}"
        )
    return number
