"""Every row of the table of peers holds, against the libraries themselves."""

import functools
import math
import re

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

import lrschedules as lrs
from tests.peers import libraries
from tests.peers.families import FAMILIES
from tests.peers.table import LATE_COUNT, LATE_DROPS, LIBRARIES, ROWS


def name(row):
    """Return a name for a test."""
    return f"{row.library}-{row.theirs}"


# What the libraries themselves cause, as they are imported and used.
pytestmark = [
    pytest.mark.filterwarnings(f"ignore:{warning}")
    for warning in (
        "`torch.jit.(script|interface)` is deprecated:DeprecationWarning",  # importing ignite
        "No ccache found:UserWarning",  # importing Paddle
        "The epoch parameter in `scheduler.step:UserWarning",  # SequentialLR, and step(epoch)
        "Argument `decay` is no longer supported:UserWarning",  # the row that is about it
    )
]
every_row = pytest.mark.parametrize("row", [row for row in ROWS if not row.refused], ids=name)
every_difference = pytest.mark.parametrize("row", [row for row in ROWS if row.differs], ids=name)
every_refusal = pytest.mark.parametrize("row", [row for row in ROWS if row.refused], ids=name)


@functools.cache
def measured(row):
    """Return what the library gives, by the step."""
    steps = sorted({*row.steps, *row.shown, *row.differs, *row.refused})
    try:
        rates = libraries.rates(row.library, row.theirs, steps)
    except (ArithmeticError, ValueError) as error:
        if type(error).__name__ not in {theirs for _, theirs in row.differs.values()}:
            raise
        rates = [type(error).__name__] * len(steps)
    return dict(zip(steps, rates, strict=True))


def agreeing(row):
    """Return the steps at which both are to agree."""
    return [step for step in measured(row) if step not in row.differs]


def off(row, schedule):
    """Return the steps at which a schedule is not what the library gives, of those that agree."""
    theirs, relative = measured(row), LIBRARIES[row.library].tolerance
    peak = max((abs(theirs[step]) for step in agreeing(row)), default=0)
    # A difference of two numbers near the peak is as exact as they are, however small it is.
    absolute = relative / 100 * peak
    return [
        step
        for step in agreeing(row)
        if not math.isclose(schedule(step), theirs[step], rel_tol=relative, abs_tol=absolute)
    ]


@every_row
def test_agrees(row):
    """The schedule gives the library's rates, at every step that is not a named difference."""
    schedule = row.schedule(lrs)
    assert {step: (schedule(step), measured(row)[step]) for step in off(row, schedule)} == {}


@every_difference
def test_differs(row):
    """At each named difference, both give what the table says, and that is not the same."""
    schedule = row.schedule(lrs)
    for step, (ours, theirs) in row.differs.items():
        assert schedule(step) == pytest.approx(ours, rel=1e-5, abs=0), step
        if isinstance(theirs, str):
            assert measured(row)[step] == theirs, step
        else:
            assert measured(row)[step] == pytest.approx(theirs, rel=1e-5, abs=0), step
            assert ours != pytest.approx(theirs, rel=1e-4, abs=0), step


@every_refusal
def test_refuses(row):
    """What the library computes all the same is refused here, when it is written."""
    with pytest.raises(ValueError, match="write for example"):
        row.schedule(lrs)
    assert measured(row) == pytest.approx(row.refused, rel=1e-5, abs=0)


@pytest.mark.parametrize("row", [r for r in ROWS if not r.differs and not r.refused], ids=name)
def test_catches_one_step(row):
    """A schedule that is a step late would not pass, unless it never changes."""
    schedule = row.schedule(lrs)
    if len({schedule(step) for step in agreeing(row)}) > 1:
        assert off(row, schedule.delay(1))


@pytest.mark.parametrize("row", [row for row in ROWS if row.exact], ids=name)
def test_single_precision(row):
    """Where libraries lose steps or digits, this package does not, in their own precision."""
    schedule, steps = row.schedule(lrs), np.array(sorted(measured(row)), dtype=np.int32)
    tolerance = 2e-5 if isinstance(schedule, lrs.Exponential) else 1e-6
    np.testing.assert_allclose(schedule(jnp.asarray(steps)), schedule(steps), rtol=tolerance)


def test_late_drops():
    """XLA makes the drops late that the table names, also those of optax, and none of ours."""
    lengths = np.arange(1, 400, dtype=np.int32)
    whole = jax.jit(lambda steps: jnp.floor(steps / lengths.astype(np.float32)))(lengths)
    found = lengths[np.asarray(whole) < 1].tolist()
    assert (tuple(found[: len(LATE_DROPS)]), len(found)) == (LATE_DROPS, LATE_COUNT)

    def rates(made):
        compiled = jax.jit(
            lambda steps: [made(n)(t) for n, t in zip(LATE_DROPS, steps, strict=True)]
        )
        return [float(rate) for rate in compiled(jnp.asarray(LATE_DROPS))]

    assert set(rates(lambda n: optax.exponential_decay(1.0, n, 0.5, staircase=True))) == {1.0}
    assert set(rates(lambda n: lrs.Drop(1.0, factor=0.5, every=n))) == {0.5}


def test_every_library_has_rows():
    """The table and the evaluators are of the same libraries."""
    assert {row.library for row in ROWS} == set(LIBRARIES) == set(libraries.LIBRARIES)


@pytest.mark.parametrize("family", [f for group in FAMILIES.values() for f in group], ids=str)
def test_family(family):
    """What is written for a schedule of the field makes one, and is among its own rows."""
    schedule = eval(family.ours, {"lrs": lrs})

    assert isinstance(schedule, lrs.Schedule)
    assert re.search(family.pattern, family.ours)


def test_every_schedule_is_in_a_family():
    """Each shape and each recipe of the package is a row of the coverage."""
    written = " ".join(family.ours for group in FAMILIES.values() for family in group)
    recipes = {name for name, value in vars(lrs.recipes).items() if callable(value)}
    shapes = {cls.__name__ for cls in lrs.Finite.__subclasses__()} - {"Tanh", "Hyperbolic"}

    assert {name for name in recipes | shapes if name not in written} == set()


def test_rows_are_whole():
    """A row that differs says why, and no row is there twice."""
    keys = {(row.library, row.theirs, row.ours, *row.differs) for row in ROWS}
    assert len(keys) == len(ROWS)
    for row in ROWS:
        assert bool(row.why) == bool(row.differs or row.refused), name(row)
        assert row.shown or row.differs or row.refused, name(row)
