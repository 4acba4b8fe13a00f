"""
What do restarts do?
====================

The rate falls along half a cosine wave, jumps back up, and falls again. This
example shows the effect of the jump on the loss, the quality of the model at
the end of each cycle, and the result of a single cosine decay over the same
steps.
"""

# %%
# Growing cycles
# --------------
#
# Each cycle is twice as long as the one before :cite:p:`loshchilov2017`: 3, 6
# and 12 epochs, a total of 21. The baseline is a single cosine decay with the
# same budget.

import keras
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import lrschedules as lrs
from lrschedules.plotting import plot
from lrschedules.study import compare

run = lrs.Run(batch_size=24, samples=1200, epochs=21)
start, ends = 0.2, [3, 9, 21]
schedules = {
    "one cosine": lrs.Cosine(start, 0.0, run.steps),
    "restarts": lrs.recipes.sgdr(
        start, 0.0, run.in_epochs(3), growth=2
    ),
}
for epoch in ends:
    step = run.in_epochs(epoch)
    before, after = (
        schedules["restarts"](at) for at in (step - 1, step)
    )
    print(
        f"end of epoch {epoch:2}: rate {before:.5f}, then {after:.2f}"
    )

# %%
# Train
# -----
#
# Train on digits. A fifth of the training labels are random.

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
    metrics=["accuracy"],
    epochs=run.epochs,
    batch_size=run.batch_size,
    seeds=30,
)

# %%
# The jump
# --------
#
# The rate jumps up, and the loss rises with it. Within an epoch or two, the
# model loses most of the progress of the cycle, and then regains it. Bands are
# interquartile ranges of the seeds.

fig, axes = plt.subplots(3, 1, figsize=(7.2, 7))
fig.suptitle(
    "One cosine decay, and three growing cycles", fontweight="bold"
)
plot(schedules, steps=run.steps - 1, ax=axes[0])
for ax, metric in zip(axes[1:], ("loss", "val_loss"), strict=True):
    result.plot(metric, ax=ax)
    ax.set(title="", xlim=(0, run.epochs))
    ax.legend_.remove()

last = [epoch - 1 for epoch in ends]
loss = result["loss"][1, 0]
rose = loss[:, ends[:-1]] > loss[:, last[:-1]]
for epoch, runs in zip(ends, rose.T, strict=False):
    print(
        f"epoch {epoch + 1:2}: loss rose in {runs.sum()}",
        f"of {len(runs)}",
    )

# %%
# Snapshots
# ---------
#
# At the end of a cycle, the rate is close to zero, and the model is the best
# so far. The single cosine decay has no such model before its end:

print(
    "mean val_accuracy after epoch", *(f"{epoch:6}" for epoch in ends)
)
for name, runs in zip(
    schedules, result["val_accuracy"][:, 0], strict=True
):
    values = runs[:, last].mean(axis=0)
    print(f"{name:29}", *(f"{value:6.1%}" for value in values))

# %%
# At the end of the budget
# ------------------------
#
# At the end of the budget, both rates have reached zero:

result.table("val_loss")

# %%
# When restarts are useful
# ------------------------
#
# Restarts are useful for an unknown budget, because every cycle ends with a
# model that is worth saving. :func:`~lrschedules.recipes.snapshot` has cycles
# of equal length, for an ensemble of their models. If the budget is known, the
# table shows whether restarts lead to a better model.
