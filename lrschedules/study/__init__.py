"""Study: schedules compared on the user's own Keras model, with many seeds."""

import importlib
from typing import TYPE_CHECKING, Any

from lrschedules import _keras
from lrschedules.study._race import Candidate as Candidate
from lrschedules.study._race import Dropped as Dropped
from lrschedules.study._race import Rung as Rung
from lrschedules.study._statistics import Row as Row
from lrschedules.study._table import Table as Table
from lrschedules.study.comparison import Comparison as Comparison
from lrschedules.study.searched import Search as Search

if TYPE_CHECKING:
    from lrschedules.study._compare import StudyError as StudyError
    from lrschedules.study._compare import compare as compare
    from lrschedules.study._search import search as search

# Training needs Keras, which is loaded when it is first asked for; a saved comparison does not.
_LAZY = {"StudyError": "_compare", "compare": "_compare", "search": "_search"}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    _keras.require(f"lrschedules.study.{name}")
    return getattr(importlib.import_module(f"lrschedules.study.{_LAZY[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY} - {"importlib"})
