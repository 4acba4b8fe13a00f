"""Recipe: the check of a recipe's arguments, so that its body reads as its definition."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from lrschedules._param import Kind, Series, checked

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
