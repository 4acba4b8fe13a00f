"""Comparison: the results of a study, their table, figures and file. It needs no Keras."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, get_args

import numpy as np
from numpy.typing import NDArray

from lrschedules import kinds
from lrschedules._arguments import a_mapping, a_path, each_once, one_line, one_of, require
from lrschedules._config import shown
from lrschedules.study import _figures, _json
from lrschedules.study._statistics import Direction, Row, Values, best, rows_of
from lrschedules.study._table import (
    Table,
    counted,
    differences_in_words,
    five_epochs,
    means_in_words,
    notes_of,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

FORMAT, FORMAT_1 = "lrschedules comparison 2", "lrschedules comparison 1"
# Format 1 had a field "better" with these values, in place of "direction".
BETTER_1 = {"lower": "minimize", "higher": "maximize"}

View = Literal["curves", "differences", "sensitivity"]
VIEW, DIRECTION = one_of(*get_args(View)), one_of(*get_args(Direction))
RATES = kinds.list_of(kinds.ratio, example=[1.0, 0.1])
# Other readers of JSON hold integers exactly up to 2**53.
SEEDS = kinds.list_of(kinds.whole(ge=0, le=2**53 - 1), example=[0, 1, 2])
LEVEL = kinds.number(gt=0, lt=1, example=0.95)
LOSSES = ("val_loss", "loss")


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """The results of a study: each metric for every schedule, base rate, seed and epoch.

    Runs with the same seed start from the same weights and see the same order of batches, so they
    are compared pair by pair. A run that diverged is NaN or infinite from that epoch on.

    ``result["val_loss"]`` is an array along ``result.axes``; ``result.coordinates`` are the values
    along each axis, as ``xarray.DataArray`` takes them. Printed, and in a notebook, a comparison
    shows its default table and a line of settings.

    Parameters
    ----------
    schedules : mapping of str to str
        ``repr`` of each schedule, or of each mapping of hyperparameters to schedules, by its name,
        in order; the first is the baseline.
    base_rates : sequence of float
        Factors that every schedule was multiplied by, each > 0; ``(1.0,)`` for none.
    seeds : sequence of int
        Seeds, each ≥ 0.
    curves : mapping of str to array
        Values by metric, float64 of shape (schedules, base rates, seeds, epochs), in units of the
        metric; ``"loss"`` or ``"val_loss"`` must be among them.
    direction : mapping of str to str
        ``"minimize"`` or ``"maximize"`` by metric, where that is known. Losses are minimized.
    settings : mapping of str to object
        Facts to show below the table, such as the batch size: anything that JSON can hold.

    Raises
    ------
    TypeError, ValueError
        If a field is empty, of the wrong type or shape, or names a metric that does not exist.

    Examples
    --------
    >>> import numpy as np
    >>> from lrschedules.study import Comparison
    >>> schedules = {"constant": "Constant(value=0.1)", "linear": "Linear(0.1, 0.0, 450)"}
    >>> losses = np.array([[0.52, 0.48, 0.55, 0.50], [0.43, 0.41, 0.45, 0.42]])
    >>> curves = {"loss": losses.reshape(2, 1, 4, 1)}
    >>> result = Comparison(schedules, (1.0,), (0, 1, 2, 3), curves, {}, {"engine": "loop"})
    >>> row = result.table().rows[1]
    >>> f"{row.difference:.3f}, from {row.low:.3f} to {row.high:.3f}, {row.verdict}"
    '-0.085, from -0.106 to -0.064, lower: better'
    """

    schedules: Mapping[str, str]
    base_rates: tuple[float, ...]
    seeds: tuple[int, ...]
    curves: Mapping[str, NDArray[np.float64]]
    direction: Mapping[str, Direction]
    settings: Mapping[str, Any]

    axes: ClassVar[tuple[str, ...]] = ("schedule", "base_rate", "seed", "epoch")

    # The fields -----------------------------------------------------------------------------------

    def __post_init__(self) -> None:
        schedules, curves, direction, settings = (
            dict(kinds.checked(f"Comparison: {name}", a_mapping, getattr(self, name)))
            for name in ("schedules", "curves", "direction", "settings")
        )
        curves = {name: _own(name, curve) for name, curve in curves.items()}
        losses = dict.fromkeys((name for name in LOSSES if name in curves), "minimize")
        fields = {
            "schedules": schedules,
            "base_rates": each_once("Comparison: base_rates", RATES, self.base_rates),
            "seeds": each_once("Comparison: seeds", SEEDS, self.seeds),
            "curves": curves,
            "direction": losses | direction,
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
        for name, direction in self.direction.items():
            if name not in self.curves:
                raise ValueError(f"Comparison: direction must name one of {names}, got {name!r}")
            kinds.checked(f"Comparison: direction[{name!r}]", DIRECTION, direction)

    def __getitem__(self, metric: str) -> NDArray[np.float64]:
        if not (isinstance(metric, str) and metric in self.curves):  # pyright: ignore[reportUnnecessaryIsInstance]
            names = ", ".join(map(repr, self.curves))
            raise ValueError(f"Comparison: metric must be one of {names}, got {shown(metric)}")
        return self.curves[metric]

    @property
    def coordinates(self) -> dict[str, list[Any]]:
        """Values along each axis, by its name; epochs are counted from 1."""
        epochs = next(iter(self.curves.values())).shape[-1]
        values = (self.schedules, self.base_rates, self.seeds, range(1, epochs + 1))
        return {axis: list(along) for axis, along in zip(self.axes, values, strict=True)}

    def frame(self) -> pd.DataFrame:
        """Return all values as one long pandas DataFrame.

        Returns
        -------
        pandas.DataFrame
            Columns ``schedule``, ``base_rate``, ``seed``, ``epoch`` and one for each metric; one
            row for each epoch of each run.
        """
        require("Comparison.frame", "pandas", extra="study")
        import pandas as pd

        axes = pd.MultiIndex.from_product(list(self.coordinates.values()), names=self.axes)
        curves = {name: curve.ravel() for name, curve in self.curves.items()}
        return pd.DataFrame(curves, index=axes).reset_index()

    # The file -------------------------------------------------------------------------------------

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the comparison to one JSON file, atomically.

        The numbers are exact. NaN and infinity, which JSON cannot hold, are the texts ``"NaN"``,
        ``"Infinity"`` and ``"-Infinity"``.

        Parameters
        ----------
        path : str or path
            File to write, in a folder that exists.

        Raises
        ------
        OSError
            If the file cannot be written. An older file is then unchanged.
        """
        file = kinds.checked("Comparison.save: path", a_path, path)
        _json.write(file, FORMAT, content_of(self))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read a file that ``save`` wrote, of this version or an older one. Keras is not needed.

        Parameters
        ----------
        path : str or path
            File to read.

        Returns
        -------
        Comparison
            The saved comparison, exact to the last digit.

        Raises
        ------
        OSError
            If there is no such file.
        ValueError
            If the file is damaged, of another kind, or of a newer format.
        """
        file: Path = kinds.checked("Comparison.load: path", a_path, path)
        remedy = "load a file as Comparison.save wrote it"
        try:
            fields = fields_of(file, _json.read(file, FORMAT, FORMAT_1))
        except ValueError as error:
            raise ValueError(f"Comparison.load: {error}; {remedy}") from error
        try:
            return cls(**fields)
        except (TypeError, ValueError) as error:
            raise ValueError(
                f"Comparison.load: {str(file)!r} is damaged: {error}; {remedy}"
            ) from error

    # The table ------------------------------------------------------------------------------------

    def __repr__(self) -> str:
        try:
            return repr(self._with_settings())
        except ModuleNotFoundError as error:
            # A package for the table is missing: the result is there, and says what to install.
            return f"<Comparison: {self._size()}; {error}>"

    def _repr_html_(self) -> str | None:
        try:
            return self._with_settings()._repr_html_()  # pyright: ignore[reportPrivateUsage]
        except ModuleNotFoundError:
            return None  # a notebook shows the text instead

    def markdown(self) -> str:
        """Return the default table and a line of settings in Markdown.

        Returns
        -------
        str
            Pipe table between paragraphs.
        """
        return self._with_settings().markdown()

    def table(
        self, metric: str | None = None, epoch: int | None = None, level: float = 0.95
    ) -> Table:
        """Return mean and spread of each schedule, and its difference from the baseline.

        The intervals are Student's :cite:p:`student1908` for the mean of the differences that are
        paired by seed. By Bonferroni's inequality :cite:p:`dunn1961`, all of them together hold at
        the given level. They assume that the differences are roughly normal, or the seeds many.
        They cover variation across seeds, not across datasets; :cite:t:`bouthillier2021` discuss
        the other sources of variation, and why pairs and spread are reported.

        Where an interval covers zero, no schedule is called better, and the table gives the
        approximate number of seeds that would make a true difference of that size significant
        (80 % power). Runs that are not finite are counted and left out; a schedule of which more
        runs diverged than of the baseline is never called better. With several base rates each
        schedule is shown at its own best one, which has the fewest runs that are not finite, then
        the best mean.

        Parameters
        ----------
        metric : str, optional
            Metric to compare; by default ``"val_loss"``, or ``"loss"`` where there is no
            ``"val_loss"``.
        epoch : int, optional
            Epoch after which to compare, counted from 1; by default the last one. The best epoch of
            each run, chosen afterwards, would be optimistic, and more so the noisier a schedule is.
        level : float
            Confidence level that all intervals together hold at, > 0 and < 1.

        Returns
        -------
        Table
            One row for each schedule, with the method below.

        Raises
        ------
        TypeError, ValueError
            If there is no such metric or epoch, if ``level`` is out of range, or if there are
            several base rates and ``direction`` does not name the metric.
        """
        require("Comparison.table", "scipy", extra="study")
        metric, epoch = self._checked(metric, epoch)
        level = kinds.checked("Comparison: level", LEVEL, level)
        picks = self._picks(metric, epoch)
        values = self[metric][range(len(picks)), picks, :, epoch - 1]
        direction = self.direction.get(metric)
        rates = [self.base_rates[pick] for pick in picks]
        rows = self._with_rates(rows_of(values, list(self.schedules), rates, level, direction))
        notes = notes_of(rows, level, len(self.base_rates), values, self.seeds)
        return Table(metric, epoch, level, direction, self.base_rates, rows, notes)

    def _with_rates(self, rows: Sequence[Row]) -> tuple[Row, ...]:
        """Return rows with the learning rates of matched schedules, if the settings hold them."""
        rates: Any = self.settings.get("rates")
        try:
            return tuple(
                dataclasses.replace(
                    row,
                    mean_rate=row.base_rate * rates[row.schedule]["mean"],
                    peak_rate=row.base_rate * rates[row.schedule]["peak"],
                )
                for row in rows
            )
        except (KeyError, TypeError):
            # Settings may hold anything, and those of other studies hold no rates.
            return tuple(rows)

    def _with_settings(self) -> Table:
        """Return the default table with the settings below it."""
        table = self.table()
        inside = {"epochs", "rates"}  # of the table, and of the size
        settings = [
            f"{name}: {value}" for name, value in self.settings.items() if name not in inside
        ]
        return dataclasses.replace(
            table, notes=(*table.notes, "; ".join([self._size(), *settings]) + ".")
        )

    def _size(self) -> str:
        """Return the length of each axis, in words."""
        along = self.coordinates
        return " x ".join(counted(len(along[axis]), axis.replace("_", " ")) for axis in self.axes)

    def _checked(self, metric: str | None, epoch: int | None) -> tuple[str, int]:
        """Return the metric and the epoch that are meant."""
        if metric is None:
            metric = next(loss for loss in LOSSES if loss in self.curves)
        last = self[metric].shape[-1]
        kind = kinds.whole(le=last, example=last)
        return metric, kinds.checked("Comparison: epoch", kind, last if epoch is None else epoch)

    def _picks(self, metric: str, epoch: int) -> list[int]:
        """Return the index of the best base rate of each schedule."""
        if len(self.base_rates) == 1:
            return [0] * len(self.schedules)
        direction = self.direction.get(metric)
        if direction is None:
            raise ValueError(
                "Comparison: with several base rates each schedule is shown at its best one, and "
                f"direction does not say what is best for {metric!r}; write "
                f"direction={{{metric!r}: 'maximize'}} or 'minimize'"
            )
        return [best(runs[..., epoch - 1], direction) for runs in self[metric]]

    # The figures ----------------------------------------------------------------------------------

    def plot(self, metric: str | None = None, ax: Axes | None = None) -> Axes:
        """Draw the mean curve of each schedule, with the interquartile range of its seeds.

        Parameters
        ----------
        metric : str, optional
            Metric to draw, as in ``table``. Each schedule is drawn at its best base rate, as there.
        ax : matplotlib.axes.Axes, optional
            Axes to draw on; by default those of a new figure.

        Returns
        -------
        matplotlib.axes.Axes
            The axes, labelled; x in epochs, y in units of the metric.
        """
        metric, values = self._runs(metric)
        return _figures.curves(values, metric, ax)

    def plot_differences(
        self,
        metric: str | None = None,
        epoch: int | None = None,
        level: float = 0.95,
        ax: Axes | None = None,
    ) -> Axes:
        """Draw the differences from the baseline with their intervals, and a line at zero.

        Parameters
        ----------
        metric : str, optional
            Metric to compare, as in ``table``.
        epoch : int, optional
            Epoch after which to compare, as in ``table``.
        level : float
            Confidence level, as in ``table``.
        ax : matplotlib.axes.Axes, optional
            Axes to draw on; by default those of a new figure.

        Returns
        -------
        matplotlib.axes.Axes
            The axes, labelled; x in units of the metric, y the schedules.

        Raises
        ------
        TypeError, ValueError
            If an argument is one that ``table`` refuses, or if there is only one schedule.
        """
        self._several("schedules", "differences")
        return _figures.differences(self.table(metric, epoch, level), ax)

    def plot_sensitivity(
        self, metric: str | None = None, epoch: int | None = None, ax: Axes | None = None
    ) -> Axes:
        """Draw mean and interquartile range of the seeds against the base rate.

        The figure shows whether a schedule is better, or only better tuned.

        Parameters
        ----------
        metric : str, optional
            Metric to draw, as in ``table``.
        epoch : int, optional
            Epoch after which to compare, as in ``table``.
        ax : matplotlib.axes.Axes, optional
            Axes to draw on; by default those of a new figure.

        Returns
        -------
        matplotlib.axes.Axes
            The axes, labelled; x the base rates on a logarithmic scale, y in units of the metric.

        Raises
        ------
        TypeError, ValueError
            If there is no such metric or epoch, or only one base rate.
        """
        metric, epoch = self._checked(metric, epoch)
        values = self._by_base_rate(metric, epoch)
        return _figures.sensitivity(values, self.base_rates, metric, epoch, ax)

    def describe(
        self,
        metric: str | None = None,
        view: View = "curves",
        epoch: int | None = None,
        level: float = 0.95,
    ) -> str:
        """Return the text alternative of a figure: its content in words and numbers.

        Parameters
        ----------
        metric : str, optional
            Metric of the figure, as in ``table``.
        view : str
            Figure to describe: ``"curves"`` for ``plot``, ``"differences"`` for
            ``plot_differences``, ``"sensitivity"`` for ``plot_sensitivity``.
        epoch : int, optional
            Epoch after which to compare, as in ``table``; the curves have all epochs.
        level : float
            Confidence level of the differences, as in ``table``.

        Returns
        -------
        str
            One sentence. For a curve it gives five epochs, from the first to the last.

        Raises
        ------
        TypeError, ValueError
            If the view does not exist, or if an argument is one that the figure refuses.
        """
        kinds.checked("Comparison: view", VIEW, view)
        metric, epoch = self._checked(metric, epoch)
        level = kinds.checked("Comparison: level", LEVEL, level)
        if view == "differences":
            self._several("schedules", view)
            return differences_in_words(self.table(metric, epoch, level))
        if view == "sensitivity":
            values, at = self._by_base_rate(metric, epoch), self.base_rates
            return means_in_words(values, at, f"{metric} after epoch {epoch} by base rate")
        metric, values = self._runs(metric)
        return means_in_words(*five_epochs(values), f"{metric} by epoch")

    def _runs(self, metric: str | None) -> tuple[str, dict[str, Values]]:
        """Return runs of shape (seeds, epochs) by schedule, each at its best base rate."""
        metric, last = self._checked(metric, None)
        picks, several = self._picks(metric, last), len(self.base_rates) > 1
        return metric, {
            name + f", base rate {self.base_rates[pick]:g}" * several: runs[pick]
            for name, runs, pick in zip(self.schedules, self[metric], picks, strict=True)
        }

    def _by_base_rate(self, metric: str, epoch: int) -> dict[str, Values]:
        """Return runs of shape (seeds, base rates) by schedule."""
        self._several("base_rates", "sensitivity")
        runs = self[metric][..., epoch - 1].swapaxes(1, 2)
        return dict(zip(self.schedules, runs, strict=True))

    def _several(self, field: str, view: str) -> None:
        if len(getattr(self, field)) == 1:
            raise ValueError(
                f"Comparison: {field} must be at least two for {view}, got one; compare with more"
            )


def _own(name: Any, curve: Any) -> NDArray[np.float64]:
    """Return a read-only copy of a curve."""
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
    """Return the settings as JSON gives them back."""
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


def content_of(comparison: Comparison) -> dict[str, Any]:
    """Return what a file holds of a comparison."""
    return {
        # a list, because the first is the baseline and readers may sort an object
        "schedules": [{"name": k, "schedule": v} for k, v in comparison.schedules.items()],
        "base_rates": comparison.base_rates,
        "seeds": comparison.seeds,
        "direction": comparison.direction,
        "settings": comparison.settings,
        "axes": comparison.axes,
        "curves": {name: _json.listed(curve) for name, curve in comparison.curves.items()},
    }


def fields_of(path: Path, content: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a comparison from the content of a file.

    Raises
    ------
    ValueError
        If the content is not what ``content_of`` returns.
    """
    where = f"{str(path)!r} is damaged: its field"

    def field(name: str, kind: Any) -> Any:
        return _json.field(path, content, name, kind)

    schedules = field("schedules", list)
    names = [each.get("name") if isinstance(each, dict) else None for each in schedules]
    if not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
        raise ValueError(
            f"{where} 'schedules' must be a list of objects with a different name each, got "
            f"{shown(schedules)}"
        )
    if (found := field("axes", list)) != list(Comparison.axes):
        raise ValueError(f"{where} 'axes' must be {list(Comparison.axes)}, got {shown(found)}")
    if content.get("format") == FORMAT_1:
        better = field("better", dict)
        if wrong := [value for value in better.values() if value not in list(BETTER_1)]:
            raise ValueError(
                f"{where} 'better' must hold 'lower' or 'higher', got {shown(wrong[0])}"
            )
        direction = {name: BETTER_1[value] for name, value in better.items()}
    else:
        direction = field("direction", dict)
    curves = field("curves", dict)
    return {
        "schedules": {each["name"]: each.get("schedule") for each in schedules},
        "base_rates": field("base_rates", list),
        "seeds": field("seeds", list),
        "curves": {
            name: _json.array(f"{where} 'curves': {name!r}", of) for name, of in curves.items()
        },
        "direction": direction,
        "settings": field("settings", dict),
    }
