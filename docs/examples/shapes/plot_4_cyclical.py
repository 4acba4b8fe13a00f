"""
Cyclical rates
==============

Cyclical learning rates oscillate between two bounds, for a run whose best
constant rate is unknown. This example finds the bounds with a range test,
shows three cyclical schedules, and compares them with constant rates.
"""

# %%
# **The range test** :cite:p:`smith2017` trains a copy of the model for a
# hundred updates at rising rates. The lower bound is a tenth of the rate with
# the lowest loss. The upper bound is the rate at which the loss falls fastest.
# A model that is stable for a few updates at a rate may be unstable later, so
# the bounds are estimates.

import keras
import matplotlib.pyplot as plt
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import lrschedules as lrs
from lrschedules.finder import range_test
from lrschedules.plotting import plot
from lrschedules.recipes import exp_range, triangular, triangular2
from lrschedules.study import compare

x, y = load_digits(return_X_y=True)
x, x_val, y, y_val = train_test_split(
    (x / 16).astype("float32"), y, train_size=1200, stratify=y, random_state=0
)


def build():
    hidden = keras.layers.Dense(32, "relu")
    softmax = keras.layers.Dense(10, "softmax")
    return keras.Sequential([keras.Input((64,)), hidden, softmax])


loss = "sparse_categorical_crossentropy"
keras.utils.set_random_seed(0)
model = build()
model.compile(keras.optimizers.SGD(momentum=0.9), loss)
test = range_test(model, x, y, start=1e-4, stop=10.0, batch_size=48)
low = test.suggestion("minimum/10")
high = test.suggestion("steepest")

test.plot().set(ylim=(0, 6), title="Range test, suggested range shaded")
plt.axvspan(low, high, color="0.9")
print(f"between {low:.3f} and {high:.3f}")

# %%
# **Three cyclical schedules** with four cycles each, so all of them end at the
# lower bound. The second halves its height from cycle to cycle, and the third
# lowers it at every step. The other schedules are constant rates: the two
# bounds, and the mean of both.

run = lrs.Run(batch_size=48, samples=1200, epochs=24)
up = run.in_epochs(3)
swings = {
    "triangular": triangular(low, high, up),
    "triangular2": triangular2(low, high, up),
    "exp_range": exp_range(low, high, up, factor=0.02 ** (1 / run.steps)),
}
schedules = {
    "middle": lrs.Constant((low + high) / 2),
    "low": lrs.Constant(low),
    "high": lrs.Constant(high),
    **swings,
}

styles = plt.cycler(linestyle=["-", "--", ":"])
plt.rc("axes", prop_cycle=plt.rcParams["axes.prop_cycle"][:3] + styles)
plot(swings, steps=run.steps).set(title="Three cyclical schedules")

# %%
# **Train,** with the mean of the bounds as the baseline:

result = compare(
    schedules,
    build,
    (x, y),
    (x_val, y_val),
    optimizer=lambda rate: keras.optimizers.SGD(rate, momentum=0.9),
    loss=loss,
    epochs=run.epochs,
    batch_size=run.batch_size,
    seeds=30,
)
result.table("val_loss")

# %%
# No cyclical schedule is better than the best constant rate, which is the
# lower bound in this example. Cyclical schedules are useful if the best rate
# is unknown. Compare the row of the upper bound with the rows of the three
# cyclical schedules, which reach the same rate and return to a lower one.
# Triangles of constant height return to the upper bound in every cycle, so
# stop such a run only at the end of a cycle, where the rate is low.
#
# **Notice** that the loss rises and falls with the rate in every cycle:

ax = plt.figure().add_subplot()
for name, runs in zip(swings, result["val_loss"][3:, 0], strict=True):
    ax.plot(result.coordinates["epoch"], runs.mean(axis=0), label=name)
ax.set(title="The loss oscillates too: means of 30 seeds", ylim=(0, None))
ax.set(xlabel="epoch", ylabel="val_loss")
ax.legend()
