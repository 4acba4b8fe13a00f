"""A comparison as one JSON file: readable without this package, exact, written at one stroke."""

from __future__ import annotations

import json
import math
import os
import secrets
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

FORMAT, VERSION = "lrschedules comparison", 1


def write(path: str | os.PathLike[str], content: dict[str, Any]) -> None:
    """Write under a temporary name in the same folder, and rename: no reader sees half a file."""
    path = Path(path)
    whole = {"format": f"{FORMAT} {VERSION}", **content}
    lines = [f"{json.dumps(k)}: {json.dumps(v, allow_nan=False)}" for k, v in whole.items()]
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        with part.open("x", encoding="utf-8") as file:
            file.write("{\n" + ",\n".join(lines) + "\n}\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def read(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Return what was written, or raise an error that says what is wrong with the file."""
    try:
        content: Any = json.loads(Path(path).read_text("utf-8"), parse_constant=_not_json)
    except ValueError as error:
        raise ValueError(
            f"Comparison.load: {os.fspath(path)!r} is damaged or not a JSON file ({error}); load "
            "a file that Comparison.save wrote"
        ) from error
    kind = content.get("format") if isinstance(content, dict) else None  # pyright: ignore[reportUnknownVariableType]
    name, _, version = str(kind).rpartition(" ")
    if name != FORMAT or not version.isdecimal():
        raise ValueError(
            f"Comparison.load: {os.fspath(path)!r} was not written by Comparison.save: its format "
            f"must be '{FORMAT} {VERSION}', got {kind!r}"
        )
    if int(version) != VERSION:
        raise ValueError(
            f"Comparison.load: {os.fspath(path)!r} has the format {kind!r}, which a newer "
            f"lrschedules wrote; this one reads '{FORMAT} {VERSION}': upgrade it"
        )
    return content


def _not_json(token: str) -> NoReturn:
    raise ValueError(f"{token} is not JSON")


def listed(values: NDArray[np.float64]) -> Any:
    """Return nested lists of numbers; what JSON has no numbers for as ``"NaN"``, ``"Infinity"``."""
    if values.ndim:
        return [listed(part) for part in values]
    value = float(values)
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def array(nested: Any) -> NDArray[np.float64]:
    """Return the array that was listed."""
    return np.array(nested, object).astype(np.float64)
