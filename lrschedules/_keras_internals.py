"""Everything that this package takes from inside Keras; no other module may.

The other modules use the names that Keras documents. What stands here has no public name, and each
function says why it is needed and which file of Keras, below ``keras/src``, to compare with before
a newer Keras is supported. All of it is there from Keras 3.8 to 3.15.
"""

from __future__ import annotations

import contextlib
import copy
import math
import random
import sys
from collections.abc import Callable, Generator, Mapping
from typing import Any
from unittest import mock

import keras
import numpy as np
from keras.src.backend import compute_output_spec
from keras.src.backend.common import global_state
from keras.src.optimizers.base_optimizer import clip_by_global_norm
from keras.src.random import seed_generator
from keras.src.saving import serialization_lib
from keras.src.saving.keras_saveable import KerasSaveable
from keras.src.utils import rng_utils
from keras.src.utils.module_utils import LazyModule

from lrschedules._arrays import as_numpy

# Optimizers ---------------------------------------------------------------------------------------


def rate_of(optimizer: Any) -> Any:
    """Return the rate of an optimizer, or of the optimizer whose losses it scales.

    The rate is a schedule, a variable or a function, as it was given. The public attribute
    ``learning_rate`` is the number that it has at the present step.
    Compare ``optimizers/base_optimizer.py``: ``BaseOptimizer.learning_rate``.
    """
    return getattr(optimizer, "inner_optimizer", optimizer)._learning_rate


def has_one_rate(optimizer: Any) -> bool:
    """Say whether an optimizer has one learning rate: one that is made of several may have none.

    The attribute of Keras' own is an error; that of ``lrschedules.layerwise`` is the common rate.
    Compare ``optimizers/multi_optimizer.py``: ``MultiOptimizer.learning_rate``.
    """
    optimizer = getattr(optimizer, "inner_optimizer", optimizer)
    return not hasattr(optimizer, "optimizers") or hasattr(optimizer, "learning_rate")


def next_step(optimizer: Any) -> int:
    """Return the step that the optimizer passes to its schedule at the next update.

    With gradient accumulation this is a number of batches; the public attribute ``iterations``
    counts updates of the weights.
    Compare ``optimizers/base_optimizer.py``: ``BaseOptimizer.iterations``.
    """
    return int(as_numpy(optimizer._iterations))


def schedules_of(optimizer: Any) -> dict[str, Any]:
    """Return what an optimizer follows, by the name of the hyperparameter.

    The learning rate comes first, as ``rate_of`` returns it; then the schedules that ``follow`` has
    set. The names of an optimizer that is made of several begin with the name of each, for example
    ``layer_0/learning_rate``.
    Compare ``optimizers/multi_optimizer.py``: ``MultiOptimizer.optimizers``.
    """
    optimizer = getattr(optimizer, "inner_optimizer", optimizer)
    if inner := getattr(optimizer, "optimizers", None):
        return {
            f"{each.name}/{name}": schedule
            for each in inner
            for name, schedule in schedules_of(each).items()
        }
    followed = {n: value for n, value in vars(optimizer).items() if isinstance(value, Following)}
    return {"learning_rate": rate_of(optimizer)} | {n: f.schedule for n, f in followed.items()}


def follow(optimizer: Any, schedules: Mapping[str, Any]) -> None:
    """Let hyperparameters of an optimizer follow schedules, by the names of ``schedules_of``.

    Compare ``optimizers/base_optimizer.py``: ``BaseOptimizer.__init__``.
    """
    optimizer = getattr(optimizer, "inner_optimizer", optimizer)
    inner = {each.name: each for each in getattr(optimizer, "optimizers", ())}
    for path, schedule in schedules.items():
        of, _, name = path.rpartition("/")
        owner = inner[of] if of else optimizer
        if name == "learning_rate":
            owner.learning_rate = schedule
        else:
            # TensorFlow tracks attributes of an optimizer as a part of what its checkpoints save.
            object.__setattr__(owner, name, Following(schedule, owner._iterations))


def watch_gradients(optimizer: Any, watch: Callable[[Any, list[Any]], None] | None) -> None:
    """Call a function with the step and the gradients at each update; None ends this.

    Keras gives a callback no gradients. The attribute replaces the method of this optimizer alone,
    so that its class, its configuration and its variables remain what they are.
    Compare ``optimizers/base_optimizer.py``: ``BaseOptimizer.apply``, which every trainer calls,
    also through ``apply_gradients`` and ``stateless_apply``.
    """
    vars(optimizer).pop("apply", None)
    if watch is not None:
        object.__setattr__(optimizer, "apply", Watched(optimizer, watch))


def watcher_of(optimizer: Any) -> Callable[[Any, list[Any]], None] | None:
    """Return the function that ``watch_gradients`` calls, or None.

    Compare ``optimizers/base_optimizer.py``: ``BaseOptimizer.apply``.
    """
    watched = vars(optimizer).get("apply")
    return watched.watch if isinstance(watched, Watched) else None


class Watched:
    """The method ``apply`` of an optimizer, after a call with the gradients that it receives.

    Compare ``optimizers/base_optimizer.py``: ``BaseOptimizer.apply``.
    """

    def __init__(self, optimizer: Any, watch: Callable[[Any, list[Any]], None]) -> None:
        self.optimizer, self.watch, self.method = optimizer, watch, optimizer.apply

    def __call__(self, grads: Any, trainable_variables: Any = None) -> Any:
        gradients = list(grads)
        self.watch(self.optimizer._iterations, gradients)
        return self.method(gradients, trainable_variables)


_Variable: Any = keras.Variable


class Following(_Variable):
    """A number of an optimizer that follows a schedule: its value at the optimizer's step.

    An optimizer reads ``self.momentum`` at each use, converts it as any other number, and asks
    whether it is 0 to find out whether it is used at all. A variable of Keras is converted by every
    back end wherever a tensor is accepted; this one computes its value when it is read, and answers
    that it is used. The step is the one that the learning rate has.
    Compare ``backend/common/variables.py``: ``KerasVariable.value``, and ``momentum`` in
    ``optimizers/sgd.py``.

    Parameters
    ----------
    schedule : callable
        Function from the step to the value.
    iterations : keras.Variable
        Number of updates that the optimizer has made.
    """

    def __init__(self, schedule: Callable[[Any], Any], iterations: Any) -> None:
        super().__init__(0.0, dtype=keras.config.floatx(), trainable=False, autocast=False)
        self.schedule = schedule
        self.iterations = iterations

    @property
    def value(self) -> Any:
        """The value at the present step, without axes."""
        return keras.ops.convert_to_tensor(self.schedule(self.iterations), self.dtype)

    def __bool__(self) -> bool:
        return True

    def __eq__(self, other: object) -> bool:
        return self is other

    def __ne__(self, other: object) -> bool:
        return self is not other

    def __gt__(self, other: object) -> bool:
        return True

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f"<{as_numpy(self.value)} now, following {self.schedule!r}>"


if keras.backend.backend() == "jax":
    import jax

    # jax.numpy.clip compiles itself, and takes what it is given apart as a tree.
    jax.tree_util.register_pytree_node(
        Following, lambda following: ((following.value,), None), lambda _, values: values[0]
    )


def stateless(optimizer: Any) -> Any:
    """Let ``stateless_apply`` of an optimizer work on TensorFlow and PyTorch too.

    On these back ends, mixins override methods of Keras' optimizers. They assign variables in
    place, which fails inside ``stateless_apply``. Keras' own methods compute the same.
    Compare ``backend/tensorflow/optimizer.py`` and ``backend/torch/optimizers/``.
    """
    cls = type(optimizer)
    optimizer.__class__ = BackendLast(cls.__name__, (cls,), {"__module__": cls.__module__})
    return optimizer


def stateless_if(owner: Any, optimizer: Any) -> Any:
    """Let ``stateless_apply`` of an inner optimizer work if ``stateless`` has changed its owner.

    Compare ``optimizers/multi_optimizer.py``: ``MultiOptimizer.apply``, which calls theirs.
    """
    return stateless(optimizer) if isinstance(type(owner), BackendLast) else optimizer


def clipped(gradients: Any, limit: float) -> Any:
    """Return gradients, multiplied so that the norm of all together is at most ``limit``.

    Keras clips by the global norm in each optimizer, and has no public name for it.
    Compare ``optimizers/base_optimizer.py``: ``clip_by_global_norm``.
    """
    return clip_by_global_norm(gradients, limit)


class BackendLast(type):
    """Makes classes whose methods are looked up in the classes of a back end last."""

    def mro(cls) -> list[type]:
        *order, top = super().mro()
        of_backend = [c for c in order if c.__module__.startswith("keras.src.backend.")]
        return [*(c for c in order if c not in of_backend), *of_backend, top]


# Models -------------------------------------------------------------------------------------------


def build(model: Any, batch: Any) -> None:
    """Build a model, its loss and its metrics as ``fit`` does, on ``(x, y, sample_weight)``.

    The public method ``build`` takes the shapes of the inputs, and builds neither loss nor metrics.
    Compare ``trainers/trainer.py``: ``Trainer._symbolic_build``.
    """
    model._symbolic_build(data_batch=batch)


def layers_of(model: Any) -> list[Any]:
    """Return a model and all its layers, those inside other layers included.

    The public attribute ``layers`` has those of the first level.
    Compare ``layers/layer.py``: ``Layer._flatten_layers``.
    """
    return list(model._flatten_layers())


def compiled_metrics(model: Any) -> list[Any]:
    """Return the metrics that a model was compiled with.

    The public attribute ``metrics`` also has those of the loss and of the layers.
    Compare ``trainers/trainer.py``: ``Trainer.compile``.
    """
    compiled = model._compile_metrics
    return compiled.metrics if compiled else []


def loss_weights_of(model: Any) -> Any:
    """Return the ``loss_weights`` that a model was compiled with.

    The public method ``get_compile_config`` also serializes the loss, which only a registered one
    survives.
    Compare ``trainers/trainer.py``: ``Trainer.compile``.
    """
    return model._compile_config.config["loss_weights"]


def direction_of(metric: Any) -> str | None:
    """Return ``"up"`` or ``"down"`` for a metric that Keras knows how to improve, else None.

    Compare ``callbacks/monitor_callback.py``, and ``_direction`` in ``metrics/``.
    """
    return getattr(metric, "_direction", None)


def try_on(function: Callable[..., Any], *symbols: Any) -> None:
    """Call a function with symbolic tensors: it raises what it would raise with arrays.

    Compare ``backend/jax/core.py``, ``backend/tensorflow/core.py`` and ``backend/torch/core.py``:
    ``compute_output_spec``.
    """
    compute_output_spec(function, *symbols)


@contextlib.contextmanager
def output_sizes() -> Generator[list[int]]:
    """Collect the number of values that each layer returns meanwhile, whatever its model.

    A layer of a model that is not functional has no public ``output``, so every call is watched.
    Compare ``layers/layer.py``: ``Layer.__call__``.
    """
    base: Any = keras.Layer
    sizes, call = list[int](), base.__call__

    def counted(layer: Any, *args: Any, **kwargs: Any) -> Any:
        result = call(layer, *args, **kwargs)
        shapes = [getattr(tensor, "shape", ()) for tensor in keras.tree.flatten(result)]
        sizes.extend(math.prod(side or 1 for side in shape) for shape in shapes)
        return result

    base.__call__ = counted
    try:
        yield sizes
    finally:
        base.__call__ = call


def loss_and_updates(
    model: Any,
    trainable: list[Any],
    other: list[Any],
    metrics: list[Any],
    *,
    batch: Any,
    training: bool,
) -> tuple[Any, tuple[list[Any], list[Any]]]:
    """Return the loss of a batch, and what it makes of the other variables and of the metrics.

    This is what ``fit`` computes on JAX, written for all back ends: the losses of layers reach
    ``compute_loss``, and the tracker of the loss counts rows.
    Compare ``backend/jax/trainer.py``: ``JAXTrainer.compute_loss_and_updates`` and
    ``_update_metrics_variables``.
    """
    x, y, weights = keras.utils.unpack_x_y_sample_weight(batch)
    options = {"training": training} if model._call_has_training_arg else {}
    predicted, other, losses = model.stateless_call(
        trainable, other, x, return_losses=True, **options
    )
    model._losses_override = losses
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
    model._losses_override = []
    pairs = list(zip(model.metrics_variables, metrics, strict=True))
    with keras.StatelessScope(pairs) as scope:
        rows = keras.tree.flatten(x)[0].shape[0]
        model._loss_tracker.update_state(loss, sample_weight=rows)
        model.compute_metrics(x, y, predicted, weights)
    metrics = [scope.get_current_value(v) for v in model.metrics_variables]
    return loss, (other, metrics)


# TensorFlow ---------------------------------------------------------------------------------------


class OnceImported(LazyModule):
    """A module that is available once something has imported it, and is imported when it is used.

    Compare ``utils/module_utils.py``: ``LazyModule``.
    """

    @property
    def available(self) -> bool:
        """Whether the module has been imported."""
        return sys.modules.get(self.name) is not None


@contextlib.contextmanager
def tensorflow_once_imported() -> Generator[None]:
    """Let Keras set seeds and serialize objects meanwhile without importing TensorFlow.

    Keras imports TensorFlow, wherever it is installed, to set its seed and to find out whether an
    object is one of its classes. On another back end, that takes seconds, and ``fit`` does neither.
    Compare ``utils/rng_utils.py``: ``set_random_seed``, and ``saving/serialization_lib.py``:
    ``serialize_keras_object``.
    """
    tensorflow = OnceImported("tensorflow")
    with (
        mock.patch.object(rng_utils, "tf", tensorflow),
        mock.patch.object(serialization_lib, "tf", tensorflow),
    ):
        yield


# Random state -------------------------------------------------------------------------------------


@contextlib.contextmanager
def layer_seeds(seed: int) -> Generator[None]:
    """Let the layers that are made meanwhile draw their seeds from a generator of their own.

    Keras draws them from Python's generator, and so may the other threads of a cluster's worker for
    purposes of their own.
    Compare ``random/seed_generator.py``: ``make_default_seed`` and the import of ``random``.
    """
    with mock.patch.object(seed_generator, "python_random", random.Random(seed)):  # noqa: S311
        yield


@contextlib.contextmanager
def random_state_kept() -> Generator[None]:
    """Put the random state of Python, NumPy, Keras and its back end back, as it was.

    Keras has no public name for its global generator of seeds.
    Compare ``random/seed_generator.py``: ``global_seed_generator``, ``utils/rng_utils.py``, and
    TensorFlow's ``python/eager/context.py``.
    """
    names = ("global_seed_generator", "global_random_seed")
    of_keras = {name: global_state.get_global_attribute(name) for name in names}
    generator = of_keras[names[0]]
    drawn = None if generator is None else as_numpy(generator.state).copy()
    python, legacy = random.getstate(), np.random.get_state()  # noqa: NPY002
    # Keras seeds TensorFlow wherever it is installed, since tf.data draws from it.
    eager: Any = sys.modules.get("tensorflow.python.eager.context")
    drawing: dict[str, Any] = vars(eager.context()) if eager else {}
    seeds = {name: copy.copy(drawing[name]) for name in ("_seed", "_rng") if name in drawing}
    torch: Any = None
    if keras.backend.backend() == "torch":
        import torch
    of_torch = torch and torch.get_rng_state()
    try:
        yield
    finally:
        random.setstate(python)
        np.random.set_state(legacy)  # noqa: NPY002
        for name, value in of_keras.items():
            global_state.set_global_attribute(name, value)
        if generator is not None:
            generator.state.assign(drawn)
        drawing.update(seeds)
        if torch:
            torch.set_rng_state(of_torch)


# Saving -------------------------------------------------------------------------------------------


class SavedWithWeights(KerasSaveable):
    """The base of what a model's attribute must be for Keras to save it with the weights.

    A subclass has ``save_own_variables(store)`` and ``load_own_variables(store)``.
    Compare ``saving/keras_saveable.py`` and ``saving/saving_lib.py``: ``_save_state``,
    ``_walk_saveable``.
    """

    def _obj_type(self) -> str:
        return "Loss"  # one of the kinds that Keras knows, for the attributes it looks at
