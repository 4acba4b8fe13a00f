"""What a study has measured: checked when it is made, saved to a file and read back."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from lrschedules._arguments import a_mapping, a_path, each_once, one_line, one_of, require
from lrschedules._config import shown
from lrschedules._param import Kind, Series, checked, peak
from lrschedules.study import _saved
from lrschedules.study._statistics import Better

if TYPE_CHECKING:
    import pandas as pd

RATES = Series(peak, [1.0, 0.1])
# other readers of JSON hold whole numbers exactly up to here
SEEDS = Series(Kind("a whole number ≥ 0", "none", 7, below=2**53, whole=True), [0, 1, 2])
LOSSES = ("val_loss", "loss")
DIRECTION = one_of("lower", "higher")


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Measured:
    """The fields of a comparison, and what gives them back as they are."""

    schedules: Mapping[str, str]
    base_rates: tuple[float, ...]
    seeds: tuple[int, ...]
    curves: Mapping[str, NDArray[np.float64]]
    better: Mapping[str, Better]
    settings: Mapping[str, Any]

    axes: ClassVar[tuple[str, ...]] = ("schedule", "base_rate", "seed", "epoch")

    def __post_init__(self) -> None:
        schedules, curves, better, settings = (
            dict(checked(f"Comparison: {name}", a_mapping, getattr(self, name)))
            for name in ("schedules", "curves", "better", "settings")
        )
        curves = {name: _own(name, curve) for name, curve in curves.items()}
        losses = dict.fromkeys((name for name in LOSSES if name in curves), "lower")
        fields = {
            "schedules": schedules,
            "base_rates": each_once("Comparison: base_rates", RATES, self.base_rates),
            "seeds": each_once("Comparison: seeds", SEEDS, self.seeds),
            "curves": curves,
            "better": losses | better,
            "settings": _plain(settings),
        }
        for name, value in fields.items():
            object.__setattr__(self, name, value)
        self._check_axes()
        self._check_metrics()

    def _check_axes(self) -> None:
        if not (self.schedules and self.base_rates and self.seeds and self.curves):
            raise ValueError(
                "Comparison: schedules, base_rates, seeds and curves must hold at least one each, "
                f"got {len(self.schedules)}, {len(self.base_rates)}, {len(self.seeds)} and "
                f"{len(self.curves)}"
            )
        for name, text in self.schedules.items():
            if not (isinstance(name, str) and isinstance(text, str)):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise TypeError(
                    f"Comparison: schedules must be texts by name, got {name!r}: {text!r}; write "
                    "repr(schedule)"
                )
        first = next(iter(self.curves.values()))
        epochs = first.shape[-1] if first.ndim else 0
        shape = (len(self.schedules), len(self.base_rates), len(self.seeds), max(1, epochs))
        for name, curve in self.curves.items():
            if curve.shape != shape:
                raise ValueError(
                    f"Comparison: curves[{name!r}] must have the shape (schedules, base_rates, "
                    f"seeds, epochs), here {shape}, got {curve.shape}"
                )

    def _check_metrics(self) -> None:
        names = ", ".join(map(repr, self.curves))
        if not any(loss in self.curves for loss in LOSSES):
            raise ValueError(f"Comparison: curves must hold 'loss' or 'val_loss', got {names}")
        if taken := set(self.axes) & set(self.curves):
            raise ValueError(f"Comparison: curves: {taken.pop()!r} is an axis; rename the metric")
        for name, better in self.better.items():
            if name not in self.curves:
                raise ValueError(f"Comparison: better must name one of {names}, got {name!r}")
            checked(f"Comparison: better[{name!r}]", DIRECTION, better)

    def __getitem__(self, metric: str) -> NDArray[np.float64]:
        if not (isinstance(metric, str) and metric in self.curves):  # pyright: ignore[reportUnnecessaryIsInstance]
            names = ", ".join(map(repr, self.curves))
            raise ValueError(f"Comparison: metric must be one of {names}, got {shown(metric)}")
        return self.curves[metric]

    @property
    def coordinates(self) -> dict[str, list[Any]]:
        """The values along each axis, by its name; epochs are counted from 1."""
        epochs = next(iter(self.curves.values())).shape[-1]
        values = (self.schedules, self.base_rates, self.seeds, range(1, epochs + 1))
        return {axis: list(along) for axis, along in zip(self.axes, values, strict=True)}

    def frame(self) -> pd.DataFrame:
        """Return everything as one long table of pandas.

        Returns
        -------
        pandas.DataFrame
            Columns ``schedule``, ``base_rate``, ``seed``, ``epoch`` and one for each metric; a row
            for each epoch of each run.
        """
        require("Comparison.frame", "pandas", extra="study")
        import pandas as pd

        axes = pd.MultiIndex.from_product(list(self.coordinates.values()), names=self.axes)
        curves = {name: curve.ravel() for name, curve in self.curves.items()}
        return pd.DataFrame(curves, index=axes).reset_index()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write everything to one JSON file, which takes the place of an older one at one stroke.

        The numbers are exact. NaN and infinity, for which JSON has no numbers, are the texts
        ``"NaN"``, ``"Infinity"`` and ``"-Infinity"``.

        Parameters
        ----------
        path : str or path
            Where to; its folder must be there.

        Raises
        ------
        OSError
            If the file cannot be written; an older one is then as it was.
        """
        _saved.write(checked("Comparison.save: path", a_path, path), self)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read what ``save`` wrote.

        Parameters
        ----------
        path : str or path
            Where from.

        Returns
        -------
        Comparison
            As it was saved, to the last digit.

        Raises
        ------
        OSError
            If there is no such file.
        ValueError
            If the file is damaged, of another kind, or of a newer format.
        """
        file: Path = checked("Comparison.load: path", a_path, path)
        remedy = "load a file as Comparison.save wrote it"
        try:
            fields = _saved.fields(file, cls.axes)
        except ValueError as error:
            raise ValueError(f"Comparison.load: {error}; {remedy}") from error
        try:
            return cls(**fields)
        except (TypeError, ValueError) as error:
            raise ValueError(
                f"Comparison.load: {str(file)!r} is damaged: {error}; {remedy}"
            ) from error


def _own(name: Any, curve: Any) -> NDArray[np.float64]:
    """Return a copy that nobody changes."""
    where = f"Comparison: curves[{shown(name)}]"
    if not isinstance(name, str):
        raise TypeError(f"{where} must have a text for its name, got {name!r}; write 'loss'")
    try:
        values = np.asarray(curve)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{where} must hold numbers, got {one_line(error)}") from None
    if values.dtype.kind not in "iuf":
        raise TypeError(f"{where} must hold numbers, got {shown(curve)}; write an array of float64")
    values = np.array(values, np.float64)
    values.flags.writeable = False
    return values


def _plain(settings: dict[Any, Any]) -> dict[str, Any]:
    try:
        if unnamed := [name for name in settings if not isinstance(name, str)]:
            raise TypeError(f"the name {unnamed[0]!r} is not a text")  # noqa: TRY301
        return json.loads(json.dumps(settings, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(
            f"Comparison: settings must be what JSON can hold, got {shown(settings)}: "
            f"{error}; write texts and finite numbers"
        ) from None
