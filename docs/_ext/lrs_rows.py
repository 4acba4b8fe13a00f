"""The data of the training in the page, as a script. The tests train on what the page loads.

This module needs no Sphinx.
"""

import json
from pathlib import Path

from lrschedules.datasets import load_ionosphere

STATIC = Path(__file__).parents[1] / "_static" / "train"
# The features have at most five decimals: whole numbers are shorter, and have them exactly.
UNIT = 1e5


def script():
    """Return a script with the rows of the Ionosphere data and their labels."""
    data = load_ionosphere()
    features = (data.features.astype(float) * UNIT).round().astype(int).ravel().tolist()
    labels = data.labels.astype(int).tolist()
    rows = json.dumps({"features": features, "labels": labels}, separators=(",", ":"))
    return (
        "// Generated from the package: see lrschedules.datasets.load_ionosphere.\n"
        f'"use strict";\nconst IONOSPHERE = (({{ features, labels }}) => ({{\n'
        f"  x: Float32Array.from(features, (number) => number / {UNIT:.0f}),\n"
        f"  y: Float32Array.from(labels),\n}}))({rows});\n"
    )
