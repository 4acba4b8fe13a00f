"""The recorder records the rates by which the weights moved, in the history and in files."""

import csv
import math
import sys

import keras
import numpy as np
import pytest
from keras import ops

import lrschedules as lrs
from lrschedules.callbacks import RecordRate

ONES = np.ones((12, 1), "float32")
MOMENTUM = lrs.Linear(0.9, 0.1, 8)


def model_with(optimizer, **options):
    """Return a model of one weight with a gradient of 1: an update moves it by the rate."""
    model = keras.Sequential(
        [keras.Input((1,)), keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")]
    )
    if not isinstance(optimizer, keras.optimizers.Optimizer):
        optimizer = keras.optimizers.SGD(optimizer)
    model.compile(optimizer, lambda y, p: p, jit_compile=False, **options)
    return model


def fit(model, *callbacks, epochs=3):
    return model.fit(ONES, ONES, batch_size=4, epochs=epochs, verbose=0, callbacks=[*callbacks])


class Weight(keras.callbacks.Callback):
    """Records the weight itself, after every update."""

    def __init__(self):
        super().__init__()
        self.values = [0.0]

    def on_train_batch_end(self, batch, logs=None):
        self.values.append(float(ops.convert_to_numpy(self.model.trainable_variables[0])[0, 0]))


@pytest.mark.parametrize(
    "rate",
    [
        0.25,
        lrs.TimeBased(0.5, decay=0.5),
        lrs.Linear(0, 1, 4).per_epoch(2),
        keras.optimizers.schedules.InverseTimeDecay(0.5, 1, 0.5),
        keras.optimizers.schedules.PiecewiseConstantDecay([2, 5], [0.5, 0.25, 0.125]),
    ],
    ids=lambda rate: type(rate).__name__,
)
def test_recorded_is_applied(rate):
    """Every recorded rate is the one that moved the weight, also when training goes on."""
    model, recorder, weight = model_with(rate), RecordRate(), Weight()
    history = fit(model, recorder, weight)
    np.testing.assert_allclose(recorder.rates, -np.diff(weight.values), rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(recorder.steps, np.arange(9))
    assert history.history["learning_rate"] == list(recorder.rates[2::3])
    by_step = history.history["learning_rate_by_step"]
    assert by_step == recorder.rates.reshape(3, 3).tolist()
    if isinstance(rate, lrs.Schedule):
        np.testing.assert_allclose(recorder.rates, rate(recorder.steps), rtol=1e-6)

    again = fit(model, recorder, weight, epochs=1)
    assert again.history["learning_rate_by_step"] == [recorder.rates[9:].tolist()]
    np.testing.assert_allclose(recorder.rates, -np.diff(weight.values), rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(recorder.steps, np.arange(12))
    assert recorder.rates.shape == (12,)


@pytest.mark.parametrize("first", [True, False])
def test_with_callbacks_that_set_the_rate(first):
    """The epoch's rate is the one applied, not the one after a plateau at its end."""
    plateau = keras.callbacks.ReduceLROnPlateau(
        monitor="learning_rate", factor=0.5, patience=1, mode="max", min_delta=0
    )
    recorder, weight = RecordRate(), Weight()
    others = [keras.callbacks.LearningRateScheduler(lambda epoch: 0.5 / (1 + epoch)), plateau]
    order = [weight, recorder, *others] if first else [weight, *others, recorder]
    history = fit(model_with(0.1), *order)

    np.testing.assert_allclose(recorder.rates, -np.diff(weight.values), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(recorder.rates, np.repeat([1 / 2, 1 / 4, 1 / 6], 3), rtol=1e-6)
    if not first:
        assert history.history["learning_rate"] == list(recorder.rates[2::3])


@pytest.mark.any_backend
def test_in_csv(tmp_path):
    """CSVLogger writes the rate, when it stands after the recorder."""
    schedule = lrs.TimeBased(0.5, decay=0.5)
    logger = keras.callbacks.CSVLogger(tmp_path / "log.csv")
    fit(model_with(schedule), RecordRate(), logger)
    rows = csv.DictReader((tmp_path / "log.csv").read_text("utf-8").splitlines())

    written = [float(row["learning_rate"]) for row in rows]
    np.testing.assert_allclose(written, schedule(np.array([2, 5, 8])), rtol=1e-6)


@pytest.mark.any_backend
def test_saved_as_csv(tmp_path):
    """The file has a line for every update, with the rate to the last digit."""
    recorder = RecordRate()
    fit(model_with(lrs.TimeBased(0.5, decay=0.5)), recorder)
    recorder.save(tmp_path / "rates.csv")
    text = (tmp_path / "rates.csv").read_text("utf-8")

    assert text.startswith("step,learning_rate\n0,0.5\n1,0.333")
    assert text.endswith("\n")
    rows = list(csv.DictReader(text.splitlines()))
    assert [int(row["step"]) for row in rows] == list(range(9))
    assert [float(row["learning_rate"]) for row in rows] == recorder.rates.tolist()


def test_in_tensorboard(tmp_path):
    """TensorBoard reads every update's rate and every epoch's, also of a second training."""
    model, recorder = model_with(lrs.TimeBased(0.5, decay=0.5)), RecordRate(tmp_path)
    epochs = fit(model, recorder).history["learning_rate"]
    assert events(tmp_path, "learning_rate") == pytest.approx(
        dict(enumerate(recorder.rates)), rel=1e-6
    )
    assert events(tmp_path, "epoch_learning_rate") == pytest.approx(dict(enumerate(epochs)))

    fit(model, recorder, epochs=1)
    assert list(events(tmp_path, "learning_rate")) == list(range(12))


def test_folder_for_tensorboard(tmp_path, monkeypatch):
    """What is no folder, or cannot be one, is refused at once, and nothing is made."""
    monkeypatch.chdir(tmp_path)
    for log_dir in (math.nan, 5, True, b"logs", ["logs"]):
        with pytest.raises(TypeError, match=r"^RecordRate: log_dir must be a path, got .*; write"):
            RecordRate(log_dir)
    for log_dir in ("", "a\0b"):
        with pytest.raises(
            ValueError, match=r"^RecordRate: log_dir must be a path, got '.*; write"
        ):
            RecordRate(log_dir)
    with pytest.raises(TypeError, match=r"^RecordRate.save: path must be a path, got 5; write"):
        RecordRate().save(5)
    assert not list(tmp_path.iterdir())

    file = tmp_path / "file"
    file.touch()
    with pytest.raises(OSError, match=r"^RecordRate: log_dir '.*file/logs' cannot be written: "):
        RecordRate(file / "logs")
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    with pytest.raises(
        ModuleNotFoundError, match=r"^RecordRate: log_dir .* pip install tensorflow$"
    ):
        RecordRate("logs")


def events(folder, tag):
    """Return the values of a tag by step, as TensorBoard reads them."""
    import tensorflow as tf
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(folder), {"tensors": 0})  # 0: all of them
    events.Reload()
    return {event.step: float(tf.make_ndarray(event.tensor_proto)) for event in events.Tensors(tag)}


def test_loaded_model_goes_on(tmp_path):
    """After loading, steps and rates are those of an uninterrupted run."""
    schedule = lrs.TimeBased(0.5, decay=0.5)
    model = model_with(schedule)
    model.compile(keras.optimizers.SGD(schedule), "mse", jit_compile=False)
    fit(model)
    model.save(tmp_path / "model.keras")
    recorder = RecordRate()
    fit(keras.models.load_model(tmp_path / "model.keras"), recorder, epochs=1)

    np.testing.assert_array_equal(recorder.steps, [9, 10, 11])
    np.testing.assert_allclose(recorder.rates, schedule(recorder.steps), rtol=1e-6)


class Failure(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 2:
            raise RuntimeError("the machine is gone")


@pytest.mark.parametrize("first", [True, False])
def test_restored_training_goes_on(tmp_path, first):
    """After a backup was restored, the updates that are recorded are those that were made."""
    schedule = lrs.TimeBased(0.5, decay=0.5)

    def train(*others):
        model = model_with(keras.optimizers.SGD(schedule))
        model.compile(model.optimizer, "mse", jit_compile=False)
        recorder, backup = RecordRate(), keras.callbacks.BackupAndRestore(tmp_path / "backup")
        fit(model, *([recorder, backup] if first else [backup, recorder]), *others)
        return recorder

    with pytest.raises(RuntimeError, match="the machine is gone"):
        train(Failure())
    recorder = train()
    np.testing.assert_array_equal(recorder.steps, [6, 7, 8])
    np.testing.assert_allclose(recorder.rates, schedule(recorder.steps), rtol=1e-6)


def test_several_updates_in_one_call():
    """Updates that Keras makes in one call are recorded each."""
    schedule, recorder = lrs.TimeBased(0.5, decay=0.5), RecordRate()
    several = 1 if keras.backend.backend() == "torch" else 3  # PyTorch has but one
    model = model_with(schedule, steps_per_execution=several)
    fit(model, recorder)

    np.testing.assert_array_equal(recorder.steps, np.arange(9))
    np.testing.assert_allclose(-model.get_weights()[0][0, 0], recorder.rates.sum(), rtol=1e-5)


def test_scaled_losses():
    """The rate is that of the optimizer inside one that scales losses."""
    schedule, recorder, weight = lrs.TimeBased(0.5, decay=0.5), RecordRate(), Weight()
    scaled = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(schedule))
    fit(model_with(scaled), recorder, weight)

    assert len(recorder.rates) == 9
    np.testing.assert_allclose(recorder.rates, -np.diff(weight.values), rtol=1e-5, atol=1e-6)


def test_gradient_accumulation():
    """With accumulated gradients a schedule is asked for batches, and these are recorded."""
    schedule, recorder = lrs.TimeBased(0.5, decay=0.5), RecordRate()
    fit(
        model_with(keras.optimizers.SGD(schedule, gradient_accumulation_steps=2)),
        recorder,
        epochs=2,
    )

    assert recorder.steps.tolist() == list(range(6))
    np.testing.assert_allclose(recorder.rates, schedule(np.arange(6)), rtol=1e-6)


def test_every_hyperparameter_that_is_scheduled(tmp_path):
    """The momentum is recorded as the rate is: in arrays, in the history, and in files."""
    optimizer = lrs.scheduled(
        keras.optimizers.SGD, learning_rate=lrs.TimeBased(0.5, decay=0.5), momentum=MOMENTUM
    )
    model, weight, recorder = model_with(optimizer), Weight(), RecordRate(tmp_path)
    history = fit(model, recorder, weight).history
    assert list(recorder.values) == ["learning_rate", "momentum"]
    np.testing.assert_array_equal(recorder.values["learning_rate"], recorder.rates)
    np.testing.assert_allclose(recorder.values["momentum"], MOMENTUM(np.arange(9)), rtol=1e-6)
    velocity, velocities = 0.0, []
    for rate, kept in zip(*recorder.values.values(), strict=True):
        velocity = kept * velocity - rate  # the gradient is 1
        velocities.append(velocity)
    np.testing.assert_allclose(np.diff(weight.values), velocities, rtol=1e-5, atol=1e-6)
    assert history["momentum"] == list(recorder.values["momentum"][2::3])
    assert history["momentum_by_step"] == recorder.values["momentum"].reshape(3, 3).tolist()

    recorder.save(tmp_path / "values.csv")
    rows = list(csv.DictReader((tmp_path / "values.csv").read_text("utf-8").splitlines()))
    assert list(rows[0]) == ["step", "learning_rate", "momentum"]
    assert [float(row["momentum"]) for row in rows] == recorder.values["momentum"].tolist()
    written = events(tmp_path, "momentum")
    assert written == pytest.approx(dict(enumerate(recorder.values["momentum"])), rel=1e-6)
    assert len(events(tmp_path, "epoch_momentum")) == 3

    fit(model_with(0.25), recorder, epochs=1)  # which has no momentum that could be recorded
    assert recorder.rates[9:].tolist() == [0.25] * 3
    assert np.isnan(recorder.values["momentum"][9:]).all()
    assert "momentum_by_step" not in recorder.model.history.history


@pytest.mark.any_backend
def test_several_optimizers():
    """The values of several optimizers are recorded by the name of each, and a common rate too."""

    class Several(keras.optimizers.SGD):
        """An optimizer of several, as ``keras.optimizers.MultiOptimizer`` is."""

        @property
        def learning_rate(self):
            raise AttributeError

    class Common(keras.optimizers.SGD):
        """An optimizer of several, as that of ``lrs.layerwise`` is."""

    inner = [
        lrs.scheduled(keras.optimizers.SGD, learning_rate=0.5, momentum=MOMENTUM, name="first"),
        keras.optimizers.SGD(lrs.TimeBased(0.5, decay=0.5), name="second"),
    ]
    names = ["first/learning_rate", "first/momentum", "second/learning_rate"]
    for made, common in ((Several, []), (Common, ["learning_rate"])):
        model, recorder = model_with(made(0.25)), RecordRate()
        recorder.set_model(model)
        recorder.on_train_begin()
        recorder.on_epoch_begin(0)
        model.optimizer.optimizers = inner
        model.optimizer.iterations.assign(2)
        recorder.on_train_batch_end(0)
        assert list(recorder.values) == common + names
        np.testing.assert_allclose(recorder.values["first/momentum"], MOMENTUM(np.arange(2)))
        np.testing.assert_allclose(recorder.values["second/learning_rate"], [0.5, 1 / 3], rtol=1e-6)
        if common:
            assert recorder.rates.tolist() == [0.25, 0.25]
        else:
            with pytest.raises(
                ValueError,
                match=r"^RecordRate: rates: the optimizers of the model have a rate each; read "
                "values, which has 'first/learning_rate', 'first/momentum', 'sec",
            ):
                _ = recorder.rates


@pytest.mark.any_backend
def test_a_model_without_optimizer_is_refused():
    """A model that was not compiled gets the remedy."""
    recorder = RecordRate()
    recorder.set_model(keras.Sequential([keras.layers.Dense(1)]))
    with pytest.raises(ValueError, match=r"^RecordRate: the model has no optimizer; call model.co"):
        recorder.on_train_begin()
