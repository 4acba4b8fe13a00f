"""Hyperparameters of Keras' optimizers follow schedules, under every way to train."""

import re

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
    options = {
        "learning_rate": 1.0 if cls.__name__ == "Adadelta" else 0.1,
        "use_ema": "ema" in name,
    }
    if cls.__name__ == "Lion":
        options |= {"beta_1": 0.5 if name == "clipvalue" else 0.9, "beta_2": 0.5}
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


ROWS, BATCH, EPOCHS = 40, 4, 20
UPDATES = EPOCHS * ROWS // BATCH
X = RNG.normal(size=(ROWS, 3)).astype("float32")
Y = (X @ np.array([[1.0], [2.0], [-1.0]]) + 0.1 * RNG.normal(size=(ROWS, 1))).astype("float32")
RATE = lrs.Linear(0.004, 0.02, UPDATES // 2).then(lrs.Linear(0.02, 0.001, UPDATES // 2))
MOMENTUM = lrs.Linear(0.95, 0.85, UPDATES // 2).then(lrs.Linear(0.85, 0.95, UPDATES // 2))
BETA_2 = lrs.Linear(0.9, 0.999, UPDATES)


def model_with(optimizer, **options):
    """Return a linear model with the same first weights each time."""
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.set_weights([np.array([[0.3], [-0.2], [0.1]], "float32"), np.zeros(1, "float32")])
    model.compile(optimizer, "mse", **options)
    return model


def fit(model, epochs=EPOCHS):
    return model.fit(X, Y, batch_size=BATCH, epochs=epochs, shuffle=False, verbose=0)


def trained(update):
    """Return the weights after training in NumPy, in float64."""
    weights = np.array([0.3, -0.2, 0.1, 0])
    x, y = np.column_stack([X, np.ones(ROWS)]).astype("float64"), Y.astype("float64")[:, 0]
    state = np.zeros(4), np.zeros(4)
    for step in range(UPDATES):
        rows = slice(start := step * BATCH % ROWS, start + BATCH)
        gradient = 2 * x[rows].T @ (x[rows] @ weights - y[rows]) / BATCH
        weights, state = update(step, weights, gradient, state)
    return weights


def sgd(step, weights, gradient, state):
    velocity = MOMENTUM(step) * state[0] - RATE(step) * gradient
    return weights + velocity, (velocity, state[1])


def adam(step, weights, gradient, state):
    b, c = MOMENTUM(step), BETA_2(step)
    m, v = b * state[0] + (1 - b) * gradient, c * state[1] + (1 - c) * gradient**2
    change = m / (1 - b ** (step + 1)) / (np.sqrt(v / (1 - c ** (step + 1))) + 1e-9)
    return weights - RATE(step) * change, (m, v)


def distance(actual, expected):
    """Return the error of all weights together, relative to them: some are nearly 0."""
    return np.linalg.norm(actual - expected) / np.linalg.norm(expected)


def weights_of(model):
    return np.concatenate([w.ravel() for w in model.get_weights()])


def following(cls, **options):
    if cls is keras.optimizers.SGD:
        return lrs.scheduled(cls, learning_rate=RATE, momentum=MOMENTUM, **options)
    return lrs.scheduled(
        cls, learning_rate=RATE, beta_1=MOMENTUM, beta_2=BETA_2, epsilon=1e-9, **options
    )


EXPECTED = {keras.optimizers.SGD: trained(sgd), keras.optimizers.Adam: trained(adam)}
COMPILED = [{}]
if keras.backend.backend() == "tensorflow":
    COMPILED = [{"jit_compile": False}, {"jit_compile": True}]


@pytest.mark.parametrize("options", COMPILED, ids=str)
@pytest.mark.parametrize("cls", EXPECTED, ids=lambda cls: cls.__name__)
def test_as_in_numpy(cls, options):
    """Two hundred updates with a scheduled momentum or betas end where NumPy ends, in float64."""
    model = model_with(following(cls), **options)
    fit(model)

    assert distance(weights_of(model), EXPECTED[cls]) < 1e-6


def batches():
    for start in range(0, ROWS, BATCH):
        yield X[start : start + BATCH], Y[start : start + BATCH]


def test_batch_by_batch():
    """``train_on_batch``, and a loop of one's own with the gradients, make the same updates."""
    model = model_with(following(keras.optimizers.Adam))
    for _ in range(EPOCHS):
        for x, y in batches():
            model.train_on_batch(x, y)
    np.testing.assert_allclose(weights_of(model), EXPECTED[keras.optimizers.Adam], rtol=1e-5)

    weights = [keras.Variable(w) for w in ([[0.3], [-0.2], [0.1]], [0.0])]
    optimizer = following(keras.optimizers.Adam)
    for _ in range(EPOCHS):
        for x, y in batches():
            w, b = (ops.convert_to_numpy(v.value) for v in weights)
            slope = 2 * (x @ w + b - y) / BATCH
            gradients = map(ops.convert_to_tensor, (x.T @ slope, slope.sum(axis=0)))
            optimizer.apply(list(gradients), weights)
    actual = np.concatenate([ops.convert_to_numpy(v.value).ravel() for v in weights])
    np.testing.assert_allclose(actual, EXPECTED[keras.optimizers.Adam], rtol=1e-5)


def loss_of(weights, x, y):
    return ((x @ weights[0] + weights[1] - y) ** 2).mean()


@pytest.mark.any_backend
def test_as_in_optax():
    """AdamW with a weight decay that follows a schedule is that of ``inject_hyperparams``."""
    import jax
    import optax

    decay = lrs.Cosine(0.4, 0.0, UPDATES)
    model = model_with(
        lrs.scheduled(keras.optimizers.AdamW, learning_rate=RATE, weight_decay=decay, epsilon=1e-12)
    )
    weights = list(map(jax.numpy.asarray, model.get_weights()))
    fit(model)

    make = optax.inject_hyperparams(optax.adamw)
    transform = make(learning_rate=RATE, weight_decay=decay, eps=1e-12)

    @jax.jit
    def update(carry, batch):
        weights, state = carry
        gradients = jax.grad(loss_of)(weights, *batch)
        changes, state = transform.update(gradients, state, weights)
        return (optax.apply_updates(weights, changes), state), None

    order = [np.concatenate([a.reshape(-1, BATCH, a.shape[1])] * EPOCHS) for a in (X, Y)]
    (weights, _), _ = jax.lax.scan(update, (weights, transform.init(weights)), tuple(order))
    actual = np.concatenate([np.ravel(w) for w in weights])
    assert distance(weights_of(model), actual) < 1e-5


@pytest.mark.any_backend
@pytest.mark.parametrize("cls", [keras.optimizers.SGD, keras.optimizers.Adam])
def test_one_cycle_as_in_pytorch(cls):
    """Momentum and rate of ``OneCycleLR`` train the same net, update by update.

    Keras multiplies the gradient by the rate before it adds it to the velocity, PyTorch the sum
    afterwards: a velocity that was made with another rate has to be brought to the present one.
    """
    import torch

    steps = 100
    weights = [torch.tensor(w).requires_grad_() for w in ([[0.3], [-0.2], [0.1]], [0.0])]
    adam = cls is keras.optimizers.Adam
    optimizer = torch.optim.Adam(weights, eps=1e-12) if adam else torch.optim.SGD(weights, 0.1, 0.9)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=0.02, total_steps=steps, cycle_momentum=True, div_factor=2.0
    )
    curves = lrs.joint.one_cycle_torch(0.02, steps=steps, divide=2.0)
    rate, momentum = curves["learning_rate"], curves["momentum"]
    if adam:
        ours = lrs.scheduled(cls, learning_rate=rate, beta_1=momentum, epsilon=1e-12)
    else:
        values = [momentum(t) * rate(t) / rate(max(t - 1, 0)) for t in range(steps)]
        ours = lrs.scheduled(
            cls, learning_rate=rate, momentum=lrs.recipes.interpolate(values, range(1, steps))
        )
    model = model_with(ours)
    for step in range(steps):
        rows = slice(start := step * BATCH % ROWS, start + BATCH)
        optimizer.zero_grad()
        loss_of(weights, torch.tensor(X[rows]), torch.tensor(Y[rows])).backward()
        optimizer.step()
        if step < steps - 1:
            scheduler.step()
        model.train_on_batch(X[rows], Y[rows])
        expected = np.concatenate([w.detach().numpy().ravel() for w in weights])
        assert distance(weights_of(model), expected) < 1e-5


def test_saved_in_the_middle(tmp_path):
    """A model, or its weights alone, goes on where it was, to the same weights."""
    whole, part = (model_with(following(keras.optimizers.Adam)) for _ in range(2))
    fit(whole)
    fit(part, EPOCHS // 2)
    part.save(tmp_path / "model.keras")
    part.save_weights(tmp_path / "model.weights.h5")
    new = model_with(following(keras.optimizers.Adam))
    new.optimizer.build(new.trainable_variables)
    new.load_weights(tmp_path / "model.weights.h5")
    for resumed in (keras.models.load_model(tmp_path / "model.keras"), new):
        np.testing.assert_allclose(float(resumed.optimizer.beta_1), MOMENTUM(100), rtol=1e-6)
        fit(resumed, EPOCHS // 2)
        np.testing.assert_allclose(weights_of(resumed), weights_of(whole), rtol=1e-6)


def test_with_a_scaled_loss():
    """An optimizer that scales losses has the scheduled one inside of it."""
    inner = following(keras.optimizers.SGD)
    model = model_with(keras.optimizers.LossScaleOptimizer(inner, initial_scale=2.0**10))
    fit(model)

    np.testing.assert_allclose(weights_of(model), EXPECTED[keras.optimizers.SGD], rtol=1e-4)
    again = keras.saving.deserialize_keras_object(
        keras.saving.serialize_keras_object(model.optimizer)
    )
    assert again.inner_optimizer.momentum.schedule == MOMENTUM


def test_accumulated_gradients():
    """The step counts batches, as it does for the learning rate: an update has that of its last."""
    optimizer = following(keras.optimizers.SGD, gradient_accumulation_steps=2)
    weights = variables()
    expected, velocity = [w.astype("float64") for w in START], [np.zeros(s) for s in SHAPES]
    for step in range(4):
        applied(optimizer, weights, GRADIENTS[step // 2])
        if step % 2:
            for i, gradient in enumerate(GRADIENTS[step // 2]):
                velocity[i] = MOMENTUM(step) * velocity[i] - RATE(step) * gradient
                expected[i] += velocity[i]
    for actual, weight in zip(weights, expected, strict=True):
        np.testing.assert_allclose(ops.convert_to_numpy(actual.value), weight, rtol=1e-5)


@pytest.mark.any_backend
@pytest.mark.parametrize(
    ("cls", "arguments", "kind", "text"),
    [
        (keras.optimizers.SGD(), {}, TypeError, "optimizer_class must be the class of a Keras opt"),
        ("sgd", {}, TypeError, "got 'sgd'; write for example scheduled"),
        (keras.optimizers.LossScaleOptimizer, {}, TypeError, "schedule those of the optimizer in"),
        (
            keras.optimizers.SGD,
            {"momentum": lrs.Linear(0.9, 1.1, 10)},
            ValueError,
            "scheduled: momentum must be a number ≥ 0 and < 1, and Linear.* is 1.1 at step 10",
        ),
        (
            keras.optimizers.Adam,
            {"clipnorm": lrs.Linear(1, 0, 10)},
            ValueError,
            "clipnorm must be a number > 0, and Linear.* is 0.0 at step 10; limit it with .clip",
        ),
        (
            keras.optimizers.Lion,
            {"beta_1": lrs.Linear(0.9, 0, 10)},
            ValueError,
            "scheduled: Lion refuses an argument: .*beta_1=0.0",
        ),
        (
            keras.optimizers.SGD,
            {"nesterov": lrs.Constant(1)},
            TypeError,
            "SGD cannot follow a schedule for 'nesterov'.*; it can for learning_rate, momentum, we",
        ),
        (
            keras.optimizers.SGD,
            {"loss_scale_factor": lrs.Constant(1)},
            TypeError,
            "cannot follow a schedule for 'loss_scale_factor'",
        ),
        (keras.optimizers.SGD, {"beta": lrs.Constant(1)}, TypeError, "schedule for 'beta'"),
        (
            keras.optimizers.SGD,
            {"ema_momentum": lrs.Constant(0.9)},
            ValueError,
            "ema_momentum is used with use_ema=True only.*; write use_ema=True",
        ),
        (keras.optimizers.SGD, {"beta": 0.9}, ValueError, "SGD refuses an argument: .*beta"),
    ],
)
def test_refused(cls, arguments, kind, text):
    """What cannot be scheduled, or leaves its range, is refused before anything is trained."""
    with pytest.raises(kind, match=text):
        lrs.scheduled(cls, **arguments)


class Forgetful(keras.optimizers.SGD):
    """An optimizer of a user, which passes on what it does not know."""

    def __init__(self, learning_rate=0.1, patience=3.0, **others):
        super().__init__(learning_rate, **others)
        self.waits = patience


@pytest.mark.any_backend
def test_class_of_a_user():
    """Arguments that are passed on can be scheduled, and one that is not kept cannot."""
    optimizer = lrs.scheduled(Forgetful, momentum=MOMENTUM)
    assert isinstance(optimizer, Forgetful)
    assert optimizer.momentum.schedule == MOMENTUM
    with pytest.raises(TypeError, match=r"Forgetful keeps no attribute 'patience'.*self.patience"):
        lrs.scheduled(Forgetful, patience=lrs.Constant(1))


@pytest.mark.any_backend
def test_shown():
    """What a user sees of a scheduled hyperparameter is its value, and what it follows."""
    optimizer = following(keras.optimizers.SGD)
    shown = r"<0.949999.* now, following Linear\(start=0.95, .*>"
    assert re.fullmatch(shown, repr(optimizer.momentum))
    assert type(optimizer).__name__ == "ScheduledSGD"


@pytest.mark.any_backend
@pytest.mark.parametrize(
    ("config", "kind", "text"),
    [
        ({}, TypeError, "scheduled: config must have the keys 'optimizer' and 'schedules', got {}"),
        ([], TypeError, "scheduled: config must be a dict of parameters"),
    ],
)
def test_bad_config(config, kind, text):
    with pytest.raises(kind, match=text):
        type(following(keras.optimizers.SGD)).from_config(config)


# The oldest Keras that is supported does not have Muon; SGD takes the same hyperparameters.
MUON = getattr(keras.optimizers, "Muon", keras.optimizers.SGD)


@pytest.mark.any_backend
@pytest.mark.parametrize(
    ("cls", "curves"),
    [
        (keras.optimizers.SGD, lrs.joint.one_cycle(0.4, steps=100)),
        (keras.optimizers.SGD, lrs.joint.one_cycle_torch(0.4, steps=100, phases=3)),
        (keras.optimizers.SGD, lrs.joint.one_cycle_three_phase(0.4, steps=100)),
        (MUON, lrs.joint.nanochat(0.02, 1200, cooldown=780, weight_decay=0.28)),
        (MUON, lrs.joint.modded_nanogpt(0.02, 1000, cooldown=500)),
        (keras.optimizers.AdamW, lrs.joint.adamc(lrs.Linear(1e-3, 0, 100), 0.1)),
        (keras.optimizers.Adam, lrs.joint.beta_2_warmup(lrs.Linear(1e-3, 0, 100))),
    ],
)
def test_curves_that_go_together(cls, curves):
    """The optimizer of each set of curves takes all of them, and has their values at its step."""
    optimizer = lrs.scheduled(cls, **curves)
    optimizer.iterations.assign(57)
    for name, schedule in curves.items():
        value = ops.convert_to_numpy(getattr(optimizer, name))
        assert value == pytest.approx(schedule(57), rel=1e-6), name
