"""
AdamW, and what weight decay does to a schedule
===============================================

With AdamW, the learning rate also determines how fast old updates are
forgotten. This example computes which updates the trained weights still
contain, for a constant and for a linear schedule, and measures how much weight
decay each of the two needs on noisy labels.
"""

# %%
# The memory of the weights
# -------------------------
#
# An update of AdamW first multiplies the weights by
# :math:`1 - \eta_t \lambda`, with the learning rate :math:`\eta_t` and the
# weight decay :math:`\lambda`. Then it adds a step: :math:`\eta_t` times a
# direction, whose entries have a size of about 1. So the final weights are a
# weighted sum of the initial weights and of the directions of all steps. The
# direction of step :math:`i` has the coefficient
#
# .. math:: c_i = \eta_i \prod_{t > i} (1 - \eta_t \lambda)
#
# This curve needs no training. The output has the fraction of the initial
# weights that is left, and the mean age of a step, weighted by its
# coefficient:

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import lrschedules as lrs
from lrschedules.study import compare

run = lrs.Run(batch_size=30, samples=600, epochs=30)
rate = 0.01
shapes = {
    "constant": lrs.Constant(rate),
    "linear": lrs.Linear(rate, 0.0, run.steps),
}


def kept(schedule, weight_decay):
    rates = schedule(np.arange(run.steps))
    left = np.cumprod(1 - weight_decay * rates[::-1])[::-1]
    return rates * np.append(left[1:], 1.0), left[0]


decays = [0.0, 0.1, 0.3, 1.0]
fig, axes = plt.subplots(1, 2, figsize=(7.2, 3.4), sharey=True)
fig.suptitle("What the final weights keep of each step", weight="bold")
print("             weight decay  initial weights  mean age of a step")
for ax, (name, schedule) in zip(axes, shapes.items(), strict=True):
    for weight_decay, style in zip(
        decays, ["-", "--", "-.", ":"], strict=True
    ):
        memory, initial = kept(schedule, weight_decay)
        age = np.average(
            run.steps - np.arange(run.steps), weights=memory
        )
        ax.plot(memory, style, label=f"{weight_decay}")
        print(
            f"{name:12} {weight_decay:12} {initial:16.1%} {age:12.0f}"
        )
    ax.set(title=name, xlabel="step", ylim=(0, None))
axes[0].set_ylabel("coefficient of the step")
axes[0].legend(title="weight decay", loc="upper left")

# %%
# Without weight decay, the memory is the schedule itself: a linear decay keeps
# little of the last steps, and the initial weights stay. With weight decay, a
# constant rate forgets the first steps exponentially, and keeps the last,
# noisy ones in full. Linear decay and a weight decay of 1.0 together cut off
# both ends, so the final weights are an average over the middle of the run.

# %%
# Train
# -----
#
# Four in ten of the training labels are random, so a network that fits all of
# them has learned wrong labels. Both schedules are trained with each weight
# decay, at three base rates, with six seeds:

images, labels = load_digits(return_X_y=True)
x = (images / 16).astype("float32")


def rows(seed):
    split = train_test_split(
        x, labels, train_size=600, stratify=labels, random_state=seed
    )
    rng = np.random.default_rng(seed)
    noisy = np.where(
        rng.random(600) < 0.4, rng.integers(10, size=600), split[2]
    )
    return (split[0], noisy), (split[1], split[3])


def build():
    hidden = layers.Dense(64, "relu")
    softmax = layers.Dense(10, "softmax")
    return keras.Sequential([keras.Input((64,)), hidden, softmax])


def optimizer(**hyperparameters):
    return lrs.scheduled(keras.optimizers.AdamW, **hyperparameters)


def measure(candidates, seeds, base_rates=(1,)):
    return compare(
        candidates,
        build,
        lambda seed: rows(seed)[0],
        lambda seed: rows(seed)[1],
        optimizer=optimizer,
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        epochs=run.epochs,
        batch_size=run.batch_size,
        seeds=seeds,
        base_rates=base_rates,
    )


candidates = {
    f"{name}, {weight_decay}": {
        "learning_rate": schedule,
        "weight_decay": weight_decay,
    }
    for name, schedule in shapes.items()
    for weight_decay in decays
}
base_rates = [0.3, 1, 3]
tuned = measure(candidates, range(6), base_rates)

accuracy = tuned["val_accuracy"][..., -1].mean(axis=2)
print("mean accuracy with base rate", *(f"{r:6}" for r in base_rates))
for name, means in zip(candidates, accuracy, strict=True):
    print(f"{name:28}", *(f"{mean:6.1%}" for mean in means))

# %%
# Without weight decay, the accuracy falls at higher rates, probably because
# the network fits more of the random labels. With linear decay and the two
# higher weight decays, the accuracy depends much less on the rate.
#
# Judge with new seeds
# --------------------
#
# The best base rate and weight decay of each schedule are compared on new
# seeds, beside its best base rate without weight decay:


def best(name, weight_decays):
    found = [
        (accuracy[i, j], candidate, base_rate)
        for i, candidate in enumerate(candidates)
        for j, base_rate in enumerate(base_rates)
        if candidate in [f"{name}, {decay}" for decay in weight_decays]
    ]
    _, candidate, base_rate = max(found)
    chosen = candidates[candidate]
    scaled = chosen["learning_rate"] * base_rate
    return {candidate: {**chosen, "learning_rate": scaled}}


chosen = {
    **best("constant", decays[:1]),
    **best("constant", decays[1:]),
    **best("linear", decays[:1]),
    **best("linear", decays[1:]),
}
for name, candidate in chosen.items():
    print(f"{name:13} from a rate of {candidate['learning_rate'](0)}")

judged = measure(chosen, range(10, 30))
judged.table("val_accuracy")

# %%
# Conclusion
# ----------
#
# The table compares each row with a constant rate without weight decay. On
# these labels, both weight decay and the decay of the rate average out noise.
# They serve the same purpose, so tune them together. A chosen rate of 0.003 or
# 0.03 or a chosen weight decay of 1.0 is at the edge of the grid, so a value
# beyond it may be better still. Weight decay probably helps here because the
# labels are noisy: a task with clean labels and more data than the network can
# fit may need none.
#
# :cite:t:`bergsma2025` derive the same curve for language models and conclude
# that a decay to zero is best for long runs.
# :doc:`/guide/hyperparameters` lets the weight decay follow a schedule of its
# own.
