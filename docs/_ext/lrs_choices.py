"""What the playground knows of the package: its JavaScript, and what can be chosen in it.

A new schedule, recipe or parameter is in the playground at the next build. This module needs no
Sphinx: the tests run what the page runs.
"""

import ast
import dataclasses
import inspect
import json
import re

from lrs_entries import PROGRAMS, TABLE, entries, items, load, sections

import lrschedules as lrs
from lrschedules import kinds, plotting
from lrschedules._declared import Parameter, parameters
from lrschedules._operations import LARGEST
from lrschedules.javascript import script

METHODS = ["warmup", "then", "cooldown", "repeat", "delay", "stretch", "per_epoch", "scale"]
METHODS += ["plus", "times", "clip", "geometric", "k_decay"]
# The kinds of those arguments of methods that no combinator declares; all others are rates.
KINDS = {"steps": kinds.steps, "at": kinds.steps, "times": kinds.ratio, "shape": kinds.a_shape}
SHAPES = [lrs.Linear, lrs.Cosine, lrs.recipes.one_minus_sqrt, lrs.Polynomial, lrs.Rex]
# The frameworks for which it writes code.
WITH = {name: PROGRAMS[name] for name in ("Keras", "PyTorch", "optax")}
# The schedules that a visitor sees first, and those that are added to compare with them.
START = [
    "Cosine(0.1, 0, steps=900).warmup(100)",
    "warmup_stable_decay(0.1, warmup=100, stable=600, decay=300)",
    "one_cycle(0.1, steps=1000)",
    "Drop(0.1, factor=0.5, every=250)",
]
# What can be put into the editor at once, each over a thousand steps.
PRESETS = {
    "Constant": "Constant(0.1)",
    "Step decay": START[3],
    "Exponential": "Exponential(0.1, factor=0.1, every=500)",
    "Linear": "Linear(0.1, 0, steps=900).warmup(100)",
    "Cosine": START[0],
    "Stable, then decay": START[1],
    "One cycle": START[2],
    "Restarts": "sgdr(0.1, 0, steps=140, cycles=3)",
    "Cycles": "triangular(0.01, 0.1, steps=100)",
    "Inverse root": "inverse_sqrt(0.1, warmup=100)",
}


def kind_of(kind):
    """Return a kind as the inputs of the playground need it, without what does not bound it."""
    if isinstance(kind, kinds.Number):
        fields = {name: getattr(kind, name) for name in ("gt", "ge", "lt", "le", "unit", "whole")}
        none = {None, kinds.LAST_STEP}
        given = {k: v for k, v in fields.items() if v is not False and v not in none}
        return {"type": "number"} | given
    types = {kinds.ListOf: "list", kinds.ScheduleKind: "schedule", kinds.ShapeKind: "shape"}
    return {"type": types.get(type(kind), "bool")}


def plain(text):
    """Return a sentence of a docstring without roles, with code between single backquotes."""
    text = re.sub(r":\w+(?::\w+)*:`~?(?:[\w.]+\.)?(\w+)`", r"`\1`", " ".join(text.split()))
    text = text.replace("``", "`").removeprefix("Return ")
    return text[:1].upper() + text[1:]


def shown(p):
    """Return one parameter; null stands for the default that means that there is none."""
    meaning = re.split(r";|\. |\.$", plain(p.meaning))[0]
    row = {"name": p.name, "meaning": meaning, "kind": kind_of(p.kind)}
    if p.default is dataclasses.MISSING:
        return row
    default = p.default.__name__ if callable(p.default) else p.default
    return row | {"default": None if default in (kinds.LAST_STEP, LARGEST, None) else default}


def of_method(name):
    """Return the parameters of a method: declared by the combinator that it makes, or else here."""
    function = getattr(lrs.Finite, name)
    combinator = getattr(lrs.combinators, name.title().replace("_", ""), None)
    known = KINDS | {p.name: p.kind for p in (parameters(combinator) if combinator else ())}
    rows = items(sections(function)["Parameters"])
    meanings = {term.partition(" : ")[0]: text for term, text in rows}
    for p in list(inspect.signature(function).parameters.values())[1:]:
        inner = kinds.a_schedule if "Schedule" in p.annotation else kinds.rate
        kind = bool if p.annotation == "bool" else known.get(p.name, inner)
        default = dataclasses.MISSING if p.default is p.empty else p.default
        yield Parameter(p.name, "", kind, meanings[p.name], p.annotation, default)


def listed(function, declared):
    """Return the parameters of a function or a class, with those that must be named marked."""
    passed = inspect.signature(function).parameters
    named = {name for name, p in passed.items() if p.kind is p.KEYWORD_ONLY}
    return [shown(p) | ({"named": True} if p.name in named else {}) for p in declared]


def elsewhere():
    """Return what other libraries call their schedules: the library, and a line there and here."""
    found = {}
    for row in load().ROWS:
        name = re.search(r"(\w+)\(|(\w+)$", row.theirs)
        name = name[1] or name[2]
        ours = re.sub(r"\blrs\.(recipes\.)?", "", row.ours)
        if name not in entries() and not row.refused:
            found.setdefault(name, [row.library, row.theirs, ours])
    return found


def calls(listed):
    """Return how the calls of other libraries are written here; each parameter with its default."""
    for call in listed:
        made = ast.parse(f"def {call.signature}: pass").body[0]
        names = [a.arg for a in made.args.args]
        defaults = [[ast.literal_eval(node)] for node in made.args.defaults]
        defaults = [[]] * (len(names) - len(defaults)) + defaults
        parameters = [[name, *default] for name, default in zip(names, defaults, strict=True)]
        fields = {"library": call.library, "name": made.name, "parameters": parameters}
        yield fields | {"lines": call.lines}


def choices():
    """Return what a schedule can begin with, and what can be done with it."""
    made = [entry for entry in entries().values() if entry.group == "Combinations"]
    methods = [(name, getattr(lrs.Finite, name)) for name in METHODS]
    theirs = load(TABLE.with_name("calls.py"))
    return {
        "begins": [
            {
                "name": entry.name,
                "group": entry.group,
                "summary": plain(entry.summary),
                "example": entry.code,
                "parameters": listed(entry.thing, entry.parameters),
            }
            for entry in entries().values()
            if entry not in made
        ],
        "methods": [
            {
                "name": name,
                "summary": plain(sections(method)[""].split("\n\n")[0]),
                "parameters": listed(method, of_method(name)),
            }
            for name, method in methods
        ],
        "combinators": {e.name: re.sub(r"(?<!^)(?=[A-Z])", "_", e.name).lower() for e in made},
        "elsewhere": elsewhere(),
        "calls": list(calls(theirs.CALLS)),
        "ignored": sorted(theirs.IGNORED),
        "shapes": [shape.__name__ for shape in SHAPES],
        "start": START,
        "presets": list(PRESETS.items()),
        "programs": {"Python": ["", "", ""]} | WITH,
    }


def generated():
    """Return the script that is generated: the package in JavaScript, and what can be chosen."""
    things = [*(entry.thing for entry in entries().values()), plotting.horizon]
    names = ", ".join(thing.__name__ for thing in things)
    return (
        "// Generated from the package: see lrschedules.javascript.\n"
        f'"use strict";\nconst LRS = (() => {{\n{script(things)}\n'
        f"return {{ {names}, parameters, type, Schedule }};\n}})();\n"
        f"LRS.choices = {json.dumps(choices(), ensure_ascii=False)};\n"
    )
