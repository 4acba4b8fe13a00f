"""Saved: the file of a comparison."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lrschedules._config import shown
from lrschedules.study import _file

if TYPE_CHECKING:
    from lrschedules.study._measured import Measured

FORMAT = "lrschedules comparison 1"


def write(path: Path, measured: Measured) -> None:
    """Write the fields of a comparison to a file.

    Raises
    ------
    OSError
        If it cannot be written; what was there is there still.
    """
    content = {
        # a list, because the first is the baseline and readers may sort an object
        "schedules": [{"name": k, "schedule": v} for k, v in measured.schedules.items()],
        "base_rates": measured.base_rates,
        "seeds": measured.seeds,
        "better": measured.better,
        "settings": measured.settings,
        "axes": measured.axes,
        "curves": {name: _file.listed(curve) for name, curve in measured.curves.items()},
    }
    _file.write(path, FORMAT, content)


def fields(path: Path, axes: Sequence[str]) -> dict[str, Any]:
    """Return the fields of a comparison from a file.

    Raises
    ------
    OSError
        If there is no such file.
    ValueError
        If the file is damaged, of another kind, or of a newer format.
    """
    content = _file.read(path, FORMAT)

    def field(name: str, kind: Any) -> Any:
        return _file.field(path, content, name, kind)

    schedules = field("schedules", list)
    names = [each.get("name") if isinstance(each, dict) else None for each in schedules]
    if not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
        raise ValueError(
            f"{str(path)!r} is damaged: its field 'schedules' must be a list of objects with a "
            f"different name each, got {shown(schedules)}"
        )
    if (found := field("axes", list)) != list(axes):
        raise ValueError(
            f"{str(path)!r} is damaged: its field 'axes' must be {list(axes)}, got {shown(found)}"
        )
    where = f"{str(path)!r} is damaged: its field 'curves'"
    curves = field("curves", dict)
    return {
        "schedules": {each["name"]: each.get("schedule") for each in schedules},
        "base_rates": field("base_rates", list),
        "seeds": field("seeds", list),
        "curves": {name: _file.array(f"{where}: {name!r}", of) for name, of in curves.items()},
        "better": field("better", dict),
        "settings": field("settings", dict),
    }
