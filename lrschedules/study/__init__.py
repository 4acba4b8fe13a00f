"""Study: schedules compared on the user's own Keras model, with many seeds."""

from lrschedules.study._compare import compare as compare
from lrschedules.study._study import StudyError as StudyError
from lrschedules.study._table import Row as Row
from lrschedules.study._table import Table as Table
from lrschedules.study.comparison import Comparison as Comparison
