"""How long schedules take, beside others in the same run; printed as ratios.

    KERAS_BACKEND=jax python -m tests.benchmarks             # all
    KERAS_BACKEND=tensorflow python -m tests.benchmarks step # one

Each figure is the least of several runs that alternate between what is compared, on a machine that
should have nothing else to do.
"""

import os
import sys
import time

os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0"}
os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import keras
import numpy as np

import lrschedules as lrs

STEPS = 100_000


def report(title, tasks, rounds=7):
    """Time tasks in turns, each with how often it does the thing, and print them per thing."""
    seconds = dict.fromkeys(tasks, float("inf"))
    for task, _ in tasks.values():
        task()
    for _ in range(rounds):
        for name, (task, times) in tasks.items():
            begin = time.perf_counter()
            task()
            seconds[name] = min(seconds[name], (time.perf_counter() - begin) / times)
    (first, base), *_ = seconds.items()
    print(f"\n{title}; ratios to: {first}")
    for name, value in seconds.items():
        print(f"  {value * 1e6:12.3f} µs  {value / base:7.2f}  {name}")


def scalar():
    """One rate for one Python number, as a training loop asks for it."""
    import math

    import optax
    import torch

    calls = 2000
    ours = lrs.Cosine(0.1, 0.0, STEPS)
    composed = lrs.Cosine(0.1, 0.0, STEPS).warmup(1000)
    theirs = torch.optim.lr_scheduler.CosineAnnealingLR(
        torch.optim.SGD([torch.zeros(1, requires_grad=True)], 0.1), STEPS
    )
    theirs.optimizer.step()
    of_keras = keras.optimizers.schedules.CosineDecay(0.1, STEPS)
    of_optax = optax.cosine_decay_schedule(0.1, STEPS)

    def by_hand(step):
        return 0.05 * (1 + math.cos(math.pi * min(step, STEPS) / STEPS))

    def each(function, times=calls):
        return lambda: [function(step) for step in range(times)], times

    report(
        "scalar call",
        {
            "torch CosineAnnealingLR.step()": each(lambda _: theirs.step()),
            "lrschedules Cosine": each(ours),
            "lrschedules Cosine.warmup": each(composed),
            "by hand, math": each(by_hand),
            "optax, eager": each(of_optax, 100),
            "Keras CosineDecay, eager": each(of_keras, 100),
        },
    )


def array():
    """The rates of ten million steps."""
    steps = np.arange(10**7)
    ours = lrs.Cosine(0.1, 0.01, 10**7)

    def by_hand():
        left, done = (10**7 - steps) / 10**7, steps / 10**7
        return 0.1 * np.sin(np.pi / 2 * left) ** 2 + 0.01 * np.sin(np.pi / 2 * done) ** 2

    def textbook():
        return 0.01 + 0.045 * (1 + np.cos(np.pi * steps / 10**7))

    report(
        "array of 10 million steps",
        {
            "the same formula by hand, NumPy": (by_hand, 1),
            "lrschedules Cosine": (lambda: ours(steps), 1),
            "the textbook's formula, NumPy": (textbook, 1),
        },
        rounds=5,
    )


def step():
    """A training step of a small net, compiled, with a schedule and without."""
    rows = np.random.default_rng(0).normal(size=(128 * 400, 34)).astype("float32")
    labels = (rows[:, :1] > 0).astype("float32")
    schedules = {
        "a constant number": 0.1,
        "lrschedules Cosine.warmup": lrs.Cosine(0.1, 0.0, STEPS).warmup(1000),
        "lrschedules sgdr": lrs.recipes.sgdr(0.1, 0.0, 100),
        "Keras CosineDecay": keras.optimizers.schedules.CosineDecay(0.1, STEPS),
    }

    def fit(rate):
        model = keras.Sequential([keras.layers.Dense(34, "relu"), keras.layers.Dense(1, "sigmoid")])
        model.compile(keras.optimizers.SGD(rate, momentum=0.9), "binary_crossentropy")
        return lambda: model.fit(rows, labels, 128, verbose=0, shuffle=False), 400

    tasks = {name: fit(rate) for name, rate in schedules.items()}
    report(f"training step, {keras.backend.backend()}", tasks)


if __name__ == "__main__":
    chosen = sys.argv[1:] or ["scalar", "array", "step"]
    for name in chosen:
        {"scalar": scalar, "array": array, "step": step}[name]()
