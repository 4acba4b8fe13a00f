"""What the reference gets from the package, and what keeps pages complete and accessible."""

import inspect
import re
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from lrs_peers import index
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

import lrschedules as lrs
from lrschedules._param import Kind, Series

logger = logging.getLogger(__name__)

# A link in the sidebar, and what opens the pages under it.
TOGGLE = re.compile(r"(>([^<>]+)</a>\s*<details[^>]*>\s*<summary)>")
# What readers search for, and the page that answers it where its title says something else.
ANSWERS = {
    "guide/glossary": ["warm up", "learning rate finder"],
    "guide/migrate": ["callback", "LearningRateScheduler", "ReduceLROnPlateau"],
    "guide/resume": ["checkpoint", "save and load"],
    "guide/units": ["epochs", "steps per epoch"],
    "guide/which-schedule": [
        "which schedule",
        "best schedule",
        "learning rate decay",
        "fine-tune",
        "fine-tuning",
    ],
    "guide/write-your-own": ["custom schedule", "subclass"],
}
# Where a piece of a table ends that is there as HTML.
END = re.compile(r"(</(?:caption|p|t[dh])>)(?=<)")


class Kinds(SphinxDirective):
    """Every kind of parameter that the package names, with its rule, unit and an example."""

    def run(self):
        rows = []
        for name in sorted(dir(lrs)):
            kind = getattr(lrs, name)
            if isinstance(kind, Kind | Series):
                rule = kind.rule.capitalize()
                text = f"{rule}; unit: {kind.unit}. For example ``{kind.example!r}``."
                rows += [f".. py:data:: {name}", "   :no-contents-entry:", "", f"   {text}", ""]
        return self.parse_text_to_nodes(StringList(rows, source="kinds"))


def check_complete(app, env):
    """Warn of each public name that no page documents."""
    documented = env.domaindata["py"]["objects"]
    public = {f"lrschedules.{name}" for name in dir(lrs) if not name.startswith("_")}
    modules = {name for name in public if inspect.ismodule(getattr(lrs, name.split(".")[1]))}
    for name in sorted(public - modules - set(documented)):
        logger.warning("%s is public and on no page of the reference", name, type="lrs_docs")
    for name in sorted(ANSWERS.keys() - env.found_docs):
        logger.warning("%s answers what readers search for, and is no page", name, type="lrs_docs")


def answer(app, doctree):
    """Put what the page answers into the index, which the search ranks above the text of pages."""
    if names := ANSWERS.get(app.env.docname):
        doctree.insert(0, index(names))


def separate_cells(app, doctree, docname):
    """Write a space between the cells of tables that are there as HTML.

    The index of the search is made of the text without its tags, where they would be one word.
    """
    for raw in doctree.findall(nodes.raw):
        if raw["format"] == "html" and END.search(raw.astext()):
            raw[:] = [nodes.Text(END.sub(r"\1 ", raw.astext()))]


def mend(app, pagename, templatename, context, doctree):
    """Mend what keeps a page from being accessible."""
    body = context.get("body", "")
    # WAI-ARIA has deprecated the roles that docutils gives to citations.
    for role in (' role="doc-biblioentry"', ' role="list"'):
        body = body.replace(role, "")
    # What is wide is scrolled, by the keyboard too: formulas, and tables that an example shows.
    for scrolled in ('<div class="math"', '<div class="output_subarea output_html rendered_html'):
        body = body.replace(scrolled, scrolled.replace("<div", '<div tabindex="0"'))
    context["body"] = body


def name_toggles(app, pagename, templatename, context, doctree):
    """Name what opens a section of the sidebar, where the theme draws an arrow alone."""
    made = context["generate_toctree_html"]

    def named(kind, **options):
        tree = made(kind, **options)
        return tree if kind == "raw" else TOGGLE.sub(r'\1 aria-label="Pages in \2">', str(tree))

    context["generate_toctree_html"] = named


def say_where(app, exception):
    """End a build that succeeded by saying which file to open."""
    if exception is None and app.statuscode == 0 and app.builder.name == "html":
        print(f"\nThe site is built. Open {(Path(app.outdir) / 'index.html').as_uri()}")


def setup(app):
    app.add_directive("kinds", Kinds)
    app.connect("env-check-consistency", check_complete)
    app.connect("doctree-read", answer)
    app.connect("doctree-resolved", separate_cells)
    app.connect("html-page-context", mend)
    # after the theme has put its functions there
    app.connect("html-page-context", name_toggles, priority=900)
    app.connect("build-finished", say_where)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
