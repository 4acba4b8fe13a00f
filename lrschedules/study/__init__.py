"""Study: schedules compared on the user's own Keras model, with many seeds."""

from lrschedules.study._compare import compare as compare
from lrschedules.study._study import StudyError as StudyError
from lrschedules.study.comparison import Comparison as Comparison
