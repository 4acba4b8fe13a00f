"""What can be downloaded from the gallery: programs and notebooks that bring what they need."""

import ast
import json
import re
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.site.built import SITE

DOWNLOADS = SITE / "_downloads"
NOTEBOOKS = sorted(DOWNLOADS.rglob("*.ipynb"))
PROGRAMS = sorted(DOWNLOADS.rglob("*.py"))
PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))
IMPORTED_AS = {"scikit-learn": "sklearn"}
# The part of the package that needs an extra.
NEEDS = {"lrschedules.study": "study", "lrschedules.symbolic": "latex", "matplotlib.pyplot": "plot"}
NEEDS |= {"keras": "keras"}


def cells(notebook, kind):
    found = json.loads(notebook.read_text("utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in found if cell["cell_type"] == kind]


def modules(code):
    """Return the modules that a program imports."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module


def test_each_example_has_both():
    """Each example can be had as a program and as a notebook."""
    found = (SITE / "auto_examples").rglob("*/plot_*.html")
    pages = {page.stem for page in found if "refresh" not in page.read_text("utf-8")[:500]}
    assert pages
    assert {notebook.stem for notebook in NOTEBOOKS} - {"exercises"} == pages
    assert {program.stem for program in PROGRAMS} == pages


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_installs_what_it_imports(notebook):
    """The first cell of a notebook, alone, makes an empty machine run the others."""
    first, *others = cells(notebook, "code")
    command = first.splitlines()[-1]
    index, package, extras, packages = re.fullmatch(
        r'%pip install -q (?:--extra-index-url (\S+)simple )?"(\S*)\[(.*)\]" (.*)', command
    ).groups()
    extras = extras.split(",")
    assert package == (PROJECT["project"]["name"] if index else ".")
    assert index or "the folder of the clone" in first
    assert set(extras) <= set(PROJECT["project"]["optional-dependencies"])

    installed = {"lrschedules", "numpy", "keras", "matplotlib"}
    installed |= {IMPORTED_AS.get(name, name) for name in packages.split()}
    imported = set(modules("\n".join(others)))
    assert {name.partition(".")[0] for name in imported} - sys.stdlib_module_names <= installed
    assert {extra for name, extra in NEEDS.items() if name in imported} <= set(extras)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_program_is_the_notebook(program):
    """A program and its notebook hold the same code."""
    notebook = next(path for path in NOTEBOOKS if path.stem == program.stem)
    assert ast.dump(ast.parse("\n".join(cells(notebook, "code")[1:]))) == ast.dump(
        ast.parse("\n".join(code_of(program)))
    )


def code_of(program):
    """Return the code of a program without the sentence that it begins with."""
    tree = ast.parse(program.read_text("utf-8"))
    return [ast.unparse(node) for node in tree.body[1:]]


@pytest.mark.parametrize("file", sorted(DOWNLOADS.rglob("*.zip")), ids=lambda path: path.stem)
def test_archive(file):
    """An archive can be opened, and is not empty."""
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        assert archive.namelist()
