"""Schedules with a plateau: warm-up, hold, and a decay at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lrschedules import _param
from lrschedules._on_time import shaped
from lrschedules._schedule import Schedule
from lrschedules.recipes._recipe import recipe, whole_steps
from lrschedules.shapes import Constant, Cosine, Linear

if TYPE_CHECKING:
    from lrschedules._on_time import Shape


@recipe(start=_param.rate, stop=_param.rate, steps=_param.steps)
def one_minus_sqrt(start: float, stop: float, steps: int) -> Schedule:
    """Lower the rate by the square root of the way: fast at first.

    Made to be given as ``shape=one_minus_sqrt``.

    Use it for the cooldown after a constant rate: of the shapes compared there it did best
    :cite:p:`haegele2024`. Not over a whole run: it leaves the first rate at once.

    Parameters
    ----------
    start : float
        The first rate, ≥ 0.
    stop : float
        The last rate, ≥ 0.
    steps : int
        How long it is, in steps.

    Returns
    -------
    Schedule
        A :class:`~lrschedules.KDecay` of a line.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range.

    Examples
    --------
    >>> from lrschedules.recipes import one_minus_sqrt
    >>> schedule = one_minus_sqrt(0.1, 0.0, steps=100)
    >>> schedule(0), schedule(25), schedule(100)
    (0.1, 0.05, 0.0)
    """
    return Linear(start, stop, steps).k_decay(0.5)


@recipe(
    peak=_param.rate,
    warmup=_param.steps,
    stable=_param.steps,
    decay=_param.steps,
    stop=_param.rate,
)
def warmup_stable_decay(
    peak: float, warmup: int, stable: int, decay: int, *, stop: float = 0.0, shape: Shape = Linear
) -> Schedule:
    """Warm up, hold the rate, and lower it at the end.

    Also called trapezoid. ``shape`` may be any of the finite shapes, or :func:`one_minus_sqrt`.

    Use it where the length of the run is not settled: the end can be moved while training, and a
    run branched at any step of the plateau :cite:p:`hu2024,haegele2024`. Not without its decay: a
    model taken from the plateau is not finished.

    Parameters
    ----------
    peak : float
        The highest rate, ≥ 0.
    warmup : int
        How long the warm-up is, in steps.
    stable : int
        How long the rate is held, in steps.
    decay : int
        How long the way down is, in steps.
    stop : float
        The last rate, ≥ 0.
    shape : type or callable
        What the way looks like, called with its first rate, its last and its steps.

    Returns
    -------
    Schedule
        A warm-up, a plateau and a cooldown.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range.

    Examples
    --------
    >>> from lrschedules.recipes import warmup_stable_decay
    >>> schedule = warmup_stable_decay(0.1, warmup=100, stable=700, decay=200)
    >>> schedule(50), schedule(100), schedule(800), schedule(900), schedule(1000)
    (0.05, 0.1, 0.1, 0.05, 0.0)
    """
    end = shaped("warmup_stable_decay: shape", shape)(peak, stop, decay)
    return Constant(peak).then(end, at=stable).warmup(warmup)


@recipe(
    peak=_param.rate,
    warmup=_param.steps,
    explore=_param.steps,
    exploit=_param.steps,
)
def knee(peak: float, warmup: int, explore: int, exploit: int) -> Schedule:
    """Explore at a high rate, then exploit on a line to zero.

    The same curve as :func:`warmup_stable_decay`, found apart from it.

    Use it for runs that are to explore first: time spent at a high rate finds wide minima, the line
    descends into one :cite:p:`iyer2023`. Not for a run that may stop before the line.

    Parameters
    ----------
    peak : float
        The highest rate, ≥ 0.
    warmup : int
        How long the warm-up is, in steps.
    explore : int
        How long the rate is held, in steps.
    exploit : int
        How long the line to zero is, in steps.

    Returns
    -------
    Schedule
        A warm-up, a plateau and a line.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range.

    Examples
    --------
    >>> from lrschedules.recipes import knee
    >>> schedule = knee(0.1, warmup=50, explore=450, exploit=500)
    >>> schedule(50), schedule(500), schedule(750), schedule(1000)
    (0.1, 0.1, 0.05, 0.0)
    """
    return warmup_stable_decay(peak, warmup, explore, exploit)


@recipe(start=_param.rate, steps=_param.steps, flat=_param.part)
def flat_cosine(start: float, steps: int, flat: float = 0.75) -> Schedule:
    """Hold the rate, then lower it on half a cosine wave.

    The schedule of fastai's ``fit_flat_cos``, which holds the rate for 75 % of the run by default
    (``pct_start=0.75``) and ends at the rate divided by 100,000 (``div_final=1e5``). This recipe
    ends at zero. ``fit_fc`` of fastai 1 held the rate for 72 %.

    Use it to repeat runs made with ``fit_flat_cos``, or for a plateau with a smooth end. Not by
    itself where a warm-up is needed: it begins at the full rate, until ``.warmup(steps)`` is added.

    Parameters
    ----------
    start : float
        The first rate, ≥ 0.
    steps : int
        How long it is, in steps.
    flat : float
        The part of the run that holds, > 0 and < 1.

    Returns
    -------
    Schedule
        A plateau and a :class:`~lrschedules.Cosine`.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range.

    Examples
    --------
    >>> from lrschedules.recipes import flat_cosine
    >>> schedule = flat_cosine(0.1, steps=1000)
    >>> schedule(0), schedule(750), round(schedule(875), 4), schedule(1000)
    (0.1, 0.1, 0.05, 0.0)
    """
    hold = whole_steps("flat_cosine: flat", flat, steps)
    return Constant(start).cooldown(steps - hold, at=hold, shape=Cosine)
