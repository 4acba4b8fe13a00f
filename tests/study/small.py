"""A small study, in a module of its own: processes and clusters import what they run."""

import os

import keras
import numpy as np

import lrschedules as lrs
from lrschedules.study import compare

RNG = np.random.default_rng(0)
X = RNG.normal(size=(24, 3)).astype("float32")
Y = (X[:, :1] > 0).astype("float32")
SCHEDULES = {"constant": lrs.Constant(0.1), "linear": lrs.Linear(0.1, 0, 30)}
# Many runs, for the stacked engine in blocks of one.
LONG = {"seeds": 20, "memory": 4000}


def build():
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, "sigmoid")])


def study(**options):
    """Compare two schedules with three seeds: six runs of 4 epochs."""
    settings = {
        "optimizer": keras.optimizers.SGD,
        "loss": "mse",
        "metrics": ["accuracy"],
        "epochs": 4,
        "batch_size": 8,
        "seeds": 3,
    }
    settings |= options
    return compare(
        settings.pop("schedules", SCHEDULES),
        settings.pop("build", build),
        (X, Y),
        (X, Y),
        **settings,
    )


class FailsWithSeed(keras.callbacks.Callback):
    """Fails in the runs whose first weight is that of a seed."""

    def __init__(self, seed):
        super().__init__()
        keras.utils.set_random_seed(seed)
        self.weight = build().get_weights()[0][0, 0]

    def on_train_begin(self, logs=None):
        if self.model.get_weights()[0][0, 0] == self.weight:
            raise RuntimeError("this seed fails")


class Dies(keras.callbacks.Callback):
    """Ends its process as the kernel would, once: the first one that makes the file."""

    def __init__(self, file):
        super().__init__()
        self.file = file

    def on_train_begin(self, logs=None):
        try:
            self.file.touch(exist_ok=False)
        except FileExistsError:
            return
        os.kill(os.getpid(), 9)


def killed_study(folder, engine):
    """Run the study with a store, in a process that is going to be killed."""
    study(**LONG, store=folder, engine=engine)
