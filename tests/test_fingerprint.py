"""What an example was made from is noted, and a change of it is seen: of code, not of words."""

import importlib.util
import json
import re
import sys

import lrs_made_from as made
import pytest

SHAPES = '''\
"""Shapes."""

FLOOR = 0.5


class Line:
    """A line."""

    def formula(self, t):
        """Return it."""
        return max(1 - t / 10, FLOOR)  # never less


@staticmethod
def half(t):
    return t / 2


def third(t):
    return t / 3
'''


@pytest.fixture(name="package")
def _package(tmp_path):
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "shapes.py").write_text(SHAPES)
    (folder / "_core.py").write_text("def checked(x):\n    return x\n")
    (folder / "data.csv").write_text("1,2\n")
    return folder


def changed(before, after):
    """Return the units that are not the same in two sources."""
    old, new = made.units(before), made.units(after)
    return {name for name in old | new if old.get(name) != new.get(name)}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# never less", "# not below the floor"),
        ('"""A line."""', '"""A straight line.\n\n    Down."""'),
        ('"""Shapes."""', '"""All shapes."""'),
        ("class Line", "\n\nclass Line"),
        ("max(1 - t / 10, FLOOR)", "max(\n            1 - t / 10, FLOOR\n        )"),
    ],
)
def test_words_are_no_change(old, new):
    """A comment, a docstring or where the code stands changes no hash."""
    after = SHAPES.replace(old, new)

    assert after != SHAPES
    assert changed(SHAPES, after) == set()


@pytest.mark.parametrize(
    ("old", "new", "unit"),
    [
        ("t / 10", "t / 11", "Line"),
        ("t / 2", "t * 2", "half"),
        ("@staticmethod", "@classmethod", "half"),
        ("FLOOR = 0.5", "FLOOR = 0.6", ""),
        ("def third(t)", "def third(t=0)", "third"),
    ],
)
def test_code_is_a_change(old, new, unit):
    """A number, an operation, a default or a decorator changes the hash of its unit alone."""
    assert changed(SHAPES, SHAPES.replace(old, new)) == {unit}


def test_recorder(package):
    """What is called between start and stop is noted by the unit that it is in, and no more."""
    spec = importlib.util.spec_from_file_location("shapes", package / "shapes.py")
    shapes = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(shapes)
    recorder = made.Recorder(package)
    shapes.third(1)
    recorder.start()
    shapes.Line().formula(3)
    shapes.half(3)
    called = recorder.stop()
    shapes.third(1)

    assert called == {"shapes.py:Line", "shapes.py:half"}
    assert sys.gettrace() is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("shapes.py: t / 10 -> t / 11", "shapes.py:Line"),
        ("shapes.py: class Line -> class Curve", "shapes.py:Line"),
        ("shapes.py: FLOOR = 0.5 -> FLOOR = 0.6", "shapes.py:"),
        ("_core.py: return x -> return +x", "_core.py:checked"),
        ("data.csv: 1 -> 3", "data.csv"),
        ("shapes.py: t / 3 -> t / 4", None),
        ("shapes.py: # never less -> # at least", None),
    ],
)
def test_what_changed_runs_again(package, change, reason):
    """An example is forgotten when what it called has changed, or what counts for all."""
    gallery = package.parent / "gallery" / "tutorial"
    gallery.mkdir(parents=True)
    state = made.State(package, [package / "data.csv"])
    (gallery / "plot_line.py.md5").write_text("0")
    record = gallery / "plot_line.made_from.json"
    record.write_text(json.dumps(state.of({"shapes.py:Line"})))
    file, old, new = re.fullmatch(r"(\S+): (.*) -> (.*)", change).groups()
    path = package / file
    path.write_text(path.read_text().replace(old, new))
    reasons = made.forget_outdated(gallery.parent, made.State(package, [package / "data.csv"]))

    assert reasons == ({"plot_line.py": [reason]} if reason else {})
    assert (gallery / "plot_line.py.md5").exists() == (reason is None)


def test_unknown_runs_again(package):
    """An example of which nothing is noted is run again, and so is one from other versions."""
    state = made.State(package, [])
    (package / "plot_line.py.md5").write_text("0")
    assert "versions" in made.forget_outdated(package, state)["plot_line.py"]

    (package / "plot_line.py.md5").write_text("0")
    record = state.of(set()) | {"versions": "others"}
    (package / "plot_line.made_from.json").write_text(json.dumps(record))
    assert made.forget_outdated(package, state) == {"plot_line.py": ["versions"]}
