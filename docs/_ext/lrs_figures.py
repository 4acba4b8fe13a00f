"""The figures of the gallery in words and numbers: their text alternatives.

Our own plots leave their words on the axes, as ``ax.lrs_description``. This module reads the curves
of other plots.
"""

import numpy as np
from matplotlib.collections import PathCollection

# At most so many panels, curves and points are described one by one; the others are counted.
PANELS, CURVES, POINTS = 4, 6, 5


def described(figure):
    """Return a figure in words: its titles, and what each panel draws, with numbers."""
    panels = [text for ax in figure.axes if (text := _panel(ax))]
    more = len(panels) - PANELS
    panels = panels[:PANELS] + [f"And {_counted(more, 'more panel')}."] * (more > 0)
    heading = [f"{plain(figure.get_suptitle())}."] if figure.get_suptitle() else []
    return " ".join(heading + panels)


def titles(figure):
    """Return the titles of a figure and its panels, those that are not empty."""
    found = [figure.get_suptitle(), *(title for ax in figure.axes for title in _titles(ax))]
    return [plain(title) for title in found if title]


def undescribed(figure):
    """Return whether a figure draws something other than curves that has no description."""
    foreign = [ax for ax in figure.axes if not hasattr(ax, "lrs_description")]
    return any(
        ax.containers or ax.images or any(isinstance(c, PathCollection) for c in ax.collections)
        for ax in foreign
    )


def plain(text):
    """Return text on one line, without the signs around mathematics."""
    return " ".join(text.replace("$", "").split())


def _titles(ax):
    return [ax.get_title(loc) for loc in ("left", "center", "right")]


def _panel(ax):
    words, own = getattr(ax, "lrs_description", ("", 0))
    words = [words] if words else []
    curves = sorted(ax.lines[own:], key=lambda line: not _name(line))
    one_by_one = len(curves)
    if len(curves) > CURVES:
        one_by_one = min(CURVES, sum(bool(_name(line)) for line in curves))
    words += [_name(line) + _curve(ax, line) for line in curves[:one_by_one]]
    if others := curves[one_by_one:]:
        words.append(_together(ax, others, "more " if words else ""))
    if not words:
        return ""
    x, y = plain(ax.get_xlabel()), plain(ax.get_ylabel())
    axes = f"{y} by {x}" if x and y else x or y
    what = f"{axes[:1].upper()}{axes[1:]}: " if axes else ""
    heading = [plain(title) for title in _titles(ax) if title]
    return " ".join(f"{text}." for text in [*heading, what + "; ".join(words)])


def _name(line):
    """Return the name of a curve as words begin with it; a label with ``_`` is not a name."""
    label = str(line.get_label() or "_")
    return "" if label.startswith("_") else f"{plain(label)}: "


def _curve(ax, line):
    upright, level = line.get_transform().contains_branch_seperately(ax.transData)
    if upright != level:  # a line across the panel has one coordinate in the units of the data
        x, y = line.get_data(orig=False)
        return f"a line at {x[0] if upright else y[0]:.4g}"
    x, y = _finite(line)
    lost = len(line.get_xdata()) - len(x)
    return ", ".join(_points(x, y) + [f"{_counted(lost, 'point')} not finite"] * (lost > 0))


def _finite(line):
    """Return the finite points of a curve, a row of x and one of y."""
    points = np.array(line.get_data(orig=False), dtype=float)
    return points[:, np.isfinite(points).all(axis=0)]


def _points(x, y):
    """Return the points that describe a curve: its ends, its lowest and its highest point."""
    if len(x) <= POINTS:
        return [f"{rate:.3g} at {at:.4g}" for at, rate in zip(x, y, strict=True)]
    ends = {f"{y[i]:.3g}" for i in (0, -1)}
    extremes = {int(y.argmin()): "lowest ", int(y.argmax()): "highest "}
    inner = {i: word for i, word in extremes.items() if f"{y[i]:.3g}" not in ends}
    found = {0: "", len(y) - 1: ""} | inner
    return [f"{found[i]}{y[i]:.3g} at {x[i]:.4g}" for i in sorted(found)]


def _together(ax, curves, more):
    """Return how many curves there are, and the ranges in which they begin and end."""
    text = _counted(len(curves), f"{more}curve")
    shared = [c for c in curves if all(c.get_transform().contains_branch_seperately(ax.transData))]
    ends = [y[[0, -1]] for _, y in map(_finite, shared) if len(y)]
    if not ends:
        return text
    first, last = (f"{min(values):.3g} to {max(values):.3g}" for values in zip(*ends, strict=True))
    return f"{text}, which begin from {first} and end from {last}"


def _counted(number, thing):
    return f"{number} {thing}" + "s" * (number != 1)
