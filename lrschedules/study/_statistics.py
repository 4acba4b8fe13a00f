"""Statistics of runs that differ in their seed: functions of arrays, and the words for them."""

from __future__ import annotations

import dataclasses
import math
import warnings
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Better = Literal["lower", "higher"]
POWER = 0.8
MOST_SEEDS = 1000
# Keras reports float32: differences that vary by less than its rounding do not vary.
ROUNDING = 4 * float(np.finfo(np.float32).eps)


@dataclasses.dataclass(frozen=True)
class Summary:
    """What the finite values among some say, and how many were not finite."""

    mean: float
    sd: float
    median: float
    not_finite: int


@dataclasses.dataclass(frozen=True)
class Difference:
    """The mean of paired differences with its interval; NaN where there is none."""

    pairs: int
    mean: float
    low: float
    high: float
    seeds_needed: float = math.nan
    equal: bool = False


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
    """Compare runs pair by pair, over the pairs of which both are finite."""
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
    told_apart = low > 0 or high < 0
    needed = math.nan if told_apart else seeds_needed(mean, float(paired.std(ddof=1)), level)
    return Difference(paired.size, mean, low, high, needed)


def seeds_needed(mean: float, sd: float, level: float) -> float:
    """Return about how many pairs tell a mean difference from zero; infinity above 1000.

    With known sd, the interval at ``level`` excludes zero with a chance of ``POWER`` once
    sqrt(n) * |mean| / sd reaches the sum of two normal quantiles. That sd is estimated costs about
    half the square of the first one more: W. C. Guenther, Sample size formulas for normal theory
    t tests, The American Statistician 35 (1981), 243-244.
    """
    from scipy.stats import norm

    outside = float(norm.isf((1 - level) / 2))
    together = outside + float(norm.isf(1 - POWER))
    if together * sd > math.sqrt(MOST_SEEDS) * abs(mean):
        return math.inf
    needed = math.ceil((together * sd / mean) ** 2 + outside**2 / 2)
    return needed if needed <= MOST_SEEDS else math.inf


def verdict(
    found: Difference, better: Better | None, seeds: int, lost: int, lost_by_baseline: int
) -> str:
    """Say what an interval allows to be said, and how many runs were lost (not finite)."""
    if found.pairs < 2:
        only = "one seed" if seeds == 1 else "one finite pair"
        words = f"{only} cannot tell" if found.pairs else "no finite pair"
    elif found.equal:
        words = "equal in every " + ("run" if found.pairs == seeds else "finite pair")
    elif math.isnan(found.low):
        words = "the same difference in every pair: no interval"
    elif found.low <= 0 <= found.high:
        words = "not told apart"
    else:
        side = "lower" if found.high < 0 else "higher"
        words = side
        if better is not None:
            # Who lost more runs is not better, and who lost fewer not worse, for the rest of them.
            won = side == better
            fair = lost <= lost_by_baseline if won else lost >= lost_by_baseline
            words += (": better" if won else ": worse") if fair else " where finite"
    return words + lost_words(lost, seeds)


def lost_words(lost: int, seeds: int) -> str:
    """Return the end of a verdict that says how many runs were not finite, if any."""
    return f"; {lost} of {seeds} runs not finite" if lost else ""


def best(values: Values, better: Better) -> int:
    """Return the row, of shape (rows, seeds), with the fewest lost runs and then the best mean."""
    summaries = [summary(row) for row in values]
    sign = 1 if better == "lower" else -1
    order = [
        (s.not_finite, math.inf if math.isnan(s.mean) else sign * s.mean, i)
        for i, s in enumerate(summaries)
    ]
    return min(order)[-1]


def band(values: Values) -> tuple[Values, Values, Values]:
    """Return mean and both quartiles along the first axis, over the finite; NaN where none is."""
    finite = np.where(np.isfinite(values), values, np.nan)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Mean of empty slice|All-NaN slice", RuntimeWarning)
        low, high = np.nanquantile(finite, [0.25, 0.75], axis=0)
        return np.nanmean(finite, axis=0), low, high
