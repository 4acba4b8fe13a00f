"""Decays and warm-ups that are known by a name."""

from __future__ import annotations

import dataclasses
import math

from lrschedules import _param
from lrschedules._schedule import Schedule, a_schedule
from lrschedules.recipes._recipe import recipe
from lrschedules.shapes import (
    Approach,
    Exponential,
    InverseSqrt,
    Linear,
)

# The smallest number above zero that floating point has.
SMALLEST = math.ulp(0.0)
# The closer it is to 1 the longer is the warm-up, and no step is later than the last one.
beta = dataclasses.replace(
    _param.fraction, rule="a number ≥ 0 and < 0.999999999", example=0.999, below=0.999999999
)


@recipe(start=_param.rate, decay=_param.per_step)
def natural_exponential(start: float, decay: float) -> Schedule:
    """Let the rate fall as e to the minus ``decay`` times the step.

    The same curve as :class:`~lrschedules.Exponential`, said by its rate of decay.

    Use it to bring over settings that give the rate of decay, as those of Paddle do. Not where a
    factor is known: :class:`~lrschedules.Exponential` takes it as it is.

    Parameters
    ----------
    start : float
        The first rate, ≥ 0.
    decay : float
        How fast it falls, ≥ 0, in 1/steps.

    Returns
    -------
    Schedule
        An :class:`~lrschedules.Exponential`.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range.

    Examples
    --------
    >>> from lrschedules.recipes import natural_exponential
    >>> schedule = natural_exponential(0.1, decay=0.001)
    >>> schedule(0), round(schedule(1000), 6)
    (0.1, 0.036788)
    """
    return Exponential(start, factor=max(math.exp(-decay), SMALLEST))


@recipe(peak=_param.rate, warmup=_param.steps)
def inverse_sqrt(peak: float, warmup: int) -> Schedule:
    """Warm up on a line, then fall as one over the square root of the step.

    The clock of the fall starts at step 0, as in the original :cite:p:`vaswani2017`: after four
    times the warm-up the rate is halved.

    Use it for Transformers, and for long runs whose end is not known yet. Not by itself for a run
    that does end: the rate never reaches zero; a ``cooldown`` takes it there.

    Parameters
    ----------
    peak : float
        The highest rate, ≥ 0.
    warmup : int
        How long the warm-up is, in steps.

    Returns
    -------
    Schedule
        A product of a line and an :class:`~lrschedules.InverseSqrt`.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range.

    Examples
    --------
    >>> from lrschedules.recipes import inverse_sqrt
    >>> schedule = inverse_sqrt(0.1, warmup=1000)
    >>> schedule(0), schedule(500), schedule(1000), schedule(4000)
    (0.0, 0.05, 0.1, 0.05)
    """
    return Linear(0, 1, warmup) * InverseSqrt(peak, warmup)


@recipe(model_size=_param.peak, warmup=_param.steps, scale=_param.factor)
def noam(model_size: int, warmup: int, scale: float = 1.0) -> Schedule:
    """Use the rates of the original Transformer.

    The rate is ``scale`` divided by the square roots of ``model_size`` and of the step, after a
    warm-up on a line :cite:p:`vaswani2017`. Its peak is where the warm-up ends.

    Use it to repeat the original, and settings that follow it. Not where the highest rate is known:
    :func:`inverse_sqrt` takes that rate itself.

    Parameters
    ----------
    model_size : int
        The width of the model, > 0; no unit.
    warmup : int
        How long the warm-up is, in steps.
    scale : float
        What all rates are multiplied by, ≥ 0; no unit.

    Returns
    -------
    Schedule
        An :func:`inverse_sqrt`.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range.

    Examples
    --------
    >>> from lrschedules.recipes import noam
    >>> schedule = noam(model_size=512, warmup=4000)
    >>> schedule(0), round(schedule(4000), 6), round(schedule(16_000), 6)
    (0.0, 0.000699, 0.000349)
    """
    return inverse_sqrt(scale / math.sqrt(model_size * warmup), warmup)


@recipe(schedule=a_schedule, beta_2=beta)
def untuned_linear(schedule: Schedule, beta_2: float = 0.999) -> Schedule:
    """Warm up on a line as long as Adam needs, and no number to tune.

    The rate is multiplied by (t + 1)(1 - β₂)/2 until that is 1: with the usual ``beta_2`` over 2000
    steps, on top of a schedule that does not wait :cite:p:`ma2021`.

    Use it with Adam, where a warm-up is wanted and its length is not to be tuned. Not with an
    optimizer that has no ``beta_2``: the length is taken from it.

    Parameters
    ----------
    schedule : Schedule
        The rates without a warm-up.
    beta_2 : float
        The ``beta_2`` of Adam, ≥ 0 and < 0.999999999.

    Returns
    -------
    Schedule
        A product of a line and ``schedule``.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range.

    Examples
    --------
    >>> from lrschedules.recipes import untuned_linear
    >>> from lrschedules import Constant
    >>> schedule = untuned_linear(Constant(0.1))
    >>> schedule(0), schedule(999), schedule(1999)
    (5e-05, 0.05, 0.1)
    """
    steps = round(2 / (1 - beta_2))
    return Linear(1 / steps, 1, steps - 1) * schedule


@recipe(schedule=a_schedule, beta_2=beta)
def untuned_exponential(schedule: Schedule, beta_2: float = 0.999) -> Schedule:
    """Warm up exponentially as Adam needs, and no number to tune.

    The rate is multiplied by 1 - exp(-(t + 1)(1 - β₂)) :cite:p:`ma2021`.

    Use it with Adam, as :func:`untuned_linear`, for a warm-up without a corner. Not with an
    optimizer that has no ``beta_2``: the length is taken from it.

    Parameters
    ----------
    schedule : Schedule
        The rates without a warm-up.
    beta_2 : float
        The ``beta_2`` of Adam, ≥ 0 and < 0.999999999.

    Returns
    -------
    Schedule
        A product of an :class:`~lrschedules.Approach` and ``schedule``.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range.

    Examples
    --------
    >>> from lrschedules.recipes import untuned_exponential
    >>> from lrschedules import Constant
    >>> schedule = untuned_exponential(Constant(0.1))
    >>> round(schedule(0), 6), round(schedule(999), 6)
    (0.0001, 0.063212)
    """
    each = 1 - beta_2
    return Approach(-math.expm1(-each), 1, factor=math.exp(-each)) * schedule
