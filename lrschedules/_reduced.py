"""Reduced: a schedule whose rates ``callbacks.ReduceOnPlateau`` has lowered, as Keras saves it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, NamedTuple, Self

from lrschedules import _keras, kinds
from lrschedules._config import refuse_misshapen, shown
from lrschedules._declared import Declared

_scale = kinds.number(ge=0, le=1)
_metric = dataclasses.replace(kinds.number(), otherwise=" or None")
_epochs = kinds.whole(ge=0, unit="epochs", example=5)


class Plateau(NamedTuple):
    """The state of ``callbacks.ReduceOnPlateau``."""

    scale: float = 1.0
    best: float | None = None
    wait: int = 0
    cooldown: int = 0

    def checked(self, where: str) -> Plateau:
        """Return the same state, its numbers converted.

        Parameters
        ----------
        where : str
            The owner of the state; the errors begin with its name.

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
            kinds.checked(f"{where}: scale", _scale, self.scale),
            None if self.best is None else kinds.checked(f"{where}: best", _metric, self.best),
            kinds.checked(f"{where}: wait", _epochs, self.wait),
            kinds.checked(f"{where}: cooldown", _epochs, self.cooldown),
        )


class Reduced(Declared, abstract=True):
    """A schedule, of Keras or of this package, times the scale of a plateau.

    The module of its callback needs Keras; this one does not, so ``import lrschedules`` is enough
    to load a model.
    """

    schedule: Any
    plateau: Plateau

    def __post_init__(self) -> None:
        if not isinstance(self.schedule, _keras.LearningRateSchedule):
            raise TypeError(
                "Reduced: schedule must be a schedule of Keras or of lrschedules, got "
                f"{shown(self.schedule)}"
            )
        object.__setattr__(self, "plateau", self.plateau.checked("Reduced"))

    def __call__(self, step: Any) -> Any:
        return self.schedule(step) * self.plateau.scale

    def __repr__(self) -> str:
        return f"Reduced(schedule={self.schedule!r}, plateau={self.plateau!r})"

    def get_config(self) -> dict[str, Any]:
        """Return what Keras saves."""
        from keras.optimizers.schedules import serialize

        return {"schedule": serialize(self.schedule), **self.plateau._asdict()}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Return what Keras saved."""
        from keras.optimizers.schedules import deserialize

        refuse_misshapen("Reduced", config)
        names = ["schedule", *Plateau._fields]
        if set(config) != set(names):
            raise TypeError(f"Reduced: config must have the keys {names}, got {shown(config)}")
        try:
            schedule = deserialize(config["schedule"])
        except Exception as error:  # whatever Keras raises for what it cannot read
            raise ValueError(
                "Reduced: schedule must be the configuration of a schedule, got "
                f"{shown(config['schedule'])}"
            ) from error
        return cls(schedule, Plateau(*(config[name] for name in Plateau._fields)))


_keras.register(Reduced, "lrschedules")
