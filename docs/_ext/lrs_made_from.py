"""Made from: which code of the package an example ran, and whether that is still the same.

The unit is a class or function at the top of a module. What counts is what it does: a comment, a
docstring or a line more above it is no change. Code that other threads and processes run is not
seen.
"""

import ast
import contextlib
import functools
import hashlib
import json
import platform
import re
import sys
from importlib.metadata import distributions
from pathlib import Path

DEFINITIONS = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def units(source):
    """Return a hash for each class and function at the top of a module, and of the rest as ''."""
    parts = {"": []}
    for node in _without_docstrings(ast.parse(source)).body:
        name = node.name if isinstance(node, DEFINITIONS) else ""
        parts.setdefault(name, []).append(node)
    return {
        name: hashlib.sha256("\n".join(map(ast.dump, nodes)).encode()).hexdigest()
        for name, nodes in parts.items()
    }


def _without_docstrings(tree):
    for node in ast.walk(tree):
        if (
            isinstance(node, (*DEFINITIONS, ast.Module))
            and ast.get_docstring(node, clean=False) is not None
        ):
            del node.body[0]
    return tree


def unit_at(source, line):
    """Return the name of the class or function at the top of a module that a line is in, or ''."""
    for node in ast.parse(source).body:
        if isinstance(node, DEFINITIONS):
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            if first <= line <= node.end_lineno:
                return node.name
    return ""


class Recorder:
    """Notes which functions of a folder are called."""

    def __init__(self, folder):
        self.folder, self.prefix = folder, f"{folder}/"
        self.called = set()

    def start(self):
        self.called.clear()
        sys.settrace(self._note)

    def stop(self):
        """Stop, and return the units called, as a file and a name each."""
        sys.settrace(None)
        return {
            f"{Path(file).relative_to(self.folder)}:{unit_at(Path(file).read_text(), line)}"
            for file, line in self.called
        }

    def _note(self, frame, event, _):
        # As nothing is returned, calls alone are noted, not lines: Keras' calls cost little more.
        code = frame.f_code
        if code.co_filename.startswith(self.prefix):
            self.called.add((code.co_filename, code.co_firstlineno))


class State:
    """What examples can be made from, as it is now: a hash of each part."""

    def __init__(self, folder, others):
        self.parts, self.always = {}, {"versions": versions()}
        for file in sorted(folder.rglob("*.py")):
            name = file.relative_to(folder).as_posix()
            hashes = units(file.read_text("utf-8"))
            self.parts |= {f"{name}:{unit}": value for unit, value in hashes.items()}
        # What everything is declared with has been called by then, and its results are kept.
        for name, value in self.parts.items():
            if re.match(r"_(?!_init__)\w*\.py:", name):
                self.always[name] = value
        for file in others:
            data = file.read_bytes()
            if file.suffix == ".py":
                data = json.dumps(units(data.decode())).encode()
            self.always[file.name] = hashlib.sha256(data).hexdigest()

    def of(self, called):
        """Return the hashes of what an example called, and of what counts for all.

        The rest of a module, its constants, counts where something in the module is called.
        """
        called = called | {name.partition(":")[0] + ":" for name in called}
        return self.always | {name: self.parts[name] for name in sorted(called)}

    def changed(self, made_from):
        """Return the names of what is not as it was, or is new."""
        now = {name: self.parts.get(name) for name in made_from} | self.always
        return sorted(name for name in now if now[name] != made_from.get(name))


@functools.cache
def versions():
    """Return a hash of the versions of Python and of every package beside it."""
    names = sorted(f"{d.name}=={d.version}" for d in distributions())
    return hashlib.sha256("\n".join([platform.python_version(), *names]).encode()).hexdigest()


def forget_outdated(folder, state):
    """Let sphinx-gallery run each example again of which a part changed; return which and why."""
    reasons = {}
    for md5 in sorted(folder.rglob("*.py.md5")):
        record = md5.with_name(md5.name.removesuffix(".py.md5") + ".made_from.json")
        made_from = {}
        with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):
            made_from = json.loads(record.read_text("utf-8"))
        if changed := state.changed(made_from):
            md5.unlink()
            reasons[md5.name.removesuffix(".md5")] = changed
    return reasons
