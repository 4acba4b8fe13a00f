"""RecordGradientNorms: a callback that records the norm of the gradient of every update."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from lrschedules._arrays import as_numpy
from lrschedules._keras_internals import next_step, watch_gradients, watcher_of
from lrschedules.callbacks._optimizer import inner


class RecordGradientNorms(keras.callbacks.Callback):
    """Records the norm of the gradient of every update, over all weights together.

    The gradients are those that the optimizer receives: before clipping, and after a loss scale has
    been divided out. With gradient accumulation, they are those of each batch. If Keras makes
    several updates in one call (``steps_per_execution``), each of them is recorded. Updates that a
    loss scale skipped are not recorded.

    Use it to pass the norms of a run to :func:`lrschedules.theory.refined` or
    :func:`lrschedules.theory.bound`. Avoid it when every second counts: the back end computes two
    more sums over all weights, and hands them over after each call. The training function is
    compiled again, before and after.

    Attributes
    ----------
    steps : numpy.ndarray
        Number of updates made before each recorded one, shape (updates,). With gradient
        accumulation it is the number of batches.
    norms : numpy.ndarray
        Euclidean norm of the gradient at each of these steps, shape (updates,).
    l1_norms : numpy.ndarray
        Sum of the absolute values of the gradient at each of these steps, shape (updates,). All
        arrays grow when training continues with the same callback.

    Raises
    ------
    ValueError
        When training begins, if the model is not compiled, or if there are two callbacks of this
        class.

    Examples
    --------
    >>> import keras
    >>> from lrschedules.callbacks import RecordGradientNorms
    >>> from lrschedules.datasets import load_ionosphere
    >>> from lrschedules.theory import refined
    >>> model = keras.Sequential([keras.Input((34,)), keras.layers.Dense(1)])
    >>> model.compile(keras.optimizers.SGD(0.01), "mse")
    >>> recorder = RecordGradientNorms()
    >>> x, y = load_ionosphere().tail_split().train
    >>> history = model.fit(x, y, batch_size=100, epochs=2, verbose=0, callbacks=[recorder])
    >>> recorder.norms.shape, bool((recorder.norms > 0).all())
    ((6,), True)
    >>> refined(recorder.norms).length
    6
    """

    def __init__(self) -> None:
        super().__init__()
        self._steps: list[int] = []
        self._norms: list[tuple[float, float]] = []
        self._made = 0
        # What the back end has handed over, by the step.
        self._arrived: dict[int, tuple[float, float]] = {}
        # On TensorFlow, a variable with a row for each update of a call.
        self._rows: Any = None

    @property
    def steps(self) -> NDArray[np.int64]:
        return np.array(self._steps, np.int64)

    @property
    def norms(self) -> NDArray[np.float64]:
        return np.array([norm for norm, _ in self._norms], np.float64)

    @property
    def l1_norms(self) -> NDArray[np.float64]:
        return np.array([norm for _, norm in self._norms], np.float64)

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Watch the gradients that the optimizer receives from now on."""
        model: Any = self.model
        optimizer = inner(model, "RecordGradientNorms")
        if keras.backend.backend() == "tensorflow":
            shape = (model.steps_per_execution, 2)
            self._rows = keras.Variable(np.zeros(shape), dtype="float32", trainable=False)
        watch_gradients(optimizer, self._watch)
        model.make_train_function(force=True)

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Note the number of updates made so far, and refuse a second callback of this class."""
        optimizer = inner(self.model, "RecordGradientNorms")
        if watcher_of(optimizer) != self._watch:
            raise ValueError("RecordGradientNorms: there are two of them; give fit one")
        self._made = next_step(optimizer)

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Record the updates made since the last call."""
        made = next_step(inner(self.model, "RecordGradientNorms"))
        new = range(self._made, made)
        if keras.backend.backend() == "jax":
            import jax

            jax.effects_barrier()
        elif self._rows is not None:
            rows = as_numpy(self._rows)
            for step in new:
                self._arrive(step, rows[step % len(rows)])
        self._steps += new
        self._norms += [self._arrived.pop(step) for step in new]
        self._made = made

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Leave the optimizer as it was."""
        model: Any = self.model
        watch_gradients(inner(model, "RecordGradientNorms"), None)
        model.make_train_function(force=True)

    def _watch(self, step: Any, gradients: list[Any]) -> None:
        """Compute the norms inside of the training function, and hand them over."""
        ops: Any = keras.ops
        dense = [ops.cast(g, "float32") for g in gradients if g is not None]
        squares = sum(ops.sum(ops.square(g)) for g in dense)
        absolute = sum(ops.sum(ops.abs(g)) for g in dense)
        norms = ops.stack([ops.sqrt(squares), absolute])
        if keras.backend.backend() == "jax":
            import jax

            jax.debug.callback(self._arrive, step.value, norms)
        elif self._rows is not None:
            count = self._rows.shape[0]
            row = ops.equal(ops.arange(count), ops.cast(step % count, "int32"))
            self._rows.assign(ops.where(row[:, None], norms, self._rows))
        else:
            self._arrive(step, norms)

    def _arrive(self, step: Any, norms: Any) -> None:
        norm, absolute = as_numpy(norms).tolist()
        self._arrived[int(as_numpy(step))] = (norm, absolute)
