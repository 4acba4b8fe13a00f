"""Callbacks for Keras: record the applied rate, and reduce it on a plateau."""

from lrschedules.callbacks.plateau import ReduceOnPlateau as ReduceOnPlateau
from lrschedules.callbacks.record import RecordRate as RecordRate
