"""A page for each schedule, made from its class or its recipe: nothing is written twice.

The next build makes the page, the card, the curve, the formula, the table of parameters and the
programs of a new public class.
"""

import dataclasses
import re
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from lrs_curves import CARD, curve, of_entry
from lrs_entries import entries, items, load
from lrs_peers import (
    FAMILIES,
    FromTable,
    cell,
    entry_of,
    equivalents,
    field_names,
    index,
    section,
    table,
)
from lrs_playground import link
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective

import lrschedules as lrs
from lrschedules import symbolic
from lrschedules._operations import LARGEST
from lrschedules.kinds import LAST_STEP

PAGE = """\
{name}
{underline}

.. currentmodule:: {module}

.. schedule:: {name}

.. minigallery:: {module}.{name}{examples}
   :add-heading: Examples that use it
   :heading-level: -
"""
SOURCES = """\
.. bibliography::
   :filter: docname in docnames
   :list: bullet
"""
TABS = {
    "Keras": "The code is the same with each Keras back end: TensorFlow, JAX and PyTorch.",
    "PyTorch": "``model`` is your model; any optimizer works. To save and resume, see "
    ":doc:`../guide/resume-pytorch`.",
    "optax": "Works directly as an optax schedule; no wrapper is needed.",
    "Python": "A number gives a float, without any array library. An array gives the rates of all "
    "its steps, in double precision.",
}
WIDTHS = {"Name": 13, "Symbol": 8, "Meaning": 35, "Range": 24, "Unit": 8, "Default": 12}

# More rows of other libraries than this are folded, so that a phone can scroll past them.
MANY = 5


class Schedule(FromTable):
    """All that the page of an entry says, from its docstring, its code and the table of peers."""

    required_arguments = 1

    def run(self):
        entry = entries()[self.arguments[0]]
        lead = nodes.paragraph("", "", *self.inline(entry.summary), classes=["lead"])
        made = "Formula" if entry.is_class else "Composition"
        found = [
            index(self.other_names(entry)),
            lead,
            *self.picture(entry),
            *self.text("\n\n".join(entry.about)),
            section("When to use it", *self.text(entry.usage)),
            section(made, *self.text(TEXTS[made](entry))),
            section("Parameters", *self.parameters(entry)),
            section("Values at key steps", *self.text(entry.sections["Examples"])),
            section("Usage", *self.text(tabs(entry))),
        ]
        # A link to the entry leads to the top of its page.
        for node in [n for part in found for n in part.findall(addnodes.desc_signature)]:
            lead["ids"] += node["ids"]
            node["ids"] = []
        if others := self.others(entry):
            found.append(section("Equivalents in other libraries", *others))
        if entry.cites:
            found.append(section("Sources", *self.text(SOURCES)))
        return found

    def other_names(self, entry):
        """Return the names of the entry in its docstring, in the field and in other libraries."""
        theirs = equivalents(self.read().ROWS)
        names = entry.other_names + field_names(load(FAMILIES).FAMILIES)[entry.name]
        names += [name for name, ours in theirs.items() if ours == entry.name]
        return dict.fromkeys(" ".join(name.split()) for name in names)

    def picture(self, entry):
        """Return the curve, the list of its phases, and the link to the playground."""
        picture, phases = of_entry(entry)
        yield nodes.raw("", picture, format="html")
        yield from self.text(".. rst-class:: phases\n\n" + "\n".join(phases)) if phases else ()
        address = link(self.env.app, entry.code, self.env.docname)
        reference = nodes.reference("", "Open in the playground", refuri=address)
        yield nodes.paragraph("", "", reference, classes=["to-playground"])

    def text(self, text):
        lines = StringList(text.splitlines(), source=self.env.docname)
        return self.parse_text_to_nodes(lines)

    def inline(self, text):
        return self.parse_inline(text, lineno=self.lineno)[0]

    def parameters(self, entry):
        """Return the signature, the table of the parameters, the result and the errors."""
        directive = "autoclass" if entry.is_class else "autofunction"
        yield from self.text(f".. {directive}:: {entry.name}")
        headings = [name for name in WIDTHS if entry.is_class or name != "Symbol"]
        found = map(described, entry.parameters)
        rows = [[cell(self.inline(texts[name])) for name in headings] for texts in found]
        yield table(headings, [WIDTHS[name] for name in headings], rows, "parameters")
        for _, text in items(entry.sections.get("Returns", "")):
            yield from self.text(f"Returns: {text}")
        for kinds, text in items(entry.sections["Raises"]):
            names = " or ".join(f"``{kind}``" for kind in kinds.split(", "))
            yield from self.text(f"Raises {names}: {text[:1].lower()}{text[1:]}")
        if entry.is_class:
            yield from self.text("Its methods are those of every :class:`~lrschedules.Schedule`.")

    def others(self, entry):
        """Return the rows of the table of peers that are about the entry, as a table."""
        rows = [row for row in self.read().ROWS if entry_of(row.ours) == entry.name]
        made = [self.compared(rows, None)] if rows else []
        if len(rows) <= MANY:
            return made
        folded = f'<details class="others"><summary>Show {len(rows)} rows</summary>', "</details>"
        begin, end = (nodes.raw("", text, format="html") for text in folded)
        return [begin, *made, end]


def formula(entry):
    """Return the formula as the code has it, and the meaning of its symbols."""
    text = ":math:`t` is the step, counted from 0"
    if issubclass(entry.thing, lrs.Finite):
        text += ", :math:`z` the fraction of the steps that are done, and :math:`w` the weight of "
        text += "the initial value"
    latex = symbolic.latex(entry.thing)
    symbols = [f":math:`{p.symbol}` is ``{p.name}``" for p in entry.parameters if not p.kind.traced]
    text = f"{', '.join([*symbols, text])}."
    return f"Traced from the code that computes it:\n\n.. math:: {latex}\n\n{text}"


def composition(entry):
    """Return the lines of a recipe."""
    lines = "\n".join(f"   {line}" for line in entry.definition)
    return f"The complete code of the recipe:\n\n.. code-block:: python\n\n{lines}"


TEXTS = {"Formula": formula, "Composition": composition}


def described(p):
    """Return the row of a parameter; a default that no run can reach means that there is none."""
    default = f"``{getattr(p.default, '__name__', repr(p.default))}``"
    if p.default is dataclasses.MISSING:
        default = "required"
    elif p.default in (LAST_STEP, LARGEST, None):
        default = "none"
    rule = p.kind.rule.replace(f"{LAST_STEP}", ":math:`2^{31} - 1`")
    return {
        "Name": f"``{p.name}``",
        "Symbol": f":math:`{p.symbol}`" if p.kind.traced is None else "not in it",
        "Meaning": f"{p.meaning[:1].upper()}{p.meaning[1:]}",
        "Range": f"{rule[:1].upper()}{rule[1:]}",
        "Unit": p.kind.unit,
        "Default": default,
    }


def tabs(entry):
    """Return the programs that use the entry, a tab for each framework."""
    lines = [".. tab-set::", "   :sync-group: framework", ""]
    for framework, program in entry.programs.items():
        lines += [f"   .. tab-item:: {framework}", f"      :sync: {framework}", ""]
        lines += [f"      {TABS[framework]}", "", "      .. code-block:: python", ""]
        lines += [f"         {line}" for line in program.splitlines()]
        lines += [""]
    return "\n".join(lines)


class Schedules(SphinxDirective):
    """A card for each entry of a group, with its curve and its summary, and a part of the menu."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self):
        group = self.arguments[0]
        found = {name: entry for name, entry in entries().items() if entry.group == group}
        rows = [".. toctree::", "   :hidden:", f"   :caption: {group}", ""]
        rows += [f"   {name}" for name in found]
        rows += ["", ".. grid:: 1 2 3 3", "   :gutter: 3", ""]
        for name, entry in found.items():
            rows += [
                f"   .. grid-item-card:: {name}",
                f"      :link: {name}",
                "      :link-type: doc",
                "",
                "      .. raw:: html",
                "",
                f"         {curve(entry.schedule, '', CARD)}",
                "",
                f"      {entry.summary}",
                "",
            ]
        return self.parse_text_to_nodes(StringList(rows, source="schedules"))


def calling(app, entry):
    """Return the examples that call a method which makes a combination.

    sphinx-gallery finds the examples that call a class or a recipe by its name.
    """
    if entry.group != "Combinations":
        return []
    names = [re.sub(r"(?<=[a-z])(?=[A-Z])", "_", entry.name).lower()]
    names += ["warmup", "cooldown"] if entry.name == "Then" else []
    call = re.compile(rf"(?<!np)\.(?:{'|'.join(names)})\(")
    files = sorted(Path(app.srcdir).glob("examples/*/plot_*.py"))
    found = [file for file in files if call.search(file.read_text("utf-8"))]
    return [file.relative_to(app.srcdir).as_posix() for file in found]


def write_pages(app):
    """Write the page of each entry, unless it is there already; remove all other pages."""
    folder = Path(app.srcdir) / "schedules"
    pages = {"index.rst": None}
    for name, entry in entries().items():
        pages[f"{name}.rst"] = PAGE.format(
            name=name,
            underline="=" * len(name),
            module=entry.module,
            examples="".join(f" {file}" for file in calling(app, entry)),
        )
    for file in folder.glob("*.rst"):
        if file.name not in pages:
            file.unlink()
    for name, text in pages.items():
        file = folder / name
        if text and not (file.exists() and file.read_text() == text):
            file.write_text(text)


def document(app, what, name, thing, options, lines):  # noqa: PLR0917 - Sphinx calls it
    """Leave the docstring of a schedule to its page, and give a kind its rule and its unit."""
    if any(thing is entry.thing for entry in entries().values()):
        lines.clear()
    elif what == "data" and hasattr(thing, "rule"):
        lines[:] = [f"{thing.rule[:1].upper()}{thing.rule[1:]}; unit: {thing.unit}."]


def setup(app):
    app.setup_extension("sphinx.ext.autodoc")
    app.setup_extension("lrs_curves")
    app.add_directive("schedule", Schedule)
    app.add_directive("schedules", Schedules)
    app.connect("builder-inited", write_pages)
    # after numpydoc
    app.connect("autodoc-process-docstring", document, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
