"""Recipe: the check of a recipe's arguments, so that its body reads as its definition."""

from __future__ import annotations

import functools
import inspect
import math
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from lrschedules._param import Kind, Series, checked, steps

P = ParamSpec("P")
R = TypeVar("R")


def recipe(**kinds: Kind | Series) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Return a decorator that checks and converts the arguments named, as a schedule does."""

    def decorated(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)

        @functools.wraps(function)
        def checking(*args: P.args, **kwargs: P.kwargs) -> R:
            given: dict[str, Any] = signature.bind(*args, **kwargs).arguments
            for name in kinds.keys() & given.keys():
                where = f"{function.__name__}: {name}"
                given[name] = checked(where, kinds[name], given[name])
            call: Any = function
            return call(**given)

        return checking

    return decorated


def whole_steps(name: str, part: float, of: int, less: int = 0) -> int:
    """Return a part of so many steps, rounded down to whole ones, ``less`` some; at least one.

    0.29 times 100 is a little below 29 in floating point, and means 29.
    """
    number = math.floor(round(part * of, 6)) - less
    if not 0 < number < of:
        raise ValueError(
            f"{name} must be at least {less + 1} of steps={of!r} and leave one, got {part!r}; "
            f"write for example steps={steps.example!r}"
        )
    return number
