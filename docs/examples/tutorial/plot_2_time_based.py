r"""
A time-based schedule
=====================

How do you configure a learning rate that falls with time, and how does that
affect training? Time-based decay divides the rate by a number that grows with
every update, and ``decay`` sets the speed of its growth.
"""

# %%
# Configure
# ---------
#
# The rate is halved after ``1 / decay`` updates, so count updates first. With
# 235 rows in batches of 28, an epoch has 9 updates, and 50 epochs have 450. A
# ``decay`` of 0.002 halves the rate after 500 updates, shortly after the end
# of this run.

import math

import keras

import lrschedules as lrs
from lrschedules.plotting import plot
from lrschedules.study import compare

train, validation = lrs.datasets.load_ionosphere().stratified_split(
    seed=0
)
epochs, batch_size = 50, 28
updates = epochs * math.ceil(len(train[1]) / batch_size)

schedule = lrs.TimeBased(0.1, decay=0.002)
print(f"after {updates} updates: {schedule(updates):.4f}")

# %%
# Plot
# ----
#
# Plot the schedule before you train. If you interpret the ``decay`` of a
# tutorial as a number per epoch, the rate hardly changes.

plot(
    {
        "decay = 0.002 per update": schedule,
        "decay = 0.002 per epoch": schedule.per_epoch(9),
        "decay = 0.02 per update": lrs.TimeBased(0.1, decay=0.02),
    },
    steps=updates,
).set(title="Time-based schedules", ylim=(0, 0.15))

# %%
# Train
# -----
#
# Pass the schedule to the optimizer, which calls it at every update.


def build():
    hidden = keras.layers.Dense(34, "relu")
    sigmoid = keras.layers.Dense(1, "sigmoid")
    return keras.Sequential([keras.Input((34,)), hidden, sigmoid])


def optimizer(rate):
    return keras.optimizers.SGD(rate, momentum=0.8)


model = build()
model.compile(optimizer(schedule), "binary_crossentropy")
model.fit(*train, batch_size, epochs, verbose=0)
rate = float(model.optimizer.learning_rate)
print(f"rate of the next update: {rate:.4f}")

# %%
# Evaluate
# --------
#
# Evaluate the schedule against the constant rate, with the same thirty seeds
# for both. Each difference is then a difference between two runs with the same
# initial weights and the same batches. The first table is about the validation
# loss:

result = compare(
    {"constant": lrs.Constant(0.1), "time-based": schedule},
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
