"""Studies: schedules compared on one model over many seeds, with honest statistics."""

from lrschedules.study.comparison import Comparison as Comparison
