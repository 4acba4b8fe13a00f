"""The text of the built pages: it has no markup, and pages contain what they announce."""

import collections
import functools
import html
import re

import lrs_entries

from tests.site.built import SITE

# What is in _static is the theme's, in _modules is source code, and pip reads simple.
PAGES = sorted(
    page.relative_to(SITE).as_posix()
    for page in SITE.rglob("*.html")
    if not re.match(r"_static/|_modules/|simple/", page.relative_to(SITE).as_posix())
)
# Pages that lead from an old address to the new one, and pages that Sphinx makes.
MOVED = {name for name in PAGES if 'http-equiv="refresh"' in (SITE / name).read_text("utf-8")}
MADE = {"404.html", "genindex.html", "py-modindex.html", "search.html"}
WRITTEN = [name for name in PAGES if name not in MOVED | MADE]
EXAMPLES = [name for name in WRITTEN if re.fullmatch(r"auto_examples/\w+/plot_\w+\.html", name)]

ROLE = re.compile(r":\w[\w:]*:`|\{\w[\w:]*\}`")
MARKUP = re.compile(
    rf"{ROLE.pattern}|`|^\s*\.\. [\w:-]+::|\*\*[^\W\d]|^\s*:::|^\s*\|.*\|\s*$", re.MULTILINE
)
# A comment that is prose, or that was meant to begin a cell.
PROSE = re.compile(r"^# ?%+$|^#.*(?:\*\*|`)|^# .*\n# ", re.MULTILINE)


@functools.cache
def source(name):
    return (SITE / name).read_text("utf-8")


def text(markup):
    """Return HTML as it is read: without tags."""
    return html.unescape(re.sub(r"<[^>]+>", "", markup))


def code(name):
    """Return the blocks of code of a page, and what programs printed."""
    return [text(block) for block in re.findall(r"<pre>(.*?)</pre>", source(name), re.DOTALL)]


def prose(name):
    """Return the words of a page, with the text alternatives of its images, but not its code."""
    words = re.sub(r"<(script|style|svg|pre|code)\b.*?</\1>", "", source(name), flags=re.DOTALL)
    # a parameter that takes all other arguments by name has its stars in Python
    words = re.sub(r"(<strong>|<span class=\"pre\">)\*\*(?=\w|</span>)", r"\1", words)
    spoken = re.findall(r'\b(?:alt|aria-label|title|content)="([^"]*)"', source(name))
    return "\n".join([text(words), *map(html.unescape, spoken)])


def test_no_markup_is_shown():
    """No role, directive or other sign of reStructuredText or Markdown stands in the words."""
    assert len(PAGES) > 80
    shown = [(name, found[0]) for name in PAGES for found in MARKUP.finditer(prose(name))]
    assert not shown


def test_no_markup_in_code():
    """No role stands in a block of code."""
    assert not [(n, found[0]) for n in PAGES for c in code(n) for found in ROLE.finditer(c)]


def test_no_prose_in_code():
    """The prose of an example stands between its cells, not in them."""
    assert len(EXAMPLES) == 24
    assert not [(n, found[0]) for n in EXAMPLES for c in code(n) for found in PROSE.finditer(c)]


def test_tables_that_are_promised():
    """Each call for a table, in the code that a page shows, is followed by that table."""
    for name in EXAMPLES:
        # A search shows the table of its confirmation.
        found = re.finditer(r'\.table\("(\w+)"|lrs\.search\(', "\n".join(code(name)))
        called = [call[1] or "val_loss" for call in found]
        assert re.findall(r"<caption>(\w+) after epoch", source(name)) == called, name


def test_tutorial_tables():
    """Both pages that compare a schedule with the constant rate show its loss and its accuracy."""
    for name in "plot_2_time_based", "plot_3_drop_based":
        captions = re.findall(r"<caption>(\w+)", source(f"auto_examples/tutorial/{name}.html"))
        assert captions == ["val_loss", "val_accuracy"]


def test_figures_have_numbers():
    """The description of each panel of a figure has the numbers that it shows, not only counts."""
    figure = r'<figure class="curve plot"[^>]*><svg role="img" aria-label="([^"]*)"'
    found = [(name, alt) for name in EXAMPLES for alt in re.findall(figure, source(name))]
    assert len(found) > 35
    for name, alt in found:
        assert re.search(r"\d \S*at |\d at |(?:from|interval) \S+ to \S+", alt), (name, alt)
        assert not re.search(r"\d (?:more )?curves?[.;]", alt), (name, alt)


def test_figures_follow_the_theme():
    """A figure of an example has the colours of the page, and no colour that it is drawn in."""
    for name in EXAMPLES:
        for figure in re.findall(r'<figure class="curve plot".*?</figure>', source(name)):
            colors = set(re.findall(r"(?<!, )#[0-9a-f]{6}\b", figure))
            assert "currentColor" in figure, name
            assert not colors & {"#000000", "#010203", "#ffffff"}, name
            assert not [color for color in colors if not grey(color)], (name, colors)


def grey(color):
    return color[1:3] == color[3:5] == color[5:7]


def test_curves_in_words():
    """The curve on each schedule's page has the description that Python returns."""
    for name, entry in lrs_entries.entries().items():
        assert f'aria-label="{html.escape(entry.words)}"' in source(f"schedules/{name}.html"), name


def described(name):
    """Return the descriptions of a page: for search engines, and for shared links."""
    fields = r'<meta (?:name|property)="(description|og:description)" content="([^"]*)"'
    return {field: html.unescape(words) for field, words in re.findall(fields, source(name))}


def test_descriptions():
    """Each page has a description, and no two pages have the same."""
    for field in "description", "og:description":
        said = {name: described(name).get(field, "") for name in WRITTEN}
        assert not [name for name, words in said.items() if len(words) < 20]
        assert twice(said.values()) == []


def test_descriptions_for_machines():
    """No two lines of llms.txt have the same description."""
    lines = (SITE / "llms.txt").read_text("utf-8").splitlines()
    said = [line.partition("): ")[2] for line in lines if line.startswith("- [")]
    assert len(said) == len(WRITTEN)
    assert twice(said) == []


def twice(words):
    return [text for text, number in collections.Counter(words).items() if number > 1]


def test_cosine_beside_linear():
    """The guide's comparison of cosine and linear decay agrees with the tables of the example.

    From the moderate rate the difference is significant and less than one percent of the loss; from
    the high rate it is not significant.
    """
    page = source("auto_examples/shapes/plot_1_decay.html")
    linear = [float(mean) for mean in re.findall(r">Linear</th>\s*<td[^>]*>([\d.]+)", page)]
    cosine = re.findall(r">Cosine</th>.*?([+-][\d.]+) \[([+-][\d.]+), ([+-][\d.]+)\]", page)
    (moderate, low, high), (_, least, most) = (map(float, row) for row in cosine)

    assert low <= moderate <= high < 0
    assert abs(moderate) < 0.01 * linear[0]
    assert least < 0 < most
    guide = text(source("guide/which-schedule.html"))
    assert "less than one percent" in " ".join(guide.split())
