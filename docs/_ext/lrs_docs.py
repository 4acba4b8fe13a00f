"""What the pages get from the package: a page per schedule, its curve and its traced formula.

Nothing about a schedule is written twice: a new public class has its page, its card, its curve,
its formula and its parameters at the next build.
"""

import ast
import doctest
import html
import inspect
import io
import re
import textwrap
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.errors import SphinxError
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

import lrschedules as lrs
from lrschedules import plotting, symbolic
from lrschedules._declared import registry
from lrschedules._param import Kind, Series, parameters

logger = logging.getLogger(__name__)

# Colours that no curve has, replaced by those of the page, so that a curve follows its theme.
INK, LINE = "#010203", "#040506"
LOOK = {
    "svg.fonttype": "none",
    "lines.linewidth": 2,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.prop_cycle": mpl.cycler(color=[LINE]),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.ymargin": 0.08,
    "font.size": 11,
}

PAGE = """\
{name}
{underline}

.. currentmodule:: {module}

.. {directive}:: {name}

{methods}

.. minigallery:: {module}.{name}
   :add-heading: Examples that use it
   :heading-level: -
"""
# A link in the sidebar, and what opens the pages under it.
TOGGLE = re.compile(r"(>([^<>]+)</a>\s*<details[^>]*>\s*<summary)>")
METHODS = "Its methods are those of every :class:`~lrschedules.Schedule`."


def entries():
    """Return what has a page of its own: the public schedule classes and the recipes, by name."""
    classes = [getattr(lrs, name) for name in dir(lrs)]
    recipes = [getattr(lrs.recipes, name) for name in dir(lrs.recipes)]
    found = [v for v in classes if v in registry.values()]
    return found + [v for v in recipes if inspect.isfunction(v)]


def example_of(entry):
    """Return the schedule that the doctest of an entry makes, and the code that makes it."""
    scope = {}
    for example in doctest.DocTestParser().get_examples(inspect.getdoc(entry)):
        exec(example.source, scope)  # noqa: S102 - the package's own docstring
        if example.source.startswith("schedule = "):
            return scope["schedule"], example.source.strip().removeprefix("schedule = ")
    raise SphinxError(f"{entry.__name__}: its Examples make no variable 'schedule'")


def curve(schedule, caption, size=(4.6, 2.1)):
    """Return a curve as inline SVG in the colours of the page, with its text alternative."""
    with mpl.rc_context({**LOOK, "svg.hashsalt": f"{caption}{size}"}):
        figure = plt.figure(figsize=size, layout="constrained")
        ax = schedule.plot(ax=figure.add_subplot())
        if not caption:
            ax.set(xlabel="", ylabel="")
            ax.locator_params(nbins=4)
        file = io.StringIO()
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
        plt.close(figure)
    svg = "<svg " + file.getvalue().partition("<svg ")[2]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"font: ([\d.]+)px [^;\"]*", r"font-size: \1px", svg)
    svg = svg.replace(INK, "currentColor").replace(LINE, "var(--pst-color-primary)")
    words = html.escape(plotting.describe(schedule))
    svg = svg.replace("<svg ", f'<svg role="img" aria-label="{words}" ', 1)
    figcaption = f"<figcaption><code>{html.escape(caption)}</code></figcaption>" if caption else ""
    return " ".join(f'<figure class="curve">{svg}{figcaption}</figure>'.split())


def symbols(cls):
    """Return what the symbols of a traced formula stand for, in words."""
    shown = [p for p in parameters(cls) if p.kind.traced is None]
    named = [f":math:`{p.symbol}` is ``{p.name}``" for p in shown]
    if issubclass(cls, lrs.Finite):
        named += [":math:`w` the weight of the first rate", ":math:`z` the part of the way done"]
    return f"Here {', '.join(named)}, and :math:`t` is the step."


def illustrate(app, what, name, thing, options, lines):  # noqa: PLR0917 - Sphinx calls it
    """Put curve and formula after the first paragraph of an entry's docstring."""
    if not any(thing is entry for entry in entries()):
        return
    at = lines.index("") if "" in lines else len(lines)
    picture = ["", ".. raw:: html", "", f"   {curve(*example_of(thing))}", ""]
    if inspect.isclass(thing):
        picture += [f".. math:: {symbolic.latex(thing)}", "", symbols(thing), ""]
    else:
        picture += [".. code-block:: python", "", *indented(definition(thing)), ""]
    lines[at:at] = picture


def definition(recipe):
    """Return the lines of a recipe that come after its docstring: the recipe itself."""
    source = textwrap.dedent(inspect.getsource(recipe))
    body = ast.parse(source).body[0].body[1]
    return textwrap.dedent("\n".join(source.splitlines()[body.lineno - 1 :])).splitlines()


def indented(lines):
    return [f"   {line}" for line in lines]


class Curve(SphinxDirective):
    """The curve of a schedule, written as Python in the argument."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self):
        code = self.arguments[0]
        schedule = eval(code, vars(lrs).copy())  # noqa: S307 - the page's own code
        return [nodes.raw("", curve(schedule, code), format="html")]


class Schedules(SphinxDirective):
    """A card for each entry from a module: its name, its curve and what it does."""

    required_arguments = 1

    def run(self):
        rows = [".. grid:: 1 2 3 3", "   :gutter: 3", ""]
        for entry in entries():
            if not entry.__module__.startswith(f"lrschedules.{self.arguments[0]}"):
                continue
            schedule, _ = example_of(entry)
            summary = inspect.getdoc(entry).partition("\n\n")[0].replace("\n", " ")
            rows += [
                f"   .. grid-item-card:: {entry.__name__}",
                f"      :link: {entry.__name__}",
                "      :link-type: doc",
                "",
                "      .. raw:: html",
                "",
                f"         {curve(schedule, '', (2.6, 1.4))}",
                "",
                f"      {summary}",
                "",
            ]
        return self.parse_text_to_nodes(StringList(rows, source="schedules"))


class Kinds(SphinxDirective):
    """Every kind of parameter that the package names, with its rule, unit and an example."""

    def run(self):
        rows = []
        for name in sorted(dir(lrs)):
            kind = getattr(lrs, name)
            if isinstance(kind, Kind | Series):
                rule = kind.rule.capitalize()
                text = f"{rule}; unit: {kind.unit}. For example ``{kind.example!r}``."
                rows += [f".. py:data:: {name}", "   :no-contents-entry:", "", f"   {text}", ""]
        return self.parse_text_to_nodes(StringList(rows, source="kinds"))


def write_pages(app):
    """Write the page of each entry where it is not there already; remove what no entry has."""
    folder = Path(app.srcdir) / "schedules"
    pages = {"index.rst": None}
    for entry in entries():
        name, a_class = entry.__name__, inspect.isclass(entry)
        pages[f"{name}.rst"] = PAGE.format(
            name=name,
            underline="=" * len(name),
            module="lrschedules" if a_class else "lrschedules.recipes",
            directive="autoclass" if a_class else "autofunction",
            methods=METHODS if a_class else "",
        )
    for file in folder.glob("*.rst"):
        if file.name not in pages:
            file.unlink()
    for name, text in pages.items():
        file = folder / name
        if text and not (file.exists() and file.read_text() == text):
            file.write_text(text)


def check_complete(app, env):
    """Warn of each public name that no page documents."""
    documented = env.domaindata["py"]["objects"]
    public = {f"lrschedules.{name}" for name in dir(lrs) if not name.startswith("_")}
    modules = {name for name in public if inspect.ismodule(getattr(lrs, name.split(".")[1]))}
    for name in sorted(public - modules - set(documented)):
        logger.warning("%s is public and on no page of the reference", name, type="lrs_docs")


def mend(app, pagename, templatename, context, doctree):
    """Mend what keeps a page from being accessible."""
    body = context.get("body", "")
    # WAI-ARIA has deprecated the roles that docutils gives to citations.
    for role in (' role="doc-biblioentry"', ' role="list"'):
        body = body.replace(role, "")
    # What is wide is scrolled, by the keyboard too: formulas, and tables that an example shows.
    for scrolled in ('<div class="math"', '<div class="output_subarea output_html rendered_html'):
        body = body.replace(scrolled, scrolled.replace("<div", '<div tabindex="0"'))
    context["body"] = body


def name_toggles(app, pagename, templatename, context, doctree):
    """Name what opens a section of the sidebar, where the theme draws an arrow alone."""
    made = context["generate_toctree_html"]

    def named(kind, **options):
        tree = made(kind, **options)
        return tree if kind == "raw" else TOGGLE.sub(r'\1 aria-label="Pages in \2">', str(tree))

    context["generate_toctree_html"] = named


def say_where(app, exception):
    """End a build that succeeded by saying which file to open."""
    if exception is None and app.statuscode == 0 and app.builder.name == "html":
        print(f"\nThe site is built. Open {(Path(app.outdir) / 'index.html').as_uri()}")


def setup(app):
    app.setup_extension("sphinx.ext.autodoc")
    app.add_directive("curve", Curve)
    app.add_directive("schedules", Schedules)
    app.add_directive("kinds", Kinds)
    app.connect("builder-inited", write_pages)
    # before numpydoc, which wants to see the sections
    app.connect("autodoc-process-docstring", illustrate, priority=100)
    app.connect("env-check-consistency", check_complete)
    app.connect("html-page-context", mend)
    # after the theme has put its functions there
    app.connect("html-page-context", name_toggles, priority=900)
    app.connect("build-finished", say_where)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
