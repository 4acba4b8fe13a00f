"""Break every formula and combinator in small ways, and report what no test notices.

    python -m tests.tools.mutation                          # all formulas, combinators and recipes
    python -m tests.tools.mutation lrschedules/shapes/finite.py

Each mutant changes one place of a module: the sign of a term, the edge of a comparison, a clamp
left out, a number, a condition. It is tried by the quick tests in a process that is forked after
the heavy imports, so that a mutant costs about a second. The exit status is the number of
survivors; changes that compute the same are listed below with the reason.
"""

import ast
import importlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
TARGETS = ["shapes/*.py", "combinators.py", "recipes/*.py"]
TESTS = ["recipes/test_recipes.py"]
TESTS += [
    f"core/test_{name}.py"
    for name in ("table", "combining", "laws", "bad_input", "phases", "symbolic")
]

COMPARISONS = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
COMPARISONS |= {ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is}
SIGNS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}
SIGNS |= {ast.FloorDiv: ast.Mult, ast.Pow: ast.Mult}
CLAMPS = {"minimum", "maximum", "product", "evaluate", "floor_divide"}

# Mutants that compute the same, by file and the text they change.
SAME = {
    "combinators.py: (self.schedule.length, self.other.length)": "the longer of two has no order",
    "combinators.py: self._copies() > MOST_CYCLES": "a bound that is a choice",
    "combinators.py: len(spans) > MOST_CYCLES": "a bound that is a choice",
    "combinators.py: 1000": "a bound that is a choice",
    "combinators.py: 12": "a bound that is a choice",
    "combinators.py: self._measured[0] > MOST_NESTED": "a bound that is a choice",
    "combinators.py: len(spans) > MOST_CYCLES or self._is_deep()": "a bound that is a choice",
    "combinators.py: len(found) <= MOST": "a bound that is a choice",
    "combinators.py: start > LAST_STEP": "a cycle that begins after the last step is never reached",
    "combinators.py: self.factor == 1": "a factor of 1 changes nothing",
    "_recipe.py: 6": "how many digits a product of floats is trusted to",
    "combinators.py: 0.0": "the first cycle begins at step 0: nothing comes before it",
}


def mutants(source):
    """Yield the changed sources of a module, each with what was changed."""
    whole = list(ast.walk(ast.parse(source)))
    types = [getattr(node, field, None) for node in whole for field in ("annotation", "returns")]
    # The value that an error suggests is a choice.
    types += [n.value for n in whole if isinstance(n, ast.keyword) and n.arg == "example"]
    outside = {id(part) for kind in types if kind for part in ast.walk(kind)}
    sites = [i for i, node in enumerate(whole) if id(node) not in outside and changed(node)]
    for i in sites:
        tree = ast.parse(source)
        node = list(ast.walk(tree))[i]
        before, line = ast.unparse(node), node.lineno
        new = ast.fix_missing_locations(ast.copy_location(changed(node), node))
        mutant = ast.unparse(Replace(node, new).visit(tree))
        yield mutant, f"{line}: {before} -> {ast.unparse(new)}", before


def changed(node):  # noqa: PLR0911 - one return for each kind of change
    """Return what a node is replaced by, None where nothing is."""
    match node:
        case ast.Compare(left=left, ops=[op], comparators=right) if type(op) in COMPARISONS:
            return ast.Compare(left, [COMPARISONS[type(op)]()], right)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in SIGNS:
            return ast.BinOp(left, SIGNS[type(op)](), right)
        case ast.UnaryOp(op=ast.USub() | ast.Not(), operand=operand):
            return operand
        case ast.Call(func=ast.Attribute(attr=name), args=[first, *_]) if name in CLAMPS:
            return None if name == "evaluate" else first
        case ast.Constant(value=value) if type(value) in (int, float):
            return ast.Constant(value + 1)
        case ast.Tuple(elts=[a, b], ctx=ast.Load()):
            return ast.Tuple([b, a], ast.Load())
        case ast.Raise():
            return ast.Pass()
    return None


class Replace(ast.NodeTransformer):
    """Put one node in the place of another."""

    def __init__(self, old, new):
        self.old, self.new = old, new

    def visit(self, node):
        return self.new if node is self.old else self.generic_visit(node)


def survives(folder):
    """Return whether the quick tests pass on the package in a folder."""
    child = os.fork()
    if not child:
        import pytest

        os.chdir(folder)
        sys.path.insert(0, str(folder))
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(1, 2)
        tests = [f"tests/{name}" for name in TESTS]
        os._exit(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", *tests]))
    _, status = os.waitpid(child, 0)
    return status == 0


def main(paths):
    """Try every mutant of the modules, print the survivors, and return how many there are."""
    os.environ |= {"CI": "true", "KERAS_BACKEND": "jax"}
    for name in ("keras", "numpy", "pytest", "sympy"):
        importlib.import_module(name)
    paths = paths or [str(p) for t in TARGETS for p in sorted((ROOT / "lrschedules").glob(t))]
    tried = survivors = 0
    with tempfile.TemporaryDirectory() as folder:
        for name in ("lrschedules", "tests", "pyproject.toml"):
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, Path(folder) / name)
        if not survives(folder):
            raise SystemExit("the tests fail on the package as it is")
        for path in map(Path, paths):
            name = path.resolve().relative_to(ROOT)
            source = path.read_text("utf-8")
            for mutant, what, before in mutants(source):
                (Path(folder) / name).write_text(mutant, "utf-8")
                tried += 1
                if survives(folder) and f"{name.name}: {before}" not in SAME:
                    survivors += 1
                    print(f"survived: {name}:{what}", flush=True)
            (Path(folder) / name).write_text(source, "utf-8")
    print(f"{tried} mutants, {survivors} survived")
    return survivors


if __name__ == "__main__":
    sys.exit(min(main(sys.argv[1:]), 100))
