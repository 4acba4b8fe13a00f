"""
A convolutional net on digits
=============================

What is a schedule worth to a small convolutional net? You will see a constant
rate, the drops that such nets were once trained with, and the cosine with
warm-up that replaced them, each with the same seeds, and what the intervals
say.
"""

# %%
# **The data:** images of handwritten digits, of 8 by 8 pixels, that come with
# scikit-learn. A third is enough to train on; the others make a validation
# set that is large enough to tell small differences. Each seed has a split of
# its own, so that the result is not that of one lucky split.

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
# **The model:** two convolutions, some 5000 weights.


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
# **The schedules** end where training ends, so count updates first. All three
# begin with the same rate, or come to it: what differs is the shape.

run = lrs.Run(batch_size=32, samples=600, epochs=12)
warmup, peak = run.in_epochs(1), 0.1
schedules = {
    "constant": lrs.Constant(peak),
    "drops": lrs.recipes.multistep(
        peak, milestones=[run.part(0.5), run.part(0.75)], factor=0.1
    ),
    "warm-up, cosine": lrs.Cosine(peak, 0, run.steps - warmup).warmup(warmup),
}
ax = plot(schedules, steps=run.steps)
ax.set(title="Three shapes below one rate", xlabel="update")

# %%
# **Train,** twenty times each. A seed fixes the split, the initial weights and
# the order of the batches for all three, and the differences are taken seed by
# seed.

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
# Accuracy counts errors, and there are few: it takes many seeds to tell two
# counts apart. The loss also asks how sure the model is of each answer:

result.table("val_loss")

# %%
# **Look.** Lines are means, bands the middle half of the seeds. Look for where
# the lines part: after the first drop, and along the way down of the cosine.

ax = result.plot("val_loss")
ax.set(ylim=(0, 0.4))
for line, style in zip(ax.lines, ["-", "--", ":"], strict=True):
    line.set_linestyle(style)
ax.legend()

# %%
# And where the intervals are, beside the line of no difference:

result.plot_differences("val_loss")

# %%
# Two falling rates, and a difference between them that the table does not
# speak of: it compares each with the constant rate alone. And all stand at one
# peak, which nobody tuned for any of them.
# :ref:`sphx_glr_auto_examples_training_plot_5_better_or_tuned.py` asks what
# that is worth.
