"""
Average the weights, or decay the rate?
=======================================

An exponential moving average (EMA) of the weights removes the noise of a high
learning rate, and so does a decay to zero. This example trains twenty networks
with a constant rate and with linear decay, evaluates each with and without an
average, and compares the four results seed by seed.
"""

# %%
# Twenty networks in one PyTorch module
# -------------------------------------
#
# PyTorch multiplies a stack of matrices at once, so one module holds the
# networks of all seeds. The networks share no weights, so the gradient of the
# summed losses gives each network the gradient of its own loss. Each seed
# draws its own weights and batches. A fifth of the training labels are random.

import matplotlib.pyplot as plt
import numpy as np
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

import lrschedules as lrs
from lrschedules.study import Comparison
from lrschedules.torch import Scheduler

# One thread is fastest for matrices as small as these.
torch.set_num_threads(1)
seeds = range(20)
images, labels = load_digits(return_X_y=True)


def rows(seed):
    x, x_val, y, y_val = train_test_split(
        images / 16,
        labels,
        train_size=600,
        stratify=labels,
        random_state=seed,
    )
    rng = np.random.default_rng(seed)
    y = np.where(rng.random(600) < 0.2, rng.integers(10, size=600), y)
    return x.astype("float32"), y, x_val.astype("float32"), y_val


x, y, x_val, y_val = (
    torch.from_numpy(np.stack(each))
    for each in zip(*map(rows, seeds), strict=True)
)


class Networks(torch.nn.Module):
    def __init__(self):
        super().__init__()
        rng = np.random.default_rng(0)

        def drawn(inputs, outputs):
            values = rng.normal(size=(len(seeds), inputs, outputs))
            scaled = values * (2 / inputs) ** 0.5
            return torch.nn.Parameter(torch.from_numpy(scaled).float())

        self.first, self.second = drawn(64, 32), drawn(32, 10)

    def forward(self, x):
        return torch.relu(x @ self.first) @ self.second


def losses(networks, x, y):
    answers = networks(x).transpose(1, 2)
    return torch.nn.functional.cross_entropy(
        answers, y, reduction="none"
    ).mean(axis=1)


# %%
# Train
# -----
#
# An average with a decay of 0.98 covers about the last 50 of 300 updates. It
# is updated after each step, and does not change the training.

run = lrs.Run(batch_size=30, samples=600, epochs=15)


def train(schedule):
    networks = Networks()
    averaged = AveragedModel(
        networks, multi_avg_fn=get_ema_multi_avg_fn(0.98)
    )
    optimizer = torch.optim.SGD(networks.parameters(), momentum=0.9)
    scheduler = Scheduler(optimizer, lr=schedule)
    rng = np.random.default_rng(1)
    curves = []
    for _ in range(int(run.epochs)):
        order = torch.from_numpy(
            rng.permuted(
                np.tile(np.arange(600), (len(seeds), 1)), axis=1
            )
        )
        for batch in order.split(run.batch_size, dim=1):
            seed = torch.arange(len(seeds))[:, None]
            optimizer.zero_grad()
            losses(
                networks, x[seed, batch], y[seed, batch]
            ).sum().backward()
            optimizer.step()
            scheduler.step()
            averaged.update_parameters(networks)
        with torch.no_grad():
            curves.append(
                [
                    losses(each, x_val, y_val)
                    for each in (networks, averaged)
                ]
            )
    return np.array(curves).transpose(1, 2, 0)


# %%
# Four results
# ------------
#
# Both schedules are trained at four peaks. A comparison takes the results of
# any training loop, and chooses the best peak of each row:

peaks = [0.05, 0.1, 0.2, 0.4]
shapes = {
    "constant": lrs.Constant(1.0),
    "linear": lrs.Linear(1.0, 0.0, run.steps),
}
trained = {
    name: np.stack([train(shape * peak) for peak in peaks], axis=1)
    for name, shape in shapes.items()
}
curves = {
    "linear": trained["linear"][0],
    "linear, EMA": trained["linear"][1],
    "constant": trained["constant"][0],
    "constant, EMA": trained["constant"][1],
}
result = Comparison(
    schedules={
        name: repr(shapes[name.split(",")[0]]) for name in curves
    },
    base_rates=peaks,
    seeds=tuple(seeds),
    curves={"val_loss": np.stack(list(curves.values()))},
    direction={},
    settings={"engine": "PyTorch", "batch_size": run.batch_size},
)
result.table("val_loss")

# %%
# The peak of each row is chosen and judged with the same seeds, so all four
# means are optimistic. The figure shows all peaks:

ax = result.plot_sensitivity("val_loss")
ax.set_title("Final loss by peak, 20 seeds")
# sphinx_gallery_thumbnail_number = 2

# %%
# During the run
# --------------
#
# The average lags behind at first. Then it is below the curve of its own
# network until the end, or until the decay has removed the noise. This figure
# is for a peak of 0.2:

ax = plt.figure().add_subplot()
epoch = np.arange(1, int(run.epochs) + 1)
for (name, values), style in zip(
    curves.items(), ["-", "--", "-.", ":"], strict=True
):
    ax.plot(epoch, values[2].mean(axis=0), style, label=name)
ax.set(xlabel="epoch", ylabel="mean val_loss", ylim=(0.3, 0.9))
ax.set_title("Validation loss at a peak of 0.2, means of 20 seeds")
ax.legend()

# %%
# Conclusion
# ----------
#
# An average and a decay remove the same noise: the average gains much with a
# constant rate, and little after a decay. The last row of the table says which
# of the two is better on this small network with noisy labels, at this length
# of the memory; it says nothing about other tasks. An average needs no planned
# end of the run. It needs a copy of the weights, and the length of its memory
# is one more number to choose.
#
# In Keras, ``use_ema=True`` is the same average, and
# :doc:`/guide/hyperparameters` lets its decay follow a schedule.
