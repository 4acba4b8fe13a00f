"""A range test measures each batch, and leaves model, optimizer and random state as they were."""

import random

import keras
import numpy as np
import pytest
from keras import ops

import lrschedules as lrs
from lrschedules import _copying, finder
from lrschedules.finder import range_test

RNG = np.random.default_rng(0)
X = RNG.normal(size=(64, 3)).astype("float32")
Y = X.sum(axis=1, keepdims=True)


def model_with(optimizer, **options):
    """Return a compiled model with state and randomness, trained for a few steps."""
    keras.utils.set_random_seed(0)
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((3,)),
            layers.Dense(8, activation="tanh"),
            layers.BatchNormalization(),
            layers.Dropout(0.2),
            layers.Dense(1),
        ]
    )
    model.compile(optimizer, "mse", jit_compile=False, **options)
    model.fit(X, Y, batch_size=16, epochs=1, verbose=0)
    return model


def bits(value):
    return ops.convert_to_numpy(value).tobytes()


def state(model):
    """Return all that a test could have changed."""
    optimizer = model.optimizer
    seeds = keras.src.random.seed_generator.global_seed_generator()
    kept = {
        "weights": [bits(v) for v in model.variables],
        "metrics": [bits(v) for v in model.metrics_variables],
        "optimizer": [bits(v) for v in optimizer.variables],
        "rate": repr(optimizer._learning_rate),
        "function": id(model.train_function),
        "keras": (id(seeds), bits(seeds.state)),
        "python": random.getstate(),
        "numpy": str(np.random.get_state()),  # noqa: NPY002
    }
    if keras.backend.backend() == "torch":
        import torch

        kept["torch"] = torch.get_rng_state().numpy().tobytes()
    return kept


RATES = {
    "number": 0.01,
    "schedule": lrs.TimeBased(0.1, decay=0.002),
    "keras": keras.optimizers.schedules.CosineDecay(0.1, 100),
}


@pytest.mark.parametrize(
    ("rate", "optimizer"),
    [
        (RATES["number"], keras.optimizers.Adam),
        (RATES["schedule"], keras.optimizers.SGD),
        (RATES["keras"], keras.optimizers.Adam),
    ],
    ids=RATES,
)
def test_everything_stays(rate, optimizer):
    """Weights, optimizer, rate and random state are the same bits, and the test is repeatable."""
    model = model_with(optimizer(rate))
    before = state(model)
    first = range_test(model, X, Y, steps=20, batch_size=16)
    assert state(model) == before
    second = range_test(model, X, Y, steps=20, batch_size=16)

    np.testing.assert_array_equal(first.losses, second.losses)
    assert int(model.optimizer.iterations) == 4
    model.fit(X, Y, batch_size=16, epochs=1, verbose=0)
    assert int(model.optimizer.iterations) == 8


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_everything_stays_after_an_error(error, monkeypatch):
    """An exception or an interrupt in the middle leaves nothing behind."""
    model = model_with(keras.optimizers.Adam(0.01))
    copied = finder.copied

    def interrupted(*arguments):
        copy = copied(*arguments)
        train = copy.train_on_batch

        def raising(*batch, **options):
            if int(copy.optimizer.iterations) == 3:
                random.random()  # noqa: S311
                np.random.rand()  # noqa: NPY002
                keras.random.normal((2,))
                raise error
            return train(*batch, **options)

        vars(copy)["train_on_batch"] = raising
        return copy

    monkeypatch.setattr(finder, "copied", interrupted)
    before = state(model)
    with pytest.raises(error):
        range_test(model, X, Y, steps=20)
    assert state(model) == before


def test_losses_are_those_of_the_model_itself():
    """The copy's losses are the model's own on the same batches, dropout included."""
    schedule = lrs.Linear(0, 1, 14).geometric(1e-4, 0.1)
    model = model_with(keras.optimizers.SGD(0.01))
    test = range_test(model, X, Y, start=1e-4, stop=0.1, steps=15, batch_size=16, seed=3)

    model.compile(keras.optimizers.SGD(schedule), "mse", jit_compile=False)
    batches, expected = _copying.batches_of(X, Y, 16, 3), []
    for _ in range(15):
        model.reset_metrics()
        expected.append(float(model.train_on_batch(*next(batches))))
    np.testing.assert_allclose(test.losses, expected, rtol=1e-5)
    np.testing.assert_allclose(test.rates, np.geomspace(1e-4, 0.1, 15), rtol=1e-9)
    assert test.stopped == "stop reached"


def test_losses_are_of_single_batches():
    """Where each sample has a loss of its own, the losses are those, not their running mean."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, trainable=True)])
    model.compile(keras.optimizers.SGD(0.1), "mae", jit_compile=False)
    model.set_weights([np.zeros((1, 1)), np.zeros(1)])
    y = np.arange(1, 13, dtype="float32")[:, None]
    options = {"start": 1e-9, "stop": 1e-8, "steps": 12, "batch_size": 1, "diverge": 100}
    test = range_test(model, np.ones_like(y), y, **options)

    assert sorted(np.rint(test.losses)) == list(range(1, 13))
    order = np.random.default_rng(0).permutation(12)
    np.testing.assert_allclose(test.losses, y[order, 0], rtol=1e-5)


def test_rates_reach_the_weights():
    """With a gradient of 1, the loss falls by the sum of the rates applied before."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.compile(keras.optimizers.SGD(RATES["schedule"]), lambda y, p: p, jit_compile=False)
    ones = np.ones((4, 1), "float32")
    test = range_test(model, ones, ones, start=0.1, stop=1, steps=10, spacing="linear", diverge=99)

    np.testing.assert_allclose(test.rates, np.linspace(0.1, 1, 10))
    fallen = test.losses[0] - np.concatenate([[0], np.cumsum(test.rates)[:-1]])
    np.testing.assert_allclose(test.losses, fallen, rtol=1e-4, atol=1e-5)


def test_stops():
    """It ends where the loss diverges, and before a rate at which it is no longer a number."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.1), "mse", jit_compile=False)
    diverged = range_test(model, X, Y, stop=1e4, steps=50, batch_size=16)
    assert diverged.stopped == "diverged"
    assert len(diverged.rates) < 50
    assert diverged.smoothed[-1] > 4 * diverged.smoothed.min()
    assert diverged.smoothed[-2] <= 4 * diverged.smoothed[:-1].min()

    broken = range_test(model, X, Y, stop=1e30, steps=50, batch_size=16, diverge=1e300)
    assert broken.stopped == "not finite"
    assert np.isfinite(broken.losses).all()
    assert len(broken.rates) == len(broken.losses) == len(broken.smoothed) < 50


def test_several_inputs_and_outputs():
    """Structures of arrays, and the weights of several losses, are those of the model."""
    keras.utils.set_random_seed(0)
    inputs = {name: keras.Input((3,), name=name) for name in "ab"}
    hidden = keras.layers.Concatenate()(list(inputs.values()))
    outputs = {name: keras.layers.Dense(1, name=name)(hidden) for name in "cd"}
    model = keras.Model(inputs, outputs)
    losses, weights = {"c": "mse", "d": "mae"}, {"c": 1.0, "d": 10.0}
    model.compile(keras.optimizers.SGD(0.1), losses, loss_weights=weights, jit_compile=False)
    x, y = {"a": X, "b": X}, {"c": Y, "d": Y}
    test = range_test(model, x, y, steps=10, batch_size=64)

    expected = model.evaluate(x, y, batch_size=64, verbose=0, return_dict=True)["loss"]
    np.testing.assert_allclose(test.losses[0], expected, rtol=1e-5)


def test_scaled_losses():
    """The rates reach the optimizer inside one that scales losses."""
    model = model_with(keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(0.01)))
    before = state(model)
    test = range_test(model, X, Y, steps=12, start=1e-3, stop=100, batch_size=16)
    assert state(model) == before
    assert test.stopped == "diverged"


@pytest.mark.any_backend
def test_refused():
    """What cannot be tested is refused before anything is trained, by name and with a remedy."""
    layers = [keras.Input((3,)), keras.layers.Dense(1)]
    model = keras.Sequential(layers)
    with pytest.raises(ValueError, match=r"is not compiled with a loss; call model.compile\("):
        range_test(model, X, Y)
    model.compile(keras.optimizers.SGD(0.1), "mse", jit_compile=False)
    for options, text in [
        ({"start": 0}, "range_test: start must be a rate > 0, got 0"),
        ({"start": 1, "stop": 0.1}, "start must be below stop, got 1.0 and 0.1; write"),
        ({"steps": 9}, "range_test: steps must be a whole number ≥ 10, got 9; write"),
        ({"spacing": "log"}, "spacing must be one of 'geometric', 'linear', got 'log'"),
        ({"smoothing": 1}, "range_test: smoothing must be a number ≥ 0 and < 1, got 1"),
        ({"diverge": 1}, "range_test: diverge must be a number > 1, got 1"),
        ({"batch_size": 0}, "range_test: batch_size must be a whole number ≥ 1, got 0"),
        ({"seed": -1}, "range_test: seed must be"),
    ]:
        with pytest.raises(ValueError, match=text):
            range_test(model, X, Y, **options)
    with pytest.raises(ValueError, match=r"^range_test: x and y must have .* got \[63, 64\]"):
        range_test(model, X, Y[1:])
    with pytest.raises(ValueError, match="the first loss is not finite"):
        range_test(model, X * np.nan, Y)
    with pytest.raises(TypeError, match=r"^range_test: model must be a Keras model, got 'model'"):
        range_test("model", X, Y)
    with pytest.raises(TypeError, match=r"^range_test: x must hold arrays of numbers, got None"):
        range_test(model, None, Y)
    with pytest.raises(TypeError, match=r"^range_test: y must hold arrays of numbers, got array"):
        range_test(model, X, np.array([["a"]] * 64))
    unbuilt = keras.Sequential([keras.layers.Dense(1)])
    unbuilt.compile("sgd", "mse")
    with pytest.raises(ValueError, match=r"has no weights yet; give it a keras.Input"):
        range_test(unbuilt, X, Y)


def test_model_of_a_class():
    """A model or layer of a class that Keras does not know is copied by its configuration."""

    class Own(keras.Model):
        def __init__(self, units, **options):
            super().__init__(**options)
            self.units = units
            self.dense = keras.layers.Dense(units)

        def build(self, shape):
            self.dense.build(shape)
            self.built = True

        def call(self, x):
            return self.dense(x)

        def get_config(self):
            return super().get_config() | {"units": self.units}

    class Opaque(Own):
        def get_config(self):
            raise NotImplementedError("no get_config")

    own, opaque = Own(1), Opaque(1)
    for model in (own, opaque):
        model.build((None, 3))
        model.compile(keras.optimizers.SGD(0.1), "mse", jit_compile=False)
    test = range_test(own, X, Y, steps=10, batch_size=64)
    np.testing.assert_allclose(test.losses[0], np.mean((own.predict(X, verbose=0) - Y) ** 2), 1e-5)
    with pytest.raises(ValueError, match=r"cannot be copied \(no get_config\); give its classes"):
        range_test(opaque, X, Y)

    class Doubled(keras.layers.Dense):
        def call(self, x):
            return 2 * super().call(x)

    nested = keras.Sequential([keras.Input((3,)), keras.Sequential([Doubled(4), Doubled(1)])])
    nested.compile("adam", "mse", jit_compile=False)
    test = range_test(nested, X, Y, steps=10, batch_size=64)
    expected = nested.evaluate(X, Y, batch_size=64, verbose=0)
    np.testing.assert_allclose(test.losses[0], expected, rtol=1e-5)
