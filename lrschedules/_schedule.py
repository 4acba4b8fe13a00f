"""Schedule: a function from a step to a learning rate, and the methods that combine schedules.

What follows from the declarations of a class is in ``_declared``; here is what follows from its
``formula``. The combinators are schedules themselves, so each method imports the one it makes.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Self, overload

from lrschedules import _keras, kinds
from lrschedules._config import shown
from lrschedules._declared import Declared, Parameter, parameters
from lrschedules._namespaces import namespace_of
from lrschedules._operations import LARGEST, Namespace
from lrschedules.kinds import LARGEST_FLOAT, LAST_STEP, ListOf, checked

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

WARMUP = kinds.whole(unit="steps", otherwise=", or omit .warmup() for none")
COOLDOWN = kinds.whole(unit="steps", otherwise=", or omit .cooldown() for none")
FROM_ZERO = kinds.whole(ge=0, unit="steps")
GROWTH = kinds.number(gt=0, example=2, traced=1.0)

# Number of steps that are evaluated at once for a whole run. The 256 KiB of each operation stay in
# the processor's cache, and the memory for them is not returned to the system in between.
BLOCK = 2**15


@dataclasses.dataclass(frozen=True)
class Phase:
    """A part of a schedule: from step ``start`` to step ``stop``, which it does not include.

    Attributes
    ----------
    start, stop
        The steps.
    schedule
        The schedule whose curve it is: one inside a composition, or the composition itself.
    first
        The step at which the same phase of the first cycle starts; None outside of cycles.
    """

    start: int
    stop: int
    schedule: Schedule
    first: int | None = None

    def shifted(self, steps: int) -> Phase:
        """Return the same phase, ``steps`` later.

        Parameters
        ----------
        steps : int
            The number of steps.

        Returns
        -------
        Phase
            Its steps are larger by ``steps``.
        """
        first = None if self.first is None else steps + self.first
        return Phase(steps + self.start, steps + self.stop, self.schedule, first)


class Schedule(Declared, abstract=True):
    """A function from a step to a learning rate: the base class of all schedules.

    Call it with a step. It returns the learning rate in the step's own kind: a Python number
    gives a ``float``, a NumPy array a float64 array of its shape, a Keras variable or a tensor of
    TensorFlow, JAX or PyTorch a float32 tensor of its shape (a float64 tensor, if the step is one),
    a SymPy expression an expression. Steps count optimizer updates from 0.

    A schedule is immutable; two are equal if they are of one class with equal parameters. It has no
    state: a framework finds nothing in it to save, and changes nothing in it by loading.
    """

    def formula(self, t: Any, xp: Namespace) -> Any:
        """Return the learning rate at step ``t``, with the operations of ``xp``.

        The formula of a schedule is written here, and nowhere else.

        Parameters
        ----------
        t : number, array, tensor or expression
            Steps ≥ 0, whole numbers as far as the caller's were. A schedule with a parameter of
            kind ``duration`` is never asked beyond it.
        xp : Namespace
            The operations that a formula may use, besides ``+ - * / // < <=``.

        Returns
        -------
        number, array, tensor or expression
            Rates, of the shape of ``t`` or scalar.

        Raises
        ------
        TypeError
            If the class does not define it.
        """
        raise TypeError(f"{type(self).__name__} has no formula: write def formula(self, t, xp)")

    def evaluate(self, t: Any, xp: Namespace) -> Any:
        """Return ``formula`` at ``t``; after the last step of the schedule, its final value.

        A combinator calls this on the schedules inside it.

        Parameters
        ----------
        t : number, array, tensor or expression
            Steps ≥ 0.
        xp : Namespace
            The operations for the type of ``t``.

        Returns
        -------
        number, array, tensor or expression
            Rates, of the shape of ``t`` or scalar.
        """
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
            Number of optimizer updates made so far, ≥ 0, of any shape.

        Returns
        -------
        float, array or tensor
            The learning rate, of the shape of ``step``. A Python number gives a float, a NumPy
            array one of float64, a tensor one of float32, and a tensor of float64 one of float64.

        Raises
        ------
        ValueError
            If a Python or NumPy ``step`` is negative, not finite, or 2**63 or more.
        TypeError
            If ``step`` is missing, is not a number, array or tensor, or holds truth values.
        """
        if step is None:
            raise TypeError(_keras.missing_step())
        if hasattr(step, "value") and "keras" in type(step).__module__:
            step = step.value
        xp = namespace_of(step)
        t = xp.enter(step)
        return xp.leave(self.evaluate(t, xp), t)

    # Time ------------------------------------------------------------------------------------

    @property
    def length(self) -> int | None:
        """Number of steps after which the rate is constant; None for an open-ended schedule."""
        return getattr(self, self._ending) if self._ending else None

    def stretch(self, times: float) -> Self:
        """Return the same schedule, slower by a factor: each step becomes ``times`` steps.

        Parameters
        ----------
        times : float
            Number of steps that each step becomes, > 0. Durations are rounded to whole steps, from
            1 to 2147483647.

        Returns
        -------
        Schedule
            A schedule of the same class, its durations multiplied.

        Raises
        ------
        TypeError, ValueError
            If ``times`` is not a number > 0.

        Examples
        --------
        >>> from lrschedules import Linear
        >>> Linear(0.1, 0, steps=5).stretch(9)
        Linear(start=0.1, stop=0.0, steps=45)
        """
        times = checked("stretch: times", kinds.ratio, times)
        return type(self)(
            *[p.kind.stretched(getattr(self, p.name), times) for p in parameters(type(self))]
        )

    def breakpoints(self, last: int) -> list[int]:
        """Return the steps at which a phase begins or ends, in a composition those of all inside.

        The rate can jump or turn there, and is smooth between. Of many cycles, only the first and
        the last two are looked at: the others lie between them.

        Parameters
        ----------
        last : int
            The last step that is looked at, ≥ 0.

        Returns
        -------
        list of int
            Steps from 0 to ``last``, both included, rising.

        Raises
        ------
        TypeError, ValueError
            If ``last`` is not a whole number ≥ 0.

        Examples
        --------
        >>> from lrschedules import Constant
        >>> Constant(0.1).cooldown(200, at=700).warmup(100).breakpoints(2000)
        [0, 100, 800, 1000, 2000]
        """
        last = checked("breakpoints: last", FROM_ZERO, last)
        found = sorted([0, last, *[t for t in self._breaks(last) if t < last]])
        return [t for i, t in enumerate(found) if i == 0 or t > found[i - 1]]

    def phases(self, last: int) -> list[Phase]:
        """Return the phases of a composition: which schedule is in force, from which step on.

        Parameters
        ----------
        last : int
            The step at which the last phase ends, ≥ 1.

        Returns
        -------
        list of Phase
            Each from the step where the one before ends; one if the schedule is no composition, or
            if it has more than ten thousand.

        Raises
        ------
        TypeError, ValueError
            If ``last`` is not a whole number ≥ 1.

        Examples
        --------
        >>> from lrschedules import Cosine
        >>> schedule = Cosine(0.1, 0, steps=900).warmup(100)
        >>> [(p.start, p.stop, type(p.schedule).__name__) for p in schedule.phases(1000)]
        [(0, 100, 'Linear'), (100, 1000, 'Cosine')]
        """
        return self._phases(checked("phases: last", kinds.steps, last))

    def time_scale(self) -> int:
        """Return the sum of the durations that the parameters hold, in steps.

        Returns
        -------
        int
            The sum; 0 if the parameters hold no duration.

        Examples
        --------
        >>> from lrschedules import Cosine, TimeBased
        >>> Cosine(0.1, 0, steps=900).time_scale(), TimeBased(0.1, decay=0.01).time_scale()
        (900, 100)
        """
        found = 0.0
        for p in parameters(type(self)):
            for value in self._values(p):
                if isinstance(value, Schedule):
                    found += value.time_scale()
                elif p.kind.unit == "1/steps" and value > 0:
                    found += int(min(1 / value, LAST_STEP))
            if p.kind.unit == "steps":
                found += max([0, *self._values(p)])
        return int(found)

    def _values(self, p: Parameter) -> list[Any]:
        """Return the numbers of a parameter that is a list, or its value as the only one."""
        value = getattr(self, p.name)
        return [*value] if isinstance(p.kind, ListOf) else [value]

    def _breaks(self, last: int) -> list[int]:
        """Return breakpoints in any order; those after ``last`` do not count."""
        found: list[int] = []
        for p in parameters(type(self)):
            for value in self._values(p):
                if isinstance(value, Schedule):
                    found = [*found, *value.breakpoints(last)]
                elif p.kind.unit == "steps":
                    found.append(value)
        return found

    def _phases(self, last: int) -> list[Phase]:
        return [Phase(0, last, self)]

    def then(self, second: Schedule, *, at: int | None = None) -> Schedule:
        """Return this schedule followed by ``second``, whose clock starts at 0 when it takes over.

        Parameters
        ----------
        second : Schedule
            Schedule that follows.
        at : int, optional
            Step at which ``second`` takes over; this schedule's ``length`` when not given.

        Returns
        -------
        Schedule
            A :class:`.Then`, as long as both.

        Raises
        ------
        TypeError, ValueError
            If an argument is out of range, or if the schedule is open-ended and ``at`` is not
            given.

        Examples
        --------
        >>> from lrschedules import Cosine, Linear
        >>> schedule = Linear(0, 0.1, 500).then(Cosine(0.1, 0, 9500))
        >>> schedule(250), schedule(500), schedule(10_000)
        (0.05, 0.1, 0.0)
        """
        from lrschedules.combinators import Then

        second = checked("then: second", kinds.a_schedule, second)
        return Then(self, second, self._end("then: at", at, "pass the step", "then(..., at=1000)"))

    def warmup(self, steps: int, start: float = 0.0, shape: Shape | None = None) -> Schedule:
        """Prepend a ramp from ``start`` to this schedule's initial value.

        Parameters
        ----------
        steps : int
            Number of steps of the ramp; this schedule's clock starts at 0 after it.
        start : float
            Rate at step 0, ≥ 0.
        shape : type or callable
            Shape of the ramp: a callable ``shape(start, stop, steps)``; :class:`Linear` when not
            given.

        Returns
        -------
        Schedule
            The ramp, and this schedule after it.

        Raises
        ------
        TypeError, ValueError
            If an argument is out of range.

        Examples
        --------
        >>> from lrschedules import TimeBased
        >>> schedule = TimeBased(0.1, decay=0.002).warmup(100)
        >>> schedule(0), schedule(50), schedule(100), schedule(600)
        (0.0, 0.05, 0.1, 0.05)
        """
        from lrschedules.shapes import Linear

        steps = checked("warmup: steps", WARMUP, steps)
        start = checked("warmup: start", kinds.rate, start)
        ramp = shaped("warmup: shape", Linear if shape is None else shape)
        return ramp(start, self(0), steps).then(self, at=steps)

    def cooldown(
        self, steps: int, stop: float = 0.0, *, at: int | None = None, shape: Shape | None = None
    ) -> Schedule:
        """Append a ramp from this schedule's value at step ``at`` to ``stop``.

        A long run can be branched at any step, and each branch ended with its own cooldown.

        Parameters
        ----------
        steps : int
            Number of steps of the ramp.
        stop : float
            Final rate, ≥ 0.
        at : int, optional
            Step at which the ramp starts; this schedule's ``length`` when not given.
        shape : type or callable
            Shape of the ramp: a callable ``shape(start, stop, steps)``; :class:`Linear` when not
            given.

        Returns
        -------
        Schedule
            A :class:`.Then`, with a length of ``at + steps``.

        Raises
        ------
        TypeError, ValueError
            If an argument is out of range, or if the schedule is open-ended and ``at`` is not
            given.

        Examples
        --------
        >>> from lrschedules import Constant
        >>> schedule = Constant(0.1).cooldown(200, at=800)
        >>> schedule(800), schedule(900), schedule(1000)
        (0.1, 0.05, 0.0)
        """
        from lrschedules.shapes import Linear

        steps = checked("cooldown: steps", COOLDOWN, steps)
        stop = checked("cooldown: stop", kinds.rate, stop)
        begin = self._end(
            "cooldown: at", at, "pass the step where the cooldown starts", "cooldown(..., at=1000)"
        )
        ramp = shaped("cooldown: shape", Linear if shape is None else shape)
        return self.then(ramp(self(begin), stop, steps), at=begin)

    def repeat(
        self,
        cycles: int = LAST_STEP,
        *,
        every: int | None = None,
        growth: float = 1.0,
        factor: float = 1.0,
    ) -> Schedule:
        """Repeat this schedule in cycles: warm restarts.

        After the last cycle the schedule inside goes on with the clock of that cycle: its final
        rate is held if it is no longer than ``every``.

        Parameters
        ----------
        cycles : int
            Number of cycles; without end when not given.
        every : int, optional
            Number of steps of the first cycle; this schedule's ``length`` when not given.
        growth : float
            Ratio of the lengths of two successive cycles, > 0; rounded to whole steps.
        factor : float
            Ratio of the rates of two successive cycles, > 0.

        Returns
        -------
        Schedule
            A :class:`.Repeat`.

        Raises
        ------
        TypeError, ValueError
            If an argument is out of range, or if the schedule is open-ended and ``every`` is not
            given.

        Examples
        --------
        >>> from lrschedules import Cosine
        >>> schedule = Cosine(0.1, 0, steps=10).repeat(growth=2)
        >>> [round(schedule(step), 4) for step in (0, 5, 10, 20, 30)]
        [0.1, 0.05, 0.1, 0.05, 0.1]
        """
        from lrschedules.combinators import Repeat

        every = self._end("repeat: every", every, "pass the length", "repeat(every=1000)")
        return Repeat(
            self,
            every,
            checked("repeat: cycles", kinds.count, cycles),
            checked("repeat: growth", GROWTH, growth),
            checked("repeat: factor", kinds.ratio, factor),
        )

    def delay(self, steps: int) -> Schedule:
        """Start this schedule ``steps`` later; its initial value is held until then.

        Parameters
        ----------
        steps : int
            Number of steps before the start, ≥ 0.

        Returns
        -------
        Schedule
            A :class:`.Delay`, longer by ``steps``.

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
        from lrschedules.combinators import Delay

        return Delay(self, checked("delay: steps", FROM_ZERO, steps))

    def per_epoch(self, steps_per_epoch: int, *, smooth: bool = False) -> Schedule:
        """Convert this schedule, written in epochs, to a schedule in steps.

        Parameters
        ----------
        steps_per_epoch : int
            Number of optimizer updates in an epoch: ``math.ceil(rows / batch_size)``.
        smooth : bool
            False holds the rate for a whole epoch, which is what
            ``keras.callbacks.LearningRateScheduler`` does. True changes it with every step and
            agrees at the start of each epoch; it is ``stretch(steps_per_epoch)``.

        Returns
        -------
        Schedule
            A :class:`.PerEpoch`, or one of this class; in steps.

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
        from lrschedules.combinators import PerEpoch

        if not isinstance(smooth, bool):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"per_epoch: smooth must be True or False, got {shown(smooth)}")
        steps = checked("per_epoch: steps_per_epoch", kinds.steps, steps_per_epoch)
        return self.stretch(steps) if smooth else PerEpoch(self, steps)

    def _end(self, where: str, at: int | None, what: str, example: str) -> int:
        """Return a step, or the length of this schedule if none is given."""
        if at is None:
            at = self.length
        if at is None:
            raise ValueError(f"{shown(self)} is open-ended; {what}: .{example}")
        return checked(where, kinds.steps, at)

    # Rates -----------------------------------------------------------------------------------

    def scale(self, factor: float) -> Schedule:
        """Multiply this schedule by a number; ``schedule * factor`` is the same.

        Parameters
        ----------
        factor : float
            Number that every rate is multiplied by, ≥ 0; no unit.

        Returns
        -------
        Schedule
            A :class:`.Scale`, as long as this one.

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
        from lrschedules.combinators import Scale

        return Scale(self, checked("scale: factor", kinds.factor, factor))

    def times(self, other: Schedule) -> Schedule:
        """Multiply two schedules, step by step; ``schedule * other`` is the same.

        Parameters
        ----------
        other : Schedule
            The other factor: a schedule without unit. Both have the same clock.

        Returns
        -------
        Schedule
            A :class:`.Times`.

        Raises
        ------
        TypeError
            If ``other`` is not a schedule.

        Examples
        --------
        >>> from lrschedules import InverseSqrt, Linear
        >>> schedule = Linear(0, 1, 100) * InverseSqrt(0.1, steps=100)
        >>> schedule(50), schedule(100), schedule(400)
        (0.05, 0.1, 0.05)
        """
        from lrschedules.combinators import Times

        return Times(self, checked("times: other", kinds.a_schedule, other))

    def plus(self, amount: float) -> Schedule:
        """Add a number to this schedule; ``schedule + amount`` is the same.

        Parameters
        ----------
        amount : float
            Number that is added to every rate, ≥ 0.

        Returns
        -------
        Schedule
            A :class:`.Plus`, as long as this one.

        Raises
        ------
        TypeError, ValueError
            If ``amount`` is not a rate ≥ 0.

        Examples
        --------
        >>> from lrschedules import Drop
        >>> schedule = Drop(0.09, factor=0.5, every=10) + 0.01
        >>> schedule(0), schedule(10)
        (0.1, 0.055)
        """
        from lrschedules.combinators import Plus

        return Plus(self, checked("plus: amount", kinds.rate, amount))

    def clip(self, minimum: float = 0.0, maximum: float = LARGEST) -> Schedule:
        """Limit the rates of this schedule to a range.

        Parameters
        ----------
        minimum : float
            Lowest rate, ≥ 0.
        maximum : float
            Highest rate, ≥ 0.

        Returns
        -------
        Schedule
            A :class:`.Clip`, as long as this one.

        Raises
        ------
        TypeError, ValueError
            If a bound is not a rate ≥ 0, or if ``minimum`` is above ``maximum``.

        Examples
        --------
        >>> from lrschedules import Exponential
        >>> schedule = Exponential(0.1, factor=0.1, every=1000).clip(minimum=0.001)
        >>> schedule(1000), schedule(2000), schedule(5000)
        (0.01, 0.001, 0.001)
        """
        from lrschedules.combinators import Clip

        return Clip(
            self,
            checked("clip: minimum", kinds.rate, minimum),
            checked("clip: maximum", kinds.rate, maximum),
        )

    def geometric(self, start: float, stop: float) -> Schedule:
        """Interpolate geometrically between two rates, as this schedule goes from 0 to 1.

        Parameters
        ----------
        start : float
            Rate where this schedule is 0, > 0.
        stop : float
            Rate where this schedule is 1, > 0.

        Returns
        -------
        Schedule
            A :class:`.Geometric`, as long as this one.

        Raises
        ------
        TypeError, ValueError
            If a rate is not > 0.

        Examples
        --------
        >>> from lrschedules import Linear
        >>> schedule = Linear(0, 1, steps=1000).geometric(1e-5, 0.1)
        >>> schedule(0), round(schedule(500), 6), schedule(1000)
        (1e-05, 0.001, 0.1)
        """
        from lrschedules.combinators import Geometric

        return Geometric(
            self,
            checked("geometric: start", kinds.peak, start),
            checked("geometric: stop", kinds.peak, stop),
        )

    def mean(self, steps: int | None = None) -> float:
        """Return the mean learning rate over a run: the mean of the values at steps 0 … steps − 1.

        The values of all updates of the run are computed in double precision, and rounding errors
        do not accumulate in their sum. The time grows with the number of steps, up to ``length``.

        Parameters
        ----------
        steps : int, optional
            Number of updates of the run; this schedule's ``length`` when not given.

        Returns
        -------
        float
            The mean, in the unit of the schedule.

        Raises
        ------
        TypeError, ValueError
            If ``steps`` is not a whole number ≥ 1, if the schedule is open-ended and ``steps`` is
            not given, or if the sum of the values exceeds the largest float.

        Examples
        --------
        >>> from lrschedules import Constant, Cosine, Linear
        >>> Constant(0.1).mean(1000), round(Linear(0.1, 0, steps=1000).mean(), 6)
        (0.1, 0.05005)
        >>> warm = Cosine(0.1, 0, steps=900).warmup(100)
        >>> round(warm.mean(), 6), round(warm.mean(2000), 6)
        (0.05, 0.025)
        """
        steps = self._end("mean: steps", steps, "pass the number of steps", "mean(1000)")
        end = steps if self.length is None else min(steps, self.length)
        try:
            # From ``length`` on, all values are equal.
            sums = (math.fsum(block.tolist()) for block in rate_blocks(self, end))
            total = math.fsum([*sums, (steps - end) * self(end)])
        except OverflowError:
            total = math.inf
        if not math.isfinite(total):
            raise ValueError(
                f"mean: the sum of the values of {shown(self)} must be at most {LARGEST_FLOAT!r}; "
                "multiply the schedule by a smaller factor"
            )
        return total / steps

    def matched_to(self, tuned: Schedule, steps: int | None = None) -> Schedule:
        """Return this schedule scaled so that its mean rate over a run is that of another one.

        A learning rate that was tuned for one schedule serves another one better as its mean rate
        than as its peak. The mean is a rule for the validation loss on small models, not a law:
        near the limit of stability, the training loss can depend more on the peak.

        Parameters
        ----------
        tuned : Schedule
            Schedule with the mean rate that is wanted, for example one whose rate was tuned.
        steps : int, optional
            Number of updates of the run; when not given, the ``length`` of the two schedules, or of
            the one that is not open-ended.

        Returns
        -------
        Schedule
            A :class:`.Scale` of this schedule by ``tuned.mean(steps) / self.mean(steps)``.

        Raises
        ------
        TypeError, ValueError
            If an argument is out of range; if ``steps`` is not given and both schedules are
            open-ended or differ in length; or if the mean of this schedule is 0.

        Examples
        --------
        >>> from lrschedules import Constant, Linear
        >>> tuned = Constant(0.03)
        >>> schedule = Linear(1, 0, steps=999).matched_to(tuned)
        >>> round(schedule(0), 6), round(schedule.mean(), 6)
        (0.05994, 0.03)
        """
        tuned = checked("matched_to: tuned", kinds.a_schedule, tuned)
        if steps is None:
            lengths = {each.length for each in (self, tuned)} - {None}
            if len(lengths) != 1:
                found = (
                    f"differ in length, {self.length} and {tuned.length}"
                    if lengths
                    else "are both open-ended"
                )
                raise ValueError(
                    f"matched_to: steps must be given where the schedules {found}; write the "
                    "number of updates of the run: .matched_to(tuned, steps=1000)"
                )
            (steps,) = lengths
        steps = checked("matched_to: steps", kinds.steps, steps)
        wanted, own = tuned.mean(steps), self.mean(steps)
        factor = wanted / own if own > 0 else math.inf
        if not math.isfinite(factor):
            raise ValueError(
                f"matched_to: the mean of {shown(self)} over {steps} steps must be a number > 0 "
                f"that a factor takes to {wanted!r}, got {own!r}; match a schedule that is not 0 "
                "during the run"
            )
        return self.scale(factor)

    def __mul__(self, other: float | Schedule) -> Schedule:
        return self.times(other) if isinstance(other, Schedule) else self.scale(other)

    __rmul__ = __mul__

    def __add__(self, amount: float) -> Schedule:
        return self.plus(amount)

    __radd__ = __add__

    # Pictures --------------------------------------------------------------------------------

    def plot(self, steps: int | None = None, ax: Axes | None = None) -> Axes:
        """Draw the curve with matplotlib; see :func:`lrschedules.plotting.plot`.

        Parameters
        ----------
        steps : int, optional
            Last step drawn; chosen from the parameters when not given.
        ax : matplotlib.axes.Axes, optional
            Axes to draw on; a new figure when not given.

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


def rate_blocks(schedule: Schedule, end: int) -> Iterator[NDArray[np.float64]]:
    """Return the rates of a schedule at the steps 0 … end − 1, as arrays of at most BLOCK steps."""
    import numpy as np

    for start in range(0, end, BLOCK):
        yield schedule(np.arange(start, min(start + BLOCK, end)))


# A function that makes a ramp from its initial rate, its final rate and its number of steps.
Shape = Callable[[float, float, int], Schedule]


def shaped(where: str, shape: Shape) -> Shape:
    """Return a shape whose errors name the argument; what it returns is checked to be a schedule.

    Parameters
    ----------
    where : str
        The name of the function and of the argument, as in "one_cycle: shape".
    shape : callable
        Called as ``shape(start, stop, steps)``.

    Returns
    -------
    callable
        The same, checked.
    """
    rule = f"{where} must be {kinds.a_shape.rule}"

    def ramp(start: float, stop: float, steps: int) -> Schedule:
        if start > LARGEST_FLOAT or stop > LARGEST_FLOAT:
            raise ValueError(f"rates must be finite, got {start!r} and {stop!r}")
        refusal = f"{rule}, got {shown(shape)}; write for example shape=Cosine"
        try:
            made = shape(start, stop, steps)
        except (TypeError, ValueError) as error:
            raise type(error)(f"{refusal}; it raised: {error}") from error
        is_schedule = isinstance(made, Schedule)  # pyright: ignore[reportUnnecessaryIsInstance]
        if not is_schedule or made.length is None:
            raise TypeError(f"{refusal}; it returned {shown(made)}")
        return made

    return ramp
