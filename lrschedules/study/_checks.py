"""Checks: the arguments of ``compare``, all of them before anything is trained."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any, get_args

from lrschedules._arguments import LONGEST, Function, Text, listed, one_of
from lrschedules._param import Kind, checked, count, factor, peak
from lrschedules._schedule import Schedule, a_schedule
from lrschedules.study._study import Engine

MOST_SEED = 2**31 - 1
SEED = Kind(f"a whole number from 0 to {MOST_SEED}", "none", 7, below=MOST_SEED + 1, whole=True)
SEEDS = Kind(
    f"a whole number from 1 to {LONGEST}, or a list of seeds",
    "none",
    10,
    least=1,
    below=LONGEST + 1,
    whole=True,
)
CLASS = dataclasses.replace(SEED, rule="a class: a whole number ≥ 0", example=1)
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
            f"compare: schedules must be a mapping of names to schedules, got {schedules!r}; write "
            "for example {'constant': Constant(0.1), 'cosine': Cosine(0.1, 0, 450)}"
        )
    named: Mapping[Any, Any] = schedules
    return {
        checked("compare: schedules: each name", NAME, name): checked(
            f"compare: schedules[{name!r}]", a_schedule, schedule
        )
        for name, schedule in named.items()
    }


def seeds_of(seeds: Any) -> tuple[int, ...]:
    """Return the seeds, of which there are one or more, each once."""
    if not hasattr(seeds, "__iter__"):
        return tuple(range(checked("compare: seeds", SEEDS, seeds)))
    given = listed("compare: seeds", seeds, "seeds=10 or seeds=[0, 1, 2]")
    chosen = tuple(checked("compare: seeds: each", SEED, seed) for seed in given)
    return each_once("compare: seeds", chosen, "seeds=[0, 1, 2]")


def base_rates_of(base_rates: Any) -> tuple[float, ...]:
    """Return the base rates, of which there are one or more, each once."""
    given = listed("compare: base_rates", base_rates, "base_rates=[0.5, 1, 2]")
    rates = tuple(checked("compare: base_rates: each", peak, rate) for rate in given)
    return each_once("compare: base_rates", rates, "base_rates=[0.5, 1, 2]")


def each_once(where: str, values: tuple[Any, ...], example: str) -> tuple[Any, ...]:
    """Check that there are values, and that they differ from each other."""
    if not values:
        raise ValueError(
            f"{where} must hold at least one value, got (); write for example {example}"
        )
    if len(set(values)) < len(values):
        raise ValueError(
            f"{where} must be different from each other, got {list(values)}; write each once"
        )
    return values


def class_weights_of(class_weight: Any) -> dict[int, float] | None:
    """Return the weight of each class, if there are some."""
    if class_weight is None:
        return None
    if not isinstance(class_weight, Mapping):
        raise TypeError(
            f"compare: class_weight must be a mapping of classes to weights, got {class_weight!r}; "
            "write for example {0: 1.0, 1: 2.5}"
        )
    weights: Mapping[Any, Any] = class_weight
    return {
        checked("compare: class_weight: each key", CLASS, key): checked(
            f"compare: class_weight[{key!r}]", factor, weight
        )
        for key, weight in weights.items()
    }


def verbose_of(verbose: Any) -> int:
    """Return how much is shown; True and False stand for 1 and 0."""
    number = int(verbose) if isinstance(verbose, bool) else verbose
    return checked("compare: verbose", VERBOSE, number)
