"""
A constant rate: the baseline
=============================

How good is a learning rate that never changes? A constant rate is the baseline
of every schedule, for the same model, data, momentum and seeds. The share of
the larger class is the baseline of every accuracy.
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
print(f"accuracy of always predicting the larger class: {majority:.1%}")

# %%
# Thirty runs
# -----------
#
# The model has one hidden layer. The seed determines its initial weights and
# the order of the batches. A single run is not reliable, so train thirty:


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
for key, label in ("loss", "training"), ("val_loss", "validation"):
    runs, epoch = result[key][0, 0], result.coordinates["epoch"]
    (mean,) = ax.plot(epoch, runs.mean(axis=0), label=f"{label}, mean")
    ax.plot(
        epoch, runs.T, color=mean.get_color(), alpha=0.15, linewidth=1
    )
ax.set(xlabel="epoch", ylabel="loss", ylim=(0, 0.8))
ax.set_title("A constant rate of 0.1, with one thin line per seed")
ax.legend()

# %%
# One run is not enough to judge a schedule. These thirty runs differ in their
# seed alone, and a single run could have given any accuracy from the lowest to
# the highest:

accuracy = result["val_accuracy"][0, 0, :, -1]
print(f"accuracy: {accuracy.min():.1%} to {accuracy.max():.1%}")
result.table("val_accuracy")
