"""Each example starts from the same state: seeded, nothing left over, one look for all figures."""

import gc

import keras
import matplotlib as mpl

LOOK = {
    "figure.figsize": (7.2, 3.6),
    "figure.constrained_layout.use": True,
    "axes.prop_cycle": mpl.cycler(color=["#0072b2", "#d55e00", "#009e73", "#aa4499", "#666666"]),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.titleweight": "bold",
    "grid.alpha": 0.25,
    "legend.frameon": False,
    "lines.linewidth": 1.6,
}


def reset(gallery_conf, fname):
    """Prepare for the example in the file ``fname``."""
    keras.utils.clear_session()
    gc.collect()
    keras.utils.set_random_seed(0)
    mpl.rcParams.update(LOOK)
