"""The loop engine: one ``fit`` for each trial, on as many processes or machines as joblib has."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from typing import Any

import keras

from lrschedules._keras_internals import random_state_kept, tensorflow_once_imported
from lrschedules.study._data import mapped, order
from lrschedules.study._plan import Failure, History, Plan, Trial


def looped(plan: Plan, trials: list[Trial]) -> Iterator[tuple[Trial, History | Failure]]:
    """Train one trial after another, or several at once as ``joblib.parallel_config`` says.

    Yields
    ------
    tuple
        A trial and its history, or why it failed, in the order in which they finish.
    """
    import joblib

    backend, left = keras.backend.backend(), list(trials)
    tasks = (joblib.delayed(attempt)(plan, trial, backend) for trial in trials)
    try:
        parallel: Any = joblib.Parallel(return_as="generator_unordered")
    except ValueError:  # a joblib back end that returns all results at the end, such as Ray's
        parallel = joblib.Parallel()
    try:
        for trial, result in parallel(tasks):
            left.remove(trial)
            yield trial, result
    except Exception as error:  # noqa: BLE001 - whatever a joblib back end raises when workers die
        for trial in left:
            yield trial, failure(error)


def attempt(plan: Plan, trial: Trial, backend: str) -> tuple[Trial, History | Failure]:
    """Return the history of a trial, or why it failed: a failure does not stop the others."""
    try:
        if (here := keras.backend.backend()) != backend:
            raise RuntimeError(  # noqa: TRY301
                f"this worker has Keras on {here}, the study on {backend}: set KERAS_BACKEND where "
                "workers start"
            )
        with random_state_kept(), tensorflow_once_imported():
            return trial, trained(plan, trial)
    except Exception as error:  # noqa: BLE001
        return trial, failure(error)


def failure(error: Exception) -> Failure:
    """Return an error as the outcome of a trial."""
    return Failure(f"{type(error).__name__}: {error}", "".join(traceback.format_exception(error)))


def trained(plan: Plan, trial: Trial) -> History:
    """Train a trial with ``fit``, and return its history."""
    model = plan.model(trial.seed)
    plan.compile(model, plan.optimizer_of(trial.schedule, trial.base_rate))
    validation = plan.validation and plan.validation.of(trial.seed)
    history = model.fit(
        _batches(plan, trial.seed),
        steps_per_epoch=plan.steps,
        epochs=plan.epochs,
        validation_data=validation,
        validation_batch_size=validation and plan.evaluated,
        callbacks=_callbacks(plan),
        shuffle=False,
        verbose=0,
    ).history
    # A run that a callback stopped keeps its last values. Skip per-step lists that callbacks add to
    # the history.
    return {
        name: [*map(float, values), *[float(values[-1])] * (plan.epochs - len(values))]
        for name, values in history.items()
        if not isinstance(values[-1], list)
    }


def _callbacks(plan: Plan) -> list[Any]:
    made: Any = [] if plan.callbacks is None else plan.callbacks()
    callback: Any = keras.callbacks.Callback
    if not (isinstance(made, list) and all(isinstance(each, callback) for each in made)):
        raise TypeError(
            f"{plan.caller}: callbacks must return a list of Keras callbacks, got {made!r}; "
            "write for example callbacks=lambda: [keras.callbacks.TerminateOnNaN()]"
        )
    return made


def _batches(plan: Plan, seed: int) -> Iterator[Any]:
    rows = plan.train.of(seed)
    for epoch in range(plan.epochs):
        index = order(seed, epoch, len(plan.train))
        for start in range(0, len(index), plan.batch_size):
            chosen = index[start : start + plan.batch_size]
            yield mapped(lambda array, at=chosen: array[at], rows)
