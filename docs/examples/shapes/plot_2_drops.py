"""
Drop, or fall smoothly?
=======================

Is it better to divide a rate by ten at two milestones, or to lower it smoothly
by the same amount? This example shows the effect of a drop on the loss, and
which schedule reaches the lowest loss if all of them have the same mean rate.
"""

# %%
# Three schedules that divide a rate by a hundred
# -----------------------------------------------
#
# ``Drop`` has intervals of equal length. ``multistep`` has given milestones,
# in this example at a half and at three quarters of the run. ``Exponential``
# has no drops.

import keras
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import lrschedules as lrs
from lrschedules.plotting import plot
from lrschedules.study import compare

run = lrs.Run(batch_size=24, samples=1200, epochs=24)
half, three_quarters = run.fraction(1 / 2), run.fraction(3 / 4)
shapes = {
    "Exponential": lrs.Exponential(1.0, factor=0.01, every=run.steps),
    "Drop": lrs.Drop(1.0, factor=0.1, every=run.fraction(1 / 3)),
    "multistep": lrs.recipes.multistep(
        1.0, 0.1, [half, three_quarters]
    ),
}

# %%
# The same mean rate
# ------------------
#
# With the same initial rate, the schedules are not comparable, because one
# keeps a high rate for longer than another.
#
# Scale each schedule to the same mean, so they differ in their shape alone.
# The smooth decay then begins at a higher rate than the drops.

mean = 0.06
schedules = {
    name: shape * (mean / shape(np.arange(run.steps)).mean())
    for name, shape in shapes.items()
}
schedules["Constant"] = lrs.Constant(mean)

fig, (left, right) = plt.subplots(1, 2, figsize=(7.2, 3.6))
fig.suptitle("The same start, and the same mean", fontweight="bold")
for ax, drawn in (left, shapes), (right, schedules):
    plot(drawn, steps=run.steps, ax=ax)
left.legend_.remove()

for name, schedule in schedules.items():
    print(
        f"{name:11} from {schedule(0):.3f}",
        f"to {schedule(run.steps - 1):.4f}",
    )

# %%
# Train
# -----
#
# Train on digits. A fifth of the training labels are random, so the gradients
# are noisy until the end, and a low rate can average out the noise. The labels
# of the validation rows are correct.

x, y = load_digits(return_X_y=True)
x, x_val, y, y_val = train_test_split(
    (x / 16).astype("float32"),
    y,
    train_size=1200,
    stratify=y,
    random_state=0,
)
rng = np.random.default_rng(0)
y = np.where(rng.random(1200) < 0.2, rng.integers(10, size=1200), y)


def build():
    hidden = keras.layers.Dense(32, "relu")
    softmax = keras.layers.Dense(10, "softmax")
    return keras.Sequential([keras.Input((64,)), hidden, softmax])


result = compare(
    schedules,
    build,
    (x, y),
    (x_val, y_val),
    optimizer=lambda rate: keras.optimizers.SGD(rate, momentum=0.9),
    loss="sparse_categorical_crossentropy",
    epochs=run.epochs,
    batch_size=run.batch_size,
    seeds=30,
)

# %%
# What a drop does to the loss
# ----------------------------
#
# When the rate drops, the loss of that epoch drops as well, because the noise
# disappears at once. A smooth decay removes the same noise little by little. A
# sudden drop of the loss looks like progress, but the smooth curve makes the
# same progress without one. Bands are interquartile ranges of the seeds.

fig, axes = plt.subplots(1, 2, figsize=(7.2, 3.6))
fig.suptitle("Losses by epoch, means of 30 seeds", fontweight="bold")
for ax, metric in zip(axes, ("loss", "val_loss"), strict=True):
    result.plot(metric, ax=ax)
    ax.set(title="")

# %%
# Which schedule reaches the lowest loss?
# ---------------------------------------
#
# The training loss, on the noisy labels:

result.table("loss")

# %%
# The validation loss, on the correct labels:

result.table("val_loss")

# %%
# The positions of the drops matter, too. This program compares the seeds one
# by one:

_, drop, multistep, _ = result["val_loss"][:, 0, :, -1]
print(
    f"multistep below Drop in {(multistep < drop).sum()}",
    f"of {len(drop)}",
)

# %%
# Conclusion
# ----------
#
# A constant rate fits the noisy labels well, but does not predict the correct
# ones better. A smooth decay needs no choice of milestones. It needs an
# initial rate that is not too high, and with equal means its initial rate is
# the highest.
