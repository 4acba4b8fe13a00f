"""Restarts and cyclical rates."""

from __future__ import annotations

import math

from lrschedules import _param
from lrschedules._param import LAST_STEP
from lrschedules._schedule import Schedule
from lrschedules.recipes._recipe import recipe
from lrschedules.shapes import Cosine, Exponential, Linear


@recipe(
    start=_param.rate,
    stop=_param.rate,
    steps=_param.steps,
    growth=_param.multiple,
    factor=_param.ratio,
    cycles=_param.count,
)
def sgdr(
    start: float,
    stop: float,
    steps: int,
    growth: float = 2.0,
    factor: float = 1.0,
    *,
    cycles: int = LAST_STEP,
) -> Schedule:
    """Anneal on half a cosine wave, again and again: warm restarts.

    Stochastic gradient descent with warm restarts :cite:p:`loshchilov2017`. Each cycle may be
    longer and lower than the one before; ``factor`` multiplies both of its rates, as in the paper.
    A formula holds at most 1000 cycles of growing length, so that a ``growth`` of 1.01 needs a
    number of ``cycles``.

    Use it to have a model at the end of each cycle, before the run is over. Not where the run may
    stop anywhere: after a restart the rate is high again.

    Parameters
    ----------
    start : float
        The rate after each restart, ≥ 0.
    stop : float
        The rate before each restart, ≥ 0.
    steps : int
        How long the first cycle is, in steps.
    growth : float
        How much longer each cycle is than the one before, ≥ 1.
    factor : float
        What each cycle multiplies the rates by, > 0; no unit.
    cycles : int
        Number of cycles, without end when not given.

    Returns
    -------
    Schedule
        A :class:`~lrschedules.Repeat` of a :class:`~lrschedules.Cosine`.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range, or there are too many cycles.

    Examples
    --------
    >>> from lrschedules.recipes import sgdr
    >>> schedule = sgdr(0.1, 0.0, steps=1000)
    >>> [round(schedule(step), 4) for step in (0, 500, 999, 1000, 2000, 3000)]
    [0.1, 0.05, 0.0, 0.1, 0.05, 0.1]
    """
    try:
        return Cosine(start, stop, steps).repeat(cycles, growth=growth, factor=factor)
    except ValueError:
        raise ValueError(
            f"sgdr: growth={growth!r} makes too many cycles for a formula, got cycles={cycles!r}; "
            "write for example cycles=100"
        ) from None


@recipe(start=_param.rate, steps=_param.steps, cycles=_param.count)
def snapshot(start: float, steps: int, cycles: int) -> Schedule:
    """Divide a run into equal cosine cycles, a model to be kept at the end of each.

    Snapshot ensembles :cite:p:`huang2017`.

    Use it for an ensemble at the cost of one run. Not for a single model: all cycles but the last
    are spent on the others.

    Parameters
    ----------
    start : float
        The rate at the beginning of each cycle, ≥ 0.
    steps : int
        How long it is, in steps.
    cycles : int
        How many models the run is to give.

    Returns
    -------
    Schedule
        A :class:`~lrschedules.Repeat` of a :class:`~lrschedules.Cosine`.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range.

    Examples
    --------
    >>> from lrschedules.recipes import snapshot
    >>> schedule = snapshot(0.1, steps=300, cycles=3)
    >>> schedule(0), round(schedule(50), 4), schedule(100)
    (0.1, 0.05, 0.1)
    """
    return Cosine(start, 0, math.ceil(steps / cycles)).repeat(cycles)


@recipe(low=_param.rate, high=_param.rate, steps=_param.steps, down=_param.steps)
def triangular(low: float, high: float, steps: int, down: int | None = None) -> Schedule:
    """Swing between two rates on straight lines.

    Cyclical learning rates :cite:p:`smith2017`: all cycles are alike.

    Use it to train with a whole range of rates, its bounds found by a range test. Not up to any
    step: the rate is low at the end of a cycle, and a run should end there.

    Parameters
    ----------
    low : float
        The lowest rate, ≥ 0.
    high : float
        The highest rate, ≥ ``low``.
    steps : int
        How long the way up is, in steps; half of a cycle.
    down : int, optional
        How long the way down is, in steps; as long as the way up when not given.

    Returns
    -------
    Schedule
        A :class:`~lrschedules.Repeat` of two lines.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range.

    Examples
    --------
    >>> from lrschedules.recipes import triangular
    >>> schedule = triangular(0.01, 0.1, steps=50)
    >>> schedule(0), schedule(50), schedule(75), schedule(100)
    (0.01, 0.1, 0.055, 0.01)
    """
    _swing("triangular", low, high)
    back = steps if down is None else down
    return Linear(low, high, steps).then(Linear(high, low, back)).repeat()


@recipe(low=_param.rate, high=_param.rate, steps=_param.steps)
def triangular2(low: float, high: float, steps: int) -> Schedule:
    """Swing between two rates on straight lines, each swing half as wide.

    Cyclical learning rates whose upper bound falls :cite:p:`smith2017`.

    Use it where the swings of :func:`triangular` are to calm down as training goes on. Not for many
    cycles: each swing is half as wide as the one before, and soon there is none.

    Parameters
    ----------
    low : float
        The lowest rate, ≥ 0.
    high : float
        The highest rate, ≥ ``low``.
    steps : int
        How long the way up is, in steps; half of a cycle.

    Returns
    -------
    Schedule
        A :class:`~lrschedules.Repeat` above a floor.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range.

    Examples
    --------
    >>> from lrschedules.recipes import triangular2
    >>> schedule = triangular2(0.02, 0.1, steps=50)
    >>> [round(schedule(step), 6) for step in (0, 50, 100, 150, 250)]
    [0.02, 0.1, 0.02, 0.06, 0.04]
    """
    swing = _swing("triangular2", low, high)
    return Linear(0, swing, steps).then(Linear(swing, 0, steps)).repeat(factor=0.5) + low


@recipe(low=_param.rate, high=_param.rate, steps=_param.steps, factor=_param.ratio)
def exp_range(low: float, high: float, steps: int, factor: float) -> Schedule:
    """Swing between two rates on straight lines, narrower at every step.

    Cyclical learning rates whose swing is multiplied by ``factor`` at each step
    :cite:p:`smith2017`.

    Use it where the swings of :func:`triangular` are to calm down smoothly. Not with a factor far
    below 1: it acts at every step, and the swing is soon gone.

    Parameters
    ----------
    low : float
        The lowest rate, ≥ 0.
    high : float
        The highest rate, ≥ ``low``.
    steps : int
        How long the way up is, in steps; half of a cycle.
    factor : float
        What each step multiplies the swing by, > 0.

    Returns
    -------
    Schedule
        A product above a floor.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range.

    Examples
    --------
    >>> from lrschedules.recipes import exp_range
    >>> schedule = exp_range(0.0, 0.1, steps=50, factor=0.99)
    >>> schedule(0), round(schedule(50), 6), round(schedule(150), 6)
    (0.0, 0.060501, 0.022145)
    """
    swing = _swing("exp_range", low, high)
    return triangular(0, swing, steps) * Exponential(1, factor) + low


def _swing(name: str, low: float, high: float) -> float:
    """Return how far the rate swings above ``low``."""
    if high < low:
        raise ValueError(
            f"{name}: high must not be below low, got {high!r} and {low!r}; "
            "write for example low=0.01, high=0.1"
        )
    return high - low
