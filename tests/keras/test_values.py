"""On every back end of Keras, a schedule gives what NumPy gives in double precision."""

import copy
import json
import os
import pickle

import keras
import numpy as np
import pytest
from keras import ops

import lrschedules as lrs
from lrschedules._config import DEEPEST
from lrschedules._keras import Plateau, Reduced
from tests.table import SCHEDULES, assert_single_precision, brief, probes

BACKEND = keras.backend.backend()
every_row = pytest.mark.parametrize("schedule", SCHEDULES, ids=brief)
# Keras reads a torch tensor through the one-argument __array__ that NumPy 2 deprecates.
pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"
)


def compiled(schedule):
    """Return the schedule as the back end compiles it in training."""
    if BACKEND == "tensorflow":
        import tensorflow as tf

        return tf.function(schedule, jit_compile=True)
    if BACKEND == "jax":
        import jax

        return jax.jit(schedule)
    import torch

    torch._dynamo.reset()  # it gives up on a function that it has compiled for eight schedules
    return torch.compile(schedule, fullgraph=True, backend="eager")


def test_backend_is_the_one_asked_for():
    """The tests run on the back end that the environment names."""
    assert os.environ["KERAS_BACKEND"] == BACKEND


@every_row
def test_variable(schedule):
    """A Keras variable, which is what an optimizer passes, gives a float32 tensor."""
    for step in probes(schedule):
        rate = schedule(keras.Variable(int(step), dtype="int32", trainable=False))

        assert ops.is_tensor(rate)
        assert keras.backend.standardize_dtype(rate.dtype) == "float32"
        assert tuple(rate.shape) == ()
        assert_single_precision(ops.convert_to_numpy(rate), schedule, step)


@every_row
@pytest.mark.filterwarnings("ignore:.*script_method.* is deprecated:DeprecationWarning")
def test_tensor(schedule):
    """A tensor gives a float32 tensor, compiled or not, up to the last step."""
    steps = probes(schedule)
    for dtype in ("int32", "int64") if BACKEND != "jax" else ("int32",):
        tensor = ops.convert_to_tensor(steps.astype(dtype))
        for rates in (schedule(tensor), compiled(schedule)(tensor)):
            assert ops.is_tensor(rates)
            assert keras.backend.standardize_dtype(rates.dtype) == "float32"
            assert_single_precision(ops.convert_to_numpy(rates), schedule, steps)


@pytest.mark.parametrize("shape", [(), (0,), (1,), (3,), (2, 3), (0, 4)])
@every_row
def test_shape_is_preserved(schedule, shape):
    """Rates have the shape of the steps."""
    steps = ops.convert_to_tensor(np.full(shape, 5, np.int32))

    assert tuple(schedule(steps).shape) == shape


@every_row
def test_other_steps(schedule):
    """Steps may be floats, and narrow whole numbers."""
    narrow = np.array([0, 1, 5, 9, 100, 127])
    for steps in (np.arange(0, 60, 0.25, np.float32), narrow.astype("u1"), narrow.astype("i1")):
        rates = schedule(ops.convert_to_tensor(steps))
        assert_single_precision(ops.convert_to_numpy(rates), schedule, steps)


@every_row
def test_double_steps(schedule):
    """Steps in double precision give rates in double precision, where the back end has it."""
    steps = np.arange(0, 60, 0.25)
    tensor = ops.convert_to_tensor(steps)
    rates = schedule(tensor)

    assert rates.dtype == tensor.dtype
    if BACKEND != "jax":
        np.testing.assert_allclose(ops.convert_to_numpy(rates), schedule(steps), 1e-12, 1e-15)


def test_truth_value_is_no_step():
    """A tensor of truth values is refused."""
    for step in (True, [True, False]):
        with pytest.raises(TypeError, match=r"^step must hold numbers, got an array of .*bool"):
            lrs.Constant(0.1)(ops.convert_to_tensor(step))


def test_deepest_composition_is_saved():
    """A composition that is nested as deep as is allowed is written and read by Keras."""
    deep = lrs.Linear(0.1, 0, 10)
    for _ in range(DEEPEST - 1):
        deep = deep.then(lrs.Constant(0.1), at=20)
    theirs = keras.optimizers.schedules

    assert theirs.deserialize(json.loads(json.dumps(theirs.serialize(deep)))) == deep


def test_reduced_keeps_what_it_is():
    """A reduced schedule of Keras or of ours is pickled, copied and saved, and has no state."""
    for rate in (lrs.Constant(0.1), keras.optimizers.schedules.CosineDecay(0.1, 10)):
        reduced = Reduced(rate, Plateau(scale=0.5, best=2, wait=1.0))
        reduced.__dict__.update(plateau=None)
        theirs = keras.optimizers.schedules
        again = [pickle.loads(pickle.dumps(reduced)), copy.deepcopy(reduced)]
        again += [theirs.deserialize(theirs.serialize(reduced))]

        assert reduced.plateau == (0.5, 2.0, 1, 0)
        assert vars(reduced) == {}
        for other in again:
            assert other.plateau == reduced.plateau
            assert other.schedule.get_config() == rate.get_config()
