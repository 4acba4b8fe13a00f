"""The values that a hyperparameter of an optimizer may have, by its name in Keras or PyTorch."""

from __future__ import annotations

import numbers
from collections.abc import Callable
from typing import Any

import numpy as np

from lrschedules import kinds, plotting
from lrschedules._config import shown
from lrschedules._schedule import Schedule
from lrschedules.kinds import checked

BELOW_ONE = kinds.number(ge=0, lt=1)
KINDS = {
    "learning_rate": kinds.rate,
    "lr": kinds.rate,
    "momentum": BELOW_ONE,
    "beta_1": BELOW_ONE,
    "beta_2": BELOW_ONE,
    "betas": BELOW_ONE,
    "adam_beta_1": BELOW_ONE,
    "adam_beta_2": BELOW_ONE,
    "rho": BELOW_ONE,
    "ema_momentum": BELOW_ONE,
    "weight_decay": kinds.factor,
    "adam_weight_decay": kinds.factor,
    "epsilon": kinds.factor,
    "clipnorm": kinds.ratio,
    "clipvalue": kinds.ratio,
    "global_clipnorm": kinds.ratio,
    "multiplier": kinds.factor,
}
# The range of any other hyperparameter is known to its optimizer only.
ANY = kinds.number()


def fitting(where: str, name: str, value: Any) -> Schedule | float:
    """Return a number, or a schedule, if the hyperparameter ``name`` may have its values.

    The lowest and the highest value of a schedule are checked, as ``steps_of_extremes`` finds them.

    Raises
    ------
    TypeError
        If it is neither.
    ValueError
        If a value is out of range.
    """
    if isinstance(value, Schedule):
        for step in steps_of_extremes(value):
            value_at(where, name, value, step)
        return value
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(
            f"{where} must be a schedule of lrschedules or a number, got {shown(value)}; write for "
            "example Constant(0.1)"
        )
    return checked(where, KINDS.get(name, ANY), value)


def value_at(where: str, name: str, given: Schedule | float, step: int) -> float:
    """Return the value of a number or schedule at a step.

    Raises
    ------
    ValueError
        If the value is out of range.
    """
    if not isinstance(given, Schedule):
        return given
    value, kind = given(step), KINDS.get(name, ANY)
    try:
        return kind(value)
    except ValueError:
        raise ValueError(
            f"{where} must be {kind.rule}, and {shown(given)} is {value!r} at step {step}; limit "
            "it with .clip(minimum, maximum)"
        ) from None


def steps_of_extremes(schedule: Schedule) -> tuple[int, int]:
    """Return a step with the lowest and one with the highest value of a schedule.

    They are the extremes of 2000 steps up to its horizon, or of the steps around these.
    """
    last = plotting.horizon(schedule)
    return _step_of(schedule, last, np.argmin), _step_of(schedule, last, np.argmax)


def _step_of(schedule: Schedule, last: int, extreme: Callable[..., Any]) -> int:
    """Return the step of the lowest or the highest value, in finer and finer grids."""
    low, high = 0, last
    while True:
        steps = np.unique(np.linspace(low, high, 2000).astype(np.int64))
        at = int(extreme(schedule(steps)))
        low, high = int(steps[max(at - 1, 0)]), int(steps[min(at + 1, len(steps) - 1)])
        if high - low <= 2:
            return int(steps[at])
