"""
Reduce on plateau, on top of a schedule
=======================================

How do you plan a rate and still react when validation stops improving? One
callback multiplies the schedule by a factor. You will see what was planned,
what was applied, and which epochs made the difference.
"""

# %%
# **The plan:** two epochs of warm-up, then half a cosine wave. The data is the
# Ionosphere's, on which a small network soon grows too sure of itself, so that
# validation loss has a plateau, and more.

import textwrap

import keras
import matplotlib.pyplot as plt
import numpy as np

import lrschedules as lrs
from lrschedules.callbacks import RecordRate, ReduceOnPlateau

train, validation = lrs.datasets.load_ionosphere().stratified_split(seed=0)
run = lrs.Run(batch_size=28, samples=len(train[1]), epochs=30)
warmup = run.in_epochs(2)
plan = lrs.Cosine(0.2, 0.0, run.steps - warmup).warmup(warmup)


def fit(rate, *callbacks):
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [keras.layers.Dense(34, "relu"), keras.layers.Dense(1, "sigmoid")],
    )
    optimizer = keras.optimizers.SGD(rate, momentum=0.8)
    model.compile(optimizer, "binary_crossentropy")
    return model.fit(
        *train, 28, 30, 0, callbacks=[*callbacks], validation_data=validation
    ).history


# %%
# **Keras' own callback cannot do it.** It sets the rate, and a schedule cannot
# be set. The error comes with the first plateau, not when training begins:

try:
    fit(plan, late := keras.callbacks.ReduceLROnPlateau(patience=4))
except TypeError as error:
    updates = int(late.model.optimizer.iterations)
    print(f"after {updates // run.steps_per_epoch} epochs:")
    print(textwrap.fill(str(error), 72))

# %%
# **This one multiplies.** After four epochs without a better validation loss
# every rate is half of what the plan says, then a quarter, but never less than
# a tenth. :class:`~lrschedules.callbacks.RecordRate` stands behind it and
# records what the optimizer used.

plateau = ReduceOnPlateau(
    "val_loss", factor=0.5, patience=4, min_delta=0.0, min_scale=0.1
)
recorder = RecordRate()
loss = np.array(fit(plan, plateau, recorder)["val_loss"])

planned = plan(recorder.steps)
# the first rate of a warm-up from zero is zero, and has no ratio
scale = recorder.rates[1:] / planned[1:]
reduced = 1 + np.flatnonzero(np.diff(scale) < -1e-3)
for i in reduced:
    update = recorder.steps[1:][i]
    epoch = update // run.steps_per_epoch
    print(f"from epoch {epoch} on: {scale[i]:.3f} times the plan")
np.testing.assert_allclose(scale[-1], plateau.scale, rtol=1e-4)

# %%
# **Look at both.** Dots are the epochs with a new lowest loss, dotted lines
# the reductions. Each stands four epochs after a dot, or after another line.

fig, (above, below) = plt.subplots(2, figsize=(7.2, 5), sharex=True)
fig.suptitle("Warm-up and cosine, reduced on plateaus", fontweight="bold")
epochs = recorder.steps / run.steps_per_epoch
above.plot(epochs, planned, "--", color="C4", label="planned")
above.plot(epochs, recorder.rates, color="C0", label="applied")
above.set(ylabel="rate")
above.legend()

ends = np.arange(1, len(loss) + 1)
best = loss <= np.minimum.accumulate(loss)
below.plot(ends, loss, color="C1")
below.plot(ends[best], loss[best], "o", color="C1")
below.set(xlabel="epoch", ylabel="validation loss")
for ax in above, below:
    for i in reduced:
        ax.axvline(epochs[1:][i], color="C4", linewidth=1, linestyle=":")

# %%
# Warm-up and plateau do not meet here: an epoch of rising rates counts as an
# epoch. Where warm-up is longer than ``patience``, it could be taken for a
# plateau. And one run shows how it works, not whether it helps: a plan that
# falls by itself leaves little to be reduced.
