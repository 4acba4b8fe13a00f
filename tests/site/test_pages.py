"""Every page of the built site: links, texts for images, accessibility, width, weight."""

import functools
import gzip
import html
import itertools
import json
import os
import posixpath
import re
import subprocess
import urllib.parse
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from playwright.sync_api import expect

import lrschedules as lrs
from tests.site.built import SITE

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FILES = sorted(page.relative_to(SITE).as_posix() for page in SITE.rglob("*.html"))
MOVED = [name for name in FILES if 'http-equiv="refresh"' in (SITE / name).read_text("utf-8")]
# pip reads what is in simple.
PAGES = [name for name in FILES if name not in MOVED and not name.startswith("simple/")]
# Those that somebody wrote.
MADE = re.compile(r"(404|genindex|py-modindex|search).html|_modules/.*")
DOCUMENTS = [name for name in PAGES if not MADE.fullmatch(name)]


def canonical(text):
    """Return the address that a page says is its own, if it does."""
    found = re.search(r'<link rel="canonical" href="(.*?)"', text)
    return found[1] if found else ""


# The address of the site, if whoever built it knew it.
BASE = canonical((SITE / "index.html").read_text("utf-8")).removesuffix("index.html")
ROOT = urllib.parse.urlsplit(BASE).path or "/"

# Kilobytes, before compression, and requests that a page may need: the first that fits its name.
# All pages share 850 of them: the theme and the search index. Formulas need 350 more.
BUDGETS = [
    (r"auto_examples/.*", 1900, 60),  # figures
    (r"schedules/.*|reference/schedule.html", 1800, 65),  # thumbnails of the examples
    (r".*", 1450, 45),
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
        target = target.removeprefix(ROOT)
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
    assert not [name for name in PAGES if name.startswith("_static/")]  # templates of the theme
    assert {"index.html", "404.html", "playground.html", "search.html"} <= set(PAGES)
    assert MOVED


@pytest.mark.parametrize("name", PAGES)
def test_links(name):
    """Every link and every anchor within the site is there."""
    assert not sorted(set(broken(name)))


@pytest.mark.parametrize("name", MOVED)
def test_moved(opened, name):
    """An old address leads to the page that is there now, and says which that is."""
    text = (SITE / name).read_text("utf-8")
    target = re.search(r'content="0; url=(.*?)"', text)[1]
    now = posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
    assert re.search("<title>.+ has moved — lrschedules</title>", html.unescape(text))
    assert canonical(text) == (BASE and BASE + now)
    page = opened(f"{name}#main-content")
    page.wait_for_url(f"**/{now}#main-content")
    expect(page.locator("h1")).to_be_visible()


def test_every_page_that_moved():
    """There is something at the address of every page that there has ever been."""
    log = [
        "git",
        "log",
        "--no-renames",
        "--diff-filter=D",
        "--name-only",
        "--format=",
        "--",
        "docs",
    ]
    root = Path(__file__).parents[2]
    gone = subprocess.run(log, cwd=root, capture_output=True, encoding="utf-8", check=True).stdout
    pages = [Path(line).relative_to("docs") for line in gone.splitlines()]
    pages = [page for page in pages if page.parts[0] != "_ext"]
    old = {page.with_suffix(".html").as_posix() for page in pages if page.suffix in {".md", ".rst"}}
    examples = [page for page in pages if page.match("examples/**/plot_*.py")]
    old |= {f"auto_{page.with_suffix('.html').as_posix()}" for page in examples}
    assert len(old) > 5
    assert {name for name in old if not (SITE / name).is_file()} == set()


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


# The beginnings of what is wider than its place on the page: code, output and tables.
CLIPPED = """() => [...document.querySelectorAll("article pre, article div:has(> table)")]
  .filter((e) => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1)
  .map((e) => [e.scrollWidth, e.clientWidth, e.textContent.trim().slice(0, 80)])"""


@functools.cache
def titles():
    """Return the title of each page."""
    title = re.compile(r"<title>(.*?)</title>", re.DOTALL)
    return {name: title.search((SITE / name).read_text("utf-8"))[1].strip() for name in PAGES}


@pytest.mark.parametrize("name", PAGES)
def test_head(name):
    """A page has a language, and a title of its own, and is as wide as the device."""
    text = (SITE / name).read_text("utf-8")
    assert text.count('<meta name="viewport"') == 1
    assert re.search(r'<html lang="en"', text)
    assert titles()[name] != "lrschedules"
    assert list(titles().values()).count(titles()[name]) == 1


def test_formulas():
    """What typesets formulas is loaded by the pages with formulas, and by no others."""
    texts = {name: (SITE / name).read_text("utf-8") for name in PAGES}
    formulas = {name for name, text in texts.items() if 'class="math' in text}
    assert {name for name, text in texts.items() if "_static/katex" in text} == formulas
    assert "schedules/Cosine.html" in formulas


def test_weight_of_the_index():
    """The index of the schedules, with a curve of each, is no heavier than a picture."""
    assert (SITE / "schedules/index.html").stat().st_size < 300_000


def test_weight_of_the_first_visit(opened):
    """All that the home page asks for is light, as a host compresses it."""
    page = opened("index.html", 1400)
    page.wait_for_load_state("networkidle")
    paths = {urllib.parse.urlsplit(url).path[1:] for url in page.asked}
    files = [SITE / urllib.parse.unquote(path) for path in paths if path]
    assert len(files) > 20
    assert sum(len(gzip.compress(file.read_bytes())) for file in files) < 250_000


# Draws the icons of a page in their font, and a character that it lacks, each as an address.
DRAWN = """async () => {
  await document.fonts.ready;
  const draw = (text) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 64 });
    const brush = canvas.getContext("2d");
    brush.font = '900 32px "Font Awesome 7 Free"';
    brush.fillText(text, 8, 48);
    return canvas.toDataURL();
  };
  const icons = [...document.querySelectorAll(".fa-solid")];
  const text = (icon) => getComputedStyle(icon, "::before").content.replace(/^"|"[^]*$/g, "");
  return [draw("\uf8ff"), ...icons.map((icon) => draw(text(icon)))];
}"""


@pytest.mark.parametrize("name", ["guide/compare", "auto_examples/practice/plot_1_per_epoch"])
def test_icons(opened, name):
    """The font of the icons is small, and has those of the page."""
    assert (SITE / "_static/vendor/fontawesome/webfonts/fa-solid-900.woff2").stat().st_size < 8_000
    lacking, *icons = opened(f"{name}.html", 1400).evaluate(DRAWN)
    assert len(icons) > 10
    assert lacking not in icons


def test_curves():
    """The curve on a schedule's page is that of its formula, at every step."""
    schedule = lrs.Cosine(0.1, 0.0, steps=1000)
    text = (SITE / "schedules/Cosine.html").read_text("utf-8")
    (path,) = re.findall(r'<path d="M ([^"]*)"[^>]*style="[^"]*pst-color-primary', text)
    x, y = np.array(path.split(), float).reshape(-1, 2).T
    steps = 1000 * (x - x[0]) / (x[-1] - x[0])
    drawn = 0.1 * (y - y[-1]) / (y[0] - y[-1])
    rates = np.interp(np.arange(1001), steps, drawn)
    assert np.abs(rates - schedule(np.arange(1001))).max() < 2e-4
    assert len(x) < 50


@pytest.mark.parametrize("name", PAGES)
def test_preview(name):
    """A shared page says what it is about, and shows an image if the site has an address."""
    text = (SITE / name).read_text("utf-8")
    found = dict(re.findall(r'<meta property="og:(.*?)" content="(.*?)" />', text, re.DOTALL))
    if found or name in DOCUMENTS:
        assert len(found["description"]) > 20
        assert ("url" in found) == ("image" in found) == ("image:alt" in found) == bool(BASE)
    if BASE and found:
        assert found["url"] == BASE + name
        assert found["image"].startswith(BASE)
        assert (SITE / found["image"].removeprefix(BASE)).is_file()
        assert found["image:alt"]


@pytest.mark.parametrize("name", PAGES)
def test_address(name):
    """A page names its own address, or none: one that is not absolute would be invalid."""
    text = (SITE / name).read_text("utf-8")
    assert canonical(text) == (BASE and BASE + name)
    assert ("_static/opensearch.xml" in text) == bool(BASE)


# What a page with structured data is, by its folder.
KINDS = {
    "": "SoftwareSourceCode",
    "guide": "TechArticle",
    "schedules": "APIReference",
    "reference": "APIReference",
    "auto_examples": "SoftwareSourceCode",
}


@pytest.mark.parametrize("name", PAGES)
def test_structured_data(name):
    """What a page is about is valid JSON, in the terms of schema.org."""
    text = (SITE / name).read_text("utf-8")
    scripts = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    folder, _, rest = name.rpartition("/")
    folder = folder.partition("/")[0]
    assert bool(scripts) == (
        name == "index.html" or (bool(folder) and rest != "index.html" and folder in KINDS)
    )
    for data in map(json.loads, scripts):
        assert data["@context"] == "https://schema.org"
        assert data["@type"] == KINDS[folder]
        assert data.get("headline", data.get("name"))
        assert len(data["description"]) > 20
        assert data.get("url") == (f"{BASE}{name}" if BASE else None)


def test_files_for_robots():
    """Everything may be read; the map of the site has an address for each page of documentation."""
    robots = (SITE / "robots.txt").read_text("utf-8")
    assert robots.startswith("User-agent: *\nAllow: /\n")
    assert (SITE / "sitemap.xml").exists() == bool(BASE)
    assert (SITE / "_static/opensearch.xml").exists() == bool(BASE)
    if BASE:
        assert f"Sitemap: {BASE}sitemap.xml" in robots
        root = ET.parse(SITE / "sitemap.xml").getroot()  # noqa: S314
        assert {loc.text for loc in root.findall(".//{*}loc")} == {
            BASE + page for page in DOCUMENTS
        }
        search = ET.parse(SITE / "_static/opensearch.xml").getroot()  # noqa: S314
        (address,) = [
            url.get("template") for url in search.findall("{*}Url") if "html" in url.get("type")
        ]
        assert address == f"{BASE}search.html?q={{searchTerms}}"


def test_text_for_machines():
    """Every page of the documentation is in llms.txt, and its text in llms-full.txt."""
    text = (SITE / "llms.txt").read_text("utf-8")
    listed = re.findall(r"^- \[.*?\]\((.*?)\): (\S.*)", text, re.MULTILINE)
    assert {address for address, _ in listed} == {BASE + page for page in DOCUMENTS}
    assert len({words for _, words in listed}) == len(listed)
    full = (SITE / "llms-full.txt").read_text("utf-8")
    assert f"({BASE}llms-full.txt)" in text
    assert all(f"<!-- {address} -->" in full for address, _ in listed)
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
    assert page.locator("article form").get_attribute("action").endswith("/search.html")
    page.get_by_label("Words to search for").fill("cosine")
    page.keyboard.press("Enter")
    expect(page.locator("#search-results a[href*='schedules/Cosine.html']").first).to_be_visible()


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
    """Light and on a phone, dark and wide: nothing that axe finds, nothing clipped, nothing heavy.

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
    if name in DOCUMENTS:
        assert not page.evaluate(CLIPPED)
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
