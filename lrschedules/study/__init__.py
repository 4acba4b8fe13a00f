"""Study: schedules compared on the user's own Keras model, with many seeds."""

from typing import TYPE_CHECKING, Any

from lrschedules.study._statistics import Row as Row
from lrschedules.study._table import Table as Table
from lrschedules.study.comparison import Comparison as Comparison

if TYPE_CHECKING:
    from lrschedules.study._compare import StudyError as StudyError
    from lrschedules.study._compare import compare as compare

# Training needs Keras, which is loaded when it is first asked for; a saved comparison does not.
_LAZY = ("StudyError", "compare")


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from lrschedules._arguments import require

    require(name, "keras", extra="keras")
    from lrschedules.study import _compare

    return getattr(_compare, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY})
