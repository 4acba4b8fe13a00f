"""One rise and one fall: the one-cycle policies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lrschedules import _param
from lrschedules._on_time import shaped
from lrschedules._schedule import Schedule
from lrschedules.recipes._recipe import recipe, whole_steps
from lrschedules.shapes import Cosine, Linear

if TYPE_CHECKING:
    from lrschedules._on_time import Shape


@recipe(
    peak=_param.rate,
    steps=_param.steps,
    up=_param.part,
    divide=_param.multiple,
    final_divide=_param.ratio,
)
def one_cycle(
    peak: float,
    steps: int,
    *,
    up: float = 0.3,
    divide: float = 25.0,
    final_divide: float = 1e4,
    shape: Shape = Cosine,
) -> Schedule:
    """Rise to a high rate and fall to a very low one, in one run.

    Super-convergence :cite:p:`smith2019`, in the convention of optax and fastai: the peak is at
    step ``up`` times ``steps``, rounded down, and the end at ``steps``. optax computes the peak as
    ``int(pct_start * transition_steps)``, which floating point puts a step earlier for some values:
    0.29 of 100 steps are 28 there and 29 here. PyTorch's reaches both a step earlier:
    :func:`one_cycle_torch`.

    Use it for short runs of known length with a very high rate;
    :func:`lrschedules.finder.range_test` helps to find that. Not for runs that may end early or go
    on: the low rates come last.

    Parameters
    ----------
    peak : float
        The highest rate, ≥ 0.
    steps : int
        How long it is, in steps.
    up : float
        The part of the run that rises, > 0 and < 1.
    divide : float
        The first rate is ``peak`` divided by this, ≥ 1.
    final_divide : float
        The last rate is the first one divided by this, > 0.
    shape : type or callable
        What the way looks like, called with its first rate, its last and its steps.

    Returns
    -------
    Schedule
        Two ways, of ``steps`` steps together.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range.

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


@recipe(
    peak=_param.rate,
    steps=_param.steps,
    up=_param.part,
    divide=_param.multiple,
    final_divide=_param.ratio,
)
def one_cycle_torch(
    peak: float,
    steps: int,
    *,
    up: float = 0.3,
    divide: float = 25.0,
    final_divide: float = 1e4,
    shape: Shape = Cosine,
) -> Schedule:
    """Rise to a high rate and fall to a very low one, at the steps where PyTorch does.

    As :func:`one_cycle`, with the peak at ``up`` times ``steps`` less one, and the end at ``steps``
    less one. Where ``up`` times ``steps`` is not whole, the peak is at the step before it;
    PyTorch's curve then has no step at its peak.

    Use it to repeat runs made with PyTorch's ``OneCycleLR``. Not for a new run: :func:`one_cycle`
    has its peak and its end where one would count them.

    Parameters
    ----------
    peak : float
        The highest rate, ≥ 0.
    steps : int
        How long it is, in steps.
    up : float
        The part of the run that rises, > 0 and < 1.
    divide : float
        The first rate is ``peak`` divided by this, ≥ 1.
    final_divide : float
        The last rate is the first one divided by this, > 0.
    shape : type or callable
        What the way looks like, called with its first rate, its last and its steps.

    Returns
    -------
    Schedule
        Two ways, of ``steps - 1`` steps together.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range.

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


@recipe(
    peak=_param.rate,
    steps=_param.steps,
    up=_param.part,
    down=_param.part,
    divide=_param.multiple,
    final_divide=_param.ratio,
)
def one_cycle_three_phase(
    peak: float,
    steps: int,
    *,
    up: float = 0.3,
    down: float = 0.85,
    divide: float = 25.0,
    final_divide: float = 1e4,
    shape: Shape = Linear,
) -> Schedule:
    """Rise, fall back, and let the rate vanish: the one-cycle policy of the paper.

    Up to the peak, down to the first rate, and a last phase that ends far below it
    :cite:p:`smith2019`. The steps are those of optax's ``linear_onecycle_schedule``.

    Use it to repeat the paper, with :func:`lrschedules.finder.range_test` for the peak. Not for
    runs that may end early or go on: the lowest rates come last.

    Parameters
    ----------
    peak : float
        The highest rate, ≥ 0.
    steps : int
        How long it is, in steps.
    up : float
        The part of the run after which the peak is reached.
    down : float
        The part of the run after which the first rate is reached again, > ``up`` and < 1.
    divide : float
        The first rate is ``peak`` divided by this, ≥ 1.
    final_divide : float
        The last rate is the first one divided by this, > 0.
    shape : type or callable
        What the way looks like, called with its first rate, its last and its steps.

    Returns
    -------
    Schedule
        Three ways, of ``steps`` steps together.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range.

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


@recipe(peak=_param.rate, steps=_param.steps, cut=_param.part, ratio=_param.multiple)
def slanted_triangular(peak: float, steps: int, cut: float = 0.1, ratio: float = 32.0) -> Schedule:
    """Rise quickly on a line and fall slowly on another.

    Where ``cut`` times ``steps`` is not whole, it is rounded down, and the fall is fitted to end at
    ``steps``; the paper's ends near it.

    Use it for fine-tuning language models :cite:p:`howard2018`. Not as a default for training from
    scratch: it was made for models that have learned already.

    Parameters
    ----------
    peak : float
        The highest rate, ≥ 0.
    steps : int
        How long it is, in steps.
    cut : float
        The part of the run that rises, > 0 and < 1.
    ratio : float
        The lowest rate is ``peak`` divided by this, ≥ 1.

    Returns
    -------
    Schedule
        Two lines, of ``steps`` steps together.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range.

    Examples
    --------
    >>> from lrschedules.recipes import slanted_triangular
    >>> schedule = slanted_triangular(0.01, steps=1000)
    >>> schedule(0), schedule(100), schedule(1000)
    (0.0003125, 0.01, 0.0003125)
    """
    top, low = whole_steps("slanted_triangular: cut", cut, steps), peak / ratio
    return Linear(low, peak, top).then(Linear(peak, low, steps - top))
