"""
Cyclical rates
==============

A rate that swings between two bounds, for a run whose best constant rate is
not known. You will see how a range test finds the bounds, three ways to swing
between them, and how they compare with constant rates.
"""

# %%
# **The range test** :cite:p:`smith2017` trains a copy of the model for a
# hundred updates at rising rates. The lower bound shall be a tenth of the rate
# with the least loss, the upper one where the loss falls fastest. What a model
# stands for a few updates, it need not stand for long, so the bounds are
# guesses.

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

test.plot().set(ylim=(0, 6), title="Range test: where to swing, shaded")
plt.axvspan(low, high, color="0.9")
print(f"between {low:.3f} and {high:.3f}")

# %%
# **Three swings** of four cycles each, so that all end at the lower bound. The
# second is halved from cycle to cycle, the third shrinks at every step.
# Constant rates stand beside them: the bounds, and the middle between.

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
plot(swings, steps=run.steps).set(title="Three ways to swing")

# %%
# **Train,** the middle as the baseline:

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
# No swing is ahead of the best constant rate, which here is the lower bound. A
# swing is for a run whose best rate is not known. Compare the row of the upper
# bound with those of the three swings, which visit it and come down again.
# Triangles that keep their height return to the top in every cycle, so stop
# them at the bottom of a cycle only.
#
# **Notice** how the loss goes up and down with the rate, in every cycle:

ax = plt.figure().add_subplot()
for name, runs in zip(swings, result["val_loss"][3:, 0], strict=True):
    ax.plot(result.coordinates["epoch"], runs.mean(axis=0), label=name)
ax.set(title="The loss swings too: means of 30 seeds", ylim=(0, None))
ax.set(xlabel="epoch", ylabel="val_loss")
ax.legend()
