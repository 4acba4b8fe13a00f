"""What has a page of its own, and the programs that use it.

Like ``lrs_parts`` it needs no Sphinx: the tests run what the pages show.
"""

import ast
import doctest
import functools
import inspect
import textwrap

import lrschedules as lrs
from lrschedules import plotting
from lrschedules._declared import registry

# What each framework is given: its import, our own after those of the schedule, and the lines
# after the schedule.
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


@functools.cache
def entries():
    """Return what has a page of its own, by name: the public schedule classes and the recipes."""
    classes = [getattr(lrs, name) for name in dir(lrs)]
    recipes = [getattr(lrs.recipes, name) for name in dir(lrs.recipes)]
    found = [v for v in classes if v in registry.values()]
    found += [v for v in recipes if inspect.isfunction(v)]
    return {entry.__name__: entry for entry in found}


@functools.cache
def example_of(entry):
    """Return the schedule that the doctest of an entry makes, and the code that makes it."""
    scope = {}
    for example in doctest.DocTestParser().get_examples(inspect.getdoc(entry)):
        exec(example.source, scope)  # noqa: S102 - the package's own docstring
        if example.source.startswith("schedule = "):
            return scope["schedule"], example.source.strip().removeprefix("schedule = ")
    raise ValueError(f"{entry.__name__}: its Examples make no variable 'schedule'")


def arguments_of(entry):
    """Return the arguments, by name, with which the doctest of an entry calls it."""
    call = ast.parse(example_of(entry)[1], mode="eval").body
    values = [eval(ast.unparse(v), vars(lrs).copy()) for v in call.args]  # noqa: S307
    named = {k.arg: eval(ast.unparse(k.value), vars(lrs).copy()) for k in call.keywords}  # noqa: S307
    return inspect.signature(entry).bind(*values, **named).arguments


def definition(recipe):
    """Return the lines of a recipe that come after its docstring: the recipe itself."""
    source = textwrap.dedent(inspect.getsource(recipe))
    body = ast.parse(source).body[0].body[1]
    return textwrap.dedent("\n".join(source.splitlines()[body.lineno - 1 :])).splitlines()


def programs(schedule, code):
    """Return a program for each framework that uses the schedule that ``code`` makes."""
    names = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
    own = []
    for module in (lrs, lrs.recipes):
        found = sorted(names & set(dir(module)))
        own += [f"from {module.__name__} import {', '.join(found)}"] if found else []
    stop = plotting.horizon(schedule) + 1
    programs = {}
    for framework, (first, more, last) in PROGRAMS.items():
        imports = "\n".join([first, *own, *([more] if more else [])])
        programs[framework] = f"{imports}\n\nschedule = {code}\n{last.format(stop=stop)}"
    return programs
