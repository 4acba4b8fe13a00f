"""
Is it a better schedule, or only better tuned?
==============================================

Two schedules with the same peak do not have the same chance: one may like a
higher rate. You will see three schedules at seven multiples of their rate, and
each compared at its own best.
"""

# %%
# **The data and the model:** handwritten digits from scikit-learn, a split for
# each seed, and a net with one hidden layer.

import keras
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import lrschedules as lrs
from lrschedules.plotting import plot
from lrschedules.study import compare

images, labels = load_digits(return_X_y=True)
x = (images / 16).astype("float32")


def rows(seed):
    split = train_test_split(
        x, labels, train_size=600, stratify=labels, random_state=seed
    )
    return (split[0], split[2]), (split[1], split[3])


def build_model():
    return keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(32, "relu"),
            keras.layers.Dense(10, "softmax"),
        ]
    )


# %%
# **Three schedules,** all written with a first rate of 0.1.

run = lrs.Run(batch_size=32, samples=600, epochs=15)
schedules = {
    "constant": lrs.Constant(0.1),
    "time-based": lrs.TimeBased(0.1, decay=4 / run.steps),
    "cosine": lrs.Cosine(0.1, 0.0, steps=run.steps),
}
plot(schedules, steps=run.steps).set(title="One first rate, three averages")

# %%
# **Every schedule at every base rate,** with the same ten seeds: 0.1 times one
# of these numbers is the first rate.

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
    seeds=10,
    base_rates=[0.125, 0.25, 0.5, 1, 2, 4, 8],
)
ax = result.plot_sensitivity("val_loss")

# %%
result.table("val_loss")
