"""Training in a page: the panel that trains a small net in the browser, and the data for it."""

import html
import json
from pathlib import Path

import lrs_rows
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

import lrschedules as lrs

# Panels of the gallery stand before the downloads, since a notebook could not show them.
DOWNLOADS = ".. _sphx_glr_download_"
EXAMPLES = {
    "auto_examples/tutorial/plot_4_side_by_side": """\
Train it in this page
---------------------

*Train* repeats the comparison on the fair split in your browser: the same model, with a hundred
seeds whose weights, batches and splits are drawn by JavaScript.

.. train:: {
      "constant": Constant(0.1),
      "time-based": TimeBased(0.1, decay=0.002),
      "drop-based": Drop(0.1, factor=0.5, every=10).per_epoch(9),
   }
   :seeds: 100
   :weights: normal

""",
}


class Train(SphinxDirective):
    """A panel that trains the schedules in a dictionary, or else those that the playground shows.

    The argument is Python code. ``seeds`` is the number of seeds that is chosen at first, and
    ``weights`` is the distribution of the initial weights.
    """

    optional_arguments = 1
    final_argument_whitespace = True
    option_spec = {  # noqa: RUF012 - the form that docutils wants
        "seeds": lambda text: directives.choice(text, ("10", "30", "100")),
        "weights": lambda text: directives.choice(text, ("glorot", "normal")),
    }

    def run(self):
        self.env.metadata[self.env.docname]["train"] = True
        data = {"seeds": "30", "weights": "glorot"} | self.options
        if self.arguments:
            made = eval(self.arguments[0], vars(lrs).copy())  # noqa: S307 - the page's own code
            data["schedules"] = json.dumps({name: repr(each) for name, each in made.items()})
        given = " ".join(f'data-{name}="{html.escape(text)}"' for name, text in data.items())
        words = "<noscript><p>The training needs JavaScript.</p></noscript>"
        panel = f'<div class="train" {given}>{words}</div>'
        return [self.limits(), nodes.raw("", panel, format="html")]

    def limits(self):
        """Return the paragraph that says what the result is about."""

        def link(page, text):
            address = self.env.app.builder.get_relative_uri(self.env.docname, page)
            return nodes.reference("", "", nodes.literal("", text), refuri=address)

        before = (
            "The result is about one network with 1,225 weights on one data set of 351 rows. It "
            "says nothing about large models. To compare schedules on your own model, use "
        )
        after = ", which also tunes the rates. Your browser does the training and sends no data."
        return nodes.paragraph(
            "",
            "",
            nodes.Text(before),
            link("guide/compare", "compare"),
            nodes.Text(" or "),
            link("guide/search", "search"),
            nodes.Text(after),
        )


def write(app):
    """Write the data beside the scripts."""
    if app.builder.format == "html":
        folder = Path(app.outdir) / "_static" / "train"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "data.js").write_text(lrs_rows.script(), "utf-8")


def insert(app, docname, source):
    """Insert the panel of an example."""
    if panel := EXAMPLES.get(docname):
        before, downloads, after = source[0].partition(DOWNLOADS)
        source[0] = f"{before}{panel}{downloads}{after}"


def add_files(app, pagename, templatename, context, doctree):
    if app.env.metadata.get(pagename, {}).get("train"):
        app.add_css_file("train/train.css")
        app.add_js_file("train/train.js", loading_method="defer")


def setup(app):
    app.add_directive("train", Train)
    app.connect("builder-inited", write)
    app.connect("source-read", insert)
    app.connect("html-page-context", add_files)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
