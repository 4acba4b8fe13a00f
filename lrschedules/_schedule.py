"""Schedule: a function from a step to a learning rate, written once and called with any step.

What follows from a subclass's declarations is in ``_declared``; here is what follows from its
``formula``, once for all schedules: the call, the length, and the methods that combine.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Self, overload

from lrschedules import _keras
from lrschedules._declared import Declared, registry
from lrschedules._namespaces import namespace_of
from lrschedules._operations import Namespace
from lrschedules._param import checked, parameters, steps

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import NDArray


class Schedule(Declared, abstract=True):
    """A function from a step to a learning rate: the base class of all schedules.

    Call it with a step, and it gives the learning rate in the step's own kind: a Python number
    gives a ``float``, a NumPy array a float64 array of its shape, a Keras variable or a tensor of
    TensorFlow, JAX or PyTorch a float32 tensor of its shape, a SymPy expression an expression.
    Steps count optimizer updates from 0.

    A schedule is immutable; two are equal if they are of one class with equal parameters.
    """

    def formula(self, t: Any, xp: Namespace) -> Any:
        """Return the learning rate at step ``t``, from the operations of ``xp``.

        The one place where a schedule's formula is written. ``t`` is a whole number ≥ 0, or a
        tensor of them; a finite schedule is never asked beyond its ``length``.
        """
        raise TypeError(f"{type(self).__name__} has no formula: write def formula(self, t, xp)")

    def evaluate(self, t: Any, xp: Namespace) -> Any:
        """Return ``formula`` at ``t``, held at its last value beyond the schedule's end."""
        if self._ending:
            t = xp.minimum(t, getattr(self, self._ending))
        return self.formula(t, xp)

    @overload
    def __call__(self, step: float) -> float: ...
    @overload
    def __call__(self, step: NDArray[Any]) -> NDArray[np.float64]: ...
    @overload
    def __call__(self, step: Any) -> Any: ...
    def __call__(self, step: Any = None) -> Any:
        """Return the learning rate at ``step``.

        Parameters
        ----------
        step : int, float, array or tensor
            Optimizer updates made so far, ≥ 0, of any shape.

        Returns
        -------
        float, array or tensor
            The learning rate, of the kind and the shape of ``step``.

        Raises
        ------
        ValueError
            If a Python or NumPy ``step`` is negative.
        TypeError
            If ``step`` is missing, or not a number, array or tensor.
        """
        if step is None:
            raise TypeError(_keras.missing_step())
        if hasattr(step, "value") and "keras" in type(step).__module__:
            step = step.value
        xp = namespace_of(step)
        t = xp.enter(step)
        return xp.leave(self.evaluate(t, xp), t)

    @property
    def length(self) -> int | None:
        """Steps after which the value no longer changes; None for an endless schedule."""
        return getattr(self, self._ending) if self._ending else None

    def stretch(self, times: int) -> Self:
        """Return the same schedule ``times`` as slow: every step becomes ``times`` steps.

        >>> from lrschedules import Linear
        >>> Linear(0.1, 0, steps=5).stretch(9)
        Linear(start=0.1, stop=0.0, steps=45)
        """
        times = checked("stretch: times", steps, times)
        return dataclasses.replace(
            self,
            **{
                p.name: p.kind.stretched(getattr(self, p.name), times)
                for p in parameters(type(self))
            },
        )

    def then(self, second: Schedule, *, at: int | None = None) -> Schedule:
        """Return this schedule followed by ``second``, whose clock starts at 0 when it takes over.

        Parameters
        ----------
        second : Schedule
            What comes after.
        at : int, optional
            The step at which ``second`` takes over; this schedule's ``length`` when not given.

        Raises
        ------
        ValueError
            If this schedule is endless and ``at`` is not given.

        Examples
        --------
        >>> from lrschedules import Cosine, Linear
        >>> schedule = Linear(0, 0.1, 500).then(Cosine(0.1, 0, 9500))
        >>> schedule(250), schedule(500), schedule(10_000)
        (0.05, 0.1, 0.0)
        """
        if at is None:
            at = self.length
        if at is None:
            raise ValueError(f"{self!r} is endless: say when it ends, as in .then(..., at=1000)")
        return self._combined("Then", second, at)

    def warmup(self, steps: int, start: float = 0.0) -> Schedule:
        """Return this schedule after a straight line from ``start`` to its first value.

        Parameters
        ----------
        steps : int
            How long the line is, in steps; this schedule's clock starts at 0 after it.
        start : float
            The rate at step 0.

        Examples
        --------
        >>> from lrschedules import TimeBased
        >>> schedule = TimeBased(0.1, decay=0.002).warmup(100)
        >>> schedule(0), schedule(50), schedule(100), schedule(600)
        (0.0, 0.05, 0.1, 0.05)
        """
        return registry["lrschedules>Linear"](start, self(0), steps).then(self)

    def scale(self, factor: float) -> Schedule:
        """Return this schedule times ``factor``, a number ≥ 0; ``schedule * factor`` is the same.

        Examples
        --------
        >>> from lrschedules import Linear
        >>> schedule = Linear(0, 1, 500).scale(0.1)
        >>> schedule(250)
        0.05
        """
        return self._combined("Scale", factor)

    def __mul__(self, factor: float) -> Schedule:
        return self.scale(factor)

    __rmul__ = __mul__

    def delay(self, steps: int) -> Schedule:
        """Return this schedule started ``steps`` later, its first value held until then.

        Examples
        --------
        >>> from lrschedules import Linear
        >>> schedule = Linear(0.1, 0, 100).delay(50)
        >>> schedule(50), schedule(100), schedule(150)
        (0.1, 0.05, 0.0)
        """
        return self._combined("Delay", steps)

    def per_epoch(self, steps_per_epoch: int, *, smooth: bool = False) -> Schedule:
        """Return this schedule, written in epochs, as a schedule in steps.

        Parameters
        ----------
        steps_per_epoch : int
            Optimizer updates in an epoch: ``math.ceil(rows / batch_size)``.
        smooth : bool
            False holds the rate for a whole epoch, which is what
            ``keras.callbacks.LearningRateScheduler`` does. True lets it move with every step and
            agrees at the start of each epoch; it is ``stretch(steps_per_epoch)``.

        Examples
        --------
        >>> from lrschedules import TimeBased
        >>> TimeBased(0.1, decay=1).per_epoch(9)(9 + 8)
        0.05
        >>> schedule = TimeBased(0.1, decay=1).per_epoch(9, smooth=True)
        >>> schedule(9), round(schedule(9 + 8), 4)
        (0.05, 0.0346)
        """
        return (
            self.stretch(steps_per_epoch) if smooth else self._combined("PerEpoch", steps_per_epoch)
        )

    def _combined(self, name: str, *arguments: Any) -> Schedule:
        # Combinators are schedules and so stand above this module: they are looked up.
        return registry[f"lrschedules>{name}"](self, *arguments)

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


class _ScheduleKind:
    """The kind of a parameter that is itself a schedule."""

    rule, unit, example, ends = "a schedule", "schedule", "Constant(0.1)", False

    def __repr__(self) -> str:
        return f"<{self.rule}>"

    def __call__(self, value: Any) -> Schedule:
        if not isinstance(value, Schedule):
            raise TypeError(
                f"must be {self.rule} of lrschedules, got {value!r}; "
                f"write for example {self.example}"
            )
        return value

    def stretched(self, value: Schedule, times: int) -> Schedule:
        return value.stretch(times)


a_schedule = _ScheduleKind()
