"""The optimizer of a model and its rate, for the callbacks."""

from __future__ import annotations

from typing import Any

import keras


def inner(model: Any, name: str) -> Any:
    """Return the optimizer that has the rate: the model's, or the one whose losses it scales."""
    optimizer = getattr(model, "optimizer", None)  # a model has it once it is compiled
    if optimizer is None:
        raise ValueError(f"{name}: the model has no optimizer; call model.compile(optimizer, loss)")
    if hasattr(optimizer, "optimizers"):
        raise ValueError(
            f"{name}: the model has {len(optimizer.optimizers)} optimizers with a rate each; "
            "compile it with one"
        )
    return getattr(optimizer, "inner_optimizer", optimizer)


def is_schedule(rate: object) -> bool:
    """Say whether Keras calls a rate with the step."""
    return isinstance(rate, keras.optimizers.schedules.LearningRateSchedule)


def number(value: Any) -> float:
    """Return a number, a variable or a tensor without axes as a number."""
    array: Any = keras.ops.convert_to_numpy(value)
    return float(array)
