"""What the playground knows of the package: its JavaScript, and what can be chosen in it.

A new schedule, recipe or parameter is in the playground at the next build. Like ``lrs_parts`` it
needs no Sphinx: the tests run what the page runs.
"""

import dataclasses
import inspect
import json
import math
import re
import runpy
from pathlib import Path

from lrs_entries import PROGRAMS, entries, example_of

import lrschedules as lrs
from lrschedules import plotting
from lrschedules._declared import registry
from lrschedules._javascript import script
from lrschedules._operations import LARGEST
from lrschedules._param import LAST_STEP, Kind, Series, parameters
from lrschedules._schedule import ScheduleKind

PEERS = Path(__file__).parents[2] / "tests" / "peers" / "table.py"
METHODS = ["warmup", "then", "cooldown", "repeat", "delay", "stretch", "per_epoch", "scale"]
METHODS += ["plus", "times", "clip", "geometric", "k_decay"]
# The kinds of parameters of methods; those of recipes have their own.
PASSED = {"steps": lrs.steps, "at": lrs.steps, "times": lrs.ratio}
SHAPES = [lrs.Linear, lrs.Cosine, lrs.recipes.one_minus_sqrt, lrs.Polynomial, lrs.Rex]
# The frameworks for which it writes code.
WITH = {name: PROGRAMS[name] for name in ("Keras", "PyTorch", "optax")}
# What a visitor finds who brings nothing, and what is added to compare with.
START = [
    "Cosine(0.1, 0, steps=900).warmup(100)",
    "warmup_stable_decay(0.1, warmup=100, stable=600, decay=300)",
    "one_cycle(0.1, steps=1000)",
    "Drop(0.1, factor=0.5, every=250)",
]


def described(kind):
    """Return a kind as the playground's inputs need it; what is 0 or false is left out."""
    if isinstance(kind, ScheduleKind):
        return {"type": "schedule"}
    if isinstance(kind, Series):
        return {"type": "list"}
    if isinstance(kind, Kind):
        below = {} if kind.below in (math.inf, LAST_STEP + 1) else {"below": kind.below}
        values = {name: getattr(kind, name) for name in ("unit", "least", "open", "whole")}
        return {"type": "number"} | {name: v for name, v in values.items() if v} | below
    return {"type": kind}


def plain(text):
    """Return a sentence of a docstring without roles, with code between single backquotes."""
    text = re.sub(r":\w+(?::\w+)*:`~?(?:[\w.]+\.)?(\w+)`", r"`\1`", " ".join(text.split()))
    return text.replace("``", "`")


def row(name, kind, meaning, default):
    """Return one parameter; ``none`` stands for the number that means that there is none."""
    meaning = re.split(r";|\. |\.$", plain(meaning))[0]
    meaning = meaning[:1].upper() + meaning[1:]
    row = {"name": name, "meaning": meaning, "kind": described(kind)}
    if default in (inspect.Parameter.empty, dataclasses.MISSING):
        return row
    if inspect.isroutine(default) or inspect.isclass(default):
        default = default.__name__
    none = default in (LAST_STEP, LARGEST, None)
    return row | {"default": None if none else default}


def meanings(function):
    """Return what each parameter means, from the docstring of a recipe or a method."""
    _, _, section = inspect.getdoc(function).partition("\nParameters\n----------\n")
    section, _, _ = section.partition("\n\n")
    rows = re.findall(r"^(\w+) : .*\n((?: {4}.*(?:\n|$))+)", section, re.MULTILINE)
    return {name: " ".join(text.split()) for name, text in rows}


def of_function(function, own=None):
    """Return the parameters of a recipe or a method, from its signature and its docstring."""
    checks = inspect.getclosurevars(function).nonlocals.get("kinds", {})
    fields = {p.name: p.kind for p in parameters(own)} if own else {}
    known = PASSED | fields | checks
    texts = meanings(function)
    for p in inspect.signature(function).parameters.values():
        if p.name == "self":
            continue
        special = {"Shape": "shape", "Shape | None": "shape", "bool": "bool"}.get(p.annotation)
        inner = ScheduleKind("a schedule", lrs.Schedule, "") if "Schedule" in p.annotation else None
        kind = special or known.get(p.name) or inner or lrs.rate
        named = {"named": True} if p.kind is p.KEYWORD_ONLY else {}
        yield row(p.name, kind, texts[p.name], p.default) | named


def summary(thing):
    text = plain(inspect.getdoc(thing).partition("\n\n")[0]).removeprefix("Return ")
    return text[:1].upper() + text[1:]


def elsewhere(table=PEERS):
    """Return what other libraries call their schedules: the library, and a line there and here."""
    found = {}
    for row in runpy.run_path(str(table))["ROWS"]:
        name = re.match(r"[\w.]+", row.theirs)[0].rpartition(".")[2]
        ours = re.sub(r"\blrs\.(recipes\.)?", "", row.ours)
        if name not in entries() and not row.refused:
            found.setdefault(name, [row.library, row.theirs, ours])
    return found


def choices():
    """Return what a schedule can begin with, and what can be done with it."""
    begins, combinators = [], {}
    for entry in entries().values():
        if inspect.isclass(entry):
            rows = parameters(entry)
            if any(isinstance(p.kind, ScheduleKind) for p in rows):
                method = re.sub(r"(?<!^)(?=[A-Z])", "_", entry.__name__).lower()
                combinators[entry.__name__] = method
                continue
            group = "Finite shapes" if issubclass(entry, lrs.Finite) else "Endless shapes"
            rows = [row(p.name, p.kind, p.meaning, p.default) for p in rows]
        else:
            group, rows = "Recipes", list(of_function(entry))
        begins.append(
            {
                "name": entry.__name__,
                "group": group,
                "summary": summary(entry),
                "example": example_of(entry)[1],
                "parameters": rows,
            }
        )
    methods = []
    for name in METHODS:
        cls = registry.get(f"lrschedules>{name.title().replace('_', '')}")
        function = getattr(lrs.Finite, name)
        methods.append(
            {
                "name": name,
                "summary": summary(function),
                "parameters": list(of_function(function, cls)),
            }
        )
    return {
        "begins": begins,
        "methods": methods,
        "combinators": combinators,
        "elsewhere": elsewhere(),
        "shapes": [shape.__name__ for shape in SHAPES],
        "start": START,
        "programs": {"Python": ["", "", ""]}
        | {
            name: [f"{first}\n", f"{more}\n" if more else "", f"\n{last}"]
            for name, (first, more, last) in WITH.items()
        },
    }


def generated():
    """Return the script that is generated: the package in JavaScript, and what can be chosen."""
    things = [*entries().values(), plotting.horizon]
    names = ", ".join(thing.__name__ for thing in things)
    return (
        "// Generated from the package: see lrschedules.symbolic.javascript.\n"
        f'"use strict";\nconst LRS = (() => {{\n{script(things)}\n'
        f"return {{ {names}, parameters, type, Schedule }};\n}})();\n"
        f"LRS.choices = {json.dumps(choices(), ensure_ascii=False)};\n"
    )
