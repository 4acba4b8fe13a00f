"""Where a build's time goes: measured by a clean build that is asked to, and shown on a page.

What is shown is what was last measured and committed, so that two builds give the same pages.
"""

import datetime as dt
import json
import os
import platform
import resource
import time
from pathlib import Path

from docutils import nodes
from lrs_peers import cell, table
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

logger = logging.getLogger(__name__)

MEASURED = Path(__file__).parents[1] / "build-times.json"
# Seconds that an example should stay within; what is above is marked, and fails nothing.
BUDGET = 30

marks, read = {}, set()


def mark(name):
    """Return a handler that notes when the build comes to a step."""

    def handler(*_):
        marks.setdefault(name, time.perf_counter())

    return handler


def examples(folder):
    """Return the names of the examples in a folder, each with its section's, in order."""
    return sorted(str(f.relative_to(folder).with_suffix("")) for f in folder.glob("*/plot_*.py"))


def write(app, exception):
    """Write what was measured, if that was asked for."""
    if exception or not app.config.lrs_build_times:
        return
    end = time.perf_counter()
    built, names = Path(app.srcdir, "auto_examples"), examples(Path(app.srcdir, "examples"))
    if app.config.sphinx_gallery_conf["stale_examples"] or app.env.found_docs - read:
        raise ExtensionError("not a clean build: first remove what git ignores in docs/")
    runs = {name: NbMetadataCollector.get_exec_data(app.env, name) for name in app.env.found_docs}
    notebooks = {name: round(runs[name]["runtime"], 1) for name in sorted(runs) if runs[name]}
    kilobytes = sum(
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    reading = marks["written"] - marks["read"]
    steps = {
        "Examples, run and drawn": marks["gallery made"] - marks["gallery"],
        "Cells of notebooks, run": sum(notebooks.values()),
        "Pages, read": reading - sum(notebooks.values()),
        "Pages, written": end - marks["written"],
    }
    everything = time.time() - _began()
    steps["Packages imported, and all else"] = everything - sum(steps.values())
    measured = {
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} cores, {platform.system()} on {platform.machine()}, "
        f"Python {platform.python_version()}",
        "gigabytes": round(kilobytes / 2**20, 1),
        "steps": {name: round(seconds, 1) for name, seconds in steps.items()},
        "examples": {
            name: round(json.loads((built / f"{name}.cost.json").read_text())["time"], 1)
            for name in names
        },
        "notebooks": notebooks,
    }
    Path(app.config.lrs_build_times).write_text(json.dumps(measured, indent=2) + "\n", "utf-8")


def _began():
    """Return when this process began, in seconds since 1970."""
    ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
    uptime = float(Path("/proc/uptime").read_text().split()[0])
    return time.time() - uptime + ticks / os.sysconf("SC_CLK_TCK")


class BuildTimes(SphinxDirective):
    """What was measured: each step, each example, each notebook."""

    def run(self):
        if not MEASURED.exists():
            return [nodes.paragraph("", "Not measured yet.")]
        self.env.note_dependency(str(MEASURED))
        measured = json.loads(MEASURED.read_text("utf-8"))
        total = sum(measured["steps"].values())
        text = (
            f"Measured on {measured['date']}: {self.minutes(total)} in all, with "
            f"{measured['gigabytes']:.1f} GB of memory at most, on {measured['machine']}."
        )
        names = examples(Path(self.env.srcdir, "examples"))
        notebooks = sorted(measured["notebooks"])
        return [
            nodes.paragraph("", text),
            self.table("Step", measured["steps"]),
            self.table(
                "Example",
                {f"/auto_examples/{name}": measured["examples"].get(name) for name in names},
            ),
            self.table("Notebook", {f"/{name}": measured["notebooks"][name] for name in notebooks}),
        ]

    def table(self, heading, seconds):
        rows = [
            [self.named(name), cell([nodes.Text(self.told(name, value))])]
            for name, value in seconds.items()
        ]
        return table([heading, "Seconds"], [75, 25], rows, "across")

    def named(self, name):
        if not name.startswith("/"):
            return cell([nodes.Text(name)])
        if name.removeprefix("/") not in self.env.found_docs:
            return cell([nodes.literal("", name)])
        link, _ = self.parse_inline(f"{{doc}}`{name}`", lineno=self.lineno)
        return cell(link)

    def told(self, name, seconds):
        if seconds is None:
            return "not measured yet"
        above = name.startswith("/auto_examples/") and seconds > BUDGET
        return f"{seconds:.1f}" + f", above the budget of {BUDGET}" * above

    def minutes(self, seconds):
        minutes, seconds = divmod(round(seconds), 60)
        return f"{minutes} min {seconds} s"


def setup(app):
    app.add_config_value("lrs_build_times", "", "", str)
    app.add_directive("build-times", BuildTimes)
    # around sphinx-gallery's own, whose priority is 500
    app.connect("builder-inited", mark("gallery"), priority=499)
    app.connect("builder-inited", mark("gallery made"), priority=501)
    app.connect("env-before-read-docs", mark("read"))
    app.connect("env-before-read-docs", lambda app, env, docnames: read.update(docnames))
    app.connect("env-updated", mark("written"), priority=900)
    app.connect("build-finished", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
