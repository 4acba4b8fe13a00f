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
from lrschedules._schedule import Schedule
from lrschedules.kinds import checked

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


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
    r"""Return the convex bound on the final loss of a schedule, and the base rate that is best.

    Let :math:`\eta_1, \dots, \eta_T` be the rates of the updates, :math:`G_t` the norms of the
    gradients, and :math:`D` the distance from the initial weights to a solution. For stochastic
    gradient descent on a convex function, the loss at the last update exceeds the least one by at
    most (Theorem 10 of :cite:t:`defazio2023`, as used by :cite:t:`schaipp2025`)

    .. math::

       \frac{D^2}{2 \sum_{t=1}^T \eta_t} + \frac{\sum_{t=1}^T \eta_t^2 G_t^2}{2 \sum_{t=1}^T \eta_t}
       + \frac12 \sum_{k=1}^{T-1} \frac{\eta_k}{\sum_{t=k+1}^T \eta_t} \cdot
       \frac{\sum_{t=k}^T \eta_t^2 G_t^2}{\sum_{t=k}^T \eta_t}

    The schedule times a base rate :math:`\gamma` has the bound
    :math:`\mathcal{T}_1 / \gamma + \gamma \mathcal{T}_2`, where :math:`\mathcal{T}_1` is the first
    term and :math:`\mathcal{T}_2` the sum of the other two. It is least at
    :math:`\gamma = \sqrt{\mathcal{T}_1 / \mathcal{T}_2}`, where it is
    :math:`2 \sqrt{\mathcal{T}_1 \mathcal{T}_2}`.

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
    1.641
    """
    schedule = checked("bound: schedule", kinds.a_schedule, schedule)
    steps = checked("bound: steps", kinds.steps, steps)
    rates = np.broadcast_to(schedule(np.arange(steps)), steps)
    if rates[-1] == 0:
        rates = np.trim_zeros(rates, "b")
    peak = float(rates.max(initial=0))
    if not peak:
        raise ValueError(
            f"bound: schedule must have a rate > 0, but {shown(schedule)} is 0 at all {steps} "
            "steps; pass another number of steps, or another schedule"
        )
    rates, largest = rates / peak, 1.0  # squares of numbers near 1 neither overflow nor vanish
    squares = rates * rates
    if gradient_norms is not None:
        norms = _norms("bound", gradient_norms, steps)[: len(rates)]
        largest = float(norms.max()) or 1.0
        squares *= np.square(norms / largest)
        if not squares.any():
            raise ValueError(
                "bound: gradient_norms must not be 0 at every update that has a rate; without "
                "gradients, no base rate is best"
            )
    # Sums from each update to the last are exact where the rates are small.
    rest, noise = rates[::-1].cumsum()[::-1], squares[::-1].cumsum()[::-1]
    first = 1 / (2 * rest[0])
    last = np.dot(rates[:-1] / rest[1:], noise[:-1] / rest[:-1])
    second = (noise[0] / rest[0] + last) / 2
    value, base_rate = 2 * math.sqrt(first * second), math.sqrt(first / second)
    return Bound(value * largest, base_rate / peak / largest)


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
