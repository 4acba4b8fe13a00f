"""
The tutorial, measured
======================

What the tutorial's two schedules are worth: its own runs with a hundred seeds
each, on its own rows and on fair ones, with intervals. You will see what
momentum does, and what the schedules add to it.
"""

# %%
# **The rows decide what accuracy means.** The tutorial :cite:p:`brownlee2016`
# validates on the last third of the file, unshuffled, as Keras'
# ``validation_split`` does. There one class is nearly alone. Beside it stands
# a random split for each seed, which keeps the share of the classes.

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
print(f"last third: {len(labels)} rows, {labels.mean():.1%} of one class")


# %%
# **Four hundred runs on each split.** The model and its numbers are the
# tutorial's, but for momentum: there the two schedules had 0.8 and 0.9, so
# that they could not be compared. A seed fixes the initial weights and the
# order of the batches for all schedules alike.


def build():
    normal = keras.initializers.RandomNormal(stddev=0.05)
    return keras.Sequential(
        [
            keras.Input((34,)),
            keras.layers.Dense(34, "relu", kernel_initializer=normal),
            keras.layers.Dense(1, "sigmoid", kernel_initializer=normal),
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
        optimizer=lambda rate: keras.optimizers.SGD(rate, momentum=momentum),
        loss="binary_crossentropy",
        metrics=["accuracy"],
        epochs=50,
        batch_size=28,
        seeds=100,
    )


scheduled = {
    name: measure(schedules, rows, 0.8) for name, rows in splits.items()
}
plain = {
    name: measure({"constant": lrs.Constant(0.1)}, rows, 0.0)
    for name, rows in splits.items()
}

# %%
# **Momentum first.** The tutorial reports 95.69 % for a constant rate without
# momentum and 99.14 % for each of its schedules, with momentum: 111 and 115 of
# 116 rows. The medians after the last epoch:

for name in splits:
    print(name)
    runs = plain[name]["val_accuracy"][0, 0, :, -1]
    print(f"  constant, no momentum     {np.median(runs):.2%}")
    for i, schedule in enumerate(schedules):
        runs = scheduled[name]["val_accuracy"][i, 0, :, -1]
        print(f"  {schedule}, momentum".ljust(27), f"{np.median(runs):.2%}")

# %%
# With momentum, the constant rate has the same medians as the schedules. The
# initial weights have a standard deviation of 0.05, which is what Keras calls
# ``"normal"``.
#
# **Then the schedules,** each against the constant rate, seed by seed. A
# verdict stands only where the interval leaves zero out; a difference that it
# tells apart can still be smaller than one row.

scheduled["last third"].table("val_accuracy")

# %%
# On the fair rows:

scheduled["stratified"].table("val_accuracy")

# %%
# And their losses:

scheduled["stratified"].table("val_loss")

# %%
# **Look.** Lines are means, bands hold the middle half of the seeds. On the
# fair rows the loss of a constant rate turns and rises while its accuracy
# stays: the model grows too sure of itself.

fig, axes = plt.subplots(2, 2, figsize=(7.2, 6), sharex=True)
fig.suptitle("Three schedules on two splits", fontweight="bold")
for column, (name, result) in zip(axes.T, scheduled.items(), strict=True):
    result.plot("val_loss", ax=column[0])
    result.plot("val_accuracy", ax=column[1])
    column[0].set(title=name, xlabel="", ylim=(0, 0.6))
    column[1].set(title="", ylim=(0.6, 1))
    column[0].legend_.remove()
