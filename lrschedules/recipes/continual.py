"""Plateaus for runs that go on: models on the way, and ends that are not planned."""

from __future__ import annotations

from lrschedules import _param
from lrschedules._schedule import Schedule
from lrschedules.recipes._recipe import recipe
from lrschedules.shapes import Constant, Cosine, Linear, Power


@recipe(
    peak=_param.rate,
    warmup=_param.steps,
    stable=_param.steps,
    decay=_param.steps,
    cycles=_param.count,
    stop=_param.rate,
)
def repeated_wsd(
    peak: float, warmup: int, stable: int, decay: int, *, cycles: int, stop: float = 0.0
) -> Schedule:
    """Lower the rate and return to the peak, once for each model wanted.

    WSD-S: every decay gives a finished model, and training goes on from it without another run
    :cite:p:`wen2025`.

    Use it where models of several lengths of training are wanted from one run. Not for a single
    model: every decay but the last would be steps at low rates for nothing.

    Parameters
    ----------
    peak : float
        The highest rate, ≥ 0.
    warmup : int
        How long the warm-up is, in steps.
    stable : int
        How long the rate is held in each cycle, in steps.
    decay : int
        How long each way down is, in steps.
    cycles : int
        How many models there are to be.
    stop : float
        The last rate, ≥ 0.

    Returns
    -------
    Schedule
        A warm-up, and a :class:`~lrschedules.Repeat` of plateau and cooldown.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range.

    Examples
    --------
    >>> from lrschedules.recipes import repeated_wsd
    >>> schedule = repeated_wsd(0.1, warmup=100, stable=800, decay=100, cycles=3)
    >>> schedule(100), schedule(950), schedule(1000), schedule(1900)
    (0.1, 0.05, 0.1, 0.1)
    """
    cycle = Constant(peak).cooldown(decay, stop, at=stable)
    return cycle.repeat(cycles).warmup(warmup)


@recipe(
    peak=_param.rate,
    constant=_param.peak,
    stop=_param.peak,
    warmup=_param.steps,
    cooldown=_param.steps,
    hold=_param.steps,
    anneal=_param.steps,
)
def infinite(
    peak: float, constant: float, stop: float, *, warmup: int, cooldown: int, hold: int, anneal: int
) -> Schedule:
    """Warm up, cool down to a rate that can be held for ever, and anneal when the end is near.

    Further runs start from the constant phase, and need no warm-up again
    :cite:p:`ibrahim2024,singh2025`.

    Use it for training that goes on with new data. Not for one run of known length: it has no use
    for a rate that can be held for ever.

    Parameters
    ----------
    peak : float
        The highest rate, ≥ 0.
    constant : float
        The rate that is held, > 0.
    stop : float
        The last rate, > 0.
    warmup : int
        How long the warm-up is, in steps.
    cooldown : int
        How long the cosine down to ``constant`` is, in steps.
    hold : int
        How long ``constant`` is held, in steps.
    anneal : int
        How long the exponential end is, in steps.

    Returns
    -------
    Schedule
        Four phases.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range.

    Examples
    --------
    >>> from lrschedules.recipes import infinite
    >>> schedule = infinite(3e-4, 1e-4, 1e-5, warmup=100, cooldown=400, hold=400, anneal=100)
    >>> [round(schedule(step), 8) for step in (0, 100, 500, 900, 1000)]
    [0.0, 0.0003, 0.0001, 0.0001, 1e-05]
    """
    end = Linear(0, 1, anneal).geometric(constant, stop)
    held = Constant(constant).then(end, at=hold)
    return Cosine(peak, constant, cooldown).then(held).warmup(warmup)


@recipe(
    batch_size=_param.peak,
    tokens_per_step=_param.peak,
    warmup=_param.steps,
    steps=_param.steps,
    decay=_param.steps,
    a=_param.peak,
    b=_param.negative,
    most=_param.peak,
)
def power_scheduler(
    batch_size: float,
    tokens_per_step: float,
    *,
    warmup: int,
    steps: int,
    decay: int,
    a: float = 4.0,
    b: float = -0.51,
    most: float = 0.02,
) -> Schedule:
    """Lower the rate as a power of the tokens seen, scaled with the batch size.

    The batch size times ``a`` times the tokens to the power of ``b``, at most ``most``, after a
    warm-up and with a line to zero at the end :cite:p:`shen2024`.

    Use it for language models, to carry rates over between sizes of model and of batch, and between
    lengths of training. Not where training is not counted in tokens: the constants were fitted to
    them.

    Parameters
    ----------
    batch_size : float
        Samples in an update, > 0; no unit.
    tokens_per_step : float
        Tokens in an update, > 0; no unit.
    warmup : int
        How long the warm-up is, in steps.
    steps : int
        How long the run is, with warm-up and decay, in steps.
    decay : int
        How long the line to zero is, in steps.
    a : float
        The amplitude, > 0; unit: rate/sample.
    b : float
        The exponent, < 0.
    most : float
        The highest rate, > 0.

    Returns
    -------
    Schedule
        A warm-up, a :class:`~lrschedules.Power` held below ``most``, and a line.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range.

    Examples
    --------
    >>> from lrschedules.recipes import power_scheduler
    >>> schedule = power_scheduler(128, 524_288, warmup=100, steps=10_000, decay=1000)
    >>> [round(schedule(step), 5) for step in (0, 100, 1000, 9000, 10_000)]
    [0.0, 0.02, 0.01829, 0.00597, 0.0]
    """
    if steps <= warmup + decay:
        raise ValueError(
            f"power_scheduler: steps must be more than warmup and decay together, got {steps!r}, "
            f"{warmup!r} and {decay!r}; write for example warmup=100, steps=10_000, decay=1000"
        )
    first = batch_size * a * (tokens_per_step * warmup) ** b
    held = Power(first, -b, warmup).clip(maximum=most)
    return held.cooldown(decay, at=steps - decay - warmup).warmup(warmup)
