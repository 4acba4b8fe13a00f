"""
One cycle, and the range test that sets its peak
================================================

How high can the rate of a short run be? In this example, a range test suggests
a peak, and a one-cycle schedule rises to it and falls to almost zero. A
constant rate and a cosine decay are trained at the same peak, and all three
also at lower and higher ones.
"""

# %%
# A short run
# -----------
#
# The run has six epochs. The network has three hidden layers, and is trained
# by stochastic gradient descent with momentum.

import keras
import matplotlib.pyplot as plt
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import lrschedules as lrs
from lrschedules.finder import range_test
from lrschedules.plotting import plot
from lrschedules.study import compare

x, y = load_digits(return_X_y=True)
x, x_val, y, y_val = train_test_split(
    (x / 16).astype("float32"),
    y,
    train_size=1200,
    stratify=y,
    random_state=0,
)


def build():
    hidden = [keras.layers.Dense(32, "relu") for _ in range(3)]
    softmax = keras.layers.Dense(10, "softmax")
    return keras.Sequential([keras.Input((64,)), *hidden, softmax])


def optimizer(rate):
    return keras.optimizers.SGD(rate, momentum=0.9)


# %%
# The range test
# --------------
#
# The range test :cite:p:`smith2017` trains a copy of the model for a hundred
# updates at rising rates, until the loss grows. A rate that is stable for a
# few updates can be too high for a run, so divide the rate with the lowest
# loss by ten.

keras.utils.set_random_seed(0)
loss, run = (
    "sparse_categorical_crossentropy",
    lrs.Run(32, 1200, epochs=6),
)
model = build()
model.compile(optimizer(0.01), loss)
test = range_test(model, x, y, start=1e-4, batch_size=run.batch_size)
peak = test.suggestion("minimum/10")
print(f"lowest loss at {10 * peak:.3f}, suggested peak {peak:.4f}")

test.plot().set(
    ylim=(0, 5), title="Range test, and a tenth of its best rate"
)
plt.axvline(peak, color="C4", linestyle=":")

# %%
# One cycle
# ---------
#
# One cycle :cite:p:`smith2019` begins at a 25th of its peak. One curve
# combines warmup, training at a high rate and a long decay.

schedules = {
    "one cycle": lrs.recipes.one_cycle(peak, run.steps),
    "cosine": lrs.Cosine(peak, 0.0, run.steps),
    "constant": lrs.Constant(peak),
}
plot(schedules, steps=run.steps).set(
    title="Three schedules with one peak"
)

# %%
# How good is the suggestion?
# ---------------------------
#
# Each schedule is trained at the suggested peak and at multiples of it.

result = compare(
    schedules,
    build,
    (x, y),
    (x_val, y_val),
    optimizer=optimizer,
    loss=loss,
    epochs=run.epochs,
    batch_size=run.batch_size,
    seeds=20,
    base_rates=[0.25, 0.5, 1, 2, 4, 8],
)
ax = result.plot_sensitivity("val_loss")
ax.set(title="Loss by multiples of the suggested peak", yscale="log")
ax.set_yticks([0.2, 0.5, 1, 2], ["0.2", "0.5", "1", "2"])
ax.minorticks_off()

# %%
# Each curve has a minimum. A suggestion is good if it is at the minimum or
# close to it. If the minimum is wide, the suggestion need not be precise.
# Decaying schedules tolerate a higher peak than a constant rate, and they need
# one: at low peaks, the constant rate is better, because its mean rate is
# higher.
#
# The best multiple of each
# -------------------------
#
# Each schedule is compared at its own best multiple:

result.table("val_loss")

# %%
# Most of the gain over the constant rate comes from the decay. The row of the
# cosine decay shows whether the warmup adds to it. This network is small and
# easy to train. :ref:`sphx_glr_auto_examples_training_plot_1_warmup_adam.py`
# has a model that is not.
