"""The gallery: each example starts from the same state and runs again when the package changes.

All figures have one look and the colours of the page, and each has a text alternative with its
numbers. A thumbnail is a figure with thick lines and without words.
"""

import gc
import os
import re
import shutil
import textwrap
from pathlib import Path

import keras
import matplotlib as mpl
import matplotlib.pyplot as plt
from lrs_curves import INK, inline
from lrs_figures import described, titles, undescribed
from lrs_fingerprint import files, fingerprint, forget_outdated
from sphinx.util import logging
from sphinx_gallery.utils import zip_files

import lrschedules as lrs

logger = logging.getLogger(__name__)

# The playground's colours, in its order, and one more. site.css has those of a dark page.
COLORS = ["#0072b2", "#c04f00", "#00795a", "#aa4499", "#666666", "#8f6a00"]
LOOK = {
    "figure.figsize": (7.2, 3.6),
    "figure.constrained_layout.use": True,
    "axes.prop_cycle": mpl.cycler(color=COLORS),
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "grid.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.titleweight": "bold",
    "grid.alpha": 0.2,
    "legend.frameon": False,
    "legend.handlelength": 3.5,
    "lines.linewidth": 1.8,
    "lines.dashed_pattern": (4, 1.5),
    "path.simplify_threshold": 0.2,  # points: less than a third of a pixel of the page
    "savefig.facecolor": "white",
    "svg.fonttype": "none",
}
# A thumbnail is shown at half of its size, 320 by 224 pixels, on a light or a dark card.
THUMBNAIL = (3.2, 2.24)
GREY = "#888888"
# 1 January 2000: a zip knows no date before 1980.
DATE = 946684800
PACKAGE = Path(lrs.__file__).parent
# What a result depends on besides the package: how an example is run, drawn and described.
OTHERS = [Path(__file__).with_name(f"lrs_{name}.py") for name in ("gallery", "figures", "curves")]


def reset(gallery_conf, fname, when):
    """Prepare for the example in the file ``fname``, or give its downloads a constant date."""
    if when == "after":
        (file,) = Path(gallery_conf["src_dir"], "auto_examples").rglob(fname)
        _zip_again(file)
        return
    keras.utils.clear_session()
    # A page shows no progress bar, whether it is built in a terminal or elsewhere.
    keras.config.disable_interactive_logging()
    gc.collect()
    keras.utils.set_random_seed(0)
    mpl.rcParams.update(LOOK)


def _zip_again(file):
    """Give an example's downloads a constant date, so that each build makes the same zip."""
    downloads = [file, file.with_suffix(".ipynb")]
    for download in downloads:
        os.utime(download, (DATE, DATE))
    zip_files(downloads, file.with_suffix(".zip"), file.parent)


def scrape(block, block_vars, gallery_conf):
    """Return the figures of a block as SVG, each with a text alternative that has its numbers."""
    figures = [plt.figure(number) for number in plt.get_fignums()]
    where = (block_vars["src_file"], block.lineno)
    rst = ""
    for figure in figures:
        if not titles(figure) or undescribed(figure):
            text = "a figure has no title, or draws something that its text cannot describe"
            logger.warning(text, location=where, type="lrs_gallery")
        file = Path(next(block_vars["image_path_iterator"]))
        with mpl.rc_context({"svg.hashsalt": file.name}):
            svg = inline(figure, described(figure))
        for i, color in enumerate(COLORS):
            svg = svg.replace(color, f"var(--lrs-{i}, {color})")
        # Other figures of the page have the same names for their groups; nothing refers to them.
        svg = re.sub(r"<g id=\"[^\"]*\"", "<g", re.sub(r"<!--.*?-->", "", svg))
        svg = f'<figure class="curve plot" tabindex="0">{" ".join(svg.split())}</figure>'
        rst += f"\n.. raw:: html\n\n{textwrap.indent(svg, '    ')}\n"
        preview = file.with_name(f"{file.stem.rpartition('_')[0]}_preview.png")
        if file.stem.endswith("_001"):
            figure.savefig(preview, dpi=150)
        _simplify(figure)
        figure.savefig(file, dpi=100, transparent=True)
    plt.close("all")
    return rst


def _simplify(figure):
    """Turn a figure into a thumbnail: thick lines, no words, colours for light and dark pages."""
    figure.set_size_inches(THUMBNAIL)
    figure.suptitle("")
    for legend in figure.legends:
        legend.remove()
    for ax in figure.axes:
        for loc in "left", "center", "right":
            ax.set_title("", loc=loc)
        ax.set(xlabel="", ylabel="")
        ax.tick_params(which="both", length=0, labelbottom=False, labelleft=False)
        for spine in ax.spines.values():
            spine.set(color=GREY, linewidth=2)
        ax.grid(visible=False, which="both")
        for text in list(ax.texts):
            text.remove()
        if ax.legend_:
            ax.legend_.remove()
        for line in ax.lines:
            line.set(linewidth=2 * line.get_linewidth(), markersize=1.3 * line.get_markersize())
            if line.get_color() == INK:
                line.set_color(GREY)


def copy_previews(app, exception):
    """Put the previews of shared pages, which no page shows, with the images of the site."""
    if exception or app.builder.format != "html":
        return
    images = Path(app.outdir, "_images")
    images.mkdir(exist_ok=True)
    for file in Path(app.srcdir, "auto_examples").rglob("*_preview.png"):
        shutil.copy2(file, images)


def forget(app):
    """Run the examples again if anything that their results depend on has changed."""
    if forget_outdated(Path(app.srcdir, "auto_examples"), fingerprint(PACKAGE, OTHERS)):
        logger.info("the package or its environment has changed: all examples run again")


def depend(app, docname, source):
    """Read a page again, and run its cells, when the code that it shows has changed.

    Most pages run the package when they are read. The page of an example shows what its run left.
    """
    if not docname.startswith("auto_examples/"):
        for file in [*files(PACKAGE), *files(Path(__file__).parent)]:
            app.env.note_dependency(str(file))
    if "minigallery::" in source[0]:
        folder = Path(app.srcdir, app.config.sphinx_gallery_conf["backreferences_dir"])
        app.env.note_dependency(str(folder / "backreferences_all.json"))


def setup(app):
    # before sphinx-gallery
    app.connect("builder-inited", forget, priority=100)
    app.connect("source-read", depend)
    app.connect("build-finished", copy_previews)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
