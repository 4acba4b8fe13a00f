"""The only module that needs Keras' base class, and what stands in for it where Keras is not.

Of all frameworks only Keras asks for a base class: an optimizer passes the step to a learning
rate that is a ``LearningRateSchedule``, and calls anything else without arguments.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, NamedTuple, Self

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
        """What a schedule derives from where Keras cannot be imported."""


def register(cls: type[Any], package: str) -> None:
    """Make ``load_model`` know the class by the name ``package>ClassName``."""
    if not unavailable:
        register_keras_serializable(package)(cls)  # pyright: ignore[reportUndefinedVariable]


def missing_step() -> str:
    """Return the error text for a schedule that was called without a step."""
    if not unavailable:
        return "a schedule is a function of the step: write schedule(step)"
    return (
        "a schedule is a function of the step, and was called without one. If Keras made the call: "
        f"lrschedules was imported while Keras could not be ({unavailable}). Install a back end, "
        "set KERAS_BACKEND to it, and import keras before lrschedules"
    )


class Plateau(NamedTuple):
    """What ``callbacks.ReduceOnPlateau`` knows of a training."""

    scale: float = 1.0
    best: float | None = None
    wait: int = 0
    cooldown: int = 0


@dataclasses.dataclass(frozen=True)
class Reduced(LearningRateSchedule):
    """A schedule, of Keras or of this package, times the scale of a plateau.

    It is here, not beside its callback, so that ``import lrschedules`` is enough to load a model.
    """

    schedule: Any
    plateau: Plateau

    def __call__(self, step: Any) -> Any:
        return self.schedule(step) * self.plateau.scale

    def get_config(self) -> dict[str, Any]:
        """Return what Keras saves."""
        from keras.optimizers.schedules import serialize

        return {"schedule": serialize(self.schedule), **self.plateau._asdict()}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Return what Keras saved."""
        from keras.optimizers.schedules import deserialize

        return cls(deserialize(config["schedule"]), Plateau(*(config[f] for f in Plateau._fields)))


register(Reduced, "lrschedules")
