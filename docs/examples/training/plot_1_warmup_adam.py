"""
Why warm-up rescues Adam
========================

Adam's first updates are as large as the rate allows, whatever the gradient.
You will see that on a small transformer, which from a high rate learns nothing
without warm-up, and with it does.
"""

# %%
# **The model** reads a digit as a sequence: eight rows, each a token of eight
# pixels. Four blocks of attention and two dense layers, normalized after each
# addition, as the first transformers were :cite:p:`vaswani2017`.

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
        h = layers.LayerNormalization()(h + layers.Dense(width)(hidden))
    digits = layers.Dense(10, "softmax")(layers.Flatten()(h))
    return keras.Model(pixels, digits)


# %%
# **The first update.** Adam divides its mean gradient by the root of the mean
# square, and at step 0 both come from one batch: what is left of each number
# is its sign. So every weight moves by the whole rate, also where the gradient
# is small and mostly noise. Later the signs of many batches cancel:

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
    print(f"update {step:2}: the median weight moves {moved[step]:.2f} rates")

# %%
# **With and without.** The rate is twenty times that one, which is too much
# for this model to begin with. Warm-up takes the first half of the run, so it
# has less training at the full rate, not more. A constant rate of a tenth
# stands beside them.

rate = 0.02
run = lrs.Run(batch_size=40, samples=600, epochs=6)
schedules = {
    "constant": lrs.Constant(rate),
    "warm-up": lrs.Constant(rate).warmup(run.part(0.5)),
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
fig.suptitle("Validation accuracy, a line for each seed", fontweight="bold")
accuracy = result["val_accuracy"][:, 0]
for ax, name, runs in zip(axes, schedules, accuracy, strict=True):
    ax.plot(result.coordinates["epoch"], runs.T, "C0", linewidth=1)
    ax.set(title=name, xlabel="epoch", ylim=(0, 1))
    stuck = (runs[:, -1] < 0.5).sum()
    print(f"{name:8} {stuck:2} of {len(runs)} seeds end with less than half")

# %%
# One answer in ten is right by chance. In the second half the first two train
# at the same rate; what differs is how they began. In numbers:

result.table("val_accuracy")

# %%
# With warm-up this model trains at a rate that is too high to start with. That
# does not make it the best rate: here the low one needs no warm-up, and its
# mean accuracy is no lower. :func:`~lrschedules.recipes.untuned_linear` is a
# warm-up for Adam whose length needs no tuning :cite:p:`ma2021`.
