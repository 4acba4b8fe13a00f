"""
A constant rate: the baseline, and how many seeds it needs
==========================================================

How good is a learning rate that never changes? A constant rate is the baseline
of every schedule. This example trains it with thirty seeds, and shows how far
apart two identical schedules look if they are judged by one seed, or by ten.
"""

# %%
# The data
# --------
#
# The data contains 351 radar returns of 34 numbers each, and says whether a
# return shows structure in the ionosphere. A stratified split keeps the share
# of the two classes equal in both subsets.

import keras
import matplotlib.pyplot as plt
import numpy as np

import lrschedules as lrs
from lrschedules.study import compare

train, validation = lrs.datasets.load_ionosphere().stratified_split(
    seed=0
)
majority = validation[1].mean()
print(
    f"{len(train[1])} training rows,",
    f"{len(validation[1])} validation rows",
)
print(
    f"accuracy of always predicting the larger class: {majority:.1%}"
)

# %%
# Thirty runs
# -----------
#
# The model has one hidden layer. The seed determines its initial weights and
# the order of the batches.


def build():
    hidden = keras.layers.Dense(34, "relu")
    sigmoid = keras.layers.Dense(1, "sigmoid")
    return keras.Sequential([keras.Input((34,)), hidden, sigmoid])


def optimizer(rate):
    return keras.optimizers.SGD(rate, momentum=0.8)


result = compare(
    {"constant": lrs.Constant(0.1)},
    build,
    train,
    validation,
    optimizer=optimizer,
    loss="binary_crossentropy",
    metrics=["accuracy"],
    epochs=50,
    batch_size=28,
    seeds=30,
)

# %%
# The training loss keeps falling. The validation loss does not follow it.

ax = plt.figure().add_subplot()
for key, style in ("loss", "-"), ("val_loss", "--"):
    runs, epoch = result[key][0, 0], result.coordinates["epoch"]
    (mean,) = ax.plot(
        epoch, runs.mean(axis=0), style, label=f"{key}, mean"
    )
    ax.plot(
        epoch, runs.T, color=mean.get_color(), alpha=0.15, linewidth=1
    )
ax.set(xlabel="epoch", ylabel="loss", ylim=(0, 0.8))
ax.set_title("A constant rate of 0.1, with one thin line per seed")
ax.legend()

# %%
# These thirty runs differ in their seed alone, and a single run could have
# given any accuracy from the lowest to the highest:

accuracy = result["val_accuracy"][0, 0, :, -1]
print(f"accuracy: {accuracy.min():.1%} to {accuracy.max():.1%}")
result.table("val_accuracy")

# %%
# How many seeds?
# ---------------
#
# Take two groups of these runs at random, as if they were two schedules. The
# schedules are the same, so each difference between the means of the groups is
# an accident of the seeds:

rng = np.random.default_rng(0)
print("seeds  typical difference  one in twenty is above")
for n in 1, 3, 5, 10, 15:
    drawn = [rng.permutation(accuracy) for _ in range(10_000)]
    apart = [abs(d[:n].mean() - d[n : 2 * n].mean()) for d in drawn]
    median, high = np.quantile(apart, [0.5, 0.95])
    print(f"{n:5} {median:19.2%} {high:23.2%}")

# %%
# Conclusion
# ----------
#
# A gain that is smaller than the last column can be an accident of the seeds,
# and with one seed that column is wide. Two runs that share a seed also share
# their initial weights and batches, so a comparison in pairs needs fewer seeds
# than these groups.
# :ref:`sphx_glr_auto_examples_tutorial_plot_4_side_by_side.py` compares in
# this way, and :doc:`/guide/compare` explains the intervals.
