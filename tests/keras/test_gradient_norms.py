"""The recorder of gradient norms: what the optimizer received, on every back end."""

import keras
import numpy as np
import pytest

import lrschedules as lrs
from lrschedules.callbacks import RecordGradientNorms

# Keras makes one update in a call on PyTorch.
AT_ONCE = 1 if keras.backend.backend() == "torch" else 3
ROWS = np.arange(1, 9, dtype="float32")


def model_with(optimizer, dtype="float32", **options):
    """Return a model whose gradient is the mean of its inputs, and of the same with a sign."""
    layer = keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros", dtype=dtype)
    model = keras.Sequential([keras.Input((2,), dtype=dtype), layer])
    model.compile(optimizer, lambda y, p: p, **({"jit_compile": False} | options))
    return model


def fit(model, *callbacks, epochs=2, factor=1):
    x = np.stack([3 * factor * ROWS, -4 * factor * ROWS], axis=1)
    return model.fit(
        x, ROWS, batch_size=2, epochs=epochs, shuffle=False, verbose=0, callbacks=[*callbacks]
    )


# The means of two rows, for the four batches of two epochs.
MEANS = np.tile([1.5, 3.5, 5.5, 7.5], 2)


@pytest.mark.parametrize(
    ("optimizer", "options"),
    [
        (lambda: keras.optimizers.SGD(0.1, momentum=0.9), {"jit_compile": "auto"}),
        (lambda: keras.optimizers.Adam(lrs.Constant(0.1), clipnorm=0.1), {}),
        (lambda: keras.optimizers.SGD(0.1, gradient_accumulation_steps=2), {}),
        (lambda: keras.optimizers.SGD(0.1), {"steps_per_execution": AT_ONCE}),
        (lambda: keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(0.1)), {}),
    ],
    ids=["compiled", "clipped", "accumulated", "several in one call", "scaled"],
)
def test_norms(optimizer, options):
    """Every norm is that of the gradient before clipping, also when training goes on."""
    recorder = RecordGradientNorms()
    model = model_with(optimizer(), **options)
    fit(model, recorder)

    np.testing.assert_array_equal(recorder.steps, np.arange(8))
    np.testing.assert_allclose(recorder.norms, 5 * MEANS, rtol=1e-5)
    np.testing.assert_allclose(recorder.l1_norms, 7 * MEANS, rtol=1e-5)

    fit(model)
    assert recorder.steps.shape == (8,)
    assert not recorder._arrived  # the function that hands them over is not called any more
    fit(model, recorder, epochs=1)
    np.testing.assert_array_equal(recorder.steps, [*range(8), *range(16, 20)])
    np.testing.assert_allclose(recorder.norms[8:], 5 * MEANS[:4], rtol=1e-5)


def test_half_precision():
    """The sum of the squares may be larger than the largest number of the gradients."""
    recorder = RecordGradientNorms()
    fit(model_with(keras.optimizers.SGD(1e-6), "float16"), recorder, factor=200)

    np.testing.assert_allclose(recorder.norms, 1000 * MEANS, rtol=1e-3)
    np.testing.assert_allclose(recorder.l1_norms, 1400 * MEANS, rtol=1e-3)


class Unused(keras.Model):
    """A model with weights that its output does not depend on."""

    def __init__(self):
        super().__init__()
        self.used = keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")
        self.unused = keras.layers.Dense(1)

    def build(self, shape):
        self.used.build(shape)
        self.unused.build(shape)

    def call(self, x):
        return self.used(x)


@pytest.mark.filterwarnings("ignore:Gradients do not exist")
def test_unused_weights():
    """Weights without a gradient do not count."""
    model, recorder = Unused(), RecordGradientNorms()
    model.compile("sgd", lambda y, p: p, jit_compile=False)
    fit(model, recorder)

    np.testing.assert_allclose(recorder.norms, 5 * MEANS, rtol=1e-5)


def test_training_is_the_same(tmp_path):
    """Recording changes neither the weights nor what a checkpoint holds."""
    models = [model_with(keras.optimizers.SGD(lrs.Linear(0.1, 0, 8))) for _ in range(2)]
    saving = keras.callbacks.ModelCheckpoint(
        tmp_path / "{epoch}.weights.h5", save_weights_only=True
    )
    fit(models[0], RecordGradientNorms(), saving)
    fit(models[1])

    for recorded, plain in zip(models[0].weights, models[1].weights, strict=True):
        found = map(keras.ops.convert_to_numpy, (recorded, plain))
        np.testing.assert_allclose(*found, rtol=1e-6)
    assert "apply" not in vars(models[0].optimizer)
    models[1].load_weights(tmp_path / "1.weights.h5")
    assert int(models[1].optimizer.iterations) == 4


def test_two_recorders():
    """The second would take the gradients of the first."""
    with pytest.raises(ValueError, match="RecordGradientNorms: there are two of them; give fit on"):
        fit(model_with("sgd"), RecordGradientNorms(), RecordGradientNorms())


@pytest.mark.any_backend
def test_layerwise():
    """With a rate for each layer, the norm is still that of all weights together."""
    recorder = RecordGradientNorms()
    fit(model_with(lrs.layerwise(keras.optimizers.SGD, 0.1, {"kernel": 0.5})), recorder)

    np.testing.assert_allclose(recorder.norms, 5 * MEANS, rtol=1e-5)
