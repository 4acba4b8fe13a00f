"""What surrounds the pages: edit links, other versions, previews."""

import hashlib
import html
import json
import os
import re
from pathlib import Path
from urllib.parse import urljoin

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from lrs_entries import entries
from lrs_llms import described

import lrschedules as lrs

ROOT = Path(__file__).parents[2]
BLUE, INK = "#0072b2", "#1b2a36"
# The size that previews are shown at.
CARD_INCHES, CARD_DPI = (12, 6.3), 100

# Set by the host of the documentation.
CANONICAL = os.environ.get("READTHEDOCS_CANONICAL_URL", "")
VERSION = os.environ.get("READTHEDOCS_VERSION", "")
CLONE = os.environ.get("READTHEDOCS_GIT_CLONE_URL", "").removesuffix(".git")
COMMIT = os.environ.get("READTHEDOCS_GIT_IDENTIFIER", "main")


def versions(release):
    """Return the versions that a reader can choose from, as the theme's switcher wants them."""
    if not VERSION:
        return [{"version": "local", "name": f"{release}, this build", "url": "/"}]
    at = {version: urljoin(CANONICAL, f"../{version}/") for version in ("latest", "stable")}
    return [
        {"version": "latest", "name": "latest", "url": at["latest"]},
        {"version": "stable", "name": "stable", "url": at["stable"], "preferred": True},
    ]


def switcher():
    """Return the theme's options for its switcher, which reads the list of the newest version."""
    newest = urljoin(CANONICAL, "../latest/") if VERSION else ""
    return {"json_url": f"{newest}_static/switcher.json", "version_match": VERSION or "local"}


def entry_of(pagename):
    """Return the schedule or recipe that a page is about, if it is about one."""
    folder, _, name = pagename.rpartition("/")
    return entries().get(name) if folder == "schedules" else None


def source_of(app, pagename):
    """Return the file in the repository that a page is made from."""
    folder, _, name = pagename.rpartition("/")
    if folder.startswith("auto_examples"):
        example = f"docs/examples{folder.removeprefix('auto_examples')}/{name}.py"
        return example.replace("/index.py", "/GALLERY_HEADER.rst")
    if entry := entry_of(pagename):
        return f"{entry.thing.__module__.replace('.', '/')}.py"
    return Path(app.env.doc2path(pagename)).relative_to(ROOT).as_posix()


def link_source(app, pagename, templatename, context, doctree):
    """Let the theme's edit button open what a page is made from."""
    if CLONE:
        # The theme asks for a template with the name of the page, which is not always its source.
        where = source_of(app, pagename) if doctree else ""
        context["edit_page_url_template"] = f"{CLONE}/edit/{COMMIT}/{where}{{# file_name #}}"


def draw(schedule, name, file):
    """Write the preview of a page: a name and a curve."""
    look = {"font.size": 18, "axes.edgecolor": INK, "xtick.color": INK, "ytick.color": INK}
    with mpl.rc_context({**look, "axes.spines.top": False, "axes.spines.right": False}):
        figure = plt.figure(figsize=CARD_INCHES, dpi=CARD_DPI, facecolor="white")
        figure.text(0.06, 0.86, name, size=46, weight="bold", color=INK)
        figure.text(0.06, 0.78, "learning-rate schedules: lrschedules", size=22, color=BLUE)
        ax = figure.add_axes((0.09, 0.12, 0.85, 0.56))
        schedule.plot(ax=ax)
        ax.lines[0].set(color=BLUE, linewidth=5)
        ax.set(xlabel="", ylabel="")
        ax.locator_params(nbins=5)
        file.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(file)
        plt.close(figure)


def preview(app, pagename, templatename, context, doctree):
    """Add the preview of a shared page: its description, and a curve or a figure."""
    if not doctree:
        return
    words = html.escape(described(doctree))
    if '<meta name="description"' not in context["metatags"]:
        context["metatags"] += f'<meta name="description" content="{words}" />\n'
    fields = {**(context["meta"] or {}), "og:description": words}
    folder, _, name = pagename.rpartition("/")
    figure = Path(app.srcdir) / folder / "images" / f"sphx_glr_{name}_001.png"
    if figure.exists():
        fields |= {"og:image": f"_images/{figure.name}", "og:image:alt": context["title"]}
    if entry := entry_of(pagename):
        # The name of the file changes with the curve: a file that is there is right.
        rates = entry.schedule(np.arange(entry.horizon + 1))
        file = f"_images/card-{name}-{hashlib.sha256(rates).hexdigest()[:8]}.png"
        if not (Path(app.outdir) / file).exists():
            draw(entry.schedule, name, Path(app.outdir) / file)
        fields |= {"og:image": file, "og:image:alt": html.escape(entry.words)}
    context["meta"] = fields


def from_root(app, pagename, templatename, context, doctree):
    """Let the page for a wrong address link from the root, as it is served at every depth."""
    if pagename == "404":
        prefix = app.config.notfound_urls_prefix
        context["body"] = re.sub(r'(?<=href=")(?=[\w/]+\.html)', prefix, context["body"])


def write_files(app, exception):
    """Write the files that all pages share: the preview of the site and the list of versions."""
    if exception or app.builder.format != "html":
        return
    listed = json.dumps(versions(app.config.release), indent=1)
    (Path(app.outdir) / "_static" / "switcher.json").write_text(listed + "\n")
    card = Path(app.outdir) / app.config.ogp_image
    if not card.exists():
        draw(lrs.Cosine(0.1, 0.0, steps=9_500).warmup(500), "lrschedules", card)


def setup(app):
    # before sphinxext.opengraph reads the fields, and the theme makes its button
    app.connect("html-page-context", preview, priority=100)
    app.connect("html-page-context", link_source, priority=100)
    app.connect("html-page-context", from_root)
    app.connect("build-finished", write_files)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
