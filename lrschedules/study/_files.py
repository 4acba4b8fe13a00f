"""Files: JSON that anything can read, written whole or not at all, and known to be undamaged."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any


def write(path: Path, kind: str, content: dict[str, Any]) -> None:
    """Write a file of a kind, so that at every moment there is the old one or the new one.

    Parameters
    ----------
    path : Path
        Where.
    kind : str
        What it is and in which version, for example ``"lrschedules run 1"``.
    content : dict
        What JSON can hold, and numbers that are not finite, which become texts.

    Raises
    ------
    OSError
        If it cannot be written; what was there before is there still.
    """
    content = {"format": kind, **_strict(content)}
    text = json.dumps({**content, "checksum": _checksum(content)}, indent=1, allow_nan=False)
    handle, temporary = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def read(path: Path, kind: str) -> dict[str, Any]:
    """Return the content of a file of a kind; numbers that are not finite are texts in it.

    Raises
    ------
    ValueError
        If it is damaged, or of another kind or version.
    """
    try:
        content = json.loads(path.read_text("utf-8"))
        found = content.pop("format")
        checksum = content.pop("checksum")
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise ValueError(f"{path} is damaged, or no file of lrschedules ({error!r})") from None
    if found != kind:
        raise ValueError(
            f"{path} is of the format {found!r}, and not {kind!r}: it was written by another "
            "version of lrschedules, or is something else"
        )
    if checksum != _checksum({"format": found, **content}):
        raise ValueError(f"{path} is damaged: its checksum does not fit")
    return content


def _checksum(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _strict(value: Any) -> Any:
    """Return a value as JSON knows it: tuples as lists, numbers that are not finite as texts."""
    if isinstance(value, dict):
        return {str(key): _strict(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_strict(item) for item in value]
    if isinstance(value, float) and not -float("inf") < value < float("inf"):
        return str(value)
    return value
