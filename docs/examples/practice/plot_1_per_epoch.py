"""
Per epoch, or per step?
=======================

A schedule counts updates, and tutorials count epochs. This example shows three
methods to use a schedule that was written in epochs, two of which are
equivalent. It also shows the result of a schedule in epochs that was never
converted to steps.
"""

# %%
# A schedule in epochs
# --------------------
#
# The rate is halved every three epochs. The model is small, because only the
# rates matter here. The number of rows and the batch size determine the number
# of updates in an epoch.

import keras
import matplotlib.pyplot as plt
import numpy as np

import lrschedules as lrs
from lrschedules.callbacks import RecordRate

x, y = lrs.datasets.load_ionosphere().stratified_split(seed=0).train
run = lrs.Run(batch_size=28, samples=len(y), epochs=10)
print(f"{run.steps_per_epoch} updates per epoch, {run.steps} in total")

drop = lrs.Drop(0.1, factor=0.5, every=3)


def fit(rate, *callbacks):
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [keras.Input((34,)), keras.layers.Dense(1)]
    )
    model.compile(keras.optimizers.SGD(rate), "mse")
    recorder = RecordRate()
    model.fit(
        x, y, 28, 10, verbose=0, callbacks=[*callbacks, recorder]
    )
    return recorder.rates, model.get_weights()


# %%
# Two equivalent methods
# ----------------------
#
# Keras' callback calls the schedule once per epoch, with the number of the
# epoch. Alternatively, ``per_epoch`` converts epochs to updates, and the
# optimizer calls the schedule at every update.
# :class:`~lrschedules.callbacks.RecordRate` records the same rate at every
# update, and the trained weights are equal, too:

callback = keras.callbacks.LearningRateScheduler(drop)
by_callback, weights_a = fit(0.1, callback)
by_optimizer, weights_b = fit(drop.per_epoch(run.steps_per_epoch))

np.testing.assert_allclose(by_callback, by_optimizer, rtol=1e-6)
for a, b in zip(weights_a, weights_b, strict=True):
    np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)
print(
    "equal rates at", len(by_optimizer), "updates, and equal weights"
)

# %%
# Prefer the second method. Its schedule is saved with the model, and continues
# correctly after a resume. The callback starts again at epoch 0, unless
# ``fit`` gets the right ``initial_epoch``.
#
# Without a conversion
# --------------------
#
# An optimizer that gets the unconverted schedule takes three epochs for three
# updates:

forgotten, _ = fit(drop)
for epoch in 0, 1, 9:
    step = epoch * run.steps_per_epoch
    print(
        f"first update of epoch {epoch}:",
        f"intended {by_optimizer[step]:.4f},",
        f"applied {forgotten[step]:.2e}",
    )

# %%
# Constant within an epoch, or smooth?
# ------------------------------------
#
# The rate of a drop-based schedule is constant within an epoch anyway. A
# cosine decay over the ten epochs can be constant within each epoch, or change
# at every update. ``per_epoch`` does the first, ``stretch`` the second. Both
# have the same rate at the beginning of each epoch:

cosine = lrs.Cosine(0.1, 0.0, steps=10)
held, _ = fit(cosine.per_epoch(run.steps_per_epoch))
moving, _ = fit(cosine.stretch(run.steps_per_epoch))
begins = slice(None, None, run.steps_per_epoch)
np.testing.assert_allclose(held[begins], moving[begins], rtol=1e-6)
print(
    f"last update: per epoch {held[-1]:.1e}, smooth {moving[-1]:.1e}"
)

fig, (left, right) = plt.subplots(
    1, 2, figsize=(7.2, 3.4), sharey=True
)
left.step(
    range(90), by_optimizer, where="post", label="per_epoch, callback"
)
left.step(
    range(90), forgotten, "--", where="post", label="not converted"
)
right.step(range(90), held, where="post", label="per_epoch")
right.step(range(90), moving, "--", where="post", label="stretch")
left.set(
    ylabel="rate applied", xlabel="update", title="Drop, in epochs"
)
right.set(xlabel="update", title="Cosine, in epochs")
left.legend()
right.legend()

# %%
# Where both end
# --------------
#
# The schedule that is constant within epochs never reaches its end, because
# its last epoch trains at the value of epoch 9. The smooth schedule ends one
# update before zero. It equals the cosine schedule that is written in updates:

moving_cosine = cosine.stretch(run.steps_per_epoch)
np.testing.assert_equal(moving_cosine, lrs.Cosine(0.1, 0.0, run.steps))
moving_cosine
