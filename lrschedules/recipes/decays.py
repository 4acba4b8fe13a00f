"""Named decays, and warmups that need no tuning."""

from __future__ import annotations

import math
from typing import Annotated

from lrschedules import kinds
from lrschedules._schedule import Schedule
from lrschedules.recipes._recipe import Peak, Start, Warmup, recipe
from lrschedules.shapes import Approach, Exponential, InverseSqrt, Linear

# The smallest positive floating-point number.
SMALLEST = math.ulp(0.0)
# The warmup lasts longer the closer beta_2 is to 1, and must end before the last step.
beta = kinds.number(ge=0, lt=0.999999999, example=0.999)
Base = Annotated[Schedule, kinds.a_schedule, "schedule without a warmup"]
Beta2 = Annotated[float, beta, "``beta_2`` of Adam"]


@recipe("An :class:`~lrschedules.Exponential`.")
def natural_exponential(
    start: Start, decay: Annotated[float, kinds.per_step, "decay rate per step"]
) -> Schedule:
    """Natural exponential decay (``NaturalExpDecay``): ``start`` times exp(-``decay`` · step).

    It is the same curve as :class:`~lrschedules.Exponential`, given by its decay rate.

    Use it for settings that contain a decay rate, such as those of Paddle. Avoid it when a factor
    per step is known: :class:`~lrschedules.Exponential` takes that factor directly.

    Examples
    --------
    >>> from lrschedules.recipes import natural_exponential
    >>> schedule = natural_exponential(0.1, decay=0.001)
    >>> schedule(0), round(schedule(1000), 6)
    (0.1, 0.036788)
    """
    return Exponential(start, factor=max(math.exp(-decay), SMALLEST))


@recipe("A product of a linear ramp and an :class:`~lrschedules.InverseSqrt`.")
def inverse_sqrt(peak: Peak, warmup: Warmup) -> Schedule:
    """Inverse square root schedule: linear warmup, then decay proportional to 1 / √step.

    The decay counts its steps from step 0, as in the original :cite:p:`vaswani2017`: after four
    times the warmup, the rate is half the peak.

    Use it for Transformers, and for long runs whose end is not known yet. Avoid it when the run has
    a known end: the rate never reaches zero, unless ``.cooldown()`` takes it there.

    Examples
    --------
    >>> from lrschedules.recipes import inverse_sqrt
    >>> schedule = inverse_sqrt(0.1, warmup=1000)
    >>> schedule(0), schedule(500), schedule(1000), schedule(4000)
    (0.0, 0.05, 0.1, 0.05)
    """
    return Linear(0, 1, warmup) * InverseSqrt(peak, warmup)


@recipe("An :func:`inverse_sqrt` schedule.")
def noam(
    model_size: Annotated[float, kinds.number(gt=0, example=512), "width of the model"],
    warmup: Warmup,
    scale: Annotated[float, kinds.factor, "factor of all rates"] = 1.0,
) -> Schedule:
    """Noam schedule: the learning rate of the original Transformer.

    The rate is ``scale`` divided by the square roots of ``model_size`` and of the step, after a
    linear warmup :cite:p:`vaswani2017`. It is highest at the end of the warmup.

    Use it for reproducing the original Transformer, and settings that follow it. Avoid it when the
    highest rate is known: :func:`inverse_sqrt` takes that rate directly.

    Examples
    --------
    >>> from lrschedules.recipes import noam
    >>> schedule = noam(model_size=512, warmup=4000)
    >>> schedule(0), round(schedule(4000), 6), round(schedule(16_000), 6)
    (0.0, 0.000699, 0.000349)
    """
    return inverse_sqrt(scale / math.sqrt(model_size * warmup), warmup)


@recipe("A product of a linear ramp and ``schedule``.")
def untuned_linear(schedule: Base, beta_2: Beta2 = 0.999) -> Schedule:
    """Untuned linear warmup for Adam: ``beta_2`` determines its length.

    The warmup multiplies the rate by (t + 1)(1 - β₂)/2 until this factor is 1: with the usual
    ``beta_2``, during the first 2000 steps. It does not delay ``schedule`` :cite:p:`ma2021`.

    Use it for Adam, if a warmup is needed whose length should not be tuned. Avoid it when the
    optimizer has no ``beta_2``: the length is derived from it.

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


@recipe("A product of an :class:`~lrschedules.Approach` and ``schedule``.")
def untuned_exponential(schedule: Base, beta_2: Beta2 = 0.999) -> Schedule:
    """Untuned exponential warmup for Adam: ``beta_2`` determines its length.

    The warmup multiplies the rate by 1 - exp(-(t + 1)(1 - β₂)) :cite:p:`ma2021`.

    Use it for Adam, if an untuned warmup should end smoothly, without the corner of
    :func:`untuned_linear`. Avoid it when the optimizer has no ``beta_2``: the length is derived
    from it.

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
