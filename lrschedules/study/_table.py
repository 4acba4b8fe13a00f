"""The table of a comparison as text, Markdown, HTML, pandas and in words, with its notes."""

from __future__ import annotations

import dataclasses
import html
import math
import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from lrschedules._arguments import require
from lrschedules.study._statistics import (
    BETTER,
    MOST_SEEDS,
    POWER,
    Direction,
    Row,
    Values,
    band,
    each_level,
)

if TYPE_CHECKING:
    import pandas as pd

# Notes list this many seeds.
MOST_NAMED = 10


@dataclasses.dataclass(frozen=True, repr=False)
class Table:
    """One row per schedule, the baseline first; displayed as text, and as HTML in notebooks.

    Attributes
    ----------
    metric : str
        Metric that is compared.
    epoch : int
        Epoch after which it was measured, counted from 1.
    level : float
        Confidence level that all intervals together hold at.
    direction : str or None
        ``"minimize"`` or ``"maximize"``; None where that is not known of the metric.
    base_rates : tuple of float
        Base rates of which each schedule has its best one.
    rows : tuple of Row
        Statistics of each schedule.
    notes : tuple of str
        Method, number of seeds and limitations, in a sentence or two each.
    """

    metric: str
    epoch: int
    level: float
    direction: Direction | None
    base_rates: tuple[float, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]

    @property
    def caption(self) -> str:
        """Title of the table, on one line."""
        return f"{self.metric} after epoch {self.epoch}{better_words(self.direction)}"

    def __repr__(self) -> str:
        return as_text(self.caption, self._columns(), self.notes)

    def markdown(self) -> str:
        """Return the table in Markdown, with its caption and its notes as paragraphs.

        Returns
        -------
        str
            Pipe table, as GitHub and MyST read it.
        """
        return as_markdown(self.caption, self._columns(), self.notes)

    def frame(self) -> pd.DataFrame:
        """Return the rows as a pandas DataFrame, not rounded.

        Returns
        -------
        pandas.DataFrame
            One row per schedule, one column per attribute of ``Row``.
        """
        require("Table.frame", "pandas", extra="study")
        import pandas as pd

        return pd.DataFrame([dataclasses.asdict(row) for row in self.rows])

    def _repr_html_(self) -> str:
        return as_html(self.caption, self._columns(), self.notes)

    def _columns(self) -> list[Column]:
        """Return the columns that are not empty."""
        held = any(ends_of(row) for row in self.rows)
        difference = "difference" + f"\n[{percent(self.level)} interval]" * held
        several = len(self.base_rates) > 1
        diverged = any(row.not_finite for row in self.rows)
        columns = [
            Column("schedule", "left", [row.schedule for row in self.rows]),
            Column("base\nrate", "decimal", [f"{row.base_rate:g}" * several for row in self.rows]),
            Column("mean\nrate", "decimal", [number(row.mean_rate) for row in self.rows]),
            Column("peak\nrate", "decimal", [number(row.peak_rate) for row in self.rows]),
            Column("mean", "decimal", [_own(row, row.mean) for row in self.rows]),
            Column("sd", "decimal", [_own(row, row.sd) for row in self.rows]),
            Column("median", "decimal", [_own(row, row.median) for row in self.rows]),
            Column("seeds", "right", [f"{row.seeds}" for row in self.rows]),
            Column("not\nfinite", "right", [f"{row.not_finite}" * diverged for row in self.rows]),
            Column(difference, "right", [_difference(row) for row in self.rows]),
            Column("verdict", "left", [row.verdict for row in self.rows], width=20),
            Column("seeds\nneeded", "right", [_needed(row) for row in self.rows]),
        ]
        return [column for column in columns if any(column.cells)]


@dataclasses.dataclass(frozen=True)
class Column:
    """A column of a table as it is displayed."""

    heading: str  # on two lines where that keeps the text narrow
    align: Literal["left", "right", "decimal"]
    cells: list[str]
    width: int = 32  # of the text, where longer cells are wrapped

    @property
    def title(self) -> str:
        return self.heading.replace("\n", " ")

    def html(self, tag: str, text: str, scope: str = "") -> str:
        side = "left" if self.align == "left" else "right"
        return f'<{tag}{scope} style="text-align:{side}">{html.escape(text)}</{tag}>'


def as_text(caption: str, columns: Sequence[Column], notes: Sequence[str]) -> str:
    """Return a table as plain text, its long cells and its notes on several lines."""
    columns = [
        dataclasses.replace(
            column, cells=[textwrap.fill(cell, column.width) for cell in column.cells]
        )
        for column in columns
    ]
    body = _tabulate(columns, [column.heading for column in columns], "simple")
    width = max(72, *map(len, body.splitlines()))
    wrapped = [textwrap.fill(note, width) for note in notes]
    return "\n".join([caption, "", body, "", *wrapped])


def as_markdown(caption: str, columns: Sequence[Column], notes: Sequence[str]) -> str:
    """Return a table in Markdown, with its caption and its notes as paragraphs."""
    columns = [
        dataclasses.replace(column, cells=[cell.replace("|", r"\|") for cell in column.cells])
        for column in columns
    ]
    body = _tabulate(columns, [column.title for column in columns], "pipe")
    return "\n\n".join([f"**{caption}**", body, *notes])


def as_html(caption: str, columns: Sequence[Column], notes: Sequence[str]) -> str:
    """Return a table in HTML, with its caption, headers for rows and columns, and its notes."""
    first, *others = columns
    head = "".join(c.html("th", c.title, ' scope="col"') for c in columns)
    lines = [
        first.html("th", name, ' scope="row"')
        + "".join(column.html("td", column.cells[i]) for column in others)
        for i, name in enumerate(first.cells)
    ]
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    paragraphs = "".join(f"<p>{html.escape(note)}</p>" for note in notes)
    return (
        f'<div class="lrschedules"><table><caption>{html.escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{paragraphs}</div>"
    )


def _tabulate(columns: Sequence[Column], headings: list[str], form: str) -> str:
    require("the text of a table", "tabulate", extra="study")
    from tabulate import tabulate

    return tabulate(
        list(zip(*(column.cells for column in columns), strict=True)),
        headings,
        tablefmt=form,
        disable_numparse=True,
        colalign=[column.align for column in columns],
    )


def notes_of(
    rows: Sequence[Row], level: float, base_rates: int, values: Values, seeds: Sequence[int]
) -> tuple[str, ...]:
    """Return the notes below a table; ``values`` are those of its rows, for each of the seeds."""
    number_of_seeds, comparisons = counted(len(seeds), "seed"), len(rows) - 1
    notes = [f"Mean, standard deviation (sd) and median over {number_of_seeds}."]
    if comparisons:
        paired = f"Differences from {rows[0].schedule}, paired by seed ({number_of_seeds})"
        if len(seeds) == 1:
            notes = [f"{paired}: one seed has no spread, so there is no interval."]
        elif comparisons == 1:
            notes = [f"{paired}, with Student's t interval at {percent(level)}."]
        else:
            each = percent(each_level(level, comparisons))
            together = f"all {comparisons} hold together at {percent(level)}"
            notes = [
                f"{paired}, with Student's t intervals: {together} (Bonferroni: each at {each})."
            ]
    if any(row.seeds_needed > 0 for row in rows):
        notes.append(
            "Seeds needed: approximate number of seeds that make a true difference of the measured "
            f"size significant with {percent(POWER)} power."
        )
    if base_rates > 1:
        notes.append(
            f"Base rate: each schedule's best of {base_rates}, chosen on the same seeds; so the "
            "means are optimistic, and the intervals do not account for the choice."
        )
    named = [
        f"{row.schedule}, {'seed' if len(gone) == 1 else 'seeds'} {_listed(gone)}"
        for row, runs in zip(rows, values, strict=True)
        if (gone := [seed for seed, run in zip(seeds, runs, strict=True) if not np.isfinite(run)])
    ]
    if named:
        notes.append(
            f"Not finite: {'; '.join(named)}. These runs are left out of mean, sd and median, and "
            "their pairs out of the differences."
        )
    return tuple(notes)


def _listed(seeds: Sequence[int]) -> str:
    more = ["..."] * (len(seeds) > MOST_NAMED)
    return ", ".join([*map(str, seeds[:MOST_NAMED]), *more])


def differences_in_words(table: Table) -> str:
    """Return the differences of a table as a sentence, with intervals and verdicts."""
    baseline = table.rows[0]
    return (
        f"Mean difference in {table.metric} from {baseline.schedule} after epoch {table.epoch}, "
        f"{counted(baseline.seeds, 'seed')}. {listed_differences(table)}."
    )


def listed_differences(table: Table) -> str:
    """Return the difference of each schedule, with its interval and its verdict."""
    return "; ".join(
        f"{row.schedule}: {difference_of(row) or 'unknown'}"
        + f", {percent(table.level)} interval {' to '.join(ends_of(row))}" * (row.low <= row.high)
        + f" ({row.verdict})"
        for row in table.rows[1:]
    )


def means_in_words(values: Mapping[str, Values], at: Sequence[float], what: str) -> str:
    """Return as a sentence the means of values of shape (seeds, points), by name."""
    seeds = len(next(iter(values.values())))
    return f"Mean {what}, {counted(seeds, 'seed')}. {listed_means(values, at)}."


def listed_means(values: Mapping[str, Values], at: Sequence[float]) -> str:
    """Return the means of values of shape (seeds, points), by name."""
    words = list[str]()
    for name, runs in values.items():
        means = [f"{mean:.4g} at {x:g}" for mean, x in zip(band(runs)[0], at, strict=True)]
        words.append(f"{name}: {', '.join(means)}".replace("nan at", "not finite at"))
    return "; ".join(words)


def five_epochs(values: Mapping[str, Values]) -> tuple[dict[str, Values], list[int]]:
    """Return values of shape (seeds, epochs) at five epochs, from the first to the last."""
    last = next(iter(values.values())).shape[1]
    epochs = sorted({1 + (last - 1) * i // 4 for i in range(5)})
    return {name: runs[:, [epoch - 1 for epoch in epochs]] for name, runs in values.items()}, epochs


def counted(number: int, thing: str) -> str:
    """Return a number of things in words: 1 seed, 2 seeds."""
    return f"{number} {thing}" + "s" * (number != 1)


def better_words(direction: Direction | None) -> str:
    """Return which values of a metric are better, in brackets, if that is known."""
    return f" ({BETTER[direction]} is better)" if direction else ""


def percent(level: float) -> str:
    """Return a level in percent: 95 %."""
    return f"{100 * level:.4g} %"


def number(value: float, uncertainty: float = math.nan, sign: str = "-") -> str:
    """Return a number with two digits of its uncertainty, or four of its own where it has none.

    A number that would be long otherwise has a power of ten; NaN gives an empty text.
    """
    if math.isnan(value):
        return ""
    own = math.floor(math.log10(abs(value))) if value else 0
    last = math.floor(math.log10(uncertainty)) - 1 if uncertainty > 0 else own - 3
    if last < -7 or own >= 7:
        return f"{value:{sign}.{max(0, own - last)}e}"
    return f"{value:{sign}.{max(0, -last)}f}"


def _own(row: Row, value: float) -> str:
    """Return a statistic of a schedule's runs, as exact as the standard error of their mean."""
    return number(value, row.sd / math.sqrt(row.seeds - row.not_finite or 1))


def difference_of(row: Row) -> str:
    """Return the difference with its sign, as exact as its interval or the mean is shown."""
    half = (row.high - row.low) / 2
    return number(row.difference, half if half > 0 else abs(row.mean) / 100, "+")


def ends_of(row: Row) -> list[str]:
    """Return the ends of the interval, if there is one."""
    half = (row.high - row.low) / 2
    return [number(end, half, "+") for end in (row.low, row.high) if half > 0]


def _difference(row: Row) -> str:
    ends = ends_of(row)
    return difference_of(row) + (f" [{', '.join(ends)}]" if ends else "")


def _needed(row: Row) -> str:
    if math.isnan(row.seeds_needed):
        return ""
    more = math.isinf(row.seeds_needed)
    return f"> {MOST_SEEDS}" if more else f"{row.seeds_needed:.0f}"
