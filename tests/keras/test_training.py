"""A schedule is used directly in Keras: trained with, saved, loaded, resumed, in callbacks."""

import json

import keras
import numpy as np
import pytest
from keras import ops

import lrschedules as lrs
from tests.data.table import SCHEDULES, brief

ROWS, BATCH = 40, 4
UPDATES = ROWS // BATCH
RNG = np.random.default_rng(0)
X = RNG.normal(size=(ROWS, 3)).astype("float32")
Y = (X.sum(axis=1, keepdims=True) > 0).astype("float32")

pytestmark = [
    # Keras reads a torch tensor through the one-argument __array__ that NumPy 2 deprecates.
    pytest.mark.filterwarnings(
        "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"
    ),
]


class Recorder(keras.callbacks.Callback):
    """Records the rate of each update: the one that the optimizer has before the batch."""

    def __init__(self):
        super().__init__()
        self.rates = []

    def on_train_batch_begin(self, batch, logs=None):
        self.rates.append(float(ops.convert_to_numpy(self.model.optimizer.learning_rate)))


def model_with(rate, **options):
    """Return a small model with the same first weights each time."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(4, activation="tanh"), keras.layers.Dense(1)]
    )
    model.compile(keras.optimizers.SGD(rate, momentum=0.8, **options), "mse", jit_compile=False)
    return model


def fit(model, epochs, *callbacks):
    """Train, and return the rate of every update."""
    recorder = Recorder()
    # Always the same order of rows, so that two runs can be compared weight by weight.
    options = {"epochs": epochs, "batch_size": BATCH, "shuffle": False, "verbose": 0}
    history = model.fit(X, Y, callbacks=[recorder, *callbacks], **options)
    return np.array(recorder.rates), history.history


@pytest.mark.parametrize(
    "schedule",
    [
        lrs.TimeBased(0.1, decay=0.002),
        0.5 * lrs.Drop(0.1, 0.5, every=2).per_epoch(UPDATES).warmup(5).delay(3),
    ],
    ids=brief,
)
def test_resumed_run_is_the_uninterrupted_run(schedule, tmp_path):
    """Saved in the middle and loaded, a run continues with the next rate, to the same weights."""
    whole = model_with(schedule)
    rates, history = fit(whole, 4)
    np.testing.assert_allclose(rates, schedule(np.arange(4 * UPDATES)), rtol=1e-6)
    assert history["loss"][-1] < history["loss"][0]

    part = model_with(schedule)
    before, _ = fit(part, 2)
    part.save(tmp_path / "model.keras")
    resumed = keras.models.load_model(tmp_path / "model.keras")
    assert resumed.optimizer._learning_rate == schedule
    after, _ = fit(resumed, 2)

    np.testing.assert_array_equal(np.concatenate([before, after]), rates)
    for expected, actual in zip(whole.get_weights(), resumed.get_weights(), strict=True):
        np.testing.assert_allclose(actual, expected, rtol=1e-5, atol=1e-7)


def test_rate_reaches_the_weights():
    """The weights move by the schedule's rate: at a rate of 0 not at all, then in proportion."""
    moved = []
    for schedule in (lrs.Constant(0), lrs.Constant(0.01), 2 * lrs.Constant(0.01)):
        model = model_with(schedule)
        before = model.get_weights()[0]
        model.train_on_batch(X, Y)
        moved.append(model.get_weights()[0] - before)

    assert (moved[0] == 0).all()
    assert (moved[1] != 0).all()
    np.testing.assert_allclose(moved[2], 2 * moved[1], rtol=1e-3)


@pytest.mark.any_backend
@pytest.mark.parametrize("schedule", SCHEDULES, ids=brief)
def test_keras_serializes(schedule):
    """Keras writes a schedule as JSON and reads it back the same, alone or in an optimizer."""
    written = json.loads(json.dumps(keras.optimizers.schedules.serialize(schedule)))
    again = keras.optimizers.schedules.deserialize(written)
    optimizer = keras.optimizers.SGD.from_config(keras.optimizers.SGD(schedule).get_config())

    assert written["registered_name"] == f"lrschedules>{type(schedule).__name__}"
    assert again == schedule
    assert optimizer._learning_rate == schedule


@pytest.mark.any_backend
def test_is_a_keras_schedule():
    """Keras knows a schedule by its class."""
    for schedule in SCHEDULES:
        assert isinstance(schedule, keras.optimizers.schedules.LearningRateSchedule)


def test_own_schedule_is_saved(tmp_path):
    """A schedule that a user writes is registered under his package's name, and saved."""
    own = type(
        "Own",
        (lrs.Schedule,),
        {
            "__module__": "mine.schedules",
            "__annotations__": {"top": float},
            "top": lrs.param("A", lrs.kinds.rate, "Highest rate"),
            "formula": lambda self, t, xp: self.top / (1 + xp.real(t)),
        },
    )
    model = model_with(own(0.5).warmup(3))
    fit(model, 1)
    model.save(tmp_path / "own.keras")

    loaded = keras.models.load_model(tmp_path / "own.keras").optimizer._learning_rate
    assert loaded == own(0.5).warmup(3)
    assert keras.saving.get_registered_object("mine>Own") is own


def test_learning_rate_scheduler():
    """The callback takes a schedule as it is, calls it with the epoch, and logs its rates."""
    schedule = lrs.Drop(0.1, factor=0.5, every=2)
    rates, history = fit(model_with(0.7), 5, keras.callbacks.LearningRateScheduler(schedule))
    by_epoch = [0.1, 0.1, 0.05, 0.05, 0.025]

    np.testing.assert_allclose(history["learning_rate"], by_epoch, rtol=1e-6)
    np.testing.assert_allclose(rates, np.repeat(by_epoch, UPDATES), rtol=1e-6)
    np.testing.assert_allclose(
        rates, schedule.per_epoch(UPDATES)(np.arange(5 * UPDATES)), rtol=1e-6
    )


@pytest.mark.any_backend
def test_same_as_keras_own():
    """TimeBased, Exponential and Polynomial are Keras' schedules of these formulas."""
    theirs = keras.optimizers.schedules
    steps = np.arange(0, 3000, 7)
    for ours, of_keras in [
        (lrs.TimeBased(0.1, decay=0.002), theirs.InverseTimeDecay(0.1, 1, 0.002)),
        (lrs.Exponential(0.1, 0.9, every=50), theirs.ExponentialDecay(0.1, 50, 0.9)),
        (lrs.Drop(0.1, 0.9, every=50), theirs.ExponentialDecay(0.1, 50, 0.9, staircase=True)),
        (lrs.Polynomial(0.1, 0.01, 1000), theirs.PolynomialDecay(0.1, 1000, 0.01, power=2)),
        (lrs.Cosine(0.1, 0.01, 1000), theirs.CosineDecay(0.1, 1000, alpha=0.1)),
    ]:
        expected = [float(ops.convert_to_numpy(of_keras(int(step)))) for step in steps]
        np.testing.assert_allclose(ours(steps), expected, rtol=2e-5, err_msg=repr(ours))


@pytest.mark.any_backend
def test_compounding_reading_is_what_the_callback_did():
    """Dividing the last epoch's rate by 1 + decay * epoch gives the tutorial's printed table."""
    callback = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / (1 + 0.001 * epoch))
    _, history = fit(model_with(0.1), 5, callback)
    printed = [0.1, 0.0999000999, 0.0997006985, 0.09940249103, 0.09900646517]

    np.testing.assert_allclose(history["learning_rate"], printed, rtol=1e-6)


@pytest.mark.any_backend
def test_keras_ignores_decay():
    """What Keras does with decay=: it warns, and trains at a constant rate."""
    with pytest.warns(UserWarning, match="Argument `decay` is no longer supported and will be ign"):
        model = model_with(0.1, decay=0.002)
    rates, _ = fit(model, 2)

    np.testing.assert_allclose(rates, 0.1, rtol=1e-6)
