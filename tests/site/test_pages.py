"""Every page of the built site: links, texts for images, accessibility, width, weight."""

import functools
import itertools
import json
import os
import posixpath
import re
import urllib.parse
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.site.built import SITE

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FILES = sorted(page.relative_to(SITE).as_posix() for page in SITE.rglob("*.html"))
MOVED = [name for name in FILES if 'http-equiv="refresh"' in (SITE / name).read_text("utf-8")]
# What is in _static is a template that the theme leaves there.
PAGES = [name for name in FILES if name not in MOVED and not name.startswith("_static/")]

# Kilobytes, before compression, and requests that a page may need: the first that fits its name.
# All pages share 1,250 of them: the theme, its icons, the formulas' typesetting, the search index.
BUDGETS = [
    (r"schedules/index.html|auto_examples/.*", 2200, 60),  # curves, figures
    (r"schedules/.*|reference/schedule.html", 1950, 75),  # thumbnails of the examples
    (r".*", 1650, 45),
]


class Page(HTMLParser):
    """The names, links and images of a page."""

    def __init__(self, name):
        super().__init__()
        self.names, self.links, self.images = set(), [], []
        self.feed((SITE / name).read_text("utf-8"))

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.names |= {found[key] for key in ("id", "name") if found.get(key)}
        self.links += [found[key] for key in ("href", "src") if found.get(key)]
        self.links += [part.split()[0] for part in found.get("srcset", "").split(",") if part]
        if tag == "img" or (found.get("role") == "img" and "aria-hidden" not in found):
            self.images.append((tag, found))


parsed = functools.cache(Page)


def broken(name):
    """Return the links of a page, within the site, that lead nowhere."""
    for link in parsed(name).links:
        address = urllib.parse.urlsplit(link)
        if address.scheme or address.netloc:
            continue
        path = urllib.parse.unquote(address.path)
        target = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
        target = target.removeprefix("/")
        if not (SITE / target).is_file():
            yield link
        elif target == "playground.html" or not target.endswith(".html"):
            continue  # what follows there is what the playground is to show
        elif (
            address.fragment and urllib.parse.unquote(address.fragment) not in parsed(target).names
        ):
            yield link


def test_there_are_pages():
    assert len(PAGES) > 100
    assert {"index.html", "404.html", "playground.html", "search.html"} <= set(PAGES)
    assert len(MOVED) == 7


@pytest.mark.parametrize("name", PAGES)
def test_links(name):
    """Every link and every anchor within the site is there."""
    assert not sorted(set(broken(name)))


@pytest.mark.parametrize("name", MOVED)
def test_moved(opened, name):
    """An old address leads to the page that is there now."""
    page = opened(name)
    page.wait_for_url("**/auto_examples/*/plot_*.html")
    expect(page.locator("h1")).to_be_visible()


@pytest.mark.parametrize("name", PAGES)
def test_images(name):
    """An image has a text that says what it shows, a curve or a figure one with numbers."""
    for tag, image in parsed(name).images:
        words = image.get("alt") if tag == "img" else image.get("aria-label")
        kinds = image.get("class", "")
        assert words is not None, image
        if tag == "svg" or "sphx-glr-single-img" in kinds or "sphx-glr-multi-img" in kinds:
            assert re.search(r"\d", words), image
            assert len(words) > 20, image


@pytest.mark.parametrize("name", PAGES)
def test_axes(name):
    """The numbers at the axes of a curve are in equal distances, as their ticks are."""
    for svg in re.findall(r'<svg role="img".*?</svg>', (SITE / name).read_text("utf-8"), re.DOTALL):
        for axis in "xtick", "ytick":
            labels = re.findall(
                rf'<g id="{axis}_\d+">.*?<text[^>]*>([\d.]+)</text>', svg, re.DOTALL
            )
            gaps = [float(b) - float(a) for a, b in itertools.pairwise(labels)]
            assert gaps == pytest.approx(gaps[:1] * len(gaps), rel=1e-6), labels


def visited_pages():
    """Return the pages to visit: of those that show a module's source, the longest.

    They differ in nothing but the source, which scrolls in a box of its own.
    """
    sources = [name for name in PAGES if name.startswith("_modules/lrschedules/")]
    longest = max(sources, key=lambda name: (SITE / name).stat().st_size)
    return [name for name in PAGES if name not in sources or name == longest]


# A block of code shows each kind of token once: axe would look at the colour of every one. Links
# stay among tokens, or axe would take them for links in a text.
ONE_OF_EACH_KIND = """
for (const block of document.querySelectorAll(".highlight pre:not(:has(a[href]))")) {
  const seen = new Set();
  for (const token of block.querySelectorAll("span[class]:not(:has(*))")) {
    if (seen.has(token.className)) token.replaceWith(...token.childNodes);
    seen.add(token.className);
  }
}
"""


@functools.cache
def titles():
    """Return the title of each page."""
    title = re.compile(r"<title>(.*?)</title>", re.DOTALL)
    return {name: title.search((SITE / name).read_text("utf-8"))[1].strip() for name in PAGES}


@pytest.mark.parametrize("name", PAGES)
def test_head(name):
    """A page has a language, and a title of its own."""
    text = (SITE / name).read_text("utf-8")
    assert re.search(r'<html lang="en"', text)
    assert titles()[name] != "lrschedules"
    assert list(titles().values()).count(titles()[name]) == 1


@pytest.mark.parametrize("name", PAGES)
def test_preview(name):
    """A page that is shared shows an image, which is there, and says what it is about."""
    text = (SITE / name).read_text("utf-8")
    found = dict(re.findall(r'<meta property="og:(.*?)" content="(.*?)" />', text, re.DOTALL))
    if found or not re.fullmatch(r"(404|genindex|py-modindex|search).html|_modules/.*", name):
        assert len(found["description"]) > 20
        assert (SITE / found["image"]).is_file()
        assert found["image:alt"]


def test_text_for_machines():
    """Every page of the documentation is in llms.txt, and its text in llms-full.txt."""
    text = (SITE / "llms.txt").read_text("utf-8")
    listed = re.findall(r"^- \[.*?\]\((.*?)\): \S", text, re.MULTILINE)
    made = ("404.html", "genindex.html", "py-modindex.html", "search.html")
    assert set(listed) == {n for n in PAGES if n not in made and not n.startswith("_modules/")}
    full = (SITE / "llms-full.txt").read_text("utf-8")
    assert all(f"<!-- {name} -->" in full for name in listed)
    assert r"\sin^{2}" in full  # formulas are there
    assert "[curve: Learning rate by step: 0.1 at 0, " in full  # and curves, in words


def test_wrong_address(opened):
    """The page for a wrong address finds its files from any depth, and offers the search."""
    page = opened("404.html")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert '"/_static/' in page.content()
    links = page.locator("article a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert "/schedules/index.html" in links
    assert not [link for link in links if not link.startswith(("/", "#"))]


def test_versions(opened):
    """The versions that there are can be chosen."""
    page = opened("guide/index.html", 1400)
    page.locator(".version-switcher__button:visible").click()
    expect(page.locator(".version-switcher__menu:visible a").first).to_be_visible()


@pytest.fixture(scope="session")
def axe():
    """The source of axe-core, which tox has installed."""
    return Path(os.environ["LRS_AXE"]).read_text("utf-8")


@pytest.mark.parametrize("name", visited_pages())
def test_in_the_browser(visited, axe, name):
    """Light and on a phone, dark and wide: nothing that axe finds, nothing too wide, nothing heavy.

    That no page writes an error into the console or asks another host is seen by ``visited``.
    """
    options = json.dumps({"runOnly": RULES, "resultTypes": ["violations"]})

    def violations():
        return [
            (rule["id"], node["target"], node.get("failureSummary"))
            for rule in page.evaluate(f"axe.run({options})")["violations"]
            for node in rule["nodes"]
        ]

    page = visited(name, 360)
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.evaluate(ONE_OF_EACH_KIND + axe)
    assert not violations()
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.set_viewport_size({"width": 1400, "height": 900})
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert not violations()
    # What the page asks for after it has been loaded has come by now: this hardly waits.
    page.wait_for_load_state("networkidle")
    asked = set(page.asked)
    kilobytes, requests = next(b[1:] for b in BUDGETS if re.fullmatch(b[0], name))
    files = [SITE / urllib.parse.unquote(urllib.parse.urlsplit(url).path)[1:] for url in asked]
    assert sum(file.stat().st_size for file in files if file.is_file()) <= kilobytes * 1024
    assert len(asked) <= requests


def test_search(opened):
    """A word that is searched for leads to its page."""
    page = opened("search.html?q=cosine")
    expect(page.locator("#search-results a[href*='schedules/Cosine.html']").first).to_be_visible()


def test_theme_switch_and_skip_link(opened):
    """By keyboard: the first stop leads to the content, and the theme can be changed."""
    page = opened("index.html", color_scheme="light")
    page.keyboard.press("Tab")
    focused = page.evaluate("document.activeElement.textContent.trim()")
    assert focused == "Skip to main content"
    page.locator(".theme-switch-button:visible").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    for _ in range(3):
        if page.evaluate("document.activeElement.textContent.trim()") == "Dark":
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
