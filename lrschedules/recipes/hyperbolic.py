"""Decays along hyperbolic curves, as they were published."""

from __future__ import annotations

import math

from lrschedules import _param
from lrschedules._schedule import Schedule
from lrschedules.recipes._recipe import recipe
from lrschedules.shapes import (
    Hyperbolic,
    Tanh,
)


@recipe(
    start=_param.rate,
    stop=_param.rate,
    steps=_param.steps,
    lower=_param.negative,
    upper=_param.positive,
)
def htd(
    start: float, stop: float, steps: int, *, lower: float = -6.0, upper: float = 3.0
) -> Schedule:
    """Decay along a hyperbolic tangent, as published.

    The published formula :cite:p:`hsueh2019` comes near ``start`` and ``stop`` without reaching
    them.

    Use it to repeat published results. Not for a new run: :class:`~lrschedules.Tanh` has the same
    curve, and reaches the rates that it is given.

    Parameters
    ----------
    start : float
        The first rate, ≥ 0.
    stop : float
        The last rate, ≥ 0.
    steps : int
        How long it is, in steps.
    lower : float
        Where on the tangent it begins, < 0.
    upper : float
        Where on the tangent it ends, > 0.

    Returns
    -------
    Schedule
        A :class:`~lrschedules.Tanh` between the rates that the formula reaches.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range.

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


@recipe(start=_param.rate, stop=_param.rate, steps=_param.steps, bound=_param.steps)
def hyperbolic_lr(start: float, stop: float, steps: int, bound: int) -> Schedule:
    """Decay along a hyperbola, as published.

    The rate heads for ``stop`` at step ``bound``, and ends above it when ``steps`` are fewer: the
    early rates hardly depend on the length of the run :cite:p:`kim2024`.

    Use it where settings that were tuned on short runs are to serve long ones. Not where the last
    rate has to be ``stop``: it is, only if ``bound`` and ``steps`` are equal.

    Parameters
    ----------
    start : float
        The first rate, ≥ 0.
    stop : float
        The rate at ``bound``, ≥ 0 and not above ``start``.
    steps : int
        How long it is, in steps.
    bound : int
        How long a run may be at most, ≥ ``steps``.

    Returns
    -------
    Schedule
        A :class:`~lrschedules.Hyperbolic` down to the rate that the formula reaches.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range.

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


@recipe(start=_param.peak, stop=_param.peak, steps=_param.steps, bound=_param.steps)
def exp_hyperbolic_lr(start: float, stop: float, steps: int, bound: int) -> Schedule:
    """Decay along a hyperbola on a logarithmic scale, as published.

    As :func:`hyperbolic_lr`, with ratios in the place of differences :cite:p:`kim2024`.

    Use it where settings that were tuned on short runs are to serve long ones, and rates fall by a
    large factor. Not for a way to zero: no ratio leads there.

    Parameters
    ----------
    start : float
        The first rate, > 0.
    stop : float
        The rate at ``bound``, > 0.
    steps : int
        How long it is, in steps.
    bound : int
        How long a run may be at most, ≥ ``steps``.

    Returns
    -------
    Schedule
        A :class:`~lrschedules.Geometric` along a :class:`~lrschedules.Hyperbolic`.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range.

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
    """Return how much of the way to ``stop`` a run covers that is 1 / u of the longest."""
    return math.sqrt(2 * u - 1) / u


def _longest(name: str, steps: int, bound: int) -> float:
    """Return how many times as long as this run a run may be."""
    if bound < steps:
        raise ValueError(
            f"{name}: bound must not be below steps, got {bound!r} and {steps!r}; "
            f"write for example bound={steps!r}"
        )
    return bound / steps
