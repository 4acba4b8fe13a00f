"""
Is it a better schedule, or only better tuned?
==============================================

Two schedules with the same peak are not compared fairly, because one of them
may need a higher rate. This example trains three schedules at seven multiples
of their rate. Then it compares each at its own best multiple, on seeds that
were not used to choose it.
"""

# %%
# **The data and the model:** handwritten digits from scikit-learn, a split for
# each seed, and a network with one hidden layer.

import keras
from keras import Input, layers
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
        [Input((64,)), layers.Dense(32, "relu"), layers.Dense(10, "softmax")]
    )


# %%
# **Three schedules,** all written with an initial rate of 0.1.

run = lrs.Run(batch_size=32, samples=600, epochs=15)
schedules = {
    "constant": lrs.Constant(0.1),
    "time-based": lrs.TimeBased(0.1, decay=4 / run.steps),
    "cosine": lrs.Cosine(0.1, 0.0, steps=run.steps),
}
plot(schedules, steps=run.steps).set(title="One initial rate, three means")

# %%
# **Every schedule at every base rate,** with the same twenty seeds. A base
# rate of two doubles the whole schedule.


def measure(schedules, seeds, base_rates=(1,)):
    return compare(
        schedules,
        build_model,
        lambda seed: rows(seed)[0],
        lambda seed: rows(seed)[1],
        optimizer=lambda rate: keras.optimizers.SGD(rate, momentum=0.9),
        loss="sparse_categorical_crossentropy",
        epochs=int(run.epochs),
        batch_size=run.batch_size,
        seeds=seeds,
        base_rates=base_rates,
    )


base_rates = [0.125, 0.25, 0.5, 1, 2, 4, 8]
tuned = measure(schedules, range(20), base_rates)
ax = tuned.plot_sensitivity("val_loss")
for line, style in zip(ax.lines, ["-", "--", ":"], strict=True):
    line.set_linestyle(style)
ax.set_ylim(0, 0.8)
ax.legend()

# %%
# The result of a comparison at one rate depends on the rate. The program
# prints mean differences from the constant rate, each with its standard error.
# Negative values are better:

loss = tuned["val_loss"][..., -1]
paired = loss[1:] - loss[:1]
mean, sd = paired.mean(axis=2), paired.std(axis=2, ddof=1)
print("base rate   time-based        cosine")
for rate, m, e in zip(base_rates, mean.T, sd.T / 20**0.5, strict=True):
    print(f"{rate:9}  {m[0]:+.3f} ± {e[0]:.3f}  {m[1]:+.3f} ± {e[1]:.3f}")

# %%
# Compare each schedule at its best base rate instead. The best of seven looks
# better than it is, because the same seeds choose and judge it. The table says
# so:

chosen = tuned.table("val_loss")
chosen

# %%
# **New seeds** for the chosen schedules make the comparison honest:

best = {r.schedule: schedules[r.schedule] * r.base_rate for r in chosen.rows}
measure(best, range(20, 40)).table("val_loss")

# %%
# Different questions have different answers. *Which schedule is best at this
# rate?* Read the figure along a vertical line. *Which schedule is best after
# tuning?* Compare the lowest points, on seeds that did not choose them. *What
# does it cost not to tune?* Read it from the flatness of a curve around its
# lowest point.
