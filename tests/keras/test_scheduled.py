"""Hyperparameters of Keras' optimizers follow schedules, under every way to train."""

import keras
import numpy as np
import pytest
from keras import ops

import lrschedules as lrs
from lrschedules.optimizers import schedulable

OWN = {"LossScaleOptimizer", "MultiOptimizer", "Optimizer"}  # these have no update of their own
CLASSES = [
    cls
    for name, cls in sorted(vars(keras.optimizers).items())
    if isinstance(cls, type) and issubclass(cls, keras.optimizers.Optimizer) and name not in OWN
]
# The first and the third value of each hyperparameter, far enough apart to see the difference.
VALUES = {
    "learning_rate": (0.1, 0.05),
    "weight_decay": (0.4, 0.1),
    "clipnorm": (0.7, 0.2),
    "clipvalue": (0.3, 0.1),
    "global_clipnorm": (0.7, 0.2),
    "ema_momentum": (0.9, 0.5),
    "momentum": (0.95, 0.6),
    "rho": (0.95, 0.6),
    "beta_1": (0.9, 0.6),
    "beta_2": (0.95, 0.6),
    "adam_beta_1": (0.9, 0.6),
    "adam_beta_2": (0.95, 0.6),
    "adam_weight_decay": (0.4, 0.1),
    "epsilon": (0.3, 0.1),
    "adam_lr_ratio": (1.0, 0.5),
    "muon_a": (3.4, 3.0),
    "muon_b": (-4.77, -4.7),
    "muon_c": (2.0, 1.5),
    "rms_rate": (0.2, 0.1),
    "beta_2_decay": (-0.8, -0.5),
    "epsilon_1": (0.3, 0.1),
    "epsilon_2": (3.0, 1.0),
    "clip_threshold": (0.5, 0.1),
    "learning_rate_power": (-0.5, -0.3),
    "l1_regularization_strength": (0.3, 0.1),
    "l2_regularization_strength": (0.3, 0.1),
    "l2_shrinkage_regularization_strength": (0.3, 0.1),
    "beta": (0.3, 0.1),
}
CASES = [(cls, name) for cls in CLASSES for name in schedulable(cls)]
SHAPES = (4, 3), (3,)
# Keras reads a variable after it has changed it: the argument cancels out of the update.
UNUSED = {("ScheduleFreeAdamW", "beta_1", backend) for backend in ("tensorflow", "torch")}
RNG = np.random.default_rng(0)
START = [RNG.normal(size=shape).astype("float32") for shape in SHAPES]
GRADIENTS = [[RNG.normal(size=shape).astype("float32") for shape in SHAPES] for _ in range(3)]


def schedule_of(name):
    first, third = VALUES[name]
    line = lrs.Linear if first > 0 else Negative
    return line(abs(first), abs(third), 2)


class Negative(lrs.Schedule):
    """A line below zero: the schedules of the package have rates ≥ 0."""

    start: float = lrs.param("a", lrs.kinds.rate, "Negated initial value")
    stop: float = lrs.param("b", lrs.kinds.rate, "Negated value after some steps")
    steps: int = lrs.param("T", lrs.kinds.steps, "Number of these steps")

    def formula(self, t, xp):
        return -(self.start + (self.stop - self.start) * xp.real(t) / self.steps)


def options_of(cls, name):
    """Return other arguments, with which each hyperparameter makes a difference."""
    options = {"learning_rate": 1.0 if cls.__name__ == "Adadelta" else 0.1, "use_ema": "ema" in name}
    if cls.__name__ == "Lion":
        options |= {"beta_1": 0.5, "beta_2": 0.5}
    return {key: value for key, value in options.items() if key != name}


def variables(values=START):
    # PyTorch would write into the arrays themselves.
    return [keras.Variable(np.array(value), name=f"v{i}") for i, value in enumerate(values)]


def applied(optimizer, variables, gradients):
    optimizer.apply([ops.convert_to_tensor(gradient) for gradient in gradients], variables)
    return [ops.convert_to_numpy(v.value) for v in variables]


def averaged(optimizer, variables):
    """Return the weights as they are at the end of training, with their average if there is one."""
    optimizer.finalize_variable_values(variables)
    return [ops.convert_to_numpy(v.value) for v in variables]


@pytest.mark.parametrize(("cls", "name"), CASES, ids=lambda case: getattr(case, "__name__", case))
def test_every_hyperparameter(cls, name):
    """It is what it would be if somebody set it before each update; saved, it goes on."""
    schedule, options = schedule_of(name), options_of(cls, name)
    optimizer = lrs.scheduled(cls, **{name: schedule}, **options)
    plain, constant = (cls(**{name: float(schedule(0))}, **options) for _ in range(2))
    ours, theirs, others = variables(), variables(), variables()
    for step, gradients in enumerate(GRADIENTS[:2]):
        setattr(plain, name, float(schedule(step)))
        np.testing.assert_allclose(float(getattr(optimizer, name)), schedule(step), rtol=1e-6)
        for each, of in ((optimizer, ours), (plain, theirs), (constant, others)):
            applied(each, of, gradients)

    again = keras.optimizers.deserialize(keras.optimizers.serialize(optimizer))
    store, loaded = {}, variables(map(ops.convert_to_numpy, ours))
    optimizer.save_own_variables(store)
    again.build(loaded)
    again.load_own_variables(store)
    assert type(again) is type(optimizer)
    assert float(getattr(again, name)) == float(getattr(optimizer, name))
    expected = applied(optimizer, ours, GRADIENTS[2])
    for a, b in zip(applied(again, loaded, GRADIENTS[2]), expected, strict=True):
        np.testing.assert_array_equal(a, b)

    setattr(plain, name, float(schedule(2)))
    applied(plain, theirs, GRADIENTS[2])
    applied(constant, others, GRADIENTS[2])
    ends = [averaged(*each) for each in ((optimizer, ours), (plain, theirs), (constant, others))]
    for a, b in zip(ends[0], ends[1], strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-5, atol=1e-6)
    difference = max(abs(a - b).max() for a, b in zip(ends[0], ends[2], strict=True))
    assert (difference > 1e-4) == ((cls.__name__, name, keras.backend.backend()) not in UNUSED)
