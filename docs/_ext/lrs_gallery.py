"""The gallery: each example starts from the same state and runs again when the package changes.

All figures have one look, and each has a text alternative with its numbers.
"""

import gc
import os
import re
from pathlib import Path

import keras
import matplotlib as mpl
import matplotlib.pyplot as plt
from lrs_figures import described, titles, undescribed
from lrs_fingerprint import files, fingerprint, forget_outdated
from sphinx.util import logging
from sphinx_gallery.scrapers import matplotlib_scraper
from sphinx_gallery.utils import zip_files

import lrschedules as lrs

logger = logging.getLogger(__name__)

LOOK = {
    "figure.figsize": (7.2, 3.6),
    "figure.constrained_layout.use": True,
    # the playground's colours, in its order
    "axes.prop_cycle": mpl.cycler(color=["#0072b2", "#c04f00", "#00795a", "#aa4499", "#666666"]),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.titleweight": "bold",
    "grid.alpha": 0.25,
    "legend.frameon": False,
    "lines.linewidth": 1.6,
}
# 1 January 2000: a zip knows no date before 1980.
DATE = 946684800
PACKAGE = Path(lrs.__file__).parent
# What a result depends on besides the package: how an example is run, drawn and described.
OTHERS = [Path(__file__), Path(__file__).with_name("lrs_figures.py")]


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
    """Save the figures of a block, each with a text alternative that has its numbers."""
    figures = [plt.figure(number) for number in plt.get_fignums()]
    where = (block_vars["src_file"], block.lineno)
    for figure in figures:
        if not titles(figure) or undescribed(figure):
            text = "a figure has no title, or draws something that its text cannot describe"
            logger.warning(text, location=where, type="lrs_gallery")
    texts = iter([described(figure) for figure in figures])
    rst = matplotlib_scraper(block, block_vars, gallery_conf)
    return re.sub(r"(?m)(?<=:alt: ).*$", lambda _: next(texts), rst)


def forget(app):
    """Run the examples again if anything that their results depend on has changed."""
    if forget_outdated(Path(app.srcdir, "auto_examples"), fingerprint(PACKAGE, OTHERS)):
        logger.info("the package or its environment has changed: all examples run again")


def depend(app, docname, source):
    """Read a page again, and run its cells, when the code that it shows has changed.

    Most pages run the package when they are read. The page of an example shows what its run left.
    """
    page = Path(app.env.doc2path(docname))
    if docname.startswith("auto_examples/"):
        for image in page.parent.glob(f"images/sphx_glr_{page.stem}_[0-9]*.png"):
            app.env.note_dependency(str(image))
    else:
        for file in [*files(PACKAGE), *files(Path(__file__).parent)]:
            app.env.note_dependency(str(file))
    if "minigallery::" in source[0]:
        folder = Path(app.srcdir, app.config.sphinx_gallery_conf["backreferences_dir"])
        app.env.note_dependency(str(folder / "backreferences_all.json"))


def setup(app):
    # before sphinx-gallery
    app.connect("builder-inited", forget, priority=100)
    app.connect("source-read", depend)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
