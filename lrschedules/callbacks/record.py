"""RecordRate: a callback that records the applied learning rate, and what else is scheduled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from lrschedules import kinds
from lrschedules._arguments import a_path, require
from lrschedules._keras_internals import has_one_rate, next_step, rate_of, schedules_of
from lrschedules.callbacks._optimizer import at, inner


class RecordRate(keras.callbacks.Callback):
    """Records the learning rate of every update, and every other hyperparameter that is scheduled.

    ``history.history["learning_rate"]`` holds the rate of each epoch's last update. When training
    ends, ``history.history["learning_rate_by_step"]`` holds a list for each epoch with the rates of
    all its updates. A schedule is evaluated at the step of the update, because
    ``optimizer.learning_rate`` after a batch is the rate of the next one. A rate that is a number
    is read after each batch. If Keras makes several updates in one call (``steps_per_execution``),
    each of them is recorded. Updates that a loss scale skipped are not recorded.

    Each other hyperparameter that follows a schedule, as with ``lrschedules.scheduled``, is
    recorded in the same way under its own name: ``"momentum"`` and ``"momentum_by_step"``. If an
    optimizer is made of several, as with ``lrschedules.layerwise``, the name of each comes first:
    ``"layer_0/learning_rate"``.

    Callbacks run in the order of their list. Put this one after those that set the rate, so that
    its value is the one that remains, and before those that write the logs, such as ``CSVLogger``.
    The callback ``TensorBoard`` itself writes the rate of the next update. Give this callback its
    own ``log_dir``, for example ``"logs/applied"`` beside ``"logs"``, to see the applied rates as a
    second run.

    Parameters
    ----------
    log_dir : path, optional
        Folder for TensorBoard's files: ``learning_rate`` by update, ``epoch_learning_rate`` by
        epoch, and each other hyperparameter likewise. TensorFlow must be installed, whatever the
        back end, as for Keras' own callback.

    Attributes
    ----------
    steps : numpy.ndarray
        Number of updates made before each recorded one, shape (updates,). With gradient
        accumulation it is the number of batches, which is the step of a schedule there.
    values : dict of str to numpy.ndarray
        Value of each hyperparameter at each recorded update, by its name, each of shape (updates,);
        NaN for updates of an optimizer that did not have it.
    rates : numpy.ndarray
        Learning rate of each recorded update, shape (updates,). Of ``lrschedules.layerwise``, it is
        the common rate. All arrays grow when training continues with the same callback.

    Raises
    ------
    TypeError, ValueError
        If ``log_dir`` is not a path; when training begins, if the model is not compiled; when
        ``rates`` is read, if the model has several optimizers without a common rate.
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
        # The values of each update, by the name of the hyperparameter.
        self._updates: list[dict[str, float]] = []
        # The index in both lists at which each epoch of this training begins.
        self._epochs: list[int] = []

    @property
    def steps(self) -> NDArray[np.int64]:
        return np.array(self._steps, np.int64)

    @property
    def values(self) -> dict[str, NDArray[np.float64]]:
        return {
            name: np.array([update.get(name, np.nan) for update in self._updates], np.float64)
            for name in self._names()
        }

    @property
    def rates(self) -> NDArray[np.float64]:
        if self._updates and "learning_rate" not in self._names():
            raise ValueError(
                "RecordRate: rates: the optimizers of the model have a rate each; read values, "
                f"which has {', '.join(map(repr, self._names()))}"
            )
        return self.values.get("learning_rate", np.array([], np.float64))

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Refuse a model that is not compiled."""
        inner(self.model, "RecordRate")
        self._epochs = []

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Note the number of updates made so far, by this training or by one that was restored."""
        self._made = next_step(inner(self.model, "RecordRate"))
        self._epochs.append(len(self._updates))

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Record the updates made since the last call."""
        optimizer = inner(self.model, "RecordRate")
        made = next_step(optimizer)
        common = {"learning_rate": rate_of(optimizer)} if has_one_rate(optimizer) else {}
        followed = common | schedules_of(optimizer)
        for step in range(self._made, made):
            self._steps.append(step)
            self._updates.append({name: at(value, step) for name, value in followed.items()})
            self._write("", step)
        self._made = made

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Put the values of the last update into the logs."""
        if logs is not None and self._updates:
            logs |= self._updates[-1]
            self._write("epoch_", epoch)

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Put the values of all updates into the history, and flush TensorBoard's files."""
        ends = [*self._epochs[1:], len(self._updates)]
        epochs = [self._updates[i:j] for i, j in zip(self._epochs, ends, strict=False)]
        names = dict.fromkeys(name for updates in epochs for each in updates for name in each)
        model: Any = self.model
        model.history.history |= {
            f"{name}_by_step": [[each[name] for each in updates] for updates in epochs]
            for name in names or ("learning_rate",)
        }
        if self._board is not None:
            self._board.flush()

    def save(self, path: str | Path) -> None:
        """Write the values of each update as a CSV file: the column step, then one for each name.

        The first name is ``learning_rate``, unless the model has several optimizers without a
        common rate.

        Parameters
        ----------
        path : path
            File to write.

        Raises
        ------
        OSError
            If the file cannot be written.
        """
        values = self.values or {"learning_rate": self.rates}
        columns = [self._steps, *(column.tolist() for column in values.values())]
        lines = [",".join(["step", *values])]
        lines += [",".join(map(repr, row)) for row in zip(*columns, strict=True)]
        file: Path = kinds.checked("RecordRate.save: path", a_path, path)
        file.write_text("\n".join([*lines, ""]), "utf-8")

    def _names(self) -> list[str]:
        """Return the names of what has been recorded, in the order in which they came up."""
        return list(dict.fromkeys(name for update in self._updates for name in update))

    def _write(self, prefix: str, step: int) -> None:
        """Write the last values for TensorBoard."""
        if self._board is not None:
            with self._board.as_default():
                for name, value in self._updates[-1].items():
                    self._scalar(prefix + name, value, step=step)
