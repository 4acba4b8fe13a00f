"""Schedules with a plateau: warm up, hold the rate, and decay at the end."""

from __future__ import annotations

from typing import Annotated

from lrschedules import kinds
from lrschedules._schedule import Schedule, shaped
from lrschedules.recipes._recipe import (
    Curve,
    Peak,
    Start,
    Steps,
    Stop,
    Warmup,
    recipe,
    whole_steps,
)
from lrschedules.shapes import Constant, Cosine, Linear

Hold = Annotated[int, kinds.steps, "number of steps at the highest rate"]


@recipe("A :class:`.KDecay` of a linear ramp.")
def one_minus_sqrt(start: Start, stop: Stop, steps: Steps) -> Schedule:
    """1-sqrt decay: decay with the square root of the progress, fast at first.

    It is designed as a decay shape: ``shape=one_minus_sqrt``.

    Use it for the cooldown after a constant rate, where it performed best among the shapes compared
    :cite:p:`haegele2024`. Avoid it when the decay takes the whole run: the rate leaves ``start`` at
    once.

    Examples
    --------
    >>> from lrschedules.recipes import one_minus_sqrt
    >>> schedule = one_minus_sqrt(0.1, 0.0, steps=100)
    >>> schedule(0), schedule(25), schedule(100)
    (0.1, 0.05, 0.0)
    """
    return Linear(start, stop, steps).k_decay(0.5)


@recipe("A warmup, a plateau and a cooldown.")
def warmup_stable_decay(
    peak: Peak,
    warmup: Warmup,
    stable: Hold,
    decay: Annotated[int, kinds.steps, "number of steps of the decay"],
    *,
    stop: Stop = 0.0,
    shape: Curve = Linear,
) -> Schedule:
    """Warmup-stable-decay (WSD, trapezoidal schedule): warm up, hold the rate, then decay.

    ``shape`` may be any fixed-length schedule, or :func:`one_minus_sqrt`.

    Use it for runs whose length is not fixed in advance: the decay can be moved during training,
    and a run can branch off at any step of the plateau :cite:p:`hu2024,haegele2024`. Avoid it when
    the decay may be skipped: a model taken from the plateau is not finished.

    Examples
    --------
    >>> from lrschedules.recipes import warmup_stable_decay
    >>> schedule = warmup_stable_decay(0.1, warmup=100, stable=700, decay=200)
    >>> schedule(50), schedule(100), schedule(800), schedule(900), schedule(1000)
    (0.05, 0.1, 0.1, 0.05, 0.0)
    """
    end = shaped("warmup_stable_decay: shape", shape)(peak, stop, decay)
    return Constant(peak).then(end, at=stable).warmup(warmup)


@recipe("A warmup, a plateau and a linear decay to zero.")
def knee(
    peak: Peak,
    warmup: Warmup,
    explore: Hold,
    exploit: Annotated[int, kinds.steps, "number of steps of the linear decay to zero"],
) -> Schedule:
    """Knee schedule (explore-exploit): hold a high rate, then decay linearly to zero.

    It is the same curve as :func:`warmup_stable_decay`, proposed independently.

    Use it for runs that should explore first: steps at a high rate find wide minima, and the linear
    decay descends into one of them :cite:p:`iyer2023`. Avoid it when the run may stop before the
    decay: the rate is still high there.

    Examples
    --------
    >>> from lrschedules.recipes import knee
    >>> schedule = knee(0.1, warmup=50, explore=450, exploit=500)
    >>> schedule(50), schedule(500), schedule(750), schedule(1000)
    (0.1, 0.1, 0.05, 0.0)
    """
    return warmup_stable_decay(peak, warmup, explore, exploit)


@recipe("A plateau and a :class:`~lrschedules.Cosine`.")
def flat_cosine(
    start: Start,
    steps: Steps,
    flat: Annotated[
        float, kinds.number(gt=0, lt=1), "fraction of the steps at the initial rate"
    ] = 0.75,
) -> Schedule:
    """Flat-then-cosine schedule (``fit_flat_cos``): hold the rate, then decay along a cosine.

    fastai's ``fit_flat_cos`` holds the rate for 75 % of the run by default (``pct_start=0.75``) and
    ends at the rate divided by 100,000 (``div_final=1e5``). This recipe ends at zero. ``fit_fc`` of
    fastai 1 held the rate for 72 %.

    Use it for reproducing runs made with ``fit_flat_cos``, or for a plateau with a smooth end.
    Avoid it when a warmup is needed: it starts at the full rate, unless ``.warmup(steps)`` is
    added.

    Examples
    --------
    >>> from lrschedules.recipes import flat_cosine
    >>> schedule = flat_cosine(0.1, steps=1000)
    >>> schedule(0), schedule(750), round(schedule(875), 4), schedule(1000)
    (0.1, 0.1, 0.05, 0.0)
    """
    hold = whole_steps("flat_cosine: flat", flat, steps)
    return Constant(start).cooldown(steps - hold, at=hold, shape=Cosine)
