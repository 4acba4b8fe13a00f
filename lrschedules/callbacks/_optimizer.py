"""What the callbacks ask of a model's optimizer."""

from __future__ import annotations

from typing import Any

import keras

from lrschedules._copying import as_numpy


def inner(model: Any, name: str) -> Any:
    """Return the optimizer that has the rate: the model's, or the one whose losses that scales."""
    optimizer = getattr(model, "optimizer", None)  # it is there once the model is compiled
    if optimizer is None:
        raise ValueError(f"{name}: the model has no optimizer; call model.compile(optimizer, loss)")
    if hasattr(optimizer, "optimizers"):
        raise ValueError(
            f"{name}: the model has {len(optimizer.optimizers)} optimizers with a rate each; "
            "compile it with one"
        )
    return getattr(optimizer, "inner_optimizer", optimizer)


def is_schedule(rate: object) -> bool:
    """Say whether a rate is a function of the step for Keras."""
    return isinstance(rate, keras.optimizers.schedules.LearningRateSchedule)


def updates(optimizer: Any) -> int:
    """Return the step that a schedule would be asked for next."""
    return int(number(optimizer._iterations))  # noqa: SLF001


def number(value: Any) -> float:
    """Return a number, a variable or a tensor without axes as a number."""
    return float(as_numpy(value))
