"""Curves of schedules: drawn with matplotlib, as a small SVG for notebooks, and in words."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lrschedules import kinds
from lrschedules._arguments import Text, axes_of, describe_axes, next_dash
from lrschedules._config import shown
from lrschedules._schedule import Schedule
from lrschedules.kinds import LAST_STEP, checked

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Up to this length, every step of a curve is evaluated to find its lowest and highest rate.
EVALUATED = 2**13


def plot(
    schedules: Schedule | Mapping[str, Schedule], steps: int | None = None, ax: Axes | None = None
) -> Axes:
    """Draw one schedule, or several with their names, against the step.

    Parameters
    ----------
    schedules : Schedule or mapping of str to Schedule
        Schedules to draw; the names of a mapping become the legend.
    steps : int, optional
        Last step drawn, ≥ 1; when not given, the horizon of the longest schedule.
    ax : matplotlib.axes.Axes, optional
        Axes to draw on; a new figure when not given.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn on, labelled; x in steps, y in units of the rate.

    Raises
    ------
    TypeError, ValueError
        If ``schedules`` is neither a schedule nor a mapping of schedules that is not empty, if
        ``steps`` is not a whole number ≥ 1, or if ``ax`` is not an axes of matplotlib.

    Examples
    --------
    >>> from lrschedules import Constant, TimeBased
    >>> from lrschedules.plotting import plot
    >>> ax = plot({"constant": Constant(0.1), "time-based": TimeBased(0.1, 0.002)}, steps=450)
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('step', 'learning rate')
    """
    named = _named(schedules)
    last = checked("plot: steps", kinds.steps, _longest(named) if steps is None else steps)
    ax = axes_of("plot", ax, (6.4, 3.2))
    for name, schedule in named.items():
        at = _drawn(schedule, last)
        dash = next_dash(ax)
        ax.plot(at, schedule(at), linestyle=dash, drawstyle="steps-post", label=name or None)
    ax.set(xlabel="step", ylabel="learning rate", xlim=(0, last))
    ax.set_ylim(bottom=0)
    if isinstance(schedules, Mapping):
        ax.legend()
    words = [f"{name}: " * bool(name) + _values(named[name], last) for name in named]
    describe_axes(ax, "; ".join(words))
    return ax


def _named(schedules: Any) -> dict[str, Schedule]:
    """Return the schedules to draw by their names; one alone has none."""
    if isinstance(schedules, Schedule):
        return {"": schedules}
    if not isinstance(schedules, Mapping):
        raise TypeError(
            "plot: schedules must be a schedule or a mapping of names to schedules, got "
            f"{shown(schedules)}; write for example {{'linear': Linear(0.1, 0, 1000)}}"
        )
    if not schedules:
        raise ValueError(f"plot: schedules must hold at least one schedule, got {schedules!r}")
    return {
        name: checked(f"plot: schedules[{shown(name)}]", kinds.a_schedule, schedule)
        for name, schedule in schedules.items()
    }


def _longest(named: Mapping[str, Schedule]) -> int:
    return min(max(map(horizon, named.values())), LAST_STEP)


def picture(schedule: Schedule) -> str:
    """Return a small inline SVG of the curve, with its text alternative, as HTML.

    Parameters
    ----------
    schedule : Schedule
        Schedule to draw.

    Returns
    -------
    str
        HTML that loads nothing else and has the colour of the text around it.

    Examples
    --------
    >>> from lrschedules import Linear
    >>> from lrschedules.plotting import picture
    >>> "Linear(start=0.1, stop=0.0, steps=1000)" in picture(Linear(0.1, 0, 1000))
    True
    """
    schedule = checked("picture: schedule", kinds.a_schedule, schedule)
    width, height, margin = 240, 64, 3
    last = horizon(schedule)
    at = _drawn(schedule, last, points=width)
    rates = schedule(at)
    top = float(rates.max()) or 1.0
    x = margin + (width - 2 * margin) * at / last
    y = height - margin - (height - 2 * margin) * rates / top
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
    text, words = html.escape(repr(schedule)), html.escape(describe(schedule))
    return (
        '<figure class="lrschedules" style="margin:0">'
        f'<svg role="img" aria-label="{words}" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}"><polyline points="{points}" fill="none" '
        'stroke="currentColor" stroke-width="2" stroke-linejoin="round"/></svg>'
        f"<figcaption><code>{text}</code></figcaption></figure>"
    )


def describe(schedule: Schedule, name: str = "learning rate", steps: int | None = None) -> str:
    """Return the curve in words and numbers: the text alternative of its picture.

    Parameters
    ----------
    schedule : Schedule
        Schedule to describe.
    name : str
        Hyperparameter that follows the schedule.
    steps : int, optional
        Last step described, ≥ 1; when not given, the horizon of the schedule.

    Returns
    -------
    str
        One sentence with the rate at five steps, from 0 to the last that is drawn. It includes the
        lowest and the highest rate of the curve, if they are not among the five.

    Examples
    --------
    >>> from lrschedules import Linear
    >>> from lrschedules.plotting import describe
    >>> describe(Linear(0.1, 0, 1000))
    'Learning rate by step: 0.1 at 0, 0.075 at 250, 0.05 at 500, 0.025 at 750, 0 at 1000.'
    """
    schedule = checked("describe: schedule", kinds.a_schedule, schedule)
    name = checked("describe: name", Text("the name of a hyperparameter", "momentum"), name)
    last = horizon(schedule) if steps is None else checked("describe: steps", kinds.steps, steps)
    values = _values(schedule, last)
    return f"{name[:1].upper()}{name[1:]} by step: {values}."


def _values(schedule: Schedule, last: int) -> str:
    """Return the rate at five steps in words, and the lowest and the highest rate."""
    named = {step: f"{schedule(step):.3g}" for step in (last * i // 4 for i in range(5))}
    shown = set(named.values())
    for word, step in zip(("lowest", "highest"), _extremes(schedule, last), strict=True):
        if (rate := f"{schedule(step):.3g}") not in shown:
            named[step] = f"{word} {rate}"
    return ", ".join(f"{rate} at {step}" for step, rate in sorted(named.items()))


def horizon(schedule: Schedule) -> int:
    """Return the last step that a plot shows by default.

    Parameters
    ----------
    schedule : Schedule
        Schedule to draw.

    Returns
    -------
    int
        A step ≥ 1: the length of a fixed-length schedule; else the step at which the rate has
        fallen to a quarter or is level, or twice the time scale of the parameters.

    Examples
    --------
    >>> from lrschedules import Drop, Linear
    >>> from lrschedules.plotting import horizon
    >>> horizon(Linear(0.1, 0, 1000)), horizon(Drop(0.1, factor=0.5, every=10))
    (1000, 40)
    """
    schedule = checked("horizon: schedule", kinds.a_schedule, schedule)
    if schedule.length is not None:
        return min(schedule.length, LAST_STEP)
    span = schedule.time_scale() or 50
    enough = schedule(span) / 4
    for last in (span * 2**i for i in range(1, 17)):
        before, after = schedule(last // 2), schedule(LAST_STEP)
        change = max(abs(schedule(last) - before), abs(schedule(last) - after))
        if schedule(last) <= enough or change <= 0.02 * schedule(last):
            return min(last, LAST_STEP)
    return min(2 * span, LAST_STEP)


def _drawn(schedule: Schedule, last: int, points: int = 2000) -> NDArray[np.int64]:
    """Return the steps at which a curve is drawn: evenly spaced, and those of its extremes."""
    return np.union1d(_even(last, points), np.array(_extremes(schedule, last), np.int64))


def _extremes(schedule: Schedule, last: int) -> tuple[int, int]:
    """Return the first steps at which a curve is lowest and highest.

    A long curve is evaluated around its breakpoints, and at evenly spaced steps.
    """
    if last <= EVALUATED:
        at = np.arange(last + 1)
    else:
        at = np.array(schedule.breakpoints(last), np.int64)
        at = np.unique(np.concatenate([at - 1, at, at + 1, _even(last)]).clip(0, last))
    rates = schedule(at)
    # Rates that differ by rounding alone count as equal: the first of them is returned.
    lowest = np.isclose(rates, rates.min(), rtol=1e-12, atol=0)
    highest = np.isclose(rates, rates.max(), rtol=1e-12, atol=0)
    return int(at[lowest.argmax()]), int(at[highest.argmax()])


def _even(last: int, points: int = 2000) -> NDArray[np.int64]:
    return np.unique(np.linspace(0, last, points).astype(np.int64))
