"""
A PyTorch loop: saved, resumed, branched
========================================

How does a schedule survive a restart? This example trains a network with
accumulated gradients, stops it in the middle, and shows that the resumed run
equals one that was never stopped. Then it continues from the same checkpoint
with three cooldowns of different lengths.
"""

# %%
# Data and batches
# ----------------
#
# Four batches of 15 rows make an update. The schedule counts updates, so its
# length follows from 60 rows per update.

import io
import textwrap

import matplotlib.pyplot as plt
import numpy as np
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch.nn.functional import cross_entropy

import lrschedules as lrs
from lrschedules.torch import Scheduler

# One thread is fastest for matrices as small as these.
torch.set_num_threads(1)
images, labels = load_digits(return_X_y=True)
x, x_val, y, y_val = map(
    torch.from_numpy,
    train_test_split(
        (images / 16).astype("float32"),
        labels,
        train_size=1200,
        stratify=labels,
        random_state=0,
    ),
)
accumulated = 4
run = lrs.Run(batch_size=15 * accumulated, samples=1200, epochs=12)
trunk = lrs.Constant(0.2).warmup(run.in_epochs(1))
print(f"{run.steps_per_epoch} updates per epoch, {run.steps} in total")

# %%
# The loop
# --------
#
# A batch adds a quarter of its gradient. After the fourth batch, the optimizer
# makes one update, and the scheduler makes one step. The order of the rows
# depends on the epoch alone, so a resumed run sees the same batches.


class Training:
    def __init__(self, schedule):
        torch.manual_seed(0)
        self.model = torch.nn.Sequential(
            torch.nn.Linear(64, 32),
            torch.nn.ReLU(),
            torch.nn.Linear(32, 10),
        )
        self.optimizer = torch.optim.SGD(
            self.model.parameters(), momentum=0.9
        )
        self.scheduler = Scheduler(self.optimizer, lr=schedule)
        self.rates, self.losses = [], []

    def epochs(self, first, stop):
        for epoch in range(first, stop):
            order = np.random.default_rng(epoch).permutation(1200)
            batches = torch.from_numpy(order).split(15)
            for number, batch in enumerate(batches, start=1):
                loss = cross_entropy(self.model(x[batch]), y[batch])
                (loss / accumulated).backward()
                if number % accumulated == 0:
                    self.update()
            with torch.no_grad():
                loss = cross_entropy(self.model(x_val), y_val)
            self.losses.append(loss.item())

    def update(self):
        self.rates.append(self.scheduler.get_last_lr()[0])
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.scheduler.step()

    def save(self, file):
        parts = self.model, self.optimizer, self.scheduler
        torch.save([part.state_dict() for part in parts], file)

    def load(self, file):
        file.seek(0)
        parts = self.model, self.optimizer, self.scheduler
        for part, state in zip(parts, torch.load(file), strict=True):
            part.load_state_dict(state)


# %%
# Save and resume
# ---------------
#
# The checkpoint is a file in memory. It has the states of the model, of the
# optimizer and of the scheduler. To keep it on disk, pass a path to ``save``
# and ``load``, and remove ``file.seek(0)``:

checkpoint = io.BytesIO()
first_half = Training(trunk)
first_half.epochs(0, 6)
first_half.save(checkpoint)

resumed = Training(trunk)
resumed.load(checkpoint)
resumed.epochs(6, 12)

never_stopped = Training(trunk)
never_stopped.epochs(0, 12)
for a, b in zip(
    resumed.model.parameters(),
    never_stopped.model.parameters(),
    strict=True,
):
    torch.testing.assert_close(a, b)
np.testing.assert_equal(
    first_half.rates + resumed.rates, never_stopped.rates
)
print(
    "equal rates and weights after",
    len(never_stopped.rates),
    "updates",
)

# %%
# The state of the scheduler is the step, and a description of the schedule.
# The description is only a text, so a loaded run follows the schedule that the
# program passes to ``Scheduler``:

state = first_half.scheduler.state_dict()
print("step", state["last_epoch"])
print(textwrap.fill(state["schedules"]["lr"], 72))

# %%
# Branch
# ------
#
# A branch loads the same checkpoint and follows a new schedule. Each cooldown
# begins where the checkpoint was saved, after six epochs:

at = run.in_epochs(6)
branches = {"constant": resumed}
for epochs in (1, 3, 6):
    end = trunk.cooldown(run.in_epochs(epochs), at=at)
    branch = Training(end)
    branch.load(checkpoint)
    branch.epochs(6, 6 + epochs)
    branches[f"cooldown of {epochs}"] = branch
for name, branch in branches.items():
    print(f"{name:13} final val_loss {branch.losses[-1]:.4f}")

fig, (above, below) = plt.subplots(2, figsize=(7.2, 5), sharex=True)
fig.suptitle("One checkpoint, four ends", fontweight="bold")
before = np.arange(len(first_half.rates)) / run.steps_per_epoch
above.plot(before, first_half.rates, color="C4", label="saved run")
below.plot(np.arange(1, 7), first_half.losses, color="C4")
styles = ["-", "--", "-.", ":"]
for (name, branch), style in zip(
    branches.items(), styles, strict=True
):
    after = 6 + np.arange(len(branch.rates)) / run.steps_per_epoch
    above.plot(after, branch.rates, style, label=name)
    ends = np.arange(6, 7 + len(branch.losses))
    losses = [first_half.losses[-1], *branch.losses]
    below.plot(ends, losses, style, marker="o", markersize=4)
above.set(ylabel="rate applied", ylim=(0, None))
above.legend(ncols=2)
below.set(xlabel="epoch", ylabel="val_loss", ylim=(0, 0.4))

# %%
# Conclusion
# ----------
#
# One run with one seed shows that saving, resuming and branching work. It does
# not say which end is best: the branches also have different numbers of
# epochs. :ref:`sphx_glr_auto_examples_training_plot_3_wsd_branch.py` compares
# the lengths of a cooldown with thirty seeds. :doc:`/guide/loop-pytorch` adds
# mixed precision, and :doc:`/guide/resume-pytorch` has parameter groups, and
# what goes wrong with ``LambdaLR``.
