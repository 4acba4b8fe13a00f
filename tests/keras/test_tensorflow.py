"""TensorFlow tensors give what NumPy gives in double precision, compiled or not."""

import numpy as np
import pytest
import tensorflow as tf

from tests.table import SCHEDULES, assert_single_precision, brief, probes

every_row = pytest.mark.parametrize("schedule", SCHEDULES, ids=brief)


@every_row
def test_tensor(schedule):
    """A tensor gives a float32 tensor, compiled or not, up to the last step."""
    steps = probes(schedule)
    tensors = [tf.convert_to_tensor(steps, dtype) for dtype in (tf.int32, tf.int64)]

    def rates_of(tensors):
        return [schedule(tensor) for tensor in tensors]

    for rates in (*rates_of(tensors), *tf.function(rates_of, jit_compile=True)(tensors)):
        assert tf.is_tensor(rates)
        assert rates.dtype == tf.float32
        assert_single_precision(rates, schedule, steps)


@pytest.mark.parametrize("shape", [(), (0,), (1,), (3,), (2, 3), (0, 4)])
@every_row
def test_shape_is_preserved(schedule, shape):
    """Rates have the shape of the steps."""
    assert tuple(schedule(tf.fill(shape, 5)).shape) == shape


@every_row
def test_other_steps(schedule):
    """Steps may be floats, and narrow whole numbers."""
    narrow = np.array([0, 1, 5, 9, 100, 127])
    for steps in (np.arange(0, 60, 0.25, np.float32), narrow.astype("u1"), narrow.astype("i1")):
        assert_single_precision(schedule(tf.convert_to_tensor(steps)), schedule, steps)
