"""TensorFlow tensors give what NumPy gives in double precision, compiled or not."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import lrschedules as lrs
from tests.data.table import SCHEDULES, assert_single_precision, brief, probes

every_row = pytest.mark.parametrize("schedule", SCHEDULES, ids=brief)


def test_tensor():
    """A tensor gives a float32 tensor, compiled or not, up to the last step."""
    steps = [probes(schedule) for schedule in SCHEDULES]

    def rates_of(tensors):
        return [schedule(t) for schedule, t in zip(SCHEDULES, tensors, strict=True)]

    for dtype in (tf.int32, tf.int64):
        tensors = [tf.convert_to_tensor(t, dtype) for t in steps]
        for call in (rates_of, tf.function(rates_of, jit_compile=True)):
            for schedule, t, rates in zip(SCHEDULES, steps, call(tensors), strict=True):
                assert tf.is_tensor(rates)
                assert rates.dtype == tf.float32
                assert_single_precision(rates, schedule, t)


@pytest.mark.parametrize("shape", [(), (0,), (1,), (3,), (2, 3), (0, 4)])
def test_shape_is_preserved(shape):
    """Rates have the shape of the steps."""
    for schedule in SCHEDULES:
        assert tuple(schedule(tf.fill(shape, 5)).shape) == shape, schedule


@every_row
def test_other_steps(schedule):
    """Steps may be floats, and narrow whole numbers."""
    narrow = np.array([0, 1, 5, 9, 100, 127])
    for steps in (np.arange(0, 60, 0.25, np.float32), narrow.astype("u1"), narrow.astype("i1")):
        assert_single_precision(schedule(tf.convert_to_tensor(steps)), schedule, steps)


@every_row
def test_double_steps(schedule):
    """Steps in double precision give rates in double precision."""
    steps = np.arange(0, 60, 0.25)
    rates = schedule(tf.convert_to_tensor(steps))

    assert rates.dtype == tf.float64
    np.testing.assert_allclose(rates, schedule(steps), 1e-12, 1e-15)


@pytest.mark.parametrize("step", [True, [True, False]])
def test_truth_value_is_no_step(step):
    """A tensor of truth values is refused."""
    with pytest.raises(TypeError, match=r"^step must hold numbers, got an array of .*bool"):
        lrs.Constant(0.1)(tf.convert_to_tensor(step))


def test_two_devices():
    """Scheduled hyperparameters on two devices, each with half of a batch, are those on one."""
    x, y = np.eye(8, 3, dtype="float32"), np.arange(8, dtype="float32")[:, None]
    strategies = tf.distribute.get_strategy(), tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    weights = []
    for strategy in strategies:
        with strategy.scope():
            model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, "tanh")])
            model.set_weights([np.full((3, 1), 0.1), np.zeros(1)])
            optimizer = lrs.scheduled(
                keras.optimizers.SGD,
                learning_rate=lrs.Linear(0.1, 0.02, 4),
                momentum=lrs.Linear(0.9, 0.5, 4),
                weight_decay=lrs.Linear(0.1, 0.0, 4),
                ema_momentum=lrs.Linear(0.9, 0.5, 4),
                use_ema=True,
            )
            model.compile(optimizer, "mse")
        model.fit(x, y, 4, epochs=2, shuffle=False, verbose=0)
        weights.append(np.concatenate(model.get_weights(), axis=None))

    assert strategies[1].num_replicas_in_sync == 2
    np.testing.assert_allclose(weights[0], weights[1], rtol=1e-5)
