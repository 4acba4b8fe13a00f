"""What a course takes along: a notebook of the exercises without solutions, and curves to print."""

import re
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
from docutils import nodes
from lrs_curves import LOOK
from lrs_entries import entries
from lrs_playground import link
from matplotlib import rc_context
from matplotlib.backends.backend_pdf import PdfPages
from sphinx.util.docutils import SphinxRole

GUIDE = Path(__file__).parents[1] / "guide"
# Sheets of paper, and the rows and columns of curves on each.
SHEETS, ROWS, COLUMNS = 2, 7, 4
A4 = (8.27, 11.69)

SOLUTION = re.compile(r"^:::\{dropdown\}.*?^:::\n", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"^```python\n(.*?)^```\n", re.DOTALL | re.MULTILINE)
# A role with a text and a target, or with its text alone; citations and links are left out.
ROLE = re.compile(r"( ?)\{(\w+)(?::\w)?\}`([^`<]*?)(?:\s*<[^`]*>)?`")


def notebook(page, first):
    """Return the exercises of a page as a notebook, with an empty cell for each solution.

    Parameters
    ----------
    page : str
        Page in Markdown: each exercise begins with its number in bold, and its solution is folded.
    first : str
        Code of the first cell, which installs what is needed.
    """
    text = SOLUTION.sub("```python\n# your solution\n```\n", page.split("\n---\n", 1)[1])
    text = ROLE.sub(_plain, text)
    cells = [nbformat.v4.new_code_cell(first)]
    for i, part in enumerate(CODE.split(text)):
        if part := part.strip():
            if i % 2:
                code = "\n".join(line.removeprefix(">>> ") for line in part.splitlines())
                cells.append(nbformat.v4.new_code_cell(code))
            else:
                cells.append(nbformat.v4.new_markdown_cell(part))
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"  # the same in every build
    return nbformat.v4.new_notebook(cells=cells)


def _plain(role):
    space, name, text = role.groups()
    if name in {"cite", "playground"}:
        return ""
    text = text.rpartition(".")[2] if text.startswith("~") else text
    return space + (f"`{text}`" if name in {"class", "func"} else text)


def print_curves(file):
    """Write the curves of all schedules, with the code of each, on two sheets of paper."""
    every = list(entries().values())
    number = ROWS * COLUMNS
    if len(every) > SHEETS * number:
        raise ValueError(f"{SHEETS} sheets have no room for {len(every)} curves: add a row")
    metadata = {"CreationDate": None, "Title": "lrschedules: curves of all schedules"}
    with rc_context({**LOOK, "font.size": 7}), PdfPages(file, metadata=metadata) as pdf:
        for sheet in range(SHEETS):
            figure, axes = plt.subplots(ROWS, COLUMNS, figsize=A4, layout="constrained")
            for ax in axes.flat:
                ax.set_axis_off()
            for entry, ax in zip(every[sheet * number :][:number], axes.flat, strict=False):
                ax.set_axis_on()
                entry.schedule.plot(ax=ax)
                ax.set(xlabel="", ylabel="")
                ax.set_title(entry.name, fontsize=8)
                ax.locator_params(nbins=3)
            pdf.savefig(figure)
            plt.close(figure)


def write(app):
    """Write both files where the pages link to them."""
    folder = Path(app.srcdir) / "_generated" / "teaching"
    folder.mkdir(parents=True, exist_ok=True)
    first = app.config.sphinx_gallery_conf["first_notebook_cell"]
    page = (GUIDE / "exercises.md").read_text("utf-8")
    nbformat.write(notebook(page, first), folder / "exercises.ipynb")
    print_curves(folder / "curves.pdf")


class PlaygroundLink(SphinxRole):
    """A link that opens schedules in the playground: their code, separated by ``;``."""

    def run(self):
        links = [
            link(self.env.app, code.strip(), self.env.docname) for code in self.text.split(";")
        ]
        address = "&".join([links[0], *(each.partition("#")[2] for each in links[1:])])
        return [nodes.reference("", "Open it in the playground", refuri=address)], []


def setup(app):
    app.add_role("playground", PlaygroundLink())
    app.connect("builder-inited", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
