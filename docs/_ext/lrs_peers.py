"""The pages about other libraries, made from the table that the tests compare with them.

The build computes our own values. Those of the other libraries are in the table, which a test
compares with the libraries themselves.
"""

import ast
import collections
import html
import re

import numpy as np
import tensorflow as tf
from docutils import nodes
from lrs_entries import TABLE, entries, load
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective

import lrschedules as lrs

FAMILIES = TABLE.with_name("families.py")
PINS = TABLE.parents[2] / ".constraints.txt"

# The names in a line of our code that have a page: a schedule, a method.
NAMES = re.compile(r"lrs\.(?:recipes\.)?(?P<entry>\w+)|(?<=\.)(?P<method>\w+)(?=\()")

# The functions that a line calls, in another library and here. The first is the outermost one.
THEIRS = re.compile(r"(\w+)\(")
OURS = re.compile(r"lrs\.(?:recipes\.)?(\w+)")
# Other libraries take any schedule in these, so they are not other names of one schedule.
GENERAL = {
    "AdamConfig",
    "LambdaLR",
    "OptimizerParamScheduler",
    "SGD",
    "get_lr_multiplier",
    "linear_warmup_stable_decay",
}


def pins():
    """Return the version of each package that the table is compared with."""
    lines = PINS.read_text().splitlines()
    return dict(line.split("==") for line in lines if "==" in line)


def their_names(rows):
    """Return the outermost names in the lines of other libraries, with the first library of each.

    These are the names that the users of those libraries know.
    """
    return {THEIRS.search(row.theirs)[1]: row.library for row in reversed(rows)}


def entry_of(code):
    """Return the name of the recipe or class that our code calls, or of its composition."""
    root = ast.parse(code, mode="eval").body
    called = ast.unparse(root.func) if isinstance(root, ast.Call) else "("
    if "(" not in called:
        return called.rpartition(".")[2]
    return type(eval(code, {"lrs": lrs})).__name__  # noqa: S307 - the code is our own


def equivalents(rows):
    """Return the class or recipe that each name in other libraries stands for in most rows."""
    names = their_names(rows)
    found = {name: collections.Counter() for name in names if name not in GENERAL}
    for row in rows:
        name, *others = THEIRS.findall(row.theirs)
        if name in found:
            # A function that combines others stands for the combination, not for its first part.
            combines = names.keys() & set(others)
            ours = type(row.schedule(lrs)).__name__ if combines else OURS.search(row.ours)[1]
            found[name][ours] += 1
    return {name: ours.most_common(1)[0][0] for name, ours in found.items()}


def field_names(families):
    """Return the names that the literature has for each class or recipe."""
    found = collections.defaultdict(list)
    for family in (family for group in families.values() for family in group):
        found[entry_of(family.ours)].append(family.name)
        found[OURS.search(family.ours)[1]] += family.also
    return found


def index(names, target=""):
    """Return entries of the index, which the search of the site ranks above the text of pages."""
    return addnodes.index(entries=[("single", name, target, "main", None) for name in names])


def number(rate):
    """Return a rate with four digits; an error is written as it is."""
    return rate if isinstance(rate, str) else f"{rate:.4g}".replace("-", "−").replace("inf", "∞")


def counted(step):
    """Return a step, with thousands apart."""
    return f"{step:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def words(text):
    """Return text as nodes, with code between backquotes."""
    parts = enumerate(text.split("`"))
    return [nodes.literal("", part) if i % 2 else nodes.Text(part) for i, part in parts]


def cited(code):
    """Return our code with each of its names linked to the page about it."""
    literal, end = nodes.literal(), 0
    for match in NAMES.finditer(code):
        owner = "Schedule" if hasattr(lrs.Schedule, match["method"] or "") else "Finite"
        name = f"lrschedules.{owner}.{match['method']}"
        name = entries()[match["entry"]].target if match["entry"] in entries() else name
        literal += nodes.Text(code[end : match.start()])
        link = addnodes.pending_xref(refdomain="py", reftype="obj", reftarget=name)
        link += nodes.inline("", match[0])
        literal += link
        end = match.end()
    literal += nodes.Text(code[end:])
    return literal


def section(title, *content):
    """Return a section with the name that links to it have."""
    return nodes.section("", nodes.title("", title), *content, ids=[nodes.make_id(title)])


def cell(*content):
    """Return a cell of a table, of paragraphs."""
    return nodes.entry("", *(nodes.paragraph("", "", *part) for part in content))


def table(headings, widths, rows, kind):
    """Return a table. On a narrow page each of its cells is a line, with its heading."""
    group = nodes.tgroup(cols=len(headings))
    group += [nodes.colspec(colwidth=width) for width in widths]
    group += nodes.thead("", nodes.row("", *(cell([nodes.Text(text)]) for text in headings)))
    group += nodes.tbody()
    for cells in rows:
        for heading, entry in zip(headings, cells, strict=True):
            label = f'<span class="label">{html.escape(heading)} </span>'
            entry.insert(0, nodes.raw("", label, format="html"))
        group[-1] += nodes.row("", *cells)
    return nodes.table("", group, classes=["peers", kind])


class FromTable(SphinxDirective):
    """What is made from the table, and made again when that changes."""

    def run(self):
        return list(self.sections())

    def read(self):
        for file in (TABLE, FAMILIES, PINS):
            self.env.note_dependency(str(file))
        return load()

    def compared(self, rows, library):
        """Return rows as a table; each links to its library unless all are from one."""
        headings = [library or "Other library", "lrschedules", "Values and differences"]
        body = []
        for row in rows:
            where = [] if library else [[self.to("from-other-libraries", row.library)]]
            theirs = cell(*where, [nodes.literal("", row.theirs)])
            body.append([theirs, cell([cited(row.ours)]), cell(*self.values(row))])
        return table(headings, [33, 33, 34], body, "across")

    def values(self, row):
        """Return what there is to say about the values of a row, in paragraphs."""
        if row.refused:
            yield [nodes.strong("", "lrschedules raises an error. "), *words(row.why)]
            yield [nodes.Text(f"Step {listed(row.refused.items())} in {row.library}.")]
            return
        schedule = row.schedule(lrs)
        if row.shown:
            yield [nodes.Text(f"Step {listed((step, schedule(step)) for step in row.shown)}.")]
        if row.note:
            yield words(row.note)
        if row.differs:
            yield [nodes.strong("", "Different values. "), *words(row.why)]
        for step, (_, theirs) in row.differs.items():
            both = f"{number(schedule(step))} in lrschedules, {number(theirs)} in {row.library}"
            yield [nodes.Text(f"Step {counted(step)}: {both}.")]
        if row.exact:
            yield [self.to("exactness", row.exact)]

    def to(self, page, title):
        """Return a link to a section of a page of the guide."""
        address = self.env.app.builder.get_relative_uri(self.env.docname, f"guide/{page}")
        return nodes.reference("", title, refuri=f"{address}#{nodes.make_id(title)}")


def listed(rates):
    """Return steps, each with its rate."""
    return ", ".join(f"{counted(step)}: {number(rate)}" for step, rate in rates)


class Peers(FromTable):
    """A section for each library: its schedules, and their equivalents here."""

    def sections(self):
        read = self.read()
        first = their_names(read.ROWS)
        for name, library in read.LIBRARIES.items():
            rows = [row for row in read.ROWS if row.library == name]
            compared = (
                f"{library.package} {pins()[library.package]}"
                if library.package
                else (f"its formula as read in {library.source}, not with the code itself")
            )
            # A name that several libraries have leads to the first of them.
            names = [theirs for theirs in first if first[theirs] == name]
            use = nodes.paragraph("", "", *words(f"{library.use} Compared with {compared}."))
            yield section(name, index(names, nodes.make_id(name)), use, self.compared(rows, name))


class Exactness(FromTable):
    """A table for each question of exactness: the values of each library at key steps."""

    def sections(self):
        read = self.read()
        for question in dict.fromkeys(row.exact for row in read.ROWS if row.exact):
            rows = [row for row in read.ROWS if row.exact == question]
            order = list(read.LIBRARIES)
            rows.sort(key=lambda row: order.index(row.library))
            yield self.answered(question, rows)

    def answered(self, question, rows):
        schedule = rows[0].schedule(lrs)
        steps = sorted({step for row in rows for step in (*row.shown, *row.differs)})
        single = schedule(tf.constant(np.array(steps, dtype=np.int32))).numpy()
        libraries = [row.library for row in rows]
        headings = ["Step", "lrschedules", "Single precision", *libraries]
        body = []
        for step, alike in zip(steps, single, strict=True):
            texts = [counted(step), number(schedule(step)), number(float(alike))]
            ours = [cell([nodes.Text(text)]) for text in texts]
            body.append([*ours, *(self.theirs(row, schedule, step) for row in rows)])
        code = nodes.paragraph("", "", cited(rows[0].ours))
        values = table(headings, [1] * len(headings), body, "down")
        reasons = nodes.bullet_list(classes=["peers"])
        for row in rows:
            text = [nodes.Text(f"{row.library}: "), nodes.literal("", row.theirs), nodes.Text(". ")]
            reasons += nodes.list_item("", nodes.paragraph("", "", *text, *words(row.why)))
        return section(question, code, values, reasons)

    def theirs(self, row, schedule, step):
        if step in row.differs:
            return cell([nodes.strong("", number(row.differs[step][1]))])
        compared = step in row.steps or step in row.shown
        return cell([nodes.Text(number(schedule(step)) if compared else "not compared")])


class Coverage(FromTable):
    """The schedules of the literature: our name of each, and the libraries it is compared with."""

    def sections(self):
        read = self.read()
        headings = ["Schedule", "lrschedules", "Compared with"]
        for title, families in load(FAMILIES).FAMILIES.items():
            body = [self.cells(family, read) for family in families]
            yield section(title, table(headings, [33, 33, 34], body, "across"))

    def cells(self, family, read):
        name = [nodes.Text(family.name)]
        if family.source:
            citation, _ = self.parse_inline(f"{{cite:p}}`{family.source}`", lineno=self.lineno)
            name += [nodes.Text(" "), *citation]
        also = [[nodes.Text(f"Also: {', '.join(family.also)}.")]] if family.also else []
        rows = family.rows(read.ROWS)
        same = {row.library for row in rows if not row.differs and not row.refused}
        differs = {row.library for row in rows} - same
        lines = [
            text + ", ".join(library for library in read.LIBRARIES if library in libraries) + "."
            for text, libraries in (("Same values: ", same), ("Different values: ", differs))
            if libraries
        ]
        compared = [[nodes.Text(line)] for line in lines or ["Not in the table."]]
        return [cell(name, *also), cell([cited(family.ours)]), cell(*compared)]


def setup(app):
    app.add_directive("peers", Peers)
    app.add_directive("exactness", Exactness)
    app.add_directive("coverage", Coverage)
    app.add_css_file("peers.css")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
