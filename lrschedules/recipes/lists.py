"""Schedules of rates that are listed or computed one by one."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Annotated

from lrschedules import kinds
from lrschedules._schedule import Schedule, shaped
from lrschedules.recipes._recipe import Curve, Start, recipe
from lrschedules.shapes import Linear, Piecewise

# The formula has one operation for each step.
few_steps = kinds.whole(ge=1, le=2**16, unit="steps", example=8)
curvature = kinds.number(gt=0, unit="1/rate", example=0.1)


@recipe("A :class:`~lrschedules.Piecewise`.")
def multistep(
    start: Start,
    factor: Annotated[float, kinds.factor, "factor of the rate at each milestone"],
    milestones: Annotated[Sequence[int], kinds.boundaries, "steps at which the rate changes"],
) -> Schedule:
    """Multi-step decay (``MultiStepLR``): multiply the rate by a factor at each milestone.

    The new rate applies from the milestone on.

    Use it for reproducing runs such as those of residual networks, which divide the rate by ten
    twice :cite:p:`he2016`. Avoid it when a new run has no known milestones: a smooth schedule needs
    none.

    Examples
    --------
    >>> from lrschedules.recipes import multistep
    >>> schedule = multistep(0.1, 0.1, milestones=[30, 60])
    >>> schedule(29), schedule(30), round(schedule(60), 10)
    (0.1, 0.01, 0.001)
    """
    return Piecewise([start * factor**i for i in range(len(milestones) + 1)], milestones)


@recipe("Ramps in sequence, as long as the last boundary.")
def interpolate(
    values: Annotated[Sequence[float], kinds.rates, "rates at step 0 and at each boundary"],
    boundaries: Annotated[Sequence[int], kinds.boundaries, "steps at which ramps end"],
    shape: Curve = Linear,
) -> Schedule:
    """Piecewise interpolation: ramp from each rate of a list to the next.

    With :class:`~lrschedules.Linear` the curve is piecewise linear; with
    :class:`~lrschedules.Cosine` every ramp is half a cosine wave.

    Use it for a curve that is given by its corners. Avoid it when the rates should jump:
    :class:`~lrschedules.Piecewise` does that.

    Examples
    --------
    >>> from lrschedules.recipes import interpolate
    >>> schedule = interpolate([0.0, 0.4, 0.0], boundaries=[15, 30])
    >>> schedule(0), schedule(15), schedule(20), schedule(30)
    (0.0, 0.4, 0.26666666666666666, 0.0)
    """
    if len(values) != len(boundaries) + 1 or not boundaries:
        raise ValueError(
            "interpolate: values must have one entry more than boundaries, and boundaries at least "
            f"one, got {len(values)} values and {len(boundaries)} boundaries; write for example "
            "interpolate([0, 0.4, 0], [15, 30])"
        )
    steps = [b - a for a, b in itertools.pairwise([0, *boundaries])]
    ramp = shaped("interpolate: shape", shape)
    return _chained(list(map(ramp, values, values[1:], steps)), steps)


def _chained(schedules: Sequence[Schedule], steps: Sequence[int]) -> Schedule:
    """Return schedules in sequence, each for its number of steps.

    They are joined in pairs, and these pairs in pairs again: Python could not call, save or trace a
    chain of a thousand.
    """
    if len(schedules) == 1:
        return schedules[0]
    half = len(schedules) // 2
    first = _chained(schedules[:half], steps[:half])
    second = _chained(schedules[half:], steps[half:])
    return first.then(second, at=sum(steps[:half]))


@recipe("A :class:`~lrschedules.Piecewise` with a rate for each step.")
def chebyshev(
    smallest: Annotated[float, curvature, "smallest curvature"],
    largest: Annotated[float, curvature, "largest curvature, greater than ``smallest``"],
    steps: Annotated[int, few_steps, "number of rates, a power of two"],
) -> Schedule:
    """Chebyshev steps (fractal schedule): reciprocals of Chebyshev nodes, in fractal order.

    The schedule is one round of ``steps`` updates; repeat it for more. The order of the rates
    matters; this order is stable :cite:p:`agarwal2021`.

    Use it for gradient descent on a quadratic whose curvatures lie between two known bounds, if the
    best rates are far apart. Avoid it when the curvatures are unknown: some of the rates diverge
    on their own.

    Examples
    --------
    >>> from lrschedules.recipes import chebyshev
    >>> schedule = chebyshev(0.1, 1.0, steps=4)
    >>> [round(schedule(step), 4) for step in range(4)]
    [7.4486, 1.0355, 2.647, 1.3846]
    """
    if smallest >= largest or steps & (steps - 1):
        raise ValueError(
            "chebyshev: largest must be greater than smallest, and steps a power of two, got "
            f"largest={largest!r}, smallest={smallest!r} and steps={steps!r}; write for example "
            "chebyshev(0.1, 1.0, 8)"
        )
    order = [1]
    while len(order) < steps:
        last = 2 * len(order) + 1
        order = [node for first in order for node in (first, last - first)]
    nodes = (math.cos(math.pi * (node - 0.5) / steps) for node in order)
    rates = [2 / (largest + smallest - (largest - smallest) * node) for node in nodes]
    return Piecewise(rates, range(1, steps))
