"""Promises about the code itself: what it imports, and what its docstrings hold."""

import ast
import dataclasses
import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import lrschedules as lrs
from lrschedules import callbacks, datasets, finder, plotting, recipes, study, symbolic
from lrschedules._param import parameters
from lrschedules.torch import Scheduler
from tests.table import PUBLIC

ROOT = Path(lrs.__file__).parent
MODULES = {path.relative_to(ROOT).with_suffix("").as_posix(): path for path in ROOT.rglob("*.py")}
# Each level may import from those before it; a package counts as one.
LEVELS = [
    ["_config"],
    ["_operations", "_param"],
    ["_namespaces", "_keras", "_arguments"],
    ["_declared"],
    ["_function"],
    ["_on_rates"],
    ["_on_time"],
    ["_schedule"],
    ["shapes"],
    ["combinators"],
    ["recipes", "_javascript", "_turns"],
    ["symbolic", "plotting", "datasets", "run", "_keras_internals", "_arrays"],
    ["callbacks", "finder", "study", "_parameter_groups"],
    ["torch"],
    ["__init__"],
]
# What a module may import besides the standard library, NumPy and the package, at its top.
FRAMEWORKS = {"symbolic": {"sympy"}}
# These need Keras. The others never name it, and ``import lrschedules`` leads to the first alone.
FOR_KERAS = {"_keras", "_keras_internals", "_arrays", "finder"}
FOR_KERAS |= {f"callbacks/{name}" for name in ("_optimizer", "plateau", "record")}
FOR_KERAS |= {
    f"study/_{name}" for name in ("compare", "data", "loop", "plan", "program", "stacked", "store")
}
FRAMEWORKS |= {name: {"keras"} for name in FOR_KERAS} | {"torch": {"torch"}}

TOOLS = [
    function
    for module in (symbolic, plotting, datasets, recipes, finder, study)
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
        datasets.Dataset,
        finder.RangeTest,
        study.Comparison,
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
    datasets.Dataset,
    datasets.Split,
    finder.RangeTest,
    callbacks.RecordRate,
    callbacks.ReduceOnPlateau,
    study.Comparison,
    study.Table,
    study.Row,
    Scheduler,
    *PUBLIC,
]
TOOLS.append(study.compare)  # it is loaded when it is first asked for
CALLABLES = [lrs.param, *TOOLS, *METHODS]


def unit(name):
    """Return the module, or the package in our package, that a file belongs to."""
    return name.partition("/")[0]


def imported(path, *, everywhere):
    """Return the modules that a module imports: everywhere in it, or whenever it is imported."""
    found, nodes = set(), [ast.parse(path.read_text("utf-8"))]
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        only_types = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        function = isinstance(node, (ast.FunctionDef, ast.Lambda))
        if everywhere or not (only_types or function):
            nodes += ast.iter_child_nodes(node)
    return found


def test_every_module_has_a_level():
    """A new module says where it stands."""
    assert {unit(name) for name in MODULES} == {name for level in LEVELS for name in level}


@pytest.mark.parametrize("name", MODULES)
def test_no_import_upwards(name):
    """When a module is imported, it imports from the levels below it alone."""
    level = next(i for i, units in enumerate(LEVELS) if unit(name) in units)
    allowed = {unit(name)}.union(*LEVELS[:level])
    modules = imported(MODULES[name], everywhere=False)
    ours = {module.split(".")[1] for module in modules if module.startswith("lrschedules.")}

    assert ours & {unit(name) for name in MODULES} <= allowed


@pytest.mark.parametrize("name", MODULES)
def test_no_framework_at_the_top(name):
    """Heavy libraries are imported by the function that needs them."""
    light = sys.stdlib_module_names | {"numpy", "lrschedules"}
    modules = {module.partition(".")[0] for module in imported(MODULES[name], everywhere=False)}

    assert modules - light <= FRAMEWORKS.get(name, set())


def test_only_modules_for_keras_name_it():
    """Keras' base class is needed in one place, Keras itself by the tools for it alone."""
    for name, path in MODULES.items():
        modules = {module.partition(".")[0] for module in imported(path, everywhere=True)}
        assert ("keras" in modules) == (name in FOR_KERAS), name


def test_tools_for_one_framework_are_not_imported_with_the_package():
    """Whoever wants the tools for Keras or PyTorch says so: nothing else leads to them."""
    tools = {f"lrschedules.{unit(name)}" for name in FOR_KERAS - {"_keras"}}
    tools |= {"lrschedules.torch"}
    for name, path in MODULES.items():
        own = unit(name) in {unit(tool) for tool in FOR_KERAS} | {"torch"}
        assert own or not imported(path, everywhere=True) & tools, name


def sections(thing):
    """Return the text of each section of a docstring in NumPy's format."""
    parts = re.split(r"\n(\w[\w ]+)\n-{3,}\n", "\n" + inspect.getdoc(thing))
    return dict(zip(["", *parts[1::2]], parts[::2], strict=True))


@pytest.mark.parametrize("function", CALLABLES, ids=lambda function: function.__qualname__)
def test_docstring_of_function(function):
    """A function says what it takes, each by name, what it returns, and with which errors."""
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


@pytest.mark.parametrize("cls", PUBLIC)
def test_docstring_of_schedule(cls):
    """A schedule lists its parameters, with range and unit, its errors, and an example."""
    parts = sections(cls)
    for p in parameters(cls):
        row = re.search(
            rf"^{p.name} : [^,\n]+(.*)\n(( +.*\n?)+)", parts["Parameters"], re.MULTILINE
        )
        assert row[1] == ("" if p.default is dataclasses.MISSING else f", default {p.default!r}")
        assert p.kind.rule.lower() in row[2].lower()
        assert row[2].endswith((f"unit: {p.kind.unit}.", f"unit: {p.kind.unit}.\n"))
    assert {"TypeError", "ValueError"} <= set(parts["Raises"].split())
    assert re.search("^>>> schedule = ", parts["Examples"], re.MULTILINE)


@pytest.mark.parametrize("name", MODULES)
def test_no_formula_by_hand(name):
    """A formula stands in the code alone: the documentation traces it."""
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
