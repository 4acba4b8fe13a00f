"""
Why warmup rescues Adam
=======================

The first updates of Adam have the size of the full learning rate, whatever the
gradient. This example shows the effect on a small transformer. At a high rate,
it learns nothing without warmup, and learns with it.
"""

# %%
# The model
# ---------
#
# The model reads a digit as a sequence of eight rows, and each row is a token
# of eight pixels. It has four blocks of attention and two dense layers, with
# normalization after each addition, as in the first transformers
# :cite:p:`vaswani2017`.

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers
from sklearn.datasets import load_digits

import lrschedules as lrs
from lrschedules.study import compare

x, y = load_digits(return_X_y=True)
x = (x / 16).reshape(-1, 8, 8).astype("float32")
train, validation = (x[:600], y[:600]), (x[600:900], y[600:900])


def build(width=16, blocks=4):
    pixels = keras.Input((8, 8))
    h = layers.Dense(width)(pixels)
    for _ in range(blocks):
        attended = layers.MultiHeadAttention(4, width // 4)(h, h)
        h = layers.LayerNormalization()(h + attended)
        hidden = layers.Dense(2 * width, "relu")(h)
        h = layers.LayerNormalization()(
            h + layers.Dense(width)(hidden)
        )
    digits = layers.Dense(10, "softmax")(layers.Flatten()(h))
    return keras.Model(pixels, digits)


# %%
# The first update
# ----------------
#
# Adam divides the mean gradient by the root of the mean square. At step 0,
# both come from a single batch, so only the sign of each gradient remains.
# Every weight moves by the full rate, even if its gradient is small and mostly
# noise. Later, the signs of many batches cancel:

keras.utils.set_random_seed(0)
rate, loss = 0.001, "sparse_categorical_crossentropy"
model = build()
model.compile(keras.optimizers.Adam(rate), loss)
moved = []
for step in range(30):
    before = np.concatenate([w.ravel() for w in model.get_weights()])
    model.train_on_batch(x[20 * step :][:20], y[20 * step :][:20])
    after = np.concatenate([w.ravel() for w in model.get_weights()])
    moved.append(np.median(np.abs(after - before)) / rate)
for step in 0, 1, 4, 9, 29:
    print(f"update {step:2}: median move {moved[step]:.2f} rates")

# %%
# With and without warmup
# -----------------------
#
# The rate is twenty times the rate above, which is too high for the first
# updates of this model. Warmup takes the first half of the run, so the model
# trains for less time at the full rate, not for more. The third schedule is a
# constant rate of a tenth.

rate = 0.02
run = lrs.Run(batch_size=40, samples=600, epochs=6)
schedules = {
    "constant": lrs.Constant(rate),
    "warmup": lrs.Constant(rate).warmup(run.fraction(0.5)),
    "low": lrs.Constant(rate / 10),
}
result = compare(
    schedules,
    build,
    train,
    validation,
    optimizer=keras.optimizers.Adam,
    loss=loss,
    metrics=["accuracy"],
    epochs=run.epochs,
    batch_size=run.batch_size,
    seeds=10,
)

fig, axes = plt.subplots(1, 3, figsize=(7.2, 3), sharey=True)
fig.suptitle(
    "Validation accuracy, one line per seed", fontweight="bold"
)
accuracy = result["val_accuracy"][:, 0]
for ax, name, runs in zip(axes, schedules, accuracy, strict=True):
    ax.plot(result.coordinates["epoch"], runs.T, "C0", linewidth=1)
    ax.set(title=name, xlabel="epoch", ylim=(0, 1))
    stuck = (runs[:, -1] < 0.5).sum()
    print(
        f"{name:8} {stuck:2} of {len(runs)} seeds end below one half"
    )

# %%
# By chance, one answer in ten is right. In the second half, the first two
# schedules train at the same rate, and differ only in their first half. The
# table shows the accuracy:

result.table("val_accuracy")

# %%
# With warmup, this model trains at a rate that is too high for its first
# updates. This rate is not the best one, though: the low rate needs no warmup,
# and its mean accuracy is not lower.
# :func:`~lrschedules.recipes.untuned_linear` is a warmup for Adam whose length
# needs no tuning :cite:p:`ma2021`.
