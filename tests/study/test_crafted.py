"""A file with a right checksum and wrong content is refused, with its name and the field."""

import json
import re
from pathlib import Path

import keras
import numpy as np
import pytest

import lrschedules as lrs
from lrschedules.study import Comparison, _compare, _json, compare
from lrschedules.study._store import STUDY, TRIAL
from lrschedules.study.comparison import FORMAT, FORMAT_1

INF = float("inf")  # as JSON has it: a number that is too large
SAVED = Path(__file__).parent / "saved"
WRONG = [None, True, -1, 1, 0.5, INF, 10**400, "", "NaN", "text", [], [1], [INF], ["a"], [None]]
WRONG += [
    [[1]],
    [{}],
    [[], [1]],
    {},
    {"a": 1},
    {"loss": None},
    {"loss": [1.0]},
    {"loss": [1, True]},
]
WRONG += [{"loss": [10**400, 1]}, {"loss": [["a", 1]]}, {"loss": [[1.0, 2.0]]}, {"a": [1.0, 2.0]}]
WRONG += [[{"name": 1}], [{"name": "a", "schedule": 1}], [{"name": "a"}] * 2]
MISSING = object()


def write(path, kind, content):
    """Write content with its checksum, right or wrong."""
    whole = {"format": kind, **content}
    whole["checksum"] = _json._checksum(whole)
    # The texts "Infinity" and "-Infinity" are ours and stay.
    path.write_text(re.sub(r'(?<!["-])Infinity', "1e999", json.dumps(whole)), "utf-8")


def body(path, *formats):
    """Return the content of a file without its format."""
    content = _json.read(path, *formats)
    del content["format"]
    return content


def crafted(content):
    """Yield content with a field that is missing or wrong: the field, its value, the content."""
    for field in content:
        for value in (MISSING, *WRONG):
            others = {name: other for name, other in content.items() if name != field}
            yield field, value, others if value is MISSING else others | {field: value}


def refusal(read):
    """Return the text of the ValueError that reading raises, and nothing where it raises none."""
    try:
        read()
    except ValueError as error:
        return str(error)
    return ""


def accepted(path, kind, content, read, text):
    """Return which values are accepted; all others are refused by file and field."""
    found = []
    for field, value, changed in crafted(content):
        write(path, kind, changed)
        if said := refusal(read):
            assert re.search(text, said)
            assert (path.name in said and field in said) or "study whose backend is None" in said
        else:
            found.append((field, value))
    return found


def test_comparison(tmp_path):
    """Every field of a saved comparison is checked when it is loaded."""
    path = tmp_path / "result.json"
    values = np.arange(12.0).reshape(2, 1, 3, 2)
    result = Comparison({"a": "A()", "b": "B()"}, (1.0,), (0, 1, 2), {"loss": values}, {}, {})
    result.save(path)
    content = body(path, FORMAT)
    found = accepted(
        path,
        FORMAT,
        content,
        lambda: Comparison.load(path),
        "^Comparison.load: .*is damaged: .*got",
    )
    settings = [value for value in WRONG if isinstance(value, dict)]
    free = [("direction", {}), ("base_rates", [1]), *(("settings", value) for value in settings)]
    assert sorted(found, key=str) == sorted(free, key=str)


def test_comparison_of_format_1(tmp_path):
    """Every field of a file of format 1 is checked too."""
    path = tmp_path / "result.json"
    content = body(SAVED / "comparison-1.json", FORMAT, FORMAT_1)
    write(path, FORMAT_1, content)
    Comparison.load(path)
    found = accepted(
        path,
        FORMAT_1,
        content,
        lambda: Comparison.load(path),
        "^Comparison.load: .*is damaged: .*got",
    )
    assert {field for field, _ in found} == {"better", "settings"}
    assert [value for field, value in found if field == "better"] == [{}]


class Kept(Exception):  # noqa: N818 - it is no error
    """What a study would begin with."""


@pytest.fixture
def store(tmp_path, monkeypatch):
    """Return a function that opens a store of three runs, which were never trained."""

    class Study:
        def __init__(self, plan, built, store, finished):
            raise Kept(plan, store, finished)

    def build():
        return keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])

    monkeypatch.setattr(_compare, "Study", Study)

    def opened():
        with pytest.raises(Kept) as kept:
            compare(
                {"a": lrs.Constant(0.1)},
                build,
                (np.ones((4, 3)), np.ones((4, 1))),
                optimizer=keras.optimizers.SGD,
                loss="mse",
                epochs=2,
                seeds=3,
                store=tmp_path,
            )
        return kept.value.args

    plan, folder, _ = opened()
    for run in plan.trials:
        folder.write(run, {"loss": [1.0, 0.5], "learning_rate": [0.1, float("nan")]})
    assert len(opened()[2]) == 3
    return folder


def test_run(store):
    """Every field of a run in a store is checked when the study goes on."""
    run = store.plan.trials[1]
    path = store._file(run)
    content = body(path, TRIAL)
    found = accepted(
        path, TRIAL, content, store.finished, "^compare: store: .*; delete this file, an"
    )
    assert found == [(field, value) for field in ("base_rate", "seed") for value in (True, 1)]


def test_study(store):
    """The settings that a store has in common are checked."""
    path = store.folder / "study.json"
    content = body(path, STUDY)
    text = "^compare: store.* is (of a study whose backend|damaged: its field.*, got).*; choose an"
    found = accepted(path, STUDY, content, lambda: type(store)(store.folder, store.plan), text)
    assert not found


@pytest.mark.parametrize("form", [FORMAT, FORMAT_1, TRIAL, STUDY])
@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_nested(tmp_path, form, opening):
    """A file that is nested too deep is no file of ours, whatever its format says."""
    path = tmp_path / "deep.json"
    closing = {"[": "]"}.get(opening, "}")
    for depth in (600, 100_000):
        deep = opening * depth + "1" + closing * depth
        path.write_text(f'{{"format": "{form}", "checksum": "", "seeds": {deep}}}')
        with pytest.raises(ValueError, match=r"'.*deep\.json' is damaged") as caught:
            _json.read(path, form)
        assert len(str(caught.value)) < 1000
    with pytest.raises(ValueError, match=r"^Comparison\.load: '.*deep\.json' is damaged"):
        Comparison.load(path)
