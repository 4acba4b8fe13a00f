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
from lrschedules._reduced import Plateau, Reduced
from tests.data.table import SCHEDULES, assert_single_precision, brief, probes

BACKEND = keras.backend.backend()
every_row = pytest.mark.parametrize("schedule", SCHEDULES, ids=brief)
# Keras reads a torch tensor through the one-argument __array__ that NumPy 2 deprecates.
pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"
)


def test_backend_is_the_one_asked_for():
    """The tests run on the back end that the environment names."""
    assert os.environ["KERAS_BACKEND"] == BACKEND


@every_row
def test_variable(schedule):
    """A Keras variable, which is what an optimizer passes, gives a float32 tensor.

    A third of the steps and the last one: the tests of tensors have them all.
    """
    variable = keras.Variable(0, dtype="int32", trainable=False)
    for step in np.unique(probes(schedule))[::-3]:
        variable.assign(int(step))
        rate = schedule(variable)

        assert ops.is_tensor(rate)
        assert keras.backend.standardize_dtype(rate.dtype) == "float32"
        assert tuple(rate.shape) == ()
        assert_single_precision(ops.convert_to_numpy(rate), schedule, step)


@pytest.mark.any_backend
def test_deepest_composition_is_saved():
    """A composition that is nested as deep as is allowed is written and read by Keras."""
    deep = lrs.Linear(0.1, 0, 10)
    for _ in range(DEEPEST - 1):
        deep = deep.then(lrs.Constant(0.1), at=20)
    theirs = keras.optimizers.schedules

    assert theirs.deserialize(json.loads(json.dumps(theirs.serialize(deep)))) == deep


@pytest.mark.any_backend
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
