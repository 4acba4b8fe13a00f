"""One-cycle policies: one ramp up and one decay per run."""

from __future__ import annotations

from typing import Annotated

from lrschedules import kinds
from lrschedules._schedule import Schedule, shaped
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
from lrschedules.shapes import Cosine, Linear


@recipe("Two ramps of ``steps`` steps in total.")
def one_cycle(
    peak: Peak,
    steps: Steps,
    *,
    up: Up = 0.3,
    divide: Divide = 25.0,
    final_divide: FinalDivide = 1e4,
    shape: Curve = Cosine,
) -> Schedule:
    """One-cycle policy (super-convergence): ramp up to a high rate, then decay to a very low one.

    It follows the convention of optax and fastai :cite:p:`smith2019`: the peak is at step ``up``
    times ``steps``, rounded down, and the end at ``steps``. optax computes the peak as
    ``int(pct_start * transition_steps)``, which floating point places one step earlier for some
    values: 0.29 of 100 steps is step 28 in optax and step 29 here. The schedule of PyTorch reaches
    both one step earlier: :func:`one_cycle_torch`. The momentum that belongs to it is in
    :func:`lrschedules.joint.one_cycle`.

    Use it for short runs of known length with a very high rate;
    :func:`lrschedules.finder.range_test` helps to find this rate. Avoid it when the run may stop
    early or continue: the low rates come last.

    Examples
    --------
    >>> from lrschedules.recipes import one_cycle
    >>> schedule = one_cycle(1.0, steps=1000)
    >>> schedule(0), schedule(300), round(schedule(650), 4), round(schedule(1000), 8)
    (0.04, 1.0, 0.5, 4e-06)
    """
    ramp = shaped("one_cycle: shape", shape)
    top, first = whole_steps("one_cycle: up", up, steps), peak / divide
    fall = ramp(peak, first / final_divide, steps - top)
    return ramp(first, peak, top).then(fall, at=top)


@recipe("Two ramps of ``steps - 1`` steps in total.")
def one_cycle_torch(
    peak: Peak,
    steps: Steps,
    *,
    up: Up = 0.3,
    divide: Divide = 25.0,
    final_divide: FinalDivide = 1e4,
    shape: Curve = Cosine,
) -> Schedule:
    """One-cycle policy (super-convergence) at the steps of PyTorch's ``OneCycleLR``.

    It is :func:`one_cycle` with the peak at ``up`` times ``steps`` minus one, and the end at
    ``steps`` minus one. If ``up`` times ``steps`` is not an integer, the peak is at the step before
    it; the curve of PyTorch then has no step at its peak. :func:`lrschedules.joint.one_cycle_torch`
    adds the momentum of ``cycle_momentum=True``.

    Use it for reproducing runs made with PyTorch's ``OneCycleLR``. Avoid it when a run is new:
    :func:`one_cycle` has its peak and its end at the steps that its arguments name.

    Examples
    --------
    >>> from lrschedules.recipes import one_cycle_torch
    >>> schedule = one_cycle_torch(1.0, steps=1000)
    >>> schedule(0), schedule(299), round(schedule(999), 8)
    (0.04, 1.0, 4e-06)
    """
    ramp = shaped("one_cycle_torch: shape", shape)
    top, first = whole_steps("one_cycle_torch: up", up, steps, less=1), peak / divide
    fall = ramp(peak, first / final_divide, steps - 1 - top)
    return ramp(first, peak, top).then(fall, at=top)


@recipe("Three ramps of ``steps`` steps in total.")
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
    shape: Curve = Linear,
) -> Schedule:
    """Three-phase one-cycle policy of the super-convergence paper: up, back down, and far below.

    The rate rises to the peak, returns to the initial rate, and ends far below it
    :cite:p:`smith2019`. The phases have the steps of ``linear_onecycle_schedule`` in optax. The
    momentum that belongs to it is in :func:`lrschedules.joint.one_cycle_three_phase`.

    Use it for reproducing the paper; :func:`lrschedules.finder.range_test` finds the peak. Avoid it
    when the run may stop early or continue: the lowest rates come last.

    Examples
    --------
    >>> from lrschedules.recipes import one_cycle_three_phase
    >>> schedule = one_cycle_three_phase(1.0, steps=1000)
    >>> schedule(0), schedule(300), schedule(850), round(schedule(1000), 8)
    (0.04, 1.0, 0.04, 4e-06)
    """
    ramp = shaped("one_cycle_three_phase: shape", shape)
    top = whole_steps("one_cycle_three_phase: up", up, steps)
    back = whole_steps("one_cycle_three_phase: down", down, steps, less=top)
    first = peak / divide
    rise, fall = ramp(first, peak, top), ramp(peak, first, back)
    end = ramp(first, first / final_divide, steps - top - back)
    return rise.then(fall, at=top).then(end, at=top + back)


@recipe("Two linear ramps of ``steps`` steps in total.")
def slanted_triangular(
    peak: Peak,
    steps: Steps,
    cut: Up = 0.1,
    ratio: Annotated[
        float, kinds.number(ge=1, example=32), "ratio of ``peak`` to the lowest rate"
    ] = 32.0,
) -> Schedule:
    """Slanted triangular learning rate (STLR): short linear warmup, then long linear decay.

    The warmup has ``cut`` times ``steps`` steps, rounded down, and the decay ends exactly at
    ``steps``; that of the paper ends near it if the product is not an integer.

    Use it for fine-tuning language models :cite:p:`howard2018`. Avoid it when training starts from
    scratch: it was designed for pretrained models.

    Examples
    --------
    >>> from lrschedules.recipes import slanted_triangular
    >>> schedule = slanted_triangular(0.01, steps=1000)
    >>> schedule(0), schedule(100), schedule(1000)
    (0.0003125, 0.01, 0.0003125)
    """
    top, low = whole_steps("slanted_triangular: cut", cut, steps), peak / ratio
    return Linear(low, peak, top).then(Linear(peak, low, steps - top))
