"""A configuration that nobody's schedule wrote is read, or refused in words, at once."""

import copy
import itertools
import json
import math
import pickle
import re
import time

import pytest

import lrschedules as lrs
from lrschedules._config import DEEPEST, MOST, SHOWN, shown
from lrschedules._declared import parameters
from lrschedules._reduced import Plateau, Reduced
from tests.data.table import PUBLIC, row_of

LINE = {"class_name": "lrschedules>Linear", "config": {"start": 0.1, "stop": 0, "steps": 10}}


def scaled(inner, times):
    """Return the configuration of a schedule that is scaled so many times."""
    for _ in range(times):
        inner = {"class_name": "lrschedules>Scale", "config": {"schedule": inner, "factor": 1}}
    return inner


def squared(times):
    """Return a short configuration of 2**times schedules: each is both factors of the next."""
    inner = LINE
    for _ in range(times):
        inner = {"class_name": "lrschedules>Times", "config": {"schedule": inner, "other": inner}}
    return inner


def repeated(inner, cycles):
    """Return the configuration of cycles that grow so slowly that all are of the same length."""
    many = {"every": 10, "cycles": cycles, "growth": 1.0000001, "factor": 1}
    return {"class_name": "lrschedules>Repeat", "config": {"schedule": inner, **many}}


def within(depth):
    """Return a list in a list, and so on."""
    inner = []
    for _ in range(depth):
        inner = [inner]
    return inner


ITSELF = scaled(LINE, 1)
ITSELF["config"]["schedule"] = ITSELF
DEEP, ENDLESS = within(10_000), []
ENDLESS.append(ENDLESS)
HOSTILE = [
    *(None, True, "", "0.1", "x" * 10_000, b"1", 1j, -1, 0, 0.5, -0.0, math.nan, math.inf),
    *(1e30, 10**400, 10**5000),
    *([], [[]], [1], [2, 1], [None], [math.nan], ["a"], [LINE], {}, {"a": 1}, {1: 2}, object()),
    *(within(50), DEEP, ENDLESS, ITSELF, squared(40), scaled(LINE, 10_000), LINE),
    *(
        repeated(repeated(LINE, 120), 120),
        repeated(scaled(LINE, 50), 999),
        {"class_name": "lrschedules>Linear"},
    ),
    *({"config": {}}, {"class_name": "lrschedules>Linear", "config": {}, "module": "os"}),
    *({"class_name": name, "config": {}} for name in ([], {}, None, 1, "", "builtins>eval")),
    *({"class_name": "lrschedules>Linear", "config": c} for c in (None, 1, "", [], {1: 2}, {})),
    {"class_name": "lrschedules>Linear", "config": {"start": "a", "stop": 0, "steps": 10}},
]
REDUCED = {
    "schedule": LINE | {"module": None, "registered_name": "lrschedules>Linear"},
    "scale": 0.5,
    "best": 2.0,
    "wait": 1,
    "cooldown": 0,
}
# Every error says in which class, and what it got there.
WORDS = re.compile(
    r"^\w+: (.*\bmust\b.*, got .|missing a required argument: '\w+'|\w+ holds an unknown schedule '"
    r"|growth=\S+ makes more than)|^\w+ has no parameter .* \(got ",
    re.DOTALL,
)


def crafted(config):
    """Yield configurations that differ from a good one in one place, each with the field."""
    for name in config:
        for value in HOSTILE:
            yield name, config | {name: value}
        yield name, {key: value for key, value in config.items() if key != name}
    yield "lr", config | {"lr": 0.1}
    yield "", config | {1: 0.1}
    for other in (None, 5, "x", [], [1], [*config.items()], DEEP):
        yield "config", other


def assert_read_or_refused(cls, name, config):
    """Assert that a configuration gives a schedule, or an error with the field and the value."""
    start = time.process_time()
    try:
        made = cls.from_config(config)
    except (TypeError, ValueError) as error:
        text = str(error)
        assert WORDS.match(text), text
        assert len(text) < 600
        value = config.get(name) if isinstance(config, dict) else None
        assert name in text or isinstance(value, (dict, list)), text
    else:
        assert type(made) is cls
    assert time.process_time() - start < 1, shown(config)


@pytest.mark.parametrize("cls", PUBLIC)
def test_crafted(cls):
    """Whatever stands in a field, is missing, is too much or has another form."""
    cases = list(crafted(row_of(cls).get_config()))
    for name, config in cases:
        assert_read_or_refused(cls, name, config)
    assert len(cases) > 40 * len(parameters(cls))


def test_crafted_plateau():
    """A schedule that a plateau has reduced is read from a file like any other."""
    assert Reduced.from_config(REDUCED) == Reduced(lrs.Linear(0.1, 0, 10), Plateau(0.5, 2, 1, 0))
    cases = list(crafted(REDUCED))
    for name, config in cases:
        assert_read_or_refused(Reduced, name, config)
    assert len(cases) > 200


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"scale": -5}, "^Reduced: scale must be a number ≥ 0 and ≤ 1, got -5; write"),
        ({"scale": 1.1}, r"^Reduced: scale must be a number ≥ 0 and ≤ 1, got 1\.1; write"),
        ({"scale": math.nan}, "^Reduced: scale must be a number ≥ 0 and ≤ 1, got nan; write"),
        ({"scale": "1"}, "^Reduced: scale must be a number ≥ 0 and ≤ 1, got '1'; write"),
        (
            {"best": math.inf},
            "^Reduced: best must be a finite number, got inf; write for example 0.5 or None",
        ),
        ({"wait": -1}, "^Reduced: wait must be a whole number of epochs ≥ 0, got -1; write"),
        ({"wait": 0.5}, r"^Reduced: wait must be a whole number of epochs ≥ 0, got 0\.5; write"),
        ({"cooldown": None}, "^Reduced: cooldown must be a whole number of epochs ≥ 0, got None"),
        (
            {"schedule": 5},
            "^Reduced: schedule must be a schedule of Keras or of lrschedules, got 5",
        ),
        (
            {"schedule": {"class_name": "CosineDecay", "config": {"lr": 1}}},
            "^Reduced: schedule must be the configuration of a schedule, got {'class_name': 'Cosi",
        ),
        ({"more": 1}, r"^Reduced: config must have the keys \['schedule', 'scale', .*'more': 1"),
    ],
)
def test_reduced(changes, text):
    """Of what a plateau knows, each number is checked by name."""
    with pytest.raises((TypeError, ValueError), match=text):
        Reduced.from_config(REDUCED | changes)


def test_as_deep_as_is_allowed():
    """What is nested as deep as is allowed can be used in every way; one more is refused."""
    deep = lrs.Linear(0.1, 0, 10)
    for _ in range(DEEPEST - 1):
        deep = deep.then(lrs.Constant(0.1), at=20)
    config = json.loads(json.dumps(deep.get_config()))

    assert deep(5) == 0.05
    assert type(deep).from_config(config) == pickle.loads(pickle.dumps(deep)) == deep
    assert hash(copy.deepcopy(deep)) == hash(eval(repr(deep), vars(lrs).copy()))
    text = (
        f"^Scale: schedules must be nested at most {DEEPEST} deep, got {DEEPEST + 1}; write a lon"
    )
    with pytest.raises(ValueError, match=text):
        deep.scale(2)
    with pytest.raises(ValueError, match=f"^Scale: config must hold .* at most {DEEPEST} deep, an"):
        lrs.combinators.Scale.from_config(scaled(LINE, DEEPEST + 1)["config"])
    with pytest.raises(
        ValueError, match=r"deep, and never itself, got {'factor': 1, 'schedule': {'cl"
    ):
        lrs.combinators.Scale.from_config(ITSELF["config"])


def test_as_many_as_are_allowed():
    """Schedules that share their parts are as many as a call evaluates."""
    many = lrs.Linear(0.1, 0, 10)
    sizes = (2**i - 1 for i in itertools.count(2))
    for size in itertools.takewhile(lambda size: size <= MOST, sizes):
        many = many * many
        assert many._measured[1] == size
    with pytest.raises(
        ValueError, match=f"^Times: a call must evaluate at most {MOST} schedules, g"
    ):
        many.times(many)
    with pytest.raises(
        ValueError, match=f"^Times: config must hold at most {MOST} schedules, got m"
    ):
        lrs.combinators.Times.from_config(squared(40)["config"])


def test_cycles_inside_cycles():
    """A thousand cycles of a thousand cycles are refused at once, in words and from JSON too."""
    cycles = lrs.Linear(0.1, 0, 10).repeat(1000, growth=1.0000001)
    assert cycles(9995) == pytest.approx(0.05, rel=1e-12)
    text = f"^Repeat: a call must evaluate at most {MOST} schedules, got 1001001; put fewer of them"
    start = time.process_time()
    with pytest.raises(ValueError, match=text):
        cycles.repeat(1000, every=10, growth=1.0000001)
    with pytest.raises(ValueError, match=text):
        lrs.combinators.Repeat.from_config(
            json.loads(json.dumps(repeated(repeated(LINE, 1000), 1000)["config"]))
        )
    assert time.process_time() - start < 1


def test_shown():
    """An error shows a value, and not all of one that is long or cannot be written."""
    assert shown([1, "a"]) == "[1, 'a']"
    assert shown("x" * 1000) == "'" + "x" * (SHOWN - 1) + "… (1002 characters)"
    assert shown(10**5000) == "a value of type int that cannot be shown"
    assert shown(DEEP) == "[[[[[...]]]]]"
    assert shown(list(range(100))) == "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, ...]"
