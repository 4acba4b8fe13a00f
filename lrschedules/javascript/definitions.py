"""Definitions: classes, functions and kinds in JavaScript, each after those that it needs."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import json
import math
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from lrschedules import _operations, kinds
from lrschedules._config import shown
from lrschedules._declared import Declared, Parameter, arguments, ending, parameters, registry
from lrschedules._operations import Namespace
from lrschedules._schedule import Phase, Schedule
from lrschedules.javascript.expressions import refused
from lrschedules.javascript.statements import Statements
from lrschedules.kinds import ListOf, Number, ScheduleKind, ShapeKind

RUNTIME = Path(__file__).with_name("runtime.js").read_text("utf-8")
# Methods for Python, Keras or matplotlib alone; the runtime has what JavaScript needs instead.
NOT_TRANSLATED = {
    *("__call__", "__copy__", "__deepcopy__", "__dict__", "__dir__", "__getstate__", "__init__"),
    *("__init_subclass__", "__post_init__", "__reduce__", "_repr_html_", "get_config", "plot"),
    *("matched_to", "mean"),
}
KINDS = (Number, ListOf, ScheduleKind, ShapeKind)


def javascript(schedule: Schedule | type[Schedule]) -> str:
    """Return a schedule as JavaScript: its source, translated line by line.

    It makes the same operations on the same double-precision numbers, in the same order; functions
    such as the sine may differ in their last digit, which no standard fixes.

    Parameters
    ----------
    schedule : Schedule or type
        A schedule, or a class of schedules.

    Returns
    -------
    str
        An expression that needs nothing else: a function that returns the learning rate at a step,
        or for a class a function of its parameters that returns such a function, and throws the
        errors of Python.

    Raises
    ------
    TypeError
        If ``schedule`` is neither, or if a method uses a statement or an operation that the
        translator does not know.

    Examples
    --------
    >>> from lrschedules import TimeBased
    >>> from lrschedules.javascript import javascript
    >>> text = javascript(TimeBased(0.1, decay=0.002))
    >>> "return this.start / (1 + this.decay * xp.real(t));" in text
    True
    """
    if isinstance(schedule, Schedule):
        classes, value = _classes(schedule), literal(schedule)
    elif hasattr(schedule, "_ending"):  # an abstract class has none
        classes, value = [schedule], schedule.__name__
    else:
        raise TypeError(
            f"schedule must be a schedule or a class of schedules, got {shown(schedule)}; "
            "write for example Linear"
        )
    return f"(() => {{\n{script(classes)}\nreturn {value};\n}})()"


def script(things: Iterable[Any]) -> str:
    """Return statements that define classes and functions, and everything that these need.

    Parameters
    ----------
    things : iterable
        Classes of schedules, recipes and other functions of the package.

    Returns
    -------
    str
        JavaScript; each class and function has its name of Python.

    Raises
    ------
    TypeError
        If something cannot be written in JavaScript.

    Examples
    --------
    >>> from lrschedules import Linear
    >>> from lrschedules.javascript import script
    >>> "const Linear = declared(" in script([Linear])
    True
    """
    definitions = _Definitions()
    for thing in (*things, kinds.checked):
        definitions.need(thing.__name__, thing)
    definitions.need("on_numbers", _operations.on_numbers)
    return definitions.text()


def literal(value: Any) -> str:
    """Return a schedule, or the value of a parameter, as a JavaScript expression.

    Parameters
    ----------
    value : Schedule, number, str, list or None
        The value.

    Returns
    -------
    str
        An expression; a schedule needs the definitions of its classes: :func:`script`.

    Examples
    --------
    >>> from lrschedules import Linear
    >>> from lrschedules.javascript import literal
    >>> literal(Linear(0.1, 0, 5))
    'Linear(0.1, 0.0, 5)'
    """
    if isinstance(value, Schedule):
        values = (getattr(value, p.name) for p in parameters(type(value)))
        return f"{type(value).__name__}({', '.join(map(literal, values))})"
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(literal, value))}]"
    return "Infinity" if value == math.inf else json.dumps(value, ensure_ascii=False)


def _classes(schedule: Schedule) -> list[type[Schedule]]:
    values = [getattr(schedule, p.name) for p in parameters(type(schedule))]
    inner = [cls for value in values if isinstance(value, Schedule) for cls in _classes(value)]
    return list(dict.fromkeys([type(schedule), *inner]))


class _Definitions:
    def __init__(self) -> None:
        self._values: dict[str, Any] = {}
        self._texts: dict[str, str] = {}
        self._later: list[tuple[str, Any]] = []
        self._runtime = set(re.findall(r"^(?:const|class|function) (\w+)", RUNTIME, re.MULTILINE))
        self._runtime.add("TypeError")  # JavaScript has it

    def text(self) -> str:
        while self._later:
            self.need(*self._later.pop())
        return "\n".join([RUNTIME, *self._texts.values()])

    def need(self, name: str, value: Any) -> str:
        """Define ``value`` here if it is not yet defined, and return its name."""
        if self._values.setdefault(name, value) is not value:
            raise TypeError(f"two things are named {name}: rename one of them")
        if name not in self._texts:
            text = self._definition(name, value)
            self._texts[name] = text
        return name

    def _definition(self, name: str, value: Any) -> str:
        match value:
            case type():
                return self._class(name, value)
            case Number() | ListOf() | ScheduleKind() | ShapeKind():
                # JavaScript has a Number of its own.
                named = "NumberKind" if isinstance(value, Number) else type(value).__name__
                kind = self.need(named, type(value))
                return f"const {name} = {kind}({self._object(value)});"
            case Namespace():
                return f"const {name} = {self._operations(name)};"
            case FunctionType(__wrapped__=function):
                checks = [
                    f"[{json.dumps(p.name)}, {self._kind(p.kind, function)}]"
                    for p in arguments(function)
                ]
                text = self._function(function, overloaded=True)
                return f"const {name} = recipe([{', '.join(checks)}], {text});"
            case FunctionType():
                return self._function(value)
            case _:
                raise refused(f"{name}, which is {shown(value)}")

    def _class(self, name: str, cls: type[Any]) -> str:
        base = next((b for b in cls.__bases__ if _ours(b)), None)
        if base:
            above = self.need(base.__name__, base)
        elif cls in KINDS:
            above = "Callable"
        else:
            above = "Record" if cls is Phase else "Dataclass"
        members = textwrap.indent("\n".join(filter(None, self._members(cls))), "  ")
        text = f"class extends {above} {{\n{members}\n}}"
        if cls is Phase:
            names = json.dumps([field.name for field in dataclasses.fields(cls)])
            return f'const {name} = record("{name}", {text}, {names});'
        if cls not in registry.values():
            return f'const {name} = named("{name}", {text});'
        rows = ",\n".join(f"  {self._parameter(p, cls)}" for p in parameters(cls))
        end = json.dumps(ending(cls))
        return f'const {name} = declared("{name}", {text}, [\n{rows}\n], {end});'

    def _members(self, cls: type[Any]) -> Iterator[str]:
        for name, member in vars(cls).items():
            if name in NOT_TRANSLATED and not (cls in KINDS and name == "__call__"):
                continue
            if cls is Phase and name.startswith("__"):  # what a dataclass adds to it
                continue
            match member:
                case FunctionType() if not _by_python(member):
                    yield self._function(member, name)
                case property(fget=FunctionType() as function) if cls not in KINDS:
                    yield self._function(function, f"get {name}")
                case _:
                    pass

    def _parameter(self, p: Parameter, cls: type) -> str:
        default = "" if p.default is dataclasses.MISSING else f", {literal(p.default)}"
        return f"[{json.dumps(p.name)}, {self._kind(p.kind, cls)}{default}]"

    def _kind(self, kind: Any, user: Any) -> str:
        """Return the name of a kind: that of the module that has it, or one with a number."""
        for module in (sys.modules.get(user.__module__), kinds):
            for name, value in vars(module).items() if module else ():
                if value is kind:
                    return self.need(f"kind_{name}", kind)
        equal = [name for name, value in self._values.items() if value == kind]
        return equal[0] if equal else self.need(f"kind_{len(self._values)}", kind)

    def _object(self, kind: Any) -> str:
        names = [field.name for field in dataclasses.fields(kind)] + ["rule", "unit"]
        values = {name: getattr(kind, name) for name in names if name != "traced"}
        texts = {
            name: self._kind(value, kind) if isinstance(value, KINDS) else literal(value)
            for name, value in values.items()
        }
        return f"{{ {', '.join(f'{name}: {text}' for name, text in texts.items())} }}"

    def _operations(self, name: str) -> str:
        for node in ast.parse(inspect.getsource(_operations)).body:
            match node:
                case ast.Assign(targets=[ast.Name(id=target)], value=ast.Call(keywords=operations)):
                    if target == name:
                        syntax = self._syntax(dict(vars(_operations)))
                        rows = (f"{k.arg}: {syntax.expression(k.value)}" for k in operations)
                        pi = literal(Namespace.pi)
                        return f"{{ {', '.join(rows)}, pi: {pi} }}"
                case _:
                    pass
        raise TypeError(f"{name} is no table of operations")

    def _function(self, function: Any, head: str = "", *, overloaded: bool = False) -> str:
        try:
            node = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
        except (OSError, SyntaxError):
            node = None
        if not isinstance(node, ast.FunctionDef):
            raise TypeError(
                f"{function.__qualname__} cannot be written in JavaScript: its source cannot be "
                "read; write it with def, in a file"
            )
        names = dict(function.__globals__)
        for part in ast.walk(node):  # a method imports what a module could
            if isinstance(part, ast.ImportFrom) and part.module in sys.modules:
                module = sys.modules[part.module]
                names |= {a.asname or a.name: getattr(module, a.name, None) for a in part.names}
        syntax = self._syntax(names, overloaded=overloaded)
        return syntax.function(node, head or f"function {function.__name__}")

    def _syntax(self, names: dict[str, Any], *, overloaded: bool = False) -> Statements:
        def called(name: str) -> str:
            owner, _, attribute = name.partition(".")
            value = names.get(owner)
            if isinstance(value, ModuleType) and _ours(value):
                owner, value, attribute = attribute, getattr(value, attribute), ""
            if isinstance(value, (int, float)):
                return literal(value)
            if isinstance(value, KINDS):  # not hidden by a parameter that is called the same
                owner = f"kind_{owner}"
            if owner not in self._runtime:
                if not (isinstance(value, Namespace) or _ours(value)):
                    raise refused(name)
                self._later.append((owner, value))
            if isinstance(value, type) and attribute:  # a method, as a function of its object
                return f"((self, ...rest) => self.{attribute}(...rest))"
            return f"{owner}.{attribute}" if attribute else owner

        def arranged(call: ast.Call) -> Sequence[ast.expr | None]:
            return _arranged(call, names)

        return Statements(called, arranged, overloaded=overloaded)


def _by_python(function: FunctionType) -> bool:
    """Return whether a method comes from Python: dataclasses add some to a class."""
    generated = function.__code__.co_filename == "<string>"
    return generated or function.__module__.partition(".")[0] in sys.stdlib_module_names


def _ours(thing: Any) -> bool:
    """Return whether a class, function, kind or module is of the package, or made with it."""
    if isinstance(thing, ModuleType):
        return thing.__name__.startswith("lrschedules")
    if isinstance(thing, type):
        return thing in KINDS or thing is Phase or issubclass(thing, Declared)
    return isinstance(thing, (FunctionType, *KINDS))


def _arranged(call: ast.Call, names: dict[str, Any]) -> list[ast.expr | None]:
    """Return the arguments of a call, those with a name at the position of their parameter."""
    named = {k.arg: k.value for k in call.keywords if k.arg != "strict"}
    if not named:
        return list(call.args)
    match call.func:
        case ast.Attribute(attr=name, value=ast.Name(id=owner)) if isinstance(
            names.get(owner), ModuleType
        ):
            return [*call.args, *named.values()]
        case ast.Attribute(attr=name):
            owners = [cls for cls in registry.values() if hasattr(cls, name)]
            known = list(inspect.signature(getattr(owners[0], name)).parameters)[1:]
        case ast.Name(id=name):
            known = list(inspect.signature(names[name]).parameters)
        case _:
            raise refused(ast.unparse(call))
    arguments: list[ast.expr | None] = list(call.args)
    arguments += [named.pop(name, None) for name in known[len(arguments) :]]
    while arguments and arguments[-1] is None:
        arguments.pop()
    if named:
        raise refused(ast.unparse(call))
    return arguments
