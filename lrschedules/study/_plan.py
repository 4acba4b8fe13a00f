"""Plan: what a study trains, and what makes a run of it: a schedule, a base rate and a seed."""

from __future__ import annotations

import dataclasses
import itertools
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple
from unittest import mock

import keras
import numpy as np
from keras.src.random import seed_generator
from numpy.typing import NDArray

from lrschedules._arguments import called
from lrschedules._schedule import Schedule
from lrschedules.study._data import Data, mapped


class Run(NamedTuple):
    """One training run of a study."""

    schedule: str
    base_rate: float
    seed: int

    def __str__(self) -> str:
        times = "" if self.base_rate == 1 else f" times {self.base_rate:g}"
        return f"{self.schedule!r}{times} with seed {self.seed}"


# The values of each metric, one an epoch.
History = dict[str, list[float]]

# Rows of one evaluation: many are quick, and few fit into memory.
EVALUATED = 256


class Failure(NamedTuple):
    """Why a run gave no history."""

    reason: str
    details: str


@dataclasses.dataclass(frozen=True)
class Plan:
    """All that determines the runs of a study."""

    schedules: Mapping[str, Schedule]
    base_rates: Sequence[float]
    seeds: Sequence[int]
    build_model: Callable[[], Any]
    train: Data
    validation: Data | None
    optimizer: Callable[[Schedule], Any]
    compiled: Mapping[str, Any]
    epochs: int
    batch_size: int
    callbacks: Callable[[], list[Any]] | None

    @property
    def runs(self) -> list[Run]:
        """All runs, those of a seed together: what is finished can be compared."""
        every = itertools.product(self.seeds, self.schedules, self.base_rates)
        return [Run(schedule, base_rate, seed) for seed, schedule, base_rate in every]

    @property
    def steps(self) -> int:
        """Updates in an epoch."""
        return -(-len(self.train) // self.batch_size)

    @property
    def evaluated(self) -> int:
        """Rows of one batch in an evaluation."""
        return max(self.batch_size, EVALUATED)

    def schedule(self, run: Run) -> Schedule:
        """Return the schedule of a run, times its base rate."""
        schedule = self.schedules[run.schedule]
        return schedule if run.base_rate == 1 else schedule.scale(run.base_rate)

    def model(self, seed: int) -> Any:
        """Return a new model with the weights of a seed, not compiled."""
        keras.utils.set_random_seed(seed)
        base: Any = keras.Model
        # Keras draws the seeds of its layers from Python's generator, and so do the other threads
        # of a cluster's worker for purposes of their own: here it has one for itself.
        with mock.patch.object(seed_generator, "python_random", random.Random(seed)):  # noqa: S311
            model = called("compare: build_model", self.build_model)
        if not isinstance(model, base):
            raise TypeError(
                f"compare: build_model must return a Keras model, got {model!r}; end it with "
                "return model"
            )
        if model.compiled:
            raise ValueError(
                f"compare: build_model must return a new model each time, not compiled, got "
                f"{model.name!r}, which is compiled; make it inside of build_model, and leave "
                "compile() to compare"
            )
        return model

    def compile(self, model: Any, optimizer: Any) -> None:
        """Compile a model with the loss and the metrics of the study."""
        model.compile(optimizer=optimizer, **self.compiled)

    def rates(self, run: Run) -> NDArray[np.float32]:
        """Return the rate of every update of a run, of shape (epochs * steps,).

        What the optimizer makes of the schedule counts: it may have been scaled on the way.
        """
        rate = rate_of(self.optimizer(self.schedule(run)))
        return rate(np.arange(self.epochs * self.steps)).astype(np.float32)

    @property
    def first_batch(self) -> tuple[Any, Any, Any]:
        """A batch to build a model on, as Keras wants it: x, y and sample weights or None."""
        return first_rows(self.train, self.batch_size)

    def check(self) -> None:
        """Check that the optimizers of the study differ in their schedules alone.

        Raises
        ------
        TypeError, ValueError
            If they do not, or are no optimizers, or do not follow the schedule.
        """
        first: Any = None
        for name, schedule in self.schedules.items():
            optimizer = called("compare: optimizer", self.optimizer, schedule)
            if not isinstance(optimizer, keras.optimizers.Optimizer):
                raise TypeError(
                    f"compare: optimizer must make a Keras optimizer of a schedule, got "
                    f"{optimizer!r}; write for example optimizer=keras.optimizers.Adam"
                )
            if hasattr(optimizer, "optimizers"):
                continue
            rate = rate_of(optimizer)
            if not isinstance(rate, Schedule):
                raise TypeError(
                    f"compare: the optimizer made for {name!r} has the rate {rate!r}, and not the "
                    "schedule; write for example optimizer=lambda rate: "
                    "keras.optimizers.SGD(rate, momentum=0.9)"
                )
            config = settings_of(optimizer)
            if first not in (None, config):
                raise ValueError(
                    f"compare: the optimizer made for {name!r} differs from the first in more than "
                    f"its rate, got {config} after {first}; schedules are compared with equal "
                    "optimizers"
                )
            first = config


def first_rows(data: Data, number: int) -> tuple[Any, Any, Any]:
    """Return the first rows of some data: x, y and sample weights, None where there are none."""
    rows = mapped(lambda array: array[:number], data.rows[0])
    return keras.utils.unpack_x_y_sample_weight(rows)


def rate_of(optimizer: Any) -> Any:
    """Return the rate of an optimizer, or of the one whose losses it scales."""
    return getattr(optimizer, "inner_optimizer", optimizer)._learning_rate  # noqa: SLF001


def settings_of(optimizer: Any) -> dict[str, Any]:
    """Return the class and the configuration of an optimizer, without its rate and its name."""
    config = optimizer.get_config()
    inner = getattr(optimizer, "inner_optimizer", None)
    if inner is not None:
        config["inner_optimizer"] = settings_of(inner)
    config = {key: value for key, value in config.items() if key not in {"learning_rate", "name"}}
    return {"class": type(optimizer).__name__, **config}
