"""The command that installs the package, as a directive, and the package beside the pages."""

from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from lrs_archives import ADDRESS, command, write_index
from sphinx.util.docutils import SphinxDirective


class Install(SphinxDirective):
    """The command for extras of this package, and for other packages: ``[keras,plot] jax``."""

    optional_arguments = 1
    final_argument_whitespace = True
    option_spec = {"notebook": directives.flag}  # noqa: RUF012 - as docutils declares it

    def run(self):
        text = "%" * ("notebook" in self.options) + command(*self.arguments)
        shown = [nodes.literal_block(text, text, language="sh", classes=["install"])]
        if not ADDRESS:
            words = "Run this command in the folder of your clone."
            shown.append(nodes.paragraph(words, words))
        return shown


def write(app, exception):
    if not exception and app.builder.format == "html":
        write_index(Path(app.outdir))


def setup(app):
    if ADDRESS:
        app.tags.add("hosted")
    app.add_directive("install", Install)
    app.connect("build-finished", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
