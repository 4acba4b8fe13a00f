"""How to install the package: every page has the same command, and the tables are those of it."""

import re
from pathlib import Path

import lrs_archives
import pytest

pytestmark = pytest.mark.any_backend

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "guide" / "install.md").read_text("utf-8")
PROJECT = lrs_archives.PROJECT
HOST = "https://example.org/en/latest/"


@pytest.mark.parametrize(
    ("wanted", "hosted", "local"),
    [
        ("", "keras-lrschedules", "."),
        ("torch", "keras-lrschedules torch", ". torch"),
        ("[keras] jax", '"keras-lrschedules[keras]" jax', '".[keras]" jax'),
        ("[plot,study]", '"keras-lrschedules[plot,study]"', '".[plot,study]"'),
    ],
)
def test_command(wanted, hosted, local):
    """The site names its own index of packages; without an address, the clone is installed."""
    expected = f"pip install --extra-index-url {HOST}simple {hosted}"
    assert lrs_archives.command(wanted, HOST) == expected
    assert lrs_archives.command(wanted, "") == f"pip install {local}"


def test_unknown_extra():
    """A page cannot show an extra that the package has not."""
    with pytest.raises(ValueError, match=r"^pyproject.toml has no extra plots$"):
        lrs_archives.command("[keras,plots]", HOST)


def table(heading):
    """Return the rows of the table below a heading of the page."""
    rows = re.search(rf"^## {heading}\n.*?\n((?:\|[^\n]*\n)+)", PAGE, re.DOTALL | re.MULTILINE)[1]
    return [[cell.strip() for cell in row.split("|")[1:-1]] for row in rows.splitlines()[2:]]


def test_table_of_extras():
    """The table has each extra with the packages that it installs."""
    extras = {
        name.strip("`"): re.findall("`(.*?)`", packages) for name, packages, _ in table("Extras")
    }
    assert extras == PROJECT["optional-dependencies"]


def test_table_of_versions():
    """The table has the minimum that the metadata names, and the versions of the constraints."""
    rows = {name: (least, tested) for name, least, tested in table("Versions")}
    assert f">={rows['Python'][0]}" == PROJECT["requires-python"]
    assert f"numpy>={rows['NumPy'][0]}" in PROJECT["dependencies"]
    assert f"keras>={rows['Keras'][0]}" in PROJECT["optional-dependencies"]["keras"]
    pythons = [f"Programming Language :: Python :: {v}" for v in rows["Python"][1].split(", ")]
    assert set(pythons) < set(PROJECT["classifiers"])

    newest = (ROOT / ".constraints.txt").read_text("utf-8").split()
    oldest = lrs_archives.PYPROJECT["dependency-groups"]["oldest-keras"]
    for name in "Keras", "TensorFlow", "JAX", "optax", "PyTorch":
        package = {"PyTorch": "torch"}.get(name, name.lower())
        *old, new = rows[name][1].split(", ")
        assert f"{package}=={new}" in newest
        package = {"tensorflow": "tensorflow-cpu"}.get(package, package)
        assert f"{package}=={(old or [new])[0]}" in oldest


def test_one_command():
    """No page has a command of its own for this package, except to remove it."""
    pages = [*ROOT.glob("docs/*.md"), *ROOT.glob("docs/guide/*.md"), *ROOT.glob("docs/**/*.rst")]
    for page in pages:
        found = re.findall(r"pip install[^\n]*lrschedules", page.read_text("utf-8"))
        assert not found, page
    commands = re.findall(r"^pip install.*$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    assert commands == [lrs_archives.command("[keras,plot,study] jax", "")]
