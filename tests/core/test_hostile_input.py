"""Every argument of every recipe, method and tool, given what nobody should give it.

A call succeeds, or raises ValueError or TypeError with a short text that names the function and the
parameter and shows the value.
"""

import decimal
import fractions
import inspect
import itertools
import math
import numbers
import re
import time

import matplotlib.pyplot as plt
import numpy as np

import lrschedules as lrs
from lrschedules import datasets, javascript, plotting, recipes, symbolic
from lrschedules._config import shown

LINE = lrs.Linear(0, 1, 100)
RUN = lrs.Run(batch_size=28, samples=235, epochs=10, tokens_per_sample=5)
DATA = datasets.load_ionosphere()
# Arguments with which each function can be called; every parameter is among them.
METHODS = {
    LINE.then: {"second": LINE, "at": 5},
    LINE.warmup: {"steps": 5, "start": 0.1, "shape": lrs.Cosine},
    LINE.cooldown: {"steps": 5, "stop": 0.1, "at": 5, "shape": lrs.Cosine},
    LINE.repeat: {"cycles": 3, "every": 5, "growth": 2, "factor": 0.5},
    LINE.delay: {"steps": 5},
    LINE.per_epoch: {"steps_per_epoch": 5, "smooth": True},
    LINE.stretch: {"times": 2},
    LINE.scale: {"factor": 2},
    LINE.times: {"other": LINE},
    LINE.plus: {"amount": 0.1},
    LINE.clip: {"minimum": 0.1, "maximum": 0.2},
    LINE.geometric: {"start": 0.1, "stop": 0.2},
    LINE.k_decay: {"k": 2},
    LINE.breakpoints: {"last": 5},
    LINE.phases: {"last": 5},
    LINE.mean: {"steps": 5},
    LINE.matched_to: {"tuned": LINE, "steps": 5},
    LINE.plot: {"steps": 5, "ax": None},
}
TOOLS = {
    lrs.Run: {"batch_size": 28, "samples": 235, "epochs": 2, "steps": 18, "tokens_per_sample": 5},
    RUN.in_epochs: {"number": 2},
    RUN.in_samples: {"number": 100},
    RUN.in_tokens: {"number": 1000},
    RUN.fraction: {"number": 0.5},
    plotting.plot: {"schedules": LINE, "steps": 5, "ax": None},
    plotting.picture: {"schedule": LINE},
    plotting.describe: {"schedule": LINE, "name": "momentum", "steps": 5},
    plotting.horizon: {"schedule": LINE},
    datasets.Dataset: {"features": DATA.features, "labels": DATA.labels},
    DATA.tail_split: {"rows": 9},
    DATA.stratified_split: {"seed": 1, "rows": 9},
    symbolic.trace: {"schedule": LINE},
    symbolic.latex: {"schedule": LINE},
    javascript.javascript: {"schedule": LINE},
}
RECIPES = [f for f in vars(recipes).values() if inspect.isfunction(f)]
# Methods that take no argument of the user.
WITHOUT = {"between", "blend", "evaluate", "formula", "progress", "time_scale"}


class Unprintable:
    def __repr__(self):
        raise RuntimeError


def nested(depth):
    inner = []
    for _ in range(depth):
        inner = [inner]
    return inner


def numbers_of_all_kinds():
    """Return numbers: some functions take some of them."""
    return [
        *(
            10**400,
            -(10**400),
            10**5000,
            math.nan,
            math.inf,
            -math.inf,
            -0.0,
            0,
            -1,
            -1e-300,
            5e-324,
        ),
        *(1e308, 0.5, 1, 3.5, 2**31 - 1, 2**31, 2**63, fractions.Fraction(1, 3), np.uint64(2**63)),
        *(fractions.Fraction(10**400), np.float32("nan"), np.int64(-1), np.float64(1e308)),
        *(np.longdouble("1e4000"), np.float16(0.5), None),
    ]


def collections_of_all_kinds():
    """Return what has several things in it: a list of numbers may be made of some of them."""
    return [
        *([], (), [[]], [0.1, "a"], [3, 2, 1], [1, 2], [math.nan], nested(5000), {}, {"a": 1}, {1}),
        *(range(3), range(10**9), itertools.count(1), iter([5]), np.array([0.1, 0.2]), [10**400]),
        *(np.array([[1.0]]), np.array(["a"]), np.arange(10**5), [True], ["1"] * 1000),
    ]


def others():
    """Return what nobody takes, but for a class where a class is asked for."""
    return [
        *(True, False, np.True_, "", "0.1", "x" * 10**5, "nan", b"1", ..., object()),
        *(Unprintable(), 1j, decimal.Decimal("0.1"), np.array(0.1), np.array(None), int, dict),
        *(lrs.Drop, lrs.Schedule, abs, lambda: 0, lambda a, b, n: 0.1, math, type, ValueError("5")),
    ]


def example(recipe):
    """Return the arguments with which a recipe is called in its docstring, and its defaults."""
    code = re.search(rf">>> schedule = ({recipe.__name__}\(.*\))", inspect.getdoc(recipe))[1]
    bound = eval(code, vars(lrs) | {recipe.__name__: inspect.signature(recipe).bind})
    bound.apply_defaults()
    return bound.arguments


def shows(text, value):
    """Return whether an error shows a value: as it is, as it was converted, or a part of it."""
    if re.search(r" at index \d+ of \d+ numbers|more than 100000 numbers|got \d+ values", text):
        return True  # of a list that is long
    ways = [shown, lambda value: shown(float(value)), lambda value: f"{value.shape}"]
    if isinstance(value, (tuple, dict, set, np.ndarray)) or hasattr(value, "__next__"):
        ways.append(lambda value: shown(list(value) or [5]))
    if isinstance(value, range) and len(value) < 5:
        ways.append(lambda value: shown(list(value)))
    for way in ways:
        try:
            if way(value) in text:
                return True
        except (AttributeError, TypeError, ValueError, OverflowError):
            pass
    return False


def accepted(name, default, value):
    """Return whether a call may succeed with a value."""
    if value is None or isinstance(value, bool):
        return value is default or (name == "smooth" and value is not None)
    if name in {"values", "boundaries", "milestones"}:
        return isinstance(value, (list, tuple, range, np.ndarray, type(iter([]))))
    if name == "name":
        return isinstance(value, str) and value != ""
    if isinstance(value, type):
        return name == "schedule" and value is lrs.Drop
    return isinstance(value, numbers.Real)


def flaw(error, function, name, value):
    """Return what is wrong with the text of an error, or None."""
    text, called = str(error), function.__name__
    begins = f"{called}: ", f"{called.title().replace('_', '')}: ", "schedule must be"
    flaws = {
        "does not name the function": not text.startswith(begins),
        "does not name the parameter": not re.search(rf"\b{name}\b", text),
        "does not show the value": not shows(text, value),
        "is long": len(text) > 2000,
        "is no error of values": not isinstance(error, (TypeError, ValueError)),
    }
    return next((f"{error!r:.500} {flaw}" for flaw, is_one in flaws.items() if is_one), None)


def failure(function, arguments, name, value):
    """Return what is wrong with the answer to an argument, or None."""
    begin = time.process_time()
    try:
        function(**arguments | {name: value})
    except Exception as error:  # noqa: BLE001 - those that it should not be are looked for
        found = flaw(error, function, name, value)
    else:
        default = inspect.signature(function).parameters[name].default
        found = None if accepted(name, default, value) else "is accepted"
    seconds = time.process_time() - begin
    return found or (f"takes {seconds} s" if seconds > 1 else None)


def test_hostile_arguments():
    """Thousands of arguments, each of a kind that somebody has passed somewhere by mistake."""
    calls = {recipe: example(recipe) for recipe in RECIPES} | METHODS | TOOLS
    tried, failures = 0, []
    for function, arguments in calls.items():
        assert set(arguments) == set(inspect.signature(function).parameters)
        for name in arguments:
            for value in [*numbers_of_all_kinds(), *collections_of_all_kinds(), *others()]:
                tried += 1
                if found := failure(function, arguments, name, value):
                    failures.append(f"{function.__name__}({name}={shown(value)[:60]}) {found}")
    plt.close("all")
    assert failures == []
    assert tried > 10_000


def test_every_method_is_tried():
    """A new method of a schedule, and a new tool, is tried too."""
    methods = {
        name
        for name, method in inspect.getmembers(lrs.Finite, inspect.isfunction)
        if not name.startswith("_")
        and method.__module__ in {"lrschedules._schedule", "lrschedules.shapes.finite"}
    }
    tools = {
        name
        for module in (plotting, datasets, symbolic)
        for name, tool in inspect.getmembers(module, inspect.isfunction)
        if not name.startswith("_") and tool.__module__ == module.__name__
    }

    assert methods - WITHOUT == {method.__name__ for method in METHODS}
    without = {"load_ionosphere", "load_language_model_runs"}
    assert tools - without <= {tool.__name__ for tool in TOOLS}
