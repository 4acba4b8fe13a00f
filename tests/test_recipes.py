"""The recipes that are no line of the table, and the bad input of all of them."""

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
from tests import recipes_table

INFINITE = {"peak": 0.3, "constant": 0.1, "stop": 0.01}
INFINITE |= {"warmup": 1, "cooldown": 1, "hold": 1, "anneal": 1}
POWER = {"batch_size": 8, "tokens_per_step": 8, "warmup": 1, "steps": 9, "decay": 1}
RECIPES = [value for value in vars(recipes).values() if inspect.isfunction(value)]


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

    assert chebyshev(low, high, 1)(5) == pytest.approx(2 / (low + high), rel=1e-12)
    np.testing.assert_allclose(
        chebyshev(low, high, n)(np.arange(n)), [1 / nodes[i - 1] for i in order], rtol=1e-12
    )


def test_every_recipe_has_known_values():
    """A recipe without a line in these tests is not finished."""
    modules = recipes_table, inspect.getmodule(test_hyperbolic)
    source = "".join(map(inspect.getsource, modules)).replace("import", "")

    assert [r.__name__ for r in RECIPES if not re.search(rf"\b{r.__name__}\(", source)] == []


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
        (
            lambda: hyperbolic_lr(1, 0, 10, 5),
            "hyperbolic_lr: bound must not be below steps, got 5 and 10",
        ),
        (lambda: exp_hyperbolic_lr(0, 1, 9, 9), "exp_hyperbolic_lr: start must be .*, got 0"),
        (lambda: exp_hyperbolic_lr(1, 0, 9, 9), "exp_hyperbolic_lr: stop must be .*, got 0"),
        (lambda: chebyshev(1.0, 0.1, 8), "largest must be above smallest .*, got 1.0, 0.1 and 8"),
        (lambda: chebyshev(1, 1, 8), "largest must be above smallest .*, got 1.0, 1.0 and 8"),
        (lambda: chebyshev(0.1, 1.0, 6), "steps a power of two, got 0.1, 1.0 and 6; write"),
        (lambda: chebyshev(0, 1.0, 8), "chebyshev: smallest must be .* > 0, got 0"),
        (lambda: chebyshev(0.1, 0, 8), "chebyshev: largest must be .* > 0, got 0"),
        (lambda: sgdr(0.1, 0, 0), "sgdr: steps must be .*, got 0"),
        (lambda: sgdr(0.1, 0, 9, growth=0.5), r"sgdr: growth must be a number ≥ 1, got 0\.5"),
        (lambda: snapshot(0.1, 0, 3), "snapshot: steps must be .*, got 0"),
        (lambda: snapshot(0.1, 9, 0), "snapshot: cycles must be .*, got 0"),
        (lambda: triangular(0.1, 1, 0), "triangular: steps must be .*, got 0"),
        (lambda: triangular(0.1, 1, 5, down=0), "triangular: down must be .*, got 0"),
        (lambda: triangular(1, 0.1, 5), r"triangular: high must not be below low, got 0\.1 and 1"),
        (
            lambda: triangular2(0.1, 0.01, 5),
            r"triangular2: high must not be below low, got 0\.01 and",
        ),
        (lambda: triangular2(-1, 1, 5), "triangular2: low must be a rate ≥ 0, got -1"),
        (lambda: exp_range(0.1, -1, 5, 0.9), "exp_range: high must be a rate ≥ 0, got -1"),
        (lambda: one_cycle(1, 0), "one_cycle: steps must be .*, got 0"),
        (lambda: one_cycle(1, 9, up=1), "one_cycle: up must be .* < 1, got 1"),
        (lambda: one_cycle(1, 9, divide=0), "one_cycle: divide must be .*, got 0"),
        (lambda: one_cycle(1, 9, final_divide=0), "one_cycle: final_divide must be .*, got 0"),
        (lambda: one_cycle(1, 3), r"one_cycle: up must be at least 1 of steps=3 .*, got 0\.3"),
        (
            lambda: one_cycle_torch(1, 10, up=0.1),
            r"one_cycle_torch: up must be at least 2 of .*, got 0\.1",
        ),
        (lambda: one_cycle(1, 1), "one_cycle: up must be at least 1 of steps=1 and leave one"),
        (lambda: one_cycle_three_phase(1, 3, up=0.1), "three_phase: up must be at least 1 of"),
        (lambda: slanted_triangular(1, 9), "slanted_triangular: cut must be at least 1 of"),
        (lambda: flat_cosine(1, 1), "flat_cosine: flat must be at least 1 of steps=1 and leave"),
        (lambda: one_cycle_torch(1, 9, up=0), "one_cycle_torch: up must be .*, got 0"),
        (lambda: one_cycle_three_phase(1, 9, down=1), "three_phase: down must be .*, got 1"),
        (lambda: slanted_triangular(1, 9, cut=1), "slanted_triangular: cut must be .*, got 1"),
        (lambda: slanted_triangular(1, 90, ratio=0), "slanted_triangular: ratio must be .*, got 0"),
        (lambda: exp_range(0.1, 0.01, 5, 0.9), r"exp_range: high must not be below low, got 0\.01"),
        (lambda: exp_range(0.1, 1, 0, 0.9), "exp_range: steps must be .*, got 0"),
        (lambda: exp_range(0.1, 1, 5, 0), "exp_range: factor must be .* > 0, got 0"),
        (lambda: one_cycle(-1, 9), "one_cycle: peak must be a rate ≥ 0, got -1"),
        (lambda: one_cycle_torch(-1, 9), "one_cycle_torch: peak must be a rate ≥ 0, got -1"),
        (lambda: one_cycle_three_phase(-1, 9), "three_phase: peak must be a rate ≥ 0, got -1"),
        (
            lambda: one_cycle_three_phase(1, 100, up=0.5, down=0.5),
            r"three_phase: down must be at least 51 of steps=100 .*, got 0\.5",
        ),
        (lambda: slanted_triangular(-1, 90), "slanted_triangular: peak must be .*, got -1"),
        (lambda: flat_cosine(-1, 9), "flat_cosine: start must be a rate ≥ 0, got -1"),
        (lambda: knee(-1, 1, 1, 1), "knee: peak must be a rate ≥ 0, got -1"),
        (lambda: knee(1, 0, 1, 1), "knee: warmup must be .*, got 0"),
        (lambda: knee(1, 1, 0, 1), "knee: explore must be .*, got 0"),
        (lambda: knee(1, 1, 1, 0), "knee: exploit must be .*, got 0"),
        (lambda: warmup_stable_decay(-1, 5, 5, 5), "stable_decay: peak must be .*, got -1"),
        (lambda: warmup_stable_decay(1, 0, 5, 5), "stable_decay: warmup must be .*, got 0"),
        (lambda: warmup_stable_decay(1, 5, 0, 5), "stable_decay: stable must be .*, got 0"),
        (lambda: warmup_stable_decay(1, 5, 5, 0), "stable_decay: decay must be .*, got 0"),
        (lambda: warmup_stable_decay(1, 5, 5, 5, stop=-1), "decay: stop must be .*, got -1"),
        (lambda: repeated_wsd(-1, 5, 5, 5, cycles=2), "repeated_wsd: peak must be .*, got -1"),
        (lambda: repeated_wsd(1, 0, 5, 5, cycles=2), "repeated_wsd: warmup must be .*, got 0"),
        (lambda: repeated_wsd(1, 5, 0, 5, cycles=2), "repeated_wsd: stable must be .*, got 0"),
        (lambda: repeated_wsd(1, 5, 5, 0, cycles=2), "repeated_wsd: decay must be .*, got 0"),
        (lambda: repeated_wsd(1, 5, 5, 5, cycles=0), "repeated_wsd: cycles must be .*, got 0"),
        (lambda: repeated_wsd(1, 5, 5, 5, cycles=2, stop=-1), "wsd: stop must be .*, got -1"),
        *(
            (
                lambda bad=bad: infinite(**INFINITE | bad),
                f"infinite: {name} must be .*, got {value}",
            )
            for bad in [
                {"peak": -1},
                {"constant": 0},
                {"stop": 0},
                {"warmup": 0},
                {"cooldown": 0},
                {"hold": 0},
                {"anneal": 0},
            ]
            for name, value in bad.items()
        ),
        *(
            (
                lambda bad=bad: power_scheduler(**POWER | bad),
                f"scheduler: {name} must be .*, got {v}",
            )
            for bad in [{"a": 0}, {"b": 0}, {"most": 0}, {"warmup": 0}, {"steps": 0}, {"decay": 0}]
            for name, v in bad.items()
        ),
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
            "power_scheduler: steps must be more than warmup and decay together, got 9, 5 and 4",
        ),
    ],
)
def test_bad_value(made, text):
    """What a recipe cannot be made of is refused, by name and value."""
    with pytest.raises(ValueError, match=text):
        made()
