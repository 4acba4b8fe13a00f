"""What other libraries give: the pages that are made from the table that the tests compare.

Our own rates are computed as the page is built. Those of the other libraries are in the table,
which a test compares with the libraries themselves.
"""

import collections
import importlib.util
import re
import sys
from pathlib import Path

import numpy as np
import tensorflow as tf
from docutils import nodes
from sphinx import addnodes
from sphinx.errors import SphinxError
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

import lrschedules as lrs

logger = logging.getLogger(__name__)

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "tests" / "peers" / "table.py"
FAMILIES = TABLE.with_name("families.py")
PINS = ROOT / ".constraints.txt"

# What is linked in a line of our code: a class, a recipe, a method.
NAMES = re.compile(
    r"lrs\.recipes\.(?P<func>\w+)|lrs\.(?P<class>[A-Z]\w*)|(?<=\.)(?P<meth>\w+)(?=\()"
)

# What a line calls, in another library and here: the first of them is what the line begins with.
THEIRS = re.compile(r"(\w+)\(")
OURS = re.compile(r"lrs\.(?:recipes\.)?(\w+)")
# Other libraries give any schedule to these, so they are no other names of a schedule.
GENERAL = {"LambdaLR", "SGD"}


def load(file=TABLE):
    """Return the table, or another module of data beside it, read anew at each build."""
    spec = importlib.util.spec_from_file_location(f"lrs_peers_{file.stem}", file)
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def pins():
    """Return the version of each package that the table is compared with."""
    lines = PINS.read_text().splitlines()
    return dict(line.split("==") for line in lines if "==" in line)


def their_names(rows):
    """Return what the lines of other libraries begin with, and the library that is first to do so.

    These are the names that the users of those libraries know.
    """
    return {THEIRS.search(row.theirs)[1]: row.library for row in reversed(rows)}


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
    """Return the names that the field has for each class or recipe."""
    found = collections.defaultdict(list)
    for family in (family for group in families.values() for family in group):
        begins = OURS.search(family.ours)[1]
        combined = ")." in family.ours
        made = type(eval(family.ours, {"lrs": lrs})).__name__ if combined else begins  # noqa: S307
        found[made].append(family.name)
        found[begins] += family.also
    return found


def index(names, target=""):
    """Return entries of the index, which the search of the site ranks above the text of pages."""
    return addnodes.index(entries=[("single", name, target, "main", None) for name in names])


def number(rate):
    """Return a rate as a reader wants it; an error is named as it is."""
    return rate if isinstance(rate, str) else f"{rate:.4g}".replace("-", "−").replace("inf", "∞")


def counted(step):
    """Return a step, with thousands apart."""
    return f"{step:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def words(text):
    """Return text as nodes, with code between backquotes."""
    parts = enumerate(text.split("`"))
    return [nodes.literal("", part) if i % 2 else nodes.Text(part) for i, part in parts]


def target(kind, name):
    """Return the full name under which the reference has a class, a recipe or a method."""
    if kind == "meth":
        owner = "Schedule" if hasattr(lrs.Schedule, name) else "Finite"
        return f"lrschedules.{owner}.{name}"
    return f"lrschedules.recipes.{name}" if kind == "func" else f"lrschedules.{name}"


def cited(code):
    """Return our code with each of its names linked to the page about it."""
    literal, end = nodes.literal(), 0
    for match in NAMES.finditer(code):
        kind, name = match.lastgroup, match[match.lastgroup]
        literal += nodes.Text(code[end : match.start()])
        link = addnodes.pending_xref(refdomain="py", reftype=kind, reftarget=target(kind, name))
        link += nodes.inline("", match[0])
        literal += link
        end = match.end()
    literal += nodes.Text(code[end:])
    return literal


def cell(*content):
    """Return a cell of a table, of paragraphs."""
    return nodes.entry("", *(nodes.paragraph("", "", *part) for part in content))


def table(headings, widths, rows, kind):
    """Return a table; on a narrow page each of its cells is a line that has its heading."""
    group = nodes.tgroup(cols=len(headings))
    group += [nodes.colspec(colwidth=width) for width in widths]
    group += nodes.thead("", nodes.row("", *(cell([nodes.Text(text)]) for text in headings)))
    group += nodes.tbody("", *(nodes.row("", *cells) for cells in rows))
    return nodes.table("", group, classes=["peers", kind])


class FromTable(SphinxDirective):
    """What is made from the table, and made again when that changes."""

    def read(self):
        for file in (TABLE, PINS, __file__):
            self.env.note_dependency(str(file))
        return load()


class Peers(FromTable):
    """What users of a library write, and what they write here."""

    required_arguments = 1

    def run(self):
        read, name = self.read(), self.arguments[0]
        rows = [row for row in read.ROWS if row.library == name]
        if not rows:
            raise SphinxError(f"{TABLE} has no rows for {name!r}")
        self.env.metadata[self.env.docname].setdefault("peers", []).append(name)
        library = read.LIBRARIES[name]
        version = f" Compared with {library.package} {pins()[library.package]}."
        headings = [f"In {name}", "Here", "Rates, and where they differ"]
        section = nodes.make_id(name)
        return [
            # A name that several libraries have leads to the first of them.
            index([n for n, first in their_names(read.ROWS).items() if first == name], section),
            nodes.paragraph("", "", *words(library.use + version)),
            table(headings, [33, 33, 34], map(self.cells, rows), "across"),
        ]

    def cells(self, row):
        their, our = nodes.literal("", row.theirs), cited(row.ours)
        return cell([their]), cell([our]), cell(*self.rates(row))

    def rates(self, row):
        if row.refused:
            yield [nodes.strong("", "Refused. "), *words(row.why)]
            yield [nodes.Text(f"There step {self.listed(row.refused.items())}.")]
            return
        schedule = row.schedule(lrs)
        if row.shown:
            shown = self.listed((step, schedule(step)) for step in row.shown)
            yield [nodes.Text(f"Step {shown}.")]
        if row.note:
            yield words(row.note)
        if row.differs:
            yield [nodes.strong("", "Differs. "), *words(row.why)]
        for step, (_, theirs) in row.differs.items():
            both = f"here {number(schedule(step))}, there {number(theirs)}"
            yield [nodes.Text(f"Step {counted(step)}: {both}.")]

    def listed(self, rates):
        return ", ".join(f"{counted(step)}: {number(rate)}" for step, rate in rates)


class Exactness(FromTable):
    """A table for each question of exactness: each library's rates at the steps that matter."""

    def run(self):
        read, sections = self.read(), []
        for question in dict.fromkeys(row.exact for row in read.ROWS if row.exact):
            rows = [row for row in read.ROWS if row.exact == question]
            if len({row.ours for row in rows}) != 1:
                raise SphinxError(f"{TABLE}: the rows of {question!r} are of several schedules")
            sections.append(self.section(question, rows, list(read.LIBRARIES)))
        return sections

    def section(self, question, rows, order):
        rows = sorted(rows, key=lambda row: order.index(row.library))
        schedule = rows[0].schedule(lrs)
        steps = sorted({step for row in rows for step in (*row.shown, *row.differs)})
        single = schedule(tf.constant(np.array(steps, dtype=np.int32))).numpy()
        headings = ["Step", "Here", "in single precision", *(row.library for row in rows)]
        body = [
            [
                cell([nodes.Text(text)])
                for text in (counted(step), number(schedule(step)), number(float(alike)))
            ]
            + [self.theirs(row, schedule, step) for row in rows]
            for step, alike in zip(steps, single, strict=True)
        ]
        section = nodes.section("", nodes.title("", question), ids=[nodes.make_id(question)])
        section += nodes.paragraph("", "", cited(rows[0].ours))
        section += table(headings, [1] * len(headings), body, "down")
        reasons = nodes.bullet_list(classes=["peers"])
        for row in rows:
            text = [nodes.Text(f"{row.library}: "), nodes.literal("", row.theirs), nodes.Text(". ")]
            reasons += nodes.list_item("", nodes.paragraph("", "", *text, *words(row.why)))
        section += reasons
        return section

    def theirs(self, row, schedule, step):
        if step in row.differs:
            return cell([nodes.strong("", number(row.differs[step][1]))])
        compared = step in row.steps or step in row.shown
        return cell([nodes.Text(number(schedule(step)) if compared else "not asked")])


class Coverage(FromTable):
    """The schedules of the field: what each is here, and in which libraries it was compared."""

    def run(self):
        rows = self.read()
        self.env.note_dependency(str(FAMILIES))
        sections = []
        for title, families in load(FAMILIES).FAMILIES.items():
            section = nodes.section("", nodes.title("", title), ids=[nodes.make_id(title)])
            body = [self.cells(family, rows) for family in families]
            section += table(["Schedule", "Here", "Compared with"], [33, 33, 34], body, "across")
            sections.append(section)
        return sections

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
            for text, libraries in (("The same in ", same), ("Differs in ", differs))
            if libraries
        ]
        compared = [[nodes.Text(line)] for line in lines or ["No row of the table."]]
        return [cell(name, *also), cell([cited(family.ours)]), cell(*compared)]


def label(app, pagename, templatename, context, doctree):
    """Give each cell the heading of its column, which a narrow page shows beside it."""
    context["body"] = re.sub(
        r'<table class="[^"]*\bpeers\b.*?</table>',
        _labelled,
        context.get("body", ""),
        flags=re.DOTALL,
    )


def _labelled(match):
    code = re.sub(r"<code\b.*?</code>", _broken, match[0], flags=re.DOTALL)
    headings = re.findall(r"<th [^>]*><p>(.*?)</p></th>", code)
    rows = code.split("<tr")
    for i, row in enumerate(rows):
        names = iter(headings)
        rows[i] = re.sub(r"<td\b", lambda _: f'<td data-label="{next(names)}"', row)  # noqa: B023
    return "<tr".join(rows)


def _broken(match):
    """Let a line of code be broken after each parenthesis."""
    return match[0].replace("(", "(<wbr>")


def check_complete(app, env):
    """Warn of each library of the table that no page shows."""
    shown = {name for metadata in env.metadata.values() for name in metadata.get("peers", ())}
    for name in sorted(set(load().LIBRARIES) - shown):
        logger.warning("%s is in the table of peers and on no page", name, type="lrs_peers")


def setup(app):
    app.add_directive("peers", Peers)
    app.add_directive("exactness", Exactness)
    app.add_directive("coverage", Coverage)
    app.add_css_file("peers.css")
    app.connect("env-check-consistency", check_complete)
    app.connect("html-page-context", label)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
