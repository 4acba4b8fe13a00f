"""
Reduce on plateau, or stop early, on top of a schedule
======================================================

How do you plan a learning rate and still react when the validation loss stops
improving? A callback can multiply the schedule by a factor. This example shows
the planned and the applied rates, and the epochs that caused each reduction.
"""

# %%
# The plan
# --------
#
# The plan is a warmup of two epochs, followed by cosine decay. The data is the
# Ionosphere data set. A small network soon becomes overconfident on it, so the
# validation loss reaches a plateau, and then rises.

import textwrap

import keras
import matplotlib.pyplot as plt
import numpy as np

import lrschedules as lrs
from lrschedules.callbacks import RecordRate, ReduceOnPlateau

train, validation = lrs.datasets.load_ionosphere().stratified_split(
    seed=0
)
run = lrs.Run(batch_size=28, samples=len(train[1]), epochs=30)
warmup = run.in_epochs(2)
plan = lrs.Cosine(0.2, 0.0, run.steps - warmup).warmup(warmup)


def fit(rate, *callbacks):
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.layers.Dense(34, "relu"),
            keras.layers.Dense(1, "sigmoid"),
        ],
    )
    optimizer = keras.optimizers.SGD(rate, momentum=0.8)
    model.compile(optimizer, "binary_crossentropy")
    return model.fit(
        *train,
        28,
        30,
        0,
        callbacks=[*callbacks],
        validation_data=validation,
    ).history


# %%
# Keras' own callback fails
# -------------------------
#
# Keras' callback assigns to the learning rate, and Keras allows no assignment
# to a schedule. The error occurs at the first plateau, not when training
# begins:

try:
    fit(plan, late := keras.callbacks.ReduceLROnPlateau(patience=4))
except TypeError as error:
    updates = int(late.model.optimizer.iterations)
    print(f"after {updates // run.steps_per_epoch} epochs:")
    print(textwrap.fill(str(error), 72))

# %%
# ReduceOnPlateau multiplies the schedule
# ---------------------------------------
#
# After four epochs without an improvement of the validation loss, every rate
# is half of its planned value. After four more, it is a quarter. The factor
# never falls below a tenth. :class:`~lrschedules.callbacks.RecordRate` comes
# after it in the list of callbacks, and records the rates that the optimizer
# used.

plateau = ReduceOnPlateau(
    "val_loss", factor=0.5, patience=4, min_delta=0.0, min_scale=0.1
)
recorder = RecordRate()
loss = np.array(fit(plan, plateau, recorder)["val_loss"])

planned = plan(recorder.steps)
# the first rate of a warmup from zero is zero, so it has no ratio
scale = recorder.rates[1:] / planned[1:]
reduced = 1 + np.flatnonzero(np.diff(scale) < -1e-3)
for i in reduced:
    update = recorder.steps[1:][i]
    epoch = update // run.steps_per_epoch
    print(f"from epoch {epoch} on: {scale[i]:.3f} times the plan")
np.testing.assert_allclose(scale[-1], plateau.scale, rtol=1e-4)

# %%
# Planned and applied rates
# -------------------------
#
# Dots mark the epochs with a new lowest loss, and dotted lines mark the
# reductions. Each reduction follows four epochs after a dot or after another
# reduction.

fig, (above, below) = plt.subplots(2, figsize=(7.2, 5), sharex=True)
fig.suptitle(
    "Warmup and cosine decay, reduced on plateaus", fontweight="bold"
)
epochs = recorder.steps / run.steps_per_epoch
above.plot(epochs, planned, "--", color="C4", label="planned")
above.plot(epochs, recorder.rates, color="C0", label="applied")
above.set(ylabel="rate")
above.legend()

ends = np.arange(1, len(loss) + 1)
best = loss <= np.minimum.accumulate(loss)
below.plot(ends, loss, color="C1")
below.plot(ends[best], loss[best], "o", color="C1")
below.set(xlabel="epoch", ylabel="validation loss")
for ax in above, below:
    for i in reduced:
        ax.axvline(
            epochs[1:][i], color="C4", linewidth=1, linestyle=":"
        )

# %%
# Early stopping ends the plan early
# ----------------------------------
#
# ``EarlyStopping`` reacts to the same plateau in another way: it ends the run,
# while the rate of the plan is still high. The best weights are restored, but
# no update with a low rate has been made:

stop = keras.callbacks.EarlyStopping(
    patience=4, restore_best_weights=True
)
stopped = fit(plan, stop)["val_loss"]
at = plan(len(stopped) * run.steps_per_epoch)
print(
    f"stopped after {len(stopped)} of 30 epochs, at a rate of {at:.3f}"
)
print(f"lowest loss when stopped early {min(stopped):.4f}")
print(f"lowest loss with reductions    {min(loss):.4f}")

# %%
# If both losses are equal, the lowest one came before the first reduction, and
# neither callback has improved the model. A decay that reaches zero is a stop
# by itself, with a date. To use both, let
# the patience be longer than the warmup, and compare the stopped run with a
# schedule whose steps are those that it made.

# %%
# What this shows, and what it does not
# -------------------------------------
#
# Warmup and plateau do not interfere in this run, because an epoch of rising
# rates counts like any other. If the warmup is longer than ``patience``, the
# callback could mistake it for a plateau. One run shows how the callback
# works, but not whether it helps. If the plan already lowers the rate, little
# remains to be reduced.
