"""
Which decay?
============

Linear, cosine, polynomial, exponential or inverse square root? This example
compares five decays from the same initial rate. It shows when a network that
classifies handwritten digits reaches a significantly different loss with them.
"""

# %%
# Six schedules with one budget
# -----------------------------
#
# A fixed-length schedule needs the number of steps. The run has 1200 rows in
# batches of 48, and 20 epochs. All schedules begin at the same rate. Linear,
# cosine and polynomial decay reach zero. The other two do not: the exponential
# decay loses the same fraction in every epoch, and the inverse square root
# loses less and less.

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
# The rates
# ---------
#
# Plot the rates on a linear and on a logarithmic axis. The linear axis shows
# how long the rate stays high. The logarithmic axis shows the end: the first
# three schedules pass through every low rate before they reach zero, and the
# others stop at a higher rate.

fig, axes = plt.subplots(1, 2, figsize=(7.2, 3.6))
fig.suptitle("Five decays, and a constant rate", fontweight="bold")
for ax in axes:
    plot(decays(0.4), steps=T, ax=ax)
axes[0].legend_.remove()
axes[1].set(yscale="log", ylim=(0.0004, 0.6), ylabel="")
axes[1].legend()

for name, decay in decays(0.4).items():
    rates = decay(np.arange(T))
    print(f"{name:11} mean {rates.mean():.3f}, last {rates[-1]:.5f}")

# %%
# Train
# -----
#
# A seed fixes the initial weights and the batches for all six schedules, so
# runs with the same seed differ in their schedule alone. The baseline is
# linear decay.

x, y = load_digits(return_X_y=True)
x, x_val, y, y_val = train_test_split(
    (x / 16).astype("float32"),
    y,
    train_size=1200,
    stratify=y,
    random_state=0,
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
        optimizer=lambda rate: keras.optimizers.SGD(
            rate, momentum=0.9
        ),
        loss="sparse_categorical_crossentropy",
        epochs=run.epochs,
        batch_size=run.batch_size,
        seeds=30,
    )


# %%
# From a moderate rate
# --------------------
#
# The first comparison has an initial rate of 0.04. The verdicts follow the
# mean rates printed above. This training is limited by the distance that the
# weights move in 20 epochs, so a schedule with a higher mean rate reaches a
# lower loss. Linear and cosine decay have the same mean, and almost the same
# loss.

measure(0.04).table("val_loss")

# %%
# From a rate ten times as high
# -----------------------------
#
# The loss of the constant schedule oscillates until the end. A decay is
# essential at this rate, and the differences between the decays are small.

high = measure(0.4)
high.table("val_loss")

# %%
# The mean curves show the timing. A constant rate stops improving. The
# schedule that falls first becomes stable first, and linear and cosine decay
# catch up at the end.

ax = high.plot("val_loss")
ax.set(ylim=(0, 0.7), title="Six schedules from a rate of 0.4")
ax.legend(ncols=2)

# %%
# Conclusion
# ----------
#
# The shape is not the most important choice. First find out whether training
# oscillates at the chosen rate. If it does, lower the rate, and with a known
# budget lower it to zero at the end.
