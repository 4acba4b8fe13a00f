"""What the page of a schedule says, as text: taken from its declarations and its docstring."""

import dataclasses
import inspect
import re

from lrs_entries import definition, example_of, programs

import lrschedules as lrs
from lrschedules import symbolic
from lrschedules._operations import LARGEST
from lrschedules._param import LAST_STEP, parameters, steps

TABS = {
    "Keras": "The same with each back end: TensorFlow, JAX and PyTorch.",
    "PyTorch": "Here ``model`` is yours; any optimizer works. To save and resume, see "
    ":doc:`../guide/resume-pytorch`.",
    "optax": "For JAX. It works directly as a schedule of optax; no wrapper is needed.",
    "Python": "A number gives a number, without any array library; an array the rates of all its "
    "steps, in double precision.",
}
WIDTHS = {"Name": 13, "Symbol": 8, "What it is": 35, "Range": 24, "Unit": 8, "Default": 12}
# What a range is in the text of a recipe's parameter: "The highest rate, ≥ 0."
RANGE = re.compile(r"^(.*?)(?:, ((?:[≥><]|rising).*?))?(?:, in (\S+))?(?:; (?:unit: )?(.*))?$")


def formula(cls):
    """Return the formula as the code has it, and what its symbols stand for."""
    text = ":math:`t` is the step, counted from 0"
    if issubclass(cls, lrs.Finite):
        text += ", :math:`z` the part of the way that is done, and :math:`w` the weight of the "
        text += "first rate"
    latex = symbolic.latex(cls)
    named = [f":math:`{p.symbol}` is ``{p.name}``" for p in parameters(cls) if not p.kind.traced]
    text = f"Here {', '.join(named)}; {text}."
    return f"Traced from the code that computes it:\n\n.. math:: {latex}\n\n{text}"


def composition(recipe):
    """Return the lines of a recipe: what it is made of."""
    lines = "\n".join(f"   {line}" for line in definition(recipe))
    return f"The whole of the recipe, as the package has it:\n\n.. code-block:: python\n\n{lines}"


def default(value):
    """Return the default of a parameter; what cannot be reached means that there is none."""
    if value in (dataclasses.MISSING, inspect.Parameter.empty):
        return "required"
    if value in (LAST_STEP, LARGEST, None):
        return "none"
    return f"``{getattr(value, '__name__', repr(value))}``"


def sentence(text):
    return text[:1].upper() + text[1:]


def rule(kind):
    """Return a range in words, the largest step as a power."""
    return sentence(kind.rule.replace(f"{LAST_STEP}", ":math:`2^{31} - 1`"))


def declared(cls):
    """Yield a row for each parameter that a class declares."""
    for p in parameters(cls):
        yield {
            "Name": f"``{p.name}``",
            "Symbol": f":math:`{p.symbol}`" if p.kind.traced is None else "not in it",
            "What it is": sentence(p.meaning),
            "Range": rule(p.kind),
            "Unit": p.kind.unit,
            "Default": default(p.default),
        }


def signed(recipe, doc):
    """Yield a row for each parameter of a recipe's signature, with the text of its docstring."""
    kinds = inspect.getclosurevars(recipe).nonlocals.get("kinds", {})
    documented = {p.name: p for p in doc["Parameters"]}
    for p in inspect.signature(recipe).parameters.values():
        text = " ".join(documented[p.name].desc).removesuffix(".")
        meaning, said, in_unit, more = RANGE.match(text).groups()
        kind = kinds.get(p.name) or (steps if in_unit == "steps" else None)
        if more and kind is steps:  # how long, and more about it
            meaning, more = f"{meaning}; {more}", None
        unit = "none" if more == "no unit" else more or in_unit or (kind and kind.unit)
        yield {
            "Name": f"``{p.name}``",
            "What it is": meaning,
            "Range": sentence(said or (kind and rule(kind)) or documented[p.name].type),
            "Unit": unit or ("rate" if said or documented[p.name].type == "Schedule" else "none"),
            "Default": default(p.default),
        }


def tabs(entry):
    """Return the programs that use the entry, a tab for each framework."""
    lines = [".. tab-set::", "   :sync-group: framework", ""]
    for framework, program in programs(*example_of(entry)).items():
        lines += [f"   .. tab-item:: {framework}", f"      :sync: {framework}", ""]
        lines += [f"      {TABS[framework]}", "", "      .. code-block:: python", ""]
        lines += [f"         {line}" for line in program.splitlines()]
        lines += [""]
    return "\n".join(lines)
