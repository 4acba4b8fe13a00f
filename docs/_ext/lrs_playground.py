"""The playground: its scripts, its place on its page, and the links that lead to it."""

import re
import urllib.parse
from pathlib import Path

import lrs_choices
from docutils import nodes
from lrs_curves import curve
from sphinx.util.docutils import SphinxDirective

import lrschedules as lrs

SOURCES = Path(__file__).parents[1] / "_static" / "playground"
SCRIPTS = ["display", "model", "calls", "state", "chart", "editor", "handles", "presets", "export"]
SCRIPTS += ["memory", "playground"]


def bundled(generated):
    """Return all scripts as one, without lines of comments: a page loads it with one request."""
    texts = [(SOURCES / f"{name}.js").read_text("utf-8") for name in SCRIPTS]
    return re.sub(r"^ *//.*\n", "", "\n".join([generated, *texts]), flags=re.MULTILINE)


def write(app):
    """Write the generated script, and all scripts as one."""
    folder = Path(app.outdir) / "_static" / "playground"
    folder.mkdir(parents=True, exist_ok=True)
    generated = lrs_choices.generated()
    (folder / "lrschedules.js").write_text(generated, "utf-8")
    (folder / "all.js").write_text(bundled(generated), "utf-8")


def link(app, code, docname):
    """Return the address of the playground with a schedule, relative to a page."""
    page = app.builder.get_relative_uri(docname, "playground")
    return f"{page}#s={urllib.parse.quote(code, safe='()=,.*+')}".replace("+", "%2B")


class Playground(SphinxDirective):
    """The place of the playground; without JavaScript, static curves."""

    def run(self):
        self.env.metadata[self.env.docname]["playground"] = True
        curves = "".join(
            curve(eval(code, vars(lrs) | vars(lrs.recipes)), code)  # noqa: S307 - the code is our own
            for code in lrs_choices.START
        )
        words = "The playground needs JavaScript. These are some of its curves; "
        words += '<a href="schedules/index.html">all schedules</a> have their own page.'
        text = f'<div id="pg-root"><noscript><p>{words}</p>{curves}</noscript></div>'
        return [nodes.raw("", text, format="html")]


def add_files(app, pagename, templatename, context, doctree):
    if app.env.metadata.get(pagename, {}).get("playground"):
        app.add_css_file("playground/playground.css")
        app.add_js_file("playground/all.js", loading_method="defer")


def setup(app):
    app.add_directive("playground", Playground)
    app.connect("builder-inited", lambda app: write(app) if app.builder.format == "html" else None)
    app.connect("html-page-context", add_files)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
