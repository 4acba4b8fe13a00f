"""Program: one epoch of training and validation, written for one model, mapped over many runs.

What differs between runs are the weights they begin with, the order of their batches and their
rates, and all three are data: one program serves every schedule.
"""

from __future__ import annotations

from typing import Any

import keras
from keras.src.backend.common.stateless_scope import StatelessScope

from lrschedules.study._backends import Backend
from lrschedules.study._data import Rows, take

# A value for each variable of one kind; in a program, each with an axis for the run in front.
Values = list[Any]


class Handed(keras.optimizers.schedules.LearningRateSchedule):
    """The rate that the program has for an update, whatever its step."""

    value: Any = None

    def __call__(self, step: Any) -> Any:
        return self.value

    def get_config(self) -> dict[str, Any]:
        return {}


class Program:
    """A model's training as functions of its state alone.

    The same calls that ``fit`` makes on JAX, on all back ends. A state is three lists of values:
    of the model's trainable variables, of its other ones, and of the optimizer's.

    Parameters
    ----------
    model : keras.Model
        Compiled and built; its own variables are never changed.
    rate : Handed
        The rate of its optimizer.
    backend : Backend
        How to map, differentiate, repeat and compile.
    """

    def __init__(self, model: Any, rate: Handed, backend: Backend) -> None:
        self.model = model
        self.rate = rate
        self.backend = backend
        self.epoch = backend.compiled(self._epoch)

    def _epoch(
        self, state: tuple[Values, Values, Values], fresh: Values, train: Any, validation: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Train for an epoch, then evaluate; return the new state and the values of the metrics.

        ``fresh`` are the metrics' variables before any batch. ``train`` is rates of shape
        (steps, runs), rows, and where in them the batches are: full ones in an array of shape
        (steps, runs, size), a last smaller one of shape (runs, size). ``validation`` is rows and
        batches alike, the axis of runs left out where all have the same; or None.
        """
        step = self.backend.mapped(self.train_step, (True,) * 6)
        results = self.backend.mapped(self.results, (True,))
        rates, rows, full, last = train

        def update(carry: Any, item: Any) -> Any:
            rate, index = item
            return step(*carry, rate, take(rows, index))

        carry = (*state, fresh)
        if full.shape[0]:
            carry = self.backend.repeated(update, carry, (rates[: full.shape[0]], full))
        if last.shape[-1]:
            carry = update(carry, (rates[-1], last))
        trained, metrics = carry[:3], carry[3]
        logs = results(metrics)
        if validation is not None:
            measured = results(self._evaluated(trained, fresh, *validation))
            logs |= {f"val_{name}": value for name, value in measured.items()}
        return trained, logs

    def _evaluated(self, state: Any, metrics: Values, rows: Rows, full: Any, last: Any) -> Values:
        trainable, other, _ = state
        test = self.backend.mapped(self.test_step, (True, True, True, len(last.shape) > 1))

        def update(metrics: Values, item: Any) -> Values:
            return test(trainable, other, metrics, take(rows, item[0]))

        if full.shape[0]:
            metrics = self.backend.repeated(update, metrics, (full,))
        return update(metrics, (last,)) if last.shape[-1] else metrics

    def train_step(  # noqa: PLR0917 - one argument for each kind of variable
        self,
        trainable: Values,
        other: Values,
        optimizing: Values,
        metrics: Values,
        rate: Any,
        batch: Rows,
    ) -> tuple[Values, Values, Values, Values]:
        """Make one update of one run."""
        optimizer = self.model.optimizer

        def scaled_loss(*state: Any) -> Any:
            loss, result = self._forward(*state, batch=batch, training=True)
            with StatelessScope(list(zip(optimizer.variables, optimizing, strict=True))):
                return optimizer.scale_loss(loss), result

        step = self.backend.with_gradients(scaled_loss)
        (_, (other, metrics)), gradients = step(trainable, other, metrics)
        self.rate.value = rate
        trainable, optimizing = optimizer.stateless_apply(optimizing, gradients, trainable)
        return trainable, other, optimizing, metrics

    def test_step(self, trainable: Values, other: Values, metrics: Values, batch: Rows) -> Values:
        """Return the metrics' variables of one run after one more batch."""
        return self._forward(trainable, other, metrics, batch=batch, training=False)[1][1]

    def results(self, metrics: Values) -> dict[str, Any]:
        """Return the values of the metrics of one run, by name."""
        with StatelessScope(list(zip(self.model.metrics_variables, metrics, strict=True))):
            return dict(self.model.get_metrics_result())

    def _forward(
        self, trainable: Values, other: Values, metrics: Values, *, batch: Rows, training: bool
    ) -> tuple[Any, tuple[Values, Values]]:
        model = self.model
        x, y, weights = keras.utils.unpack_x_y_sample_weight(batch)
        told = {"training": training} if model._call_has_training_arg else {}  # noqa: SLF001
        predicted, other, losses = model.stateless_call(
            trainable, other, x, return_losses=True, **told
        )
        model._losses_override = losses  # noqa: SLF001
        loss, (_, other, metrics) = model.stateless_compute_loss(
            trainable,
            other,
            metrics,
            x=x,
            y=y,
            y_pred=predicted,
            sample_weight=weights,
            training=training,
        )
        model._losses_override = []  # noqa: SLF001
        with StatelessScope(list(zip(model.metrics_variables, metrics, strict=True))) as scope:
            rows = keras.tree.flatten(x)[0].shape[0]
            model._loss_tracker.update_state(loss, sample_weight=rows)  # noqa: SLF001
            model.compute_metrics(x, y, predicted, weights)
        metrics = [scope.get_current_value(v) for v in model.metrics_variables]
        return loss, (other, metrics)


class BackendLast(type):
    """Makes classes that look for a method among those of their back end last."""

    def mro(cls) -> list[type]:
        *order, top = super().mro()
        of_backend = [c for c in order if c.__module__.startswith("keras.src.backend.")]
        return [*(c for c in order if c not in of_backend), *of_backend, top]


def stateless(optimizer: Any) -> Any:
    """Let an optimizer's stateless call work on TensorFlow and PyTorch too.

    There, methods of the back end stand before Keras' own, and update variables of TensorFlow or
    PyTorch in place, which a stateless call has none of. What both compute is the same.
    """
    cls = type(optimizer)
    optimizer.__class__ = BackendLast(cls.__name__, (cls,), {"__module__": cls.__module__})
    return optimizer
