"""Each example starts from the same state, and is run again when what it was made from changes.

Its figures have one look, and a text alternative with numbers.
"""

import gc
import json
import os
import re
from pathlib import Path

import keras
import matplotlib as mpl
import matplotlib.pyplot as plt
from lrs_figures import described, titles
from lrs_made_from import Recorder, State, forget_outdated
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
# What a run depends on beside the package's code: its data, and how it is run and drawn.
OTHERS = [*PACKAGE.rglob("*.csv"), Path(__file__), Path(__file__).with_name("lrs_figures.py")]

recorder = Recorder(PACKAGE)


def reset(gallery_conf, fname, when):
    """Prepare for the example in the file ``fname``, or note what it was made from."""
    if when == "after":
        called = recorder.stop()
        (file,) = Path(gallery_conf["src_dir"], "auto_examples").rglob(fname)
        record = json.dumps(State(PACKAGE, OTHERS).of(called), indent=1)
        file.with_suffix(".made_from.json").write_text(record, "utf-8")
        _zip_again(file)
        return
    keras.utils.clear_session()
    gc.collect()
    keras.utils.set_random_seed(0)
    mpl.rcParams.update(LOOK)
    recorder.start()


def _zip_again(file):
    """Give an example's downloads a date that stays, so that a zip is the same at each build."""
    downloads = [file, file.with_suffix(".ipynb")]
    for download in downloads:
        os.utime(download, (DATE, DATE))
    zip_files(downloads, file.with_suffix(".zip"), file.parent)


def scrape(block, block_vars, gallery_conf):
    """Save the figures of a block, each with a text alternative that has its numbers."""
    figures = [plt.figure(number) for number in plt.get_fignums()]
    for figure in figures:
        if not titles(figure):
            where = (block_vars["src_file"], block.lineno)
            logger.warning("a figure has no title", location=where, type="lrs_gallery")
    texts = iter([described(figure) for figure in figures])
    rst = matplotlib_scraper(block, block_vars, gallery_conf)
    return re.sub(r"(?m)(?<=:alt: ).*$", lambda _: next(texts), rst)


def forget(app):
    """Run examples again that are not from the code as it is."""
    reasons = forget_outdated(Path(app.srcdir, "auto_examples"), State(PACKAGE, OTHERS))
    for name, changed in reasons.items():
        more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
        logger.info("%s runs again: changed are %s%s", name, ", ".join(changed[:3]), more)


def depend(app, docname, source):
    """Read a page again, and run its cells, when what it may show is not what it was.

    Most pages run the package as they are read. An example's page shows what its run left.
    """
    page = Path(app.env.doc2path(docname))
    if docname.startswith("auto_examples/"):
        for image in page.parent.glob(f"images/sphx_glr_{page.stem}_[0-9]*.png"):
            app.env.note_dependency(str(image))
    else:
        for file in [*PACKAGE.rglob("*.py"), *OTHERS, *Path(__file__).parent.glob("*.py")]:
            app.env.note_dependency(str(file))
    if "minigallery::" in source[0]:
        folder = Path(app.srcdir, app.config.sphinx_gallery_conf["backreferences_dir"])
        app.env.note_dependency(str(folder / "backreferences_all.json"))


def setup(app):
    # before sphinx-gallery
    app.connect("builder-inited", forget, priority=100)
    app.connect("source-read", depend)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
