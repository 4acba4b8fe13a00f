r"""
A time-based schedule
=====================

How do you configure a rate that falls with time, and what does it do to
training? The rate is divided by a number that grows with every update;
``decay`` says how fast.
"""

# %%
# **Configure.** The rate is halved after ``1 / decay`` updates, so count
# updates first. With 235 rows in batches of 28 an epoch has 9 updates, and 50
# epochs have 450. A ``decay`` of 0.002 halves the rate after 500: a little
# after the end of this run.

import math

import keras
import matplotlib.pyplot as plt
import numpy as np

import lrschedules as lrs
from lrschedules.plotting import plot

train, validation = lrs.datasets.load_ionosphere().stratified_split(seed=0)
epochs, batch_size = 50, 28
updates = epochs * math.ceil(len(train[1]) / batch_size)

schedule = lrs.TimeBased(0.1, decay=0.002)
print(f"after {updates} updates: {schedule(updates):.4f}")

# %%
# **Look** before you train: a schedule is a function, and draws itself. Read
# the ``decay`` of a tutorial as per epoch, and the rate hardly moves.

plot(
    {
        "decay = 0.002 per update": schedule,
        "decay = 0.002 per epoch": schedule.per_epoch(9),
        "decay = 0.02 per update": lrs.TimeBased(0.1, decay=0.02),
    },
    steps=updates,
).set(title="Time-based schedules")

# %%
# **Train.** The optimizer takes the schedule as it is, and calls it at every
# update.


def fit(schedule, seed):
    keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [keras.layers.Dense(34, "relu"), keras.layers.Dense(1, "sigmoid")],
    )
    optimizer = keras.optimizers.SGD(schedule, momentum=0.8)
    model.compile(optimizer, "binary_crossentropy", metrics=["accuracy"])
    return model.fit(
        *train, batch_size, epochs, verbose=0, validation_data=validation
    ).history


# %%
# **Evaluate** against the constant rate: the same seeds for both, so that each
# difference is between two runs that began with the same weights and saw the
# same batches.

seeds = range(5)
constant = [fit(lrs.Constant(0.1), seed) for seed in seeds]
time_based = [fit(schedule, seed) for seed in seeds]

ax = plt.figure().add_subplot()
for label, histories, color in (
    ("constant", constant, "C0"),
    ("time-based", time_based, "C1"),
):
    curves = np.array([history["val_loss"] for history in histories])
    ax.plot(curves.T, color=color, alpha=0.25, linewidth=1)
    ax.plot(
        curves.mean(axis=0),
        color=color,
        label=f"{label}, mean of {len(seeds)} seeds",
    )
ax.set(xlabel="epoch", ylabel="validation loss", title="Validation loss")
ax.legend()

for key in "val_loss", "val_accuracy":
    change = [
        t[key][-1] - c[key][-1]
        for t, c in zip(time_based, constant, strict=True)
    ]
    print(
        f"{key}, time-based minus constant, per seed:",
        ", ".join(f"{x:+.3f}" for x in change),
    )

# %%
# Five pairs show a direction at best.
# :ref:`sphx_glr_auto_examples_tutorial_plot_4_side_by_side.py` has enough of
# them to
# say something about the difference.
