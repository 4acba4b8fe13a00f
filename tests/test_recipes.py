"""The recipes that are no line of the table, and the bad input of all of them."""

import inspect
import itertools
import json
import math
import pickle
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
        (
            lambda: multistep(0.1, 1e308, [1, 2, 3]),
            "^multistep: .* too large; .* factor=1e.308, mil",
        ),
        (
            lambda: interpolate([0.1] * 12, [*range(1, 11), 3]),
            "^interpolate: boundaries must be .*, got 3 at index 10 of 11 numbers; write",
        ),
        (
            lambda: interpolate([0, 1], itertools.count(1)),
            "^interpolate: boundaries must be .*, got more than 100000 numbers; write",
        ),
        (
            lambda: chebyshev(0.1, 1.0, 2**17),
            "^chebyshev: steps must be .* from 1 to 65536, got 131072",
        ),
        (
            lambda: untuned_linear(lrs.Constant(1), 1 - 1e-10),
            "_linear: beta_2 .*, got 0.9999999999",
        ),
        (lambda: noam(1e-300, 1, 1e200), r"^noam: .* no schedule: .* scale=1e\+200$"),
        (lambda: sgdr(0.1, 0, 0), "sgdr: steps must be .*, got 0"),
        (
            lambda: sgdr(0.1, 0, 10, growth=1.01),
            r"^sgdr: growth=1\.01 makes too many cycles .*; write for example cycles=100$",
        ),
        (lambda: htd(-1, 0, 10), "^htd: start must be a rate ≥ 0, got -1"),
        (lambda: one_cycle(1, 10**400), "^one_cycle: steps must be .*, got 1000000"),
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
        (
            lambda: one_cycle_torch(1, 20, up=1 - 1e-12),
            r"^one_cycle_torch: up must be at least 2 of steps=20 and leave one, got 0\.9999",
        ),
        (
            lambda: one_cycle_three_phase(1, 20, down=1 - 1e-12),
            r"^one_cycle_three_phase: down must be at least 7 of .* and leave one, got 0\.9999",
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


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (lambda: multistep(True, 0.1, [3]), "^multistep: start must be a rate ≥ 0, got True"),
        (lambda: multistep("0.1", 0.1, [3]), r"^multistep: start must be a rate ≥ 0, got '0\.1'"),
        (lambda: noam(512, 10, True), "^noam: scale must be a number ≥ 0, got True"),
        (
            lambda: hyperbolic_lr(0.1, True, 9, 9),
            "^hyperbolic_lr: stop must be a rate ≥ 0, got True",
        ),
        (lambda: htd("0.1", 0, 10), r"^htd: start must be a rate ≥ 0, got '0\.1'"),
        (lambda: untuned_linear(0.1), r"^untuned_linear: schedule must be a schedule .*, got 0\.1"),
        (
            lambda: untuned_exponential(lrs.Drop),
            "^untuned_exponential: schedule must be .*, got <cl",
        ),
        (
            lambda: one_cycle(0.1),
            r"^one_cycle: missing .* 'steps'; write one_cycle\(peak, steps, up=\.\.\.",
        ),
        (
            lambda: repeated_wsd(0.1, 1, 1, 1),
            r"^repeated_wsd: missing .*: 'cycles'; write .*, stable, decay, cycles=\.\.\.,",
        ),
        (
            lambda: sgdr(0.1, 0, 9, lr=1),
            r"^sgdr has no parameter 'lr' \(got 1\); write sgdr\(start, s",
        ),
        (
            lambda: knee(0.1, 1, 1, 1, 1),
            r"^knee: too many positional arguments; write knee\(peak, w",
        ),
        (
            lambda: knee(0.1, 1, 1, 1, peak=1),
            "^knee: multiple values for argument 'peak'; write knee",
        ),
        *(
            (
                lambda made=made, shape=shape: made(shape),
                f"^{name}: shape must be a callable .*, got {got}",
            )
            for name, made in {
                "warmup": lambda shape: lrs.Constant(1).warmup(5, shape=shape),
                "cooldown": lambda shape: lrs.Constant(1).cooldown(5, at=5, shape=shape),
                "interpolate": lambda shape: interpolate([0, 1], [5], shape),
                "one_cycle": lambda shape: one_cycle(1, 9, shape=shape),
                "one_cycle_torch": lambda shape: one_cycle_torch(1, 9, shape=shape),
                "one_cycle_three_phase": lambda shape: one_cycle_three_phase(1, 30, shape=shape),
                "warmup_stable_decay": lambda shape: warmup_stable_decay(1, 5, 5, 5, shape=shape),
            }.items()
            for shape, got in [
                ("", "''"),
                (0, "0"),
                ([], r"\[\]"),
                ({}, "{}"),
                (0.5, r"0\.5; .*; it raised: 'float' object is not callable"),
                (lambda a, b, n: 0.1, r"<function .*; it returned 0\.1$"),
                (lrs.Hyperbolic, "<class .*; it raised: Hyperbolic: missing .* 'bound'; write"),
                (lambda a, b, n: lrs.Drop(1, 0.5, n), r"<function .*; it returned Drop\("),
                (lrs.Linear(0.1, 0, 5), r"Linear\(.*; it raised: "),
            ]
        ),
        (lambda: one_cycle(1, 9, shape=None), "^one_cycle: shape must be a callable .*, got None"),
    ],
)
def test_bad_type(made, text):
    """What a recipe or a method cannot compute with is refused under the name of the caller."""
    with pytest.raises(TypeError, match=text):
        made()


def test_a_value_out_of_range_in_a_shape():
    """A shape that refuses a rate is named, and the error stays a ValueError."""
    with pytest.raises(
        ValueError, match=r"^warmup: shape .*; it raised: geometric: start .* got 0\.0"
    ):
        lrs.Constant(1).warmup(5, shape=lambda a, b, n: lrs.Linear(0, 1, n).geometric(a, b))


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.__name__)
def test_every_parameter_is_checked(recipe):
    """A parameter without a kind would reach the arithmetic of the recipe unchecked."""
    kinds = inspect.getclosurevars(recipe).nonlocals["kinds"]
    parameters = inspect.signature(recipe).parameters.values()

    assert set(kinds) == {p.name for p in parameters if p.annotation != "Shape"}


def depth(schedule):
    """Return how many schedules are inside each other."""
    inner = [value for value in vars(schedule).values() if isinstance(value, lrs.Schedule)]
    return 1 + max(map(depth, inner), default=0)


@pytest.mark.parametrize("shape", [lrs.Linear, lrs.Cosine])
def test_a_thousand_points(shape):
    """A long list is interpolated, saved, sent and stretched like a short one."""
    boundaries = list(itertools.accumulate(1 + i % 7 for i in range(1000)))
    values = [0.1 * (1 + i * i % 11) for i in range(1001)]
    schedule = interpolate(values, boundaries, shape)
    steps = np.arange(boundaries[-1] + 9)

    assert depth(schedule) <= 11
    assert schedule.length == boundaries[-1]
    np.testing.assert_array_equal(schedule(np.array([0, *boundaries])), values)
    if shape is lrs.Linear:
        expected = np.interp(steps, [0, *boundaries], values)
        np.testing.assert_allclose(schedule(steps), expected, rtol=1e-12)
        assert [schedule(step) for step in range(0, 4000, 97)] == schedule(steps[:4000:97]).tolist()
    again = type(schedule).from_config(json.loads(json.dumps(schedule.get_config())))
    assert again == pickle.loads(pickle.dumps(schedule)) == eval(repr(schedule), vars(lrs).copy())
    assert hash(again) == hash(schedule)
    assert again == schedule
    np.testing.assert_allclose(schedule.stretch(3)(3 * steps), schedule(steps), rtol=1e-12)
