"""Syntax: Python's statements and expressions, as far as the package uses them, in JavaScript."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Sequence
from textwrap import indent

# What stands between two operands, how tightly it binds, and what is written in JavaScript.
OPERATORS: dict[type[ast.AST], tuple[int, str]] = {
    ast.Or: (1, "||"),
    ast.And: (2, "&&"),
    ast.Eq: (4, "==="),
    ast.NotEq: (4, "!=="),
    ast.Is: (4, "==="),
    ast.IsNot: (4, "!=="),
    ast.Lt: (4, "<"),
    ast.LtE: (4, "<="),
    ast.Gt: (4, ">"),
    ast.GtE: (4, ">="),
    ast.BitAnd: (3, "&"),
    ast.Add: (5, "+"),
    ast.Sub: (5, "-"),
    ast.Mult: (6, "*"),
    ast.Div: (6, "/"),
    ast.Pow: (8, "**"),
}
UNARY, ATOM = 7, 9
# Names that differ, and those that are words of the language there.
METHODS = {"append": "push", "lower": "toLowerCase"}
RESERVED = frozenset("arguments case class const default delete enum function new switch var".split())


class Syntax:
    """The body of one function, or a part of it.

    Parameters
    ----------
    called : callable
        Returns what a global name, or an attribute of a global module, is called in JavaScript;
        None for a module.
    arranged : callable
        Returns the arguments of a call in the order of the parameters of what is called.
    overloaded : bool
        Whether ``+`` and ``*`` may stand between schedules, as they do in recipes.
    """

    def __init__(
        self,
        called: Callable[[str], str],
        arranged: Callable[[ast.Call], Sequence[ast.expr | None]],
        *,
        overloaded: bool = False,
    ) -> None:
        self._called, self._arranged, self._overloaded = called, arranged, overloaded
        self._local: set[str] = set()

    def function(self, node: ast.FunctionDef | ast.Lambda, head: str = "") -> str:
        """Return a function: an arrow function where ``head`` says nothing else."""
        given, assigned = _parameters(node), _assigned(node)
        outer, self._local = self._local, self._local | given | assigned
        arguments = self._arguments(node.args)
        if isinstance(node, ast.Lambda):
            text = f"({', '.join(arguments)}) => {self.expression(node.body, 1)}"
        else:
            names = ", ".join(sorted(map(_safe, assigned - given)))
            body = self._block(node.body, f"let {names};" if names else "")
            text = f"{head}({', '.join(arguments)}){'' if head else ' =>'} {body}"
        self._local = outer
        return text

    def _arguments(self, node: ast.arguments) -> list[str]:
        plain = [*node.posonlyargs, *node.args]
        missing: list[ast.expr | None] = [None] * (len(plain) - len(node.defaults))
        defaults = [*missing, *node.defaults, *node.kw_defaults]
        texts = [
            _safe(a.arg) + (f" = {self.expression(default, 1)}" if default else "")
            for a, default in zip([*plain, *node.kwonlyargs], defaults, strict=True)
            if a.arg != "self"
        ]
        return texts + ([f"...{_safe(node.vararg.arg)}"] if node.vararg else [])

    # Statements --------------------------------------------------------------------------------

    def _block(self, body: Sequence[ast.stmt], first: str = "") -> str:
        lines = "\n".join(filter(None, [first, *map(self.statement, body)]))
        return f"{{\n{indent(lines, '  ')}\n}}"

    def statement(self, node: ast.stmt) -> str:
        """Return a statement; a docstring is none."""
        text = self.expression
        match node:
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                return ""
            case ast.Expr(value=value):
                return f"{text(value)};"
            case ast.Return(value=value):
                return f"return {text(value)};" if value else "return;"
            case ast.Assign(targets=[target], value=value):
                return f"{self._target(target)} = {text(value)};"
            case ast.AnnAssign(target=target, value=value):
                return f"{self._target(target)} = {text(value)};" if value else ""
            case ast.AugAssign(target=target, op=op, value=value):
                return f"{text(target)} {self._operator(op)[1]}= {text(value)};"
            case ast.If(test=test, body=body, orelse=orelse):
                otherwise = f" else {self._block(orelse)}" if orelse else ""
                return f"if ({self._test(test)}) {self._block(body)}{otherwise}"
            case ast.While(test=test, body=body, orelse=[]):
                return f"while ({self._test(test)}) {self._block(body)}"
            case ast.For(target=target, iter=values, body=body, orelse=[]):
                return f"for ({self._target(target)} of {text(values)}) {self._block(body)}"
            case ast.Break():
                return "break;"
            case ast.Raise(exc=ast.expr() as raised):
                return f"throw {text(raised)};"
            case ast.Try(body=body, handlers=[ast.ExceptHandler(type=ast.expr() as kinds) as h]):
                name = h.name or "error"
                self._local.add(name)
                again = f"if (!isinstance({name}, {text(kinds)})) throw {name};"
                return f"try {self._block(body)} catch ({name}) {self._block(h.body, again)}"
            case ast.FunctionDef():
                return f"{_safe(node.name)} = {self.function(node)};"
            case _:
                raise _refusal(node)

    def _target(self, node: ast.expr) -> str:
        match node:
            case ast.Name(id=name):
                return _safe(name)
            case ast.Tuple(elts=elements):
                return f"[{', '.join(map(self._target, elements))}]"
            case ast.Subscript(value=value, slice=at):
                return f"{self.expression(value, ATOM)}[{self.expression(at)}]"
            case _:
                raise _refusal(node)

    # Expressions -------------------------------------------------------------------------------

    def expression(self, node: ast.expr, least: int = 0) -> str:
        """Return an expression, in parentheses if it binds less tightly than ``least``."""
        level, text = self._expression(node)
        return text if level >= least else f"({text})"

    def _expression(self, node: ast.expr) -> tuple[int, str]:
        text = self.expression
        match node:
            case ast.Constant(value=value):
                return ATOM, json.dumps(value)
            case ast.Name(id=name):
                return ATOM, self._name(name)
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if self._is_global(owner):
                return ATOM, self._called(f"{owner}.{name}")
            case ast.Attribute(value=value, attr=name):
                return ATOM, f"{text(value, ATOM)}.{'name' if name == '__name__' else name}"
            case ast.BinOp(left=left, op=ast.FloorDiv(), right=right):
                return ATOM, f"floordiv({text(left)}, {text(right)})"
            case ast.BinOp(left=left, op=op, right=right) if self._overloads(op):
                name = "add" if isinstance(op, ast.Add) else "mul"
                return ATOM, f"{name}({text(left, 1)}, {text(right, 1)})"
            case ast.BinOp(left=left, op=op, right=right):
                level, sign = self._operator(op)
                # A power binds its right operand first, and takes no sign on its left.
                sides = (ATOM, level) if isinstance(op, ast.Pow) else (level, level + 1)
                return level, f"{text(left, sides[0])} {sign} {text(right, sides[1])}"
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return UNARY, f"-{text(operand, ATOM)}"
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return UNARY, f"!{self._test(operand, UNARY)}"
            case ast.BoolOp(op=op, values=values):
                level, sign = self._operator(op)
                return level, f" {sign} ".join(text(value, level + 1) for value in values)
            case ast.Compare():
                return self._compare(node)
            case ast.IfExp(test=test, body=yes, orelse=no):
                return 0, f"{self._test(test, 1)} ? {text(yes, 1)} : {text(no, 0)}"
            case ast.Call():
                return ATOM, self._call(node)
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                return ATOM, f"[{', '.join(map(text, elements))}]"
            case ast.Starred(value=value):
                return 0, f"...{text(value, 1)}"
            case ast.Subscript(value=value, slice=ast.Slice(lower=a, upper=b, step=step)):
                parts = ", ".join(text(part) if part else "null" for part in (a, b, step))
                return ATOM, f"slice({text(value)}, {parts})"
            case ast.Subscript(value=value, slice=at):
                named = isinstance(at, ast.JoinedStr | ast.Constant) and not _number(at)
                return ATOM, text(value, ATOM) + (f"[{text(at)}]" if named else f".at({text(at)})")
            case ast.JoinedStr(values=values):
                return ATOM, f"`{''.join(map(self._piece, values))}`"
            case ast.GeneratorExp() | ast.ListComp():
                return ATOM, self._comprehension(node.generators, node.elt)
            case ast.DictComp(key=key, value=value, generators=generators):
                pair = ast.Tuple(elts=[key, value])
                return ATOM, f"Object.fromEntries({self._comprehension(generators, pair)})"
            case ast.Lambda():
                return 0, self.function(node)
            case _:
                raise _refusal(node)

    def _overloads(self, op: ast.operator) -> bool:
        return self._overloaded and isinstance(op, ast.Add | ast.Mult)

    def _is_global(self, name: str) -> bool:
        return name != "self" and name not in self._local

    def _name(self, name: str) -> str:
        if name == "self":
            return "this"
        return self._called(name) if self._is_global(name) else _safe(name)

    def _operator(self, op: ast.AST) -> tuple[int, str]:
        if type(op) not in OPERATORS:
            raise _refusal(op)
        return OPERATORS[type(op)]

    def _test(self, node: ast.expr, least: int = 0) -> str:
        # An empty list is true there: what is not sure to be true or false is asked.
        sure = isinstance(node, ast.Compare | ast.BoolOp | ast.UnaryOp)
        return self.expression(node, least) if sure else f"truth({self.expression(node)})"

    def _compare(self, node: ast.Compare) -> tuple[int, str]:
        if isinstance(node.ops[0], ast.In):
            where, what = self.expression(node.comparators[0], ATOM), self.expression(node.left)
            return ATOM, f"{where}.includes({what})"
        texts = [self.expression(side, 5) for side in (node.left, *node.comparators)]
        pairs = [
            f"{left} {self._operator(op)[1]} {right}"
            for left, op, right in zip(texts, node.ops, texts[1:], strict=False)
        ]
        return (4, pairs[0]) if len(pairs) == 1 else (2, " && ".join(pairs))

    def _call(self, node: ast.Call) -> str:
        if isinstance(node.func, ast.Attribute) and node.func.attr == "join":
            return f"{self.expression(node.args[0], ATOM)}.join({self.expression(node.func.value)})"
        arguments = [self.expression(a) if a else "undefined" for a in self._arranged(node)]
        called = self.expression(node.func, ATOM)
        if isinstance(node.func, ast.Attribute):
            owner, dot, name = called.rpartition(".")
            called = owner + dot + METHODS.get(name, name)
        return f"{called}({', '.join(arguments)})"

    def _piece(self, node: ast.expr) -> str:
        match node:
            case ast.FormattedValue(value=value, conversion=conversion, format_spec=None):
                how = "repr" if conversion == ord("r") else "str"
                return f"${{{how}({self.expression(value)})}}"
            case ast.Constant(value=str(value)):
                return json.dumps(value, ensure_ascii=False)[1:-1].replace("`", "\\`")
            case _:
                raise _refusal(node)

    def _comprehension(self, generators: list[ast.comprehension], element: ast.expr) -> str:
        first, *others = generators
        names = {n.id for n in ast.walk(first.target) if isinstance(n, ast.Name)}
        values = f"[...{self.expression(first.iter, 1)}]"
        outer, self._local = self._local, self._local | names
        head = f"({self._target(first.target)}) =>"
        if first.ifs:
            values += f".filter({head} {' && '.join(map(self._test, first.ifs))})"
        inner = self._comprehension(others, element) if others else self.expression(element, 1)
        self._local = outer
        return f"{values}.{'flatMap' if others else 'map'}({head} {inner})"


def _safe(name: str) -> str:
    return f"{name}_" if name in RESERVED else name


def _number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and not isinstance(node.value, str)


def _parameters(node: ast.FunctionDef | ast.Lambda) -> set[str]:
    return {a.arg for a in ast.walk(node.args) if isinstance(a, ast.arg)}


def _assigned(node: ast.AST) -> set[str]:
    """Return the names that statements give a value to."""
    names: set[str] = set()
    parts = list(ast.iter_child_nodes(node))
    while parts:
        part = parts.pop()
        match part:
            case ast.Name(id=name, ctx=ast.Store()):
                names.add(name)
            case ast.FunctionDef(name=name):
                names.add(name)
                continue  # what is assigned in it is its own
            case ast.comprehension(iter=values, ifs=ifs):
                parts += [values, *ifs]
                continue
            case _:
                pass
        parts += ast.iter_child_nodes(part)
    return names


def _refusal(node: ast.AST) -> TypeError:
    return TypeError(
        f"cannot be written in JavaScript: {ast.unparse(node)}; write it with the statements and "
        "operations that the schedules of the package use"
    )
