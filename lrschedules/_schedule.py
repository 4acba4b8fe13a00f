"""Schedule: the base class of all schedules."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from lrschedules._config import shown
from lrschedules._on_time import OnTime

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Schedule(OnTime, abstract=True):
    """A function from a step to a learning rate: the base class of all schedules.

    Call it with a step, and it gives the learning rate in the step's own kind: a Python number
    gives a ``float``, a NumPy array a float64 array of its shape, a Keras variable or a tensor of
    TensorFlow, JAX or PyTorch a float32 tensor of its shape (a float64 tensor, if the step is one),
    a SymPy expression an expression. Steps count optimizer updates from 0.

    A schedule is immutable; two are equal if they are of one class with equal parameters. It has no
    state: a framework finds nothing in it to save, and changes nothing in it by loading.
    """

    def plot(self, steps: int | None = None, ax: Axes | None = None) -> Axes:
        """Draw the curve with matplotlib; see :func:`lrschedules.plotting.plot`.

        Parameters
        ----------
        steps : int, optional
            The last step drawn; chosen from the parameters when not given.
        ax : matplotlib.axes.Axes, optional
            Where to draw; a new figure when not given.

        Returns
        -------
        matplotlib.axes.Axes
            The axes drawn on.
        """
        from lrschedules import plotting

        return plotting.plot(self, steps, ax)

    def _repr_html_(self) -> str:
        from lrschedules import plotting

        return plotting.picture(self)


@dataclasses.dataclass(frozen=True)
class ScheduleKind:
    """The kind of a parameter that is itself a schedule."""

    rule: str
    of: type[Schedule]
    example: str
    unit = "rate"
    ends = False
    traced = None

    def __repr__(self) -> str:
        return f"<{self.rule}>"

    def __call__(self, value: Any) -> Schedule:
        if not isinstance(value, self.of):
            got, example = shown(value), self.example
            raise TypeError(f"must be {self.rule}, got {got}; write for example {example}")
        return value

    def stretched(self, value: Schedule, times: float) -> Schedule:
        return value.stretch(times)


a_schedule = ScheduleKind("a schedule of lrschedules", Schedule, "Constant(0.1)")
