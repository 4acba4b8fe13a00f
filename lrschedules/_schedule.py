"""Schedule: the base class of all schedules, with the methods that combine and draw them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lrschedules._declared import registry
from lrschedules._function import Function

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Schedule(Function, abstract=True):
    """A function from a step to a learning rate: the base class of all schedules.

    Call it with a step, and it gives the learning rate in the step's own kind: a Python number
    gives a ``float``, a NumPy array a float64 array of its shape, a Keras variable or a tensor of
    TensorFlow, JAX or PyTorch a float32 tensor of its shape, a SymPy expression an expression.
    Steps count optimizer updates from 0.

    A schedule is immutable; two are equal if they are of one class with equal parameters.
    """

    def then(self, second: Schedule, *, at: int | None = None) -> Schedule:
        """Return this schedule followed by ``second``, whose clock starts at 0 when it takes over.

        Parameters
        ----------
        second : Schedule
            What comes after.
        at : int, optional
            The step at which ``second`` takes over; this schedule's ``length`` when not given.

        Returns
        -------
        Schedule
            A :class:`Then`, as long as both.

        Raises
        ------
        TypeError
            If ``second`` is not a schedule.
        ValueError
            If this schedule is endless and ``at`` is not given, or ``at`` is not a step ≥ 1.

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
            The rate at step 0, ≥ 0.

        Returns
        -------
        Schedule
            A :class:`Linear`, and this schedule after it.

        Raises
        ------
        TypeError, ValueError
            If ``steps`` is not a whole number ≥ 1, or ``start`` not a rate ≥ 0.

        Examples
        --------
        >>> from lrschedules import TimeBased
        >>> schedule = TimeBased(0.1, decay=0.002).warmup(100)
        >>> schedule(0), schedule(50), schedule(100), schedule(600)
        (0.0, 0.05, 0.1, 0.05)
        """
        return registry["lrschedules>Linear"](start, self(0), steps).then(self)

    def scale(self, factor: float) -> Schedule:
        """Return this schedule times ``factor``; ``schedule * factor`` is the same.

        Parameters
        ----------
        factor : float
            What every rate is multiplied by, ≥ 0; no unit.

        Returns
        -------
        Schedule
            A :class:`Scale`, as long as this one.

        Raises
        ------
        TypeError, ValueError
            If ``factor`` is not a number ≥ 0.

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

        Parameters
        ----------
        steps : int
            How much later, in steps, ≥ 0.

        Returns
        -------
        Schedule
            A :class:`Delay`, longer by ``steps``.

        Raises
        ------
        TypeError, ValueError
            If ``steps`` is not a whole number ≥ 0.

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

        Returns
        -------
        Schedule
            A :class:`PerEpoch`, or one of this class; in steps.

        Raises
        ------
        TypeError, ValueError
            If ``steps_per_epoch`` is not a whole number ≥ 1.

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

    rule, unit, example, ends = "a schedule", "rate", "Constant(0.1)", False

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
