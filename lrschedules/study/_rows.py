"""From the values of the runs to the rows of a table, and the notes that belong under it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from lrschedules.study._statistics import (
    POWER,
    Better,
    Difference,
    Values,
    difference,
    each_level,
    lost_words,
    summary,
    verdict,
)
from lrschedules.study._table import Row, percent
from lrschedules.study._words import counted

MOST_NAMED = 10


def rows_of(
    values: Values,
    names: Sequence[str],
    rates: Sequence[float],
    level: float,
    better: Better | None,
) -> tuple[Row, ...]:
    """Return a row for each schedule from values of shape (schedules, seeds), the baseline first.

    ``level`` is that of all intervals together.
    """
    each = each_level(level, len(names) - 1)
    summaries = [summary(runs) for runs in values]
    seeds, lost_by_baseline = values.shape[1], summaries[0].not_finite
    rows = list[Row]()
    for i, own in enumerate(summaries):
        lost = own.not_finite
        if i == 0:
            found = Difference(seeds - lost, math.nan, math.nan, math.nan)
            words = "baseline" + lost_words(lost, seeds)
        else:
            found = difference(values[i], values[0], each)
            words = verdict(found, better, seeds, lost, lost_by_baseline)
        rows.append(
            Row(
                schedule=names[i],
                base_rate=rates[i],
                mean=own.mean,
                sd=own.sd,
                median=own.median,
                seeds=seeds,
                not_finite=lost,
                pairs=found.pairs,
                difference=found.mean,
                low=found.low,
                high=found.high,
                seeds_needed=found.seeds_needed,
                verdict=words,
            )
        )
    return tuple(rows)


def notes_of(
    rows: Sequence[Row], level: float, base_rates: int, lost: Sequence[Sequence[int]]
) -> tuple[str, ...]:
    """Return what has to be said under a table; ``lost`` are each schedule's seeds not finite."""
    seeds, comparisons = rows[0].seeds, len(rows) - 1
    notes = [f"Mean, standard deviation (sd) and median over {counted(seeds, 'seed')}."]
    if comparisons:
        paired = f"Differences from {rows[0].schedule}, paired by seed ({counted(seeds, 'seed')})"
        if seeds == 1:
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
            "Seeds needed: about how many would tell the difference from zero with "
            f"{percent(POWER)} power, were it as large as it was seen here."
        )
    if base_rates > 1:
        notes.append(
            f"Base rate: each schedule's best of {base_rates}, chosen on the same seeds; so the "
            "means are optimistic, and the intervals leave the choice out."
        )
    if any(lost):
        named = "; ".join(
            f"{row.schedule}, {'seed' if len(gone) == 1 else 'seeds'} {_listed(gone)}"
            for row, gone in zip(rows, lost, strict=True)
            if gone
        )
        notes.append(
            f"Not finite: {named}. They are left out of mean, sd and median, and with their "
            "partners out of the differences."
        )
    return tuple(notes)


def lost(values: Values, seeds: Sequence[int]) -> list[list[int]]:
    """Return for each row of values the seeds whose runs are not finite."""
    gone = ~np.isfinite(values)
    return [[seed for seed, bad in zip(seeds, row, strict=True) if bad] for row in gone]


def _listed(seeds: Sequence[int]) -> str:
    more = ["..."] * (len(seeds) > MOST_NAMED)
    return ", ".join([*map(str, seeds[:MOST_NAMED]), *more])
