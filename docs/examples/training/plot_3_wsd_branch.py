"""
Warm-up, stable, decay: branch from a checkpoint
================================================

How do you end a run whose length was never planned? Hold the rate, save the
model now and then, and end a copy of it with a cooldown. You will see that a
branch equals a run planned so from the start, and what longer ends are worth.
"""

# %%
# **The schedules.** After a warm-up the rate is held
# :cite:p:`hu2024,haegele2024`. ``cooldown`` bends a schedule down at any step;
# planned from the start it is
# :func:`~lrschedules.recipes.warmup_stable_decay`.

import tempfile

import keras
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import lrschedules as lrs
from lrschedules.plotting import plot
from lrschedules.study import compare

epochs, epoch = 16, 50  # in updates, each of 24 rows
stable = lrs.Constant(0.2).warmup(epoch)
schedules = {"no cooldown": stable}
for n in (1, 2, 4, 8):
    end = stable.cooldown(n * epoch, at=(epochs - n) * epoch)
    schedules[f"{n} of {epochs} epochs"] = end

styles = plt.cycler(linestyle=["-", "--", "-.", ":", (0, (8, 3))])
plt.rc("axes", prop_cycle=plt.rcParams["axes.prop_cycle"][:5] + styles)
plot(schedules, steps=epochs * epoch).set(title="One trunk, four ends")

# %%
# **Train the trunk once,** and save each epoch. Every fifth training label is
# that of some other row, so that there is noise for a low rate to average out.

x, y = load_digits(return_X_y=True)
x, x_val, y, y_val = train_test_split(
    (x / 16).astype("float32"), y, train_size=1200, stratify=y, random_state=0
)
y[::5] = y[::-5]
folder = tempfile.TemporaryDirectory()


def build():
    hidden = keras.layers.Dense(32, "relu")
    softmax = keras.layers.Dense(10, "softmax")
    return keras.Sequential([keras.Input((64,)), hidden, softmax])


def optimizer(schedule):
    return keras.optimizers.SGD(schedule, momentum=0.9)


loss = "sparse_categorical_crossentropy"


def fit(schedule, first=0, keep=None):
    keras.utils.set_random_seed(0)
    model = build()
    model.compile(optimizer(schedule), loss)
    model.optimizer.build(model.trainable_variables)
    if first:
        model.load_weights(f"{folder.name}/{first}.weights.h5")
    model.fit(x, y, 24, epochs, 0, keep, shuffle=False, initial_epoch=first)
    return model.get_weights()


file = folder.name + "/{epoch}.weights.h5"
fit(stable, 0, keras.callbacks.ModelCheckpoint(file, save_weights_only=True))

# %%
# **Branch** from four checkpoints. The file holds the state of the optimizer
# and the number of updates, so a new schedule goes on where the old one was.
# But the optimizer has to be built before it is loaded: Keras skips the state
# of one that is not, with a warning, and the schedule starts anew. Each branch
# has the weights of a run that was planned so and never interrupted:

for n, end in zip((1, 2, 4, 8), [*schedules.values()][1:], strict=True):
    branch, stay = fit(end, first=epochs - n), (epochs - 1 - n) * epoch
    planned = lrs.recipes.warmup_stable_decay(0.2, epoch, stay, n * epoch)
    for a, b in zip(branch, fit(planned), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)
    print(f"saved after epoch {epochs - n:2}, cooldown of {n}: equal")

# %%
# **How long an end?** Each of them with thirty seeds:

result = compare(
    schedules,
    build,
    (x, y),
    (x_val, y_val),
    optimizer=optimizer,
    loss=loss,
    epochs=epochs,
    batch_size=24,
    seeds=30,
)
result.plot("val_loss").set(title="Means and middle halves of 30 seeds")

# %%
# The loss falls where the rate falls, and until there all runs are one, to
# rounding: with branches, that part is trained once. The ends:

result.table("val_loss")

# %%
# The trunk itself can go on from its last checkpoint, for as long as there is
# data, and the price of one more result is one cooldown.
