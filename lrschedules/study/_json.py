"""JSON files: exact, readable by other programs, written atomically, and checked for damage."""

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


def write(path: str | os.PathLike[str], form: str, content: dict[str, Any]) -> None:
    """Write a file atomically: under a temporary name in the same folder, which is then renamed.

    Parameters
    ----------
    path : path
        File to write.
    form : str
        Kind of the content and its version, such as ``"lrschedules run 1"``.
    content : dict
        Anything that JSON can hold.

    Raises
    ------
    OSError
        If the file cannot be written. An older file is then unchanged.
    """
    path = Path(path)
    whole = {"format": form, **content}
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


def read(path: str | os.PathLike[str], form: str, *older: str) -> dict[str, Any]:
    """Return what was written, the format under ``"format"``.

    Parameters
    ----------
    path : path
        File to read.
    form : str
        Newest format of this kind of file.
    older : str
        Other formats that the caller can read.

    Raises
    ------
    ValueError
        If the file is damaged, of another kind, or of a newer version.
    """
    name = os.fspath(path)
    try:
        content: Any = json.loads(Path(path).read_text("utf-8"), parse_constant=_not_json)
        checksum = _checksum(content)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{name!r} is damaged or not a JSON file ({error})") from error
    found = content.get("format") if isinstance(content, dict) else None  # pyright: ignore[reportUnknownVariableType]
    if found not in (form, *older):
        if _is_newer(str(found), form):
            raise ValueError(
                f"{name!r} has the format {found!r}, which a newer lrschedules wrote; this one "
                f"reads {form!r}: upgrade it"
            )
        raise ValueError(f"{name!r} is something else: its format must be {form!r}, got {found!r}")
    if content.pop("checksum", None) != checksum:
        raise ValueError(f"{name!r} is damaged: its checksum does not fit")
    return content


def _is_newer(found: str, form: str) -> bool:
    """Say whether a format is a later version of another one."""
    (kind, _, version), (own_kind, _, own) = found.rpartition(" "), form.rpartition(" ")
    # not int(), which refuses a text of very many digits
    later = (len(version), version) > (len(own), own)
    return kind == own_kind and version.isdecimal() and later


def field(path: str | os.PathLike[str], content: dict[str, Any], name: str, kind: Any) -> Any:
    """Return a field of what was read.

    Parameters
    ----------
    path : path
        File that the content was read from.
    content : dict
        Content of the file.
    name : str
        Name of the field.
    kind : type
        Type of the field: ``dict`` or ``list``.

    Raises
    ------
    ValueError
        If there is no such field, or it has another type.
    """
    value = content.get(name)
    if not isinstance(value, kind):
        what = {dict: "an object", list: "a list"}[kind]
        raise ValueError(  # noqa: TRY004 - the content of the file is wrong
            f"{os.fspath(path)!r} is damaged: its field {name!r} must be {what} of JSON, got "
            f"{shown(value)}"
        )
    return value


def _checksum(content: Any) -> str:
    """Return the checksum of a file's content, computed without the checksum that it holds."""
    if isinstance(content, dict):
        content = {key: value for key, value in content.items() if key != "checksum"}  # pyright: ignore[reportUnknownVariableType]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _not_json(token: str) -> NoReturn:
    raise ValueError(f"{token} is not JSON")


def listed(values: Any) -> Any:
    """Return an array as nested lists, with texts for NaN and infinity, which JSON cannot hold."""
    values = np.asarray(values, np.float64)
    if values.ndim:
        return [listed(row) for row in values]
    value = float(values)
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def array(where: str, nested: Any) -> NDArray[np.float64]:
    """Return the array that ``listed`` made nested lists of.

    Raises
    ------
    ValueError
        If the lists hold anything but numbers and the texts of ``listed``, or differ in length.
    """
    values = np.array(nested, object)
    for value in values.flat:
        # bool is a subclass of int, but was never written as a number
        if type(value) not in {int, float} and value not in NOT_FINITE:
            raise ValueError(
                f"{where} must hold numbers in lists of one length, got {shown(value)}"
            )
    try:
        return values.astype(np.float64)
    except OverflowError:
        raise ValueError(f"{where} must hold numbers, got one that is too large") from None
