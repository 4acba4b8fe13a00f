"""layerwise on each back end: its rates, its training against NumPy, and what is saved of it."""

import functools

import keras
import numpy as np
import pytest

import lrschedules as lrs
from lrschedules import _keras_internals

RNG = np.random.default_rng(0)
X = RNG.normal(size=(48, 4)).astype("float32")
Y = (X[:, ::-1] + 0.1 * RNG.normal(size=(48, 4))).astype("float32")
WAVE = lrs.Cosine(0.1, 0.01, steps=12)
UNFROZEN_AT_3 = lrs.Piecewise([0.0, 0.5], [3])
HAS_MULTI_OPTIMIZER = hasattr(keras.optimizers, "MultiOptimizer")


class Falling(lrs.Schedule):
    """A schedule that falls below 0 after step 5."""

    start: float = lrs.param("s", lrs.kinds.rate, "initial value")

    def formula(self, t, xp):
        return self.start - 0.1 * xp.real(t)


def blocks(count=3):
    keras.utils.set_random_seed(0)
    dense = [keras.layers.Dense(4, name=f"block_{i}") for i in range(count)]
    return keras.Sequential([keras.Input((4,)), *dense])


def compiled(optimizer, **options):
    model = blocks()
    model.compile(optimizer, "mse", **options)
    return model


def trained(model, epochs=1):
    model.fit(X, Y, batch_size=8, epochs=epochs, shuffle=False, verbose=0)
    return model


def frozen_first(optimizer_class=keras.optimizers.SGD, rate=WAVE, **arguments):
    multipliers = {r"\bblock_0/": UNFROZEN_AT_3, r"\bblock_1/": 0.3}
    return lrs.layerwise(optimizer_class, rate, multipliers, **arguments)


def same(model, other):
    pairs = zip(model.get_weights(), other.get_weights(), strict=True)
    return [np.array_equal(a, b) for a, b in pairs]


if not HAS_MULTI_OPTIMIZER:

    def test_older_keras():
        """The error says which Keras has what is needed; schedules work without it."""
        with pytest.raises(ImportError, match=r"layerwise needs Keras 3\.15 or later, .* this is"):
            lrs.layerwise(keras.optimizers.SGD, 0.1, {"kernel": 0.1})

else:

    def reference(multipliers, steps):
        """Return the weights of three linear layers after SGD, in float64."""
        weights = [w.astype("float64") for w in blocks().get_weights()]
        for step in range(steps):
            rows = slice(8 * step % 48, 8 * step % 48 + 8)
            inputs = [X[rows].astype("float64")]
            for kernel, bias in zip(weights[::2], weights[1::2], strict=True):
                inputs.append(inputs[-1] @ kernel + bias)
            error = 2 * (inputs.pop() - Y[rows]) / Y[rows].size
            for i in (2, 1, 0):
                rate = WAVE(step) * multipliers[i](step)
                back = error @ weights[2 * i].T
                weights[2 * i] -= rate * inputs[i].T @ error
                weights[2 * i + 1] -= rate * error.sum(0)
                error = back
        return weights

    def test_against_numpy():
        """SGD with a multiplier from a schedule, one that is a number, and none; frozen first."""
        model = compiled(frozen_first())
        first = model.get_weights()
        for step in range(12):
            rows = slice(8 * step % 48, 8 * step % 48 + 8)
            model.train_on_batch(X[rows], Y[rows])
            frozen = [np.array_equal(a, b) for a, b in zip(first, model.get_weights(), strict=True)]
            assert frozen == [step < 3, step < 3, False, False, False, False]
        constant = [UNFROZEN_AT_3, lambda step: 0.3, lambda step: 1.0]
        for ours, exact in zip(model.get_weights(), reference(constant, 12), strict=True):
            np.testing.assert_allclose(ours, exact, rtol=2e-5, atol=1e-6)

    def test_eager_and_compiled_agree():
        """Eager and compiled training (XLA, where the back end has it) give the same weights."""
        kinds = [{"run_eagerly": True}]
        if keras.backend.backend() != "torch":
            kinds += [{"jit_compile": True}, {"jit_compile": False}]
        weights = [trained(compiled(frozen_first(), **kind)).get_weights() for kind in kinds]
        for other in weights[1:]:
            for a, b in zip(weights[0], other, strict=True):
                np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)

    @pytest.mark.parametrize(
        "arguments",
        [
            {"rate": 0.1, "weight_decay": 0.1},
            {"beta_1": lrs.Linear(0.9, 0.5, steps=12)},
            {"rate": keras.optimizers.schedules.CosineDecay(0.1, 12), "global_clipnorm": 0.5},
            {"gradient_accumulation_steps": 2},
        ],
        ids=" ".join,
    )
    def test_resumes(arguments, tmp_path):
        """A model that was saved whole, or its weights alone, goes on with the same weights."""
        make = functools.partial(frozen_first, keras.optimizers.AdamW, **arguments)
        model = compiled(make())
        model.optimizer.exclude_from_weight_decay(var_names=["bias"])
        trained(model)
        model.save(tmp_path / "model.keras")
        model.save_weights(tmp_path / "model.weights.h5")
        loaded = keras.models.load_model(tmp_path / "model.keras")
        weights_alone = compiled(make())
        weights_alone.optimizer.exclude_from_weight_decay(var_names=["bias"])
        weights_alone.optimizer.build(weights_alone.trainable_variables)
        weights_alone.load_weights(tmp_path / "model.weights.h5")

        assert loaded.optimizer.get_config() == model.optimizer.get_config()
        assert [int(each.iterations) for each in loaded.optimizer.optimizers] == [
            int(each.iterations) for each in model.optimizer.optimizers
        ]
        trained(model)
        for other in (loaded, weights_alone):
            assert all(same(model, trained(other)))

    def test_mixed_precision(tmp_path):
        """Inside a LossScaleOptimizer: it trains, is saved and goes on."""
        keras.config.set_dtype_policy("mixed_float16")
        try:
            model = trained(compiled(frozen_first()))
            model.save(tmp_path / "model.keras")
            loaded = keras.models.load_model(tmp_path / "model.keras")
            assert isinstance(loaded.optimizer, keras.optimizers.LossScaleOptimizer)
            assert float(model.optimizer.learning_rate) == pytest.approx(WAVE(6))
            assert not any(same(model, blocks())[::2])
            assert all(same(trained(model), trained(loaded)))
        finally:
            keras.config.set_dtype_policy("float32")

    def test_setting_the_common_rate():
        """It reaches all layers, as a number or as a schedule."""
        optimizer = frozen_first(rate=0.1)
        model = trained(compiled(optimizer))
        rates = [float(each.learning_rate) for each in optimizer.optimizers]
        assert rates == pytest.approx([0.05, 0.03, 0.1])
        optimizer.learning_rate = 0.0
        before = model.get_weights()
        trained(model)
        assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
        optimizer.learning_rate = WAVE
        rates = [float(each.learning_rate) for each in optimizer.optimizers]
        assert rates == pytest.approx([0.5 * 0.01, 0.3 * 0.01, 0.01])  # at step 12

    @pytest.mark.parametrize("rate", [WAVE, 0.1], ids=["schedule", "number"])
    def test_callbacks(rate):
        """RecordRate records the common rate and each layer's; ReduceOnPlateau reduces all."""
        recorder = lrs.RecordRate()
        plateau = lrs.ReduceOnPlateau("loss", factor=0.5, patience=1, min_delta=1000)
        model = compiled(frozen_first(rate=rate))
        options = {"batch_size": 8, "epochs": 3, "shuffle": False, "verbose": 0}
        model.fit(X, Y, callbacks=[plateau, recorder], **options)
        scale = np.repeat([1, 1, 0.5], 6)
        common = scale * [rate(step) if callable(rate) else rate for step in range(18)]
        np.testing.assert_allclose(recorder.rates, common, rtol=1e-5)
        multipliers = {"group_0": UNFROZEN_AT_3(np.arange(18)), "group_1": 0.3, "group_2": 1.0}
        for name, multiplier in multipliers.items():
            recorded = recorder.values[f"{name}/learning_rate"]
            np.testing.assert_allclose(recorded, common * multiplier, rtol=1e-5)
        last = [float(each.learning_rate) for each in model.optimizer.optimizers]
        now = 0.25 * (rate(18) if callable(rate) else rate)
        assert last == pytest.approx([0.5 * now, 0.3 * now, now])

    def test_stateless():
        """``stateless_apply`` of all back ends gives what ``apply`` does."""
        model, optimizer = blocks(), _keras_internals.stateless(frozen_first())
        variables = model.trainable_variables
        optimizer.build(variables)
        trainable = [keras.ops.copy(keras.ops.convert_to_tensor(v)) for v in variables]
        optimizing = [keras.ops.copy(keras.ops.convert_to_tensor(v)) for v in optimizer.variables]
        ones = [keras.ops.ones_like(value) for value in trainable]
        for _ in range(4):
            trainable, optimizing = optimizer.stateless_apply(optimizing, ones, trainable)
        # block_0 is frozen for 3 of the 4 steps
        fall = [0.5 * WAVE(3), 0.3 * sum(map(WAVE, range(4))), sum(map(WAVE, range(4)))]
        for i, (value, variable) in enumerate(zip(trainable, variables, strict=True)):
            change = keras.ops.convert_to_numpy(variable) - keras.ops.convert_to_numpy(value)
            np.testing.assert_allclose(change, fall[i // 2], rtol=1e-5, atol=1e-6)

    def test_global_clip_norm():
        """The norm of all gradients is limited, not that of each layer; after the loss scale."""
        for scale in (None, 8.0):
            model = blocks()
            optimizer = lrs.layerwise(
                keras.optimizers.SGD,
                1.0,
                {"block_0": 1.0},
                global_clipnorm=0.5,
                loss_scale_factor=scale,
            )
            before = model.get_weights()
            gradients = [keras.ops.full(v.shape, scale or 1.0) for v in model.trainable_variables]
            optimizer.apply(gradients, model.trainable_variables)
            moved = np.concatenate(
                [(a - b).ravel() for a, b in zip(before, model.get_weights(), strict=True)]
            )
            np.testing.assert_allclose(moved, 0.5 / np.sqrt(moved.size), rtol=1e-4)

    @pytest.mark.any_backend
    def test_layers_of_a_vision_transformer():
        """The multipliers are timm's; tests/peers compares with timm itself."""
        model = vision_transformer()
        optimizer = lrs.layerwise(keras.optimizers.AdamW, 1.0, decay=0.75, layers=TIMM_LAYERS)
        optimizer.build(model.trainable_variables)
        found = {path: group.multiplier for group in optimizer.groups for path in group.paths}
        expected = {"stem": 0.31640625, "block_0": 0.421875, "block_1": 0.5625, "block_2": 0.75}
        expected |= {"final_norm": 0.75, "head": 1.0}
        assert len(found) == len(model.trainable_variables)
        for path, multiplier in found.items():
            assert multiplier == expected[path.split("/")[-2].partition("-")[0]], path

        beit = lrs.layerwise(keras.optimizers.AdamW, 1.0, decay=0.75, layers=BEIT_LAYERS)
        beit.build(model.trainable_variables)
        norm = [group for group in beit.groups if any("final_norm" in p for p in group.paths)]
        assert [(group.name, group.multiplier) for group in norm] == [("layer_4", 1.0)]

    @pytest.mark.any_backend
    def test_layers_by_number():
        """Layer 10 comes after layer 2; other arguments and the names reach each optimizer."""
        optimizer = lrs.layerwise(
            keras.optimizers.SGD, 1.0, decay=0.5, layers=[r"block_(\d+)/"], momentum=0.9, name="all"
        )
        optimizer.build(blocks(11).trainable_variables)
        assert [g.multiplier for g in optimizer.groups] == [0.5**i for i in range(10, -1, -1)]
        assert "block_10" in optimizer.groups[-1].paths[0]
        assert [each.name for each in optimizer.optimizers][::5] == [
            "layer_0",
            "layer_5",
            "layer_10",
        ]
        assert {each.momentum for each in optimizer.optimizers} == {0.9}
        assert optimizer.name == "all"

    @pytest.mark.any_backend
    @pytest.mark.parametrize(
        ("arguments", "text"),
        [
            ({"multipliers": {"nothing": 1}}, r"'nothing' must match a path.*block_0/kernel"),
            ({"multipliers": {"nothing": 1}}, "trainable=False has no path here"),
            (
                {"multipliers": {"block_0": 1, "kernel": 2}},
                r"'block_0' and 'kernel' match \S*block_0/kernel; write",
            ),
            (
                {"decay": 0.5, "layers": [r"(bl\w+)/"]},
                r"the group in .* must match the number of a layer, got 'block_0' in \S+; write",
            ),
        ],
    )
    def test_paths_that_do_not_fit(arguments, text):
        """Patterns are compared with the paths before training, and both are listed."""
        model = compiled(lrs.layerwise(keras.optimizers.SGD, 0.1, **arguments))
        with pytest.raises(ValueError, match=f"layerwise: .*{text}"):
            trained(model)

    @pytest.mark.any_backend
    @pytest.mark.parametrize(
        ("arguments", "text"),
        [
            ({}, "either multipliers must be given, or decay and layers, got multipliers=None"),
            ({"decay": 0.5}, "either multipliers must be given, or decay and layers"),
            ({"multipliers": {"a": 1}, "layers": ["a"]}, "either multipliers must be given"),
            ({"multipliers": []}, "multipliers must be a mapping of patterns, got .*; write"),
            ({"multipliers": {}}, "multipliers must be a mapping of patterns, got {}; write"),
            ({"multipliers": {"a": -1}}, r"multipliers\['a'\] must be a number ≥ 0, got -1"),
            ({"multipliers": {"a": "1"}}, r"multipliers\['a'\] must be a schedule of .* got '1'"),
            (
                {"multipliers": {"a": Falling(0.55)}},
                r"multipliers\['a'\] must be a number ≥ 0, .* at step .*; limit",
            ),
            ({"multipliers": {1: 1}}, "a pattern in multipliers must be a str, got 1"),
            ({"multipliers": {"(": 1}}, r"'\(' in multipliers is not a regular expression .*; put"),
            ({"decay": 0, "layers": ["a"]}, "decay must be a number > 0 and ≤ 1, got 0"),
            ({"decay": 1.1, "layers": ["a"]}, "decay must be a number > 0 and ≤ 1, got 1.1"),
            ({"decay": 0.5, "layers": "a"}, "layers must be a list of patterns, got 'a'; write"),
            ({"decay": 0.5, "layers": []}, r"layers must be a list of patterns, got \[\]; write"),
            ({"decay": 0.5, "layers": ["(a)(b)"]}, r"'\(a\)\(b\)' in layers has 2 groups.*; write"),
            ({"learning_rate": -1, "multipliers": {"a": 1}}, "learning_rate must be a rate ≥ 0"),
            ({"learning_rate": None, "multipliers": {"a": 1}}, "learning_rate must be a schedule"),
            ({"multipliers": {"a": 1}, "global_clipnorm": 0}, "global_clipnorm must be a number >"),
            (
                {
                    "multipliers": {"a": 1},
                    "global_clipnorm": 1,
                    "gradient_accumulation_steps": 2,
                },
                "global_clipnorm limits .* of each batch.*; write clipnorm",
            ),
        ],
    )
    def test_bad_input(arguments, text):
        """An argument that cannot be right is refused when the optimizer is made."""
        with pytest.raises((TypeError, ValueError), match=f"layerwise: {text}"):
            lrs.layerwise(keras.optimizers.SGD, **{"learning_rate": 0.1} | arguments)

    @pytest.mark.any_backend
    def test_arguments_of_the_class():
        """They are refused when it is made, too, not when the model is built."""
        with pytest.raises(TypeError, match="optimizer_class must be the class of a Keras optimi"):
            lrs.layerwise("SGD", 0.1, {"a": 1})
        with pytest.raises(ValueError, match=r"SGD refuses an argument: .*foo"):
            lrs.layerwise(keras.optimizers.SGD, 0.1, {"a": 1}, foo=1)

    @pytest.mark.any_backend
    def test_crafted_config():
        config = frozen_first().get_config()
        with pytest.raises(TypeError, match=r"layerwise: config must have the keys .*'layers'"):
            type(frozen_first()).from_config({**config, "more": 1})

    TIMM_LAYERS = [r"\bstem\b", r"\bblock_(\d+)\b|\bfinal_norm\b"]
    BEIT_LAYERS = [r"\bstem\b", r"\bblock_(\d+)\b"]

    def vision_transformer():
        """Return a small vision transformer, with the layers of timm's of three blocks."""
        layers = keras.layers
        image = keras.Input((8, 8, 1))
        x = layers.Conv2D(8, 4, strides=4, name="stem-patches")(image)
        x = layers.Reshape((4, 8))(x)
        for i in range(3):
            y = layers.LayerNormalization(name=f"block_{i}-norm_1")(x)
            x += layers.Dense(8, name=f"block_{i}-attention")(y)
            y = layers.LayerNormalization(name=f"block_{i}-norm_2")(x)
            y = layers.Dense(16, "gelu", name=f"block_{i}-mlp_1")(y)
            x += layers.Dense(8, name=f"block_{i}-mlp_2")(y)
        x = layers.LayerNormalization(name="final_norm")(x)
        x = layers.Dense(3, name="head")(layers.GlobalAveragePooling1D()(x))
        return keras.Model(image, x)
