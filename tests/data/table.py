"""The table of known values: what each schedule gives at steps where the answer is known.

A value was found by hand, or is printed elsewhere. A float is exact; a string holds the digits
that are known, to which the rate must round. A new schedule is a new row here, and nothing else.
"""

import functools
import itertools

import numpy as np
import sympy

import lrschedules as lrs
from lrschedules._declared import registry
from lrschedules.symbolic import t, trace
from tests.data.recipes_table import RECIPES_TABLE

LAST = 2**31 - 1
# More than the steps around which any row of the table is compared.
PROBES = 48


def compounding(decay, epochs):
    """Return the tutorial's printed reading: each epoch divides the rate of the one before."""
    products = itertools.accumulate((1 + decay * k for k in range(epochs)), lambda a, b: a * b)
    rates = [0.1 / product for product in products]
    return lrs.Piecewise(rates, boundaries=range(1, epochs)).per_epoch(9)


def in_epochs(rates):
    """Return rates at the starts of the first epochs, of 9 updates each."""
    return {9 * epoch: rate for epoch, rate in enumerate(rates)}


TABLE = [
    (lrs.Constant(0.1), {0: 0.1, 1: 0.1, LAST: 0.1}),
    (lrs.TimeBased(0.3, decay=0.5), {0: 0.3, 1: 0.2, 2: 0.15, 18: 0.03}),
    (lrs.TimeBased(0.1, decay=0), {0: 0.1, LAST: 0.1}),
    (lrs.Drop(0.1, factor=0.5, every=7), {6: 0.1, 7: 0.05, 13: 0.05, 14: 0.025}),
    (lrs.Drop(0.3, factor=0.1, every=2**30), {2**30 - 1: 0.3, 2**30: 0.03, LAST: 0.03}),
    (lrs.Exponential(0.1, factor=0.25, every=10), {0: 0.1, 5: 0.05, 10: 0.025, 20: 0.00625}),
    (lrs.Exponential(1, factor=0.5), {0: 1.0, 1: 0.5, 10: 1 / 1024}),
    # Single precision cannot hold this base: its logarithm would be 3 % off.
    (lrs.Exponential(1, factor=0.999999), {10**6: "0.3678792572", LAST: "0.000000000"}),
    (lrs.Exponential(0, factor=2), {0: 0.0, 10_000: 0.0, LAST: 0.0}),
    (lrs.InverseSqrt(0.1, steps=4000), {0: 0.1, 3999: 0.1, 16_000: 0.05, 100_000: 0.02}),
    (lrs.Piecewise([0.1, 0.01, 0.001], [30, 60]), {29: 0.1, 30: 0.01, 59: 0.01, 60: 0.001}),
    (lrs.Piecewise([0.5], []), {0: 0.5, LAST: 0.5}),
    (lrs.Linear(0.1, 0.0, steps=1000), {0: 0.1, 250: 0.075, 750: 0.025, 1000: 0.0, LAST: 0.0}),
    (lrs.Linear(1, 3, steps=4), {0: 1.0, 1: 1.5, 3: 2.5, 4: 3.0, 5: 3.0}),
    (lrs.Linear(0, 1, steps=LAST), {1: 1 / LAST, LAST - 1: 1 - 1 / LAST, LAST: 1.0}),
    (lrs.Polynomial(0.1, 0.02, steps=4), {0: 0.1, 1: 0.065, 2: 0.04, 3: 0.025, 4: 0.02, 9: 0.02}),
    (lrs.Polynomial(1, 0, steps=100, power=0.5), {19: 0.9, 51: 0.7, 75: 0.5, 100: 0.0}),
    (lrs.Polynomial(0, 1, steps=10, power=3), {0: 0.0, 1: 0.271, 5: 0.875, 10: 1.0}),
    # 1 - (1 - x) ** 2 = 2 x - x ** 2: at its start nothing may cancel.
    (lrs.Polynomial(0, 1, steps=10**9), {1: 2e-9 - 1e-18, 10**9: 1.0, LAST: 1.0}),
    (lrs.Cosine(0.2, 0.0, steps=6), {0: 0.2, 2: 0.15, 3: 0.1, 4: 0.05, 6: 0.0, 7: 0.0}),
    (lrs.Cosine(0.1, 0.3, steps=3), {0: 0.1, 1: 0.15, 2: 0.25, 3: 0.3, 50: 0.3}),
    # The square of pi / 2 / 10000: at its end nothing may cancel.
    (lrs.Cosine(1, 0, steps=10_000), {9999: "0.0000000246740108", 10_000: 0.0}),
    (
        lrs.Linear(0, 0.1, 500).then(lrs.Cosine(0.1, 0, 9500)),
        {0: 0.0, 250: 0.05, 499: 0.0998, 500: 0.1, 5250: 0.05, 10_000: 0.0, 10_001: 0.0},
    ),
    (
        lrs.TimeBased(0.1, decay=1).then(lrs.Drop(0.3, 0.5, every=2), at=4),
        {1: 0.05, 3: 0.025, 4: 0.3, 5: 0.3, 6: 0.15, 8: 0.075},
    ),
    (
        lrs.TimeBased(0.1, decay=0.002).warmup(100),
        {0: 0.0, 50: 0.05, 99: 0.099, 100: 0.1, 600: 0.05},
    ),
    (lrs.Constant(0.5).warmup(4, start=0.1), {0: 0.1, 1: 0.2, 3: 0.4, 4: 0.5}),
    (0.1 * lrs.Linear(0, 1, 500), {0: 0.0, 250: 0.05, 500: 0.1, 501: 0.1}),
    (
        lrs.Linear(0.1, 0, 100).delay(50),
        {0: 0.1, 50: 0.1, 75: 0.075, 100: 0.05, 150: 0.0, 999: 0.0},
    ),
    (lrs.TimeBased(0.1, decay=1).per_epoch(9), {0: 0.1, 8: 0.1, 9: 0.05, 17: 0.05, 27: 0.025}),
    (
        lrs.TimeBased(0.1, decay=1).per_epoch(9, smooth=True),
        {0: 0.1, 9: 0.05, 17: 0.9 / 26, 18: 0.1 / 3, 27: 0.025},
    ),
    (lrs.Approach(0.1, 0.02, factor=0.5, every=1000), {0: 0.1, 1000: 0.06, 2000: 0.04, 3000: 0.03}),
    (lrs.Approach(0.0, 0.1, factor=0.5), {0: 0.0, 1: 0.05, 2: 0.075, LAST: 0.1}),
    (lrs.Power(0.1, power=0.5, steps=1000), {0: 0.1, 3000: 0.05, 8000: 0.1 / 3, 99_000: 0.01}),
    (lrs.Power(0.1, power=1), {0: 0.1, 1: 0.05, 9: 0.01}),
    (lrs.Rex(0.1, 0.0, 1000), {0: 0.1, 500: 0.1 / 1.5, 1000: 0.0, 1001: 0.0}),
    (lrs.Rex(0.1, 0.02, 1000, d=0.75), {0: 0.1, 500: 0.084, 1000: 0.02}),
    (lrs.Tanh(0.1, 0.0, 900), {0: 0.1, 300: "0.09975", 600: "0.049876", 900: 0.0}),
    (lrs.Tanh(0.0, 1.0, 200, lower=-2, upper=2), {0: 0.0, 100: 0.5, 200: 1.0, 300: 1.0}),
    (lrs.Hyperbolic(0.1, 0.0, 1000, bound=2), {0: 0.1, 500: "0.0645497", 1000: 0.0}),
    (lrs.Hyperbolic(0.1, 0.02, 1000, bound=1), {0: 0.1, 250: 0.08, 1000: 0.02}),
    (lrs.FiniteExponential(0.1, 0.0, 1000, ratio=0.25), {0: 0.1, 500: 0.1 / 3, 1000: 0.0}),
    (lrs.FiniteExponential(0.3, 0.0, 3), {0: 0.3, 1: "0.17622", 2: "0.07798", 3: 0.0}),
    (lrs.FiniteExponential(0.1, 0.04, 2, ratio=0.25), {0: 0.1, 1: 0.06, 2: 0.04}),
    (
        lrs.Linear(0, 1, 100) * lrs.InverseSqrt(0.1, steps=100),
        {0: 0.0, 50: 0.05, 100: 0.1, 400: 0.05},
    ),
    (lrs.Drop(0.08, 0.5, every=10) + 0.01, {0: 0.09, 9: 0.09, 10: 0.05, 20: 0.03}),
    (
        lrs.Drop(20, 0.1, every=10).clip(0.3, 5),
        {0: 5.0, 9: 5.0, 10: 2.0, 20: 0.3, 30: 0.3},
    ),
    (lrs.Drop(0.1, 0.1, every=10).clip(maximum=0.05), {0: 0.05, 10: 0.01, 20: 0.001, 30: 1e-4}),
    (lrs.Linear(0.1, 0, 10).clip(0.05, 0.05), {0: 0.05, 5: 0.05, 10: 0.05}),
    (
        lrs.Linear(0, 1, 4).geometric(1e-4, 1.0),
        {0: 1e-4, 1: 1e-3, 2: 1e-2, 3: 1e-1, 4: 1.0, 5: 1.0},
    ),
    (lrs.Linear(0.1, 0, 100).k_decay(2), {0: 0.1, 50: 0.075, 90: 0.019, 100: 0.0, 101: 0.0}),
    (lrs.Linear(0.1, 0.02, 100).k_decay(0.5), {0: 0.1, 25: 0.06, 64: 0.036, 100: 0.02}),
    (
        lrs.Linear(0.1, 0, 10).repeat(),
        {0: 0.1, 5: 0.05, 9: 0.01, 10: 0.1, 19: 0.01, 20: 0.1, 10_000_000: 0.1},
    ),
    (
        lrs.Linear(0.1, 0, 10).repeat(3, factor=0.5),
        {0: 0.1, 9: 0.01, 10: 0.05, 20: 0.025, 25: 0.0125, 30: 0.0, 31: 0.0},
    ),
    (lrs.Linear(0.1, 0, 10).repeat(factor=2), {0: 0.1, 9: 0.01, 10: 0.2, 25: 0.2, 30: 0.8}),
    (
        lrs.Linear(0.1, 0, 10).repeat(growth=2, factor=0.5),
        {0: 0.1, 9: 0.01, 10: 0.05, 20: 0.025, 29: 0.0025, 30: 0.025, 70: 0.0125, 150: 0.00625},
    ),
    (lrs.Linear(0.1, 0, 8).repeat(4, growth=0.5), {0: 0.1, 7: 0.0125, 8: 0.1, 12: 0.1, 14: 0.1}),
    (lrs.Exponential(0.1, 0.5).repeat(every=3), {0: 0.1, 1: 0.05, 2: 0.025, 3: 0.1, 5: 0.025}),
    (
        lrs.Constant(0.1).cooldown(10, at=20).warmup(5).repeat(),
        {0: 0.0, 4: 0.08, 5: 0.1, 25: 0.1, 34: 0.01, 35: 0.0, 40: 0.1},
    ),
    # The three readings of the tutorial's decay=0.002, with its 9 updates per epoch: what Keras
    # computed, the formula once per epoch, and its printed table, which compounds.
    (
        lrs.TimeBased(0.1, decay=0.002),
        in_epochs(["0.10000", "0.09823", "0.09653", "0.09488", "0.09328"])
        | {441: "0.05313", 449: "0.05269", 500: 0.05, 4500: 0.01},
    ),
    (
        lrs.TimeBased(0.1, decay=0.002).per_epoch(9),
        in_epochs(["0.10000", "0.09980", "0.09960", "0.09940", "0.09921"])
        | {8: 0.1, 441: "0.09107", 449: "0.09107"},
    ),
    (
        compounding(0.002, epochs=50),
        in_epochs(["0.10000", "0.09980", "0.09940", "0.09881", "0.09803"])
        | {441: "0.00932", 449: "0.00932"},
    ),
    (
        compounding(0.001, epochs=100),
        {
            0: 0.1,
            9: "0.0999000999",
            18: "0.0997006985",
            27: "0.09940249103",
            36: "0.09900646517",
            891: "0.000828",
        },
    ),
    # The two readings of its drop: epoch // 10, and (1 + epoch) // 10, which falls one epoch early.
    (
        lrs.Drop(0.1, factor=0.5, every=10),
        {0: 0.1, 9: 0.1, 10: 0.05, 19: 0.05, 20: 0.025, 30: 0.0125, 40: 0.00625, 49: 0.00625},
    ),
    (
        lrs.Constant(0.1).then(lrs.Drop(0.05, factor=0.5, every=10), at=9),
        {0: 0.1, 8: 0.1, 9: 0.05, 18: 0.05, 19: 0.025, 29: 0.0125, 39: 0.00625, 48: 0.00625}
        | {49: 0.003125},
    ),
]
TABLE += RECIPES_TABLE
SCHEDULES = [schedule for schedule, _ in TABLE]
PUBLIC = [
    value
    for value in (vars(lrs) | vars(lrs.combinators)).values()
    if isinstance(value, type) and value in registry.values()
]


def row_of(cls):
    """Return a valid schedule of a class."""
    return next(schedule for schedule in SCHEDULES if type(schedule) is cls)


def brief(schedule):
    """Return a name for a test."""
    return f"{schedule!r:.60}"


def probes(schedule):
    """Return steps at which back ends are compared: around every step of the schedule's row.

    There are as many for each schedule, the last one several times: JAX compiles an operation
    once for each shape.
    """
    known = [step for row, values in TABLE if row == schedule for step in values]
    steps = {0, 1, 2, 3, 100, 2**24, 2**24 + 1, 2**30, LAST}
    steps |= {step + shift for step in known for shift in (-1, 0, 1)}
    chosen = sorted(step for step in steps if 0 <= step <= LAST)
    return np.array(chosen + [LAST] * (PROBES - len(chosen)))


@functools.cache
def tolerance(schedule):
    """Return how far single precision may be off, relative: more where a power holds the step."""
    try:
        powers = trace(schedule).atoms(sympy.Pow, sympy.sinh, sympy.exp)
    except ValueError:  # many cycles, each longer than the one before, are a deep expression
        return 2e-5
    return 2e-5 if any((power.exp if power.is_Pow else power).has(t) for power in powers) else 1e-6


def assert_single_precision(actual, schedule, steps):
    """Assert that rates from a tensor library equal NumPy's."""
    expected = np.broadcast_to(schedule(np.asarray(steps)), np.shape(steps))
    # Single precision flushes to 0 what falls below 1e-38, and a factor may lift that again.
    np.testing.assert_allclose(
        np.asarray(actual), expected, tolerance(schedule), 1e-30, err_msg=repr(schedule)
    )
