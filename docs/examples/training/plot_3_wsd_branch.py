"""
Warmup, stable, decay: branch from a checkpoint
===============================================

How do you end a run whose length was not planned? Keep the rate constant, save
checkpoints, and finish a copy of the model with a cooldown. This example shows
that such a branch equals a run that was planned from the start, and how the
length of the cooldown affects the loss.
"""

# %%
# The schedules
# -------------
#
# After a warmup, the rate stays constant :cite:p:`hu2024,haegele2024`.
# ``cooldown`` ends a schedule with a decay at any step. The recipe for a run
# that is planned from the start is
# :func:`~lrschedules.recipes.warmup_stable_decay`.

import tempfile

import keras
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import lrschedules as lrs
from lrschedules.plotting import plot
from lrschedules.study import compare

epochs, epoch = 16, 50  # in updates, each of 24 rows
stable = lrs.Constant(0.2).warmup(epoch)
schedules = {"no cooldown": stable}
for n in (1, 2, 4, 8):
    end = stable.cooldown(n * epoch, at=(epochs - n) * epoch)
    schedules[f"{n} of {epochs} epochs"] = end

plot(schedules, steps=epochs * epoch).set(
    title="One trunk, four cooldowns"
)

# %%
# Train the trunk once
# --------------------
#
# Train the trunk, and save each epoch. Every fifth training label is the label
# of another row, so that a low rate has noise to average out.

x, y = load_digits(return_X_y=True)
x, x_val, y, y_val = train_test_split(
    (x / 16).astype("float32"),
    y,
    train_size=1200,
    stratify=y,
    random_state=0,
)
y[::5] = y[::-5]
folder = tempfile.TemporaryDirectory()


def build():
    hidden = keras.layers.Dense(32, "relu")
    softmax = keras.layers.Dense(10, "softmax")
    return keras.Sequential([keras.Input((64,)), hidden, softmax])


def optimizer(schedule):
    return keras.optimizers.SGD(schedule, momentum=0.9)


loss = "sparse_categorical_crossentropy"


def fit(schedule, first=0, keep=None):
    keras.utils.set_random_seed(0)
    model = build()
    model.compile(optimizer(schedule), loss)
    model.optimizer.build(model.trainable_variables)
    if first:
        model.load_weights(f"{folder.name}/{first}.weights.h5")
    model.fit(
        x, y, 24, epochs, 0, keep, shuffle=False, initial_epoch=first
    )
    return model.get_weights()


file = folder.name + "/{epoch}.weights.h5"
fit(
    stable,
    0,
    keras.callbacks.ModelCheckpoint(file, save_weights_only=True),
)

# %%
# Branch
# ------
#
# Branch from four checkpoints. The file contains the state of the optimizer
# and the number of updates, so the new schedule continues at the right step.
# The optimizer must be built before the weights are loaded. If it is not
# built, Keras skips its state, with a warning, and the schedule restarts. Each
# branch has the same weights as an uninterrupted run that was planned with
# this schedule:

for n, end in zip(
    (1, 2, 4, 8), [*schedules.values()][1:], strict=True
):
    branch, stay = fit(end, first=epochs - n), (epochs - 1 - n) * epoch
    planned = lrs.recipes.warmup_stable_decay(
        0.2, epoch, stay, n * epoch
    )
    for a, b in zip(branch, fit(planned), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)
    print(f"saved after epoch {epochs - n:2}, cooldown of {n}: equal")

# %%
# How long should the cooldown be?
# --------------------------------
#
# Each length is trained with thirty seeds:

result = compare(
    schedules,
    build,
    (x, y),
    (x_val, y_val),
    optimizer=optimizer,
    loss=loss,
    epochs=epochs,
    batch_size=24,
    seeds=30,
)
ax = result.plot("val_loss")
ax.set(
    title="Means and interquartile ranges of 30 seeds", ylim=(0.3, 1.2)
)

# %%
# The loss falls when the rate falls. Before that, all runs are identical up to
# rounding, so with branches this phase is trained only once. The table shows
# the final losses:

result.table("val_loss")

# %%
# Conclusion
# ----------
#
# The trunk itself can continue from its last checkpoint for as long as there
# is data. Each additional result costs one cooldown.
