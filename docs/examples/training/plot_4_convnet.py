"""
A convolutional network on digits
=================================

How much does a schedule improve a small convolutional network? This example
compares a constant rate, the step decay with which such networks were once
trained, and the cosine decay with warmup that replaced it. It trains them with
the same seeds, and reports the confidence intervals.
"""

# %%
# **The data:** images of handwritten digits with 8 by 8 pixels, which are part
# of scikit-learn. A third is enough for training. The others form a validation
# set that is large enough to show small differences. Each seed has a split of
# its own, so the result does not depend on one lucky split.

import keras
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import lrschedules as lrs
from lrschedules.plotting import plot
from lrschedules.study import compare

images, labels = load_digits(return_X_y=True)
x = (images / 16).reshape(-1, 8, 8, 1).astype("float32")


def rows(seed):
    split = train_test_split(
        x, labels, train_size=600, stratify=labels, random_state=seed
    )
    return (split[0], split[2]), (split[1], split[3])


# %%
# **The model:** two convolutions, with about 5000 weights.


def build_model():
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.Flatten(),
            layers.Dense(10, "softmax"),
        ]
    )


print(f"{build_model().count_params()} weights")

# %%
# **The schedules** end with the training, so count updates first. All three
# reach the same peak rate, so they differ in their shape.

run = lrs.Run(batch_size=32, samples=600, epochs=12)
warmup, peak = run.in_epochs(1), 0.1
schedules = {
    "constant": lrs.Constant(peak),
    "drops": lrs.recipes.multistep(
        peak, milestones=[run.fraction(0.5), run.fraction(0.75)], factor=0.1
    ),
    "warmup, cosine": lrs.Cosine(peak, 0, run.steps - warmup).warmup(warmup),
}
ax = plot(schedules, steps=run.steps)
ax.set(title="Three schedules with the same peak", xlabel="update")

# %%
# **Train** each schedule with twenty seeds. A seed fixes the split, the
# initial weights and the order of the batches for all three schedules, and the
# differences are computed seed by seed.

result = compare(
    schedules,
    build_model,
    lambda seed: rows(seed)[0],
    lambda seed: rows(seed)[1],
    optimizer=lambda rate: keras.optimizers.SGD(rate, momentum=0.9),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
    epochs=int(run.epochs),
    batch_size=run.batch_size,
    seeds=20,
)
result.table("val_accuracy")

# %%
# Accuracy counts errors, and the errors are few, so a significant difference
# needs many seeds. The loss also measures how confident the model is in each
# answer:

result.table("val_loss")

# %%
# **Look at the curves.** Lines are means, and bands are interquartile ranges
# of the seeds. The lines separate after the first drop, and during the decay
# of the cosine.

ax = result.plot("val_loss")
ax.set(ylim=(0, 0.4))
for line, style in zip(ax.lines, ["-", "--", ":"], strict=True):
    line.set_linestyle(style)
ax.legend()

# %%
# This figure shows the intervals of the differences, beside a line at zero:

result.plot_differences("val_loss")

# %%
# The table compares each falling rate with the constant rate only, and makes
# no statement about the difference between the two. All three schedules also
# have the same peak, which was not tuned for any of them.
# :ref:`sphx_glr_auto_examples_training_plot_5_better_or_tuned.py` examines the
# effect of such a choice.
