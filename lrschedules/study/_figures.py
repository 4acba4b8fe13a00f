"""The figures of a comparison, with matplotlib."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lrschedules._arguments import axes_of, describe_axes, next_dash
from lrschedules.study._statistics import Values, band, diverged_words
from lrschedules.study._table import (
    Table,
    better_words,
    counted,
    five_epochs,
    listed_differences,
    listed_means,
    percent,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIZE = (6.4, 3.6)
MARKERS = "os^DvPX*"
MOST_BANDS = 3  # that are drawn at full strength


def curves(values: Mapping[str, Values], metric: str, ax: Axes | None) -> Axes:
    """Draw the mean and the interquartile range of values of shape (seeds, epochs), by name."""
    from matplotlib.ticker import MaxNLocator

    ax = axes_of("Comparison", ax, SIZE)
    seeds, epochs = next(iter(values.values())).shape
    diverged = {name: np.asarray((~np.isfinite(runs)).any(axis=1)) for name, runs in values.items()}
    _bands(ax, values, diverged, np.arange(1, epochs + 1), markers=epochs == 1)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set(xlabel="epoch", ylabel=metric, title=f"{metric}: {_shown(seeds)}")
    describe_axes(ax, listed_means(*five_epochs(values)))
    return ax


def sensitivity(
    values: Mapping[str, Values],
    base_rates: Sequence[float],
    metric: str,
    epoch: int,
    ax: Axes | None,
) -> Axes:
    """Draw values of shape (seeds, base rates) against the base rate, by name."""
    ax = axes_of("Comparison", ax, SIZE)
    order = np.argsort(base_rates)
    seeds = len(next(iter(values.values())))
    rising = {name: runs[:, order] for name, runs in values.items()}
    diverged = {name: ~np.isfinite(runs) for name, runs in values.items()}
    _bands(ax, rising, diverged, np.asarray(base_rates)[order], markers=True)
    ax.set_xscale("log")
    ax.set_xticks(base_rates, [f"{rate:g}" for rate in base_rates])
    ax.minorticks_off()
    ax.set(
        xlabel="base rate",
        ylabel=f"{metric} after epoch {epoch}",
        title=f"{metric} by base rate: {_shown(seeds)}",
    )
    describe_axes(ax, listed_means(values, base_rates))
    return ax


def differences(table: Table, ax: Axes | None) -> Axes:
    """Draw the intervals of a table below each other, with a line at no difference."""
    import matplotlib as mpl

    baseline, *others = table.rows
    ax = axes_of("Comparison", ax, SIZE)
    ax.axvline(0, color=mpl.rcParams["axes.edgecolor"], linewidth=1, linestyle="--")
    for i, row in enumerate(others):
        # without an interval only a point is drawn; without a difference nothing is
        sides = [[row.difference - row.low], [row.high - row.difference]]
        ax.errorbar(
            [row.difference],
            [i],
            xerr=None if math.isnan(row.low) else sides,
            fmt="o",
            capsize=4,
            color=f"C{i + 1}",  # as in the other figures, where the baseline is C0
        )
    ax.set_yticks(range(len(others)), [row.schedule for row in others])
    ax.set_ylim(len(others) - 0.5, -0.5)
    held = percent(table.level) + (" together" if len(others) > 1 else "")
    ax.set(
        xlabel=f"difference in {table.metric} from {baseline.schedule}"
        + better_words(table.direction),
        title=f"After epoch {table.epoch}, {counted(baseline.seeds, 'seed')}: intervals at {held}",
    )
    describe_axes(ax, listed_differences(table))
    return ax


def race(
    points: Mapping[str, Sequence[tuple[float, int, float]]],
    joined: Collection[str],
    rungs: Sequence[int],
    winner: tuple[str, float],
    ax: Axes,
) -> None:
    """Draw base rate, number of seeds and value of candidates; markers grow with each rung.

    The points of the names in ``joined`` are joined by a line. ``winner`` is the name and the base
    rate of the point with a ring.
    """
    area = {seeds: 12.0 * 2**i for i, seeds in enumerate(rungs)}
    for i, (name, of) in enumerate(points.items()):
        rates, seeds, means = zip(*of, strict=True)
        color = f"C{i}"
        if name in joined:
            ax.plot(rates, means, color=color, linewidth=1)
        ax.scatter(
            rates,
            means,
            [area[each] for each in seeds],
            color=color,
            marker=MARKERS[i % len(MARKERS)],
            label=f"{name}, winner" if name == winner[0] else name,
        )
        if name == winner[0]:
            at = rates.index(winner[1])
            size = 4 * area[seeds[at]]
            ax.scatter(rates[at], means[at], size, facecolors="none", edgecolors=color)
    ax.set_xscale("log")
    ax.legend()


def _bands(
    ax: Axes,
    values: Mapping[str, Values],
    diverged: Mapping[str, NDArray[np.bool_]],
    at: Values,
    *,
    markers: bool,
) -> None:
    """Draw means and bands; the legend counts the runs that diverged."""
    # Many bands that lie on each other would hide the lines.
    alpha = 0.2 if len(values) <= MOST_BANDS else 0.1
    for i, (name, runs) in enumerate(values.items()):
        mean, low, high = band(runs)
        words = diverged_words(int(diverged[name].sum()), diverged[name].size)
        marker = MARKERS[i % len(MARKERS)] if markers else ""
        dash = next_dash(ax)
        (line,) = ax.plot(at, mean, marker=marker, linestyle=dash, label=name + words)
        if len(runs) > 1:
            ax.fill_between(at, low, high, color=line.get_color(), alpha=alpha, linewidth=0)
    ax.legend()


def _shown(seeds: int) -> str:
    return f"mean and interquartile range of {seeds} seeds" if seeds > 1 else "1 seed"
