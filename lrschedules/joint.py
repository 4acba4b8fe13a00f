"""Curves that go together: each function returns a schedule for every hyperparameter it names.

The names are those of Keras, so ``lrs.scheduled(keras.optimizers.SGD, **curves)`` takes them. They
are chosen for each other: a momentum that falls while the rate rises, a weight decay that follows
the rate.
"""

from __future__ import annotations

from typing import Annotated

from lrschedules import kinds
from lrschedules._hyperparameters import BELOW_ONE, steps_of_extremes
from lrschedules._schedule import Schedule, shaped
from lrschedules.recipes import one_cycle as rate_of_one_cycle
from lrschedules.recipes import one_cycle_three_phase as rate_of_three_phases
from lrschedules.recipes import one_cycle_torch as rate_in_pytorch
from lrschedules.recipes._recipe import (
    Curve,
    Divide,
    FinalDivide,
    Peak,
    Steps,
    Up,
    recipe,
    whole_steps,
)
from lrschedules.shapes import Constant, Cosine, Linear

Curves = dict[str, Schedule]
LowMomentum = Annotated[float, BELOW_ONE, "momentum at the peak of the rate"]
HighMomentum = Annotated[float, BELOW_ONE, "momentum at the beginning and at the end"]
Decay = Annotated[float, kinds.factor, "highest weight decay"]
Cooldown = Annotated[int, kinds.steps, "number of steps of the decay at the end"]


@recipe("The curves of ``learning_rate`` and ``momentum``.", kind="dict of str to Schedule")
def one_cycle(
    peak: Peak,
    steps: Steps,
    *,
    up: Up = 0.25,
    divide: Divide = 25.0,
    final_divide: FinalDivide = 4e3,
    low: LowMomentum = 0.85,
    high: HighMomentum = 0.95,
    shape: Curve = Cosine,
) -> Curves:
    """One-cycle policy with its momentum, as in fastai's ``fit_one_cycle``.

    The momentum falls while the rate rises, and rises while the rate falls :cite:p:`smith2018`. The
    defaults are those of fastai, which divides the peak by 100,000 at the end :cite:p:`howard2020`.
    Give the second curve to ``beta_1`` of Adam.

    Use it for short runs of known length with a very high rate. Avoid it when the run may stop
    early or continue: the low rates come last.

    Examples
    --------
    >>> import lrschedules as lrs
    >>> curves = lrs.joint.one_cycle(1.0, steps=1000)
    >>> [
    ...     (round(curves["learning_rate"](t), 5), round(curves["momentum"](t), 5))
    ...     for t in (0, 250, 625, 1000)
    ... ]
    [(0.04, 0.95), (1.0, 0.85), (0.5, 0.9), (1e-05, 0.95)]
    """
    rate = rate_of_one_cycle(
        peak, steps, up=up, divide=divide, final_divide=final_divide, shape=shape
    )
    ramp, top = shaped("one_cycle: shape", shape), whole_steps("one_cycle: up", up, steps)
    back = ramp(low, high, steps - top)
    return {"learning_rate": rate, "momentum": ramp(high, low, top).then(back, at=top)}


@recipe("The curves of ``learning_rate`` and ``momentum``.", kind="dict of str to Schedule")
def one_cycle_torch(
    peak: Peak,
    steps: Steps,
    *,
    up: Up = 0.3,
    divide: Divide = 25.0,
    final_divide: FinalDivide = 1e4,
    low: LowMomentum = 0.85,
    high: HighMomentum = 0.95,
    shape: Curve = Cosine,
) -> Curves:
    """One-cycle policy with its momentum, at the steps of PyTorch's ``OneCycleLR``.

    It is ``OneCycleLR(cycle_momentum=True)``, where ``base_momentum`` is ``low`` and
    ``max_momentum`` is ``high``. Give the second curve to ``beta_1`` of Adam. If ``up`` times
    ``steps`` is not an integer, the peak is at the step before it.

    Use it for reproducing runs made with PyTorch's ``OneCycleLR``. Avoid it when a run is new:
    :func:`one_cycle` has its peak and its end at the steps that its arguments name.

    Examples
    --------
    >>> import lrschedules as lrs
    >>> curves = lrs.joint.one_cycle_torch(1.0, steps=1000)
    >>> [
    ...     (round(curves["learning_rate"](t), 6), round(curves["momentum"](t), 6))
    ...     for t in (0, 299, 649, 999)
    ... ]
    [(0.04, 0.95), (1.0, 0.85), (0.500002, 0.9), (4e-06, 0.95)]
    """
    rate = rate_in_pytorch(
        peak, steps, up=up, divide=divide, final_divide=final_divide, shape=shape
    )
    ramp = shaped("one_cycle_torch: shape", shape)
    top = whole_steps("one_cycle_torch: up", up, steps, less=1)
    back = ramp(low, high, steps - 1 - top)
    return {"learning_rate": rate, "momentum": ramp(high, low, top).then(back, at=top)}


@recipe("The curves of ``learning_rate`` and ``momentum``.", kind="dict of str to Schedule")
def one_cycle_three_phase(
    peak: Peak,
    steps: Steps,
    *,
    up: Up = 0.3,
    down: Annotated[
        float,
        kinds.number(gt=0, lt=1),
        "fraction of the steps before the return to the initial rate, greater than ``up``",
    ] = 0.85,
    divide: Divide = 25.0,
    final_divide: FinalDivide = 1e4,
    low: LowMomentum = 0.85,
    high: HighMomentum = 0.95,
    shape: Curve = Linear,
) -> Curves:
    """Three-phase one-cycle policy of the papers, with its momentum.

    The rate rises to the peak, returns, and ends far below its initial value. The momentum mirrors
    the first two phases and stays at its highest value in the third :cite:p:`smith2018,smith2019`.

    Use it for reproducing the papers. Avoid it when the run may stop early or continue: the lowest
    rates come last.

    Examples
    --------
    >>> import lrschedules as lrs
    >>> curves = lrs.joint.one_cycle_three_phase(1.0, steps=1000)
    >>> [
    ...     (round(curves["learning_rate"](t), 6), round(curves["momentum"](t), 6))
    ...     for t in (0, 300, 850, 1000)
    ... ]
    [(0.04, 0.95), (1.0, 0.85), (0.04, 0.95), (4e-06, 0.95)]
    """
    rate = rate_of_three_phases(
        peak, steps, up=up, down=down, divide=divide, final_divide=final_divide, shape=shape
    )
    ramp = shaped("one_cycle_three_phase: shape", shape)
    top = whole_steps("one_cycle_three_phase: up", up, steps)
    back = whole_steps("one_cycle_three_phase: down", down, steps, less=top)
    momentum = ramp(high, low, top).then(ramp(low, high, back), at=top)
    return {"learning_rate": rate, "momentum": momentum}


@recipe(
    "The curves of ``learning_rate``, ``momentum`` and ``weight_decay``.",
    kind="dict of str to Schedule",
)
def nanochat(
    peak: Peak,
    steps: Steps,
    *,
    warmup: Annotated[int, kinds.whole(ge=2, unit="steps"), "number of warmup steps"] = 40,
    cooldown: Cooldown,
    momentum_warmup: Annotated[int, kinds.steps, "number of warmup steps of the momentum"] = 400,
    weight_decay: Decay,
    floor: Annotated[float, kinds.number(ge=0, le=1), "last rate as a fraction of the peak"] = 0.0,
) -> Curves:
    """Follow the base training of nanochat, for the matrices that Muon updates.

    The rate begins at one ``warmup``-th of the peak, as the count of nanochat begins at 1, and ends
    with a linear decay. The momentum rises from 0.85 to 0.97 and falls to 0.90 while the rate
    decays. The weight decay falls to zero along a cosine :cite:p:`karpathy2025`.

    Use it for Muon and a run of known length. Avoid it for AdamW: the momentum of nanochat's AdamW
    is constant.

    Examples
    --------
    >>> import lrschedules as lrs
    >>> curves = lrs.joint.nanochat(0.02, steps=2000, cooldown=1000, weight_decay=0.2)
    >>> [round(curves[name](1500), 4) for name in ("learning_rate", "momentum", "weight_decay")]
    [0.01, 0.935, 0.0293]
    """
    at = steps - cooldown
    if at < max(warmup, momentum_warmup):
        raise ValueError(
            "steps must be at least cooldown plus the longer warmup, "
            f"{cooldown + max(warmup, momentum_warmup)}"
        )
    rise = Linear(peak / warmup, peak, warmup - 1)
    momentum = Linear(0.85, 0.97, momentum_warmup)
    return {
        "learning_rate": rise.then(Linear(peak, floor * peak, cooldown), at=at),
        "momentum": momentum.then(Linear(0.97, 0.90, cooldown), at=at),
        "weight_decay": Cosine(weight_decay, 0.0, steps),
    }


@recipe("The curves of ``learning_rate`` and ``momentum``.", kind="dict of str to Schedule")
def modded_nanogpt(
    peak: Peak,
    steps: Steps,
    *,
    cooldown: Cooldown,
    momentum_warmup: Annotated[int, kinds.steps, "number of warmup steps of the momentum"] = 300,
    momentum_cooldown: Annotated[int, kinds.steps, "number of cooldown steps of the momentum"] = 50,
    floor: Annotated[float, kinds.number(ge=0, le=1), "last rate as a fraction of the peak"] = 0.1,
) -> Curves:
    """Follow modded-nanogpt at a constant batch size, for the matrices that Muon updates.

    The rate is constant, then falls linearly to a tenth. The momentum rises from 0.85 to 0.95, and
    falls back in the last 50 steps :cite:p:`jordan2024`. The factors that go with the larger
    batches later in the run of modded-nanogpt are left out.

    Use it for Muon and short runs. Avoid it when the rate needs a warmup of its own.

    Examples
    --------
    >>> import lrschedules as lrs
    >>> curves = lrs.joint.modded_nanogpt(0.02, steps=1500, cooldown=750)
    >>> [
    ...     (round(curves["learning_rate"](t), 4), round(curves["momentum"](t), 4))
    ...     for t in (0, 300, 1125, 1500)
    ... ]
    [(0.02, 0.85), (0.02, 0.95), (0.011, 0.95), (0.002, 0.85)]
    """
    if steps < max(cooldown, momentum_warmup + momentum_cooldown):
        raise ValueError("steps must be at least cooldown, and at least the phases of the momentum")
    fall = Linear(0.95, 0.85, momentum_cooldown)
    end = Linear(peak, floor * peak, cooldown)
    return {
        "learning_rate": Constant(peak).then(end, at=steps - cooldown) if steps > cooldown else end,
        "momentum": Linear(0.85, 0.95, momentum_warmup).then(fall, at=steps - momentum_cooldown),
    }


@recipe("The curves of ``learning_rate`` and ``weight_decay``.", kind="dict of str to Schedule")
def adamc(
    learning_rate: Annotated[Schedule, kinds.a_schedule, "schedule of the learning rate"],
    weight_decay: Decay,
) -> Curves:
    """AdamC: a weight decay in proportion to the rate, for layers that are normalised.

    The weight decay is multiplied by the rate divided by its highest value. Keras, PyTorch and
    optax multiply it by the rate once more in AdamW, so that the weights shrink with the square of
    the rate. With a constant weight decay, the norm of the gradient grows as the rate falls
    :cite:p:`defazio2025`.

    Use it with AdamW and a rate that falls to zero, for the weights of normalised layers; the
    source leaves the decay of the last layer constant. Avoid it when the rate is constant: it
    changes nothing.

    Examples
    --------
    >>> import lrschedules as lrs
    >>> curves = lrs.joint.adamc(lrs.Linear(0.001, 0.0, steps=1000), weight_decay=0.1)
    >>> curves["weight_decay"](0), curves["weight_decay"](500)
    (0.1, 0.05)
    """
    highest = learning_rate(steps_of_extremes(learning_rate)[1])
    if not highest:
        raise ValueError("the learning rate must be > 0 at some step")
    return {
        "learning_rate": learning_rate,
        "weight_decay": learning_rate.scale(weight_decay / highest),
    }
