"""The parameter groups of a PyTorch optimizer: which values they accept, and which they hold.

PyTorch is not imported: its tensors are recognised by their methods.
"""

from __future__ import annotations

import numbers
from typing import Any

from lrschedules._config import shown
from lrschedules._hyperparameters import fitting, value_at


def given_for(optimizer: Any, name: str, value: Any) -> Any:
    """Return the value of a hyperparameter, checked: for all groups, or a list for each."""
    groups = optimizer.param_groups
    for group in groups:
        usable = [key for key, now in group.items() if _is_number(now)]
        usable = [key for key in usable if key not in {"params", "initial_lr"}]
        if name not in usable:
            raise TypeError(
                f"Scheduler: {type(optimizer).__name__} has no number {name!r} in its parameter "
                f"groups; it has {', '.join(usable)}"
            )
    now, where = groups[0][name], f"Scheduler: {name}"
    if not isinstance(value, list):
        return _entry(where, name, value, now)
    entries = [_entry(f"{where}[{i}]", name, entry, now) for i, entry in enumerate(value)]
    return per_group(name, entries, groups)


def _is_number(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return any(map(_is_number, value))
    return not isinstance(value, bool) and (isinstance(value, numbers.Real) or is_tensor(value))


def _entry(where: str, name: str, value: Any, now: Any) -> Any:
    """Return the value for one parameter group, or for all; a group holds ``now``."""
    if not isinstance(now, (list, tuple)):
        if isinstance(value, tuple):
            raise TypeError(
                f"{where} must be a schedule or a number, got {shown(value)}; write a list to give "
                "one per parameter group"
            )
        return fitting(where, name, value)
    if not isinstance(value, tuple) or len(value) != len(now):
        example = ", ".join(["schedule", *(str(item) for item in now[1:])])
        raise (ValueError if isinstance(value, tuple) else TypeError)(
            f"{where} must be a tuple of {len(now)}, each a schedule or a number, got "
            f"{shown(value)}; write for example {name}=({example}), or a list with one tuple per "
            "parameter group"
        )
    return tuple(fitting(f"{where}[{i}]", name, item) for i, item in enumerate(value))


def per_group(name: str, given: Any, groups: list[Any], remedy: str = "") -> list[Any]:
    """Return what was given, or its values, as a list with one entry for each group."""
    if not isinstance(given, list):
        return [given] * len(groups)
    if len(given) != len(groups):
        raise ValueError(
            f"Scheduler: {name} is a list of {len(given)}, and the optimizer has {len(groups)} "
            f"parameter groups; write one entry per group, or one schedule for all groups{remedy}"
        )
    return given


def values_at(name: str, given: Any, step: int) -> Any:
    """Return the values at a step of what was given, in the same lists and tuples."""
    if isinstance(given, (list, tuple)):
        return type(given)(values_at(name, item, step) for item in given)
    return value_at(f"Scheduler: {name}", name, given, step)


def replaced(now: Any, value: Any, filled: dict[int, Any]) -> Any:
    """Return the new value of a group: the tensor that it holds, filled, or the value itself."""
    if isinstance(value, tuple):
        old = now or [None] * len(value)
        return tuple(replaced(o, v, filled) for o, v in zip(old, value, strict=True))
    if not is_tensor(now):
        return value
    if filled.setdefault(id(now), value) != value:
        now = now.clone()  # groups without a tensor of their own share that of the optimizer
    return now.fill_(value)


def copied(value: Any) -> Any:
    return value.clone() if is_tensor(value) else value


def is_tensor(value: Any) -> bool:
    return hasattr(value, "fill_")
