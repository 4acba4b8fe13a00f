"""
Cosine or a late cooldown, at several budgets
=============================================

A cosine decay must know its length; a constant rate with a cooldown can end at
any step. What does this freedom cost? This example trains both with four
budgets, each at its own best rate, and counts the updates that all four
results need together.
"""

# %%
# Two schedules, four budgets
# ---------------------------
#
# The cooldown takes the last fifth of each run. This network needs no warmup,
# so a warmup-stable-decay schedule is a constant rate that ends in a cooldown
# :cite:p:`hu2024,haegele2024`.

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import lrschedules as lrs
from lrschedules.plotting import plot
from lrschedules.study import compare

budgets = [4, 8, 16, 32]  # in epochs
epoch = 20  # in updates, each of 30 rows


def schedules(epochs):
    steps = epochs * epoch
    end = steps // 5
    return {
        "cosine": lrs.Cosine(1.0, 0.0, steps),
        "cooldown": lrs.Constant(1.0).cooldown(end, at=steps - end),
    }


fig, axes = plt.subplots(1, 2, figsize=(7.2, 3), sharey=True)
fig.suptitle("Four budgets", fontweight="bold")
for ax, name in zip(axes, schedules(1), strict=True):
    plot(
        {f"{e} epochs": schedules(e)[name] for e in budgets},
        steps=budgets[-1] * epoch,
        ax=ax,
    )
    ax.set(title=name)
axes[1].legend_.remove()

# %%
# Train
# -----
#
# A fifth of the training labels are random, so the end of a run has noise to
# average out. At each budget, six seeds choose the base rate of each
# schedule, and twenty new seeds compare the two.

images, labels = load_digits(return_X_y=True)
x = (images / 16).astype("float32")


def rows(seed):
    split = train_test_split(
        x, labels, train_size=600, stratify=labels, random_state=seed
    )
    rng = np.random.default_rng(seed)
    noisy = np.where(
        rng.random(600) < 0.2, rng.integers(10, size=600), split[2]
    )
    return (split[0], noisy), (split[1], split[3])


def build():
    hidden = layers.Dense(64, "relu")
    softmax = layers.Dense(10, "softmax")
    return keras.Sequential([keras.Input((64,)), hidden, softmax])


def measure(schedules, epochs, seeds, base_rates=(1,)):
    return compare(
        schedules,
        build,
        lambda seed: rows(seed)[0],
        lambda seed: rows(seed)[1],
        optimizer=lambda rate: keras.optimizers.SGD(
            rate, momentum=0.9
        ),
        loss="sparse_categorical_crossentropy",
        epochs=epochs,
        batch_size=30,
        seeds=seeds,
        base_rates=base_rates,
    )


judged = {}
print("epochs  peaks: cosine  cooldown")
for epochs in budgets:
    tried = schedules(epochs)
    tuned = measure(tried, epochs, range(6), [0.03, 0.06, 0.12, 0.25])
    rates = [row.base_rate for row in tuned.table().rows]
    print(f"{epochs:6} {rates[0]:14} {rates[1]:9}")
    best = zip(tried.items(), rates, strict=True)
    judged[epochs] = measure(
        {name: schedule * rate for (name, schedule), rate in best},
        epochs,
        range(10, 30),
    )

# %%
# The loss at each budget
# -----------------------
#
# The difference is the loss of the cooldown minus that of the cosine, with a
# 95 % interval. A positive one means that the cosine is better:

tables = {epochs: judged[epochs].table() for epochs in budgets}
print("epochs  cosine  cooldown  difference")
for epochs, table in tables.items():
    cosine, cooldown = table.rows
    print(
        f"{epochs:6} {cosine.mean:7.3f} {cooldown.mean:9.3f}",
        f" {cooldown.difference:+.3f}",
        f"[{cooldown.low:+.3f}, {cooldown.high:+.3f}]",
    )

ax = plt.figure().add_subplot()
for i, (name, style) in enumerate(
    {"cosine": "o-", "cooldown": "s--"}.items()
):
    means = [tables[epochs].rows[i].mean for epochs in budgets]
    ax.plot(budgets, means, style, label=name)
ax.set(xscale="log", xlabel="budget in epochs", ylabel="mean val_loss")
ax.set_title("Final loss at four budgets, 20 seeds")
ax.set_xticks(budgets, map(str, budgets))
ax.minorticks_off()
ax.legend()

# %%
# The updates that all four results need
# --------------------------------------
#
# A cosine decay that was stopped early ends at a high rate, so each of its
# budgets is a run of its own. The runs with a cooldown share their constant
# part, if they have the same base rate, and are branches from its checkpoints:

separate = sum(budgets)
trunk = max(budgets) * 4 / 5
branched = trunk + sum(epochs / 5 for epochs in budgets)
print(f"cosine, separate runs      {separate:5.1f} epochs")
print(f"cooldown, one trunk        {branched:5.1f} epochs")

# %%
# Conclusion
# ----------
#
# At the short budgets, the cosine decay is clearly better on this small
# network: a fifth of a short run is a short cooldown. At the long budgets, the
# loss differs by a few percent at most. If the budget is fixed, this is the
# whole answer. If it is not, the branches give the result of every budget for
# about two thirds of the updates. The best rate can differ between budgets, as
# the first output shows. Branches share one rate, so their losses may be
# higher than those above. A best rate of 0.03 or 0.25 is at the edge of
# the four rates, and one beyond the edge may be better still.
#
# :ref:`sphx_glr_auto_examples_training_plot_3_wsd_branch.py` trains such
# branches, and :ref:`sphx_glr_auto_examples_training_plot_7_language_model.py`
# has the same comparison for a language model.
