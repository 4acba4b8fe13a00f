"""ReduceOnPlateau: reduce the rates of a schedule when a metric has stopped improving."""

from __future__ import annotations

import math
from typing import Any

import keras
import numpy as np

from lrschedules import kinds
from lrschedules._arguments import Text, one_of
from lrschedules._keras_internals import (
    SavedWithWeights,
    direction_of,
    has_one_rate,
    rate_of,
)
from lrschedules._reduced import Plateau, Reduced
from lrschedules.callbacks._optimizer import inner, is_schedule, number

SIGNS = {"auto": 0, "min": -1, "max": 1}
MODE, METRIC = one_of(*SIGNS), Text("the name of a metric", "val_loss")
# Where a model keeps the callback's state, for Keras to save it with the weights.
ATTRIBUTE = "reduce_on_plateau"

PATIENCE = kinds.whole(unit="epochs", example=10)
COOLDOWN = kinds.whole(ge=0, unit="epochs", example=5)
FACTOR, MIN_SCALE = kinds.number(gt=0, lt=1), kinds.number(ge=0, lt=1)


class ReduceOnPlateau(keras.callbacks.Callback):
    """Reduces the learning rate when a metric has stopped improving, on top of any schedule.

    The optimizer's rate may be a schedule of this package or of Keras, or a number. With
    ``lrschedules.layerwise``, the rates of all layers are reduced together. Arguments and rule are
    those of ``keras.callbacks.ReduceLROnPlateau``, which only accepts numbers. The lower limit
    differs: it is a fraction of the scheduled rate. A value that is not finite does not count as an
    improvement.

    The state is saved with the model, so training resumes where it stopped, even with a new
    callback. A ``.keras`` file holds the state with the schedule; a file of weights alone, such as
    ``keras.callbacks.BackupAndRestore`` writes, holds it too. If you call ``load_weights``
    yourself, call ``plateau.set_model(model)`` first. If the rate is a number, a ``.keras`` file
    holds only the reduced rate; write ``Constant(0.1)`` to keep the whole state.

    Put this callback before those that save, and after those that add the metric.

    Parameters
    ----------
    monitor : str
        Name of the metric, as in the history.
    factor : float
        Factor that the rate is multiplied by, > 0 and < 1.
    patience : int
        Number of epochs without improvement before a reduction, ≥ 1.
    min_delta : float
        Smallest change of the metric that counts as an improvement, ≥ 0; unit: the metric's.
    cooldown : int
        Number of epochs after a reduction that are not counted, ≥ 0.
    min_scale : float
        Lower limit of the product of all factors, ≥ 0 and < 1.
    mode : {"auto", "min", "max"}
        Direction in which the metric improves. ``"auto"`` knows it for losses and for the metrics
        of Keras.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range; when training begins, if the model has several optimizers
        without a common rate, or if the rate is a function without a step; after the first batch,
        if ``"auto"`` does not know the metric; after the first epoch, if there is no such metric.

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
        self.monitor = kinds.checked("ReduceOnPlateau: monitor", METRIC, monitor)
        self.mode = kinds.checked("ReduceOnPlateau: mode", MODE, mode)
        self.factor = kinds.checked("ReduceOnPlateau: factor", FACTOR, factor)
        self.patience = kinds.checked("ReduceOnPlateau: patience", PATIENCE, patience)
        self.min_delta = kinds.checked("ReduceOnPlateau: min_delta", kinds.factor, min_delta)
        self.cooldown = kinds.checked("ReduceOnPlateau: cooldown", COOLDOWN, cooldown)
        self.min_scale = kinds.checked("ReduceOnPlateau: min_scale", MIN_SCALE, min_scale)
        self._sign = SIGNS[self.mode]
        self._optimizer: Any = None
        self.plateau = Plateau()

    @property
    def scale(self) -> float:
        """Present factor of the rates: the product of all factors so far."""
        return self.plateau.scale

    def set_model(self, model: Any) -> None:
        """Multiply the model's rate by the scale, and keep the state where Keras saves it."""
        super().set_model(model)
        optimizer = inner(model, "ReduceOnPlateau")
        if not has_one_rate(optimizer):
            raise ValueError(
                f"ReduceOnPlateau: the model has {len(optimizer.optimizers)} optimizers with a "
                "rate each; compile it with one, or with lrschedules.layerwise, whose layers have "
                "a common rate"
            )
        rate = rate_of(optimizer)
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
        """Refuse a second callback of this class: a model has one scale."""
        if getattr(self.model, ATTRIBUTE).callback is not self:
            raise ValueError("ReduceOnPlateau: there are two of them; give fit one")

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Look up the direction of the metric, now that the model has its metrics."""
        self._sign = self._sign or self._known_sign()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Compare the metric with its best value, and reduce the rate if it is time."""
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
        better = best is None or self._sign * (value - best) > self.min_delta
        if better and math.isfinite(value):
            best, wait = value, 0
        elif not cooldown:
            wait += 1
            if wait >= self.patience and scale > self.min_scale:
                scale = max(scale * self.factor, self.min_scale)
                cooldown, wait = self.cooldown, 0
        ratio = scale / self.scale
        self.restore(Plateau(scale, best, wait, cooldown))
        rate = rate_of(self._optimizer)
        if ratio < 1 and not isinstance(rate, Reduced):
            self._optimizer.learning_rate = number(rate) * ratio

    def restore(self, plateau: Plateau) -> None:
        """Continue from a saved state. A rate that is a number is saved by Keras itself.

        Parameters
        ----------
        plateau : Plateau
            Saved state.
        """
        changed = plateau.scale != self.scale
        self.plateau = plateau
        rate = rate_of(self._optimizer)
        if isinstance(rate, Reduced):
            self._optimizer.learning_rate = Reduced(rate.schedule, plateau)
            if changed:  # a compiled training step keeps the schedule that it was compiled with
                model: Any = self.model
                model.make_train_function(force=True)

    def _known_sign(self) -> int:
        """Return 1 if a higher value is better, and -1 if a lower one is."""
        name = self.monitor.removeprefix("val_")
        if name == "loss" or name.endswith("_loss"):
            return -1
        model: Any = self.model
        metrics = [metric for outer in model.metrics for metric in _inside(outer)]
        for metric in metrics:
            # in a model with several outputs, the name of an output precedes that of the metric
            if name == metric.name or name.endswith(f"_{metric.name}"):
                direction = direction_of(metric)
                if direction:
                    return 1 if direction == "up" else -1
        raise ValueError(
            f"ReduceOnPlateau: mode='auto' does not know whether {self.monitor!r} is better lower "
            f"or higher; write mode='min' or mode='max', or monitor one of "
            f"{sorted({'loss', *(metric.name for metric in metrics)})}"
        )


class Saved(SavedWithWeights):
    """The attribute of a model that Keras saves with the weights: the state of the callback."""

    def __init__(self, callback: ReduceOnPlateau) -> None:
        self.callback = callback

    def save_own_variables(self, store: Any) -> None:
        """Write the state as numbers."""
        store["plateau"] = np.array(self.callback.plateau, float)  # None is NaN

    def load_own_variables(self, store: Any) -> None:
        """Read the state back; start with a new one where none was saved.

        Raises
        ------
        ValueError
            If a number is out of range: the file was not written by this class.
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
    """Return the metrics inside one that compile() made of several, or the metric itself."""
    return getattr(metric, "metrics", None) or [metric]
