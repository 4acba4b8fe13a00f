"""Schedules for training that continues: repeated decays, and runs without a planned end."""

from __future__ import annotations

from typing import Annotated

from lrschedules import kinds
from lrschedules._schedule import Schedule
from lrschedules.recipes._recipe import Peak, Stop, Warmup, recipe
from lrschedules.shapes import Constant, Cosine, Linear, Power


@recipe("A warmup, then a :class:`.Repeat` of plateau and cooldown.")
def repeated_wsd(
    peak: Peak,
    warmup: Warmup,
    stable: Annotated[int, kinds.steps, "number of steps at the highest rate in each cycle"],
    decay: Annotated[int, kinds.steps, "number of decay steps in each cycle"],
    *,
    cycles: Annotated[int, kinds.count, "number of cycles, each of which yields a model"],
    stop: Stop = 0.0,
) -> Schedule:
    """Repeated warmup-stable-decay (WSD-S): return to the peak after each decay.

    Every decay yields a finished model, and training continues from that model. One run therefore
    replaces several runs of different lengths :cite:p:`wen2025`.

    Use it for obtaining models at several training lengths from one run. Avoid it when only one
    model is needed: all decays but the last spend steps at low rates.

    Examples
    --------
    >>> from lrschedules.recipes import repeated_wsd
    >>> schedule = repeated_wsd(0.1, warmup=100, stable=800, decay=100, cycles=3)
    >>> schedule(100), schedule(950), schedule(1000), schedule(1900)
    (0.1, 0.05, 0.1, 0.1)
    """
    cycle = Constant(peak).cooldown(decay, stop, at=stable)
    return cycle.repeat(cycles).warmup(warmup)


@recipe("A warmup, a cosine cooldown, a constant phase and an exponential decay.")
def infinite(
    peak: Peak,
    constant: Annotated[float, kinds.peak, "rate of the constant phase"],
    stop: Annotated[float, kinds.peak, "final rate"],
    *,
    warmup: Warmup,
    cooldown: Annotated[int, kinds.steps, "number of steps of the cosine decay to ``constant``"],
    hold: Annotated[int, kinds.steps, "number of steps of the constant phase"],
    anneal: Annotated[int, kinds.steps, "number of steps of the exponential decay to ``stop``"],
) -> Schedule:
    """Infinite learning rate: warm up, cool down to a constant rate, and anneal before the end.

    The constant phase can last for any number of steps. Further runs start from it and need no
    second warmup :cite:p:`ibrahim2024,singh2025`.

    Use it for continual pretraining, in which new data keeps arriving. Avoid it when the length of
    the run is known: such a run gains nothing from a rate that can be held indefinitely.

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


@recipe("A warmup, a :class:`~lrschedules.Power` capped at ``most``, and a linear decay to zero.")
def power_scheduler(
    batch_size: Annotated[
        float, kinds.number(gt=0, unit="samples", example=128), "number of samples per update"
    ],
    tokens_per_step: Annotated[
        float, kinds.number(gt=0, unit="tokens", example=524_288), "number of tokens per update"
    ],
    *,
    warmup: Warmup,
    steps: Annotated[int, kinds.steps, "total number of steps, with warmup and decay"],
    decay: Annotated[int, kinds.steps, "number of steps of the linear decay to zero"],
    a: Annotated[float, kinds.number(gt=0, unit="rate/sample", example=4), "amplitude"] = 4.0,
    b: Annotated[float, kinds.number(gt=-20, lt=0, example=-0.51), "exponent"] = -0.51,
    most: Annotated[float, kinds.peak, "highest rate"] = 0.02,
) -> Schedule:
    """Power scheduler: decay as a power of the number of tokens, scaled by the batch size.

    The rate is ``batch_size * a * tokens ** b``, capped at ``most``. A linear warmup precedes this
    decay, and a linear decay to zero follows it :cite:p:`shen2024`.

    Use it for transferring learning rates between language models of different sizes, batch sizes
    and training lengths. Avoid it when training is not measured in tokens: the constants were
    fitted to numbers of tokens.

    Examples
    --------
    >>> from lrschedules.recipes import power_scheduler
    >>> schedule = power_scheduler(128, 524_288, warmup=100, steps=10_000, decay=1000)
    >>> [round(schedule(step), 5) for step in (0, 100, 1000, 9000, 10_000)]
    [0.0, 0.02, 0.01829, 0.00597, 0.0]
    """
    if steps <= warmup + decay:
        raise ValueError(
            f"power_scheduler: steps must be greater than warmup + decay, got steps={steps!r}, "
            f"warmup={warmup!r} and decay={decay!r}; write for example warmup=100, steps=10_000, "
            "decay=1000"
        )
    first = batch_size * a * (tokens_per_step * warmup) ** b
    held = Power(first, -b, warmup).clip(maximum=most)
    return held.cooldown(decay, at=steps - decay - warmup).warmup(warmup)
