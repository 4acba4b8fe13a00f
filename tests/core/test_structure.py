"""Promises about the code itself: what its docstrings hold, and how its tests are run."""

import ast
import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import lrschedules as lrs
from lrschedules import (
    callbacks,
    datasets,
    finder,
    javascript,
    kinds,
    plotting,
    recipes,
    study,
    symbolic,
    theory,
)
from lrschedules.torch import Scheduler
from tests.data.table import PUBLIC

ROOT = Path(lrs.__file__).parent
MODULES = {path.relative_to(ROOT).with_suffix("").as_posix(): path for path in ROOT.rglob("*.py")}

TOOLS = [
    function
    for module in (symbolic, plotting, datasets, recipes, finder, study, javascript, kinds, theory)
    for function in vars(module).values()
    if inspect.isfunction(function)
    and function.__module__.startswith(module.__name__)
    and not function.__name__.startswith("_")
]
METHODS = [
    method
    for cls in (
        lrs.Schedule,
        lrs.Finite,
        lrs.Run,
        lrs.Phase,
        kinds.Number,
        kinds.ListOf,
        kinds.ScheduleKind,
        datasets.Dataset,
        finder.RangeTest,
        study.Comparison,
        study.Search,
        study.Table,
        Scheduler,
    )
    for name, method in inspect.getmembers(cls, inspect.isroutine)
    if not name.startswith("_") and method.__module__.startswith("lrschedules")
]
CLASSES = [
    lrs.Schedule,
    lrs.Finite,
    lrs.Run,
    lrs.Namespace,
    lrs.Phase,
    kinds.Number,
    kinds.ListOf,
    kinds.ScheduleKind,
    kinds.ShapeKind,
    datasets.Dataset,
    datasets.LanguageModelRun,
    datasets.Split,
    finder.RangeTest,
    callbacks.RecordGradientNorms,
    callbacks.RecordRate,
    callbacks.ReduceOnPlateau,
    study.Comparison,
    study.Candidate,
    study.Dropped,
    study.Rung,
    study.Search,
    study.Table,
    study.Row,
    theory.Bound,
    theory.Extension,
    Scheduler,
    *PUBLIC,
]
TOOLS += [study.compare, study.search]  # they are loaded when they are first asked for
CALLABLES = [lrs.param, *TOOLS, *METHODS]


def sections(thing):
    """Return the text of each section of a docstring in NumPy's format."""
    parts = re.split(r"\n(\w[\w ]+)\n-{3,}\n", "\n" + inspect.getdoc(thing))
    return dict(zip(["", *parts[1::2]], parts[::2], strict=True))


@pytest.mark.parametrize("function", CALLABLES, ids=lambda function: function.__qualname__)
def test_docstring_of_function(function):
    """A docstring names each argument, and says what the function returns."""
    parts = sections(function)
    signature = inspect.signature(function)
    arguments = [name for name in signature.parameters if name != "self"]

    assert len(parts[""].strip()) > 20
    for name in arguments:
        assert re.search(rf"^{name} : ", parts["Parameters"], re.MULTILINE), name
    if signature.return_annotation not in {"None", None}:
        assert "Returns" in parts
    if function in TOOLS:
        assert ">>> " in parts["Examples"]


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_docstring_of_class(cls):
    """A class says what it is, in prose."""
    assert len(sections(cls)[""].strip()) > 40


@pytest.mark.parametrize("name", MODULES)
def test_no_formula_by_hand(name):
    """A formula is in the code alone: the documentation traces it."""
    for node in ast.walk(ast.parse(MODULES[name].read_text("utf-8"))):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
            prose = re.split(r"\n *Examples\n", ast.get_docstring(node) or "")[0]
            assert not re.search(r"math::|:math:|\\frac|\\eta\b.*=|\$", prose), node


def test_skips_fail_in_ci(tmp_path):
    """In CI a test that is skipped, or expected to fail, is red."""
    (tmp_path / "test_it.py").write_text(
        "import pytest\n"
        "def test_skip():\n    pytest.skip('')\n"
        "@pytest.mark.xfail\ndef test_xfail():\n    assert False\n"
        "def test_pass():\n    pass\n"
    )
    (tmp_path / "test_module.py").write_text("import pytest\npytest.importorskip('absent')\n")
    for ci, summary in [("true", "2 failed, 1 passed, 1 error"), ("", "1 passed, 2 sk.* 1 xfail")]:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest"]
        command += ["-c", os.devnull, "--rootdir", tmp_path, "--continue-on-collection-errors"]
        done = subprocess.run(
            [*command, tmp_path],
            env=os.environ | {"CI": ci, "PYTHONPATH": str(ROOT.parent)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert re.search(summary, done.stdout), done.stdout
        assert bool(done.returncode) == bool(ci)
