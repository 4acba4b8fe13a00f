"""Curves: inline SVG in the colours of the page, each with a text alternative in numbers."""

import html
import io
import re

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from docutils import nodes
from lrs_entries import entries
from sphinx.util.docutils import SphinxDirective

import lrschedules as lrs
from lrschedules import plotting

# Colours that no curve has. Those of the page replace them, so that a curve follows its theme.
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
    "path.simplify": False,  # see thinned
}
CARD = (2.6, 1.4)
# The coordinates of a path, and the markup that says nothing to a browser: names of parts,
# invisible backgrounds, and groups of one.
NUMBER = re.compile(r"\d+\.\d{3,}")
PATH = re.compile(r'(?<= d="M )[^A-Za-z"]*')
IDLE = re.compile(
    r' (?:transform="rotate\(-0 [^"]*"|id="(?![xy]tick)[A-Za-z][A-Za-z0-9.]*_\d+"'
    r'|xmlns:xlink="[^"]*"|version="1.1")'
    r'|<path[^>]*style="fill: none"/>'
)
ALONE = re.compile(r"<g>(<[^<>]*/>|<text[^>]*>[^<]*</text>|)</g>")
# A point may be so many points (1/72 inch) beside the line: less than a fifth of a pixel.
TOLERANCE = 0.1
# With more steps per inch of the figure, a step is narrower than half the line that is drawn: a
# rate that changes at most of them is drawn without their corners.
STEPS = 60


def curve(schedule, caption, size=(4.6, 2.2), phases=(), *, name="learning rate", steps=None):
    """Return a curve as HTML: inline SVG, with its phases numbered, and the caption.

    The axis of a learning rate begins at 0. A momentum between 0.85 and 0.95 would be flat there.
    """
    with mpl.rc_context({**LOOK, "svg.hashsalt": f"{caption}{size}"}):
        figure = plt.figure(figsize=size, layout="constrained")
        ax = schedule.plot(steps, figure.add_subplot())
        ax.locator_params(nbins=5 if caption else 4)
        if not caption:
            ax.set(xlabel="", ylabel="")
        if name != "learning rate":
            ax.set(ylabel=name, ylim=(None, None))
            ax.autoscale(axis="y")
        mark(ax, phases)
        changes = np.diff(ax.lines[0].get_ydata()) != 0
        if len(changes) > STEPS * size[0] and changes.mean() > 0.5:
            ax.lines[0].set_drawstyle("default")
        svg = inline(figure, plotting.describe(schedule, name, steps))
        plt.close(figure)
    # the style sheet says how large
    svg = re.sub(r"font-size: [\d.]+px; ", "", svg).replace(LINE, "var(--pst-color-primary)")
    figcaption = f"<figcaption><code>{html.escape(caption)}</code></figcaption>" if caption else ""
    return " ".join(f'<figure class="curve">{svg}{figcaption}</figure>'.split())


def inline(figure, words):
    """Return a figure as SVG for a page: in its font and the colour of its text, with words."""
    file = io.StringIO()
    figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
    svg = lean(file.getvalue()).replace(INK, "currentColor")
    return svg.replace("<svg ", f'<svg role="img" aria-label="{html.escape(words)}" ', 1)


def lean(svg):
    """Return a drawing of matplotlib without what no page needs, a third of its size."""
    svg = "<svg " + svg.partition("<svg ")[2]
    # rules for all elements would be rules for the page, whose style sheet has them
    svg = re.sub(r"<metadata>.*?</metadata>|<style .*?</style>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"""font-family: [^;"]*;? ?""", "", svg)
    # a hundredth of a point is finer than any screen
    svg = re.sub(r"<[^>]+>", lambda tag: NUMBER.sub(lambda n: _short(float(n[0])), tag[0]), svg)
    # the coordinates after the first are those of lines, also without the letter
    svg = re.sub(r' d="M[^CQ"]*"', lambda path: re.sub(r"\sL ", " ", path[0]), svg)
    svg = PATH.sub(lambda path: thinned(path[0]), svg)
    svg = re.sub(r"\s*(?=<)", "", svg)
    # the marks at an axis have their style where they are defined
    svg = IDLE.sub("", svg).replace(
        f' style="fill: {INK}; stroke: {INK}; stroke-width: 0.8"/>', "/>"
    )
    while ALONE.search(svg):
        svg = ALONE.sub(r"\1", svg)
    # the search strips the tags: words stay apart
    return svg.replace("</text>", "</text> ")


def thinned(path):
    """Return the coordinates of a line without the points that are on it, as good as exactly.

    The algorithm is that of Ramer, Douglas and Peucker.
    """
    points = np.array(path.split(), float).reshape(-1, 2)
    kept = {0, len(points) - 1}
    parts = [(0, len(points) - 1)]
    while parts:
        first, last = parts.pop()
        along, others = points[last] - points[first], points[first + 1 : last] - points[first]
        if not len(others):
            continue
        length = np.hypot(*along)
        aside = along[0] * others[:, 1] - along[1] * others[:, 0]
        distance = np.abs(aside) / length if length else np.hypot(*others.T)
        if distance.max() > TOLERANCE:
            far = first + 1 + int(distance.argmax())
            kept.add(far)
            parts += [(first, far), (far, last)]
    return " ".join(map(_short, points[sorted(kept)].flat))


def _short(number):
    return f"{number:.2f}".rstrip("0").rstrip(".")


def mark(ax, phases):
    """Write the number of each phase above it, in every cycle, and shade every other one."""
    found = [(p.start, p.stop, i) for i, (_, again) in enumerate(phases, 1) for p in again]
    for i, (start, stop, number) in enumerate(sorted(found)):
        if i % 2:
            ax.axvspan(start, stop, color=INK, alpha=0.07, linewidth=0)
        transform = ax.get_xaxis_transform()
        ax.text((start + stop) / 2, 1, number, transform=transform, ha="center", va="bottom")


def of_entry(entry):
    """Return the curve of an entry's example, and its phases as a list in reStructuredText."""
    phases = entry.phases if sum(len(again) for _, again in entry.phases) > 1 else []
    lines = [f"#. {_phase(entry.schedule, *phase)}" for phase in phases]
    return curve(entry.schedule, entry.code, phases=phases), lines


def _phase(schedule, name, occurrences):
    first, *again = occurrences
    what = f":class:`~{entries()[type(first.schedule).__name__].target}`"
    if isinstance(first.schedule, lrs.Piecewise):
        what += f" at {schedule(first.start):.3g}"
    steps = f"steps {first.start} to {first.stop}"
    if again:
        steps += f", and again from {', '.join(str(p.start) for p in again[:3])}"
        steps += ", …" * (len(again) > 3)
    return (f"``{name}``: " if name else "") + f"{what}, {steps}."


class Curve(SphinxDirective):
    """The curve of a schedule, or of each schedule in a dictionary; the argument is Python code."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self):
        code = self.arguments[0]
        made = eval(code, vars(lrs).copy())  # noqa: S307 - the code is the page's own
        if isinstance(made, lrs.Schedule):
            return [nodes.raw("", curve(made, code), format="html")]
        steps = max(map(plotting.horizon, made.values()))
        found = [
            curve(schedule, f'{code}["{name}"]', name=name.replace("_", " "), steps=steps)
            for name, schedule in made.items()
        ]
        return [nodes.raw("", figure, format="html") for figure in found]


def setup(app):
    app.add_directive("curve", Curve)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
