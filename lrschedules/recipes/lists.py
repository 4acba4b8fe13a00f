"""Rates that are given, or computed, one by one."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lrschedules import _param
from lrschedules._on_time import shaped
from lrschedules._schedule import Schedule
from lrschedules.recipes._recipe import recipe
from lrschedules.shapes import (
    Linear,
    Piecewise,
)

if TYPE_CHECKING:
    from lrschedules._on_time import Shape

# A rate for each step is an operation of the formula for each step.
few_steps = dataclasses.replace(
    _param.steps, rule="a whole number of steps from 1 to 65536", example=8, below=2**16 + 1
)


@recipe(start=_param.rate, factor=_param.factor, milestones=_param.boundaries)
def multistep(start: float, factor: float, milestones: Sequence[int]) -> Schedule:
    """Multiply the rate by a factor at each of a list of steps.

    At a milestone the new rate already holds.

    Use it to repeat runs such as those of residual networks, divided by ten twice :cite:p:`he2016`.
    Not for a new run without known milestones: a smooth schedule spares their choice.

    Parameters
    ----------
    start : float
        The first rate, ≥ 0.
    factor : float
        What each milestone multiplies the rate by, ≥ 0.
    milestones : sequence of int
        The steps, rising.

    Returns
    -------
    Schedule
        A :class:`~lrschedules.Piecewise`.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range.

    Examples
    --------
    >>> from lrschedules.recipes import multistep
    >>> schedule = multistep(0.1, 0.1, milestones=[30, 60])
    >>> schedule(29), schedule(30), round(schedule(60), 10)
    (0.1, 0.01, 0.001)
    """
    return Piecewise([start * factor**i for i in range(len(milestones) + 1)], milestones)


@recipe(values=_param.rates, boundaries=_param.boundaries)
def interpolate(
    values: Sequence[float], boundaries: Sequence[int], shape: Shape = Linear
) -> Schedule:
    """Run through a list of rates, each reached at its step.

    With :class:`~lrschedules.Linear` it is piecewise linear, with :class:`~lrschedules.Cosine`
    every part is half a wave.

    Use it for a curve that is known by its corners. Not for rates that jump: that is
    :class:`~lrschedules.Piecewise`.

    Parameters
    ----------
    values : sequence of float
        The rates, the first of them at step 0.
    boundaries : sequence of int
        The steps at which the others are reached, rising.
    shape : type or callable
        What the way looks like, called with its first rate, its last and its steps.

    Returns
    -------
    Schedule
        Shapes one after the other, as long as the last boundary.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range, or the lengths of the lists do not fit.

    Examples
    --------
    >>> from lrschedules.recipes import interpolate
    >>> schedule = interpolate([0.0, 0.4, 0.0], boundaries=[15, 30])
    >>> schedule(0), schedule(15), schedule(20), schedule(30)
    (0.0, 0.4, 0.26666666666666666, 0.0)
    """
    if len(values) != len(boundaries) + 1 or not boundaries:
        raise ValueError(
            "interpolate: values must have one more entry than boundaries, of which there must be "
            f"at least one, got {len(values)} values and {len(boundaries)} boundaries; write for "
            "example interpolate([0, 0.4, 0], [15, 30])"
        )
    steps = [b - a for a, b in itertools.pairwise([0, *boundaries])]
    return _in_turn(
        list(map(shaped("interpolate: shape", shape), values, values[1:], steps)), steps
    )


def _in_turn(parts: Sequence[Schedule], steps: Sequence[int]) -> Schedule:
    """Return schedules of so many steps one after the other.

    They are joined in pairs, and these in pairs again: a chain of a thousand would be too deep for
    Python to call, save or trace.
    """
    if len(parts) == 1:
        return parts[0]
    half = len(parts) // 2
    first, second = _in_turn(parts[:half], steps[:half]), _in_turn(parts[half:], steps[half:])
    return first.then(second, at=sum(steps[:half]))


@recipe(smallest=_param.peak, largest=_param.peak, steps=few_steps)
def chebyshev(smallest: float, largest: float, steps: int) -> Schedule:
    """Step with the reciprocals of Chebyshev nodes, in fractal order.

    One round of ``steps`` updates; repeat it for more. The order of the rates matters; this one is
    stable :cite:p:`agarwal2021`.

    Use it for gradient descent on a quadratic whose curvatures lie between two known bounds, where
    the best rates are far apart. Not where the curvatures are unknown: some of the rates alone
    would diverge.

    Parameters
    ----------
    smallest : float
        The smallest curvature, > 0; unit: 1/rate.
    largest : float
        The largest curvature, > ``smallest``; unit: 1/rate.
    steps : int
        Number of rates: a power of two, at most 65536.

    Returns
    -------
    Schedule
        A :class:`~lrschedules.Piecewise` with a rate for each step.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range.

    Examples
    --------
    >>> from lrschedules.recipes import chebyshev
    >>> schedule = chebyshev(0.1, 1.0, steps=4)
    >>> [round(schedule(step), 4) for step in range(4)]
    [7.4486, 1.0355, 2.647, 1.3846]
    """
    if smallest >= largest or steps & (steps - 1):
        raise ValueError(
            "chebyshev: largest must be above smallest and steps a power of two, got "
            f"{smallest!r}, {largest!r} and {steps!r}; write for example chebyshev(0.1, 1.0, 8)"
        )
    order = [1]
    while len(order) < steps:
        last = 2 * len(order) + 1
        order = [node for first in order for node in (first, last - first)]
    nodes = (math.cos(math.pi * (node - 0.5) / steps) for node in order)
    rates = [2 / (largest + smallest - (largest - smallest) * node) for node in nodes]
    return Piecewise(rates, range(1, steps))
