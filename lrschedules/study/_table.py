"""The table of a comparison: its rows, and their text, Markdown, HTML and pandas forms."""

from __future__ import annotations

import dataclasses
import html
import math
import textwrap
from typing import TYPE_CHECKING, Literal

from lrschedules._arguments import require
from lrschedules.study._statistics import MOST_SEEDS, Better

if TYPE_CHECKING:
    import pandas as pd

WRAP = 32


@dataclasses.dataclass(frozen=True)
class Row:
    """One schedule of a table; NaN where there is no such number.

    Attributes
    ----------
    schedule : str
        Its name.
    base_rate : float
        What it was multiplied by.
    mean, sd, median : float
        Over the finite runs, in units of the metric; the standard deviation with n - 1.
    seeds, not_finite : int
        The number of runs, and of those whose value is not finite.
    pairs : int
        The number of seeds for which both this and the baseline are finite.
    difference, low, high : float
        Mean difference from the baseline over the pairs, and the ends of its interval.
    seeds_needed : float
        Where it was not told apart: about how many seeds would do, were it the true difference;
        infinity for more than 1000.
    verdict : str
        What the interval allows to be said.
    """

    schedule: str
    base_rate: float
    mean: float
    sd: float
    median: float
    seeds: int
    not_finite: int
    pairs: int
    difference: float
    low: float
    high: float
    seeds_needed: float
    verdict: str


@dataclasses.dataclass(frozen=True, repr=False)
class Table:
    """One row per schedule, the baseline first; shown as text, and as HTML in notebooks.

    Attributes
    ----------
    metric : str
        What was measured.
    epoch : int
        After which epoch, counted from 1.
    level : float
        With which all intervals together hold.
    better : str or None
        ``"lower"`` or ``"higher"``, where that is known of the metric.
    base_rates : tuple of float
        Those of which each schedule stands at its best.
    rows : tuple of Row
        The numbers.
    notes : tuple of str
        Method, number of seeds and reservations, a sentence or two each.
    """

    metric: str
    epoch: int
    level: float
    better: Better | None
    base_rates: tuple[float, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]

    @property
    def caption(self) -> str:
        """What the table shows, in one line."""
        direction = f" ({self.better} is better)" if self.better else ""
        return f"{self.metric} after epoch {self.epoch}{direction}"

    def __repr__(self) -> str:
        columns = [
            dataclasses.replace(column, cells=[textwrap.fill(cell, WRAP) for cell in column.cells])
            for column in self._columns()
        ]
        body = _tabulate(columns, [column.heading for column in columns], "simple")
        width = max(72, *map(len, body.splitlines()))
        notes = [textwrap.fill(note, width) for note in self.notes]
        return "\n".join([self.caption, "", body, "", *notes])

    def markdown(self) -> str:
        """Return the table in Markdown, with its caption and notes as paragraphs.

        Returns
        -------
        str
            A pipe table, as GitHub and MyST read it.
        """
        columns = [
            dataclasses.replace(column, cells=[cell.replace("|", r"\|") for cell in column.cells])
            for column in self._columns()
        ]
        body = _tabulate(columns, [column.title for column in columns], "pipe")
        return "\n\n".join([f"**{self.caption}**", body, *self.notes])

    def frame(self) -> pd.DataFrame:
        """Return the rows as a table of pandas, not rounded.

        Returns
        -------
        pandas.DataFrame
            One row per schedule, one column per attribute of a row.
        """
        require("Table.frame", "pandas", extra="study")
        import pandas as pd

        return pd.DataFrame([dataclasses.asdict(row) for row in self.rows])

    def _repr_html_(self) -> str:
        first, *others = self._columns()
        head = "".join(c.html("th", c.title, ' scope="col"') for c in (first, *others))
        lines = [
            first.html("th", name, ' scope="row"')
            + "".join(column.html("td", column.cells[i]) for column in others)
            for i, name in enumerate(first.cells)
        ]
        body = "".join(f"<tr>{line}</tr>" for line in lines)
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in self.notes)
        return (
            f'<div class="lrschedules"><table><caption>{html.escape(self.caption)}</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{notes}</div>"
        )

    def _columns(self) -> list[_Column]:
        """Return the columns in which anything stands."""
        held = any(ends_of(row) for row in self.rows)
        difference = "difference" + f"\n[{percent(self.level)} interval]" * held
        several, lost = len(self.base_rates) > 1, any(row.not_finite for row in self.rows)
        columns = [
            _Column("schedule", "left", [row.schedule for row in self.rows]),
            _Column("base\nrate", "decimal", [f"{row.base_rate:g}" * several for row in self.rows]),
            _Column("mean", "decimal", [_own(row, row.mean) for row in self.rows]),
            _Column("sd", "decimal", [_own(row, row.sd) for row in self.rows]),
            _Column("median", "decimal", [_own(row, row.median) for row in self.rows]),
            _Column("seeds", "right", [f"{row.seeds}" for row in self.rows]),
            _Column("not\nfinite", "right", [f"{row.not_finite}" * lost for row in self.rows]),
            _Column(difference, "right", [_difference(row) for row in self.rows]),
            _Column("verdict", "left", [row.verdict for row in self.rows]),
            _Column("seeds\nneeded", "right", [_needed(row) for row in self.rows]),
        ]
        return [column for column in columns if any(column.cells)]


@dataclasses.dataclass(frozen=True)
class _Column:
    heading: str  # on two lines where that keeps the text narrow
    align: Literal["left", "right", "decimal"]
    cells: list[str]

    @property
    def title(self) -> str:
        return self.heading.replace("\n", " ")

    def html(self, tag: str, text: str, scope: str = "") -> str:
        side = "left" if self.align == "left" else "right"
        return f'<{tag}{scope} style="text-align:{side}">{html.escape(text)}</{tag}>'


def _tabulate(columns: list[_Column], headings: list[str], form: str) -> str:
    require("the text of a table", "tabulate", extra="study")
    from tabulate import tabulate

    return tabulate(
        list(zip(*(column.cells for column in columns), strict=True)),
        headings,
        tablefmt=form,
        disable_numparse=True,
        colalign=[column.align for column in columns],
    )


def percent(level: float) -> str:
    """Return a level as it is written: 95 %."""
    return f"{100 * level:.4g} %"


def number(value: float, uncertainty: float = math.nan, sign: str = "-") -> str:
    """Return a number with two digits of its uncertainty, or four of its own where it has none.

    In powers of ten only where it would be long otherwise; nothing for NaN.
    """
    if math.isnan(value):
        return ""
    own = math.floor(math.log10(abs(value))) if value else 0
    last = math.floor(math.log10(uncertainty)) - 1 if uncertainty > 0 else own - 3
    if last < -7 or own >= 7:
        return f"{value:{sign}.{max(0, own - last)}e}"
    return f"{value:{sign}.{max(0, -last)}f}"


def _own(row: Row, value: float) -> str:
    """Return a number of the schedule's own runs, to the standard error of their mean."""
    return number(value, row.sd / math.sqrt(row.seeds - row.not_finite or 1))


def difference_of(row: Row) -> str:
    """Return the difference with its sign, as exact as its interval, or the mean, is shown."""
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
