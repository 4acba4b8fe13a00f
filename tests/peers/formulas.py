"""The schedules of codes that are too large to install here, restated from their sources.

What is stated is what each computes; where it was read is in the table of peers. The names and the
arguments are those of the codes, so that a row shows what their users write.
"""

import math
from types import SimpleNamespace

COOLDOWNS = {
    "linear": lambda z: 1 - z,
    "cosine": lambda z: (1 + math.cos(math.pi * z)) / 2,
    "sqrt": lambda z: 1 - math.sqrt(z),
    "minus_sqrt": lambda z: 1 - math.sqrt(z),
    "exponential": lambda z: 2 * 0.5**z - 1,
}


def _between(first, last, share):
    """Return ``first`` where the share is 1, and ``last`` where it is 0."""
    return last + (first - last) * share


def torchtitan(step, *, warmup_steps, stable_steps, decay_steps, lr_decay_type, lr_min):
    """Return the factor of the rate, whose ramps have one step more than their lengths say."""
    flat = warmup_steps + stable_steps
    if step < warmup_steps:
        return (step + 1) / (warmup_steps + 1)
    if step < flat:
        return 1.0
    progress = (min(step, flat + decay_steps) + 1 - flat) / (decay_steps + 1)
    return _between(1, lr_min, COOLDOWNS[lr_decay_type](progress))


def nanochat(step, *, num_iterations, warmup_steps, warmdown_ratio, final_lr_frac):
    """Return the factor of the rate, which is 1 at the last step of the warmup."""
    warmdown = round(warmdown_ratio * num_iterations)
    if step < warmup_steps:
        return (step + 1) / warmup_steps
    return _between(1, final_lr_frac, min(1, (num_iterations - step) / warmdown))


def _olmo(curve, warmup_steps):
    def get_lr(initial_lr, step, max_steps):
        if step < warmup_steps:
            return initial_lr * step / warmup_steps
        return curve(initial_lr, step, max_steps)

    return SimpleNamespace(get_lr=get_lr)


def _olmo_wsd(warmup_steps, decay_steps):
    left = lambda step, steps: min(max(steps - step, 0), decay_steps)  # noqa: E731
    return _olmo(lambda lr, step, steps: lr * left(step, steps) / decay_steps, warmup_steps)


def _olmo_to(shape, warmup_steps, alpha_f):
    def curve(lr, step, steps):
        progress = min(1, (step - warmup_steps) / (steps - warmup_steps))
        return _between(lr, alpha_f * lr, shape(progress))

    return _olmo(curve, warmup_steps)


def _olmo_inverse_sqrt(warmup_steps, alpha_f):
    share = lambda step: math.sqrt(warmup_steps / step)  # noqa: E731
    return _olmo(lambda lr, step, _: _between(lr, alpha_f * lr, share(step)), warmup_steps)


OLMO_CORE = {
    "WSD": _olmo_wsd,
    "CosWithWarmup": lambda **fields: _olmo_to(COOLDOWNS["cosine"], **fields),
    "LinearWithWarmup": lambda **fields: _olmo_to(COOLDOWNS["linear"], **fields),
    "InvSqrtWithWarmup": _olmo_inverse_sqrt,
}


def megatron(
    *,
    max_lr,
    min_lr,
    lr_warmup_steps,
    lr_decay_steps,
    lr_decay_style,
    wsd_decay_steps=0,
    lr_wsd_decay_style=None,
):
    """Return the rate as a function of the count of steps."""

    def rate(step):
        if step <= lr_warmup_steps:
            return max_lr * step / lr_warmup_steps
        if lr_decay_style == "constant":
            return max_lr
        if step > lr_decay_steps:
            return min_lr
        if lr_decay_style == "inverse-square-root":
            return max(min_lr, max_lr * math.sqrt(lr_warmup_steps / step))
        start, shape = lr_warmup_steps, lr_decay_style
        if lr_decay_style == "WSD":
            start, shape = lr_decay_steps - wsd_decay_steps, lr_wsd_decay_style
        progress = max(0, step - start) / (lr_decay_steps - start)
        return _between(max_lr, min_lr, COOLDOWNS[shape](progress))

    return rate


def _length(steps, total):
    """Return a number of steps that may be given as a fraction, which is rounded down."""
    return int(steps * total) if steps <= 1 else int(steps)


def levanter(*, learning_rate, lr_schedule, warmup=0.01, decay=None, min_lr_ratio=0.1, cycles=1):
    """Return what has the schedule of a run of so many steps."""

    def after(step, length, warmup):
        """Return the rate at a step of a cycle, of the decay and what is before it."""
        ramp = _length(warmup, length)
        decay_steps = length - ramp if decay is None else _length(decay, length)
        count = step - (length - decay_steps)
        if step < ramp:
            return learning_rate * step / ramp
        if count < 0:
            return learning_rate
        if lr_schedule in COOLDOWNS:
            share = COOLDOWNS[lr_schedule](min(1, count / decay_steps))
            return _between(learning_rate, min_lr_ratio * learning_rate, share)
        if lr_schedule == "inv_sqrt":
            share = math.sqrt(10_000 / max(count + ramp, 1))
        else:  # inv
            share = 1 / ((1 / min_lr_ratio - 1) * max(count, 1) / decay_steps + 1)
        return learning_rate * max(min(1, share), min_lr_ratio)

    def lr_scheduler(num_train_steps):
        length = num_train_steps // cycles

        def rate(step):
            cycle = min(step // length, cycles - 1)
            return after(step - cycle * length, length, warmup if cycle == 0 else 0)

        return rate

    return SimpleNamespace(lr_scheduler=lr_scheduler)
