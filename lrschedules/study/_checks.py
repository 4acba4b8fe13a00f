"""Checks: the arguments of ``compare``, all of them before anything is trained."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any, get_args

from lrschedules import datasets
from lrschedules._arguments import Function, Text, each_once, one_of
from lrschedules._config import shown
from lrschedules._param import MOST_NUMBERS, Kind, Series, checked, count, factor, peak
from lrschedules._schedule import Schedule, a_schedule
from lrschedules.study._study import Engine

SEEDS = Series(datasets.seeds, [0, 1, 2])
HOW_MANY = dataclasses.replace(
    count,
    rule=f"a whole number from 1 to {MOST_NUMBERS}, or a list of seeds",
    example=10,
    below=MOST_NUMBERS + 1,
)
RATES = Series(peak, [0.5, 1, 2])
CLASS = Kind("a class: a whole number ≥ 0", "none", 1, below=2**31, whole=True)
BYTES = dataclasses.replace(
    count, rule="a whole number of bytes ≥ 1", unit="bytes", example=2**30, below=math.inf
)
VERBOSE = Kind("0, 1 or 2", "none", 1, below=3, whole=True)
NAME = Text("a text", "cosine")
ENGINE = one_of(*get_args(Engine))
BUILD_MODEL = Function(
    "a function without arguments that returns a new Keras model", "build_model=build", 0
)
OPTIMIZER = Function(
    "a function from a schedule to a Keras optimizer", "optimizer=keras.optimizers.Adam", 1
)
CALLBACKS = Function(
    "a function without arguments that returns a list of new callbacks",
    "callbacks=lambda: [keras.callbacks.TerminateOnNaN()]",
    0,
)


def named_schedules(schedules: Any) -> dict[str, Schedule]:
    """Return the schedules by name."""
    if not isinstance(schedules, Mapping) or not schedules:
        raise TypeError(
            f"compare: schedules must be a mapping of names to schedules, got "
            f"{shown(schedules)}; write for example {{'constant': Constant(0.1)}}"
        )
    named: Mapping[Any, Any] = schedules
    return {
        checked("compare: schedules: each name", NAME, name): checked(
            f"compare: schedules[{shown(name)}]", a_schedule, schedule
        )
        for name, schedule in named.items()
    }


def seeds_of(seeds: Any) -> tuple[int, ...]:
    """Return the seeds, of which there are one or more, each once."""
    if hasattr(seeds, "__iter__"):
        return each_once("compare: seeds", SEEDS, seeds)
    return tuple(range(checked("compare: seeds", HOW_MANY, seeds)))


def base_rates_of(base_rates: Any) -> tuple[float, ...]:
    """Return the base rates, of which there are one or more, each once."""
    return each_once("compare: base_rates", RATES, base_rates)


def class_weights_of(class_weight: Any) -> dict[int, float] | None:
    """Return the weight of each class, if there are some."""
    if class_weight is None:
        return None
    if not isinstance(class_weight, Mapping):
        raise TypeError(
            f"compare: class_weight must be a mapping of classes to weights, got "
            f"{shown(class_weight)}; "
            "write for example {0: 1.0, 1: 2.5}"
        )
    weights: Mapping[Any, Any] = class_weight
    return {
        checked("compare: class_weight: each key", CLASS, key): checked(
            f"compare: class_weight[{shown(key)}]", factor, weight
        )
        for key, weight in weights.items()
    }


def verbose_of(verbose: Any) -> int:
    """Return how much is shown; True and False stand for 1 and 0."""
    number = int(verbose) if isinstance(verbose, bool) else verbose
    return checked("compare: verbose", VERBOSE, number)
