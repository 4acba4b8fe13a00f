"""ReduceOnPlateau: a schedule's rates multiplied by a factor whenever training stands still."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import keras
import numpy as np
from keras.src.saving.keras_saveable import KerasSaveable  # what Keras saves has no public name

from lrschedules._arguments import Text, one_of
from lrschedules._keras import Plateau, Reduced
from lrschedules._param import checked, count, fraction, part
from lrschedules._param import factor as amount
from lrschedules.callbacks._optimizer import inner, is_schedule, number

DIRECTIONS = {"auto": 0, "min": -1, "max": 1}
MODE, METRIC = one_of(*DIRECTIONS), Text("the name of a metric", "val_loss")
# Where a model keeps the callback's state, for Keras to save it with the weights.
ATTRIBUTE = "reduce_on_plateau"

_epochs = dataclasses.replace(count, rule="a whole number of epochs ≥ 1", unit="epochs", example=10)
_pause = dataclasses.replace(_epochs, rule="a whole number of epochs ≥ 0", least=0, example=5)


class ReduceOnPlateau(keras.callbacks.Callback):
    """Multiplies the rate by a factor when a metric has stopped improving, on top of any schedule.

    The optimizer's rate may be a schedule of this package or of Keras, or a number. Arguments and
    rule are those of ``keras.callbacks.ReduceLROnPlateau``, which takes numbers alone; only the
    lower limit is a part of the scheduled rate. A value that is not finite is no improvement.

    The state is saved with the model, so that training goes on where it was, also with a new
    callback: in a ``.keras`` file as a part of the schedule, and with the weights alone, as
    ``keras.callbacks.BackupAndRestore`` saves them. Call ``plateau.set_model(model)`` before a
    ``load_weights`` of your own. For a rate that is a number, a ``.keras`` file holds the reduced
    rate, and the rest starts anew: write ``Constant(0.1)`` to keep it.

    It stands before the callbacks that save, and after those that add the metric.

    Parameters
    ----------
    monitor : str
        The name of the metric, as it is in the history.
    factor : float
        What the rate is multiplied by, > 0 and < 1.
    patience : int
        After how many epochs without improvement, ≥ 1.
    min_delta : float
        By how much a value must be better than the best one to be an improvement, ≥ 0; unit: the
        metric's.
    cooldown : int
        How many epochs are not counted after a reduction, ≥ 0.
    min_scale : float
        The least that all factors together may come to, ≥ 0 and < 1.
    mode : {"auto", "min", "max"}
        Whether lower or higher is better. ``"auto"`` knows it of losses and of the metrics of
        Keras.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong type or out of its range; when training begins, if the
        optimizer is a set of optimizers, or its rate a function without a step; after the first
        batch, if ``"auto"`` does not know the metric; after the first epoch, if there is no such
        metric.

    Examples
    --------
    >>> import keras
    >>> from lrschedules import TimeBased
    >>> from lrschedules.callbacks import ReduceOnPlateau
    >>> from lrschedules.datasets import load_ionosphere
    >>> model = keras.Sequential([keras.Input((34,)), keras.layers.Dense(1)])
    >>> model.compile(keras.optimizers.SGD(TimeBased(0.1, decay=0.002)), "mse")
    >>> plateau = ReduceOnPlateau("loss", factor=0.5, patience=1, min_delta=1000)
    >>> x, y = load_ionosphere().tail_split().train
    >>> history = model.fit(x, y, batch_size=100, epochs=3, verbose=0, callbacks=[plateau])
    >>> plateau.scale
    0.25
    >>> round(float(model.optimizer.learning_rate), 6)  # 0.25 * 0.1 / (1 + 0.002 * 9)
    0.024558
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        *,
        factor: float = 0.1,
        patience: int = 10,
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_scale: float = 0.0,
        mode: str = "auto",
    ) -> None:
        super().__init__()
        self.monitor = checked("ReduceOnPlateau: monitor", METRIC, monitor)
        self.mode = checked("ReduceOnPlateau: mode", MODE, mode)
        self.factor = checked("ReduceOnPlateau: factor", part, factor)
        self.patience = checked("ReduceOnPlateau: patience", _epochs, patience)
        self.min_delta = checked("ReduceOnPlateau: min_delta", amount, min_delta)
        self.cooldown = checked("ReduceOnPlateau: cooldown", _pause, cooldown)
        self.min_scale = checked("ReduceOnPlateau: min_scale", fraction, min_scale)
        self._better = DIRECTIONS[self.mode]
        self._optimizer: Any = None
        self.plateau = Plateau()

    @property
    def scale(self) -> float:
        """What the rates are multiplied by now: all factors so far."""
        return self.plateau.scale

    def set_model(self, model: Any) -> None:
        """Put the scale over the model's rate, and the state where Keras saves it."""
        super().set_model(model)
        optimizer = inner(model, "ReduceOnPlateau")
        rate = optimizer._learning_rate  # noqa: SLF001
        last = getattr(model, ATTRIBUTE, None)
        plateau = Plateau()
        if isinstance(rate, Reduced):
            plateau = rate.plateau
        elif is_schedule(rate):
            optimizer.learning_rate = Reduced(rate, plateau)
        elif callable(rate):
            raise TypeError(
                f"ReduceOnPlateau: the rate is {rate!r}, a function without a step; compile the "
                "model with a number or a schedule"
            )
        elif last and last.callback._optimizer is optimizer:  # noqa: SLF001
            plateau = last.callback.plateau
        self._optimizer, self.plateau = optimizer, plateau
        setattr(model, ATTRIBUTE, Saved(self))

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Refuse a second one: a model has one scale."""
        if getattr(self.model, ATTRIBUTE).callback is not self:
            raise ValueError("ReduceOnPlateau: there are two of them; give fit one")

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Find out which direction is better, now that the model has its metrics."""
        self._better = self._better or self._direction()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Judge the epoch, and reduce the rate if it is time."""
        logs = logs or {}
        if self.monitor not in logs:
            validate = ", or give fit validation_data, with validation_freq=1"
            raise ValueError(
                f"ReduceOnPlateau: epoch {epoch} has no {self.monitor!r}; monitor one of "
                f"{sorted(logs)}{validate if self.monitor.startswith('val_') else ''}"
            )
        scale, best, wait, cooldown = self.plateau
        value = float(logs[self.monitor])
        cooldown = max(cooldown - 1, 0)
        better = best is None or self._better * (value - best) > self.min_delta
        if better and math.isfinite(value):
            best, wait = value, 0
        elif not cooldown:
            wait += 1
            if wait >= self.patience and scale > self.min_scale:
                scale = max(scale * self.factor, self.min_scale)
                cooldown, wait = self.cooldown, 0
        ratio = scale / self.scale
        self.restore(Plateau(scale, best, wait, cooldown))
        rate = self._optimizer._learning_rate  # noqa: SLF001
        if ratio < 1 and not isinstance(rate, Reduced):
            self._optimizer.learning_rate = number(rate) * ratio

    def restore(self, plateau: Plateau) -> None:
        """Go on from a saved state; a rate that is a number is saved by itself.

        Parameters
        ----------
        plateau : Plateau
            The state.
        """
        changed = plateau.scale != self.scale
        self.plateau = plateau
        rate = self._optimizer._learning_rate  # noqa: SLF001
        if isinstance(rate, Reduced):
            self._optimizer.learning_rate = Reduced(rate.schedule, plateau)
            if changed:  # a compiled training step has the schedule of when it was compiled
                model: Any = self.model
                model.make_train_function(force=True)

    def _direction(self) -> int:
        """Return 1 if higher is better and -1 if lower."""
        name = self.monitor.removeprefix("val_")
        if name == "loss" or name.endswith("_loss"):
            return -1
        model: Any = self.model
        metrics = [metric for outer in model.metrics for metric in _inside(outer)]
        for metric in metrics:
            # where a model has several outputs, a metric follows the name of its own
            if name == metric.name or name.endswith(f"_{metric.name}"):
                direction = getattr(metric, "_direction", None)
                if direction:
                    return 1 if direction == "up" else -1
        raise ValueError(
            f"ReduceOnPlateau: mode='auto' does not know whether {self.monitor!r} is better lower "
            f"or higher; write mode='min' or mode='max', or monitor one of "
            f"{sorted({'loss', *(metric.name for metric in metrics)})}"
        )


class Saved(KerasSaveable):
    """What Keras finds in a model when it saves the weights: the state of the callback."""

    def __init__(self, callback: ReduceOnPlateau) -> None:
        self.callback = callback

    def _obj_type(self) -> str:
        return "Loss"  # one of the kinds that Keras knows, for the attributes it looks at

    def save_own_variables(self, store: Any) -> None:
        """Write the state as numbers."""
        store["plateau"] = np.array(self.callback.plateau, float)  # None is NaN

    def load_own_variables(self, store: Any) -> None:
        """Read it back; where it was not saved, start anew.

        Raises
        ------
        ValueError
            If a number is out of its range: the file was not written by this class.
        """
        if "plateau" not in store.keys():  # noqa: SIM118  # the store of Keras is not a dict
            self.callback.restore(Plateau())
            return
        state: list[Any] = np.asarray(store["plateau"], float).ravel().tolist()
        if len(state) != len(Plateau._fields):
            raise ValueError(
                f"ReduceOnPlateau: saved state must be {len(Plateau._fields)} numbers, got {state}"
            )
        plateau = Plateau(*state)
        plateau = plateau._replace(best=None if math.isnan(state[1]) else state[1])
        self.callback.restore(plateau.checked("ReduceOnPlateau: saved state"))


def _inside(metric: Any) -> list[Any]:
    """Return the metrics that compile() made one of, and others as they are."""
    return getattr(metric, "metrics", None) or [metric]
