"""The pictures of a comparison, with matplotlib."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lrschedules._arguments import axes_of
from lrschedules.study._statistics import Values, band, lost_words
from lrschedules.study._table import Table, percent
from lrschedules.study._words import counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIZE = (6.4, 3.6)


def curves(values: Mapping[str, Values], metric: str, ax: Axes | None) -> Axes:
    """Draw values of shape (seeds, epochs) by name: their mean, and the middle half of them."""
    from matplotlib.ticker import MaxNLocator

    ax = axes_of("Comparison", ax, SIZE)
    seeds, epochs = next(iter(values.values())).shape
    lost = {name: np.asarray((~np.isfinite(runs)).any(axis=1)) for name, runs in values.items()}
    _bands(ax, values, lost, np.arange(1, epochs + 1), "" if epochs > 1 else "o")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set(xlabel="epoch", ylabel=metric, title=f"{metric}: {_shown(seeds)}")
    return ax


def sensitivity(
    values: Mapping[str, Values],
    base_rates: Sequence[float],
    metric: str,
    epoch: int,
    ax: Axes | None,
) -> Axes:
    """Draw values of shape (seeds, base rates) by name against the base rate."""
    ax = axes_of("Comparison", ax, SIZE)
    order = np.argsort(base_rates)
    seeds = len(next(iter(values.values())))
    rising = {name: runs[:, order] for name, runs in values.items()}
    lost = {name: ~np.isfinite(runs) for name, runs in values.items()}
    _bands(ax, rising, lost, np.asarray(base_rates)[order], "o")
    ax.set_xscale("log")
    ax.set_xticks(base_rates, [f"{rate:g}" for rate in base_rates])
    ax.minorticks_off()
    ax.set(
        xlabel="base rate",
        ylabel=f"{metric} after epoch {epoch}",
        title=f"{metric} by base rate: {_shown(seeds)}",
    )
    return ax


def differences(table: Table, ax: Axes | None) -> Axes:
    """Draw the intervals of a table below each other, with the line of no difference."""
    import matplotlib as mpl

    baseline, *others = table.rows
    ax = axes_of("Comparison", ax, SIZE)
    ax.axvline(0, color=mpl.rcParams["axes.edgecolor"], linewidth=1, linestyle="--")
    for i, row in enumerate(others):
        # without an interval there is a point alone; without a difference an empty line
        sides = [[row.difference - row.low], [row.high - row.difference]]
        ax.errorbar(
            [row.difference],
            [i],
            xerr=None if math.isnan(row.low) else sides,
            fmt="o",
            capsize=4,
            color=f"C{i + 1}",  # as the schedule has it where the baseline is C0
        )
    ax.set_yticks(range(len(others)), [row.schedule for row in others])
    ax.set_ylim(len(others) - 0.5, -0.5)
    direction = f" ({table.better} is better)" if table.better else ""
    held = percent(table.level) + (" together" if len(others) > 1 else "")
    ax.set(
        xlabel=f"difference in {table.metric} from {baseline.schedule}{direction}",
        title=f"After epoch {table.epoch}, {counted(baseline.seeds, 'seed')}: intervals at {held}",
    )
    return ax


def _bands(
    ax: Axes,
    values: Mapping[str, Values],
    lost: Mapping[str, NDArray[np.bool_]],
    at: Values,
    marker: str,
) -> None:
    """Draw means and bands; the legend counts the lost runs, one for each number in ``lost``."""
    for name, runs in values.items():
        mean, low, high = band(runs)
        words = lost_words(int(lost[name].sum()), lost[name].size)
        (line,) = ax.plot(at, mean, marker=marker, label=name + words)
        if len(runs) > 1:
            ax.fill_between(at, low, high, color=line.get_color(), alpha=0.2, linewidth=0)
    ax.legend()


def _shown(seeds: int) -> str:
    return f"mean and middle half of {seeds} seeds" if seeds > 1 else "1 seed"
