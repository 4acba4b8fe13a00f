"""RecordRate: the rate that was applied, recorded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from lrschedules._arguments import a_path, require
from lrschedules._param import checked
from lrschedules.callbacks._optimizer import inner, is_schedule, number, updates


class RecordRate(keras.callbacks.Callback):
    """Records the rate of every update that was made, and of every epoch in the history.

    ``history.history["learning_rate"]`` holds the rate of each epoch's last update, and when
    training ends ``history.history["learning_rate_by_step"]`` for each epoch the list of all its
    rates. A schedule is asked for the step of the update; ``optimizer.learning_rate`` after a batch
    is the rate of the next one. A rate that is a number is read after each batch. Several updates
    in one call (``steps_per_execution``) are recorded each; updates that a loss scale skipped are
    not.

    Callbacks run in their order: this one stands after those that set the rate, so that its value
    is the one that stays, and before those that write it down, such as ``CSVLogger``. The callback
    ``TensorBoard`` writes the rate of the next update by itself; with a ``log_dir`` of its own, for
    example ``"logs/applied"`` beside ``"logs"``, this one writes what was applied, to be seen as a
    second run.

    Parameters
    ----------
    log_dir : path, optional
        A folder for TensorBoard's files: ``learning_rate`` by update, ``epoch_learning_rate`` by
        epoch. As for Keras' own callback TensorFlow must be installed, whatever the back end.

    Attributes
    ----------
    steps : numpy.ndarray
        The number of updates made before each recorded one, shape (updates,): with gradient
        accumulation the number of batches, which is what a schedule is asked for.
    rates : numpy.ndarray
        The rate of each, shape (updates,). Both grow when training goes on with the same callback.

    Raises
    ------
    TypeError, ValueError
        If ``log_dir`` is not a path; when training begins, if the optimizer is a set of optimizers
        with a rate each.
    ModuleNotFoundError
        If there is a ``log_dir``, and TensorFlow is not installed.
    OSError
        If ``log_dir`` cannot be written.

    Examples
    --------
    >>> import keras
    >>> from lrschedules import TimeBased
    >>> from lrschedules.callbacks import RecordRate
    >>> from lrschedules.datasets import load_ionosphere
    >>> model = keras.Sequential([keras.Input((34,)), keras.layers.Dense(1)])
    >>> model.compile(keras.optimizers.SGD(TimeBased(0.1, decay=0.002)), "mse")
    >>> recorder = RecordRate()
    >>> x, y = load_ionosphere().tail_split().train
    >>> history = model.fit(x, y, batch_size=100, epochs=2, verbose=0, callbacks=[recorder])
    >>> recorder.steps
    array([0, 1, 2, 3, 4, 5])
    >>> [round(rate, 6) for rate in history.history["learning_rate"]]
    [0.099602, 0.09901]
    """

    def __init__(self, log_dir: str | Path | None = None) -> None:
        super().__init__()
        self._board: Any = None
        if log_dir is not None:
            folder = checked("RecordRate: log_dir", a_path, log_dir)
            require("RecordRate: log_dir", "tensorflow")
            import tensorflow as tf

            try:
                self._board = tf.summary.create_file_writer(str(log_dir))
            except tf.errors.OpError as error:
                raise OSError(
                    f"RecordRate: log_dir {str(folder)!r} cannot be written: {error.message}"
                ) from error
            self._scalar = tf.summary.scalar
        self._made = 0
        self._steps: list[int] = []
        self._rates: list[float] = []
        # Where each epoch of this training begins in both.
        self._epochs: list[int] = []

    @property
    def steps(self) -> NDArray[np.int64]:
        return np.array(self._steps, np.int64)

    @property
    def rates(self) -> NDArray[np.float64]:
        return np.array(self._rates, np.float64)

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Refuse what has no single rate."""
        inner(self.model, "RecordRate")
        self._epochs = []

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Take note of the updates made so far, by this training or by one that was restored."""
        self._made = updates(inner(self.model, "RecordRate"))
        self._epochs.append(len(self._rates))

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Record the updates made since the last call."""
        optimizer = inner(self.model, "RecordRate")
        made = updates(optimizer)
        rate = optimizer._learning_rate  # noqa: SLF001
        for step in range(self._made, made):
            self._steps.append(step)
            self._rates.append(number(rate(step) if is_schedule(rate) else optimizer.learning_rate))
            self._write("learning_rate", step)
        self._made = made

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Put the rate of the last update into the logs."""
        if logs is not None and self._rates:
            logs["learning_rate"] = self._rates[-1]
            self._write("epoch_learning_rate", epoch)

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Put the rates of all updates into the history, and let what was written be on disk."""
        ends = [*self._epochs[1:], len(self._rates)]
        by_step = [self._rates[i:j] for i, j in zip(self._epochs, ends, strict=False)]
        model: Any = self.model
        model.history.history["learning_rate_by_step"] = by_step
        if self._board is not None:
            self._board.flush()

    def save(self, path: str | Path) -> None:
        """Write the rate of each update as a CSV file with the columns step and learning_rate.

        Parameters
        ----------
        path : path
            Where to.

        Raises
        ------
        OSError
            If it cannot be written.
        """
        rows = zip(self._steps, self._rates, strict=True)
        lines = ["step,learning_rate", *(f"{step},{rate!r}" for step, rate in rows)]
        checked("RecordRate.save: path", a_path, path).write_text("\n".join([*lines, ""]), "utf-8")

    def _write(self, tag: str, step: int) -> None:
        """Write the last rate for TensorBoard."""
        if self._board is not None:
            with self._board.as_default():
                self._scalar(tag, self._rates[-1], step=step)
