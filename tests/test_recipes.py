"""The recipes: what they are made of, their values at the steps that matter, and bad input."""

import inspect
import math
import re

import numpy as np
import pytest

import lrschedules as lrs
from lrschedules import recipes
from lrschedules.recipes import (
    chebyshev,
    exp_hyperbolic_lr,
    exp_range,
    flat_cosine,
    htd,
    hyperbolic_lr,
    infinite,
    interpolate,
    inverse_sqrt,
    knee,
    multistep,
    natural_exponential,
    noam,
    one_cycle,
    one_cycle_three_phase,
    one_cycle_torch,
    one_minus_sqrt,
    power_scheduler,
    repeated_wsd,
    sgdr,
    slanted_triangular,
    snapshot,
    triangular,
    triangular2,
    untuned_exponential,
    untuned_linear,
    warmup_stable_decay,
)

RECIPES = [value for value in vars(recipes).values() if inspect.isfunction(value)]

# Worked out from the formulas of the papers, with t counted from 0.
KNOWN = [
    (multistep(0.1, 0.1, [30, 60]), {0: 0.1, 29: 0.1, 30: 0.01, 59: 0.01, 60: 0.001}),
    (
        interpolate([0, 0.4, 0.1], [15, 30]),
        {0: 0.0, 5: 0.4 / 3, 15: 0.4, 20: 0.3, 30: 0.1, 99: 0.1},
    ),
    (interpolate([0.2, 0.1], [10], lrs.Cosine), {0: 0.2, 5: 0.15, 10: 0.1}),
    (natural_exponential(0.1, 0.01), {0: 0.1, 100: 0.1 / math.e, 200: 0.1 / math.e**2}),
    (inverse_sqrt(0.1, 100), {0: 0.0, 50: 0.05, 100: 0.1, 400: 0.05, 10_000: 0.01}),
    (noam(512, 4000), {t: 512**-0.5 * min(t**-0.5, t * 4000**-1.5) for t in (1, 3999, 4001, 9**6)}),
    (noam(512, 4000, scale=2), {0: 0.0, 4000: 2 * (512 * 4000) ** -0.5}),
    (
        untuned_linear(lrs.Constant(0.1), 0.99),
        {t: 0.1 * min(1, (t + 1) / 200) for t in (0, 99, 198, 199, 200)},
    ),
    (
        untuned_exponential(lrs.Constant(0.1), 0.99),
        {t: 0.1 * (1 - math.exp(-(t + 1) / 100)) for t in (0, 99, 1000)},
    ),
    (htd(1, 0, 900), {t: (1 - math.tanh(-6 + 9 * t / 900)) / 2 for t in (0, 300, 700, 900)}),
    (htd(0.1, 0.02, 8, lower=-2, upper=2), {4: 0.06, 0: 0.02 + 0.04 * (1 + math.tanh(2))}),
    (sgdr(0.1, 0.02, 10), {0: 0.1, 5: 0.06, 10: 0.1, 20: 0.06, 30: 0.1, 50: 0.06, 70: 0.1}),
    (sgdr(0.1, 0.02, 10, growth=1, factor=0.5), {0: 0.1, 10: 0.05, 15: 0.03, 20: 0.025}),
    (snapshot(0.1, 301, 3), {0: 0.1, 101: 0.1, 202: 0.1, 303: 0.0}),
    (triangular(0.01, 0.1, 50), {0: 0.01, 25: 0.055, 50: 0.1, 100: 0.01, 150: 0.1, 125: 0.055}),
    (triangular(0.0, 0.1, 50, down=100), {50: 0.1, 100: 0.05, 150: 0.0, 200: 0.1}),
    (triangular2(0.02, 0.1, 50), {0: 0.02, 50: 0.1, 150: 0.06, 250: 0.04, 275: 0.03}),
    (exp_range(0.02, 0.1, 50, 0.99), {50: 0.02 + 0.08 * 0.99**50, 75: 0.02 + 0.04 * 0.99**75}),
    (one_cycle(1.0, 100), {0: 0.04, 15: 0.52, 30: 1.0, 65: 0.500002, 100: 4e-6, 101: 4e-6}),
    (one_cycle(1.0, 100, up=0.295, shape=lrs.Linear), {29: 1.0, 28: 1 - 0.96 / 29}),
    (one_cycle_torch(1.0, 100), {0: 0.04, 29: 1.0, 64: 0.500002, 99: 4e-6}),
    (one_cycle_three_phase(1.0, 100), {0: 0.04, 15: 0.52, 30: 1.0, 85: 0.04, 100: 4e-6}),
    (
        slanted_triangular(0.01, 1000),
        {0: 0.01 / 32, 100: 0.01, 550: 0.01 * 33 / 64, 1000: 0.01 / 32},
    ),
    (one_minus_sqrt(0.1, 0.02, 100), {0: 0.1, 25: 0.06, 100: 0.02}),
    (
        warmup_stable_decay(0.1, 10, 70, 20, stop=0.02),
        {0: 0.0, 5: 0.05, 10: 0.1, 80: 0.1, 90: 0.06, 100: 0.02, 101: 0.02},
    ),
    (warmup_stable_decay(0.1, 10, 65, 25, shape=one_minus_sqrt), {75: 0.1, 91: 0.02, 100: 0.0}),
    (knee(0.1, 10, 40, 50), {5: 0.05, 10: 0.1, 50: 0.1, 75: 0.05, 100: 0.0}),
    (flat_cosine(0.1, 100), {0: 0.1, 72: 0.1, 86: 0.05, 100: 0.0}),
    (
        repeated_wsd(0.1, 10, 80, 20, cycles=2, stop=0.02),
        {10: 0.1, 90: 0.1, 100: 0.06, 110: 0.1, 190: 0.1, 200: 0.06, 210: 0.02, 211: 0.02},
    ),
    (
        infinite(0.3, 0.1, 0.001, warmup=10, cooldown=20, hold=30, anneal=40),
        {0: 0.0, 5: 0.15, 10: 0.3, 20: 0.2, 30: 0.1, 60: 0.1, 80: 0.01, 100: 0.001, 101: 0.001},
    ),
    (
        power_scheduler(128, 2**19, warmup=100, steps=10_000, decay=1000),
        {t: min(0.02, 128 * 4 * (2**19 * t) ** -0.51) for t in (100, 900, 8999, 9000)}
        | {0: 0.0, 50: 0.01, 9500: 128 * 2 * (2**19 * 9000) ** -0.51, 10_000: 0.0},
    ),
]


@pytest.mark.parametrize(("schedule", "values"), KNOWN, ids=[f"{s!r:.60}" for s, _ in KNOWN])
def test_known_values(schedule, values):
    """A recipe gives the rates of the formula that it is named after."""
    for step, rate in values.items():
        assert schedule(step) == pytest.approx(rate, rel=1e-12, abs=1e-16), step


@pytest.mark.parametrize("recipe", [hyperbolic_lr, exp_hyperbolic_lr])
def test_hyperbolic(recipe):
    """The published curve, whose early part does not depend on the length of the run."""
    start, stop, bound = 0.1, 0.001, 1000
    for steps in (250, 500, 1000):

        def f(x, n=steps):
            return math.sqrt((n - x) / bound * (2 - (n + x) / bound))

        for t in (0, 1, 100, steps - 1, steps):
            way = f(t) - f(0)
            expected = start + (start - stop) * way
            if recipe is exp_hyperbolic_lr:
                expected = start * (start / stop) ** way
            assert recipe(start, stop, steps, bound)(t) == pytest.approx(expected, rel=1e-12)


def test_chebyshev():
    """The rates are the reciprocals of the Chebyshev nodes, each once, in fractal order."""
    low, high, n = 0.1, 1.0, 8
    nodes = [
        (high + low) / 2 - (high - low) / 2 * math.cos((i - 0.5) * math.pi / n)
        for i in range(1, n + 1)
    ]
    order = [1, 8, 4, 5, 2, 7, 3, 6]

    np.testing.assert_allclose(
        chebyshev(low, high, n)(np.arange(n)), [1 / nodes[i - 1] for i in order], rtol=1e-12
    )


def test_every_recipe_has_known_values():
    """A recipe without a line in these tests is not finished."""
    source = inspect.getsource(inspect.getmodule(test_known_values))

    assert [r.__name__ for r in RECIPES if not re.search(rf"\b{r.__name__}\b\(?", source)] == []


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (lambda: multistep(0.1, -1, [5]), "multistep: factor must be a number ≥ 0, got -1"),
        (lambda: multistep(0.1, 0.1, [5, 5]), r"multistep: milestones must be .*, got \[5, 5\]"),
        (lambda: interpolate([0, -1], [5]), r"interpolate: values must be .*, got \[0, -1\]"),
        (lambda: interpolate([0, 1], [0]), r"interpolate: boundaries must be .*, got \[0\]"),
        (lambda: interpolate([0, 1], [5, 6]), "got 2 values and 2 boundaries; write for example"),
        (lambda: interpolate([1], []), "got 1 values and 0 boundaries; write for example"),
        (lambda: natural_exponential(0.1, -1), "natural_exponential: decay must be .*, got -1"),
        (lambda: inverse_sqrt(0.1, 0), "inverse_sqrt: warmup must be .*, got 0"),
        (lambda: noam(0, 10), "noam: model_size must be .* > 0, got 0"),
        (lambda: noam(512, 0), "noam: warmup must be .*, got 0"),
        (lambda: untuned_linear(lrs.Constant(1), 1), "untuned_linear: beta_2 must be .*, got 1"),
        (lambda: untuned_exponential(lrs.Constant(1), 1), "exponential: beta_2 must be .*, got 1"),
        (lambda: htd(1, 0, 0), "htd: steps must be .*, got 0"),
        (lambda: htd(1, 0, 9, lower=1), "htd: lower must be .* < 0, got 1"),
        (lambda: htd(1, 0, 9, upper=-1), "htd: upper must be .* > 0 .*, got -1"),
        (lambda: hyperbolic_lr(1, 0, 9, 0), "hyperbolic_lr: bound must be .*, got 0"),
        (lambda: hyperbolic_lr(1, 0, 0, 9), "hyperbolic_lr: steps must be .*, got 0"),
        (lambda: hyperbolic_lr(1, 0, 10, 5), r"Hyperbolic: bound must be .* ≥ 1, got 0\.5"),
        (lambda: exp_hyperbolic_lr(0, 1, 9, 9), "exp_hyperbolic_lr: start must be .*, got 0"),
        (lambda: exp_hyperbolic_lr(1, 0, 9, 9), "exp_hyperbolic_lr: stop must be .*, got 0"),
        (lambda: chebyshev(1.0, 0.1, 8), "largest must be above smallest .*, got 1.0, 0.1 and 8"),
        (lambda: chebyshev(0.1, 1.0, 6), "steps a power of two, got 0.1, 1.0 and 6; write"),
        (lambda: chebyshev(0, 1.0, 8), "chebyshev: smallest must be .* > 0, got 0"),
        (lambda: chebyshev(0.1, 0, 8), "chebyshev: largest must be .* > 0, got 0"),
        (lambda: sgdr(0.1, 0, 0), "Cosine: steps must be .*, got 0"),
        (lambda: snapshot(0.1, 0, 3), "snapshot: steps must be .*, got 0"),
        (lambda: snapshot(0.1, 9, 0), "snapshot: cycles must be .*, got 0"),
        (lambda: triangular(0.1, 1, 0), "Linear: steps must be .*, got 0"),
        (lambda: triangular2(0.1, 0.01, 5), r"Linear: stop must be a rate ≥ 0, got -0\.09"),
        (lambda: triangular2(-1, 1, 5), "triangular2: low must be a rate ≥ 0, got -1"),
        (lambda: exp_range(0.1, -1, 5, 0.9), "exp_range: high must be a rate ≥ 0, got -1"),
        (lambda: one_cycle(1, 0), "one_cycle: steps must be .*, got 0"),
        (lambda: one_cycle(1, 9, up=1), "one_cycle: up must be .* < 1, got 1"),
        (lambda: one_cycle(1, 9, divide=0), "one_cycle: divide must be .*, got 0"),
        (lambda: one_cycle(1, 9, final_divide=0), "one_cycle: final_divide must be .*, got 0"),
        (lambda: one_cycle(1, 3, up=0.3), "Cosine: steps must be .* from 1 to .*, got 0"),
        (lambda: one_cycle_torch(1, 9, up=0), "one_cycle_torch: up must be .*, got 0"),
        (lambda: one_cycle_three_phase(1, 9, down=1), "three_phase: down must be .*, got 1"),
        (lambda: slanted_triangular(1, 9, cut=1), "slanted_triangular: cut must be .*, got 1"),
        (lambda: slanted_triangular(1, 90, ratio=0), "slanted_triangular: ratio must be .*, got 0"),
        (lambda: warmup_stable_decay(1, 0, 5, 5), "Linear: steps must be .*, got 0"),
        (lambda: flat_cosine(1, 9, flat=1), "flat_cosine: flat must be .*, got 1"),
        (lambda: flat_cosine(1, 0), "flat_cosine: steps must be .*, got 0"),
        (
            lambda: power_scheduler(0, 1, warmup=1, steps=9, decay=1),
            "power_scheduler: batch_size must be .* > 0, got 0",
        ),
        (
            lambda: power_scheduler(1, 0, warmup=1, steps=9, decay=1),
            "power_scheduler: tokens_per_step must be .* > 0, got 0",
        ),
        (
            lambda: power_scheduler(1, 1, warmup=5, steps=9, decay=4),
            "Then: at must be .*, got 0",
        ),
    ],
)
def test_bad_value(made, text):
    """What a recipe cannot be made of is refused, by name and value."""
    with pytest.raises(ValueError, match=text):
        made()
