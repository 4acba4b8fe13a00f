"""Program: one epoch of training and validation, written for one model, mapped over many trials.

Trials differ in their initial weights, the order of their batches, and the values of what follows a
schedule: the learning rate, and any other hyperparameter. All of it is data, so one program serves
every schedule.
"""

from __future__ import annotations

from typing import Any

import keras

from lrschedules._keras_internals import loss_and_updates
from lrschedules.study._backends import Backend
from lrschedules.study._data import Rows, take

# A value for each variable of one kind; in a program, each has a first axis for the trials.
Values = list[Any]


class Injected(keras.optimizers.schedules.LearningRateSchedule):
    """The value of a hyperparameter that the program has set for an update, whatever its step."""

    value: Any = None

    def __call__(self, step: Any) -> Any:
        return self.value

    def get_config(self) -> dict[str, Any]:
        return {}


class Program:
    """A model's training as pure functions of its state.

    It makes the calls that ``fit`` makes on JAX, on all back ends. A state is three lists of
    values: of the model's trainable variables, of its other variables, and of the optimizer's.

    Parameters
    ----------
    model : keras.Model
        Compiled and built model; its own variables are never changed.
    injected : list of Injected
        What its optimizer follows.
    backend : Backend
        Functions that map, differentiate, repeat and compile.
    """

    def __init__(self, model: Any, injected: list[Injected], backend: Backend) -> None:
        self.model = model
        self.injected = injected
        self.backend = backend
        self.epoch = backend.compiled(self._epoch)

    def _epoch(
        self, state: tuple[Values, Values, Values], fresh: Values, train: Any, validation: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Train for an epoch, then evaluate; return the new state and the values of the metrics.

        ``fresh`` holds the metrics' variables before any batch. ``train`` holds hyperparameters of
        shape (steps, trials, injected), rows, and the indices of the batches in them: full batches
        in an array of shape (steps, trials, size), a smaller last one of shape (trials, size).
        ``validation`` holds rows and batches in the same form, without the axis of trials if all
        trials have the same; or it is None.
        """
        step = self.backend.mapped(self.train_step, (True,) * 6)
        results = self.backend.mapped(self.results, (True,))
        hyperparameters, rows, full, last = train

        def update(carry: Any, item: Any) -> Any:
            values, index = item
            return step(*carry, values, take(rows, index))

        carry = (*state, fresh)
        if full.shape[0]:
            whole = hyperparameters[: full.shape[0]]
            carry = self.backend.repeated(update, carry, (whole, full))
        if last.shape[-1]:
            carry = update(carry, (hyperparameters[-1], last))
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
        hyperparameters: Any,
        batch: Rows,
    ) -> tuple[Values, Values, Values, Values]:
        """Make one update of one trial."""
        optimizer = self.model.optimizer

        def scaled_loss(*state: Any) -> Any:
            loss, result = loss_and_updates(self.model, *state, batch=batch, training=True)
            with keras.StatelessScope(list(zip(optimizer.variables, optimizing, strict=True))):
                return optimizer.scale_loss(loss), result

        step = self.backend.with_gradients(scaled_loss)
        (_, (other, metrics)), gradients = step(trainable, other, metrics)
        for i, injected in enumerate(self.injected):
            injected.value = hyperparameters[i]
        trainable, optimizing = optimizer.stateless_apply(optimizing, gradients, trainable)
        return trainable, other, optimizing, metrics

    def test_step(self, trainable: Values, other: Values, metrics: Values, batch: Rows) -> Values:
        """Return the metrics' variables of one trial after one more batch."""
        state = trainable, other, metrics
        return loss_and_updates(self.model, *state, batch=batch, training=False)[1][1]

    def results(self, metrics: Values) -> dict[str, Any]:
        """Return the values of the metrics of one trial, by name."""
        with keras.StatelessScope(list(zip(self.model.metrics_variables, metrics, strict=True))):
            return dict(self.model.get_metrics_result())
