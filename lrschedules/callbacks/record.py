"""RecordRate: a callback that records the applied learning rate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from lrschedules import kinds
from lrschedules._arguments import a_path, require
from lrschedules._keras_internals import next_step, rate_of
from lrschedules.callbacks._optimizer import inner, is_schedule, number


class RecordRate(keras.callbacks.Callback):
    """Records the learning rate of every update, and of every epoch in the history.

    ``history.history["learning_rate"]`` holds the rate of each epoch's last update. When training
    ends, ``history.history["learning_rate_by_step"]`` holds a list for each epoch with the rates of
    all its updates. A schedule is evaluated at the step of the update, because
    ``optimizer.learning_rate`` after a batch is the rate of the next one. A rate that is a number
    is read after each batch. If Keras makes several updates in one call (``steps_per_execution``),
    each of them is recorded. Updates that a loss scale skipped are not recorded.

    Callbacks run in the order of their list. Put this one after those that set the rate, so that
    its value is the one that remains, and before those that write the logs, such as ``CSVLogger``.
    The callback ``TensorBoard`` itself writes the rate of the next update. Give this callback its
    own ``log_dir``, for example ``"logs/applied"`` beside ``"logs"``, to see the applied rates as a
    second run.

    Parameters
    ----------
    log_dir : path, optional
        Folder for TensorBoard's files: ``learning_rate`` by update, ``epoch_learning_rate`` by
        epoch. TensorFlow must be installed, whatever the back end, as for Keras' own callback.

    Attributes
    ----------
    steps : numpy.ndarray
        Number of updates made before each recorded one, shape (updates,). With gradient
        accumulation it is the number of batches, which is the step of a schedule there.
    rates : numpy.ndarray
        Rate of each recorded update, shape (updates,). Both arrays grow when training continues
        with the same callback.

    Raises
    ------
    TypeError, ValueError
        If ``log_dir`` is not a path; when training begins, if the model has several optimizers with
        a rate each.
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
            folder = kinds.checked("RecordRate: log_dir", a_path, log_dir)
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
        # The index in both lists at which each epoch of this training begins.
        self._epochs: list[int] = []

    @property
    def steps(self) -> NDArray[np.int64]:
        return np.array(self._steps, np.int64)

    @property
    def rates(self) -> NDArray[np.float64]:
        return np.array(self._rates, np.float64)

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Refuse a model that has no single rate."""
        inner(self.model, "RecordRate")
        self._epochs = []

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Note the number of updates made so far, by this training or by one that was restored."""
        self._made = next_step(inner(self.model, "RecordRate"))
        self._epochs.append(len(self._rates))

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Record the updates made since the last call."""
        optimizer = inner(self.model, "RecordRate")
        made = next_step(optimizer)
        rate = rate_of(optimizer)
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
        """Put the rates of all updates into the history, and flush TensorBoard's files."""
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
            File to write.

        Raises
        ------
        OSError
            If the file cannot be written.
        """
        rows = zip(self._steps, self._rates, strict=True)
        lines = ["step,learning_rate", *(f"{step},{rate!r}" for step, rate in rows)]
        file: Path = kinds.checked("RecordRate.save: path", a_path, path)
        file.write_text("\n".join([*lines, ""]), "utf-8")

    def _write(self, tag: str, step: int) -> None:
        """Write the last rate for TensorBoard."""
        if self._board is not None:
            with self._board.as_default():
                self._scalar(tag, self._rates[-1], step=step)
