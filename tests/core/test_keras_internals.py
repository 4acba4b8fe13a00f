"""One module alone touches what is private in Keras, and it names the files to compare."""

import ast
import importlib.util
import re
from pathlib import Path

import pytest

import lrschedules as lrs

PACKAGE = Path(lrs.__file__).parent
MODULES = {path.relative_to(PACKAGE).as_posix(): path for path in PACKAGE.rglob("*.py")}
INTERNALS = "_keras_internals.py"
# Names with an underscore that the standard library or notebooks document.
KNOWN = {"_asdict", "_fields", "_replace", "_repr_html_"}
PRIVATE = re.compile("_[A-Za-z][A-Za-z0-9_]*")


def used(tree):
    """Return the private attributes that a module asks for, also by ``getattr`` and the like."""
    found = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
            if node.func.id in {"getattr", "setattr", "hasattr", "delattr"}:
                found |= {text for text in texts if isinstance(text, str)}
    return {name for name in found if PRIVATE.fullmatch(name)}


def defined(tree):
    """Return the private names that a module defines: functions, classes, fields, attributes."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            own = isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"}
            found |= {node.attr} if own else set()
    return found | {Path(name).stem for name in MODULES}


def foreign(trees):
    """Return the modules that use a private name which none of the modules defines."""
    ours = KNOWN.union(*map(defined, trees.values()))
    return {name: found for name, tree in trees.items() if (found := used(tree) - ours)}


TREES = {name: ast.parse(path.read_text("utf-8")) for name, path in MODULES.items()}


def test_only_one_module_names_the_sources_of_keras():
    """``keras.src`` stands in one module, in code, comments and texts."""
    found = [name for name, path in MODULES.items() if "keras.src" in path.read_text("utf-8")]

    assert found == [INTERNALS]


def test_only_one_module_uses_private_names_of_others():
    """Every private name that another module uses is one of this package."""
    assert foreign(TREES).keys() <= {INTERNALS}
    assert {"_learning_rate", "_symbolic_build"} <= foreign(TREES)[INTERNALS]


@pytest.mark.parametrize(
    "code", ["rate = optimizer._learning_rate", "getattr(model, '_flatten_layers')()"]
)
def test_a_private_name_is_found(code):
    """The test before this one can fail."""
    assert foreign(TREES | {"new.py": ast.parse(code)}).keys() == {INTERNALS, "new.py"}


def compared(node):
    """Return the files that the docstring of a function or class tells to compare, and names."""
    text = " ".join((ast.get_docstring(node) or "").split())
    quoted = re.findall("``([^`]+)``", text.partition("Compare ")[2])
    return [q for q in quoted if "/" in q], [q for q in quoted if re.fullmatch(r"[\w.]+", q)]


NODES = [
    node
    for node in TREES[INTERNALS].body
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and "Compare" in ast.unparse(node)
]


def test_every_use_says_what_to_compare():
    """Nothing in the module is without a file to compare, but the helper of ``stateless``."""
    names = [node.name for node in TREES[INTERNALS].body if hasattr(node, "name")]

    assert set(names) - {node.name for node in NODES} == {"BackendLast"}


@pytest.mark.parametrize("node", NODES, ids=lambda node: node.name)
def test_each_use_names_the_file_to_compare(node):
    """Each use of Keras' internals names files that are in Keras, and names that are in them."""
    sources = Path(importlib.util.find_spec("keras").origin).parent / "src"
    files, names = compared(node)
    ours = [file for file in files if not file.startswith("python/")]  # these are TensorFlow's

    assert ours
    text = ""
    for file in ours:
        path = sources / file
        assert path.exists(), file
        texts = path.rglob("*.py") if path.is_dir() else [path]
        text += "".join(path.read_text("utf-8") for path in texts)
    for name in names:
        assert name.rpartition(".")[2] in text, name
