"""
The tutorial, measured
======================

How much do the two schedules of the tutorial improve a model? This example
repeats its runs with a hundred seeds, on its own rows and on a fair split,
with confidence intervals. It separates the effect of momentum from the effect
of the schedules.
"""

# %%
# Two splits
# ----------
#
# The tutorial :cite:p:`brownlee2016` validates on the last third of the file,
# unshuffled, as Keras' ``validation_split`` does. Almost all of these rows
# belong to one class. The second split is the fair one. It is random, with a
# new one for each seed, and keeps the share of the classes.

import keras
import matplotlib.pyplot as plt
import numpy as np

import lrschedules as lrs
from lrschedules.study import compare

data = lrs.datasets.load_ionosphere()
splits = {
    "last third": data.tail_split(),
    "stratified": (
        lambda seed: data.stratified_split(seed).train,
        lambda seed: data.stratified_split(seed).validation,
    ),
}
labels = data.tail_split().validation[1]
print(
    f"last third: {len(labels)} rows, {labels.mean():.1%} of one class"
)


# %%
# Four hundred runs on each split
# -------------------------------
#
# The model and its numbers are those of the tutorial, except for the momentum.
# In the tutorial, the two schedules had a momentum of 0.8 and 0.9, so their
# results could not be compared. A seed fixes the initial weights and the order
# of the batches for all schedules.


def build():
    normal = keras.initializers.RandomNormal(stddev=0.05)
    return keras.Sequential(
        [
            keras.Input((34,)),
            keras.layers.Dense(34, "relu", kernel_initializer=normal),
            keras.layers.Dense(
                1, "sigmoid", kernel_initializer=normal
            ),
        ]
    )


schedules = {
    "constant": lrs.Constant(0.1),
    "time-based": lrs.TimeBased(0.1, decay=0.002),
    "drop-based": lrs.Drop(0.1, factor=0.5, every=10).per_epoch(9),
}


def measure(schedules, rows, momentum):
    return compare(
        schedules,
        build,
        *rows,
        optimizer=lambda rate: keras.optimizers.SGD(
            rate, momentum=momentum
        ),
        loss="binary_crossentropy",
        metrics=["accuracy"],
        epochs=50,
        batch_size=28,
        seeds=100,
    )


scheduled = {
    name: measure(schedules, rows, 0.8)
    for name, rows in splits.items()
}
plain = {
    name: measure({"constant": lrs.Constant(0.1)}, rows, 0.0)
    for name, rows in splits.items()
}

# %%
# The effect of momentum
# ----------------------
#
# The tutorial reports 95.69 % for a constant rate without momentum and 99.14 %
# for each of its schedules, with momentum. These are 111 and 115 of 116 rows.
# This program prints the medians after the last epoch:

for name in splits:
    print(name)
    runs = plain[name]["val_accuracy"][0, 0, :, -1]
    print(f"  constant, no momentum     {np.median(runs):.2%}")
    for i, schedule in enumerate(schedules):
        runs = scheduled[name]["val_accuracy"][i, 0, :, -1]
        print(
            f"  {schedule}, momentum".ljust(27),
            f"{np.median(runs):.2%}",
        )

# %%
# With momentum, the constant rate has the same medians as the schedules. The
# initial weights have a standard deviation of 0.05, which Keras calls
# ``"normal"``.
#
# The effect of the schedules
# ---------------------------
#
# Each schedule is compared with the constant rate, seed by seed. The table
# gives a verdict only if the interval does not contain zero. A significant
# difference can still be smaller than one row.

scheduled["last third"].table("val_accuracy")

# %%
# The fair split gives this table:

scheduled["stratified"].table("val_accuracy")

# %%
# The losses on the fair split are:

scheduled["stratified"].table("val_loss")

# %%
# The curves
# ----------
#
# Lines are means, and bands are interquartile ranges of the seeds. On the fair
# split, the loss of a constant rate falls and then rises, while its accuracy
# stays the same: the model becomes overconfident.

fig, axes = plt.subplots(2, 2, figsize=(7.2, 6), sharex=True)
fig.suptitle("Three schedules on two splits", fontweight="bold")
for column, (name, result) in zip(
    axes.T, scheduled.items(), strict=True
):
    result.plot("val_loss", ax=column[0])
    result.plot("val_accuracy", ax=column[1])
    column[0].set(title=name, xlabel="", ylim=(0, 0.6))
    column[1].set(title="", ylim=(0.6, 1))
    column[0].legend_.remove()
