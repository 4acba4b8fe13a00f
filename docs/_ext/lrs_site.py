"""What all pages share: edit links, versions, previews, accessible HTML, a full reference."""

import hashlib
import html
import json
import os
import pkgutil
import re
from pathlib import Path
from urllib.parse import urljoin

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from docutils import nodes
from fontTools import subset
from lrs_entries import entries
from lrs_llms import described
from sphinx.util import logging
from sphinx.util.index_entries import split_index_msg

import lrschedules as lrs
from lrschedules import kinds

logger = logging.getLogger(__name__)

ROOT = Path(__file__).parents[2]
BLUE, INK = "#0072b2", "#1b2a36"
# The size that previews are shown at.
CARD_INCHES, CARD_DPI = (12, 6.3), 100

# Set by the host of the documentation.
CANONICAL = os.environ.get("READTHEDOCS_CANONICAL_URL", "")
VERSION = os.environ.get("READTHEDOCS_VERSION", "")
CLONE = os.environ.get("READTHEDOCS_GIT_CLONE_URL", "").removesuffix(".git")
COMMIT = os.environ.get("READTHEDOCS_GIT_IDENTIFIER", "main")

KINDS = (kinds.Number, kinds.ListOf, kinds.ScheduleKind, kinds.ShapeKind)
# A link in the sidebar, and the button that opens the pages under it.
TOGGLE = re.compile(r"(>([^<>]+)</a>\s*<details[^>]*>\s*<summary)>")
# The theme's icons: their font, the names that pages and scripts use, and their characters.
ICONS = "_static/vendor/fontawesome/webfonts/fa-solid-900.woff2"
ICON = re.compile(r"\bfa-[a-z0-9-]+")
CHARACTER = re.compile(r'([^{}]+)\{--fa:"\\?([^"]+)"')
OWN_CHARACTER = re.compile("[\ue000-\uf8ff]")
VIEWPORT = re.compile(r'<meta name="viewport"[^>]*>\s*')
# The end of a piece of a table that is in a page as HTML.
END = re.compile(r"(</(?:caption|p|t[dh])>)(?=<)")


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
    figure = Path(app.srcdir) / folder / "images" / f"sphx_glr_{name}_preview.png"
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


def check_complete(app, env):
    """Warn of each public name that no page documents."""
    documented = {name.rpartition(".")[2] for name in env.domaindata["py"]["objects"]}
    modules = {module.name for module in pkgutil.iter_modules(lrs.__path__)}
    public = {name for name in dir(lrs) if not name.startswith("_")}
    public |= {name for name in dir(kinds) if isinstance(getattr(kinds, name), KINDS)}
    for name in sorted(public - modules - documented):
        logger.warning("%s is public and on no page of the reference", name, type="lrs_site")


def separate_cells(app, doctree, docname):
    """Write a space between the cells of tables that are in a page as HTML.

    The index of the search has the text without tags, where two cells would become one word.
    """
    for raw in doctree.findall(nodes.raw):
        if raw["format"] == "html" and END.search(raw.astext()):
            raw[:] = [nodes.Text(END.sub(r"\1 ", raw.astext()))]


def keep_index(app, env):
    """Give the search the index entries of all pages, also of those that are not written again.

    From the search index of the last build, Sphinx reads the words and titles of those, but not
    their entries.
    """
    kept = env._search_index_index_entries  # noqa: SLF001 - Sphinx has no other way in
    for name, listed in env.domaindata["index"]["entries"].items():
        if "no-search" not in env.metadata[name]:
            kept[name] = sorted(
                (word, target, main)
                for kind, text, target, main, _ in listed
                for word in split_index_msg(kind, text)
            )


def mend(app, pagename, templatename, context, doctree):
    """Correct the HTML where it would not be accessible, or lead nowhere."""
    body = context.get("body", "")
    # WAI-ARIA has deprecated the roles that docutils gives to citations.
    for role in (' role="doc-biblioentry"', ' role="list"'):
        body = body.replace(role, "")
    # The keyboard, too, can scroll what is wide: formulas, and the tables of examples.
    for scrolled in ('<div class="math"', '<div class="output_subarea output_html rendered_html'):
        body = body.replace(scrolled, scrolled.replace("<div", '<div tabindex="0"'))
    # The page for a wrong address is served at every depth, so its links start at the root.
    if pagename == "404":
        prefix = app.config.notfound_urls_prefix
        body = re.sub(r'((?:href|action)=")(?=[\w/]+\.html)', rf"\1{prefix}", body)
    context["body"] = body


def lighten(app, pagename, templatename, context, doctree):
    """Load what typesets formulas only on pages with formulas, and name the viewport once."""
    if 'class="math' not in context.get("body", ""):
        for files in context["css_files"], context["script_files"]:
            files[:] = [file for file in files if "katex" not in str(file.filename)]
    # Each template begins with it.
    context["metatags"] = VIEWPORT.sub("", context.get("metatags", ""))


def keep_used_icons(folder):
    """Leave in the theme's font only the icons that the style sheets, pages and scripts use."""
    sheet = (folder / "_static/styles/pydata-sphinx-theme.css").read_text("utf-8")
    files = [file for kind in ("*.html", "*.js") for file in folder.rglob(kind)]
    names = {name for file in files for name in ICON.findall(file.read_text("utf-8"))}
    # an icon's own style has its character as a number, the others have it as it is
    used = set(OWN_CHARACTER.findall(sheet))
    for icon, code in CHARACTER.findall(sheet):
        if names & set(ICON.findall(icon)):
            used.add(chr(int(code, 16)) if len(code) > 1 else code)
    options = subset.Options(flavor="woff2", layout_features=[])
    font = subset.load_font(folder / ICONS, options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="".join(used))
    subsetter.subset(font)
    subset.save_font(font, folder / ICONS, options)


def name_toggles(app, pagename, templatename, context, doctree):
    """Name the button that opens a section of the sidebar, which the theme draws as an arrow."""
    made = context["generate_toctree_html"]

    def named(kind, **options):
        tree = made(kind, **options)
        return tree if kind == "raw" else TOGGLE.sub(r'\1 aria-label="Pages in \2">', str(tree))

    context["generate_toctree_html"] = named


def write_files(app, exception):
    """Write the files that all pages share, and say which page to open."""
    if exception or app.builder.format != "html":
        return
    listed = json.dumps(versions(app.config.release), indent=1)
    (Path(app.outdir) / "_static" / "switcher.json").write_text(listed + "\n")
    card = Path(app.outdir) / app.config.ogp_image
    if not card.exists():
        draw(lrs.Cosine(0.1, 0.0, steps=9_500).warmup(500), "lrschedules", card)
    keep_used_icons(Path(app.outdir))
    # a template of the theme, which it leaves there
    (Path(app.outdir) / "_static" / "webpack-macros.html").unlink(missing_ok=True)
    if app.statuscode == 0:
        print(f"\nThe site is built. Open {(Path(app.outdir) / 'index.html').as_uri()}")


def setup(app):
    # before sphinxext.opengraph reads the fields, and the theme makes its button
    app.connect("html-page-context", preview, priority=100)
    app.connect("html-page-context", link_source, priority=100)
    app.connect("html-page-context", mend)
    # after all other files have been added
    app.connect("html-page-context", lighten, priority=900)
    # after the theme has put its functions there
    app.connect("html-page-context", name_toggles, priority=900)
    app.connect("env-check-consistency", check_complete)
    app.connect("env-check-consistency", keep_index)
    app.connect("doctree-resolved", separate_cells)
    app.connect("build-finished", write_files)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
