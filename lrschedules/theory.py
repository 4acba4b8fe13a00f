"""Theory: what convex optimization says about a schedule before anything is trained.

The theory is about stochastic gradient descent on a convex function. Networks are not convex, so
each function says what has been found about it in practice; :doc:`/guide/theory` has the evidence.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lrschedules import kinds
from lrschedules._config import shown
from lrschedules._schedule import BLOCK, Schedule, rate_blocks
from lrschedules.kinds import checked
from lrschedules.recipes import interpolate
from lrschedules.shapes import Constant

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

# A second stage with a smaller factor than this would hardly train.
SMALLEST_FACTOR = 1e-3
# A refined schedule is drawn through so many points.
MOST_CORNERS = 100


class Bound(NamedTuple):
    """The convex bound of a schedule at its best base rate.

    Attributes
    ----------
    value
        Bound on the excess of the loss at the last update, in units of the distance to the
        solution times the gradient norm.
    base_rate
        Number that the schedule must be multiplied by to reach it, in units of that distance
        divided by the gradient norm. The ratio of two schedules does not depend on the units.
    """

    value: float
    base_rate: float


def bound(schedule: Schedule, steps: int, gradient_norms: ArrayLike | None = None) -> Bound:
    """Return the convex bound on the final loss of a schedule, and the base rate that is best.

    For stochastic gradient descent on a convex function, it bounds the difference between the loss
    at the last update and the least loss: Theorem 10 of :cite:t:`defazio2023`, in the form in which
    :cite:t:`schaipp2025` use it. :doc:`/guide/theory` has the equation. It is computed with sums
    that run from the last update to the first, in a time that is proportional to the steps.

    Use it for the ratio of the best base rates of two schedules. Avoid it when the question is
    which schedule is best: on small networks, the bounds hardly agreed with the losses.

    Parameters
    ----------
    schedule : Schedule
        Schedule of the learning rate.
    steps : int
        Number of updates, ≥ 1; the rates are those at the steps 0 to ``steps - 1``. Updates at the
        end whose rate is zero change nothing, and are not counted.
    gradient_norms : array-like, optional
        Norm of the gradient at each update, ≥ 0, shape (steps,); all 1 when not given.

    Returns
    -------
    Bound
        ``value`` and ``base_rate``, for a distance of 1. Both are proportional to the distance;
        ``value`` is proportional to the norms, and ``base_rate`` inversely.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range, or if the rates or the gradient norms are all zero.

    Examples
    --------
    >>> from lrschedules import Constant, Linear
    >>> from lrschedules.theory import bound
    >>> linear = bound(Linear(1, 0, steps=10_000), 10_000)
    >>> constant = bound(Constant(1), 10_000)
    >>> round(constant.base_rate / linear.base_rate, 3)
    0.305
    >>> round(constant.value / linear.value, 3)
    1.642
    """
    schedule = checked("bound: schedule", kinds.a_schedule, schedule)
    steps = checked("bound: steps", kinds.steps, steps)
    rates = np.concatenate([*rate_blocks(schedule, steps)])
    peak = float(rates.max())
    if not peak:
        raise ValueError(
            f"bound: schedule must have a rate > 0, but {shown(schedule)} is 0 at all {steps} "
            "steps; pass another number of steps, or another schedule"
        )
    rates /= peak  # squares of numbers near 1 neither overflow nor vanish
    rates = rates[: steps - int((rates[::-1] > 0).argmax())]
    moves, largest = rates, 1.0  # rates times norms
    if gradient_norms is not None:
        norms = _norms("bound", gradient_norms, steps)[: len(rates)]
        largest = float(norms.max()) or 1.0
        moves = rates * (norms / largest)
    # Sums from each update to the last are exact where the rates are small.
    last = len(rates) - 1
    rest, noise, mixed = rates[last:], np.square(moves[last:]), 0.0
    for stop in range(last, 0, -BLOCK):
        block = slice(max(0, stop - BLOCK), stop)
        here, squares = rates[block][::-1], np.square(moves[block][::-1])
        rest, noise = np.append(rest[-1], here).cumsum(), np.append(noise[-1], squares).cumsum()
        mixed += float((here / rest[:-1] * (noise[1:] / rest[1:])).sum())
    if not noise[-1]:
        raise ValueError(
            "bound: gradient_norms must not be 0 at every update that has a rate; without "
            "gradients, no base rate is best"
        )
    total = float(rest[-1])
    first, second = 1 / (2 * total), (float(noise[-1]) / total + mixed) / 2
    value, base_rate = 2 * math.sqrt(first * second), math.sqrt(first / second)
    return Bound(value * largest, base_rate / peak / largest)


class Extension(NamedTuple):
    """A schedule that has been made longer, and what has been changed.

    Attributes
    ----------
    schedule
        Schedule of the longer run. It has the same base rate, and the same rates up to the step
        that ``reason`` names.
    reason
        The change and its purpose, in one sentence.
    """

    schedule: Schedule
    reason: str


def extend(schedule: Schedule, steps: int, at: int | None = None) -> Extension:
    """Return a warmup-stable-decay schedule for a longer run, with the same base rate.

    A longer run needs a lower base rate. The base rate of a run that has begun cannot be changed,
    so something else is, until the best base rate of the convex bound is that of the given
    schedule :cite:p:`schaipp2025`. Without ``at`` it is the length of the cooldown. With ``at`` it
    is a factor of all rates from that step on, and the cooldown takes the same fraction of the run
    as before.

    Use it for a run that should go on beyond its planned end, if a checkpoint from its plateau
    exists. Avoid it when the base rate was not tuned: what is kept is the rate of the shorter run.

    Parameters
    ----------
    schedule : Schedule
        Schedule of the shorter run: any initial phases, then a constant rate, then a decay from it
        to the end, as :func:`lrschedules.recipes.warmup_stable_decay` and
        :meth:`.Schedule.cooldown` make it. It may be multiplied by a number.
    steps : int
        Number of steps of the longer run.
    at : int, optional
        Step from which the rates may change, on the plateau of ``schedule``; the start of the new
        cooldown when not given.

    Returns
    -------
    Extension
        ``schedule`` and ``reason``.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range, if ``schedule`` has another form or already has a second
        stage, or if no cooldown is long enough: pass ``at``.

    Examples
    --------
    >>> from lrschedules.recipes import warmup_stable_decay
    >>> from lrschedules.theory import extend
    >>> tuned = warmup_stable_decay(0.1, warmup=30, stable=770, decay=200)
    >>> longer, reason = extend(tuned, 2000)
    >>> [round(longer(step), 4) for step in (30, 700, 800, 1400, 2000)]
    [0.1, 0.1, 0.0948, 0.0474, 0.0]
    >>> reason[:38]
    'A cooldown of 63.3% of the run, instea'
    >>> [round(extend(tuned, 2000, at=800).schedule(step), 4) for step in (799, 800, 1600, 2000)]
    [0.1, 0.0533, 0.0533, 0.0]
    """
    from lrschedules.combinators import Scale

    schedule = checked("extend: schedule", kinds.a_schedule, schedule)
    if isinstance(schedule, Scale):
        longer, reason = extend(schedule.schedule, steps, at)
        return Extension(longer * schedule.factor, reason)
    plan = _Plan.of(schedule)
    steps = checked("extend: steps", kinds.steps, steps)
    if steps <= plan.end:
        raise ValueError(
            f"extend: steps must be more than the {plan.end} steps of the schedule, got {steps}; "
            f"write for example {2 * plan.end}"
        )
    wanted = bound(schedule, plan.end).base_rate
    if at is None:
        return _cooled_longer(plan, steps, wanted)
    begin: int = checked("extend: at", kinds.steps, at)
    if not plan.start <= begin <= plan.decay_at:
        raise ValueError(
            f"extend: at must be a step on the plateau, from {max(1, plan.start)} to "
            f"{plan.decay_at}, got {begin}; a run that has cooled down continues from a checkpoint "
            "before its cooldown"
        )
    return _second_stage(plan, steps, begin, wanted)


class _Plan(NamedTuple):
    """A schedule taken apart: what comes before the plateau, the plateau, and the decay."""

    rise: Schedule | None
    start: int
    level: float
    decay_at: int
    decay: Schedule
    end: int

    @classmethod
    def of(cls, schedule: Schedule) -> _Plan:
        """Take a schedule apart, and check that its phases are the whole of it."""
        from lrschedules.combinators import Scale, Then

        refusal = (
            f"extend: schedule must hold a rate and end with a decay from it, got "
            f"{shown(schedule)}; write for example Constant(0.1).cooldown(200, at=800)"
        )
        begin, rest = 0, schedule
        while isinstance(rest, Then):
            begin, rest = begin + rest.at, rest.second
        if isinstance(rest, Scale):
            refusal = (
                f"extend: schedule must not be extended already, but from step {begin} on it is "
                f"multiplied by {rest.factor:g}; extend the original schedule to the new number of "
                f"steps, for example with at={begin}, and continue from a checkpoint of that step"
            )
        end = schedule.length
        phases = schedule.phases(end) if end else []
        if end is None or len(phases) < 2:  # a plateau and a decay
            raise ValueError(refusal)
        start, decay_at, decay = phases[-2].start, phases[-1].start, phases[-1].schedule
        level = schedule(start)
        held = schedule(np.arange(start, decay_at + 1))
        fall, own = schedule(np.arange(decay_at, end + 1)), decay(np.arange(end - decay_at + 1))
        if not (np.array_equal(fall, own) and (held == level).all() and fall[-1] < level):
            raise ValueError(refusal)
        rise = (
            schedule.schedule if isinstance(schedule, Then) and schedule.at == start else schedule
        )
        return cls(rise if start else None, start, level, decay_at, decay, end)

    def then(self, rest: Schedule) -> Schedule:
        """Return the phases before the plateau, and another rest after them."""
        return self.rise.then(rest, at=self.start) if self.rise else rest

    def plateau(self, hold: int, decay: int) -> Schedule:
        """Return a plateau of ``hold`` steps, and the decay stretched to ``decay`` steps."""
        fall = self.decay.stretch(decay / (self.end - self.decay_at))
        return Constant(self.level).then(fall, at=hold) if hold else fall


def _cooled_longer(plan: _Plan, steps: int, wanted: float) -> Extension:
    """Return the run with the shortest cooldown whose best base rate is at least the one wanted."""

    def with_cooldown(decay: int) -> Schedule:
        return plan.then(plan.plateau(steps - plan.start - decay, decay))

    shortest, longest = plan.end - plan.decay_at, steps - plan.start
    if bound(with_cooldown(longest), steps).base_rate < wanted:
        raise ValueError(
            f"extend: no cooldown is long enough for {steps} steps at the same base rate; pass the "
            f"step from which a lower rate may hold, for example at={max(1, plan.decay_at)}"
        )
    while longest - shortest > 1:
        middle = (shortest + longest) // 2
        if bound(with_cooldown(middle), steps).base_rate < wanted:
            shortest = middle
        else:
            longest = middle
    begin = steps - longest
    return Extension(
        with_cooldown(longest),
        f"A cooldown of {longest / steps:.1%} of the run, instead of "
        f"{(plan.end - plan.decay_at) / plan.end:.1%}, keeps the best base rate of the convex "
        f"bound; it starts at step {begin}, so continue from a checkpoint of step "
        f"{min(begin, plan.decay_at)} or earlier.",
    )


def _second_stage(plan: _Plan, steps: int, at: int, wanted: float) -> Extension:
    """Return the run with the largest factor of a second stage that keeps the best base rate."""
    fraction = (plan.end - plan.decay_at) / plan.end
    decay = round(fraction * steps)
    stage, before = plan.plateau(steps - at - decay, decay), Constant(plan.level)

    def with_factor(factor: float) -> Schedule:
        rest = stage * factor
        return plan.then(before.then(rest, at=at - plan.start) if at > plan.start else rest)

    high = low = 1.0
    while bound(with_factor(low), steps).base_rate < wanted:
        high, low = low, 0.8 * low
        if low < SMALLEST_FACTOR:
            raise ValueError(
                f"extend: no second stage from step {at} on keeps the base rate for {steps} steps; "
                "pass an earlier at, or fewer steps"
            )
    while high - low > low / 10_000:
        middle = (high + low) / 2
        if bound(with_factor(middle), steps).base_rate < wanted:
            high = middle
        else:
            low = middle
    factor = float(f"{low:.3g}")
    return Extension(
        with_factor(factor),
        f"From step {at} on, {factor:g} times the rate keeps the best base rate of the convex "
        f"bound; the cooldown takes {decay / steps:.1%} of the run, as before.",
    )


def refined(gradient_norms: ArrayLike, *, power: float = 2.0) -> Schedule:
    """Return the schedule that the gradient norms of an earlier run suggest: refinement.

    It minimizes a bound for the norms that were recorded :cite:p:`defazio2023`. Norms that do not
    change give a linear decay, norms that fall at first give a warmup, and norms that rise towards
    the end make the decay begin earlier. :doc:`/guide/theory` has the equation. As in the paper,
    the norms are smoothed first, by a median over a tenth of the run.

    Use it for training again what has been trained with another schedule, on the same data with the
    same number of steps. Avoid it when the norms fall to almost nothing: the rates then grow
    until the end, which the paper calls a degenerate case.

    Parameters
    ----------
    gradient_norms : array-like
        Norm of the gradient at each update, ≥ 0, shape (steps,), for example of
        :class:`lrschedules.callbacks.RecordGradientNorms`.
    power : float
        Exponent of the norms, > 0: 2 for stochastic gradient descent, with Euclidean norms; 1 for
        Adam, with sums of absolute values.

    Returns
    -------
    Schedule
        Piecewise linear schedule of so many steps, whose highest rate is 1. Multiply it by a base
        rate.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range, or if the norms are 0 for a twentieth of the run.

    Examples
    --------
    >>> import numpy as np
    >>> from lrschedules.theory import refined
    >>> schedule = 0.1 * refined(np.ones(1000))
    >>> [round(schedule(step), 6) for step in (0, 250, 500, 1000)]
    [0.1, 0.075, 0.05, 0.0]
    """
    norms = _norms("refined", gradient_norms)
    power = checked("refined: power", kinds.ratio, power)
    steps, half = len(norms), max(1, len(norms) // 20)
    corners = np.linspace(0, steps, min(steps, MOST_CORNERS) + 1).round().astype(int)
    padded = np.pad(norms, half, mode="reflect")
    smooth = np.array([np.median(padded[t : t + 2 * half]) for t in corners])
    if not smooth.all():
        at = corners[smooth == 0][0]
        raise ValueError(
            f"refined: gradient_norms must not be 0 for long, but their median is 0 around update "
            f"{at}; leave out the updates that change nothing"
        )
    weights = (smooth.min() / smooth) ** power
    areas = np.diff(corners) * (weights[:-1] + weights[1:]) / 2
    values = weights * np.append(areas[::-1].cumsum()[::-1], 0)
    return interpolate((values / values.max()).tolist(), corners[1:].tolist())


def _norms(where: str, values: ArrayLike, steps: int | None = None) -> NDArray[np.float64]:
    """Return gradient norms as an array: finite, not negative, one for each update."""
    wrong = f"{where}: gradient_norms must be a number ≥ 0 for each update"
    remedy = "pass for example the norms of a RecordGradientNorms"
    try:
        norms = np.asarray(values, np.float64)
    except (TypeError, ValueError) as error:
        raise TypeError(f"{wrong}, got {shown(values)}; {remedy}") from error
    if norms.ndim != 1 or len(norms) != (steps or max(1, len(norms))):
        count = f"({steps},)" if steps else "(steps,)"
        raise ValueError(f"{wrong}, of shape {count}, got shape {norms.shape}; {remedy}")
    bad = np.flatnonzero(~(np.isfinite(norms) & (norms >= 0)))
    if bad.size:
        raise ValueError(f"{wrong}, got {norms[bad[0]]} at update {bad[0]}; {remedy}")
    return norms
