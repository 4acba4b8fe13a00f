"""Rates that are given, or computed, one by one."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lrschedules import _param
from lrschedules._schedule import Schedule
from lrschedules.recipes._recipe import recipe
from lrschedules.shapes import (
    Linear,
    Piecewise,
)

if TYPE_CHECKING:
    from lrschedules._on_time import Shape


@recipe(factor=_param.factor, milestones=_param.boundaries)
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
        If a parameter is refused by one of the schedules that it goes to.

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
        A chain of shapes, as long as the last boundary.

    Raises
    ------
    TypeError, ValueError
        If a list is refused, or their lengths do not fit.

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
    return functools.reduce(Schedule.then, map(shape, values, values[1:], steps))


@recipe(smallest=_param.peak, largest=_param.peak, steps=_param.steps)
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
        How many rates there are: a power of two.

    Returns
    -------
    Schedule
        A :class:`~lrschedules.Piecewise` with a rate for each step.

    Raises
    ------
    TypeError, ValueError
        If a parameter is refused by one of the schedules that it goes to.

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
