"""What is finished is kept: interrupted, killed, on a full disk, and after a run that failed."""

import errno
import functools
import json
import math
import multiprocessing
import re
import time

import keras
import numpy as np
import pytest

import lrschedules as lrs
from lrschedules.study import StudyError, _store
from tests.study import small
from tests.study.small import study

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def assert_same(actual, expected, *, seeds=slice(None)):
    assert actual.curves.keys() == expected.curves.keys()
    for name, values in expected.curves.items():
        np.testing.assert_array_equal(actual[name], values[:, :, seeds], err_msg=name)


def runs_in(folder):
    return sorted(file for file in folder.glob("*-seed-*.json"))


def test_readable_without_this_package(tmp_path):
    """A run is a JSON file that says what it is; numbers are exact."""
    result = study(store=tmp_path)
    assert len(runs_in(tmp_path)) == 6
    for file in runs_in(tmp_path):
        run = json.loads(file.read_text("utf-8"))
        i = ["Constant", "Linear"].index(run["schedule"]["class_name"])
        for name, values in run["history"].items():
            np.testing.assert_array_equal(values, result[name][i, 0, run["seed"]])
    settings = json.loads((tmp_path / "study.json").read_text("utf-8"))["settings"]
    assert (settings["epochs"], settings["loss"]) == (4, "mse")


@pytest.mark.parametrize("engine", ["stacked", "loop"])
def test_continues(tmp_path, engine, monkeypatch):
    """What is in the store is not trained again, and what is missing gives the same."""
    whole = study(engine=engine)
    study(store=tmp_path, engine=engine)
    gone = runs_in(tmp_path)[1::2]
    for file in gone:
        file.unlink()
    kept = {file: file.stat().st_mtime_ns for file in runs_in(tmp_path)}

    assert_same(study(store=tmp_path, engine=engine), whole)
    assert {file: file.stat().st_mtime_ns for file in kept} == kept
    assert all(file.exists() for file in gone)
    monkeypatch.setattr("lrschedules.study._compare.Stacked", None)
    monkeypatch.setattr("lrschedules.study._compare.looped", None)
    again = study(store=tmp_path, engine=engine)
    assert_same(again, whole)
    assert again.settings["engine"] == "none: all runs were stored"


def test_grows(tmp_path):
    """More seeds, more schedules, other names: the runs that are shared are found."""
    before = study(store=tmp_path, seeds=2)
    schedules = {"flat": small.SCHEDULES["constant"], "new": lrs.Cosine(0.1, 0, 12)}
    after = study(store=tmp_path, seeds=3, schedules=schedules)

    np.testing.assert_array_equal(after["loss"][0, :, :2], before["loss"][0])
    assert len(runs_in(tmp_path)) == 4 + 4


def test_files_of_earlier_versions(tmp_path):
    """Runs of a plain schedule have the names that they have always had."""
    study(store=tmp_path, seeds=1)
    names = [file.name for file in runs_in(tmp_path)]
    assert names == ["constant-seed-0-5a08c03b7ccdfc9e.json", "linear-seed-0-bde40c325dc277f0.json"]


SCHEDULED = functools.partial(lrs.scheduled, keras.optimizers.SGD)


def test_hyperparameters_tell_runs_apart(tmp_path, monkeypatch):
    """Runs that differ in the momentum only are stored as two, whoever has scheduled it."""
    falls, rate = lrs.Linear(0.9, 0.5, 12), small.SCHEDULES["constant"]
    options = {"store": tmp_path, "seeds": 1, "optimizer": SCHEDULED}
    high = {"learning_rate": rate, "momentum": 0.9}
    both = {"falls": high | {"momentum": falls}, "high": high}
    first = study(schedules=both, **options)
    more = study(schedules={"high": high, "low": high | {"momentum": 0.3}}, **options)
    assert len(runs_in(tmp_path)) == 3
    np.testing.assert_array_equal(more["loss"][0], first["loss"][1])
    assert len({*first["loss"][..., -1].ravel(), *more["loss"][..., -1].ravel()}) == 3
    content = [json.loads(file.read_text("utf-8")) for file in runs_in(tmp_path)]
    assert [run["schedule"]["class_name"] for run in content] == ["Constant"] * 3
    assert {run["hyperparameters"]["momentum"]["class_name"] for run in content} == {
        "Constant",
        "Linear",
    }
    assert first.schedules["high"] == str({"learning_rate": rate, "momentum": lrs.Constant(0.9)})

    for file in runs_in(tmp_path):
        before = file.read_bytes()
        other = next(each for each in runs_in(tmp_path) if each != file)
        file.write_bytes(other.read_bytes())
        with pytest.raises(ValueError, match="than its name says: its field 'hyperparameters' mus"):
            study(schedules=both | {"low": high | {"momentum": 0.3}}, **options)
        file.write_bytes(before)

    def of_the_rate(momentum):
        return {"optimizer": lambda rate: SCHEDULED(learning_rate=rate, momentum=momentum)}

    plain = {"schedules": {"plain": rate}}
    study(**plain, **options | of_the_rate(lrs.Linear(0.9, 0.4, 12)))
    assert len(runs_in(tmp_path)) == 4
    monkeypatch.setattr("lrschedules.study._compare.Stacked", None)
    again = study(**plain, **options | of_the_rate(falls))
    np.testing.assert_array_equal(again["loss"][0], first["loss"][0])


def moved(value):
    """Return the content of a file as an earlier version wrote it, from a module that has moved."""
    if not isinstance(value, dict):
        return value
    changed = {"module": "lrschedules.shapes.endless"} if "module" in value else {}
    return {name: moved(item) for name, item in value.items()} | changed


def test_classes_that_moved(tmp_path, monkeypatch):
    """Runs are found that an earlier version stored, whatever modules had the classes then."""
    nested = small.SCHEDULES["linear"].then(lrs.Cosine(0.1, 0, 3), at=5)
    options = {"schedules": small.SCHEDULES | {"nested": nested}, "store": tmp_path}
    whole = study(**options)
    for i, file in enumerate(runs_in(tmp_path)):
        content = _store._json.read(file, _store.TRIAL)
        form, name = content.pop("format"), f"{file.name.rpartition('-')[0]}-{i:016x}.json"
        _store._json.write(tmp_path / name, form, moved(content))
        file.unlink()
    names = runs_in(tmp_path)
    (tmp_path / "constant-seed-7-0.json").write_text("damaged")
    monkeypatch.setattr("lrschedules.study._compare.Stacked", None)
    again = study(**options)

    assert_same(again, whole)
    assert again.settings["engine"] == "none: all runs were stored"
    assert runs_in(tmp_path) == sorted([*names, tmp_path / "constant-seed-7-0.json"])


@pytest.mark.parametrize("engine", ["stacked", "loop"])
def test_killed(tmp_path, engine):
    """Killed at any moment, again and again, a study ends as one that was left in peace."""
    whole = study(**small.LONG, engine=engine)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.study.small"])
    draw, store, sizes = np.random.default_rng(0), tmp_path / "store", [0]
    for _ in range(10):
        process = context.Process(target=small.killed_study, args=(store, engine))
        process.start()
        while process.is_alive() and len(runs_in(store)) == sizes[-1]:
            time.sleep(0.01)
        time.sleep(draw.uniform(0, 0.2))
        process.kill()
        process.join()
        sizes.append(len(runs_in(store)))
    assert sizes == sorted(sizes)
    assert sizes[-1] >= 10
    assert_same(study(**small.LONG, store=store, engine=engine), whole)
    assert len(runs_in(store)) == 40


def test_killed_at_the_first_file(tmp_path):
    """A part of a file, left by a process that was killed, is no obstacle."""
    (tmp_path / ".study.json.0123abcd.part").write_text('{"format": "lrsch')
    study(store=tmp_path, seeds=1)
    assert len(runs_in(tmp_path)) == 2


def full_disk(monkeypatch, after):
    """Let the disk be full after so many files."""
    write, written = _store._json.write, []

    def limited(path, *args):
        if len(written) == after:
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        written.append(path)
        write(path, *args)

    monkeypatch.setattr(_store._json, "write", limited)


@pytest.mark.parametrize("engine", ["stacked", "loop"])
def test_full_disk(tmp_path, engine, monkeypatch):
    """On a full disk nothing finished is lost: what was stored stays, the rest is in the error."""
    whole = study(engine=engine)
    with monkeypatch.context() as patched:
        full_disk(patched, after=3)
        with pytest.raises(StudyError, match=r"could not be stored \(.*No space left") as caught:
            study(store=tmp_path, engine=engine)
    assert len(runs_in(tmp_path)) == 2
    assert_same(caught.value.comparison, whole)
    assert_same(study(store=tmp_path, engine=engine), whole)


def test_torn_write_leaves_nothing(tmp_path, monkeypatch):
    """A write that fails half way leaves neither a file nor a piece of one."""
    file = tmp_path / "a.json"
    _store._json.write(file, "kind 1", {"a": 1})

    def fail(*args):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(OSError, match="Input/output error"):
        _store._json.write(file, "kind 1", {"a": 2})
    assert _store._json.read(file, "kind 1") == {"format": "kind 1", "a": 1}
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda text: text[: len(text) // 2], "is damaged or not a JSON file"),
        (lambda text: "", "is damaged or not a JSON file"),
        (lambda text: text.replace('"seed": 0', '"seed": 1'), "its checksum does not fit"),
        (lambda text: re.sub(r"(0\.\d\d)\d", r"\g<1>0", text), "its checksum does not fit"),
        (lambda text: text.replace("run 1", "run 9"), "which a newer lrschedules wrote"),
        (lambda text: "[1, 2]", "is something else: its format must be"),
    ],
)
def test_damaged(tmp_path, damage, message):
    """A damaged file is named, with what to do; the other files are not touched."""
    study(store=tmp_path, seeds=1)
    file = runs_in(tmp_path)[0]
    before = runs_in(tmp_path)[1].read_bytes()
    file.write_text(damage(file.read_text("utf-8")), "utf-8")

    with pytest.raises(ValueError, match=message) as caught:
        study(store=tmp_path, seeds=1)
    assert file.name in str(caught.value)
    assert "delete this file, and its run is trained again" in str(caught.value)
    assert runs_in(tmp_path)[1].read_bytes() == before
    file.unlink()
    study(store=tmp_path, seeds=1)


def test_swapped_files(tmp_path):
    """A file under another run's name is found out."""
    study(store=tmp_path, seeds=2)
    first, second = runs_in(tmp_path)[:2]
    first.write_bytes(second.read_bytes())
    with pytest.raises(
        ValueError, match=r"holds another run than its name says: .*; delete this file"
    ):
        study(store=tmp_path, seeds=2)


@pytest.mark.parametrize(
    ("field", "options"),
    [
        ("epochs", {"epochs": 5}),
        ("batch_size", {"batch_size": 12}),
        ("loss", {"loss": "mae"}),
        ("metrics", {"metrics": ["accuracy", "mae"]}),
        ("optimizer", {"optimizer": lambda rate: keras.optimizers.SGD(rate, momentum=0.5)}),
        (
            "model",
            {
                "build": lambda: keras.Sequential(
                    [keras.Input((3,)), keras.layers.Dense(1, "tanh", kernel_initializer="zeros")]
                )
            },
        ),
        ("train", {"class_weight": {0: 1.0, 1: 2.0}}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_another_study(tmp_path, field, options):
    """The store of a study that differs is refused, and what differs is named."""
    study(store=tmp_path, seeds=1)
    files = {file: file.read_bytes() for file in tmp_path.iterdir()}
    with pytest.raises(
        ValueError, match=rf"is of a study whose {field} is .*choose another folder"
    ):
        study(store=tmp_path, seeds=1, **options)
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == files


def test_not_a_store(tmp_path):
    """A folder with something else in it is refused, and nothing is written."""
    (tmp_path / "thesis.tex").write_text("the work of years")
    with pytest.raises(ValueError, match=r"is not empty and holds no study \('thesis.tex'\)"):
        study(store=tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.tex"]


def test_not_finite(tmp_path):
    """Losses that are not finite are stored, and come back as what they were."""
    schedules = {"much": lrs.Constant(1e30), "little": lrs.Constant(0.1)}
    options = {"schedules": schedules, "build": linear, "store": tmp_path}
    first, second = study(**options), study(**options)
    assert_same(second, first)
    assert not math.isfinite(first["loss"][0, 0, 0, -1])
    assert np.isfinite(first["loss"][1]).all()
    for file in runs_in(tmp_path):
        json.loads(file.read_text("utf-8"), parse_constant=pytest.fail)


def linear():
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])


def test_a_run_that_fails(tmp_path):
    """A run that fails is named, with its error; the others are trained, stored and returned."""
    whole = study(engine="loop")
    options = {"callbacks": lambda: [small.FailsWithSeed(1)], "store": tmp_path}
    with pytest.raises(
        StudyError,
        match=r"2 of 6 runs failed, the first of them 'constant' with seed 1: RuntimeError: this",
    ) as caught:
        study(**options)
    result = caught.value.comparison
    for seed in (0, 2):
        np.testing.assert_array_equal(result["loss"][:, :, seed], whole["loss"][:, :, seed])
    assert np.isnan(result["loss"][:, :, 1]).all()
    assert len(runs_in(tmp_path)) == 4
    assert_same(study(store=tmp_path, engine="loop"), whole)


def test_a_metric_that_fails():
    """A metric that raises is reported before anything is trained, with what it raised."""

    def broken(y, p):
        raise RuntimeError("no such thing as accuracy")

    for engine in ("stacked", "loop"):
        with pytest.raises(ValueError, match=r"must fit the model, .*no such thing as accuracy"):
            study(metrics=[broken], engine=engine)
