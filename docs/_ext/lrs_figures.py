"""The figures of the gallery in words and numbers: their text alternatives."""

import numpy as np
from matplotlib.category import StrCategoryFormatter
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.container import BarContainer, ErrorbarContainer
from matplotlib.ticker import FuncFormatter

# What is told of a figure; the rest is counted.
AXES, SERIES, POINTS = 4, 6, 5


def described(figure):
    """Return a figure in words: its titles, and of each axes what is drawn, with numbers."""
    panels = [ax for ax in figure.axes if ax.get_label() != "<colorbar>"]
    told = [text for ax in panels if (text := _axes(ax))]
    more = len(told) - AXES
    told = told[:AXES] + [f"And {_counted(more, 'more panel')}."] * (more > 0)
    heading = [f"{plain(figure.get_suptitle())}."] if figure.get_suptitle() else []
    return " ".join(heading + told)


def titles(figure):
    """Return the titles of a figure and its axes, those that are not empty."""
    texts = [figure.get_suptitle()]
    texts += [ax.get_title(loc) for ax in figure.axes for loc in ("left", "center", "right")]
    return [plain(text) for text in texts if text]


def plain(text):
    """Return text on one line, without the signs around mathematics."""
    return " ".join(text.replace("$", "").split())


def _axes(ax):
    series, others = [], []
    for one in _series(ax):
        (series if one[0] is not None else others).append(one)
    if len(series) + len(others) == 0:
        return ""
    if len(series) + len(others) <= SERIES:
        series, others = series + others, []
    words = [f"{name}: {told}" if name else told for name, told, _ in series[:SERIES]]
    if more := series[SERIES:] + others:
        words.append(_together(ax, [data for *_, data in more], "more " if words else ""))
    title = [plain(t) for loc in ("left", "center", "right") if (t := ax.get_title(loc))]
    x, y = plain(ax.get_xlabel()), plain(ax.get_ylabel())
    axes = f"{y} by {x}" if x and y else x or y
    what = f"{axes[:1].upper()}{axes[1:]}: " if axes else ""
    return " ".join(f"{text}." for text in [*title, what + "; ".join(words)])


def _series(ax):
    """Yield what is drawn: its name or None, its numbers in words, and those of a curve."""
    inside = {id(line) for c in ax.containers for line in _lines(c)}
    for line in ax.lines:
        if id(line) not in inside:
            data = _data(ax, line)
            yield _name(line), _line(ax, line, data), data
    for container in ax.containers:
        if isinstance(container, ErrorbarContainer):
            yield _name(container), _errorbars(ax, container), None
        elif isinstance(container, BarContainer):
            yield _name(container), _bars(ax, container), None
    for points in ax.collections:
        if isinstance(points, PathCollection):
            at = np.ma.filled(points.get_offsets(), np.nan).reshape(-1, 2)
            ranges = f"x from {_range(at[:, 0])}, y from {_range(at[:, 1])}"
            yield _name(points) or "", f"{_counted(len(at), 'point')}, {ranges}", None
    for picture in ax.images:
        values = np.ma.filled(picture.get_array().astype(float), np.nan)
        rows, columns = values.shape[:2]
        yield "", f"a picture of {rows} by {columns} values from {_range(values)}", None


def _together(ax, curves, more):
    """Return how many curves there are, and the range of what they show where they begin and end.

    Curves that do not begin and end at the same places have one range for all their points.
    """
    text = _counted(len(curves), f"{more}curve")
    drawn = [data for data in curves if data is not None and data.shape[1]]
    if not drawn:
        return text
    ends = np.array([data[:, [0, -1]] for data in drawn])
    if np.ptp(ends[:, 0], axis=0).any():
        return f"{text}, from {_range(np.concatenate([data[1] for data in drawn]))}"
    told = [f"{_range(ends[:, 1, i])} at {_at(ax.xaxis, ends[0, 0, i])}" for i in (0, -1)]
    return f"{text}, from {told[0]}, and from {told[1]}"


def _data(ax, line):
    """Return the finite points of a curve, a row of x and one of y; None of a line across."""
    # a line across the axes has one coordinate that is not in the units of the data
    upright, level = line.get_transform().contains_branch_seperately(ax.transData)
    if upright != level:
        return None
    points = np.array(line.get_data(orig=False), dtype=float)
    return points[:, np.isfinite(points).all(axis=0)]


def _line(ax, line, data):
    x, y = (np.asarray(v, dtype=float) for v in line.get_data(orig=False))
    if data is None:
        upright, _ = line.get_transform().contains_branch_seperately(ax.transData)
        return f"a line at {_at(*((ax.xaxis, x[0]) if upright else (ax.yaxis, y[0])))}"
    lost = len(x) - data.shape[1]
    more = [f"{_counted(lost, 'point')} not finite"] if lost else []
    return ", ".join(_points(ax, *data) + more)


def _points(ax, x, y):
    """Return the points of a curve that tell it, in words."""
    if not len(x):
        return []
    shown = range(len(x)) if len(x) <= POINTS else _turns(y)
    least, most = (f"{v:.3g}" for v in (y.min(), y.max()))
    words = []
    for i in shown:
        value = f"{y[i]:.3g}"
        kind = ""
        if len(x) > POINTS and 0 < i < len(x) - 1:
            kind = "lowest " if value == least else "highest " if value == most else ""
        words.append(f"{kind}{value} at {_at(ax.xaxis, x[i])}")
    return words


def _turns(y):
    """Return the indices of the ends, and of lowest and highest value where no end is as low."""
    ends = {f"{y[0]:.3g}", f"{y[-1]:.3g}"}
    inner = {int(i) for i in (y.argmin(), y.argmax()) if f"{y[i]:.3g}" not in ends}
    return sorted({0, len(y) - 1} | inner)


def _errorbars(ax, container):
    line, _, bars = container.lines
    segments = [s for b in bars if isinstance(b, LineCollection) for s in b.get_segments()]
    flat = any(np.ptp(s[:, 0]) for s in segments) if segments else _in_words(ax.yaxis)
    along, across = (0, ax.yaxis) if flat else (1, ax.xaxis)
    data = line.get_xydata() if line else [s.mean(axis=0) for s in segments]
    words = []
    for i, point in enumerate(data[:SERIES]):
        text = f"{point[along]:.3g}"
        if i < len(segments):
            text += f", from {_range(segments[i][:, along])}"
        words.append(f"{text} at {_at(across, point[1 - along])}")
    return ", ".join(words + [_counted(n, "more point") for n in [len(data) - SERIES] if n > 0])


def _bars(ax, container):
    across = ax.yaxis if container.orientation == "horizontal" else ax.xaxis
    # of bars that are stacked, the part that is theirs
    sizes = [p.get_width() if across is ax.yaxis else p.get_height() for p in container]
    middle = [
        p.get_y() + p.get_height() / 2 if across is ax.yaxis else p.get_x() + p.get_width() / 2
        for p in container
    ]
    if len(sizes) <= 2 * SERIES:
        return ", ".join(f"{v:.3g} at {_at(across, m)}" for v, m in zip(sizes, middle, strict=True))
    top = int(np.argmax(sizes))
    ends = f"from {_at(across, middle[0])} to {_at(across, middle[-1])}"
    return f"{len(sizes)} bars {ends}, highest {sizes[top]:.3g} at {_at(across, middle[top])}"


def _lines(container):
    if not isinstance(container, ErrorbarContainer):
        return []
    line, caps, _ = container.lines
    return [line, *caps]


def _at(axis, value):
    """Return a place on an axis: what is written there, or its number."""
    text = str(axis.get_major_formatter()(value)) if _in_words(axis) else ""
    return plain(text) or f"{value:.4g}"


def _in_words(axis):
    return isinstance(axis.get_major_formatter(), FuncFormatter | StrCategoryFormatter)


def _name(artist):
    label = str(artist.get_label() or "")
    return None if label.startswith("_") or not label else plain(label)


def _range(values):
    finite = np.asarray(values)[np.isfinite(values)]
    return f"{finite.min():.3g} to {finite.max():.3g}" if finite.size else "nothing finite"


def _counted(number, thing):
    return f"{number} {thing}" + "s" * (number != 1)
