"""On every back end of Keras, a schedule gives what NumPy gives in double precision."""

import os

import keras
import numpy as np
import pytest
from keras import ops

from tests.table import SCHEDULES, assert_single_precision, brief, probes

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
    for step in np.unique(probes(schedule))[::-3]:
        rate = schedule(keras.Variable(int(step), dtype="int32", trainable=False))

        assert ops.is_tensor(rate)
        assert keras.backend.standardize_dtype(rate.dtype) == "float32"
        assert tuple(rate.shape) == ()
        assert_single_precision(ops.convert_to_numpy(rate), schedule, step)
