"""How much faster compare is than fit for each run, by kind of model and by number of runs.

    KERAS_BACKEND=jax python -m tests.tools.engine_table                 # all models
    KERAS_BACKEND=torch python -m tests.tools.engine_table "LSTM of 32"  # or some

A ratio is the time of as many calls of ``fit`` as the study has runs, over the time of ``compare``.
The time of one ``fit`` is the median of three, from building the model to its history. The ratios
are written into the column of the back end in the table of docs/guide/engine.md. The machine should
have nothing else to do.
"""

import csv
import os
import statistics
import sys
import time
from pathlib import Path

os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0"}
os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits

import lrschedules as lrs

TABLE = Path(__file__).parents[2] / "docs" / "guide" / "engine.csv"
COLUMNS = {"jax": "JAX", "tensorflow": "TensorFlow", "torch": "PyTorch"}
# What a cell says of the engine.
MARKS = {"stacked, one run after another": " ¹", "stacked": "", "loop": " ²"}
SCHEDULES = {"constant": lrs.Constant(0.05), "linear": lrs.Linear(0.1, 0.0, 215)}
RUNS = (4, 40)


def digits():
    """Return training and validation rows: 1,347 and 450 images of 8 × 8 pixels."""
    data = load_digits()
    order = np.random.default_rng(0).permutation(len(data.images))
    x = (data.images[order, ..., None] / 16).astype("float32")
    y = data.target[order]
    return (x[:1347], y[:1347]), (x[1347:], y[1347:])


def dense(width):
    hidden = [layers.Dense(width, "relu"), layers.Dense(width, "relu")]
    return [layers.Flatten(), *hidden, layers.Dense(10)]


def convolutions():
    return [
        layers.Conv2D(16, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(32, 3, padding="same", activation="relu"),
        layers.GlobalAveragePooling2D(),
        layers.Dense(10),
    ]


def wider_convolutions():
    filters = [layers.Conv2D(16, 3, padding="same", activation="relu") for _ in range(2)]
    return [layers.UpSampling2D(2), *filters, layers.GlobalAveragePooling2D(), layers.Dense(10)]


def recurrent():
    return [layers.Reshape((8, 8)), layers.LSTM(32), layers.Dense(10)]


def transformer():
    rows = keras.Input((8, 8, 1))
    x = layers.Dense(32)(layers.Reshape((8, 8))(rows))
    x = layers.LayerNormalization()(x + layers.MultiHeadAttention(4, 8)(x, x))
    x = layers.LayerNormalization()(x + layers.Dense(32)(layers.Dense(64, "gelu")(x)))
    return keras.Model(rows, layers.Dense(10)(layers.GlobalAveragePooling1D()(x)))


def sequential(make, *arguments):
    return lambda: keras.Sequential([keras.Input((8, 8, 1)), *make(*arguments)])


MODELS = {
    "dense layers of 32": sequential(dense, 32),
    "dense layers of 256": sequential(dense, 256),
    "dense layers of 1024": sequential(dense, 1024),
    "convolutions, 8 × 8 pixels": sequential(convolutions),
    "convolutions, 16 × 16 pixels": sequential(wider_convolutions),
    "LSTM of 32": sequential(recurrent),
    "transformer block": transformer,
}


def runs_of(name):
    """Return the numbers of runs that a model is measured with."""
    return (*RUNS, 400) if name == "dense layers of 32" else RUNS


def momentum(rate):
    return keras.optimizers.SGD(rate, momentum=0.9)


def ratios(build, train, validation, epochs=5, runs=RUNS):
    """Yield the cell of each number of runs: the ratio, and the engine if it was not stacked."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    options = {"epochs": epochs, "batch_size": 32, "verbose": 0}
    seconds = []
    for _ in range(3):
        begin = time.perf_counter()
        model = build()
        model.compile(momentum(SCHEDULES["linear"]), loss, metrics=["accuracy"])
        model.fit(*train, validation_data=validation, **options)
        seconds.append(time.perf_counter() - begin)
    of_a_fit = statistics.median(seconds)
    print(f"  fit: {', '.join(f'{each:.2f} s' for each in seconds)}")
    options |= {"optimizer": momentum, "loss": loss, "metrics": ["accuracy"]}
    for number in runs:
        begin = time.perf_counter()
        seeds = number // len(SCHEDULES)
        result = lrs.compare(SCHEDULES, build, train, validation, seeds=seeds, **options)
        passed = time.perf_counter() - begin
        ratio, engine = of_a_fit * number / passed, result.settings["engine"]
        print(f"  {number} runs: {passed:.1f} s, {ratio:.2f} times, {engine}", flush=True)
        rounded = f"{ratio:.1f}" if ratio < 9.95 else f"{ratio:.0f}"
        yield rounded + MARKS[next(name for name in MARKS if engine.startswith(name))]


def main(names):
    """Measure some models, or all, and write their cells into the table."""
    train, validation = digits()
    # What happens once in a process is in no figure.
    few = [tuple(array[:64] for array in rows) for rows in (train, validation)]
    list(ratios(MODELS["dense layers of 32"], *few, epochs=1, runs=RUNS[:1]))
    cells = {}
    for name in names or MODELS:
        print(name)
        runs = runs_of(name)
        found = ratios(MODELS[name], train, validation, runs=runs)
        cells |= {(name, str(number)): cell for number, cell in zip(runs, found, strict=True)}
    with TABLE.open(encoding="utf-8", newline="") as file:
        known = {(row["Model"], row["Runs"]): row for row in csv.DictReader(file)}
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        columns = ("Model", "Runs", *COLUMNS.values())
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        for name in MODELS:
            for number in runs_of(name):
                key = name, str(number)
                row = known.get(key, {}) | dict(zip(columns, key, strict=False))
                if key in cells:
                    row[COLUMNS[keras.backend.backend()]] = cells[key]
                writer.writerow(row)


if __name__ == "__main__":
    main(sys.argv[1:])
