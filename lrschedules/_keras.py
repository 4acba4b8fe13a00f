"""Keras' base class of schedules, and its stand-in where Keras is not installed.

Keras is the only framework that asks for a base class: an optimizer passes the step to a learning
rate that is a ``LearningRateSchedule``, and calls anything else without arguments.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

# Why Keras could not be imported: it is absent, or it has no back end. None where it could.
unavailable: ImportError | None = None

if not TYPE_CHECKING:
    try:
        from keras.optimizers.schedules import LearningRateSchedule
        from keras.saving import register_keras_serializable
    except ImportError as reason:
        unavailable = reason

if TYPE_CHECKING or unavailable:

    class LearningRateSchedule:
        """The base class of schedules where Keras cannot be imported."""


def register(cls: type[Any], package: str, name: str | None = None) -> None:
    """Make ``load_model`` know the class by the name ``package>name``, or by its own name."""
    if not unavailable:
        register_keras_serializable(package, name)(cls)  # pyright: ignore[reportUndefinedVariable]


def require(name: str) -> None:
    """Raise an error that says what to install if Keras could not be imported."""
    if unavailable:
        raise ImportError(
            f"{name} needs Keras and a back end, which could not be imported ({unavailable}); "
            "install both, for example with pip install keras jax, and set KERAS_BACKEND=jax"
        )


def missing_step() -> str:
    """Return the error text for a schedule that was called without a step."""
    if not unavailable:
        return "a schedule is a function of the step: write schedule(step)"
    return (
        "a schedule is a function of the step, and was called without one. If Keras made the call: "
        f"lrschedules was imported while Keras could not be ({unavailable}). Install a back end, "
        "set KERAS_BACKEND to it, and import keras before lrschedules"
    )
