"""The optimizer of a model and what it follows, for the callbacks."""

from __future__ import annotations

from typing import Any

import keras

from lrschedules._arrays import as_numpy


def inner(model: Any, name: str) -> Any:
    """Return the optimizer of a model, or the one whose losses it scales."""
    optimizer = getattr(model, "optimizer", None)  # a model has it once it is compiled
    if optimizer is None:
        raise ValueError(f"{name}: the model has no optimizer; call model.compile(optimizer, loss)")
    return getattr(optimizer, "inner_optimizer", optimizer)


def is_schedule(rate: object) -> bool:
    """Say whether Keras calls a rate with the step."""
    return isinstance(rate, keras.optimizers.schedules.LearningRateSchedule)


def at(value: Any, step: int) -> float:
    """Return what a schedule, a variable or a function gives an optimizer at a step."""
    if is_schedule(value):
        return number(value(step))
    return number(value() if callable(value) else value)


def number(value: Any) -> float:
    """Return a number, a variable or a tensor without axes as a number."""
    return float(as_numpy(value))
