"""
A drop-based schedule
=====================

How do you halve the rate every ten epochs? The rate is held, then multiplied
by a factor, over and over. This one is usually written in epochs, and there
are two ways to use it so.
"""

# %%
# **Configure.** The first drop happens at ``every``: ten epochs, numbered 0 to
# 9, train at the full rate.

import math

import keras
import matplotlib.pyplot as plt
import numpy as np

import lrschedules as lrs
from lrschedules.plotting import plot

train, validation = lrs.datasets.load_ionosphere().stratified_split(seed=0)
epochs, batch_size = 50, 28
steps_per_epoch = math.ceil(len(train[1]) / batch_size)

per_epoch = lrs.Drop(0.1, factor=0.5, every=10)
print(
    "rate in epochs 0, 9, 10, 49:",
    [per_epoch(epoch) for epoch in (0, 9, 10, 49)],
)

# %%
# Code that computes ``(1 + epoch) // 10`` instead drops one epoch early, and
# drops once more in the very last one. If you have to repeat such a run, say
# so:

early = lrs.Constant(0.1).then(lrs.Drop(0.05, factor=0.5, every=10), at=9)

ax = plot({"epoch // 10": per_epoch, "(1 + epoch) // 10": early}, steps=epochs)
ax.set(title="Halved every ten epochs", xlabel="epoch")

# %%
# **Train.** Either Keras' callback calls the schedule, once per epoch; or the
# optimizer calls it, once per update, and ``per_epoch`` translates. The second
# is saved with the model and goes on where it was after a resume.


def fit(schedule, seed, callbacks=()):
    keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [keras.layers.Dense(34, "relu"), keras.layers.Dense(1, "sigmoid")],
    )
    optimizer = keras.optimizers.SGD(schedule, momentum=0.8)
    model.compile(optimizer, "binary_crossentropy", metrics=["accuracy"])
    return model.fit(
        *train,
        batch_size,
        epochs,
        verbose=0,
        callbacks=list(callbacks),
        validation_data=validation,
    ).history


drop = per_epoch.per_epoch(steps_per_epoch)
by_callback = fit(
    0.1, seed=0, callbacks=[keras.callbacks.LearningRateScheduler(per_epoch)]
)
by_optimizer = fit(drop, seed=0)

same = np.allclose(
    by_callback["val_loss"], by_optimizer["val_loss"], rtol=1e-4
)
print("both ways train the same model:", same)

# %%
# **Evaluate** against the constant rate, seed by seed.

seeds = range(5)
constant = [fit(lrs.Constant(0.1), seed) for seed in seeds]
drop_based = [fit(drop, seed) for seed in seeds]

ax = plt.figure().add_subplot()
for label, histories, color in (
    ("constant", constant, "C0"),
    ("drop-based", drop_based, "C1"),
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
        d[key][-1] - c[key][-1]
        for d, c in zip(drop_based, constant, strict=True)
    ]
    print(
        f"{key}, drop-based minus constant, per seed:",
        ", ".join(f"{x:+.3f}" for x in change),
    )
