"""scheduled: a Keras optimizer with any of its hyperparameters following a schedule."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Mapping
from typing import Any, Self

from lrschedules import _keras
from lrschedules._config import refuse_misshapen, shown
from lrschedules._hyperparameters import KINDS, fitting, steps_of_extremes
from lrschedules._schedule import Schedule

# Numbers of an optimizer that cannot follow a schedule: whole numbers that an update counts with,
# what is read only once, when variables are made, and a scale that the update divides out again.
FIXED = {
    "ema_overwrite_frequency",
    "gradient_accumulation_steps",
    "initial_accumulator_value",
    "loss_scale_factor",
    "ns_steps",
    "warmup_steps",
}


def scheduled(optimizer_class: Any, **arguments: Any) -> Any:
    """Return a Keras optimizer with any of its hyperparameters following a schedule.

    A schedule gives the value of its hyperparameter at the step of the learning rate: the number of
    updates that the optimizer has made, or of batches if it accumulates gradients. Nothing else
    differs from an optimizer of the given class: it trains in ``fit``, in ``train_on_batch`` and in
    a loop of your own, it is saved with the model, and it resumes at the step that it had. Import
    ``lrschedules`` before you load a saved model.

    Parameters
    ----------
    optimizer_class : type
        Class of the optimizer, for example ``keras.optimizers.AdamW``.
    **arguments
        Arguments of the class. Each number may be a schedule of this package, except those that
        count something. :func:`schedulable` lists the names. Momentum, ``rho`` and betas must be
        ≥ 0 and < 1, a clip norm or value > 0, and a weight decay ≥ 0, at all steps.

    Returns
    -------
    keras.optimizers.Optimizer
        An instance of a subclass of ``optimizer_class``. The attribute of a scheduled
        hyperparameter is a ``keras.Variable`` that has the value at the present step.

    Raises
    ------
    ImportError
        If Keras is missing.
    TypeError
        If ``optimizer_class`` is not the class of an optimizer that has these arguments, or an
        argument that is a schedule cannot follow one.
    ValueError
        If a schedule leaves the range of its hyperparameter. The lowest and the highest of 2000
        steps, and the steps around these, are checked.

    Examples
    --------
    >>> import keras
    >>> import lrschedules as lrs
    >>> optimizer = lrs.scheduled(
    ...     keras.optimizers.SGD,
    ...     learning_rate=lrs.Linear(0.04, 1.0, steps=300),
    ...     momentum=lrs.Linear(0.95, 0.85, steps=300),
    ...     nesterov=True,
    ... )
    >>> _ = optimizer.iterations.assign(150)  # as if 150 updates had been made
    >>> round(float(optimizer.learning_rate), 4), round(float(optimizer.momentum), 4)
    (0.52, 0.9)
    """
    _keras.require("lrschedules.scheduled")
    name = _checked_class(optimizer_class).__name__
    given = {n: value for n, value in arguments.items() if isinstance(value, Schedule)}
    for argument, schedule in given.items():
        if argument not in (usable := schedulable(optimizer_class)):
            raise TypeError(
                f"scheduled: {name} cannot follow a schedule for {argument!r}, got "
                f"{shown(schedule)}; it can for {', '.join(usable)}"
            )
        fitting(f"scheduled: {argument}", argument, schedule)
    if "ema_momentum" in given and not arguments.get("use_ema"):
        raise ValueError(
            f"scheduled: ema_momentum is used with use_ema=True only, got "
            f"{shown(given['ema_momentum'])}; write use_ema=True, or leave it out"
        )
    given.pop("learning_rate", None)  # Keras itself lets it follow a schedule
    # The constructor checks numbers as well, each class its own: it is given both extremes.
    extremes = {n: [s(step) for step in steps_of_extremes(s)] for n, s in given.items()}
    for lowest_or_highest in (0, 1):
        arguments |= {n: pair[lowest_or_highest] for n, pair in extremes.items()}
        try:
            plain = optimizer_class(**arguments)
        except (TypeError, ValueError) as error:
            raise type(error)(f"scheduled: {name} refuses an argument: {error}") from error
    return _subclass(type(plain))(**arguments).following(given)


def schedulable(optimizer_class: Any) -> list[str]:
    """Return the names of the arguments of an optimizer that may be schedules in :func:`scheduled`.

    Parameters
    ----------
    optimizer_class : type
        Class of a Keras optimizer.

    Returns
    -------
    list of str
        Names in the order of the constructor, the learning rate among them.

    Raises
    ------
    ImportError
        If Keras is missing.
    TypeError
        If ``optimizer_class`` is not the class of an optimizer.

    Examples
    --------
    >>> import keras
    >>> from lrschedules.optimizers import schedulable
    >>> schedulable(keras.optimizers.SGD)[:3]
    ['learning_rate', 'momentum', 'weight_decay']
    """
    _keras.require("lrschedules.optimizers.schedulable")
    found: dict[str, None] = {}
    # A class may take what it passes on to its base as keywords of any name.
    for base in _checked_class(optimizer_class).__mro__:
        if "__init__" in vars(base):
            given = inspect.signature(base.__init__).parameters.values()
            found |= {p.name: None for p in given if p.name in KINDS or _is_number(p.default)}
            if all(p.kind is not p.VAR_KEYWORD for p in given):
                break
    return [name for name in found if name not in FIXED]


class Scheduled:
    """The methods of the optimizers that ``scheduled`` returns.

    Each is an instance of a class of its own, made of this one and of the class of the optimizer.
    Keras finds them all by the name of this one.
    """

    plain: type[Any]

    def following(self, schedules: Mapping[str, Any]) -> Self:
        """Let hyperparameters follow schedules.

        Parameters
        ----------
        schedules : mapping of str to Schedule
            Schedules by the name of the hyperparameter, the learning rate not among them.

        Returns
        -------
        Scheduled
            This optimizer.
        """
        from lrschedules._keras_internals import follow

        for name, schedule in schedules.items():
            if not hasattr(self, name):
                raise TypeError(
                    f"scheduled: {self.plain.__name__} keeps no attribute {name!r}, so it cannot "
                    f"follow {shown(schedule)}; read self.{name} in its update_step()"
                )
        follow(self, schedules)
        return self

    def get_config(self) -> dict[str, Any]:
        """Return what Keras saves: the optimizer as it is at step 0, and the schedules."""
        import keras

        from lrschedules._keras_internals import schedules_of

        base: Any = super()
        schedules = {n: s for n, s in schedules_of(self).items() if n != "learning_rate"}
        plain: Any = self.plain
        first = plain.from_config(base.get_config() | {n: s(0) for n, s in schedules.items()})
        serialize = keras.optimizers.schedules.serialize
        return {
            "optimizer": keras.optimizers.serialize(first),
            "schedules": {name: serialize(schedule) for name, schedule in schedules.items()},
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any], custom_objects: Any = None) -> Any:
        """Return what Keras saved, whatever the class of its optimizer."""
        import keras

        refuse_misshapen("scheduled", config)
        if set(config) != {"optimizer", "schedules"}:
            raise TypeError(
                "scheduled: config must have the keys 'optimizer' and 'schedules', got "
                f"{shown(config)}"
            )
        # Keras' function for optimizers alone does not know all of them: Lamb is missing.
        plain = keras.saving.deserialize_keras_object(config["optimizer"], custom_objects)
        subclass: Any = _subclass(type(plain))
        base: Any = super(Scheduled, subclass)
        restored: Scheduled = base.from_config(plain.get_config())
        deserialize = keras.optimizers.schedules.deserialize
        return restored.following(
            {name: deserialize(each, custom_objects) for name, each in config["schedules"].items()}
        )


@functools.cache
def _subclass(plain: type[Any]) -> type[Any]:
    """Return the class of the scheduled optimizers of a class."""
    made = type(f"Scheduled{plain.__name__}", (Scheduled, plain), {"plain": plain})
    _keras.register(made, "lrschedules", Scheduled.__name__)
    return made


def _checked_class(optimizer_class: Any) -> type[Any]:
    import keras

    base: Any = keras.optimizers.Optimizer
    if not (isinstance(optimizer_class, type) and issubclass(optimizer_class, base)):
        raise TypeError(
            f"scheduled: optimizer_class must be the class of a Keras optimizer, got "
            f"{shown(optimizer_class)}; write for example "
            "scheduled(keras.optimizers.SGD, learning_rate=0.1, momentum=Linear(0.95, 0.85, 100))"
        )
    if optimizer_class.__name__ in {"LossScaleOptimizer", "MultiOptimizer"}:
        raise TypeError(
            f"scheduled: {optimizer_class.__name__} has no hyperparameters of its own; schedule "
            "those of the optimizer inside of it"
        )
    return optimizer_class


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


_keras.register(Scheduled, "lrschedules")
