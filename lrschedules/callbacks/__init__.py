"""Callbacks for Keras: the applied rate recorded, and reduced on a plateau."""

from lrschedules.callbacks.plateau import ReduceOnPlateau as ReduceOnPlateau
from lrschedules.callbacks.record import RecordRate as RecordRate
