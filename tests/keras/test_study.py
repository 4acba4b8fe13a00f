"""A replica of a stacked study is a plain fit, whatever the model, optimizer, loss and metrics."""

import dataclasses
import functools
import random
import re

import keras
import numpy as np
import pytest
from keras import layers, ops

import lrschedules as lrs
from lrschedules.study import _backends, compare, search

BACKEND = keras.backend.backend()
pytestmark = [
    # Keras reads its variables through the one-argument __array__ that NumPy 2 deprecates.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    # PyTorch says so of its attention, in a vmap.
    pytest.mark.filterwarnings("ignore:There is a performance drop:UserWarning"),
    pytest.mark.filterwarnings("ignore:.*script_method.* is deprecated:DeprecationWarning"),
]

RNG = np.random.default_rng(0)
ROWS, BATCH = 50, 16  # the last batch of an epoch is smaller
EVEN = 48  # rows that make whole batches: all are one shape, which is compiled once
X = RNG.normal(size=(ROWS, 6)).astype("float32")
Y = (X[:, :1] * X[:, 1:2] > 0).astype("float32")
VALIDATION = (X[::-2] + 0.1, Y[::-2])
IMAGES = RNG.normal(size=(ROWS, 8, 8, 1)).astype("float32")
WORDS = RNG.integers(0, 20, size=(ROWS, 7))
CLASSES = RNG.integers(0, 3, size=ROWS)
SCHEDULES = {"constant": lrs.Constant(0.1), "linear": lrs.Linear(0.1, 0.01, 60).warmup(4)}


def net(*middle):
    """Return a function that makes a classifier for X and Y."""
    return lambda: keras.Sequential(
        [keras.Input((6,)), *(make() for make in middle), layers.Dense(1, "sigmoid")]
    )


def momentum(rate):
    return keras.optimizers.SGD(rate, momentum=0.8)


def study(build=None, train=(X, Y), validation=VALIDATION, schedules=SCHEDULES, **options):
    """Compare both schedules with one seed, in short."""
    settings = {
        "optimizer": momentum,
        "loss": "binary_crossentropy",
        "metrics": ["accuracy"],
        "epochs": 3,
        "batch_size": BATCH,
        "seeds": [3],
        "engine": "stacked",
    }
    build = build or net(lambda: layers.Dense(8, "tanh"))
    return compare(schedules, build, train, validation, **settings | options)


def fitted(*args, **options):
    """Return the last schedule's curves as fits give them.

    Every run of a stacked study is a place in the same arrays: if one run disturbed another, the
    last one would be disturbed as well.
    """
    last = {"linear": SCHEDULES["linear"]}
    return study(*args, schedules=last, **options, engine="loop")


@functools.cache
def plain():
    """Return what several tests compare with: the study as it is, trained once."""
    return study()


def assert_equal_curves(actual, expected, rtol=1e-4, without=()):
    """Assert that the expected curves are the actual ones of the same schedules, the last ones."""
    assert actual.curves.keys() == expected.curves.keys()
    assert list(actual.schedules)[-len(expected.schedules) :] == list(expected.schedules)
    for name, values in expected.curves.items():
        if name in without:
            continue
        found = actual[name][-len(values) :]
        assert np.isfinite(values).all()
        np.testing.assert_allclose(found, values, rtol=rtol, atol=1e-6, err_msg=name)


def normalized():
    # without a bias before it, which normalization cancels: its gradient is rounding alone
    return [lambda: layers.Dense(8, use_bias=False), layers.BatchNormalization]


# What a layer keeps besides its weights and what an optimizer keeps, each with and without.
REPLICAS = [
    ([lambda: layers.Dense(8, "tanh")], momentum),
    (normalized(), lambda rate: keras.optimizers.Adam(rate * 0.1)),
]
if BACKEND == "jax":
    REPLICAS += [(REPLICAS[0][0], REPLICAS[1][1]), (REPLICAS[1][0], REPLICAS[0][1])]


@pytest.mark.parametrize(("middle", "optimizer"), REPLICAS)
def test_replica_is_a_plain_fit(middle, optimizer):
    """Loss and metrics of each run are those of the fit that the documentation says it is."""
    # Engines that drift apart slowly would on any back end; one has the time for it.
    epochs, build = 20 if BACKEND == "jax" else 4, net(*middle)
    result = study(build, optimizer=optimizer, epochs=epochs, seeds=2)
    for i, schedule in enumerate(SCHEDULES.values()):
        keras.utils.set_random_seed(1)
        model = build()
        model.compile(optimizer(schedule), "binary_crossentropy", metrics=["accuracy"])
        for epoch in range(epochs):
            order = np.random.default_rng([1, epoch]).permutation(ROWS)
            history = model.fit(
                X[order],
                Y[order],
                batch_size=BATCH,
                shuffle=False,
                verbose=0,
                validation_data=VALIDATION,
            ).history
            for name in ("loss", "accuracy", "val_loss", "val_accuracy"):
                value = result[name][i, 0, 1, epoch]
                np.testing.assert_allclose(value, history[name][0], rtol=1e-4, err_msg=name)
    assert result.settings["engine"] == "stacked"
    # schedules and seeds differ: what is equal above is not equal to everything
    assert len(np.unique(result["loss"][..., -1].round(6))) == 4


OPTIMIZERS = {
    "Nesterov": lambda rate: keras.optimizers.SGD(rate, momentum=0.9, nesterov=True),
    "AdamW": lambda rate: keras.optimizers.AdamW(0.1 * rate, weight_decay=0.1),
    "Nadam": lambda rate: keras.optimizers.Nadam(0.1 * rate),
    "Lion": lambda rate: keras.optimizers.Lion(0.1 * rate),
    "RMSprop": lambda rate: keras.optimizers.RMSprop(0.1 * rate, momentum=0.5),
    "Adagrad": keras.optimizers.Adagrad,
    "Lamb": lambda rate: keras.optimizers.Lamb(0.1 * rate),
    "Adafactor": keras.optimizers.Adafactor,
    "clipped": lambda rate: keras.optimizers.SGD(rate, global_clipnorm=0.1, use_ema=True),
    "scheduled": lambda rate: lrs.scheduled(
        keras.optimizers.AdamW,
        learning_rate=0.1 * rate,
        beta_1=lrs.Linear(0.9, 0.5, 4),
        weight_decay=rate,
    ),
}
if hasattr(keras.optimizers, "Muon"):  # the oldest Keras that is supported does not have it
    OPTIMIZERS["Muon"] = lambda rate: keras.optimizers.Muon(0.1 * rate)
if hasattr(keras.optimizers, "MultiOptimizer"):  # nor has it this
    OPTIMIZERS["layerwise"] = lambda rate: lrs.layerwise(
        keras.optimizers.SGD,
        rate,
        {"kernel": lrs.Constant(0).then(lrs.Constant(1), at=3)},
        momentum=lrs.Linear(0.9, 0.5, 4),
    )


@pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_any_optimizer(optimizer):
    """Every optimizer is stacked, also one that looks at the size of a whole kernel."""
    rows = (X[:EVEN], Y[:EVEN])
    options = {"train": rows, "validation": None, "metrics": [], "epochs": 2}
    options["optimizer"] = optimizer
    assert_equal_curves(study(**options), fitted(**options))


def images():
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.RandomFlip(),
            layers.Conv2D(4, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.BatchNormalization(),
            layers.Dropout(0.3),
            layers.Flatten(),
            layers.Dense(3),
        ]
    )


def test_randomness():
    """Dropout and augmentation draw what they draw in a fit; PyTorch's cannot, and that is said."""
    options = {
        "train": (IMAGES, CLASSES),
        "validation": (IMAGES, CLASSES),
        "loss": keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    }
    result = study(images, **options, engine="auto")
    if BACKEND == "torch":
        assert "not stacked: RuntimeError: Exception encountered" in result.settings["engine"]
        with pytest.raises(ValueError, match=r"cannot be stacked: Run.*; write engine='loop'$"):
            study(images, **options)
    else:
        assert result.settings["engine"] == "stacked"
    assert_equal_curves(result, fitted(images, **options))


def attention():
    words = keras.Input((7,))
    x = layers.Embedding(20, 8)(words)
    x = layers.LayerNormalization()(x + layers.MultiHeadAttention(2, 4)(x, x))
    return keras.Model(words, layers.Dense(3)(layers.GlobalAveragePooling1D()(x)))


def test_attention():
    """A small transformer is stacked."""
    options = {
        "train": (WORDS[:EVEN], CLASSES[:EVEN]),
        "validation": None,
        "loss": keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    }
    assert_equal_curves(study(attention, **options), fitted(attention, **options))


def recurrent():
    return keras.Sequential(
        [keras.Input((7,)), layers.Embedding(20, 4), layers.LSTM(4), layers.Dense(3)]
    )


def test_recurrent():
    """On TensorFlow, recurrent layers are trained one run after another in one program."""
    options = {
        "train": (WORDS[:EVEN], CLASSES[:EVEN]),
        "validation": None,
        "metrics": [],
        "epochs": 2,
        "loss": keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    }
    result = study(recurrent, **options)
    alone = result.settings["engine"].startswith("stacked, one run after another: recurrent")
    assert alone == (BACKEND == "tensorflow")
    assert_equal_curves(result, fitted(recurrent, **options))


def one_after_another(reason):
    """Compare as the default engine does, and assert that each run is trained alone, and why."""
    result = study(engine="auto")
    engine = "loop" if BACKEND == "torch" else "stacked, one run after another"
    assert re.match(f"{engine}.*: {reason}", result.settings["engine"])
    assert_equal_curves(result, plain())


def test_large_steps(monkeypatch):
    """Large steps gain nothing from each other: each run is trained alone, if not told otherwise.

    PyTorch compiles nothing, so it is the loop there.
    """
    monkeypatch.setattr("lrschedules.study._backends.LARGE", 0)
    one_after_another("a step of this model is large enough")
    if BACKEND == "torch":
        assert study().settings["engine"] == "stacked"


def test_what_cannot_be_mapped(monkeypatch):
    """A program that the back end cannot map is compiled for one run, or left where it is not."""

    def refused(*_):
        raise NotImplementedError("no rule for it")

    plain()  # before nothing can be mapped
    made = _backends.BACKENDS[BACKEND]()
    unmapped = dataclasses.replace(made, mapped=refused)
    monkeypatch.setitem(_backends.BACKENDS, BACKEND, lambda: unmapped)
    one_after_another("NotImplementedError: no rule for it")


@keras.saving.register_keras_serializable("tests")
class Two(keras.Model):
    """Two inputs, two outputs, losses of its own, no Input: nothing is known before a batch."""

    def __init__(self):
        super().__init__()
        self.shared = layers.Dense(8, "relu", kernel_regularizer="l2", kernel_constraint="max_norm")
        self.heads = [layers.Dense(1, "sigmoid"), layers.Dense(1)]

    def call(self, inputs, *, training=False):
        x = self.shared(ops.concatenate([inputs["a"], inputs["b"]], axis=1))
        self.add_loss(0.1 * ops.mean(x**2) * (2 if training else 1))
        return {"first": self.heads[0](x), "second": self.heads[1](x)}


def test_any_model_any_loss():
    """Structures, losses of layers, weights of classes, of samples and of losses."""
    rows = ({"a": X, "b": X[:, :2]}, {"first": Y, "second": X[:, 3:4]})
    options = {
        "train": rows,
        "validation": rows,
        "loss": {"first": "binary_crossentropy", "second": "mse"},
        "loss_weights": {"first": 1.0, "second": 0.3},
        "metrics": {"first": ["accuracy", "auc"], "second": ["mae"]},
        "weighted_metrics": {"first": ["accuracy"]},
    }
    result = study(Two, **options)
    assert {"val_first_auc", "second_mae", "first_weighted_accuracy"} <= result.curves.keys()
    # Where TensorFlow does not know how many rows a batch has, Keras' fit counts the last, smaller
    # batch in the loss of an output as much as the others.
    without = ("first_loss", "second_loss") if BACKEND == "tensorflow" else ()
    assert_equal_curves(result, fitted(Two, **options), without=without)


def test_weights_count():
    """Weights of classes and of samples reach the loss, alike in both engines and in fit."""
    by_class = {"class_weight": {0: 0.5, 1: 3.0}, "weighted_metrics": ["accuracy"]}
    result = study(**by_class)
    assert_equal_curves(result, fitted(**by_class))

    weights = np.where(Y[:, 0] == 1, 3.0, 0.5)
    assert_equal_curves(result, fitted(train=(X, Y, weights), weighted_metrics=["accuracy"]))
    assert abs(plain()["loss"] / result["loss"] - 1).min() > 0.01


@pytest.mark.any_backend
def test_rate_is_what_the_optimizer_makes_of_it():
    """A schedule that the optimizer's function changes counts as changed, in both engines."""
    half = {"optimizer": lambda rate: keras.optimizers.SGD(0.5 * rate), "base_rates": [1, 4]}
    result = study(**half)
    plain = study(optimizer=keras.optimizers.SGD, base_rates=[0.5, 2])
    assert_equal_curves(result, plain, rtol=1e-6)
    assert_equal_curves(result, fitted(**half))
    assert result["loss"].shape == (2, 2, 1, 3)


def test_mappings_of_hyperparameters():
    """Each run has hyperparameters of its own, and its base rate multiplies the rate alone."""
    rows = {"train": (X[:EVEN], Y[:EVEN]), "validation": None, "metrics": [], "epochs": 2}
    rate = SCHEDULES["linear"]
    options = {
        **rows,
        "schedules": {
            "high": {"learning_rate": rate, "momentum": 0.9},
            "falls": {"learning_rate": rate, "momentum": lrs.Linear(0.9, 0.2, 4)},
        },
        "optimizer": functools.partial(lrs.scheduled, keras.optimizers.SGD, nesterov=True),
    }
    result = study(**options, base_rates=[2])
    last = {"falls": options["schedules"]["falls"] | {"learning_rate": 2 * rate}}
    assert_equal_curves(result, study(**options | {"schedules": last}, engine="loop"))
    assert len(np.unique(result["loss"][..., -1].round(6))) == 2


@pytest.mark.any_backend
def test_blocks():
    """Cut into blocks that fit into memory, a study gives the same."""
    assert_equal_curves(study(seeds=5, memory=40_000), study(seeds=5), rtol=1e-5)


def test_search(tmp_path):
    """All rungs of a search train in one program, and a comparison finds its runs."""
    found = search(
        SCHEDULES,
        net(lambda: layers.Dense(8, "tanh")),
        (X, Y),
        VALIDATION,
        optimizer=momentum,
        loss="binary_crossentropy",
        epochs=1,
        batch_size=BATCH,
        base_rates=(0.25, 4),
        runs=79,
        engine="stacked",
        store=tmp_path,
    )
    rates = [each.base_rate for each in found.rungs[0].candidates[:3]]
    options = {"seeds": 3, "epochs": 1, "base_rates": rates, "metrics": None, "store": tmp_path}
    compared = study(**options)
    assert found.settings["engine"] == "stacked"
    assert compared.settings["engine"] == "none: all runs were stored"
    first = found.rungs[0].values.reshape(compared["val_loss"].shape[:3])
    assert np.array_equal(first, compared["val_loss"][..., 0])
    assert [len(rung.seeds) for rung in found.rungs] == [3, 6, 12, 24]


def test_rows_of_each_seed():
    """Each seed may have rows of its own, and one that diverges leaves the others alone."""

    def rows(seed):
        x = X + np.float32(seed)
        return np.where(seed == 1, np.float32(np.nan), x), Y

    options = {"loss": "mse", "train": rows, "validation": rows, "seeds": 3}
    result = study(**options)
    assert np.isnan(result["val_loss"][:, :, 1]).all()
    for seed in (0, 2):
        alone = study(loss="mse", train=rows(seed), validation=rows(seed), seeds=[seed])
        np.testing.assert_allclose(
            result["val_loss"][:, :, seed], alone["val_loss"][:, :, 0], rtol=1e-5
        )
    assert "1 of 3" in str(result)


class Batches(keras.utils.PyDataset):
    num_batches = 4

    def __getitem__(self, i):
        return X[16 * i : 16 * i + 16], Y[16 * i : 16 * i + 16]


def test_datasets():
    """What comes in batches is read once, and is the same as the arrays."""
    expected = plain()
    assert_equal_curves(study(train=Batches(), batch_size=None), expected, rtol=1e-6)
    batches = [Batches()[i] for i in range(4)]
    assert_equal_curves(study(train=iter(batches), batch_size=None), expected, rtol=1e-6)
    if BACKEND == "tensorflow":
        import tensorflow as tf

        data = tf.data.Dataset.from_tensor_slices((X, Y)).batch(16)
        assert_equal_curves(study(train=data, batch_size=None), expected, rtol=1e-6)
        with pytest.raises(ValueError, match=r"train repeats for ever; write for .* train\.take"):
            study(train=data.repeat(), batch_size=None)


class OwnStep(keras.Sequential):
    def train_step(self, *args):
        return super().train_step(*args)


@pytest.mark.parametrize(
    ("reason", "options"),
    [
        (r"the model has its own train_step\(\)", {"build": OwnStep}),
        ("callbacks act on one model", {"callbacks": lambda: [keras.callbacks.Callback()]}),
        (
            "scaled losses",
            {"optimizer": lambda r: keras.optimizers.LossScaleOptimizer(momentum(r))},
        ),
        (
            "accumulated gradients",
            {"optimizer": lambda r: keras.optimizers.SGD(r, gradient_accumulation_steps=2)},
        ),
        (
            "weights overwritten by their average",
            {
                "optimizer": lambda r: keras.optimizers.SGD(
                    r, use_ema=True, ema_overwrite_frequency=3
                )
            },
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_stacked_says_why(reason, options):
    """What cannot be stacked is named before anything is trained, and looped where that is left."""
    if "build" in options:
        options = {"build": lambda: OwnStep([keras.Input((6,)), layers.Dense(1, "sigmoid")])}
    options |= {"train": (X[:EVEN], Y[:EVEN]), "validation": None}
    looped = fitted(**options)
    if BACKEND == "jax" and not options.keys() & {"build", "callbacks"}:
        assert_equal_curves(study(**options), looped)
        return
    with pytest.raises(ValueError, match=f"cannot be stacked: {reason}.*; write engine='loop'"):
        study(**options)
    result = study(**options, schedules={"linear": SCHEDULES["linear"]}, engine="auto")
    assert result.settings["engine"].startswith("loop, not stacked: ")
    assert_equal_curves(result, looped, rtol=1e-6)


def test_random_state_is_kept():
    """A study draws from its seeds, and leaves the random state as it was."""

    def state():
        seeds = keras.src.random.seed_generator.global_seed_generator()
        drawn = [ops.convert_to_numpy(seeds.state).tobytes(), random.getstate()]
        if BACKEND == "tensorflow":
            from tensorflow.python.eager import context

            drawn.append((context.context()._seed, context.context()._rng.getstate()))
        if BACKEND == "torch":
            import torch

            drawn.append(torch.get_rng_state().numpy().tobytes())
        return id(seeds), drawn, str(np.random.get_state())  # noqa: NPY002

    keras.utils.set_random_seed(5)
    keras.random.uniform((2,))
    before = state()
    study(epochs=1)
    study(epochs=1, engine="loop")
    assert state() == before
