"""Warm restarts and cyclical learning rates."""

from __future__ import annotations

import math
from typing import Annotated

from lrschedules import kinds
from lrschedules._schedule import Schedule
from lrschedules.recipes._recipe import HalfCycle, High, Low, recipe
from lrschedules.shapes import Cosine, Exponential, Linear


@recipe("A :class:`.Repeat` of a :class:`~lrschedules.Cosine`.")
def sgdr(
    start: Annotated[float, kinds.rate, "rate at the start of the first cycle"],
    stop: Annotated[float, kinds.rate, "rate at the end of the first cycle"],
    steps: Annotated[int, kinds.steps, "number of steps of the first cycle"],
    growth: Annotated[
        float, kinds.number(ge=1, example=2), "ratio of each cycle's length to the previous one's"
    ] = 2.0,
    factor: Annotated[float, kinds.ratio, "factor between the rates of successive cycles"] = 1.0,
    *,
    cycles: Annotated[int, kinds.count, "number of cycles; unlimited by default"] = kinds.LAST_STEP,
) -> Schedule:
    """Cosine annealing with warm restarts (SGDR, ``CosineAnnealingWarmRestarts``).

    Each cycle may be longer and lower than the one before; ``factor`` multiplies both of its rates,
    as in the paper :cite:p:`loshchilov2017`. A schedule has at most 1000 cycles of growing length,
    so that a ``growth`` of 1.01 requires ``cycles``.

    Use it for obtaining a model at the end of each cycle, before the run is over. Avoid it when the
    run may stop at any step: the rate is high again after each restart.

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
            f"sgdr: growth={growth!r} gives too many cycles, got cycles={cycles!r}; "
            "write for example cycles=100"
        ) from None


@recipe("A :class:`.Repeat` of a :class:`~lrschedules.Cosine`.")
def snapshot(
    start: Annotated[float, kinds.rate, "rate at the start of each cycle"],
    steps: Annotated[int, kinds.steps, "total number of steps, rounded up to equal cycles"],
    cycles: Annotated[int, kinds.count, "number of cycles, each of which yields a model"],
) -> Schedule:
    """Snapshot ensemble: equal cosine cycles to zero, with a model to keep at the end of each.

    All models of the ensemble come from one run :cite:p:`huang2017`.

    Use it for an ensemble at the training cost of one model. Avoid it when only one model is
    needed: all cycles but the last are spent on the other models.

    Examples
    --------
    >>> from lrschedules.recipes import snapshot
    >>> schedule = snapshot(0.1, steps=300, cycles=3)
    >>> schedule(0), round(schedule(50), 4), schedule(100)
    (0.1, 0.05, 0.1)
    """
    return Cosine(start, 0, math.ceil(steps / cycles)).repeat(cycles)


@recipe("A :class:`.Repeat` of two linear ramps.")
def triangular(
    low: Low,
    high: High,
    steps: Annotated[int, kinds.steps, "number of steps from ``low`` to ``high``"],
    down: Annotated[
        int | None, kinds.steps, "number of steps from ``high`` to ``low``; ``steps`` by default"
    ] = None,
) -> Schedule:
    """Cyclical learning rate (CLR, ``CyclicLR``): linear ramps up and down between two rates.

    All cycles are equal :cite:p:`smith2017`.

    Use it for training over a whole range of rates, whose bounds a range test has found. Avoid it
    when the run may stop at any step: the rate is low only at the end of a cycle.

    Examples
    --------
    >>> from lrschedules.recipes import triangular
    >>> schedule = triangular(0.01, 0.1, steps=50)
    >>> schedule(0), schedule(50), schedule(75), schedule(100)
    (0.01, 0.1, 0.055, 0.01)
    """
    _amplitude("triangular", low, high)
    back = steps if down is None else down
    return Linear(low, high, steps).then(Linear(high, low, back)).repeat()


@recipe("A :class:`.Repeat` above a floor.")
def triangular2(low: Low, high: High, steps: HalfCycle) -> Schedule:
    """Cyclical learning rate whose amplitude halves after each cycle (``triangular2``).

    It is :func:`triangular` with an upper bound that falls :cite:p:`smith2017`.

    Use it for cyclical rates that should settle as training goes on. Avoid it when training has
    many cycles: the amplitude halves with each of them and soon vanishes.

    Examples
    --------
    >>> from lrschedules.recipes import triangular2
    >>> schedule = triangular2(0.02, 0.1, steps=50)
    >>> [round(schedule(step), 6) for step in (0, 50, 100, 150, 250)]
    [0.02, 0.1, 0.02, 0.06, 0.04]
    """
    height = _amplitude("triangular2", low, high)
    return Linear(0, height, steps).then(Linear(height, 0, steps)).repeat(factor=0.5) + low


@recipe("A product of cycles and an :class:`~lrschedules.Exponential`, above a floor.")
def exp_range(
    low: Low,
    high: High,
    steps: HalfCycle,
    factor: Annotated[float, kinds.ratio, "factor of the amplitude per step"],
) -> Schedule:
    """Cyclical learning rate whose amplitude decays exponentially (``exp_range``).

    It is :func:`triangular` with an amplitude that is multiplied by ``factor`` at each step
    :cite:p:`smith2017`.

    Use it for cyclical rates that should settle smoothly. Avoid it when the factor is far below 1:
    it acts at every step, so that the amplitude soon vanishes.

    Examples
    --------
    >>> from lrschedules.recipes import exp_range
    >>> schedule = exp_range(0.0, 0.1, steps=50, factor=0.99)
    >>> schedule(0), round(schedule(50), 6), round(schedule(150), 6)
    (0.0, 0.060501, 0.022145)
    """
    height = _amplitude("exp_range", low, high)
    return triangular(0, height, steps) * Exponential(1, factor) + low


def _amplitude(name: str, low: float, high: float) -> float:
    """Return the difference of the bounds of a cycle, in order."""
    if high < low:
        raise ValueError(
            f"{name}: high must be at least low, got high={high!r} and low={low!r}; "
            "write for example low=0.01, high=0.1"
        )
    return high - low
