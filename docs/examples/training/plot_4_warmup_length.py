"""
How long should a warmup be?
============================

A warmup can take ten steps or half of the run. This example trains six lengths
of warmup at four peaks with Adam. It shows at which peaks the length matters,
and whether a longer warmup is worth its steps after both are tuned.
"""

# %%
# Six lengths of warmup
# ---------------------
#
# Every schedule warms up to its peak, and then decays linearly to zero, so all
# of them have the same mean rate. A run has 228 steps.

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import lrschedules as lrs
from lrschedules.plotting import plot
from lrschedules.study import compare

run = lrs.Run(batch_size=32, samples=600, epochs=12)
fractions = [0, 0.02, 0.05, 0.1, 0.2, 0.4]


def warmed(fraction):
    warmup = round(fraction * run.steps)
    decay = lrs.Linear(1.0, 0.0, run.steps - warmup)
    return decay.warmup(warmup) if warmup else decay


schedules = {
    f"{fraction:.0%}": warmed(fraction) for fraction in fractions
}
plot(schedules, steps=run.steps).set(
    title="Warmup for 0 to 40 % of a run"
)

# %%
# Train at four peaks
# -------------------
#
# The network has four hidden layers without normalization, which makes it
# sensitive to its first updates. The base rate is the peak of the schedule.

images, labels = load_digits(return_X_y=True)
x = (images / 16).astype("float32")


def rows(seed):
    split = train_test_split(
        x, labels, train_size=600, stratify=labels, random_state=seed
    )
    return (split[0], split[2]), (split[1], split[3])


def build():
    hidden = [layers.Dense(32, "relu") for _ in range(4)]
    softmax = layers.Dense(10, "softmax")
    return keras.Sequential([keras.Input((64,)), *hidden, softmax])


def measure(schedules, seeds, base_rates=(1,)):
    return compare(
        schedules,
        build,
        lambda seed: rows(seed)[0],
        lambda seed: rows(seed)[1],
        optimizer=keras.optimizers.Adam,
        loss="sparse_categorical_crossentropy",
        epochs=run.epochs,
        batch_size=run.batch_size,
        seeds=seeds,
        base_rates=base_rates,
    )


peaks = [0.005, 0.01, 0.02, 0.1]
tuned = measure(schedules, range(10), peaks)
loss = tuned["val_loss"][..., -1]

fig, axes = plt.subplots(1, 4, figsize=(7.2, 3), sharex=True)
fig.suptitle("Validation loss by length of the warmup", weight="bold")
for ax, peak, runs in zip(
    axes, peaks, loss.swapaxes(0, 1), strict=True
):
    percent = 100 * np.array(fractions)
    ax.plot(percent, np.median(runs, axis=1), "o-", label="median")
    ax.plot(percent, runs.max(axis=1), "^:", label="worst of 10")
    ax.set(title=f"peak {peak}", xlabel="% warmup", ylim=(0, None))
axes[0].set_ylabel("final val_loss")
axes[0].legend()

# %%
# The panels have different vertical scales. At the highest peak, the network
# does not train without a warmup. The program counts the runs that end above a
# loss of 0.5:

print("peak  ", *(f"{name:>5}" for name in schedules), " of 10 runs")
for peak, runs in zip(peaks, loss.swapaxes(0, 1), strict=True):
    print(f"{peak:6}", *(f"{n:5}" for n in (runs > 0.5).sum(axis=1)))

# %%
# Is a longer warmup better after tuning?
# ---------------------------------------
#
# Each length is compared at its own best peak, with new seeds. The baseline is
# the schedule without a warmup:

best = {row.schedule: row.base_rate for row in tuned.table().rows}
print("best peaks:", *best.values())
# sphinx_gallery_thumbnail_number = 2
chosen = {name: schedules[name] * peak for name, peak in best.items()}
judged = measure(chosen, range(10, 40))
judged.table("val_loss")

# %%
# Conclusion
# ----------
#
# A warmup widens the range of rates that train at all. Its length matters most
# at a peak that is too high: all runs without a warmup fail at that peak, but
# fewer of the runs with a long one do. No length makes that peak safe. At the
# best peak, the differences are much smaller, and the intervals of the table
# say which of them are significant. A row is only as good as the peak that ten
# seeds have chosen for it.
#
# This network is small, and its run is short, so a few percent are only a few
# steps. :ref:`sphx_glr_auto_examples_training_plot_1_warmup_adam.py` explains
# why Adam needs a warmup, and
# :func:`~lrschedules.recipes.untuned_linear` has a length that follows from
# Adam's second beta :cite:p:`ma2021`.
