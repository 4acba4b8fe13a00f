"""Callbacks for Keras: record rates and gradient norms, and reduce the rate on a plateau."""

from lrschedules.callbacks.gradients import RecordGradientNorms as RecordGradientNorms
from lrschedules.callbacks.plateau import ReduceOnPlateau as ReduceOnPlateau
from lrschedules.callbacks.record import RecordRate as RecordRate
