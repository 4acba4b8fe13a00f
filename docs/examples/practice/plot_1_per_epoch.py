"""
Per epoch, or per step?
=======================

A schedule counts updates, and tutorials count epochs. You will see three ways
to use a schedule that was written in epochs, which two of them are the same,
and what happens when you forget to translate.
"""

# %%
# **A schedule written in epochs.** Halved every three of them, with a model so
# small that only the rates matter. Rows and batch size decide how many updates
# an epoch has.

import keras
import matplotlib.pyplot as plt
import numpy as np

import lrschedules as lrs
from lrschedules.callbacks import RecordRate

x, y = lrs.datasets.load_ionosphere().stratified_split(seed=0).train
run = lrs.Run(batch_size=28, samples=len(y), epochs=10)
print(f"{run.steps_per_epoch} updates an epoch, {run.steps} in all")

drop = lrs.Drop(0.1, factor=0.5, every=3)


def fit(rate, *callbacks):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((34,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(rate), "mse")
    recorder = RecordRate()
    model.fit(x, y, 28, 10, verbose=0, callbacks=[*callbacks, recorder])
    return recorder.rates, model.get_weights()


# %%
# **Two ways that are one.** Keras' callback asks the schedule once an epoch,
# with the number of the epoch. Or ``per_epoch`` turns epochs into updates, and
# the optimizer asks at every one.
# :class:`~lrschedules.callbacks.RecordRate` finds the same rate applied at
# every update, and the trained weights are equal too:

callback = keras.callbacks.LearningRateScheduler(drop)
by_callback, weights_a = fit(0.1, callback)
by_optimizer, weights_b = fit(drop.per_epoch(run.steps_per_epoch))

np.testing.assert_allclose(by_callback, by_optimizer, rtol=1e-6)
for a, b in zip(weights_a, weights_b, strict=True):
    np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)
print("equal rates at", len(by_optimizer), "updates, and equal weights")

# %%
# Take the second: it is saved with the model, and after a resume it goes on
# where it was, while the callback asks for epoch 0 again unless ``fit`` is
# told the ``initial_epoch``.
#
# **Forget to translate,** and the optimizer reads three epochs as three
# updates:

forgotten, _ = fit(drop)
for epoch in 0, 1, 9:
    step = epoch * run.steps_per_epoch
    print(
        f"first update of epoch {epoch}: meant {by_optimizer[step]:.4f},",
        f"applied {forgotten[step]:.2e}",
    )

# %%
# **Held, or moving?** A drop is level within an epoch anyway. A curve that is
# not, half a cosine wave over the ten epochs, can be held for each epoch, or
# move with every update. ``per_epoch`` does the first, ``stretch`` the second,
# and they agree where an epoch begins:

cosine = lrs.Cosine(0.1, 0.0, steps=10)
held, _ = fit(cosine.per_epoch(run.steps_per_epoch))
moving, _ = fit(cosine.stretch(run.steps_per_epoch))
begins = slice(None, None, run.steps_per_epoch)
np.testing.assert_allclose(held[begins], moving[begins], rtol=1e-6)
print(f"last update: held {held[-1]:.1e}, moving {moving[-1]:.1e}")

fig, (left, right) = plt.subplots(1, 2, figsize=(7.2, 3.4), sharey=True)
left.step(range(90), by_optimizer, where="post", label="per_epoch, callback")
left.step(range(90), forgotten, "--", where="post", label="not translated")
right.step(range(90), held, where="post", label="per_epoch: held")
right.step(range(90), moving, "--", where="post", label="stretch: moving")
left.set(ylabel="rate applied", xlabel="update", title="Drop, in epochs")
right.set(xlabel="update", title="Cosine, in epochs")
left.legend()
right.legend()

# %%
# The held curve never comes to its end: its last epoch trains at the value of
# epoch 9. The moving one comes within an update of zero, and is the cosine
# that counts updates from the start:

moving_cosine = cosine.stretch(run.steps_per_epoch)
np.testing.assert_equal(moving_cosine, lrs.Cosine(0.1, 0.0, run.steps))
moving_cosine
