"""The site as text: ``llms.txt``, which lists the pages, and ``llms-full.txt``, which holds them.

The form is that of https://llmstxt.org. The text is that of the pages themselves, with what their
code printed, and the descriptions of the curves.
"""

import html
import re
from pathlib import Path

from docutils import nodes
from docutils.io import StringOutput
from sphinx.builders.text import TextBuilder
from sphinx.writers.text import TextTranslator, TextWriter

SUMMARY = (
    "Learning-rate schedules, each formula written once: used directly in Keras, JAX, PyTorch and "
    "NumPy, with a statistical comparison on your own model."
)
WORDS = re.compile(r'role="img" aria-label="([^"]*)"')


class Text(TextTranslator):
    """Pages as text, without the nodes that are only for the browser."""

    def unknown_visit(self, node):
        if isinstance(node, nodes.Inline) or node.children:
            return
        raise nodes.SkipNode

    def unknown_departure(self, node):
        pass

    def visit_raw(self, node):
        words = [html.unescape(text) for text in WORDS.findall(node.rawsource or node.astext())]
        if words:
            self.new_state(0)
            self.add_text("\n".join(f"[curve: {text}]" for text in words))
            self.end_state()
        raise nodes.SkipNode


def in_order(app, name="index", seen=None):
    """Return the pages in the order of the tables of contents."""
    seen = {} if seen is None else seen
    if name not in seen:
        seen[name] = None
        for other in app.env.toctree_includes.get(name, ()):
            in_order(app, other, seen)
    return list(seen)


def described(doctree):
    """Return the description of a page, or else its first paragraph.

    The first paragraph of a note does not count: the gallery begins with a note about downloads.
    """
    for meta in doctree.findall(nodes.meta):
        if meta.get("name") == "description":
            return meta["content"]
    for paragraph in doctree.findall(nodes.paragraph):
        if not isinstance(paragraph.parent, nodes.Admonition):
            return " ".join(paragraph.astext().split())
    return ""


def mark(app, env, docnames):
    """Write the files again if a page is read again."""
    env.lrs_llms_stale = getattr(env, "lrs_llms_stale", True) or bool(docnames)


def write(app, exception):
    """Write both files beside the pages."""
    full = Path(app.outdir) / "llms-full.txt"
    if exception or app.builder.format != "html":
        return
    if full.exists() and not app.env.lrs_llms_stale:
        return
    builder = TextBuilder(app, app.env)
    builder.secnumbers = {}
    builder.default_translator_class = Text
    base = app.config.html_baseurl
    whole = f"The text of all pages in one file: [llms-full.txt]({base}llms-full.txt)."
    index, pages = [f"# {app.config.project}", "", f"> {SUMMARY}", "", whole, ""], []
    for name in in_order(app):
        title = app.env.titles[name].astext()
        doctree = app.env.get_and_resolve_doctree(name, app.builder)
        address = base + app.builder.get_target_uri(name)
        if name in app.env.toctree_includes.get("index", ()):
            index += ["", f"## {title}", ""]
        index.append(f"- [{title}]({address}): {described(doctree)}")
        writer = TextWriter(builder)
        writer.write(doctree, StringOutput(encoding="unicode"))
        pages.append(f"<!-- {address} -->\n\n{writer.output.strip()}\n")
    (Path(app.outdir) / "llms.txt").write_text("\n".join(index) + "\n", encoding="utf-8")
    full.write_text("\n\n".join(pages), encoding="utf-8")
    app.env.lrs_llms_stale = False


def setup(app):
    app.connect("env-before-read-docs", mark)
    app.connect("build-finished", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
