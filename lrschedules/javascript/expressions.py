"""Expressions of Python in JavaScript, as far as the package uses them."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Sequence
from typing import Any

# How tightly an operator binds, and what it is in JavaScript.
OPERATORS: dict[type[ast.AST], tuple[int, str]] = {
    ast.Or: (1, "||"),
    ast.And: (2, "&&"),
    ast.BitAnd: (3, "&"),
    ast.Eq: (4, "==="),
    ast.NotEq: (4, "!=="),
    ast.Is: (4, "==="),
    ast.IsNot: (4, "!=="),
    ast.Lt: (4, "<"),
    ast.LtE: (4, "<="),
    ast.Gt: (4, ">"),
    ast.GtE: (4, ">="),
    ast.Add: (5, "+"),
    ast.Sub: (5, "-"),
    ast.Mult: (6, "*"),
    ast.Div: (6, "/"),
    ast.USub: (7, "-"),
    ast.Not: (7, "!"),
    ast.Pow: (8, "**"),
}
AND, COMPARISON, ATOM = 2, 4, 9
# Methods with another name, and names that are words of the language.
METHODS = {"append": "push", "lower": "toLowerCase"}
RESERVED = {
    *("arguments", "case", "catch", "const", "debugger", "default", "delete", "do", "enum", "eval"),
    *("export", "extends", "false", "function", "implements", "instanceof", "interface", "let"),
    *("new", "null", "package", "private", "protected", "public", "static", "super", "switch"),
    *("this", "throw", "true", "typeof", "var", "void"),
}


class Expressions(ast.NodeVisitor):
    """Writes expressions; each ``visit`` returns a text.

    Parameters
    ----------
    called : callable
        Returns what a global name, or an attribute of one, is called in JavaScript.
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

    def expression(self, node: ast.expr, least: int = 0) -> str:
        """Return an expression, in parentheses if it binds less tightly than ``least``."""
        text: str = self.visit(node)
        return text if self._level(node) >= least else f"({text})"

    def generic_visit(self, node: ast.AST) -> Any:
        raise refused(ast.unparse(node))

    def _level(self, node: ast.expr) -> int:
        match node:
            case ast.BinOp(op=op) if self._function_of(op):
                return ATOM
            case ast.BinOp(op=op) | ast.BoolOp(op=op) | ast.UnaryOp(op=op):
                return OPERATORS[type(op)][0]
            case ast.Compare(ops=[op]):
                return ATOM if isinstance(op, ast.In) else COMPARISON
            case ast.Compare():
                return AND
            case ast.IfExp() | ast.Lambda() | ast.Starred():
                return 0
            case _:
                return ATOM

    def operator(self, node: ast.AST, op: ast.AST) -> str:
        """Return the operator of an expression or a statement."""
        if type(op) not in OPERATORS:
            self.generic_visit(node)
        return OPERATORS[type(op)][1]

    def _function_of(self, op: ast.operator) -> str | None:
        """Return the function that stands for an operator that JavaScript has not."""
        match op:
            case ast.FloorDiv():
                return "floordiv"
            case ast.Add() | ast.Mult() if self._overloaded:
                return "add" if isinstance(op, ast.Add) else "mul"
            case _:
                return None

    # Names and constants ---------------------------------------------------------------------

    def visit_Constant(self, node: ast.Constant) -> str:
        return json.dumps(node.value, ensure_ascii=False)

    def visit_Name(self, node: ast.Name) -> str:
        if node.id == "self":
            return "this"
        return self._called(node.id) if self._is_global(node) else safe(node.id)

    def _is_global(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and node.id not in self._local | {"self"}

    def visit_Attribute(self, node: ast.Attribute) -> str:
        if isinstance(node.value, ast.Name) and self._is_global(node.value):
            return self._called(f"{node.value.id}.{node.attr}")
        name = "name" if node.attr == "__name__" else node.attr
        return f"{self.expression(node.value, ATOM)}.{name}"

    def visit_JoinedStr(self, node: ast.JoinedStr) -> str:
        return f"`{''.join(map(self._piece, node.values))}`"

    def _piece(self, node: ast.expr) -> str:
        match node:
            case ast.FormattedValue(
                value=value, conversion=-1 | 114 as conversion, format_spec=None
            ):
                how = "repr" if conversion == ord("r") else "str"
                return f"${{{how}({self.expression(value)})}}"
            case ast.Constant(value=str(value)):
                text = json.dumps(value, ensure_ascii=False)[1:-1]
                return text.replace('\\"', '"').replace("`", "\\`").replace("${", "\\${")
            case _:
                return self.generic_visit(node)

    # Operators -------------------------------------------------------------------------------

    def visit_BinOp(self, node: ast.BinOp) -> str:
        if function := self._function_of(node.op):
            return f"{function}({self.expression(node.left)}, {self.expression(node.right)})"
        sign, level = self.operator(node, node.op), self._level(node)
        # A power binds its right operand first, and takes no sign on its left.
        left, right = (ATOM, level) if isinstance(node.op, ast.Pow) else (level, level + 1)
        return f"{self.expression(node.left, left)} {sign} {self.expression(node.right, right)}"

    def visit_UnaryOp(self, node: ast.UnaryOp) -> str:
        sign = self.operator(node, node.op)
        if isinstance(node.op, ast.Not):
            return sign + self.test(node.operand, self._level(node))
        return sign + self.expression(node.operand, ATOM)

    def visit_BoolOp(self, node: ast.BoolOp) -> str:
        level = self._level(node) + 1
        return f" {self.operator(node, node.op)} ".join(
            self.expression(v, level) for v in node.values
        )

    def visit_Compare(self, node: ast.Compare) -> str:
        if isinstance(node.ops[0], ast.In):
            where = self.expression(node.comparators[0], ATOM)
            return f"{where}.includes({self.expression(node.left)})"
        sides = [self.expression(side, COMPARISON + 1) for side in (node.left, *node.comparators)]
        signs = [self.operator(node, op) for op in node.ops]
        pairs = zip(sides, signs, sides[1:], strict=False)
        return " && ".join(f"{left} {sign} {right}" for left, sign, right in pairs)

    def visit_IfExp(self, node: ast.IfExp) -> str:
        yes, no = self.expression(node.body, 1), self.expression(node.orelse)
        return f"{self.test(node.test, 1)} ? {yes} : {no}"

    def test(self, node: ast.expr, least: int = 0) -> str:
        """Return a condition: an empty list is true there, so what is no comparison is asked."""
        sure = isinstance(node, ast.Compare | ast.BoolOp | ast.UnaryOp)
        return self.expression(node, least) if sure else f"truth({self.expression(node)})"

    # Calls and collections -------------------------------------------------------------------

    def visit_Call(self, node: ast.Call) -> str:
        arguments = [self.expression(a) if a else "undefined" for a in self._arranged(node)]
        called, function = self.expression(node.func, ATOM), node.func
        if isinstance(function, ast.Attribute):
            if function.attr == "join":
                return f"{arguments[0]}.join({self.expression(function.value)})"
            owner, dot, name = called.rpartition(".")
            called = owner + dot + METHODS.get(name, name)
        return f"{called}({', '.join(arguments)})"

    def visit_Starred(self, node: ast.Starred) -> str:
        return f"...{self.expression(node.value, 1)}"

    def visit_List(self, node: ast.List | ast.Tuple) -> str:
        return f"[{', '.join(map(self.expression, node.elts))}]"

    visit_Tuple = visit_List

    def visit_Subscript(self, node: ast.Subscript) -> str:
        value, at = self.expression(node.value, ATOM), node.slice
        if isinstance(at, ast.Slice):
            parts = (self.expression(p) if p else "null" for p in (at.lower, at.upper, at.step))
            return f"slice({value}, {', '.join(parts)})"
        text = self.expression(at)
        return f"{value}[{text}]" if text[0] in {'"', "`"} else f"{value}.at({text})"

    def visit_ListComp(self, node: ast.ListComp | ast.GeneratorExp) -> str:
        return self._comprehension(node.generators, node.elt)

    visit_GeneratorExp = visit_ListComp

    def visit_DictComp(self, node: ast.DictComp) -> str:
        pair = ast.Tuple(elts=[node.key, node.value])
        return f"Object.fromEntries({self._comprehension(node.generators, pair)})"

    def _comprehension(self, generators: list[ast.comprehension], element: ast.expr) -> str:
        first, *others = generators
        values = f"[...{self.expression(first.iter, 1)}]"
        names = {n.id for n in ast.walk(first.target) if isinstance(n, ast.Name)}
        outer, self._local = self._local, self._local | names
        head = f"({self.expression(first.target)}) =>"
        if first.ifs:
            values += f".filter({head} {' && '.join(self.test(i, AND) for i in first.ifs)})"
        inner = self._comprehension(others, element) if others else self.expression(element, 1)
        self._local = outer
        return f"{values}.{'flatMap' if others else 'map'}({head} {inner})"


def refused(text: str) -> TypeError:
    """Return the error for a statement, an expression or a name that is not translated."""
    return TypeError(
        f"cannot be written in JavaScript: {text}; write it with the statements and operations "
        "that the contributing page lists for the source of a schedule"
    )


def safe(name: str) -> str:
    """Return a name that is no word of the language."""
    return f"{name}_" if name in RESERVED else name
