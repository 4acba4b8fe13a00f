"""What keeps the pages complete, findable and accessible."""

import pkgutil
import re
from pathlib import Path

from docutils import nodes
from sphinx.util import logging

import lrschedules as lrs

logger = logging.getLogger(__name__)

# A link in the sidebar, and the button that opens the pages under it.
TOGGLE = re.compile(r"(>([^<>]+)</a>\s*<details[^>]*>\s*<summary)>")
# The end of a piece of a table that is in a page as HTML.
END = re.compile(r"(</(?:caption|p|t[dh])>)(?=<)")


def check_complete(app, env):
    """Warn of each public name that no page documents."""
    documented = {name.rpartition(".")[2] for name in env.domaindata["py"]["objects"]}
    modules = {module.name for module in pkgutil.iter_modules(lrs.__path__)}
    public = {name for name in dir(lrs) if not name.startswith("_")}
    for name in sorted(public - modules - documented):
        logger.warning("%s is public and on no page of the reference", name, type="lrs_docs")


def separate_cells(app, doctree, docname):
    """Write a space between the cells of tables that are in a page as HTML.

    The index of the search has the text without tags, where two cells would become one word.
    """
    for raw in doctree.findall(nodes.raw):
        if raw["format"] == "html" and END.search(raw.astext()):
            raw[:] = [nodes.Text(END.sub(r"\1 ", raw.astext()))]


def mend(app, pagename, templatename, context, doctree):
    """Correct the HTML where it would not be accessible."""
    body = context.get("body", "")
    # WAI-ARIA has deprecated the roles that docutils gives to citations.
    for role in (' role="doc-biblioentry"', ' role="list"'):
        body = body.replace(role, "")
    # The keyboard, too, can scroll what is wide: formulas, and the tables of examples.
    for scrolled in ('<div class="math"', '<div class="output_subarea output_html rendered_html'):
        body = body.replace(scrolled, scrolled.replace("<div", '<div tabindex="0"'))
    context["body"] = body


def name_toggles(app, pagename, templatename, context, doctree):
    """Name the button that opens a section of the sidebar, which the theme draws as an arrow."""
    made = context["generate_toctree_html"]

    def named(kind, **options):
        tree = made(kind, **options)
        return tree if kind == "raw" else TOGGLE.sub(r'\1 aria-label="Pages in \2">', str(tree))

    context["generate_toctree_html"] = named


def say_where(app, exception):
    """Print which file to open at the end of a successful build."""
    if exception is None and app.statuscode == 0 and app.builder.name == "html":
        print(f"\nThe site is built. Open {(Path(app.outdir) / 'index.html').as_uri()}")


def setup(app):
    app.connect("env-check-consistency", check_complete)
    app.connect("doctree-resolved", separate_cells)
    app.connect("html-page-context", mend)
    # after the theme has put its functions there
    app.connect("html-page-context", name_toggles, priority=900)
    app.connect("build-finished", say_where)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
