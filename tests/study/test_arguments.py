"""Every argument is checked before anything is trained, by its name and with the value."""

import functools
import inspect
import itertools
import math
import pathlib
import re
import sys
import time
import types
from decimal import Decimal
from fractions import Fraction

import keras
import matplotlib.pyplot as plt
import numpy as np
import pytest

import lrschedules as lrs
from lrschedules import finder
from lrschedules.callbacks import RecordRate, ReduceOnPlateau
from lrschedules.study import Comparison, _compare, compare

X = np.arange(24.0).reshape(8, 3)
Y = np.arange(8.0)[:, None]
PACKAGES = ("joblib", "pandas", "scipy", "tabulate")


class Accepted(Exception):  # noqa: N818 - it is no error
    """Marks that all arguments were accepted; what would train is not reached."""


class Stopped:
    """Stands where a study would be trained."""

    def __init__(self, plan, built, store, finished):
        raise Accepted


def never():
    """Stand where the first model would be made: all arguments without a model are accepted."""
    raise Accepted


def build():
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])


ARGUMENTS = {
    "schedules": {"a": lrs.Constant(0.1), "b": lrs.Constant(0.2)},
    "build_model": never,
    "train": (X, Y),
    "validation": (X, Y),
    "optimizer": keras.optimizers.SGD,
    "loss": "mse",
    "metrics": None,
    "weighted_metrics": None,
    "loss_weights": None,
    "class_weight": None,
    "epochs": 2,
    "batch_size": 4,
    "seeds": 2,
    "base_rates": (1.0,),
    "match": None,
    "callbacks": None,
    "engine": "auto",
    "store": None,
    "memory": 2**30,
    "verbose": 0,
}


def study(**changes):
    """Call ``compare`` with some arguments changed."""
    return compare(**(ARGUMENTS | changes))


@pytest.fixture(autouse=True)
def _nothing_trains(monkeypatch, tmp_path):
    monkeypatch.setattr(_compare, "Study", Stopped)
    monkeypatch.chdir(tmp_path)
    yield
    plt.close("all")


MOMENTUM = {"learning_rate": lrs.Constant(0.1), "momentum": lrs.Linear(0.95, 0.85, 10)}
SCHEDULED = functools.partial(lrs.scheduled, keras.optimizers.SGD)


def by_name(optimizer=SCHEDULED, **changes):
    """Return the arguments of a study of mappings, the second one with changes."""
    return {"schedules": {"a": MOMENTUM, "b": MOMENTUM | changes}, "optimizer": optimizer}


def test_accepted():
    """Without a change the arguments are right, with a model and without."""
    mapping = by_name(momentum=0.9)
    for changes in ({}, {"build_model": build}, mapping):
        with pytest.raises(Accepted):
            study(**changes)


@pytest.mark.parametrize(
    ("terminal", "notebook", "logging", "shown"),
    [(0, 0, 1, 0), (1, 0, 1, 1), (0, 1, 1, 1), (1, 0, 0, 0), (0, 1, 0, 0)],
)
def test_progress_is_shown_where_it_is_seen(monkeypatch, terminal, notebook, logging, shown):
    """The bar is for terminals and notebooks, unless Keras has been told not to show any."""
    shell = types.SimpleNamespace(**({"kernel": None} if notebook else {}))
    ipython = types.SimpleNamespace(get_ipython=lambda: shell)
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setattr(sys, "stdout", types.SimpleNamespace(isatty=lambda: bool(terminal)))
    monkeypatch.setattr(keras.config, "is_interactive_logging_enabled", lambda: bool(logging))
    assert _compare._verbose_of("auto") == shown


# One mistake each --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"base_rates": (1.0, 1.0)}, r"base_rates must differ, got \[1.0, 1.0\]; write each once"),
        ({"base_rates": ()}, r"base_rates must hold at least one number, got \(\)"),
        (
            {"base_rates": 0.1},
            r"base_rates must be a list, each a number > 0, got 0.1; write .*\[0.5",
        ),
        (
            {"base_rates": [1, -1]},
            r"base_rates must be a list, each a number > 0, got \[1, -1\]; wri",
        ),
        ({"batch_size": 0}, "batch_size must be a whole number ≥ 1, got 0"),
        ({"epochs": 0}, "epochs must be a whole number ≥ 1, got 0"),
        ({"epochs": 2**31 - 1}, "epochs must be at most 1073741823 with 2 updates in each, got 21"),
        (
            {"seeds": 0},
            "seeds must be a whole number from 1 to 100000, got 0; .*, or a list of seeds",
        ),
        ({"seeds": [2**32]}, r"seeds must be a list, each .* from 0 to 4294967295, got \[42949672"),
        ({"seeds": [1, 1]}, r"seeds must differ, got \[1, 1\]; write each once"),
        ({"seeds": "12"}, r"seeds must be a list, .*, got '12'; write for example \[0, 1, 2\]"),
        ({"seeds": itertools.count()}, "seeds must be a list, .*, got more than 100000 numbers"),
        (
            {"schedules": {1: lrs.Constant(0.1), "1": lrs.Constant(0.2)}},
            "schedules: each name must be a text, got 1; write for example 'cosine'",
        ),
        ({"schedules": {"": lrs.Constant(0.1)}}, "schedules: each name must be a text, got ''"),
        ({"schedules": {"a": 0.1}}, r"schedules\['a'\] must be a schedule of lrschedules, got 0.1"),
        (
            {"schedules": {"a": lrs.Constant(0.1), "b": MOMENTUM}},
            r"schedules\['b'\] must be a schedule, as schedules\['a'\] is, got \{'learning_rate",
        ),
        (
            {"schedules": {"a": MOMENTUM, "b": lrs.Constant(0.1)}},
            r"schedules\['b'\] must be a mapping of .* as schedules\['a'\] is, got Constant",
        ),
        (by_name(beta=0.9), r"schedules\['b'\] must be a mapping of 'learning_rate', 'momentum'"),
        (
            {"schedules": {"a": {"momentum": 0.9}}},
            r"schedules\['a'\] must hold 'learning_rate', got \{'momentum': 0.9\}; write for exa",
        ),
        ({"schedules": {"a": {}}}, r"schedules\['a'\] must hold 'learning_rate', got \{\}; write"),
        (
            {"schedules": {"a": {"learning_rate": 0.1, 1: 2}}},
            r"schedules\['a'\]: each name must be a text, got 1; write for example 'momentum'",
        ),
        (
            by_name(momentum=lrs.Linear(0.9, 1.1, 10)),
            r"schedules\['b'\]\['momentum'\] must be a number ≥ 0 and < 1, and Linear\(.* is 1.1",
        ),
        (
            by_name(momentum=1),
            r"schedules\['b'\]\['momentum'\] must be a number ≥ 0 and < 1, got 1",
        ),
        (
            by_name(momentum="high"),
            r"schedules\['b'\]\['momentum'\] must be a schedule .* or a number, got 'high'; write",
        ),
        (
            {"schedules": {"a": {"learning_rate": 0.1, "power": -0.5}}},
            r"schedules\['a'\]\['power'\] must be a number ≥ 0, got -0.5",
        ),
        (
            by_name(lambda rate: 1),
            r"optimizer must be .* keywords learning_rate, momentum .*got .*partial\(lrs.scheduled",
        ),
        (
            by_name(keras.optimizers.SGD),
            r"optimizer\(learning_rate=Con.*, momentum=Lin.*\) raised Val.*partial\(lrs.scheduled",
        ),
        (
            by_name(lambda learning_rate, momentum: keras.optimizers.SGD(learning_rate)),
            r"the optimizer made for 'a' has the momentum 0.0 instead of .*partial\(lrs.scheduled",
        ),
        (
            by_name(
                lambda learning_rate, momentum: SCHEDULED(
                    learning_rate=learning_rate, momentum=momentum, nesterov=momentum(5) > 0.89
                ),
                momentum=0.5,
            ),
            "the optimizer made for 'b' differs .*'nesterov': False.* after .*'nesterov': True",
        ),
        ({"build_model": 1}, r"build_model must be a function without arguments .*, got 1; write"),
        ({"build_model": lambda x: x}, "build_model must be a function without arguments"),
        ({"optimizer": 1}, r"optimizer must be a function from a schedule .*, got 1; write .*Adam"),
        ({"optimizer": "adam"}, "optimizer must be a function from a schedule .*, got 'adam'"),
        ({"optimizer": lambda: 1}, "optimizer must be a function from a schedule"),
        ({"optimizer": len}, r"optimizer\(Constant\(value=0.1\)\) raised TypeError: .*no len"),
        ({"callbacks": [1]}, r"callbacks must be a function .*, got \[1\]; write .*=lambda: \["),
        (
            {"class_weight": 1},
            r"class_weight must be a mapping of classes to weights, got 1; write",
        ),
        ({"class_weight": {"a": 1}}, "class_weight: each key must be a whole number ≥ 0, got 'a'"),
        ({"class_weight": {0: -1}}, r"class_weight\[0\] must be a number ≥ 0, got -1"),
        (
            {"class_weight": {0: 1}, "train": (X, Y, Y[:, 0])},
            r"class_weight needs targets in one array and no sample weights, got \{0: 1.0\} with 3",
        ),
        (
            {"class_weight": {0: 1}, "train": (X, {"a": Y})},
            "class_weight needs targets in one array",
        ),
        (
            {"class_weight": {0: 1}, "train": (X, np.zeros((8, 2, 2)))},
            "class_weight needs targets in one array",
        ),
        ({"match": "peak"}, "match must be one of 'mean', got 'peak'"),
        ({"match": True}, "match must be one of 'mean', got True"),
        ({"engine": "fast"}, "engine must be one of 'auto', 'stacked', 'loop', got 'fast'"),
        ({"engine": ["loop"]}, r"engine must be one of 'auto', 'stacked', 'loop', got \['loop'\]"),
        ({"store": 5}, "store must be a path, got 5; write for example 'folder/name'"),
        ({"store": ""}, "store must be a path, got ''"),
        ({"memory": 0}, "memory must be a whole number of bytes from 1 to .*, got 0"),
        (
            {"verbose": 3},
            "verbose must be a whole number from 0 to 2, got 3; write for example 1, or 'auto'",
        ),
        ({"train": X}, r"train must be a pair \(x, y\) or .*, a dataset .*, got array"),
        ({"train": {"x": X, "y": Y}}, r"train must be a pair \(x, y\) or .*, a dataset .*, got \{"),
        ({"train": "rows"}, r"train must be a pair \(x, y\) or .*, a dataset .*, got 'rows'"),
        ({"train": (X, Y, Y, Y)}, r"train must be a pair \(x, y\) or \(x, y, sample_weight\), got"),
        ({"train": (X, None, Y)}, r"train must be a pair \(x, y\) or \(x, y, sample_weight\), got"),
        ({"train": ()}, r"train must be a pair \(x, y\) or \(x, y, sample_weight\), got \(\)"),
        ({"train": (X, Y[1:])}, r"train must hold arrays with as many rows .* \[\(8, 3\), \(7, 1"),
        ({"train": (X[:0], Y[:0])}, r"train must hold arrays .* at least 1, got shapes \[\(0, 3\)"),
        ({"train": (X, np.array(["a"] * 8))}, "train must hold arrays of numbers, got array"),
        ({"train": iter([])}, "train must hold at least one batch, got none"),
        ({"train": iter([X, X])}, r"train: each batch must be a pair \(x, y\) or"),
        ({"train": iter([(X, Y), (X[:, :2], Y)])}, "train must have batches alike, got ValueError"),
        (
            {"train": iter([(X, Y)])},
            "batch_size must be left out where train comes in batches of i",
        ),
        ({"train": lambda seed: X}, r"train\(0\) must be a pair"),
        (
            {"train": lambda seed: (X[seed:], Y[seed:])},
            "train must give every seed arrays of the s",
        ),
        (
            {"train": lambda: (X, Y)},
            r"train must be a pair .* or a function of the seed, got <func",
        ),
        ({"validation": (X, Y[1:])}, "validation must hold arrays with as many rows as each other"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_refused(changes, text):
    """A mistake is named before the first model is made."""
    with pytest.raises((TypeError, ValueError), match=f"^compare: {text}"):
        study(**changes)


def named(y, p):
    return keras.ops.mean(y - p)


named.__name__ = "seed"


@pytest.mark.parametrize("engine", ["auto", "loop"])
@pytest.mark.parametrize(
    ("changes", "text"),
    [
        (
            {"build_model": lambda: 1},
            "build_model must return a Keras model, got 1; end it with re",
        ),
        ({"build_model": object}, "build_model must return a Keras model, got <object"),
        (
            {"build_model": lambda: len(1)},
            r"build_model\(\) raised TypeError: object of type 'int'",
        ),
        (
            {"train": (X[:, :2], Y)},
            r"train, loss and metrics must fit the model, got .*\(2,\), \(1",
        ),
        (
            {"validation": (X[:, :2], Y)},
            r"validation must fit the model, got rows of shapes \(\(2,",
        ),
        (
            {"loss": "mse_"},
            "train, loss and metrics must fit the model, got .*loss='mse_'.*: ValueE",
        ),
        ({"loss": 5}, "train, loss and metrics must fit the model, got .*loss=5"),
        ({"metrics": ["f2score"]}, r"metrics must fit the model, got .*metrics=\['f2score'\].*: "),
        ({"metrics": "accuracy"}, "metrics must fit the model, got .*metrics='accuracy'.*: Value"),
        ({"weighted_metrics": [5]}, r"must fit the model, got .*weighted_metrics=\[5\].*: Value"),
        ({"loss_weights": [1, 2]}, r"must fit the model, got .*loss_weights=\[1, 2\].*: Value"),
        ({"metrics": [named]}, "metrics must not have the name of an axis of the result, got 'see"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_does_not_fit_is_refused(changes, text, engine):
    """What only the model can tell is found before training too, for either engine."""
    with pytest.raises((TypeError, ValueError), match=f"^compare: .*{text}"):
        study(**{"build_model": build, "validation": None, "engine": engine} | changes)


def test_validation_of_other_shapes():
    """Rows for validation may have other shapes, where the model takes them."""

    def any_length():
        layers = keras.layers
        pool = layers.GlobalAveragePooling1D()
        return keras.Sequential([keras.Input((None, 1)), pool, layers.Dense(1)])

    rows = {"train": (X[..., None], Y), "validation": (X[:, :2, None], Y)}
    with pytest.raises(Accepted):
        study(build_model=any_length, **rows)


@pytest.mark.parametrize("missing", PACKAGES)
def test_missing_package(missing, monkeypatch):
    """A package that a study needs in the end is looked for in the beginning."""
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(
        ModuleNotFoundError,
        match=rf"^compare needs packages that are not installed: {missing}; run python -m pip "
        rf"install {missing}, or install the extra keras-lrschedules\[study\]$",
    ):
        study()


# Everything that a program may pass by mistake ----------------------------------------------------

TEXTS = """
None True -1 0 1 2.5 nan inf -inf 10**400 -10**400 2**31 2**63 1e308 1j Fraction(1,2) Decimal("0.1")
"" "text" "\\0" "\\ud800" b"bytes" [] () {} set() [1] [1,1] [nan] [10**400] ["a"] [None] {1:2}
{"a":1} {"a":[]} object() object len id (lambda:1) (lambda*a:a) np.array(5) np.array([1,2])
np.array(["a"]) np.array([None]) np.int64(3) np.float32(0.5) range(3) count() repeat(1.0)
cyclic() ... nested() lrs.Constant(0.1) Path("file") Path("none/file") math
"""
VALUES = TEXTS.split()


def cyclic():
    value = []
    value.append(value)
    return value


def nested():
    value = []
    for _ in range(600):
        value = [value]
    return value


NAMES = {
    "count": itertools.count,
    "repeat": itertools.repeat,
    "inf": math.inf,
    "nan": math.nan,
    "Decimal": Decimal,
    "Fraction": Fraction,
    "Path": pathlib.Path,
    "cyclic": cyclic,
    "nested": nested,
    "lrs": lrs,
    "math": math,
    "np": np,
}


def fields(**changes):
    values = np.arange(24.0).reshape(2, 2, 3, 2)
    return {
        "schedules": {"a": "A()", "b": "B()"},
        "base_rates": (1.0, 2.0),
        "seeds": (0, 1, 2),
        "curves": {"loss": values, "accuracy": values},
        "direction": {},
        "settings": {},
    } | changes


finder_copied = finder._copied
RESULT = Comparison(**fields())
RANGE = finder.RangeTest(X.ravel(), -X.ravel(), -X.ravel(), "linear", "stop reached")


def ranged(**changes):
    arguments = {"model": None, "x": X, "y": Y} | changes
    return finder.range_test(**arguments)


def parameters(function):
    return [name for name in inspect.signature(function).parameters if name != "self"]


CALLS = {
    "compare": (study, parameters(compare)),
    "Comparison": (lambda **changes: Comparison(**fields(**changes)), parameters(Comparison)),
    "metric": (lambda metric: RESULT[metric], ["metric"]),
    "load": (Comparison.load, ["path"]),
    "range_test": (ranged, parameters(finder.range_test)),
    "RangeTest.suggestion": (RANGE.suggestion, ["method"]),
    "RangeTest.plot": (RANGE.plot, ["ax"]),
    "ReduceOnPlateau": (ReduceOnPlateau, parameters(ReduceOnPlateau)),
    "RecordRate": (RecordRate, ["log_dir"]),
    "RecordRate.save": (RecordRate().save, ["path"]),
    **{
        view: (getattr(RESULT, view), parameters(getattr(RESULT, view)))
        for view in ("table", "plot", "plot_differences", "plot_sensitivity", "describe", "save")
    },
}
CASES = [(call, name) for call, (_, names) in CALLS.items() for name in names]
# These are checked by Keras, which takes longer: a model is built.
FOR_KERAS = {"loss", "metrics", "weighted_metrics", "loss_weights"}

# Which of the values an argument may be; all others are refused.
NUMBERS = "1 2.5 2**31 2**63 1e308 Fraction(1,2) np.int64(3) np.float32(0.5)"
COUNT, BELOW_ONE, PATH = (
    "1 np.int64(3)",
    "Fraction(1,2) np.float32(0.5)",
    '"text" Path("file") Path("none/file")',
)
MAY_BE = {
    "compare": {
        "validation": "None",
        "loss": "None",
        "metrics": 'None [] () {} set() {"a":[]} 0 ""',
        "weighted_metrics": 'None [] () {} set() {"a":[]} 0 ""',
        "loss_weights": 'None 0 2.5 nan inf -inf [1] [nan] [None] {1:2} {"a":1}',
        "class_weight": "None {} {1:2}",
        "epochs": COUNT,
        "batch_size": f"None {COUNT}",
        "seeds": f"{COUNT} [1] np.array([1,2]) range(3)",
        "base_rates": "[1] np.array([1,2])",
        "match": "None",
        "callbacks": "None object (lambda:1) (lambda*a:a) lrs.Constant(0.1)",
        "store": f"None {PATH}",
        "memory": f"{COUNT} 2**31",
        "verbose": "True 0 1",
    },
    "Comparison": {
        "base_rates": "np.array([1,2])",
        "seeds": "range(3)",
        "direction": "{}",
        "settings": '{} {"a":1} {"a":[]}',
    },
    "range_test": {
        "start": "1 2.5 Fraction(1,2) np.int64(3) np.float32(0.5)",
        "stop": NUMBERS,
        "batch_size": COUNT,
        "smoothing": f"0 {BELOW_ONE}",
        "diverge": "2.5 2**31 2**63 1e308 np.int64(3)",
        "seed": f"0 {COUNT} 2**31",
    },
    "ReduceOnPlateau": {
        "monitor": '"text" "\\0" "\\ud800"',
        "factor": BELOW_ONE,
        "patience": COUNT,
        "min_delta": f"0 {NUMBERS}",
        "cooldown": f"0 {COUNT}",
        "min_scale": f"0 {BELOW_ONE}",
    },
    "load": {"path": PATH},
    "save": {"path": PATH},
    "RecordRate": {"log_dir": f"None {PATH}"},
    "RecordRate.save": {"path": PATH},
    "RangeTest.plot": {"ax": "None"},
    "metric": {},
}
SHOWN = {"metric": "None", "epoch": "None 1", "level": BELOW_ONE, "ax": "None"}


def outcome(function, name, value):
    """Return what comes of a value: "accepted", "refused", or else what is wrong with that."""
    begin = time.process_time()
    try:
        function(**{name: value})
        found = "accepted"
    except (Accepted, OSError, ModuleNotFoundError):  # OSError: a path that is not there
        found = "accepted"
    except (TypeError, ValueError) as error:
        words = re.search(rf"\b{name}\b", str(error)) and re.search("got |raised", str(error))
        found = "refused" if words else f"not named: {error}"
    except BaseException as error:  # noqa: BLE001
        found = f"{type(error).__name__}: {error}"
    return found if time.process_time() - begin < 1 else f"slow, {found}"


def test_any_value(monkeypatch):
    """A value is accepted, or refused by a TypeError or a ValueError that names it, at once."""

    def copied(model, schedule):
        raise Accepted

    monkeypatch.setitem(sys.modules, "tensorflow", None)  # it would make the folder of RecordRate
    wrong, tried = [], 0
    for call, name in CASES:
        values = VALUES
        monkeypatch.setitem(ARGUMENTS, "build_model", never)
        if call == "compare" and name in FOR_KERAS:
            values = VALUES[::3]
            monkeypatch.setitem(ARGUMENTS, "build_model", build)
        monkeypatch.setattr(finder, "_copied", finder_copied if name == "model" else copied)
        may_be = MAY_BE.get(call, SHOWN).get(name, "").split()
        for text in values:
            found = outcome(CALLS[call][0], name, eval(text, NAMES))
            tried += 1
            if found != ("accepted" if text in may_be else "refused"):
                wrong.append((call, name, text, found))
    assert not wrong
    assert tried > 3000
