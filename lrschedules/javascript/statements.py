"""Statements of Python in JavaScript, as far as the package uses them."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from textwrap import indent

from lrschedules.javascript.expressions import ATOM, Expressions, safe


class Statements(Expressions):
    """Writes functions, whose bodies are statements."""

    def function(self, node: ast.FunctionDef | ast.Lambda, head: str = "") -> str:
        """Return a function: an arrow function, where ``head`` does not say what else."""
        given = {a.arg for a in ast.walk(node.args) if isinstance(a, ast.arg)}
        assigned = _assigned(node)
        outer, self._local = self._local, self._local | given | assigned
        arguments = f"({', '.join(self._parameters(node.args))})"
        if isinstance(node, ast.Lambda):
            text = f"{arguments} => {self.expression(node.body, 1)}"
        else:
            names = ", ".join(sorted(map(safe, assigned - given)))
            body = self._block(node.body, f"let {names};" if names else "")
            text = f"{head}{arguments}{'' if head else ' =>'} {body}"
        self._local = outer
        return text

    def _parameters(self, node: ast.arguments) -> list[str]:
        if node.kwarg:
            self.generic_visit(node)
        named = [*node.posonlyargs, *node.args]
        without: list[ast.expr | None] = [None] * (len(named) - len(node.defaults))
        defaults = [*without, *node.defaults, *node.kw_defaults]
        texts = [
            safe(a.arg) + (f" = {self.expression(default, 1)}" if default else "")
            for a, default in zip([*named, *node.kwonlyargs], defaults, strict=True)
            if a.arg != "self"
        ]
        return texts + ([f"...{safe(node.vararg.arg)}"] if node.vararg else [])

    def _block(self, body: Sequence[ast.stmt], first: str = "") -> str:
        lines = "\n".join(filter(None, [first, *map(self.visit, body)]))
        return f"{{\n{indent(lines, '  ')}\n}}"

    def visit_Lambda(self, node: ast.Lambda) -> str:
        return self.function(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> str:
        if node.decorator_list:
            self.generic_visit(node)
        return f"{safe(node.name)} = {self.function(node)};"

    def visit_ImportFrom(self, node: ast.ImportFrom) -> str:
        return ""  # in JavaScript all definitions are in one text

    def visit_Expr(self, node: ast.Expr) -> str:
        docstring = isinstance(node.value, ast.Constant)
        return "" if docstring else f"{self.expression(node.value)};"

    def visit_Return(self, node: ast.Return) -> str:
        return f"return {self.expression(node.value)};" if node.value else "return;"

    def visit_Assign(self, node: ast.Assign) -> str:
        if len(node.targets) > 1:
            self.generic_visit(node)
        return f"{self._target(node.targets[0])} = {self.expression(node.value)};"

    def visit_AnnAssign(self, node: ast.AnnAssign) -> str:
        value = node.value
        return f"{self._target(node.target)} = {self.expression(value)};" if value else ""

    def visit_AugAssign(self, node: ast.AugAssign) -> str:
        sign = self.operator(node, node.op)
        return f"{self._target(node.target)} {sign}= {self.expression(node.value)};"

    def _target(self, node: ast.expr) -> str:
        if isinstance(node, ast.Subscript):
            return f"{self.expression(node.value, ATOM)}[{self.expression(node.slice)}]"
        return self.expression(node)

    def visit_If(self, node: ast.If) -> str:
        otherwise = f" else {self._block(node.orelse)}" if node.orelse else ""
        return f"if ({self.test(node.test)}) {self._block(node.body)}{otherwise}"

    def visit_While(self, node: ast.While) -> str:
        if node.orelse:
            self.generic_visit(node)
        return f"while ({self.test(node.test)}) {self._block(node.body)}"

    def visit_For(self, node: ast.For) -> str:
        if node.orelse:
            self.generic_visit(node)
        head = f"{self._target(node.target)} of {self.expression(node.iter)}"
        return f"for ({head}) {self._block(node.body)}"

    def visit_Break(self, node: ast.Break) -> str:
        return "break;"

    def visit_Raise(self, node: ast.Raise) -> str:
        return f"throw {self.expression(node.exc)};" if node.exc else self.generic_visit(node)

    def visit_Try(self, node: ast.Try) -> str:
        match node:
            case ast.Try(
                handlers=[ast.ExceptHandler(type=ast.expr() as kinds) as h],
                orelse=[],
                finalbody=[],
            ):
                name = h.name or "error"
                again = f"if (!isinstance({name}, {self.expression(kinds)})) throw {name};"
                caught = self._block(h.body, again)
                return f"try {self._block(node.body)} catch ({name}) {caught}"
            case _:
                return self.generic_visit(node)


def _assigned(node: ast.AST) -> set[str]:
    """Return the names that a function's statements give a value to."""
    names: set[str] = set()
    parts = list(ast.iter_child_nodes(node))
    while parts:
        part = parts.pop()
        match part:
            case ast.Name(id=name, ctx=ast.Store()) | ast.ExceptHandler(name=str(name)):
                names.add(name)
                parts += ast.iter_child_nodes(part)
            case ast.FunctionDef(name=name):
                names.add(name)  # what is assigned in it is its own
            case ast.Lambda():
                pass
            case ast.comprehension(iter=values, ifs=ifs):
                parts += [values, *ifs]
            case _:
                parts += ast.iter_child_nodes(part)
    return names
