"""Learning-rate schedules, each formula written once, for Keras, JAX, PyTorch and NumPy.

Schedules and recipes are loaded with the package. The tools, which may need Keras, PyTorch, SymPy
or matplotlib, are loaded when they are first asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from lrschedules import _keras as _keras
from lrschedules import _reduced as _reduced  # Keras finds it here when it loads a model
from lrschedules import combinators as combinators
from lrschedules import joint as joint
from lrschedules import kinds as kinds
from lrschedules import optimizers as optimizers
from lrschedules import recipes as recipes
from lrschedules._declared import param as param
from lrschedules._operations import Namespace as Namespace
from lrschedules._schedule import Phase as Phase
from lrschedules._schedule import Schedule as Schedule
from lrschedules.optimizers import layerwise as layerwise
from lrschedules.optimizers import scheduled as scheduled
from lrschedules.shapes import Approach as Approach
from lrschedules.shapes import Constant as Constant
from lrschedules.shapes import Cosine as Cosine
from lrschedules.shapes import Drop as Drop
from lrschedules.shapes import Exponential as Exponential
from lrschedules.shapes import Finite as Finite
from lrschedules.shapes import FiniteExponential as FiniteExponential
from lrschedules.shapes import Hyperbolic as Hyperbolic
from lrschedules.shapes import InverseSqrt as InverseSqrt
from lrschedules.shapes import Linear as Linear
from lrschedules.shapes import Piecewise as Piecewise
from lrschedules.shapes import Polynomial as Polynomial
from lrschedules.shapes import Power as Power
from lrschedules.shapes import Rex as Rex
from lrschedules.shapes import Tanh as Tanh
from lrschedules.shapes import TimeBased as TimeBased
from lrschedules.units import Run as Run

if TYPE_CHECKING:
    from lrschedules import callbacks as callbacks
    from lrschedules import datasets as datasets
    from lrschedules import finder as finder
    from lrschedules import javascript as javascript
    from lrschedules import plotting as plotting
    from lrschedules import study as study
    from lrschedules import symbolic as symbolic
    from lrschedules import theory as theory
    from lrschedules import torch as torch
    from lrschedules.callbacks import RecordRate as RecordRate
    from lrschedules.callbacks import ReduceOnPlateau as ReduceOnPlateau
    from lrschedules.finder import range_test as range_test
    from lrschedules.plotting import plot as plot
    from lrschedules.study import Comparison as Comparison
    from lrschedules.study import Search as Search
    from lrschedules.study import compare as compare
    from lrschedules.study import search as search

# The tools, which are loaded when they are first asked for: the module that each is in, or None
# for a module.
_TOOLS = {
    "Comparison": "study",
    "RecordRate": "callbacks",
    "ReduceOnPlateau": "callbacks",
    "Search": "study",
    "compare": "study",
    "plot": "plotting",
    "range_test": "finder",
    "search": "study",
    "callbacks": None,
    "datasets": None,
    "finder": None,
    "javascript": None,
    "plotting": None,
    "study": None,
    "symbolic": None,
    "theory": None,
    "torch": None,
}
_FOR_KERAS = {
    "RecordRate",
    "ReduceOnPlateau",
    "callbacks",
    "compare",
    "finder",
    "range_test",
    "search",
}
# Names that a user of the package does not look for.
_HIDDEN = {"Any", "TYPE_CHECKING", "annotations", "importlib", "shapes", "units"}


def __getattr__(name: str) -> Any:
    if name not in _TOOLS:
        raise AttributeError(f"module 'lrschedules' has no attribute {name!r}")
    if name in _FOR_KERAS:
        _keras.require(f"lrschedules.{name}")
    module = importlib.import_module(f"lrschedules.{_TOOLS[name] or name}")
    value = globals()[name] = getattr(module, name) if _TOOLS[name] else module
    return value


def __dir__() -> list[str]:
    names = {name for name in globals() if not name.startswith("_")}
    return sorted((names - _HIDDEN) | _TOOLS.keys())
