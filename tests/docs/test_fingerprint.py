"""Examples run again if the code that they depend on has changed, and not for other words."""

import lrs_fingerprint
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
'''


@pytest.fixture(name="package")
def _package(tmp_path):
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "shapes.py").write_text(SHAPES)
    (folder / "data.csv").write_text("1,2\n")
    (tmp_path / "run.py").write_text("seed = 0  # of all\n")
    return folder


def fingerprint(package):
    return lrs_fingerprint.fingerprint(package, [package.parent / "run.py"])


def changes(package, file, old, new):
    """Return whether a change of a file changes the fingerprint."""
    before, path = fingerprint(package), package / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return fingerprint(package) != before


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
def test_words_are_not_a_change(package, old, new):
    """Comments, docstrings and the layout of the code have no influence."""
    assert not changes(package, "shapes.py", old, new)
    assert not changes(package, "../run.py", "# of all", "")


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("shapes.py", "t / 10", "t / 11"),
        ("shapes.py", "FLOOR = 0.5", "FLOOR = 0.6"),
        ("shapes.py", "@staticmethod", "@classmethod"),
        ("shapes.py", "def half(t)", "def half(t=0)"),
        ("data.csv", "1", "3"),
        ("../run.py", "seed = 0", "seed = 1"),
    ],
)
def test_code_is_a_change(package, file, old, new):
    """A number, an operation, a default, a decorator or the data changes the fingerprint."""
    assert changes(package, file, old, new)


def test_versions_are_a_change(package, monkeypatch):
    """Another version of Python changes the fingerprint."""
    before = fingerprint(package)
    monkeypatch.setattr("platform.python_version", lambda: "3.99.0")
    assert fingerprint(package) != before


def test_what_runs_again(tmp_path):
    """All examples run again if the fingerprint is new or another one; none if it is the same."""
    gallery = tmp_path / "gallery"
    assert lrs_fingerprint.forget_outdated(gallery, "1")
    (gallery / "tutorial").mkdir()
    md5 = gallery / "tutorial" / "plot_line.py.md5"
    for now, again in [("1", False), ("2", True), ("2", False)]:
        md5.write_text("0")
        assert lrs_fingerprint.forget_outdated(gallery, now) is again
        assert md5.exists() is not again
