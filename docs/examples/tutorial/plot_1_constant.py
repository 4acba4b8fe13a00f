"""
A constant rate: the baseline
=============================

How good is a rate that never changes? Every schedule has to be compared with
that, with the same model, data, momentum and seeds. And every accuracy with
the share of the larger class.
"""

# %%
# The data: 351 radar returns of 34 numbers each, and whether they show
# structure in the ionosphere. A stratified split keeps the share of the two
# classes in both parts.

import keras
import matplotlib.pyplot as plt
import numpy as np

import lrschedules as lrs

train, validation = lrs.datasets.load_ionosphere().stratified_split(seed=0)
majority = validation[1].mean()
print(f"{len(train[1])} rows to train on, {len(validation[1])} to validate on")
print(f"always answering with the larger class: {majority:.1%} right")

# %%
# The model has one hidden layer. The seed decides its initial weights and the
# order of the batches.


def fit(schedule, seed):
    keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [keras.layers.Dense(34, "relu"), keras.layers.Dense(1, "sigmoid")],
    )
    model.compile(
        keras.optimizers.SGD(schedule, momentum=0.8),
        "binary_crossentropy",
        metrics=["accuracy"],
    )
    return model.fit(
        *train, 28, 50, verbose=0, validation_data=validation
    ).history


# %%
# Five seeds. Training loss falls and goes on falling; validation loss does not
# follow it.

histories = [fit(lrs.Constant(0.1), seed) for seed in range(5)]

ax = plt.figure().add_subplot()
for key, label, color in (
    ("loss", "training", "C0"),
    ("val_loss", "validation", "C1"),
):
    curves = np.array([history[key] for history in histories])
    ax.plot(curves.T, color=color, alpha=0.3, linewidth=1)
    ax.plot(
        curves.mean(axis=0), color=color, label=f"{label}, mean of 5 seeds"
    )
ax.set(
    xlabel="epoch",
    ylabel="loss",
    ylim=(0, None),
    title="A constant rate of 0.1",
)
ax.legend()

# %%
# One run says little: the seeds differ by more than most schedules do.

accuracy = np.array([history["val_accuracy"][-1] for history in histories])
loss = np.array([history["val_loss"][-1] for history in histories])
by_seed = ", ".join(f"{value:.1%}" for value in accuracy)
print("accuracy by seed:", by_seed)
print(f"accuracy: mean {accuracy.mean():.1%}, sd {accuracy.std(ddof=1):.1%}")
print(f"loss: mean {loss.mean():.3f}, sd {loss.std(ddof=1):.3f}")
