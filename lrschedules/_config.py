"""Configurations: the checks that each must pass before it is read, whoever wrote it."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping
from typing import Any

# How deep schedules may be nested, and how many of them one call may evaluate. Keras, pickle and
# the compilers recurse into a composition, and could not save or trace a deeper one.
DEEPEST, MOST = 100, 10_000
# A schedule in a configuration is a dictionary with its name, and one with its parameters, some of
# which are lists.
LEVELS, CONTAINERS = 2 * DEEPEST + 1, 3 * MOST
# An error shows this many characters of a value.
SHOWN = 200


_containers = reprlib.Repr()
_containers.maxlevel, _containers.maxstring, _containers.maxother = 4, 60, 100
_containers.maxlist = _containers.maxtuple = _containers.maxdict = 10


def shown(value: object) -> str:
    """Return a value as an error shows it: its ``repr``, shortened if it is long."""
    # A list may hold another one many times; its full repr may not fit into memory.
    write = _containers.repr if isinstance(value, (dict, list, tuple)) else repr
    try:
        text = write(value)
    except Exception:  # noqa: BLE001 - the value may be of any class, and its repr raise anything
        return f"a value of type {type(value).__name__} that cannot be shown"
    if len(text) <= SHOWN:
        return text
    return f"{text[:SHOWN]}… ({len(text)} characters)"


def refuse_misshapen(where: str, config: Any) -> None:
    """Raise an error unless ``config`` is a dictionary of parameters that can be read.

    It is read level by level, so that a configuration that is nested without end, or holds itself,
    is refused at once.
    """
    if not isinstance(config, Mapping):
        raise TypeError(
            f"{where}: config must be a dict of parameters, got {shown(config)}; write what "
            "get_config() returns"
        )
    for name in config:
        if not isinstance(name, str):
            raise TypeError(f"{where}: the name of a parameter must be a str, got {shown(name)}")
    level: list[Any] = [config]
    containers = 0
    for _ in range(LEVELS):
        values = (value.values() if isinstance(value, Mapping) else value for value in level)
        level = [
            inner for value in values for inner in value if isinstance(inner, (dict, list, tuple))
        ]
        containers += len(level)
        if not level:
            return
        if containers > CONTAINERS:
            raise ValueError(
                f"{where}: config must hold at most {MOST} schedules, got more: {shown(config)}"
            )
    raise ValueError(
        f"{where}: config must hold schedules nested at most {DEEPEST} deep, and never itself, got "
        f"{shown(config)}"
    )
