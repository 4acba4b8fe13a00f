"""The only module that needs Keras' base class, and what stands in for it where Keras is not.

Of all frameworks only Keras asks for a base class: an optimizer passes the step to a learning
rate that is a ``LearningRateSchedule``, and calls anything else without arguments.
"""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from lrschedules._config import refuse_misshapen, shown
from lrschedules._param import Kind, checked

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


class Stateless(LearningRateSchedule):
    """A frozen dataclass of which nobody can take a state, or give it one.

    Frameworks save ``__dict__`` of what they do not know, and load by writing to it: PyTorch's
    ``LambdaLR`` does. What they find here is empty, and what they write to it is lost. Pickling
    calls the class again, so that the values are checked.
    """

    @property
    def __dict__(self) -> dict[str, Any]:  # pyright: ignore[reportIncompatibleVariableOverride]
        return {}

    def __getstate__(self) -> None:
        return None

    def __reduce__(self) -> tuple[type[Self], tuple[Any, ...]]:
        fields = dataclasses.fields(self)  # pyright: ignore[reportArgumentType]
        return type(self), tuple(getattr(self, field.name) for field in fields)

    def __dir__(self) -> list[str]:
        fields = dataclasses.fields(self)  # pyright: ignore[reportArgumentType]
        return [*super().__dir__(), *(field.name for field in fields)]


_scale = Kind("a number ≥ 0 and ≤ 1", "none", 0.5, below=math.nextafter(1, 2))
_metric = Kind("a finite number, or None", "the metric's", 0.5, least=-math.inf)
_epochs = Kind("a whole number of epochs ≥ 0", "epochs", 5, whole=True)


class Plateau(NamedTuple):
    """What ``callbacks.ReduceOnPlateau`` knows of a training."""

    scale: float = 1.0
    best: float | None = None
    wait: int = 0
    cooldown: int = 0

    def checked(self, where: str) -> Plateau:
        """Return the same state, its numbers converted.

        Parameters
        ----------
        where : str
            What the state belongs to; the errors begin with it.

        Returns
        -------
        Plateau
            Equal to this one.

        Raises
        ------
        TypeError, ValueError
            If a number is of the wrong type or out of its range.
        """
        return Plateau(
            checked(f"{where}: scale", _scale, self.scale),
            None if self.best is None else checked(f"{where}: best", _metric, self.best),
            checked(f"{where}: wait", _epochs, self.wait),
            checked(f"{where}: cooldown", _epochs, self.cooldown),
        )


@dataclasses.dataclass(frozen=True)
class Reduced(Stateless):
    """A schedule, of Keras or of this package, times the scale of a plateau.

    It is here, not beside its callback, so that ``import lrschedules`` is enough to load a model.
    """

    schedule: Any
    plateau: Plateau

    def __post_init__(self) -> None:
        if not isinstance(self.schedule, LearningRateSchedule):
            raise TypeError(
                "Reduced: schedule must be a schedule of Keras or of lrschedules, got "
                f"{shown(self.schedule)}"
            )
        object.__setattr__(self, "plateau", self.plateau.checked("Reduced"))

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

        refuse_misshapen("Reduced", config)
        names = ["schedule", *Plateau._fields]
        if config.keys() != set(names):
            raise TypeError(f"Reduced: config must have the keys {names}, got {shown(config)}")
        try:
            schedule = deserialize(config["schedule"])
        except Exception as error:  # whatever Keras raises for what it cannot read
            raise ValueError(
                "Reduced: schedule must be the configuration of a schedule, got "
                f"{shown(config['schedule'])}"
            ) from error
        return cls(schedule, Plateau(*(config[name] for name in Plateau._fields)))


register(Reduced, "lrschedules")
