"""A plateau does to a number what Keras' does, and the same to a schedule, saved and resumed."""

import math

import keras
import numpy as np
import pytest
from keras import ops

import lrschedules as lrs
from lrschedules.callbacks import RecordRate, ReduceOnPlateau

ONES = np.ones((12, 1), "float32")
UPDATES = 3
SCHEDULE = lrs.TimeBased(0.5, decay=0.5)
SCHEDULES = pytest.mark.parametrize(
    "schedule",
    [SCHEDULE, keras.optimizers.schedules.InverseTimeDecay(0.5, 1, 0.5)],
    ids=lambda schedule: type(schedule).__module__.partition(".")[0],
)
# Better, then worse for ever: with patience=2 every second epoch after the second one reduces.
WORSE = [2.0, *range(3, 20)]


def model_with(optimizer, **options):
    """Return a model of one weight with a gradient of 1, and a loss that a file can name."""
    model = keras.Sequential(
        [keras.Input((1,)), keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")]
    )
    if not isinstance(optimizer, keras.optimizers.Optimizer):
        optimizer = keras.optimizers.SGD(optimizer)
    compiled = keras.backend.backend() == "jax"  # the others need a compiler for it, or do anyway
    model.compile(optimizer, slope, jit_compile=compiled, **options)
    return model


@keras.saving.register_keras_serializable("test_plateau")
def slope(y_true, y_pred):
    """Return a loss with a gradient of 1."""
    return y_pred


class Script(keras.callbacks.Callback):
    """Gives the metric the values of a script; it stands before those that read it."""

    def __init__(self, values, name="loss"):
        super().__init__()
        self.values, self.name = iter(values), name

    def on_epoch_end(self, epoch, logs=None):
        logs[self.name] = next(self.values)


class Applied(keras.callbacks.Callback):
    """Records by how much every update moved the weight: the rate, as the gradient is 1."""

    def __init__(self):
        super().__init__()
        self.rates = []

    def on_train_begin(self, logs=None):
        self.last = self.weight()

    def on_train_batch_end(self, batch, logs=None):
        before, self.last = self.last, self.weight()
        self.rates.append(before - self.last)

    def weight(self):
        return float(ops.convert_to_numpy(self.model.trainable_variables[0])[0, 0])


def fit(model, *callbacks, epochs=1):
    """Train for so many epochs of three updates."""
    fitted = model.fit(ONES, ONES, batch_size=4, epochs=epochs, verbose=0, callbacks=[*callbacks])
    return fitted.history


def plateau(**options):
    return ReduceOnPlateau("loss", **({"factor": 0.5, "patience": 2} | options))


def scheduled(rate, scales):
    """Return the rates of epochs of three updates, each epoch with its scale."""
    return [
        float(rate(step) if callable(rate) else rate) * scale
        for step, scale in enumerate(np.repeat(scales, UPDATES).tolist())
    ]


def assert_rates(actual, expected):
    np.testing.assert_allclose(actual, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.any_backend
def test_numbers_as_keras():
    """On a number, every rate of random scripts is the one of Keras' callback."""
    rng = np.random.default_rng(5)
    reduced, ours, theirs = 0, model_with(0.5), model_with(0.5)
    for _ in range(30):
        # Quarters: often exactly min_delta apart, so that > and ≥ differ.
        script = (rng.integers(12, size=14) / 4).tolist()
        options = {
            "factor": float(rng.choice([0.5, 0.25])),
            "patience": int(rng.integers(1, 4)),
            "cooldown": int(rng.integers(3)),
            "min_delta": float(rng.choice([0, 0.25, 0.5])),
            "mode": str(rng.choice(["min", "max"])),
        }
        least = float(rng.choice([0, 0.0625]))
        for model, callback in (
            (ours, ReduceOnPlateau("scripted", min_scale=least, **options)),
            (theirs, keras.callbacks.ReduceLROnPlateau("scripted", min_lr=least / 2, **options)),
        ):
            model.optimizer = keras.optimizers.SGD(0.5)
            callback.set_model(model)
            callback.on_train_begin()
            model.rates = []
            for epoch, value in enumerate(script):
                callback.on_epoch_end(epoch, {"scripted": value})
                model.rates.append(float(model.optimizer.learning_rate))
        assert ours.rates == theirs.rates, (script, options, least)
        reduced += len(set(ours.rates)) > 2
    assert reduced > 10


def test_numbers_as_keras_while_training():
    """The same in a fit: the weight moves by the same rates."""
    script = [3, 2, 2, 2, 1, 1, 1, 1, 1]
    rates = []
    for callback in (plateau(), keras.callbacks.ReduceLROnPlateau("loss", factor=0.5, patience=2)):
        applied = Applied()
        fit(model_with(0.5), Script(script), callback, applied, epochs=len(script))
        rates.append(applied.rates)
    assert_rates(*rates)
    assert_rates(rates[0], np.repeat([0.5] * 4 + [0.25] * 3 + [0.125] * 2, UPDATES))


@SCHEDULES
def test_on_a_schedule(schedule):
    """From the next epoch on the schedule's rates are applied times the scale, and recorded."""
    model, callback, recorder, applied = model_with(schedule), plateau(), RecordRate(), Applied()
    history = fit(model, Script(WORSE), callback, recorder, applied, epochs=6)

    assert_rates(applied.rates, scheduled(schedule, [1, 1, 1, 0.5, 0.5, 0.25]))
    assert_rates(recorder.rates, applied.rates)
    assert history["learning_rate"] == list(recorder.rates[UPDATES - 1 :: UPDATES])
    assert callback.scale == 0.25


def test_second_fit_goes_on():
    """Training further, with the same callback or a new one, is one long training."""
    for fresh in (False, True):
        model, callback, applied = model_with(SCHEDULE), plateau(), Applied()
        fit(model, Script(WORSE[:4]), callback, applied, epochs=4)
        # waited one epoch: the next one reduces
        callback = plateau() if fresh else callback
        fit(model, Script(WORSE[4:]), callback, applied, epochs=3)
        assert_rates(applied.rates, scheduled(SCHEDULE, [1, 1, 1, 0.5, 0.5, 0.25, 0.25]))


def test_number_goes_on_with_a_new_callback():
    """A model that was not saved keeps the state for a number too."""
    model, applied = model_with(0.5), Applied()
    fit(model, Script(WORSE[:4]), plateau(), applied, epochs=4)
    fit(model, Script(WORSE[4:]), plateau(), applied, epochs=2)
    assert_rates(applied.rates, np.repeat([0.5, 0.5, 0.5, 0.25, 0.25, 0.125], UPDATES))


@SCHEDULES
def test_saved_with_the_model(schedule, tmp_path):
    """A loaded model with a fresh callback goes on: scale, best value and epochs waited."""
    model = model_with(schedule)
    fit(model, Script(WORSE), plateau(), epochs=4)
    model.save(tmp_path / "model.keras")

    loaded = keras.models.load_model(tmp_path / "model.keras")
    callback, applied = plateau(), Applied()
    fit(loaded, Script([2.0, 2.0]), callback, applied, epochs=2)
    assert_rates(applied.rates, scheduled(schedule, [0] * 4 + [0.5, 0.25])[4 * UPDATES :])
    assert callback.plateau == (0.25, 2.0, 1, 0)


def test_cooldown_is_saved(tmp_path):
    """The epochs that are left of a pause are saved as well."""
    model = model_with(SCHEDULE)
    fit(model, Script(WORSE), plateau(cooldown=3), epochs=3)
    model.save(tmp_path / "model.keras")

    callback = plateau(cooldown=3)
    callback.set_model(keras.models.load_model(tmp_path / "model.keras"))
    assert callback.plateau == (0.5, 2.0, 0, 3)


@pytest.mark.parametrize("rate", [SCHEDULE, 0.5])
def test_saved_with_the_weights(rate, tmp_path):
    """Weights alone hold the state, for a model that was given the callback before."""
    path = tmp_path / "m.weights.h5"
    model = model_with(rate)
    fit(model, Script(WORSE), plateau(), epochs=4)
    model.save_weights(path)

    other, callback, applied = model_with(rate), plateau(), Applied()
    callback.set_model(other)
    other.load_weights(path)
    assert callback.plateau == (0.5, 2.0, 1, 0)
    fit(other, Script(WORSE), callback, applied, epochs=2)
    assert_rates(applied.rates, scheduled(rate, [0] * 4 + [0.5, 0.25])[4 * UPDATES :])


def test_number_is_saved_without_the_rest(tmp_path):
    """A saved model with a number has the reduced rate; what the callback knew starts anew."""
    model = model_with(0.5)
    fit(model, Script(WORSE), plateau(), epochs=3)
    model.save(tmp_path / "model.keras")

    callback, applied = plateau(), Applied()
    fit(keras.models.load_model(tmp_path / "model.keras"), Script([9]), callback, applied)
    assert_rates(applied.rates, [0.25] * UPDATES)
    assert callback.plateau == (1, 9, 0, 0)


def test_weights_of_earlier_are_of_earlier(tmp_path):
    """Going back to weights goes back to their scale, also in the step that is compiled."""
    path = tmp_path / "m.weights.h5"
    model, callback, applied = model_with(SCHEDULE), plateau(), Applied()
    fit(model, Script(WORSE), callback, epochs=1)
    model.save_weights(path)
    fit(model, Script(WORSE[1:]), callback, epochs=4)
    assert callback.scale == 0.25

    model.load_weights(path)
    assert callback.plateau == (1, 2.0, 0, 0)
    fit(model, Script(WORSE[1:]), callback, applied, epochs=3)
    assert_rates(applied.rates, scheduled(SCHEDULE, [0, 1, 1, 0.5])[UPDATES:])


def test_weights_without_a_state_start_anew(tmp_path):
    """Weights that were saved without the callback say nothing of a plateau."""
    path = tmp_path / "m.weights.h5"
    bare = model_with(SCHEDULE)
    fit(bare)
    bare.save_weights(path)
    model, callback = model_with(SCHEDULE), plateau()
    fit(model, Script(WORSE), callback, epochs=4)

    model.load_weights(path)
    assert callback.plateau == (1, None, 0, 0)


class Cut(keras.callbacks.Callback):
    """Ends the process' training with an error, as a machine would."""

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 4:
            raise InterruptedError("cut")


def test_backed_up(tmp_path):
    """BackupAndRestore goes on after a cut, in a new model, as if there had been none."""
    backup = tmp_path / "backup"
    with pytest.raises(InterruptedError, match="cut"):
        fit(
            model_with(SCHEDULE),
            Script(WORSE),
            plateau(),
            keras.callbacks.BackupAndRestore(backup),
            Cut(),
            epochs=6,
        )
    model, callback, recorder = model_with(SCHEDULE), plateau(), RecordRate()
    restore = keras.callbacks.BackupAndRestore(backup)
    fit(model, Script(WORSE), callback, restore, recorder, epochs=6)

    assert recorder.steps.tolist() == list(range(4 * UPDATES, 6 * UPDATES))
    assert_rates(recorder.rates, scheduled(SCHEDULE, [0] * 4 + [0.5, 0.25])[4 * UPDATES :])


def test_scaled_losses():
    """The rate is that of the optimizer inside one that scales losses."""
    scaled = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(SCHEDULE))
    model, applied = model_with(scaled), Applied()
    fit(model, Script(WORSE), plateau(), applied, epochs=4)
    assert_rates(applied.rates, scheduled(SCHEDULE, [1, 1, 1, 0.5]))


@pytest.mark.any_backend
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_not_finite_is_no_improvement(bad):
    """A value that is not finite is waited for, and is never the best one."""
    model, callback = model_with(SCHEDULE), plateau(patience=3)
    fit(model, Script([bad, 5.0, bad, 4.0, bad, bad]), callback, epochs=6)
    assert callback.plateau == (1, 4.0, 2, 0)
    fit(model, Script([bad]), callback)
    assert callback.plateau == (0.5, 4.0, 0, 0)


@pytest.mark.any_backend
def test_min_scale():
    """All factors together come to no less than the limit."""
    callback = plateau(patience=1, min_scale=0.2)
    fit(model_with(SCHEDULE), Script(WORSE), callback, epochs=5)
    assert callback.scale == 0.2


@pytest.mark.any_backend
@pytest.mark.parametrize(
    ("metrics", "monitor", "values", "scale"),
    [
        (["mae"], "mae", [3, 2, 1], 1),
        (["mae"], "mae", [1, 2, 3], 0.25),
        (["accuracy"], "accuracy", [1, 2, 3], 1),
        (["accuracy"], "accuracy", [3, 2, 1], 0.25),
        ([], "val_loss", [3, 2, 1], 1),
        ([], "val_loss", [1, 2, 3], 0.25),
    ],
)
def test_direction(metrics, monitor, values, scale):
    """Which direction is better follows from the metric."""
    callback = ReduceOnPlateau(monitor, factor=0.5, patience=1)
    fit(model_with(SCHEDULE, metrics=metrics), Script(values, monitor), callback, epochs=3)
    assert callback.scale == scale


@pytest.mark.any_backend
def test_unknown_direction():
    """A metric that Keras does not know asks for a mode, in the first batch; with one it goes."""
    model, applied = model_with(SCHEDULE, metrics=["mae"]), Applied()
    with pytest.raises(
        ValueError, match=r"whether 'profit' is better lower or higher; write mode='min'.*'mae'"
    ):
        fit(model, Script(WORSE, "profit"), ReduceOnPlateau("profit"), applied)
    assert not applied.rates

    higher = ReduceOnPlateau("profit", mode="max")
    fit(model, Script([1, 2], "profit"), higher, epochs=2)
    assert higher.plateau.best == 2


@pytest.mark.any_backend
def test_missing_metric():
    """A metric that is not there is an error after the first epoch, which names what is."""
    model, applied = model_with(SCHEDULE, metrics=["mae"]), Applied()
    with pytest.raises(
        ValueError,
        match=r"epoch 0 has no 'val_loss'; monitor one of \['loss', 'mae'\], or give fit valid",
    ):
        fit(model, applied, ReduceOnPlateau(), epochs=3)
    assert len(applied.rates) == UPDATES
    with pytest.raises(ValueError, match=r"no 'accuracy'; monitor one of \['loss', 'mae'\]$"):
        fit(model, ReduceOnPlateau("accuracy", mode="max"))


@pytest.mark.any_backend
@pytest.mark.parametrize(
    ("options", "kind", "text"),
    [
        ({"factor": 1}, ValueError, "factor must be a number > 0 and < 1, got 1; write"),
        ({"factor": "half"}, TypeError, "factor must be a number > 0 and < 1, got 'half'; write"),
        (
            {"patience": 0},
            ValueError,
            "patience must be a whole number of epochs ≥ 1, got 0; write",
        ),
        (
            {"patience": 1.5},
            ValueError,
            "patience must be a whole number of epochs ≥ 1, got 1.5; write",
        ),
        (
            {"cooldown": -1},
            ValueError,
            "cooldown must be a whole number of epochs ≥ 0, got -1; write",
        ),
        ({"min_delta": -0.1}, ValueError, "min_delta must be a number ≥ 0, got -0.1; write"),
        ({"min_scale": 1}, ValueError, "min_scale must be a number ≥ 0 and < 1, got 1; write"),
        ({"mode": "up"}, ValueError, "mode must be one of 'auto', 'min', 'max', got 'up'$"),
        ({"mode": []}, TypeError, r"mode must be one of 'auto', 'min', 'max', got \[\]$"),
        (
            {"monitor": 5},
            TypeError,
            "monitor must be the name of a metric, got 5; write for .*_loss",
        ),
        ({"monitor": ""}, ValueError, "monitor must be the name of a metric, got ''; write"),
        ({"factor": 10**400}, ValueError, "factor must be a number > 0 and < 1, got 1000"),
    ],
)
def test_bad_arguments(options, kind, text):
    """Every argument is checked when it is given, by name and with the remedy."""
    with pytest.raises(kind, match=rf"^ReduceOnPlateau: {text}"):
        ReduceOnPlateau(**options)


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ([-1, 2, 0, 0], r"scale must be a number ≥ 0 and ≤ 1, got -1\.0"),
        ([1e300, 2, 0, 0], r"scale must be a number ≥ 0 and ≤ 1, got 1e\+300"),
        ([math.nan, 2, 0, 0], "scale must be a number ≥ 0 and ≤ 1, got nan"),
        ([1, math.inf, 0, 0], "best must be a finite number, got inf"),
        ([1, 2, -1, 0], r"wait must be a whole number of epochs ≥ 0, got -1\.0"),
        ([1, 2, math.nan, 0], "wait must be a whole number of epochs ≥ 0, got nan"),
        ([1, 2, 0, 0.5], r"cooldown must be a whole number of epochs ≥ 0, got 0\.5"),
        ([1, 2, 0], r"saved state must be 4 numbers, got \[1\.0, 2\.0, 0\.0\]"),
    ],
)
def test_bad_weights(state, text):
    """A state that no training has is refused when it is loaded, and the old one stays."""
    model, callback = model_with(SCHEDULE), plateau()
    callback.set_model(model)
    with pytest.raises(ValueError, match=f"^ReduceOnPlateau: (saved state: )?{text}"):
        model.reduce_on_plateau.load_own_variables({"plateau": np.array(state, float)})
    assert callback.plateau == (1, None, 0, 0)


if hasattr(keras.optimizers, "MultiOptimizer"):  # the oldest Keras does not have it

    @pytest.mark.parametrize("rate", [0.5, SCHEDULE], ids=["number", "schedule"])
    def test_layerwise(rate, tmp_path):
        """The rates of all layers are reduced together, and so they are after loading."""
        optimizer = lrs.layerwise(
            keras.optimizers.SGD, rate, {"kernel": lrs.Constant(0).then(lrs.Constant(0.5), at=4)}
        )
        model, applied, recorder = model_with(optimizer), Applied(), RecordRate()
        fit(model, Script(WORSE), applied, recorder, plateau(patience=1), epochs=4)
        scales = [1, 1, 0.5, 0.25]
        common = scheduled(rate, scales)
        assert_rates(recorder.rates, common)
        assert_rates(applied.rates, np.array(common) * np.repeat([0, 0.5], [4, 8]))
        assert_rates(recorder.values["group_0/learning_rate"], applied.rates)
        model.save(tmp_path / "model.keras")
        model = keras.models.load_model(tmp_path / "model.keras")
        again = plateau()
        again.set_model(model)
        now = 0.125 * rate if isinstance(rate, float) else 0.125 * rate(12)
        assert_rates(float(model.optimizer.learning_rate), now)
        assert again.scale == (1 if isinstance(rate, float) else 0.125)


@pytest.mark.any_backend
def test_models_without_one_rate():
    """What has no rate as a number or a function of the step is refused at once."""

    class Several(keras.optimizers.SGD):
        """An optimizer of several, as ``keras.optimizers.MultiOptimizer`` is."""

        optimizers = (0, 1)

        @property
        def learning_rate(self):
            raise AttributeError

    with pytest.raises(
        ValueError,
        match=r"^ReduceOnPlateau: the model has 2 optimizers with a rate each; compile it with "
        r"one, or with lrschedules\.layerwise",
    ):
        plateau().set_model(model_with(Several(0.1)))

    with pytest.raises(ValueError, match=r"^ReduceOnPlateau: the model has no optimizer; call mo"):
        plateau().set_model(keras.Sequential([keras.layers.Dense(1)]))

    with pytest.raises(TypeError, match=r"a function without a step; compile the model with"):
        fit(model_with(keras.optimizers.SGD(lambda: 0.1)), plateau())

    with pytest.raises(ValueError, match=r"^ReduceOnPlateau: there are two of them; give fit one"):
        fit(model_with(SCHEDULE), plateau(), plateau())
