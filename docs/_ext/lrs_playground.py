"""What the playground knows of the package: its JavaScript, and what can be chosen in it.

A new schedule, recipe or parameter is in the playground at the next build.
"""

import inspect
import json
import math
import re
import urllib.parse
from pathlib import Path

from docutils import nodes
from lrs_curves import curve
from lrs_entries import PROGRAMS, entries, example_of
from numpydoc.docscrape import NumpyDocString
from sphinx.util.docutils import SphinxDirective

import lrschedules as lrs
from lrschedules import plotting
from lrschedules._declared import registry
from lrschedules._javascript import script
from lrschedules._operations import LARGEST
from lrschedules._param import LAST_STEP, Kind, Series, parameters
from lrschedules._schedule import ScheduleKind

FILES = ["lrschedules.js", "model.js", "chart.js", "editor.js", "playground.js"]
METHODS = ["warmup", "then", "cooldown", "repeat", "delay", "stretch", "per_epoch", "scale"]
METHODS += ["plus", "times", "clip", "geometric", "k_decay"]
# The kinds of what a method or a recipe passes on, unchecked, to what it makes.
PASSED = {"steps": lrs.steps, "at": lrs.steps, "down": lrs.steps, "times": lrs.ratio}
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
    if default is inspect.Parameter.empty:
        return row
    if inspect.isroutine(default) or inspect.isclass(default):
        default = default.__name__
    none = default in (LAST_STEP, LARGEST, None)
    return row | {"default": None if none else default}


def of_function(function, own=None):
    """Return the parameters of a recipe or a method, from its signature and its docstring."""
    checks = inspect.getclosurevars(function).nonlocals.get("kinds", {})
    fields = {p.name: p.kind for p in parameters(own)} if own else {}
    known = PASSED | fields | checks
    texts = {
        p.name: " ".join(p.desc) for p in NumpyDocString(inspect.getdoc(function))["Parameters"]
    }
    for p in inspect.signature(function).parameters.values():
        if p.name == "self":
            continue
        special = {"Shape": "shape", "Shape | None": "shape", "bool": "bool"}.get(p.annotation)
        inner = ScheduleKind("a schedule", lrs.Schedule, "") if "Schedule" in p.annotation else None
        kind = special or known.get(p.name) or inner or lrs.rate
        yield row(p.name, kind, texts[p.name], p.default)


def summary(thing):
    text = plain(inspect.getdoc(thing).partition("\n\n")[0]).removeprefix("Return ")
    return text[:1].upper() + text[1:]


def choices():
    """Return what a schedule can begin with, and what can be done with it."""
    begins = []
    for entry in entries().values():
        if inspect.isclass(entry):
            rows = parameters(entry)
            if any(isinstance(p.kind, ScheduleKind) for p in rows):
                continue
            group = "Finite shapes" if issubclass(entry, lrs.Finite) else "Endless shapes"
            rows = [
                row(p.name, p.kind, p.meaning, getattr(entry, p.name, inspect.Parameter.empty))
                for p in rows
            ]
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
        "shapes": [shape.__name__ for shape in SHAPES],
        "start": START,
        "programs": {"Python": ["", ""]}
        | {name: [f"{first}\n", f"\n{last}"] for name, (first, last) in WITH.items()},
    }


def write(app):
    """Write the generated script beside the ones that are written by hand."""
    things = [*entries().values(), plotting.horizon]
    names = ", ".join(thing.__name__ for thing in things)
    text = (
        "// Generated from the package: see lrschedules.symbolic.javascript.\n"
        f'"use strict";\nconst LRS = (() => {{\n{script(things)}\n'
        f"return {{ {names}, parameters, type, Schedule }};\n}})();\n"
        f"LRS.choices = {json.dumps(choices(), ensure_ascii=False)};\n"
    )
    folder = Path(app.outdir) / "_static" / "playground"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "lrschedules.js").write_text(text, "utf-8")


def link(app, code, docname):
    """Return the address of the playground with a schedule in it, seen from a page."""
    page = app.builder.get_relative_uri(docname, "playground")
    return f"{page}#s={urllib.parse.quote(code, safe='()=,.*+')}".replace("+", "%2B")


class Playground(SphinxDirective):
    """The place of the playground; without JavaScript, static curves."""

    def run(self):
        self.env.note_dependency(__file__)
        self.env.metadata[self.env.docname]["playground"] = True
        curves = "".join(
            curve(eval(code, vars(lrs) | vars(lrs.recipes)), code)  # noqa: S307 - our own code
            for code in START
        )
        words = "The playground needs JavaScript. Without it, here are some of its curves; "
        words += '<a href="schedules/index.html">all schedules</a> have a page each.'
        text = f'<div id="pg-root"><noscript><p>{words}</p>{curves}</noscript></div>'
        return [nodes.raw("", text, format="html")]


def add_files(app, pagename, templatename, context, doctree):
    if app.env.metadata.get(pagename, {}).get("playground"):
        app.add_css_file("playground/playground.css")
        for file in FILES:
            app.add_js_file(f"playground/{file}", loading_method="defer")


def setup(app):
    app.add_directive("playground", Playground)
    app.connect("builder-inited", lambda app: write(app) if app.builder.format == "html" else None)
    app.connect("html-page-context", add_files)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
