"""
The same schedule in Keras, optax and PyTorch
=============================================

Does a schedule give the same rates in another framework? This example passes
one object to three optimizers, which train the same small model from the same
initial weights. It shows the rates that each applied, and the differences
between the trained weights.
"""

# %%
# One object
# ----------
#
# The schedule is a warmup of two epochs, followed by cosine decay. The model
# is linear. It trains on the Ionosphere data, with initial weights of zero and
# with the rows in the order of the file.

import jax
import jax.numpy as jnp
import keras
import matplotlib.pyplot as plt
import numpy as np
import optax
import torch

import lrschedules as lrs
from lrschedules.callbacks import RecordRate
from lrschedules.torch import Scheduler

x, y = lrs.datasets.load_ionosphere().stratified_split(seed=0).train
run = lrs.Run(batch_size=28, samples=len(y), epochs=20)
warmup = run.in_epochs(2)
schedule = lrs.Cosine(0.1, 0.0, run.steps - warmup).warmup(warmup)
batches = [slice(i, i + 28) for i in range(0, len(y), 28)] * 20
rates, weights = {"Keras": [], "optax": [], "PyTorch": []}, {}

# %%
# Keras
# -----
#
# Keras calls the schedule with the number of updates made, a tensor. Its
# optimizers accept a schedule in place of a number.

model = keras.Sequential(
    [
        keras.Input((34,)),
        keras.layers.Dense(1, kernel_initializer="zeros"),
    ]
)
model.compile(keras.optimizers.SGD(schedule), "mse")
recorder = RecordRate()
model.fit(x, y, 28, 20, 0, callbacks=[recorder], shuffle=False)
rates["Keras"] = recorder.rates
weights["Keras"] = model.get_weights()[0][:, 0]

# %%
# optax
# -----
#
# An optimizer of optax accepts any function of the step count as a schedule.
# The program uses ``inject_hyperparams`` only to read the rate.

optimizer = optax.inject_hyperparams(optax.sgd)(learning_rate=schedule)


def mse(parameters, x, y):
    return jnp.mean((x @ parameters[0] + parameters[1] - y) ** 2)


@jax.jit
def step(parameters, state, x, y):
    updates, state = optimizer.update(
        jax.grad(mse)(parameters, x, y), state
    )
    return optax.apply_updates(parameters, updates), state


parameters = jnp.zeros(34), jnp.zeros(1)
state = optimizer.init(parameters)
for rows in batches:
    parameters, state = step(parameters, state, x[rows], y[rows])
    rates["optax"].append(float(state.hyperparams["learning_rate"]))
weights["optax"] = np.asarray(parameters[0])

# %%
# PyTorch
# -------
#
# PyTorch changes the rate of an optimizer with a scheduler, which is called
# after each update. :class:`~lrschedules.torch.Scheduler` is a scheduler that
# accepts schedules. It calls them with an ``int``.

kernel, bias = [torch.zeros(n, requires_grad=True) for n in (34, 1)]
optimizer = torch.optim.SGD([kernel, bias])
scheduler = Scheduler(optimizer, lr=schedule)
for rows in batches:
    optimizer.zero_grad()
    answers = torch.from_numpy(x[rows]) @ kernel + bias
    torch.mean((answers - torch.from_numpy(y[rows])) ** 2).backward()
    rates["PyTorch"].append(optimizer.param_groups[0]["lr"])
    optimizer.step()
    scheduler.step()
weights["PyTorch"] = kernel.detach().numpy()

# %%
# Compare
# -------
#
# Compare the rates with those of the schedule in double precision, and the
# weights with those of Keras. The program prints the largest differences.
# PyTorch and ``RecordRate`` call the schedule with a plain number, and the
# compiled steps of Keras and optax use single precision. The weights show that
# all three applied the same rates.

said = schedule(np.arange(run.steps))
for name, applied in rates.items():
    np.testing.assert_allclose(applied, said, rtol=1e-6)
    np.testing.assert_allclose(
        weights[name], weights["Keras"], atol=1e-5
    )
    # the first rate is zero, so it has no relative difference
    off = np.abs(applied[1:] / said[1:] - 1).max()
    far = np.abs(weights[name] - weights["Keras"]).max()
    print(f"{name:7}  rates: {off:.0e} relative, weights: {far:.0e}")

# %%
# Three identical curves would hide each other, so each framework is plotted at
# different updates:

ax = plt.figure().add_subplot()
for i, (name, marker) in enumerate(zip(rates, "o^s", strict=True)):
    at = range(2 * i, run.steps, 6)
    ax.plot(at, np.take(rates[name], at), marker, label=name)
ax.set(
    xlabel="update",
    ylabel="rate applied",
    title="One schedule, applied",
)
ax.legend()
