"""How long schedules take, beside others in the same run; printed as ratios.

    KERAS_BACKEND=jax python -m tests.tools.benchmarks             # all
    KERAS_BACKEND=tensorflow python -m tests.tools.benchmarks step # or scalar, array, study

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
        print(f"  {value * 1e6:12.3f} µs  {value / base:9.4f}  {name}")


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


def study():
    """Twelve schedules with ten seeds each, 50 epochs with validation: 120 runs of the tutorial."""
    from lrschedules.study import compare

    split = lrs.datasets.load_ionosphere().tail_split()
    schedules = {
        f"linear to {stop:.3f}": lrs.Linear(0.1, stop, 450) for stop in np.arange(12) / 120
    }
    seeds, epochs, batch, loss = 10, 50, 28, "binary_crossentropy"

    def build():
        return keras.Sequential(
            [keras.Input((34,)), keras.layers.Dense(34, "relu"), keras.layers.Dense(1, "sigmoid")]
        )

    def optimizer(rate):
        return keras.optimizers.SGD(rate, momentum=0.8)

    def plain():
        model = build()
        model.compile(optimizer(schedules["linear to 0.000"]), loss, metrics=["accuracy"])
        model.fit(*split.train, batch, epochs, validation_data=split.validation, verbose=0)

    def stacked():
        compare(
            schedules,
            build,
            *split,
            optimizer=optimizer,
            loss=loss,
            metrics=["accuracy"],
            epochs=epochs,
            batch_size=batch,
            seeds=seeds,
            engine="stacked",
        )

    def by_hand():
        for schedule in schedules.values():
            rates = schedule(np.arange(450))
            for seed in range(seeds):
                numpy_run(split, rates.astype("float32"), seed, epochs, batch)

    runs = len(schedules) * seeds
    tasks = {"one plain fit": (plain, 1), "a stacked run, all in": (stacked, runs)}
    tasks["a run by hand, NumPy"] = (by_hand, runs)
    report(f"120 runs, {keras.backend.backend()}", tasks, rounds=5)


def numpy_run(split, rates, seed, epochs, batch):
    """Train 34-34-1 by hand, and return loss and accuracy of each epoch on both parts."""
    rng = np.random.default_rng(seed)
    x, y = split.train[0], split.train[1][:, None]

    def glorot(rows, columns):
        edge = (6 / (rows + columns)) ** 0.5
        return rng.uniform(-edge, edge, (rows, columns)).astype("float32")

    weights = [glorot(34, 34), np.zeros(34, "float32"), glorot(34, 1), np.zeros(1, "float32")]
    velocity = [np.zeros_like(w) for w in weights]

    def forward(x):
        hidden = np.maximum(x @ weights[0] + weights[1], 0)
        return hidden, 1 / (1 + np.exp(-(hidden @ weights[2] + weights[3])))

    def measures(p, y):
        p = np.clip(p, 1e-7, 1 - 1e-7)
        return -np.log(np.where(y == 1, p, 1 - p)).mean(), ((p > 0.5) == y).mean()

    step, history = 0, []
    for _ in range(epochs):
        order, seen = rng.permutation(len(x)), []
        for start in range(0, len(x), batch):
            at = order[start : start + batch]
            hidden, p = forward(x[at])
            seen.append(measures(p, y[at]))
            out = (p - y[at]) / len(at)
            back = (out @ weights[2].T) * (hidden > 0)
            gradients = [x[at].T @ back, back.sum(0), hidden.T @ out, out.sum(0)]
            for i, gradient in enumerate(gradients):
                velocity[i] = 0.8 * velocity[i] - rates[step] * gradient
                weights[i] = weights[i] + velocity[i]
            step += 1
        validation = forward(split.validation[0])[1]
        history.append((*np.mean(seen, 0), *measures(validation, split.validation[1][:, None])))
    return history


if __name__ == "__main__":
    tasks = {"scalar": scalar, "array": array, "step": step, "study": study}
    for name in sys.argv[1:] or tasks:
        tasks[name]()
