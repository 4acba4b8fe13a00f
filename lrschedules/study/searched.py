"""Search: the result of a search, with its text, its figure and its file. It needs no Keras."""

from __future__ import annotations

import dataclasses
import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from lrschedules import kinds
from lrschedules._arguments import a_path, axes_of, describe_axes
from lrschedules._declared import deserialized, serialized
from lrschedules._schedule import Schedule
from lrschedules.study import _figures, _json, _table
from lrschedules.study._race import Candidate, Dropped, Rung
from lrschedules.study._statistics import Direction, Row, Values, band
from lrschedules.study.comparison import Comparison, content_of, fields_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FORMAT = "lrschedules search 1"

# What has a name in a study: a schedule of the learning rate, or schedules by hyperparameter.
Entry = Schedule | Mapping[str, Schedule]
# Lowest and highest base rate of a grid.
Ends = tuple[float, float]


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Search:
    """The result of a search: a race of schedules and base rates, and the winner's confirmation.

    The race chooses the winner, so the winner's results in the race are optimistic. Only the
    confirmation says how much better it is: it compares the winner with the baseline at its own
    best base rate, on seeds that chose nothing. Printed, and in a notebook, a search shows its
    rungs and what the confirmation says.

    Parameters
    ----------
    schedules : mapping of str to Schedule or mapping
        Schedules of all candidates by name, those of families among them; the first is the
        baseline.
    rungs : sequence of Rung
        Rungs of the race, with ever more seeds and fewer candidates.
    widened : mapping of str to pair
        Lowest and highest base rate of a schedule before and after its grid was widened, by name.
    at_edge : sequence of str
        Names whose best base rate is still the lowest or the highest of its grid.
    confirmation : Comparison or None
        Baseline and winner on new seeds; None if the winner is the baseline's own schedule.
    metric : str
        Metric that chose.
    direction : str
        ``"minimize"`` or ``"maximize"``.
    settings : mapping of str to object
        Facts to show below the table, such as the number of runs.
    """

    schedules: Mapping[str, Entry]
    rungs: tuple[Rung, ...]
    widened: Mapping[str, tuple[Ends, Ends]]
    at_edge: tuple[str, ...]
    confirmation: Comparison | None
    metric: str
    direction: Direction
    settings: Mapping[str, Any]

    # What was found -------------------------------------------------------------------------------

    @property
    def winner_name(self) -> str:
        """Name of the winner's schedule: the best mean of the last rung."""
        return self.best.schedule

    @property
    def base_rate(self) -> float:
        """Base rate of the winner."""
        return self.best.base_rate

    @property
    def winner(self) -> Entry:
        """The winner as a schedule, or as schedules by hyperparameter, at its base rate."""
        return at_rate(self.schedules[self.winner_name], self.base_rate)

    @property
    def baseline_name(self) -> str:
        """Name of the baseline."""
        return next(iter(self.schedules))

    @property
    def baseline_rate(self) -> float:
        """Best base rate of the baseline, which the race has tuned as it tuned the others."""
        return self.tuned.base_rate

    @property
    def baseline(self) -> Entry:
        """The baseline at its best base rate."""
        return at_rate(self.schedules[self.baseline_name], self.baseline_rate)

    @property
    def supported(self) -> bool:
        """Whether the confirmation calls the winner better than the baseline."""
        if self.confirmation is None:
            return False
        baseline, winner = self._confirmed
        better = winner.high < 0 if self.direction == "minimize" else winner.low > 0
        return better and winner.not_finite <= baseline.not_finite

    @property
    def best(self) -> Candidate:
        """Best candidate of the last rung: the winner."""
        return self.rungs[-1].ranked(self.direction)[0]

    @property
    def tuned(self) -> Candidate:
        """Best candidate of the baseline in the last rung."""
        ranked = self.rungs[-1].ranked(self.direction)
        return next(each for each in ranked if each.name == self.baseline_name)

    @property
    def _confirmed(self) -> Sequence[Row]:
        """Return the rows of baseline and winner in the confirmation."""
        assert self.confirmation is not None  # noqa: S101
        return self.confirmation.table(self.metric).rows

    # The text -------------------------------------------------------------------------------------

    def __repr__(self) -> str:
        try:
            return _table.as_text(self._caption, self._columns(), self._notes())
        except ModuleNotFoundError as error:
            return f"<Search: {self.best}; {error}>"

    def _repr_html_(self) -> str | None:
        try:
            text = _table.as_html(self._caption, self._columns(), self._notes())
            # A notebook shows the confirmation as well.
            more = "" if self.confirmation is None else self.confirmation._repr_html_()  # pyright: ignore[reportPrivateUsage]
        except ModuleNotFoundError:
            return None
        return f"{text}{more}"

    def markdown(self) -> str:
        """Return the rungs and what the confirmation says in Markdown.

        Returns
        -------
        str
            Pipe table between paragraphs.
        """
        return _table.as_markdown(self._caption, self._columns(), self._notes())

    @property
    def _caption(self) -> str:
        names = {each.name for each in self.rungs[0].candidates}
        return (
            f"Search of {_table.counted(len(names), 'schedule')} by {self.metric}"
            + _table.better_words(self.direction)
        )

    def _columns(self) -> list[_table.Column]:
        def counts(reason: str) -> list[str]:
            found = (sum(each.reason == reason for each in rung.dropped) for rung in self.rungs)
            return [f"{number}" for number in found]

        best = [rung.ranked(self.direction)[0].schedule for rung in self.rungs]
        return [
            _table.Column("rung", "right", [f"{i}" for i in range(1, len(self.rungs) + 1)]),
            _table.Column("seeds", "right", [f"{len(rung.seeds)}" for rung in self.rungs]),
            _table.Column("candidates", "right", [f"{len(r.candidates)}" for r in self.rungs]),
            _table.Column("dropped:\ndiverged", "right", counts("diverged")),
            _table.Column("dropped by\ninterval", "right", counts("interval")),
            _table.Column("dropped by\nbudget", "right", counts("budget")),
            _table.Column("best", "left", best),
        ]

    def _notes(self) -> list[str]:
        winner, baseline = self.best, self.tuned
        first = self.rungs[0]
        dropped = (
            "A candidate is a schedule at a base rate. It is dropped if more of its runs diverged, "
            "if its interval says that it is worse than the best, or if the budget keeps only "
            "better means; the last reason says nothing about significance."
        )
        if self.confirmation is None:
            found = (
                f"Winner: {winner}. It is the baseline's own schedule: no schedule beat the "
                "baseline at its own best base rate, so there is nothing to confirm."
            )
        else:
            row = self._confirmed[1]
            ends = _table.ends_of(row)
            interval = f" [{', '.join(ends)}]" if ends else ""
            says = "supports" if self.supported else "does not support"
            found = (
                f"Winner: {winner}. The confirmation {says} it: on {row.seeds} seeds that chose "
                f"nothing, its difference in {self.metric} from {baseline}, is "
                f"{_table.difference_of(row) or 'unknown'}{interval} ({row.verdict})."
            )
        wider = [
            f"The best base rate of {name} was at the edge of its grid, which was widened from "
            f"{_ends(before)} to {_ends(after)}."
            for name, (before, after) in self.widened.items()
        ]
        edges = [
            f"The best base rate of {name} is at the edge of its grid: search with wider "
            "base_rates, or with more runs."
            for name in self.at_edge
        ]
        settings = [f"{name}: {value}" for name, value in self.settings.items()]
        seeds = _table.counted(len(first.seeds), "seed")
        size = f"{_table.counted(len(first.candidates), 'candidate')} x {seeds} at first"
        return [found, dropped, *wider, *edges, "; ".join([size, *settings]) + "."]

    # The figure -----------------------------------------------------------------------------------

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw each candidate against its base rate; larger markers have more seeds.

        Drawn is the mean difference from the winner over the candidate's seeds, because means over
        different seeds cannot be compared. The race chose the winner by these differences, so they
        are larger than those on new seeds. The vertical range is that of the candidates that reach
        the second half of the rungs; others may lie outside.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Axes to draw on; by default those of a new figure.

        Returns
        -------
        matplotlib.axes.Axes
            The axes, labelled; x the base rates on a logarithmic scale, y in units of the metric.
        """
        ax = axes_of("Search", ax, _figures.SIZE)
        drawn, best = self._drawn(), self.best
        seeds = [len(rung.seeds) for rung in self.rungs]
        joined = {each.name for each in self.rungs[0].candidates if each.schedule == each.name}
        _figures.race(drawn, joined, seeds, (best.name, best.base_rate), ax)
        near = [abs(mean) for mean in self._behind(len(self.rungs) // 2) if math.isfinite(mean)]
        if far := 1.5 * max(near):
            ends = (-far / 6, far)
            ax.set_ylim(ends if self.direction == "minimize" else (-far, far / 6))
        ax.set(
            xlabel="base rate",
            ylabel=f"difference in {self.metric} from the winner",
            title=f"Race with {', '.join(map(str, seeds[:-1]))} and {seeds[-1]} seeds",
        )
        describe_axes(ax, self.describe())
        return ax

    def describe(self) -> str:
        """Return the text alternative of the figure: its content in words and numbers.

        Returns
        -------
        str
            For each schedule the candidates that stayed longest, and their differences.
        """
        words = list[str]()
        for name, points in self._drawn().items():
            most = max(seeds for _, seeds, _ in points)
            last = [(rate, mean) for rate, seeds, mean in points if seeds == most]
            rates = ", ".join(f"{mean:+.4g} at base rate {rate:.3g}" for rate, mean in last)
            words.append(f"{name}, {_table.counted(most, 'seed')}: {rates}")
        text = "; ".join(words).replace("+nan at", "not finite at")
        what = f"Mean difference in {self.metric} from the winner, {self.best}, paired by seed"
        return f"{what}, for the candidates that stayed longest. {text}."

    def _drawn(self) -> dict[str, list[tuple[float, int, float]]]:
        """Return base rate, seeds and mean difference from the winner of candidates, by name."""
        last = dict[Candidate, tuple[int, float]]()
        for i, rung in enumerate(self.rungs):
            for candidate, mean in zip(rung.candidates, self._behind(i), strict=True):
                last[candidate] = len(rung.seeds), float(mean)
        found: dict[str, list[tuple[float, int, float]]] = {}
        for candidate in sorted(last, key=lambda each: each.base_rate):
            point = (candidate.base_rate, *last[candidate])
            found.setdefault(candidate.name, []).append(point)
        given = dict.fromkeys(each.name for each in self.rungs[0].candidates)
        return {name: found[name] for name in given}

    def _behind(self, i: int) -> Values:
        """Return the mean difference from the winner of each candidate of a rung, or NaN."""
        rung = self.rungs[i]
        winner = rung.values[rung.candidates.index(self.best)]
        with np.errstate(invalid="ignore"):  # infinity has no difference from itself
            return band((rung.values - winner).T)[0]

    # The file -------------------------------------------------------------------------------------

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the search to one JSON file, atomically.

        The numbers are exact, and the schedules are saved with their parameters.

        Parameters
        ----------
        path : str or path
            File to write, in a folder that exists.

        Raises
        ------
        OSError
            If the file cannot be written. An older file is then unchanged.
        """
        file = kinds.checked("Search.save: path", a_path, path)
        confirmation = self.confirmation and content_of(self.confirmation)
        content = {
            "schedules": [_named(name, entry) for name, entry in self.schedules.items()],
            "rungs": [_rung_content(rung) for rung in self.rungs],
            "widened": self.widened,
            "at_edge": self.at_edge,
            "confirmation": confirmation,
            "metric": self.metric,
            "direction": self.direction,
            "settings": self.settings,
        }
        _json.write(file, FORMAT, content)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read a file that ``save`` wrote. Keras is not needed.

        Parameters
        ----------
        path : str or path
            File to read.

        Returns
        -------
        Search
            The saved search, exact to the last digit.

        Raises
        ------
        OSError
            If there is no such file.
        ValueError
            If the file is damaged, of another kind, of a newer format, or holds a schedule of a
            class that has not been imported.
        """
        file: Path = kinds.checked("Search.load: path", a_path, path)
        try:
            content = _json.read(file, FORMAT)
        except ValueError as error:
            raise ValueError(
                f"Search.load: {error}; load a file as Search.save wrote it"
            ) from error
        try:
            return cls(**_fields(file, content))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ValueError(
                f"Search.load: {str(file)!r} cannot be read ({error}); load a file as Search.save "
                "wrote it, after the modules that define its schedules"
            ) from error


def at_rate(entry: Entry, base_rate: float) -> Entry:
    """Return an entry with its learning rate multiplied by a base rate."""
    if base_rate == 1:
        return entry
    if isinstance(entry, Schedule):
        return entry.scale(base_rate)
    return {**entry, "learning_rate": entry["learning_rate"].scale(base_rate)}


def _ends(ends: Ends) -> str:
    return f"{ends[0]:.3g} to {ends[1]:.3g}"


def _named(name: str, entry: Entry) -> dict[str, Any]:
    if isinstance(entry, Schedule):
        return {"name": name, "schedule": serialized(entry)}
    return {"name": name, "hyperparameters": {of: serialized(each) for of, each in entry.items()}}


def _rung_content(rung: Rung) -> dict[str, Any]:
    return {
        "candidates": [each._asdict() for each in rung.candidates],
        "seeds": rung.seeds,
        "values": _json.listed(rung.values),
        "dropped": [
            [each.candidate, each.reason, *_json.listed(each[2:])] for each in rung.dropped
        ],
        "spared": rung.spared,
    }


def _fields(path: Path, content: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a search from the content of its file."""
    schedules = {
        each["name"]: (
            deserialized("schedule", each["schedule"])
            if "schedule" in each
            else {of: deserialized(of, by) for of, by in each["hyperparameters"].items()}
        )
        for each in content["schedules"]
    }
    confirmation = content["confirmation"]
    return {
        "schedules": schedules,
        "rungs": tuple(_rung_of(each) for each in content["rungs"]),
        "widened": {
            name: (tuple(before), tuple(after))
            for name, (before, after) in content["widened"].items()
        },
        "at_edge": tuple(content["at_edge"]),
        "confirmation": confirmation and Comparison(**fields_of(path, confirmation)),
        "metric": content["metric"],
        "direction": content["direction"],
        "settings": content["settings"],
    }


def _rung_of(content: dict[str, Any]) -> Rung:
    return Rung(
        candidates=tuple(Candidate(**each) for each in content["candidates"]),
        seeds=tuple(content["seeds"]),
        values=_json.array("values", content["values"]),
        dropped=tuple(
            Dropped(candidate, reason, *_json.array("dropped", numbers).tolist())
            for candidate, reason, *numbers in content["dropped"]
        ),
        spared=tuple(content["spared"]),
    )
