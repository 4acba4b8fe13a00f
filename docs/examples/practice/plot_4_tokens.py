"""
A long run, planned in tokens
=============================

Training runs of language models are planned in tokens: a number of tokens for
the warmup, and a total number. How do you convert such a plan to a schedule?
This example uses one plan with three batch sizes, and trains a small character
model with it.
"""

# %%
# The plan
# --------
#
# The plan is given in tokens, not in steps. Of 320 thousand tokens, the first
# tenth is the warmup, and the last fifth is the cooldown. A real plan has
# larger numbers.

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
# One plan, three batch sizes
# ---------------------------
#
# A :class:`~lrschedules.Run` converts tokens to steps. The three curves differ
# over steps, and are identical over tokens.

fig, (left, right) = plt.subplots(1, 2, sharey=True)
fig.suptitle("One plan at three batch sizes", fontweight="bold")
for batch_size, style in (5, "-"), (20, "--"), (50, ":"):
    schedule = planned(batch_size)
    steps = np.arange(schedule.length + 1)
    left.plot(
        steps, schedule(steps), style, label=f"batches of {batch_size}"
    )
    right.plot(steps * batch_size * length, schedule(steps), style)
    print(f"batches of {batch_size}: {schedule.length} steps")
left.set(xlabel="step", ylabel="learning rate")
right.set(xlabel="token")
left.legend(loc="center right")

# %%
# The conversion preserves the plan, but not the result. Which rate a larger
# batch needs is a different question.
#
# The text
# --------
#
# The text is the source code of a Python module. Its last tenth is for
# validation. A sample has 32 characters, and each character is a token. The
# label of a token is the next token.

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
# Train
# -----
#
# Train in ten calls of ``fit``, each on a thousand samples that are drawn at
# random. The optimizer keeps its step count between the calls, so the schedule
# continues.

rng = np.random.default_rng(0)
held = samples(
    validation, np.arange(0, len(validation) - length, length)
)
recorder, losses = RecordRate(), []
for _ in range(10):
    drawn = samples(
        train, rng.integers(len(train) - length, size=1000)
    )
    model.fit(*drawn, batch_size=20, verbose=0, callbacks=[recorder])
    losses.append(model.evaluate(*held, verbose=0))
    tokens = len(recorder.steps) * 20 * length
    print(f"{tokens:7} tokens: validation loss {losses[-1]:.3f}")

# %%
# The rate and the loss
# ---------------------
#
# Look at the applied rate and at the validation loss over tokens.

fig, (above, below) = plt.subplots(2, figsize=(7.2, 5), sharex=True)
fig.suptitle(
    "A character model, trained with the plan", fontweight="bold"
)
above.plot(recorder.steps * 20 * length, recorder.rates)
above.set(ylabel="rate applied")
below.plot(np.arange(1, 11) * total / 10, losses, "o-", color="C1")
below.set(xlabel="token", ylabel="validation loss")
