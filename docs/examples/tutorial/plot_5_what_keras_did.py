r"""
What the tutorial said, what Keras did
======================================

Is ``SGD(0.1, decay=0.002)`` the schedule that its tutorial describes? A
formula, a printed table and a program were meant to be the same schedule. They
are three different schedules, and current versions of Keras run a fourth one.
"""

# %%
# Four readings
# -------------
#
# The tutorial :cite:p:`brownlee2016` trains for 50 epochs of 9 updates. Its
# text multiplies the rate of the last epoch by :math:`1 / (1 + d \cdot
# \mathrm{epoch})`, and its table shows that product:
#
# .. math:: \eta(e) = \eta_0 \prod_{k=0}^{e} \frac{1}{1 + d\,k}
#
# Read without the product, the same words give
#
# .. math:: \eta(e) = \frac{\eta_0}{1 + d\,e}
#
# Up to version 2.10, Keras computed this formula, once per update :math:`t`:
#
# .. math:: \eta(t) = \frac{\eta_0}{1 + d\,t}
#
# All three can be written with lrschedules:

import warnings

import keras
import numpy as np

import lrschedules as lrs
from lrschedules.plotting import plot

d = 0.002
compounding = 0.1 / np.cumprod(1 + d * np.arange(50))
table = lrs.Piecewise(compounding, boundaries=range(1, 50))
readings = {
    "the text and its table": table.per_epoch(9),
    "the text, not compounding": lrs.TimeBased(0.1, decay=d).per_epoch(
        9
    ),
    "Keras, every update": lrs.TimeBased(0.1, decay=d),
}
ax = plot({**readings, "Keras 3": lrs.Constant(0.1)}, steps=450)
ax.set(title="SGD(0.1, decay=0.002), four readings", xlabel="update")

epochs = [1, 2, 3, 5, 50]
print(
    f"{'at the start of epoch':26}",
    *(f"{epoch:8}" for epoch in epochs),
)
for name, schedule in readings.items():
    rates = [schedule(9 * (epoch - 1)) for epoch in epochs]
    print(f"{name:26}", *(f"{rate:8.5f}" for rate in rates))

# %%
# What became of decay
# --------------------
#
# The effect of ``decay`` depends on the version of Keras. Keras 2.11 to 2.15
# raise ``ValueError: decay is deprecated in the new Keras optimizer``. In
# these versions, only ``keras.optimizers.legacy.SGD`` still computes it.
# Keras 3 ignores it: it warns once, and trains at a constant rate. This
# program trains such an optimizer beside one that was made without ``decay``,
# with the same seeds:

data = lrs.datasets.load_ionosphere()
(x, y), validation = data.tail_split()


def fit(optimizer, seed):
    keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [
            keras.layers.Dense(34, "relu"),
            keras.layers.Dense(1, "sigmoid"),
        ],
    )
    model.compile(
        optimizer, "binary_crossentropy", metrics=["accuracy"]
    )
    return model.fit(
        x, y, 28, 20, verbose=0, validation_data=validation
    ).history["val_loss"]


for seed in range(2):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ignored = fit(
            keras.optimizers.SGD(0.1, momentum=0.8, decay=d), seed
        )
    never = fit(keras.optimizers.SGD(0.1, momentum=0.8), seed)
    scheduled = fit(
        keras.optimizers.SGD(
            lrs.TimeBased(0.1, decay=d), momentum=0.8
        ),
        seed,
    )
    print(
        f"seed {seed}: with decay= {ignored[-1]:.5f},",
        f"without {never[-1]:.5f},",
    )
    print(f"        with TimeBased {scheduled[-1]:.5f}")

print(
    "Keras:",
    next(str(w.message) for w in caught if "decay" in str(w.message)),
)

# %%
# The same schedule today
# -----------------------
#
# The current code is ``SGD(lrs.TimeBased(0.1, decay=0.002), momentum=0.8)``.
# Its rate falls at every update, as in Keras 2.10. Keras' own
# ``InverseTimeDecay`` computes the same rates with ``decay_steps=1``:

keras_own = keras.optimizers.schedules.InverseTimeDecay(
    0.1, decay_steps=1, decay_rate=d
)
ours = lrs.TimeBased(0.1, decay=d)
steps = np.arange(450)
difference = max(
    abs(float(keras_own(step)) / ours(int(step)) - 1) for step in steps
)
print(
    f"largest relative difference over {len(steps)} updates:",
    f"{difference:.1e}",
)

# %%
# The drop-based schedule
# -----------------------
#
# The drop-based schedule has a mistake as well. The text promises ten
# epochs at 0.1. Its code computes ``(1 + epoch) // 10`` and gives nine, and
# its last epoch has a rate that the text never mentions.
# :ref:`sphx_glr_auto_examples_tutorial_plot_3_drop_based.py` writes both
# schedules.
