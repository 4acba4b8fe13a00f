"""OnTime: the methods that combine when a schedule gives its rates with something else."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lrschedules import _param
from lrschedules._declared import registry
from lrschedules._function import Function
from lrschedules._on_rates import OnRates
from lrschedules._param import LARGEST_FLOAT, LAST_STEP, checked, shown

if TYPE_CHECKING:
    from lrschedules._schedule import Schedule

    Shape = Callable[[float, float, int], Schedule]


def shaped(where: str, shape: Shape) -> Shape:
    """Return a shape whose errors say where it was given; what it makes is a schedule."""
    rule = f"{where} must be a callable (start, stop, steps) that makes a schedule of fixed length"

    def ramp(start: float, stop: float, steps: int) -> Schedule:
        if start > LARGEST_FLOAT or stop > LARGEST_FLOAT:
            raise ValueError(f"rates must be finite, got {start!r} and {stop!r}")
        refusal = f"{rule}, got {shown(shape)}; write for example shape=Cosine"
        try:
            made = shape(start, stop, steps)
        except (TypeError, ValueError) as error:
            raise type(error)(f"{refusal}; it raised: {error}") from error
        is_schedule = isinstance(made, Function)  # pyright: ignore[reportUnnecessaryIsInstance]
        if not is_schedule or made.length is None:
            raise TypeError(f"{refusal}; it returned {shown(made)}")
        return made

    return ramp


class OnTime(OnRates, abstract=True):
    """A function from a step to a rate, whose time can be changed."""

    def then(self, second: Function, *, at: int | None = None) -> Schedule:
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
        TypeError, ValueError
            If an argument is out of range, or an endless schedule is given no ``at``.

        Examples
        --------
        >>> from lrschedules import Cosine, Linear
        >>> schedule = Linear(0, 0.1, 500).then(Cosine(0.1, 0, 9500))
        >>> schedule(250), schedule(500), schedule(10_000)
        (0.05, 0.1, 0.0)
        """
        return self._combined("Then", second, self._end("then: at", at, "then(..., at=1000)"))

    def warmup(self, steps: int, start: float = 0.0, shape: Shape | None = None) -> Schedule:
        """Return this schedule after a way up, or down, from ``start`` to its first value.

        Parameters
        ----------
        steps : int
            How long the way is, in steps; this schedule's clock starts at 0 after it.
        start : float
            The rate at step 0, ≥ 0.
        shape : type or callable
            Called as ``shape(start, stop, steps)``; :class:`Linear` when not given.

        Returns
        -------
        Schedule
            The way, and this schedule after it.

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
        steps = checked("warmup: steps", _param.warmup_steps, steps)
        start = checked("warmup: start", _param.rate, start)
        ramp = shaped("warmup: shape", registry["lrschedules>Linear"] if shape is None else shape)
        return ramp(start, self(0), steps).then(self, at=steps)

    def cooldown(
        self, steps: int, stop: float = 0.0, *, at: int | None = None, shape: Shape | None = None
    ) -> Schedule:
        """Return this schedule, from some step on lowered to ``stop``.

        A long run can be branched at any step, and each branch ended with its own cooldown.

        Parameters
        ----------
        steps : int
            How long the way down is, in steps.
        stop : float
            The rate it ends at, ≥ 0.
        at : int, optional
            The step at which it begins; this schedule's ``length`` when not given.
        shape : type or callable
            Called as ``shape(start, stop, steps)``; :class:`Linear` when not given.

        Returns
        -------
        Schedule
            A :class:`Then`, with a length of ``at + steps``.

        Raises
        ------
        TypeError, ValueError
            If an argument is out of range, or an endless schedule is given no ``at``.

        Examples
        --------
        >>> from lrschedules import Constant
        >>> schedule = Constant(0.1).cooldown(200, at=800)
        >>> schedule(800), schedule(900), schedule(1000)
        (0.1, 0.05, 0.0)
        """
        steps = checked("cooldown: steps", _param.cooldown_steps, steps)
        stop = checked("cooldown: stop", _param.rate, stop)
        begin = self._end("cooldown: at", at, "cooldown(..., at=1000)")
        ramp = shaped("cooldown: shape", registry["lrschedules>Linear"] if shape is None else shape)
        return self.then(ramp(self(begin), stop, steps), at=begin)

    def repeat(
        self,
        cycles: int = LAST_STEP,
        *,
        every: int | None = None,
        growth: float = 1.0,
        factor: float = 1.0,
    ) -> Schedule:
        """Return this schedule over and over: restarts, cycles.

        After the last cycle the schedule inside goes on with the clock of that cycle: its last rate
        is held if it is no longer than ``every``.

        Parameters
        ----------
        cycles : int
            How often; for ever when not given.
        every : int, optional
            How long the first cycle is, in steps; this schedule's ``length`` when not given.
        growth : float
            How much longer each cycle is than the one before, > 0; rounded to whole steps.
        factor : float
            What the rates are multiplied by with each cycle, > 0.

        Returns
        -------
        Schedule
            A :class:`Repeat`.

        Raises
        ------
        TypeError, ValueError
            If an argument is out of range, or an endless schedule is given no ``every``.

        Examples
        --------
        >>> from lrschedules import Cosine
        >>> schedule = Cosine(0.1, 0, steps=10).repeat(growth=2)
        >>> [round(schedule(step), 4) for step in (0, 5, 10, 20, 30)]
        [0.1, 0.05, 0.1, 0.05, 0.1]
        """
        every = self._end("repeat: every", every, "repeat(every=1000)")
        return self._combined("Repeat", every, cycles, growth, factor)

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
        if not isinstance(smooth, bool):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"per_epoch: smooth must be True or False, got {shown(smooth)}")
        if smooth:
            times = checked("per_epoch: steps_per_epoch", _param.steps, steps_per_epoch)
            stretched: Any = self.stretch(times)
            return stretched
        return self._combined("PerEpoch", steps_per_epoch)

    def _end(self, where: str, at: int | None, remedy: str) -> int:
        """Return a step, or the length of this schedule where none is given."""
        if at is None:
            at = self.length
        if at is None:
            raise ValueError(f"{shown(self)} is endless: say when it ends, as in .{remedy}")
        return checked(where, _param.steps, at)
