"""
Side by side, with many seeds
=============================

Does a schedule help here, and on which rows? Constant, time-based, drop-based
and straight-to-zero rates with equal momentum, 30 seeds each, on the
tutorial's split and on a fair one.
"""

# %%
# **The rows decide what accuracy means.** The tutorial :cite:p:`brownlee2016`
# validates on the last third of the file, unshuffled, as Keras'
# ``validation_split`` does. There one class is nearly alone.

import keras
import matplotlib.pyplot as plt
import numpy as np

import lrschedules as lrs

data = lrs.datasets.load_ionosphere()
seeds = 30
splits = {
    "last third": [data.tail_split() for seed in range(seeds)],
    "stratified": [data.stratified_split(seed) for seed in range(seeds)],
}
for name, (split, *_) in splits.items():
    labels = split.validation[1]
    print(f"{name}: {len(labels)} rows, {labels.mean():.1%} of one class")

# %%
# **Thirty models in one.** A model per seed, one after the other, would take
# as many fits. A layer with one kernel per seed trains all of them in one:
# inputs, weights and outputs have an axis for the seed, and no number crosses
# from one seed to another.
#
# The loss is the sum over the seeds, so that each has the gradients it would
# have alone.


def build():
    def dense(units, activation):
        return keras.layers.EinsumDense(
            "bsi,sio->bso",
            (seeds, units),
            activation,
            bias_axes="so",
            kernel_initializer=keras.initializers.RandomNormal(stddev=0.05),
        )

    return keras.Sequential(
        [keras.Input((seeds, 34)), dense(34, "relu"), dense(1, "sigmoid")]
    )


def summed(labels, predicted):
    return seeds * keras.losses.binary_crossentropy(labels, predicted)


def stack(rows, *, shuffled):
    """Stack the rows of all seeds: arrays of shape (rows, seeds, columns)."""
    orders = [
        np.random.default_rng(seed).permutation(len(y))
        if shuffled
        else np.arange(len(y))
        for seed, (_, y) in enumerate(rows)
    ]
    features = [x[order] for (x, _), order in zip(rows, orders, strict=True)]
    labels = [
        y[order, None] for (_, y), order in zip(rows, orders, strict=True)
    ]
    return np.stack(features, axis=1), np.stack(labels, axis=1)


# %%
# **Train** every schedule from the same initial weights, on the same batches,
# with momentum 0.8 for all: what differs is the schedule alone.

schedules = {
    "constant": lrs.Constant(0.1),
    "time-based": lrs.TimeBased(0.1, decay=0.002),
    "drop-based": lrs.Drop(0.1, factor=0.5, every=10).per_epoch(9),
    "linear to zero": lrs.Linear(0.1, 0, steps=450),
}


def train(schedule, rows):
    """Return validation loss and accuracy, of shape (epochs, seeds)."""
    keras.utils.set_random_seed(0)
    x, y = stack([split.train for split in rows], shuffled=True)
    validation_x, validation_y = stack(
        [split.validation for split in rows], shuffled=False
    )
    model = build()
    model.compile(keras.optimizers.SGD(schedule, momentum=0.8), summed)
    predicted = []
    after_epoch = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: predicted.append(
            model.predict_on_batch(validation_x)
        ),
    )
    model.fit(
        x, y, batch_size=28, epochs=50, verbose=0, callbacks=[after_epoch]
    )
    p = np.clip(np.array(predicted), 1e-7, 1 - 1e-7)
    loss = -np.log(np.where(validation_y == 1, p, 1 - p)).mean(axis=(1, 3))
    accuracy = ((p > 0.5) == validation_y).mean(axis=(1, 3))
    return loss, accuracy


results = {
    where: {
        name: train(schedule, rows) for name, schedule in schedules.items()
    }
    for where, rows in splits.items()
}

# %%
# **Look.** Lines are means over the seeds, bands hold the middle half of them.
# On the last third every schedule ends near the same accuracy, far above what
# one class alone gives, and the rows are easy. On the stratified split losses
# turn and rise while accuracy stays: the model grows too sure of itself, the
# less so the lower its rate.

fig, axes = plt.subplots(2, 2, figsize=(7.2, 6), sharex=True)
fig.suptitle("Four schedules on two splits", fontweight="bold")
for column, (where, runs) in zip(axes.T, results.items(), strict=True):
    for name, (loss, accuracy) in runs.items():
        for ax, values in zip(column, (loss, accuracy), strict=True):
            epochs = np.arange(1, len(values) + 1)
            low, high = np.quantile(values, [0.25, 0.75], axis=1)
            ax.plot(epochs, values.mean(axis=1), label=name)
            ax.fill_between(epochs, low, high, alpha=0.12)
    majority = splits[where][0].validation[1].mean()
    column[1].axhline(
        majority, color="black", linestyle=":", label="larger class alone"
    )
    column[0].set(title=where, ylim=(0, 0.6))
    column[1].set(xlabel="epoch", ylim=(0.6, 1))
axes[0, 0].set_ylabel("validation loss")
axes[1, 0].set_ylabel("validation accuracy")
axes[1, 0].legend(loc="lower right", fontsize="small")

# %%
# **Say no more than the numbers do.** The difference from the constant rate is
# taken seed by seed, and its interval covers 95 % (:math:`t` distribution, 29
# degrees of freedom). Where the interval covers zero these runs do not tell
# the schedules apart.

for where, runs in results.items():
    for measure, unit in enumerate(("loss", "accuracy")):
        print(f"\n{unit} on {where} rows, epoch 50, {seeds} seeds")
        print(f"{'':15} {'mean':>6} {'sd':>6}   from constant [95 % interval]")
        baseline = runs["constant"][measure][-1]
        for name, run in runs.items():
            last = run[measure][-1]
            line = f"{name:15} {last.mean():6.3f} {last.std(ddof=1):6.3f}"
            if name != "constant":
                change = last - baseline
                margin = 2.045 * change.std(ddof=1) / np.sqrt(seeds)
                low, high = change.mean() - margin, change.mean() + margin
                line += f"   {change.mean():+.3f} [{low:+.3f}, {high:+.3f}]"
                line += "" if low > 0 or high < 0 else "  not told apart"
            print(line)
