"""Kinds of arguments that are not numbers, and the error for everything else.

A kind is a function that returns a value as the caller needs it, or raises an error that begins
with "must be". ``checked("compare: engine", one_of("auto", "loop"), engine)`` puts the name of the
argument before the error.
"""

from __future__ import annotations

import dataclasses
import importlib.util
import inspect
import os
import re
import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lrschedules._config import shown
from lrschedules.kinds import ListOf, checked

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (8, 3)))


def one_of(*choices: str) -> Callable[[Any], str]:
    """Return the kind of an argument that is one of a few words."""

    def kind(value: Any) -> str:
        rule = f"must be one of {', '.join(map(repr, choices))}, got {shown(value)}"
        if not isinstance(value, str):
            raise TypeError(rule)
        if value not in choices:
            raise ValueError(rule)
        return value

    return kind


@dataclasses.dataclass(frozen=True)
class Text:
    """The kind of an argument that is a text with at least one character."""

    rule: str
    example: str

    def __call__(self, value: Any) -> str:
        wrong = f"must be {self.rule}, got {shown(value)}; write for example {self.example!r}"
        if not isinstance(value, str):
            raise TypeError(wrong)
        if not value:
            raise ValueError(wrong)
        return value


@dataclasses.dataclass(frozen=True)
class Function:
    """The kind of an argument that is a function of so many arguments, or of these keywords."""

    rule: str
    example: str
    arguments: int | tuple[str, ...]

    def __call__(self, value: Any) -> Any:
        if not (callable(value) and self._fits(value)):
            raise TypeError(
                f"must be {self.rule}, got {shown(value)}; write for example {self.example}"
            )
        return value

    def _fits(self, value: Callable[..., Any]) -> bool:
        try:
            signature = inspect.signature(value)
        except ValueError:  # some functions written in C have no signature
            return True
        given, names = (
            (self.arguments, ()) if isinstance(self.arguments, int) else (0, self.arguments)
        )
        try:
            signature.bind(*[None] * given, **dict.fromkeys(names))
        except TypeError:
            return False
        return True


def a_path(value: Any) -> Path:
    """Return a path that an operating system accepts, whether it exists or not."""
    if not isinstance(value, (str, os.PathLike)):
        raise TypeError(f"must be a path, got {shown(value)}; write for example 'folder/name'")
    try:
        name = os.fsencode(value)
    except UnicodeEncodeError:  # half of a surrogate pair
        name = b""
    if not name or b"\0" in name:
        raise ValueError(f"must be a path, got {shown(value)}; write for example 'folder/name'")
    return Path(os.fsdecode(name))


def a_mapping(value: Any) -> Mapping[Any, Any]:
    """Return a mapping."""
    if not isinstance(value, Mapping):
        raise TypeError(f"must be a mapping, got {shown(value)}; write for example {{'name': ...}}")
    return value  # pyright: ignore[reportUnknownVariableType]


def each_once(where: str, kind: ListOf, values: Any) -> tuple[Any, ...]:
    """Return the numbers of a list: at least one, all different."""
    if isinstance(values, Mapping):
        raise TypeError(f"{where} {kind.refusal(shown(values))}")
    found = checked(where, kind, values)
    if not found:
        raise ValueError(f"{where} must hold at least one number, got {shown(values)}")
    if len(set(found)) < len(found):
        raise ValueError(f"{where} must differ, got {shown(list(found))}; write each once")
    return found


def called(where: str, function: Callable[..., Any], *arguments: Any, **keywords: Any) -> Any:
    """Call a function of the user; name it in the error if it refuses its arguments."""
    try:
        return function(*arguments, **keywords)
    except (TypeError, ValueError) as error:
        by_name = [f"{name}={shown(value)}" for name, value in keywords.items()]
        given = ", ".join([*map(shown, arguments), *by_name])
        raise ValueError(f"{where}({given}) raised {one_line(error)}") from error


def axes_of(where: str, ax: Any, size: tuple[float, float]) -> Axes:
    """Return the axes of matplotlib to draw on: new axes of this size if none are given."""
    import matplotlib.pyplot as plt
    from matplotlib.axes import Axes

    if ax is None:
        return plt.figure(figsize=size, layout="constrained").add_subplot()
    if not isinstance(ax, Axes):
        raise TypeError(
            f"{where}: ax must be an axes of matplotlib, got {shown(ax)}; write for example "
            "plt.figure().add_subplot()"
        )
    return ax


def next_dash(ax: Axes) -> Any:
    """Return the line style of the next curve: with it, curves differ in more than their colour."""
    return DASHES[len(ax.lines) % len(DASHES)]


def describe_axes(ax: Axes, words: str) -> None:
    """Leave a description of all that has been drawn on the axes, for a text alternative.

    ``ax.lrs_description`` is a pair: the words, without the titles and the labels of the axes,
    which the user may change, and the number of lines that they describe.
    """
    described: Any = ax
    before, _ = getattr(ax, "lrs_description", ("", 0))
    described.lrs_description = ("; ".join(filter(None, [before, words])), len(ax.lines))


def require(where: str, *packages: str, extra: str | None = None) -> None:
    """Check that packages are installed; an extra of this package may install them.

    Raises
    ------
    ModuleNotFoundError
        If one is missing; the error says how to install it.
    """
    missing = [name for name in packages if importlib.util.find_spec(name) is None]
    if missing:
        names = " ".join(missing)
        brings = f", or install the extra keras-lrschedules[{extra}]" if extra else ""
        raise ModuleNotFoundError(
            f"{where} needs packages that are not installed: {names}; run python -m pip install "
            f"{names}{brings}",
            name=missing[0],
        )


def one_line(error: Exception) -> str:
    """Return an error on one line, without terminal colours, shortened if it is long."""
    text = " ".join(re.sub(r"\x1b\[[\d;]*m", "", str(error)).split())
    return f"{type(error).__name__}: {textwrap.shorten(text, 300, placeholder=' ...')}"
