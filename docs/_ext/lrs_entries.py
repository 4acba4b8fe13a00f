"""What the documentation knows of each schedule: one ``Entry`` for each class and each recipe.

It needs no Sphinx: the tests run what the pages show.
"""

import ast
import doctest
import functools
import inspect
import re
import runpy
import textwrap
from pathlib import Path
from types import SimpleNamespace

import lrschedules as lrs
from lrschedules import combinators, plotting, recipes
from lrschedules._declared import arguments, parameters, registry

# What users of other libraries write, and what they write here.
TABLE = Path(__file__).parents[2] / "tests" / "peers" / "table.py"
# What each framework needs: its import, our own after those of the schedule, and the lines after
# the schedule.
TORCH = """\
optimizer = torch.optim.SGD(model.parameters(), momentum=0.9)
scheduler = Scheduler(optimizer, lr=schedule)  # sets the learning rate, from step 0 on
# after each optimizer.step(): scheduler.step()"""
PROGRAMS = {
    "Keras": ("import keras", "", "optimizer = keras.optimizers.SGD(schedule, momentum=0.9)"),
    "PyTorch": ("import torch", "from lrschedules.torch import Scheduler", TORCH),
    "optax": ("import optax", "", "optimizer = optax.sgd(schedule)"),
    "Python": ("import numpy as np", "", "rate = schedule(0)\nrates = schedule(np.arange({stop}))"),
}

GROUPS = {combinators.__name__: "Combinations", recipes.__name__: "Recipes"}
HEADING = re.compile(r"^(\w+)\n-+\n", re.MULTILINE)
ITEM = re.compile(r"^(\S.*)\n((?: {4}.*(?:\n|$))+)", re.MULTILINE)
# The other names of a schedule, as its docstring gives them.
ALSO = re.compile(r"\bAlso called (.+?)[.;:]", re.DOTALL)


def load(file=TABLE):
    """Return the table, or another module of data, read again at each call."""
    return SimpleNamespace(**runpy.run_path(str(file)))


def sections(thing):
    """Return the sections of a docstring by their headings; the text before them has none."""
    text, *others = HEADING.split(inspect.getdoc(thing))
    return {"": text.strip()} | dict(zip(others[::2], others[1::2], strict=True))


def items(section):
    """Return what a section of a docstring lists: each term, and the text about it on one line."""
    return [(term, " ".join(text.split())) for term, text in ITEM.findall(section)]


def example(name, text):
    """Return the schedule that a doctest makes, and the code that makes it."""
    scope = {}
    for line in doctest.DocTestParser().get_examples(text):
        exec(line.source, scope)  # noqa: S102 - the package's own docstring
        if line.source.startswith("schedule = "):
            return scope["schedule"], line.source.strip().removeprefix("schedule = ")
    raise ValueError(f"{name}: its Examples make no variable 'schedule'")


def called(function, code):
    """Return the arguments, by name, of a call in the code of an example."""
    call, scope = ast.parse(code, mode="eval").body, vars(lrs).copy()
    values = [eval(ast.unparse(value), scope) for value in call.args]  # noqa: S307
    named = {k.arg: eval(ast.unparse(k.value), scope) for k in call.keywords}  # noqa: S307
    return inspect.signature(function).bind(*values, **named).arguments


class Entry:
    """A schedule class or a recipe, with all that its page, its card and the playground show."""

    def __init__(self, thing, module):
        self.thing, self.module = thing, module
        self.name = thing.__name__
        # the name under which the reference has it
        self.target = f"{module}.{self.name}"
        self.is_class = inspect.isclass(thing)
        self.group = GROUPS.get(module, "Open-ended schedules")
        if self.is_class and issubclass(thing, lrs.Finite):
            self.group = "Fixed-length schedules"
        self.parameters = parameters(thing) if self.is_class else arguments(thing)
        self.sections = sections(thing)
        summary, *self.about, self.usage = self.sections[""].split("\n\n")
        self.summary = " ".join(summary.split())
        self.cites = ":cite:" in inspect.getdoc(thing)
        self.schedule, self.code = example(self.name, self.sections["Examples"])
        self.horizon = plotting.horizon(self.schedule)
        self.words = plotting.describe(self.schedule)

    @functools.cached_property
    def phases(self):
        """The phases of the example's curve: the name of each, and its occurrences in all cycles.

        A phase that is as long as an argument of the recipe has the name of that argument, which
        names one phase only. ``steps`` would not say more than the length.
        """
        given = {} if self.is_class else called(self.thing, self.code)
        names = {k: v for k, v in given.items() if isinstance(v, int) and k != "steps"}
        found = {}
        for phase in self.schedule.phases(self.horizon):
            first = phase.start if phase.first is None else phase.first
            found.setdefault(first, []).append(phase)
        named = []
        for occurrences in found.values():
            length = occurrences[0].stop - occurrences[0].start
            name = next((k for k, v in names.items() if v == length), "")
            names.pop(name, None)
            named.append((name, occurrences))
        return named

    @property
    def programs(self):
        """A program for each framework that makes the schedule of the example and uses it."""
        names = {node.id for node in ast.walk(ast.parse(self.code)) if isinstance(node, ast.Name)}
        own = []
        for module in (lrs, recipes):
            found = sorted(names & set(dir(module)))
            own += [f"from {module.__name__} import {', '.join(found)}"] if found else []
        made = {}
        for framework, (first, more, last) in PROGRAMS.items():
            imports = "\n".join([first, *own, *([more] if more else [])])
            use = last.format(stop=self.horizon + 1)
            made[framework] = f"{imports}\n\nschedule = {self.code}\n{use}"
        return made

    @property
    def definition(self):
        """The lines of a recipe that follow its docstring."""
        source = textwrap.dedent(inspect.getsource(self.thing))
        body = ast.parse(source).body[0].body[1]
        return textwrap.dedent("\n".join(source.splitlines()[body.lineno - 1 :])).splitlines()

    @property
    def other_names(self):
        """The names that the docstring gives besides its own."""
        said = ALSO.findall(self.sections[""])
        return [name for text in said for name in re.split(r",? (?:and|or) |, ", text)]


@functools.cache
def entries():
    """Return what has a page of its own, by name: the public schedule classes and the recipes."""
    found = {}
    for module in (lrs, combinators, recipes):
        for name, thing in sorted(vars(module).items()):
            if thing in registry.values() or (module is recipes and inspect.isfunction(thing)):
                found.setdefault(name, Entry(thing, module.__name__))
    return found
