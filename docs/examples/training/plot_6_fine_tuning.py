"""
Fine-tuning a transformer, layer by layer
=========================================

A trained model is often trained further on data of another kind, of which
there is little. Should all its layers learn at one rate? This example trains a
small transformer on half of a data set of digits. It fine-tunes the model on
60 mirrored images from the other half: at one rate, with lower rates near the
input, and with layers that are frozen at first.
"""

# %%
# The data
# --------
#
# The data is a set of images of handwritten digits from scikit-learn. A token
# is a patch of two by two pixels. A one-hot vector behind the pixels gives its
# place, so the first dense layer also learns a vector for each place.

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import lrschedules as lrs
from lrschedules.plotting import plot

images, labels = load_digits(return_X_y=True)


def tokens(images):
    rows = (images / 16).reshape(-1, 4, 2, 4, 2).swapaxes(2, 3)
    places = np.broadcast_to(np.eye(16), (len(rows), 16, 16))
    both = np.concatenate([rows.reshape(-1, 16, 4), places], axis=2)
    return both.astype("float32")


images, others, y, y_others = train_test_split(
    images, labels, test_size=0.5, stratify=labels, random_state=0
)
x = tokens(images)
mirrored = tokens(others.reshape(-1, 8, 8)[:, :, ::-1])


def rows(seed):
    split = train_test_split(
        mirrored,
        y_others,
        train_size=60,
        test_size=100,
        stratify=y_others,
        random_state=seed,
    )
    return (split[0], split[2]), (split[1], split[3])


# %%
# The model
# ---------
#
# The model has two blocks of attention and a dense layer. The names of the
# layers are what the patterns below are matched with.


def block(x, number):
    name = f"block_{number}"
    normal = layers.LayerNormalization(name=f"{name}_norm_1")(x)
    attention = layers.MultiHeadAttention(
        2, 16, name=f"{name}_attention"
    )
    x = x + attention(normal, normal)
    normal = layers.LayerNormalization(name=f"{name}_norm_2")(x)
    hidden = layers.Dense(64, "gelu", name=f"{name}_dense_1")(normal)
    return x + layers.Dense(32, name=f"{name}_dense_2")(hidden)


def build_new():
    inputs = keras.Input((16, 20))
    hidden = layers.Dense(32, name="embedding")(inputs)
    hidden = block(block(hidden, 0), 1)
    hidden = layers.LayerNormalization(name="block_1_norm_3")(hidden)
    pooled = layers.GlobalAveragePooling1D()(hidden)
    outputs = layers.Dense(10, "softmax", name="head")(pooled)
    return keras.Model(inputs, outputs)


# %%
# Train on the first half
# -----------------------
#
# The model trains on the first half of the images. The head is then replaced
# by a new one, whose weights each seed draws.

keras.utils.set_random_seed(0)
pretrained = build_new()
run = lrs.Run(batch_size=32, samples=len(x), epochs=15)
pretrained.compile(
    keras.optimizers.AdamW(lrs.Cosine(3e-3, 0, run.steps).warmup(50)),
    "sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
pretrained.fit(x, y, batch_size=32, epochs=15, verbose=0)
print(f"{pretrained.count_params()} weights")
for name, data in {
    "these": (x, y),
    "mirrored": (mirrored, y_others),
}.items():
    _, accuracy = pretrained.evaluate(*data, verbose=0)
    print(f"accuracy on {name} images {accuracy:.2f}")


def build_pretrained():
    model = build_new()
    for layer, trained in zip(
        model.layers, pretrained.layers, strict=True
    ):
        if layer.name != "head":
            layer.set_weights(trained.get_weights())
    return model


# %%
# Four methods of fine-tuning
# ---------------------------
#
# The head has the same cosine decay in each. The rate of every other layer is
# a multiple of it. Layer-wise, it is 0.75 times the rate of the next layer. A
# multiple of 0 freezes a layer: these layers are frozen for a third of the
# run, or are unfrozen one by one, the last first.

run = lrs.Run(batch_size=20, samples=60, epochs=20)
rate = lrs.Cosine(3e-3, 0, run.steps - 10).warmup(10)


def frozen_for(part):
    return lrs.Piecewise([0, 1], [run.fraction(part)])


parts = ["embedding", "block_0", "block_1"]
multiples = {
    "one rate": [1, 1, 1],
    "layer-wise": [0.75**3, 0.75**2, 0.75],
    "frozen first": [frozen_for(1 / 3)] * 3,
    "one by one": [
        frozen_for(1 / 2),
        frozen_for(1 / 3),
        frozen_for(1 / 6),
    ],
}
ways = {
    name: {
        "learning_rate": rate,
        **dict(zip(parts, each, strict=True)),
    }
    for name, each in multiples.items()
}


def optimizer(learning_rate, **factors):
    return lrs.layerwise(
        keras.optimizers.AdamW,
        learning_rate,
        {rf"\b{part}": factor for part, factor in factors.items()},
    )


one_by_one = {
    part: rate * ways["one by one"][part] for part in reversed(parts)
}
ax = plot({"head": rate, **one_by_one}, steps=run.steps)
ax.set(title="Layers unfrozen one by one", xlabel="update")

# %%
# Tune
# ----
#
# Every method is trained at three base rates, with the same eight seeds. A
# seed draws the 60 images and the weights of the head. Five passes over the
# images count as one epoch here, so that the model is evaluated less often.
# The table has each method at its best base rate:


def five_passes(seed):
    images, labels = rows(seed)[0]
    return np.tile(images, (5, 1, 1)), np.tile(labels, 5)


def measure(
    ways, seeds, base_rates=(1,), build_model=build_pretrained
):
    return lrs.compare(
        ways,
        build_model,
        five_passes,
        lambda seed: rows(seed)[1],
        optimizer=optimizer,
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        epochs=int(run.epochs) // 5,
        batch_size=run.batch_size,
        seeds=seeds,
        base_rates=base_rates,
    )


chosen = measure(ways, range(8), [1, 3, 10]).table("val_accuracy")
chosen

# %%
# Judge with new seeds
# --------------------
#
# New seeds judge what the first seeds chose:

best = {
    row.schedule: {
        **ways[row.schedule],
        "learning_rate": rate * row.base_rate,
    }
    for row in chosen.rows
}
judged = measure(best, range(10, 26))
judged.table("val_accuracy")

# %%
# The losses of the same runs:

judged.table("val_loss")

# %%
# Is the trained model better than new weights?
# ---------------------------------------------
#
# The same network with new weights learns the same 60 images. The program
# prints how much more accurate the trained model is, with one rate, and the
# standard error:

base_rates = [1, 3, 10]
new = measure(
    {"new weights": ways["one rate"]},
    range(10, 26),
    base_rates,
    build_new,
)
accuracy = "val_accuracy"
gains = judged[accuracy][0, :, :, -1] - new[accuracy][0, :, :, -1]
print("base rate of the new weights")
for base_rate, gain in zip(base_rates, gains, strict=True):
    error = gain.std(ddof=1) / len(gain) ** 0.5
    print(f"{base_rate:9}  {gain.mean():+.3f} ± {error:.3f}")

# %%
# Conclusion
# ----------
#
# * Training on upright images helps: new weights are less accurate at each of
#   their base rates, by several standard errors.
# * One rate is a strong baseline: no other method is significantly better on
#   the new seeds. The columns of seeds needed say how large a study would have
#   to be.
# * A run that is frozen for a third of its steps has fewer steps to learn in.
#   Its row has the highest loss.
# * The result is that of a small network. Layer-wise rates are made for
#   networks with many more layers.
#
# :doc:`/guide/layerwise` explains the patterns, the decay by depth, and what
# happens in an optimizer while a layer is frozen.
