"""A page for each schedule, made from its class or its recipe: nothing is written twice.

A new public class has its page, its card, its curve, its formula, its table of parameters and its
programs at the next build.
"""

import ast
import inspect
import re
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from lrs_curves import CARD, curve, drawn
from lrs_entries import entries, example_of
from lrs_peers import (
    FAMILIES,
    FromTable,
    cell,
    cited,
    counted,
    equivalents,
    field_names,
    index,
    load,
    number,
    table,
    words,
)
from lrs_playground import link
from lrs_texts import WIDTHS, composition, declared, formula, signed, tabs
from numpydoc.docscrape import NumpyDocString
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective

import lrschedules as lrs

PAGE = """\
{name}
{underline}

.. currentmodule:: {module}

.. schedule:: {name}

.. minigallery:: {module}.{name}
   :add-heading: Examples that use it
   :heading-level: -
"""
TEXTS = {"Formula": formula, "Composition": composition}
SOURCES = """\
.. bibliography::
   :filter: docname in docnames
   :list: bullet
"""

# The other names of a schedule, as its docstring has them.
ALSO = re.compile(r"\bAlso called (.+?)[.;:]", re.DOTALL)

# Rows of other libraries that are shown at once; more are folded, so that a phone can pass them.
MANY = 5


class Schedule(FromTable):
    """All that the page of an entry says, from its docstring, its code and the table of peers."""

    required_arguments = 1

    def run(self):
        entry = entries()[self.arguments[0]]
        doc = NumpyDocString(inspect.getdoc(entry))
        *about, when = "\n".join(doc["Extended Summary"]).split("\n\n")
        made = "Formula" if inspect.isclass(entry) else "Composition"
        lead = nodes.paragraph("", "", *self.inline(" ".join(doc["Summary"])), classes=["lead"])
        found = [
            index(self.other_names(entry)),
            lead,
            *self.picture(entry),
            *self.text("\n\n".join(about)),
            self.section("When to use it, and when not", *self.text(when)),
            self.section(made, *self.text(TEXTS[made](entry))),
            self.section("Parameters", *self.parameters(entry, doc)),
            self.section("At the steps that matter", *self.text("\n".join(doc["Examples"]))),
            self.section("How to write it", *self.text(tabs(entry))),
        ]
        # Whoever is sent to the entry begins at the top of its page.
        for node in [n for part in found for n in part.findall(addnodes.desc_signature)]:
            lead["ids"] += node["ids"]
            node["ids"] = []
        if others := self.others(entry):
            found.append(self.section("What others call it", *others))
        if ":cite:" in str(doc):
            found.append(self.section("Sources", *self.text(SOURCES)))
        return found

    def other_names(self, entry):
        """Return what else the entry is called: by its docstring, the field, other libraries."""
        self.env.note_dependency(str(FAMILIES))
        said = ALSO.findall(inspect.getdoc(entry))
        names = [name for text in said for name in re.split(r",? (?:and|or) |, ", text)]
        names += field_names(load(FAMILIES).FAMILIES)[entry.__name__]
        theirs = equivalents(self.read().ROWS)
        names += [name for name, ours in theirs.items() if ours == entry.__name__]
        return dict.fromkeys(" ".join(name.split()) for name in names)

    def picture(self, entry):
        """Return the curve, what its parts are, and the way into the playground."""
        picture, named = drawn(entry)
        yield nodes.raw("", picture, format="html")
        yield from self.text(".. rst-class:: parts\n\n" + "\n".join(named)) if named else ()
        address = link(self.env.app, example_of(entry)[1], self.env.docname)
        way = nodes.reference("", "Open in the playground", refuri=address)
        yield nodes.paragraph("", "", way, classes=["to-playground"])

    def text(self, text):
        lines = StringList(text.splitlines(), source=self.env.docname)
        return self.parse_text_to_nodes(lines)

    def inline(self, text):
        return self.parse_inline(text, lineno=self.lineno)[0]

    def section(self, title, *content):
        return nodes.section("", nodes.title("", title), *content, ids=[nodes.make_id(title)])

    def parameters(self, entry, doc):
        """Return the signature, the table of the parameters, and what comes out."""
        a_class = inspect.isclass(entry)
        directive = "autoclass" if a_class else "autofunction"
        yield from self.text(f".. {directive}:: {entry.__name__}")
        headings = list(WIDTHS)
        rows = list(declared(entry) if a_class else signed(entry, doc))
        headings = headings if a_class else [name for name in headings if name != "Symbol"]
        body = [[cell(self.inline(row.get(name, ""))) for name in headings] for row in rows]
        yield table(headings, [WIDTHS[name] for name in headings], body, "parameters")
        for returned in doc["Returns"]:
            text = " ".join(returned.desc)
            yield from self.text(f"Returns: {text[:1].lower()}{text[1:]}")
        for raised in doc["Raises"]:
            kinds = " or ".join(f"``{kind}``" for kind in raised.type.split(", "))
            text = " ".join(raised.desc)
            yield from self.text(f"Raises {kinds}: {text[:1].lower()}{text[1:]}")
        if a_class:
            yield from self.text("Its methods are those of every :class:`~lrschedules.Schedule`.")

    def others(self, entry):
        """Return the rows of the table of peers that are about the entry, as a table."""
        rows = [row for row in self.read().ROWS if is_about(row, entry)]
        if not rows:
            return []
        body = [
            [
                cell(
                    [self.to("from-other-libraries", row.library)],
                    [nodes.literal("", row.theirs)],
                ),
                cell([cited(row.ours)]),
                cell(*self.compared(row)),
            ]
            for row in rows
        ]
        made = table(["There", "Here", "Rates"], [33, 33, 34], body, "across")
        if len(rows) <= MANY:
            return [made]
        folded = f'<details class="others"><summary>Show {len(rows)} lines</summary>', "</details>"
        begin, end = (nodes.raw("", text, format="html") for text in folded)
        return [begin, made, end]

    def compared(self, row):
        if row.refused:
            yield [nodes.strong("", "Refused here. "), *words(row.why)]
            return
        if not row.differs:
            yield [nodes.Text("The same. "), *words(row.note)]
            return
        yield [nodes.strong("", "Differs. "), *words(row.why)]
        schedule = row.schedule(lrs)
        step, (_, theirs) = next(iter(row.differs.items()))
        both = f"here {number(schedule(step))}, there {number(theirs)}. "
        yield [nodes.Text(f"Step {counted(step)}: {both}")] + (
            [self.to("exactness", row.exact)] if row.exact else []
        )

    def to(self, page, title):
        """Return a link to a section of a page of the guide."""
        address = self.env.app.builder.get_relative_uri(self.env.docname, f"guide/{page}")
        return nodes.reference("", title, refuri=f"{address}#{nodes.make_id(title)}")


def is_about(row, entry):
    """Return whether what a row writes here is the entry itself, and no composition of it."""
    root = ast.parse(row.ours, mode="eval").body
    called = ast.unparse(root.func) if isinstance(root, ast.Call) else "("
    if "(" not in called:
        return called.rpartition(".")[2] == entry.__name__
    return type(row.schedule(lrs)) is entry


class Schedules(SphinxDirective):
    """A card for each entry from a module: its name, its curve and what it does."""

    required_arguments = 1

    def run(self):
        rows = [".. grid:: 1 2 3 3", "   :gutter: 3", ""]
        for name, entry in entries().items():
            if not entry.__module__.startswith(f"lrschedules.{self.arguments[0]}"):
                continue
            schedule, _ = example_of(entry)
            summary = inspect.getdoc(entry).partition("\n\n")[0].replace("\n", " ")
            rows += [
                f"   .. grid-item-card:: {name}",
                f"      :link: {name}",
                "      :link-type: doc",
                "",
                "      .. raw:: html",
                "",
                f"         {curve(schedule, '', CARD)}",
                "",
                f"      {summary}",
                "",
            ]
        return self.parse_text_to_nodes(StringList(rows, source="schedules"))


def write_pages(app):
    """Write the page of each entry where it is not there already; remove what no entry has."""
    folder = Path(app.srcdir) / "schedules"
    pages = {"index.rst": None}
    for name, entry in entries().items():
        module = "lrschedules" if inspect.isclass(entry) else "lrschedules.recipes"
        pages[f"{name}.rst"] = PAGE.format(name=name, underline="=" * len(name), module=module)
    for file in folder.glob("*.rst"):
        if file.name not in pages:
            file.unlink()
    for name, text in pages.items():
        file = folder / name
        if text and not (file.exists() and file.read_text() == text):
            file.write_text(text)


def signature_alone(app, what, name, thing, options, lines):  # noqa: PLR0917 - Sphinx calls it
    """Leave the text of a docstring to the page, which has more to say than Sphinx would."""
    if any(thing is entry for entry in entries().values()):
        lines.clear()


def setup(app):
    app.setup_extension("sphinx.ext.autodoc")
    app.setup_extension("lrs_curves")
    app.add_directive("schedule", Schedule)
    app.add_directive("schedules", Schedules)
    app.connect("builder-inited", write_pages)
    # after numpydoc
    app.connect("autodoc-process-docstring", signature_alone, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
