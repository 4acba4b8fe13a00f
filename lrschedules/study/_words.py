"""The pictures of a comparison in words and numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lrschedules.study._statistics import Values, band
from lrschedules.study._table import Table, difference_of, ends_of, percent


def differences_in_words(table: Table) -> str:
    """Return the differences of a table as a sentence, with intervals and verdicts."""
    baseline, *others = table.rows
    words = [
        f"{row.schedule}: {difference_of(row) or 'unknown'}"
        + f", {percent(table.level)} interval {' to '.join(ends_of(row))}" * (row.low <= row.high)
        + f" ({row.verdict})"
        for row in others
    ]
    return (
        f"Mean difference in {table.metric} from {baseline.schedule} after epoch {table.epoch}, "
        f"{counted(baseline.seeds, 'seed')}. {'; '.join(words)}."
    )


def means_in_words(values: Mapping[str, Values], at: Sequence[float], what: str) -> str:
    """Return as a sentence the means of values of shape (seeds, points) by name."""
    words = list[str]()
    for name, runs in values.items():
        means = [f"{mean:.4g} at {x:g}" for mean, x in zip(band(runs)[0], at, strict=True)]
        words.append(f"{name}: {', '.join(means)}".replace("nan at", "not finite at"))
    seeds = len(next(iter(values.values())))
    return f"Mean {what}, {counted(seeds, 'seed')}. {'; '.join(words)}."


def counted(number: int, thing: str) -> str:
    """Return a number of things in words: 1 seed, 2 seeds."""
    return f"{number} {thing}" + "s" * (number != 1)
