"""The home page: curves with names, each of which opens in the playground."""

import html

from docutils import nodes
from lrs_picture import CURVES, drawing
from lrs_playground import link
from sphinx.util.docutils import SphinxDirective


class Curves(SphinxDirective):
    """A strip of small curves with names; each one is a link that opens it in the playground."""

    def run(self):
        items = "".join(
            f'<li><a href="{html.escape(link(self.env.app, code, self.env.docname))}">'
            f"{drawing(code)}<span>{name}</span></a></li>"
            for name, code in CURVES.items()
        )
        return [nodes.raw("", f'<ul class="curves">{items}</ul>', format="html")]


def setup(app):
    app.add_directive("curves", Curves)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
