"""Keras optimizers whose hyperparameters follow schedules.

Keras is imported when an optimizer is made: ``import lrschedules`` is enough to load a model.
"""

from lrschedules.optimizers._layerwise import layerwise as layerwise
from lrschedules.optimizers._scheduled import schedulable as schedulable
from lrschedules.optimizers._scheduled import scheduled as scheduled
