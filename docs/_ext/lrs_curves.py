"""Curves: inline SVG in the colours of the page, each with its text alternative in numbers."""

import html
import inspect
import io
import re

import matplotlib as mpl
import matplotlib.pyplot as plt
from docutils import nodes
from lrs_entries import arguments_of, example_of
from lrs_parts import parts
from sphinx.util.docutils import SphinxDirective

import lrschedules as lrs
from lrschedules import plotting

# Colours that no curve has, replaced by those of the page, so that a curve follows its theme.
INK, LINE = "#010203", "#040506"
LOOK = {
    "svg.fonttype": "none",
    "lines.linewidth": 1.8,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.prop_cycle": mpl.cycler(color=[LINE]),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": INK,
    "grid.alpha": 0.15,
    "axes.ymargin": 0.08,
    "font.size": 11,
}
CARD = (2.6, 1.4)


def curve(schedule, caption, size=(4.6, 2.2), found=()):
    """Return a curve as HTML: inline SVG, in it the numbers of its parts, and the caption."""
    with mpl.rc_context({**LOOK, "svg.hashsalt": f"{caption}{size}"}):
        figure = plt.figure(figsize=size, layout="constrained")
        ax = schedule.plot(ax=figure.add_subplot())
        ax.locator_params(nbins=5 if caption else 4)
        if not caption:
            ax.set(xlabel="", ylabel="")
        mark(ax, found)
        file = io.StringIO()
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
        plt.close(figure)
    svg = "<svg " + file.getvalue().partition("<svg ")[2]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    # a hundredth of a point is finer than any screen, and half the size of the file
    svg = re.sub(r"<[^>]+>", lambda tag: re.sub(r"\d+\.\d{3,}", _short, tag[0]), svg)
    # the style sheet says in which font, and how large
    svg = re.sub(r"font-size: [\d.]+px; font-family: [^;]*; ", "", svg)
    svg = svg.replace(INK, "currentColor").replace(LINE, "var(--pst-color-primary)")
    words = html.escape(plotting.describe(schedule))
    svg = svg.replace("<svg ", f'<svg role="img" aria-label="{words}" ', 1)
    figcaption = f"<figcaption><code>{html.escape(caption)}</code></figcaption>" if caption else ""
    return " ".join(f'<figure class="curve">{svg}{figcaption}</figure>'.split())


def _short(number):
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")


def mark(ax, found):
    """Shade every other part and write its number above it; a cycle begins again at its own."""
    numbers = {}
    for i, part in enumerate(found):
        begin = part.start if part.first is None else part.first
        number = numbers.setdefault(begin, len(numbers) + 1)
        if i % 2:
            ax.axvspan(part.start, part.stop, color=INK, alpha=0.07, linewidth=0)
        middle = (part.start + part.stop) / 2
        ax.text(middle, 1, number, transform=ax.get_xaxis_transform(), ha="center", va="bottom")


def listed(schedule, found):
    """Return what the numbered parts of a curve are, as lines of reStructuredText."""
    for part in found:
        if part.first not in {None, part.start}:
            continue
        what = f":class:`~lrschedules.{part.of.__name__}`"
        if part.of is lrs.Piecewise:
            what += f" at {schedule(part.start):.3g}"
        steps = f"steps {part.start} to {part.stop}"
        again = [str(p.start) for p in found if p.first == part.start != p.start]
        if again:
            steps += f", again from {', '.join(again[:3])}" + " and so on" * (len(again) > 3)
        name = f"``{part.name}``: " if part.name else ""
        yield f"#. {name}{what}, {steps}."


def drawn(entry):
    """Return the curve of an entry's example with its parts, and the lines that name them."""
    schedule, code = example_of(entry)
    arguments = {} if inspect.isclass(entry) else arguments_of(entry)
    found = parts(schedule, arguments)
    found = found if len(found) > 1 else []
    return curve(schedule, code, found=found), list(listed(schedule, found))


class Curve(SphinxDirective):
    """The curve of a schedule, written as Python in the argument."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self):
        code = self.arguments[0]
        schedule = eval(code, vars(lrs).copy())  # noqa: S307 - the page's own code
        return [nodes.raw("", curve(schedule, code), format="html")]


def setup(app):
    app.add_directive("curve", Curve)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
