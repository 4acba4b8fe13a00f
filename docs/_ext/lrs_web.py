"""What the web expects of a site: addresses that are valid, data for machines, moved pages.

An address that leaves the site needs the site's own, which only the host knows: without it, what
would name one is left out.
"""

import json
import re
from pathlib import Path
from xml.sax.saxutils import escape

from lrs_llms import described, in_order
from lrs_site import CANONICAL, CLONE
from sphinx.util import logging

logger = logging.getLogger(__name__)

# What a page is, as schema.org names it, by its folder; other pages are navigation or tools.
TYPES = {
    "guide": "TechArticle",
    "schedules": "APIReference",
    "reference": "APIReference",
    "auto_examples": "SoftwareSourceCode",
}
XML = '<?xml version="1.0" encoding="utf-8"?>\n'
# The parts of a preview that are addresses, and the words about them.
ADDRESSES = re.compile(
    r'<meta (?:property="og:(?:url|image|image:alt)"|name="twitter:card") [^>]*>\n?'
)


def about(pagename, title, words, release):
    """Return what a page is about as data in the terms of schema.org, or nothing."""
    folder, _, name = pagename.partition("/")
    kind = "SoftwareSourceCode" if pagename == "index" else TYPES.get(folder)
    if not kind or name.endswith("index"):
        return None
    data = {
        "@context": "https://schema.org",
        "@type": kind,
        "name" if kind == "SoftwareSourceCode" else "headline": title,
        "description": words,
        "inLanguage": "en",
        "license": "https://spdx.org/licenses/MIT.html",
    }
    if kind == "SoftwareSourceCode":
        data |= {"programmingLanguage": "Python"}
        data |= {"codeRepository": CLONE} if CLONE else {}
    if pagename == "index":
        data |= {"version": release}
    else:
        data |= {"isPartOf": {"@type": "WebSite", "name": "lrschedules"}}
    return data | ({"url": f"{CANONICAL}{pagename}.html"} if CANONICAL else {})


def describe(app, pagename, templatename, context, doctree):
    """Add a page's structured data, and leave out the addresses that would not be valid."""
    if not CANONICAL:
        context["metatags"] = ADDRESSES.sub("", context.get("metatags", ""))
    if not doctree:
        return
    title = app.env.titles[pagename].astext()
    if data := about(pagename, title, described(doctree), app.config.release):
        text = json.dumps(data, ensure_ascii=False).replace("</", "<\\/")
        context["metatags"] += f'<script type="application/ld+json">{text}</script>\n'


def moved(app):
    """Make a page at each old address, which leads to where the page is now."""
    for old, new in app.config.moved_pages.items():
        if new not in app.env.found_docs:
            logger.warning("%s has moved to %s, which is no page", old, new, type="lrs_web")
            continue
        address = f"{CANONICAL}{app.builder.get_target_uri(new)}" if CANONICAL else ""
        title = app.env.titles[new].astext()
        yield old, {"title": title, "new": new, "address": address}, "moved.html"


def write(app, exception):
    """Write the map of the site, if it has an address, and what robots may read: everything."""
    if exception or app.builder.format != "html":
        return
    robots = "User-agent: *\nAllow: /\n"
    if CANONICAL:
        pages = [app.builder.get_target_uri(name) for name in in_order(app)]
        rows = "".join(f"<url><loc>{escape(CANONICAL + page)}</loc></url>\n" for page in pages)
        space = "http://www.sitemaps.org/schemas/sitemap/0.9"
        text = (
            f'<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="{space}">\n{rows}</urlset>\n'
        )
        Path(app.outdir, "sitemap.xml").write_text(text, "utf-8")
        robots += f"Sitemap: {CANONICAL}sitemap.xml\n"
    Path(app.outdir, "robots.txt").write_text(robots, "utf-8")


def setup(app):
    app.add_config_value("moved_pages", {}, "html", dict)
    app.connect("html-collect-pages", moved)
    # after sphinxext.opengraph
    app.connect("html-page-context", describe, priority=800)
    app.connect("build-finished", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
