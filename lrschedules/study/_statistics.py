"""Statistics of runs that differ in their seed: functions of arrays, and the verdicts on them."""

from __future__ import annotations

import dataclasses
import math
import warnings
from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Direction = Literal["minimize", "maximize"]
BETTER: dict[Direction, str] = {"minimize": "lower", "maximize": "higher"}
POWER = 0.8
MOST_SEEDS = 1000
# Keras reports float32: differences that vary by less than its rounding do not vary.
ROUNDING = 4 * float(np.finfo(np.float32).eps)


@dataclasses.dataclass(frozen=True)
class Row:
    """One schedule of a table; NaN where a number does not exist.

    Attributes
    ----------
    schedule : str
        Name of the schedule.
    base_rate : float
        Factor that the schedule was multiplied by.
    mean, sd, median : float
        Mean, standard deviation (with n - 1) and median of the finite runs, in units of the metric.
    seeds, not_finite : int
        Number of runs, and number of runs whose value is not finite.
    pairs : int
        Number of seeds for which both this schedule and the baseline are finite.
    difference, low, high : float
        Mean difference from the baseline over the pairs, and the ends of its interval.
    seeds_needed : float
        Where the difference is not significant: approximate number of seeds that would make a true
        difference of this size significant; infinity for more than 1000.
    verdict : str
        Conclusion that the interval supports.
    mean_rate, peak_rate : float
        Mean and largest learning rate of the runs, if the schedules were matched.
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
    mean_rate: float = math.nan
    peak_rate: float = math.nan


@dataclasses.dataclass(frozen=True)
class Summary:
    """Statistics of the finite values among some values, and the number of the others."""

    mean: float
    sd: float
    median: float
    not_finite: int


@dataclasses.dataclass(frozen=True)
class Difference:
    """Mean of paired differences with its interval; NaN where there is none."""

    pairs: int
    mean: float
    low: float
    high: float
    seeds_needed: float = math.nan
    equal: bool = False


def rows_of(
    values: Values,
    names: Sequence[str],
    rates: Sequence[float],
    level: float,
    direction: Direction | None,
) -> tuple[Row, ...]:
    """Return a row for each schedule, the baseline first.

    ``values`` has the shape (schedules, seeds); ``level`` is that of all intervals together.
    """
    each = each_level(level, len(names) - 1)
    summaries = [summary(runs) for runs in values]
    seeds, of_baseline = values.shape[1], summaries[0].not_finite
    rows = list[Row]()
    for i, own in enumerate(summaries):
        diverged = own.not_finite
        if i == 0:
            found = Difference(seeds - diverged, math.nan, math.nan, math.nan)
            words = "baseline" + diverged_words(diverged, seeds)
        else:
            found = difference(values[i], values[0], each)
            words = verdict(found, direction, seeds, diverged, of_baseline)
        rows.append(
            Row(
                schedule=names[i],
                base_rate=rates[i],
                mean=own.mean,
                sd=own.sd,
                median=own.median,
                seeds=seeds,
                not_finite=diverged,
                pairs=found.pairs,
                difference=found.mean,
                low=found.low,
                high=found.high,
                seeds_needed=found.seeds_needed,
                verdict=words,
            )
        )
    return tuple(rows)


def summary(values: Values) -> Summary:
    """Return mean, standard deviation (with n - 1) and median of the finite values."""
    finite = values[np.isfinite(values)]
    return Summary(
        mean=float(finite.mean()) if finite.size else math.nan,
        sd=float(finite.std(ddof=1)) if finite.size > 1 else math.nan,
        median=float(np.median(finite)) if finite.size else math.nan,
        not_finite=values.size - finite.size,
    )


def each_level(level: float, comparisons: int) -> float:
    """Return the level of each of several intervals that hold together with ``level``.

    Bonferroni's inequality: the chance that any of m fails is at most the sum of their chances.
    """
    return 1 - (1 - level) / max(1, comparisons)


def t_intervals(differences: Values, level: float) -> tuple[Values, Values]:
    """Return Student's t interval of the mean along the last axis, of one or more."""
    from scipy.stats import ttest_1samp

    interval = ttest_1samp(differences, 0, axis=-1).confidence_interval(level)
    return interval.low, interval.high


def difference(values: Values, baseline: Values, level: float) -> Difference:
    """Compare runs pair by pair, over the pairs of which both runs are finite."""
    both = np.isfinite(values) & np.isfinite(baseline)
    values, baseline = values[both], baseline[both]
    paired = values - baseline
    if paired.size == 0:
        return Difference(0, math.nan, math.nan, math.nan)
    mean = float(paired.mean())
    size = max(np.abs(values).max(), np.abs(baseline).max())
    if paired.size == 1 or np.ptp(paired) <= ROUNDING * size:
        return Difference(paired.size, mean, math.nan, math.nan, equal=not paired.any())
    low, high = map(float, t_intervals(paired, level))
    significant = low > 0 or high < 0
    needed = math.nan if significant else seeds_needed(mean, float(paired.std(ddof=1)), level)
    return Difference(paired.size, mean, low, high, needed)


def seeds_needed(mean: float, sd: float, level: float) -> float:
    """Return the approximate number of pairs that make a mean difference significant.

    Infinity stands for more than 1000. With known sd, the interval at ``level`` excludes zero with
    a chance of ``POWER`` once sqrt(n) * |mean| / sd reaches the sum of two normal quantiles. That
    sd is estimated costs about half the square of the first one more: W. C. Guenther, Sample size
    formulas for normal theory t tests, The American Statistician 35 (1981), 243-244.
    """
    from scipy.stats import norm

    outside = float(norm.isf((1 - level) / 2))
    together = outside + float(norm.isf(1 - POWER))
    if together * sd > math.sqrt(MOST_SEEDS) * abs(mean):
        return math.inf
    needed = math.ceil((together * sd / mean) ** 2 + outside**2 / 2)
    return needed if needed <= MOST_SEEDS else math.inf


def verdict(
    found: Difference, direction: Direction | None, seeds: int, diverged: int, of_baseline: int
) -> str:
    """Return the conclusion that an interval supports, and the number of runs that diverged.

    ``diverged`` counts the runs of the schedule that are not finite, ``of_baseline`` those of the
    baseline.
    """
    if found.pairs < 2:
        only = "one seed" if seeds == 1 else "one finite pair"
        words = f"{only} cannot tell" if found.pairs else "no finite pair"
    elif found.equal:
        words = "equal in every " + ("run" if found.pairs == seeds else "finite pair")
    elif math.isnan(found.low):
        words = "the same difference in every pair: no interval"
    elif found.low <= 0 <= found.high:
        words = "no significant difference"
    else:
        side = "lower" if found.high < 0 else "higher"
        words = side
        if direction is not None:
            # Do not call a schedule better if more of its runs diverged, nor worse if fewer did.
            won = side == BETTER[direction]
            fair = diverged <= of_baseline if won else diverged >= of_baseline
            words += (": better" if won else ": worse") if fair else " where finite"
    return words + diverged_words(diverged, seeds)


def diverged_words(diverged: int, seeds: int) -> str:
    """Return the end of a verdict: the number of runs that are not finite, if there are any."""
    return f"; {diverged} of {seeds} runs not finite" if diverged else ""


def order(values: Values, direction: Direction) -> list[int]:
    """Return the rows, of shape (rows, seeds), the best first.

    Fewer diverged runs are better, then a better mean, then an earlier row.
    """
    sign = 1 if direction == "minimize" else -1
    keys = list[tuple[int, float, int]]()
    for i, row in enumerate(values):
        finite = row[np.isfinite(row)]
        mean = sign * float(finite.mean()) if finite.size else math.inf
        keys.append((row.size - finite.size, mean, i))
    return [key[-1] for key in sorted(keys)]


def best(values: Values, direction: Direction) -> int:
    """Return the row, of shape (rows, seeds), with the fewest diverged runs, then the best mean."""
    return order(values, direction)[0]


def band(values: Values) -> tuple[Values, Values, Values]:
    """Return mean and both quartiles of the finite values along the first axis, or NaN."""
    finite = np.where(np.isfinite(values), values, np.nan)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Mean of empty slice|All-NaN slice", RuntimeWarning)
        low, high = np.nanquantile(finite, [0.25, 0.75], axis=0)
        return np.nanmean(finite, axis=0), low, high
