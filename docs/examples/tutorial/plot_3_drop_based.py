"""
A drop-based schedule
=====================

How do you halve the learning rate every ten epochs? Step decay keeps the rate
constant, multiplies it by a factor, and repeats this until the end. The
schedule is usually written in epochs, and you can train with it in two
different ways.
"""

# %%
# Configure
# ---------
#
# The first drop happens after ``every`` epochs, so the epochs 0 to 9 train at
# the full rate.

import math

import keras
import numpy as np

import lrschedules as lrs
from lrschedules.plotting import plot
from lrschedules.study import compare

train, validation = lrs.datasets.load_ionosphere().stratified_split(
    seed=0
)
epochs, batch_size = 50, 28
steps_per_epoch = math.ceil(len(train[1]) / batch_size)

per_epoch = lrs.Drop(0.1, factor=0.5, every=10)
print(
    "rate in epochs 0, 9, 10, 49:",
    [per_epoch(epoch) for epoch in (0, 9, 10, 49)],
)

# %%
# Some code computes ``(1 + epoch) // 10`` instead. It drops the rate one epoch
# early, and once more in the last epoch. To reproduce such a run, write this
# schedule:

early = lrs.Constant(0.1).then(
    lrs.Drop(0.05, factor=0.5, every=10), at=9
)

ax = plot(
    {"epoch // 10": per_epoch, "(1 + epoch) // 10": early},
    steps=epochs,
)
ax.set(title="Halved every ten epochs", xlabel="epoch")

# %%
# Train
# -----
#
# Keras' callback calls the schedule once per epoch. Alternatively, the
# optimizer calls it once per update, and ``per_epoch`` converts updates to
# epochs. The second method is saved with the model, and continues correctly
# after a resume.


def build():
    hidden = keras.layers.Dense(34, "relu")
    sigmoid = keras.layers.Dense(1, "sigmoid")
    return keras.Sequential([keras.Input((34,)), hidden, sigmoid])


def optimizer(rate):
    return keras.optimizers.SGD(rate, momentum=0.8)


def fit(rate, *callbacks):
    keras.utils.set_random_seed(0)
    model = build()
    model.compile(optimizer(rate), "binary_crossentropy")
    model.fit(
        *train, batch_size, epochs, verbose=0, callbacks=callbacks
    )
    return model.get_weights()


drop = per_epoch.per_epoch(steps_per_epoch)
callback = keras.callbacks.LearningRateScheduler(per_epoch)
for a, b in zip(fit(0.1, callback), fit(drop), strict=True):
    np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)
print("both methods train the same model")

# %%
# Evaluate
# --------
#
# Evaluate the schedule against the constant rate, with the same thirty seeds
# for both. Each difference is then a difference between two runs with the same
# initial weights and the same batches. The first table is about the validation
# loss:

result = compare(
    {"constant": lrs.Constant(0.1), "drop-based": drop},
    build,
    train,
    validation,
    optimizer=optimizer,
    loss="binary_crossentropy",
    metrics=["accuracy"],
    epochs=epochs,
    batch_size=batch_size,
    seeds=30,
)
result.plot("val_loss").set(
    title="Means and interquartile ranges of 30 seeds"
)
result.table("val_loss")

# %%
# A lower loss need not mean more correct answers. This table shows the
# accuracy of the same runs:

result.table("val_accuracy")

# %%
# Both tables are about one split of the data.
# :ref:`sphx_glr_auto_examples_tutorial_plot_4_side_by_side.py` uses a
# different split for every seed.
