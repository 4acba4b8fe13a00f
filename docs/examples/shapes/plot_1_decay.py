"""
Which decay?
============

Line, half a cosine wave, polynomial, exponential or inverse square root? You
will see five ways down from the same rate, and when a network that reads
handwritten digits can tell them apart.
"""

# %%
# **The budget.** A schedule that ends has to know when: 1200 rows in batches
# of 48, for 20 epochs. All begin at the same rate. Line, cosine and polynomial
# arrive at zero. The exponential curve and the square root do not: one loses
# the same part of itself in every epoch, the other ever less.

import keras
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import lrschedules as lrs
from lrschedules.plotting import plot
from lrschedules.study import compare

run = lrs.Run(batch_size=48, samples=1200, epochs=20)
T = run.steps


def decays(start):
    return {
        "Linear": lrs.Linear(start, 0.0, T),
        "Cosine": lrs.Cosine(start, 0.0, T),
        "Polynomial": lrs.Polynomial(start, 0.0, T, power=2),
        "Exponential": lrs.Exponential(start, factor=0.01, every=T),
        "InverseSqrt": lrs.InverseSqrt(start, run.steps_per_epoch),
        "Constant": lrs.Constant(start),
    }


# %%
# **Look,** on both axes. The linear one shows how long the rate stays high.
# The logarithmic one shows the end: the first three go through every low rate
# on their way to zero, the others stop above.

plt.rcParams["axes.prop_cycle"] = plt.cycler(
    linestyle=["-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (8, 3))],
    color=["#0072b2", "#d55e00", "#009e73", "#aa4499", "#666666", "#111111"],
)
fig, axes = plt.subplots(1, 2, figsize=(7.2, 3.6))
fig.suptitle("Five ways down, and a constant rate", fontweight="bold")
for ax in axes:
    plot(decays(0.4), steps=T, ax=ax)
axes[0].legend_.remove()
axes[1].set(yscale="log", ylim=(0.0004, 0.6), ylabel="")
axes[1].legend(handlelength=3.5)

for name, decay in decays(0.4).items():
    rates = decay(np.arange(T))
    print(f"{name:11} mean {rates.mean():.3f}, last {rates[-1]:.5f}")

# %%
# **Train.** A seed fixes the first weights and the batches for all six, so
# that within a seed the schedule is all that differs. Each is compared with
# the line.

x, y = load_digits(return_X_y=True)
x, x_val, y, y_val = train_test_split(
    (x / 16).astype("float32"), y, train_size=1200, stratify=y, random_state=0
)


def build():
    hidden = keras.layers.Dense(32, "relu")
    softmax = keras.layers.Dense(10, "softmax")
    return keras.Sequential([keras.Input((64,)), hidden, softmax])


def measure(start):
    return compare(
        decays(start),
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
# **From a moderate rate,** 0.04. The verdicts go by the means printed above:
# this training is limited by how far it comes in 20 epochs, and the less a
# schedule takes away, the further it comes. Line and cosine have the same mean
# and all but the same loss.

measure(0.04).table("val_loss")

# %%
# **From a rate ten times as high** the constant run shakes to its end. What
# counts is to come down at all; beside that the decays differ little.

high = measure(0.4)
high.table("val_loss")

# %%
# The means show when. A constant rate stops improving; whoever is down first
# is calm first, and the line and the cosine catch up at the end.

ax = high.plot("val_loss")
ax.set(ylim=(0, 0.7), title="Six schedules from a rate of 0.4")
ax.legend(handlelength=3.5, ncols=2)

# %%
# So the shape is not the first question. Ask first whether the rate is one at
# which training shakes, and then come down, for a known budget to zero at its
# end.
