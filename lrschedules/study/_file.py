"""Files: JSON that anything can read, exact, written at one stroke, and known to be undamaged."""

from __future__ import annotations

import hashlib
import json
import math
import os
import secrets
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from lrschedules._config import shown

# JSON has no numbers for these.
NOT_FINITE = ("NaN", "Infinity", "-Infinity")


def write(path: str | os.PathLike[str], kind: str, content: dict[str, Any]) -> None:
    """Write under a temporary name in the same folder, and rename: no reader sees half a file.

    Parameters
    ----------
    path : path
        Where to.
    kind : str
        What it is, and in which version, such as ``"lrschedules run 1"``.
    content : dict
        What JSON can hold.

    Raises
    ------
    OSError
        If it cannot be written; what was there is there still.
    """
    path = Path(path)
    whole = {"format": kind, **content}
    whole["checksum"] = _checksum(whole)
    lines = [f"{json.dumps(k)}: {json.dumps(v, allow_nan=False)}" for k, v in whole.items()]
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with part.open("x", encoding="utf-8") as file:
            file.write("{\n" + ",\n".join(lines) + "\n}\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def read(path: str | os.PathLike[str], kind: str) -> dict[str, Any]:
    """Return what was written.

    Raises
    ------
    ValueError
        If the file is damaged, or of another kind or a newer version.
    """
    name, version = os.fspath(path), kind.rpartition(" ")[2]
    try:
        content: Any = json.loads(Path(path).read_text("utf-8"), parse_constant=_not_json)
        checksum = _checksum(content)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{name!r} is damaged or not a JSON file ({error})") from error
    found = content.get("format") if isinstance(content, dict) else None  # pyright: ignore[reportUnknownVariableType]
    same, _, of = str(found).rpartition(" ")
    if same != kind.rpartition(" ")[0] or not of.isdecimal():
        raise ValueError(f"{name!r} is something else: its format must be {kind!r}, got {found!r}")
    if of != version:
        raise ValueError(
            f"{name!r} has the format {found!r}, which a newer lrschedules wrote; this one reads "
            f"{kind!r}: upgrade it"
        )
    if content.pop("checksum", None) != checksum:
        raise ValueError(f"{name!r} is damaged: its checksum does not fit")
    del content["format"]
    return content


def field(path: str | os.PathLike[str], content: dict[str, Any], name: str, kind: Any) -> Any:
    """Return a field of what was read.

    Parameters
    ----------
    path : path
        Where the content was read.
    content : dict
        What was read.
    name : str
        The name of the field.
    kind : type
        What JSON has there: ``dict`` or ``list``.

    Raises
    ------
    ValueError
        If there is no such field, or it is of another type.
    """
    value = content.get(name)
    if not isinstance(value, kind):
        what = {dict: "an object", list: "a list"}[kind]
        raise ValueError(  # noqa: TRY004 - it is what the file holds that is wrong
            f"{os.fspath(path)!r} is damaged: its field {name!r} must be {what} of JSON, got "
            f"{shown(value)}"
        )
    return value


def _checksum(content: Any) -> str:
    """Return the checksum of a file's content, without the one that it holds."""
    if isinstance(content, dict):
        content = {key: value for key, value in content.items() if key != "checksum"}  # pyright: ignore[reportUnknownVariableType]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _not_json(token: str) -> NoReturn:
    raise ValueError(f"{token} is not JSON")


def listed(values: Any) -> Any:
    """Return nested lists of numbers; what JSON has no numbers for as ``"NaN"``, ``"Infinity"``."""
    values = np.asarray(values, np.float64)
    if values.ndim:
        return [listed(part) for part in values]
    value = float(values)
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def array(where: str, nested: Any) -> NDArray[np.float64]:
    """Return the array that was listed.

    Raises
    ------
    ValueError
        If it holds anything but numbers and the texts of ``listed``, or its lists differ in length.
    """
    values = np.array(nested, object)
    for value in values.flat:
        # bool is a subclass of int, and no number that was written
        if type(value) not in {int, float} and value not in NOT_FINITE:
            raise ValueError(
                f"{where} must hold numbers in lists of one length, got {shown(value)}"
            )
    try:
        return values.astype(np.float64)
    except OverflowError:
        raise ValueError(f"{where} must hold numbers, got one that is too large") from None
