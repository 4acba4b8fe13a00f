"""
A long run, planned in tokens
=============================

Language models are planned in tokens: so many to warm up with, so many in all.
How does that become a schedule? You will see one plan kept at three batch
sizes, and a small model of characters trained by it.
"""

# %%
# **The plan** knows tokens, not steps: 320 thousand, of which the first tenth
# warms up and the last fifth cools down. A real one differs in its zeros.

import argparse
import inspect

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers

import lrschedules as lrs
from lrschedules.callbacks import RecordRate

total, up, down, length = 320_000, 32_000, 64_000, 32


def planned(batch_size):
    run = lrs.Run(batch_size=batch_size, tokens_per_sample=length)
    stable = run.in_tokens(total - up - down)
    plan = lrs.Constant(0.01).cooldown(run.in_tokens(down), at=stable)
    return plan.warmup(run.in_tokens(up))


# %%
# **One plan, three batch sizes.** A :class:`~lrschedules.Run` turns tokens
# into steps. Against steps the curves differ; against tokens they are one.

fig, (left, right) = plt.subplots(1, 2, sharey=True)
fig.suptitle("One plan at three batch sizes", fontweight="bold")
for batch_size, style in (5, "-"), (20, "--"), (50, ":"):
    schedule = planned(batch_size)
    steps = np.arange(schedule.length + 1)
    left.plot(steps, schedule(steps), style, label=f"batches of {batch_size}")
    right.plot(steps * batch_size * length, schedule(steps), style)
    print(f"batches of {batch_size}: {schedule.length} steps")
left.set(xlabel="step", ylabel="learning rate")
right.set(xlabel="token")
left.legend()

# %%
# That keeps the plan, not the result: what rate a larger batch asks for is
# another question.
#
# **A text that is at hand:** the source of a module of Python, the last tenth
# kept for validation. A sample is 32 characters, a token one of them, and the
# answer to each is the one that follows.

text = np.frombuffer(inspect.getsource(argparse).encode(), np.uint8)
train, validation = np.split(text, [len(text) * 9 // 10])


def samples(text, starts):
    windows = text[starts[:, None] + np.arange(length + 1)]
    return windows[:, :-1], windows[:, 1:]


keras.utils.set_random_seed(0)
model = keras.Sequential(
    [
        layers.Embedding(256, 32),
        layers.Conv1D(64, 4, padding="causal", activation="relu"),
        layers.Conv1D(64, 4, padding="causal", activation="relu"),
        layers.Dense(256, "softmax"),
    ]
)
optimizer = keras.optimizers.Adam(planned(20))
model.compile(optimizer, "sparse_categorical_crossentropy")

# %%
# **Train** on ten parts of a thousand samples, drawn at random. The optimizer
# counts on from one ``fit`` to the next, and the schedule with it.

rng = np.random.default_rng(0)
held = samples(validation, np.arange(0, len(validation) - length, length))
recorder, losses = RecordRate(), []
for _ in range(10):
    part = samples(train, rng.integers(len(train) - length, size=1000))
    model.fit(*part, batch_size=20, verbose=0, callbacks=[recorder])
    losses.append(model.evaluate(*held, verbose=0))
    tokens = len(recorder.steps) * 20 * length
    print(f"{tokens:7} tokens: validation loss {losses[-1]:.3f}")

# %%
# **Look** at both over tokens: what was applied, and what came of it.

fig, (above, below) = plt.subplots(2, figsize=(7.2, 5), sharex=True)
fig.suptitle("Characters, trained by the plan", fontweight="bold")
above.plot(recorder.steps * 20 * length, recorder.rates)
above.set(ylabel="rate applied")
below.plot(np.arange(1, 11) * total / 10, losses, "o-", color="C1")
below.set(xlabel="token", ylabel="validation loss")
