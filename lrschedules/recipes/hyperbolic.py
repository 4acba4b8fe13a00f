"""Decays along hyperbolic curves, exactly as published."""

from __future__ import annotations

import math
from typing import Annotated

from lrschedules import kinds
from lrschedules._schedule import Schedule
from lrschedules.recipes._recipe import Bound, Start, Steps, Stop, recipe
from lrschedules.shapes import Hyperbolic, Tanh


@recipe("A :class:`~lrschedules.Tanh` between the rates that the formula reaches.")
def htd(
    start: Start,
    stop: Stop,
    steps: Steps,
    *,
    lower: Annotated[
        float, kinds.number(gt=-20, lt=0, example=-6), "argument of tanh at step 0"
    ] = -6.0,
    upper: Annotated[
        float, kinds.number(gt=0, lt=20, example=3), "argument of tanh at the end"
    ] = 3.0,
) -> Schedule:
    """Hyperbolic tangent decay (HTD), exactly as published.

    The published formula :cite:p:`hsueh2019` comes close to ``start`` and ``stop`` without reaching
    them.

    Use it for reproducing published results. Avoid it when a run is new: the curve of
    :class:`~lrschedules.Tanh` is the same and reaches both rates.

    Examples
    --------
    >>> from lrschedules.recipes import htd
    >>> schedule = htd(0.1, 0.0, steps=900)
    >>> round(schedule(0), 6), round(schedule(600), 6), round(schedule(900), 6)
    (0.099999, 0.05, 0.000247)
    """

    def reached(x: float) -> float:
        return stop + (start - stop) * (1 - math.tanh(x)) / 2

    return Tanh(reached(lower), reached(upper), steps, lower, upper)


@recipe("A :class:`~lrschedules.Hyperbolic` down to the rate that the formula reaches.")
def hyperbolic_lr(
    start: Start,
    stop: Annotated[float, kinds.rate, "rate at step ``bound``"],
    steps: Steps,
    bound: Bound,
) -> Schedule:
    """HyperbolicLR: decay along a hyperbola, exactly as published.

    The rate would reach ``stop`` at step ``bound``; it ends above ``stop`` if ``steps`` is smaller.
    The early rates therefore hardly depend on the length of the run :cite:p:`kim2024`.

    Use it for long runs with settings that were tuned on short runs. Avoid it when the final rate
    has to be ``stop``: it is, only if ``bound`` equals ``steps``.

    Examples
    --------
    >>> from lrschedules.recipes import hyperbolic_lr
    >>> schedule = hyperbolic_lr(0.1, 0.001, steps=500, bound=1000)
    >>> schedule(0), round(schedule(500), 5)
    (0.1, 0.01426)
    """
    u = _longest("hyperbolic_lr", steps, bound)
    reached = start - (start - stop) * _hyperbola(u)
    return Hyperbolic(start, reached, steps, u)


@recipe("A geometric decay along a :class:`~lrschedules.Hyperbolic`.")
def exp_hyperbolic_lr(
    start: Annotated[float, kinds.peak, "initial rate"],
    stop: Annotated[float, kinds.peak, "rate at step ``bound``"],
    steps: Steps,
    bound: Bound,
) -> Schedule:
    """ExpHyperbolicLR: decay along a hyperbola on a logarithmic scale, exactly as published.

    It is :func:`hyperbolic_lr` with ratios instead of differences :cite:p:`kim2024`.

    Use it for long runs with settings that were tuned on short runs, if the rate falls by a large
    factor. Avoid it when the final rate should be zero: no ratio leads to zero.

    Examples
    --------
    >>> from lrschedules.recipes import exp_hyperbolic_lr
    >>> schedule = exp_hyperbolic_lr(0.1, 0.001, steps=500, bound=1000)
    >>> schedule(0), round(schedule(500), 6)
    (0.1, 0.001853)
    """
    u = _longest("exp_hyperbolic_lr", steps, bound)
    reached = start * (stop / start) ** _hyperbola(u)
    return Hyperbolic(0, 1, steps, u).geometric(start, reached)


def _hyperbola(u: float) -> float:
    """Return the progress toward ``stop`` of a run that has 1 / u of the maximum length."""
    return math.sqrt(2 * u - 1) / u


def _longest(name: str, steps: int, bound: int) -> float:
    """Return the ratio of the maximum length to the length of this run."""
    if bound < steps:
        raise ValueError(
            f"{name}: bound must be at least steps, got bound={bound!r} and steps={steps!r}; "
            f"write for example bound={steps!r}"
        )
    return bound / steps
