"""The recipes that have no row in the table, and the errors of all of them."""

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
    hyperbolic_lr,
    infinite,
    interpolate,
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
    triangular,
    triangular2,
    untuned_exponential,
    warmup_stable_decay,
)
from tests.data import recipes_table

RECIPES = [value for value in vars(recipes).values() if inspect.isfunction(value)]


@pytest.mark.parametrize("recipe", [hyperbolic_lr, exp_hyperbolic_lr])
def test_hyperbolic(recipe):
    """The published curve, whose early part does not depend on the length of the run."""
    start, stop, bound = 0.1, 0.001, 1000
    for steps in (250, 500, 1000):

        def f(x, n=steps):
            return math.sqrt((n - x) / bound * (2 - (n + x) / bound))

        for t in (0, 1, 100, steps - 1, steps):
            progress = f(0) - f(t)
            expected = start - (start - stop) * progress
            if recipe is exp_hyperbolic_lr:
                expected = start * (stop / start) ** progress
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
    """A recipe without a value in these tests is not finished."""
    modules = recipes_table, inspect.getmodule(test_hyperbolic)
    source = "".join(map(inspect.getsource, modules)).replace("import", "")

    assert [r.__name__ for r in RECIPES if not re.search(rf"\b{r.__name__}\(", source)] == []


# Values that are just out of range, by the name of the argument; other kinds for some recipes.
OUT_OF_RANGE = {
    name: values
    for values, names in [
        ([-1], "start stop peak low high scale"),
        ([0], "smallest largest batch_size tokens_per_step model_size constant most"),
        ([0], "steps warmup stable decay explore exploit cooldown hold anneal down bound cycles"),
        ([0], "factor final_divide a"),
        ([0.5], "growth divide ratio"),
        ([0, 1], "up cut flat"),
        ([-20, 0], "b lower"),
        ([0, 20], "upper"),
        ([-1, 1, 1 - 1e-10], "beta_2"),
        ([[5, 5], [0]], "milestones boundaries"),
        ([[0, -1]], "values"),
        ([], "shape schedule"),
    ]
    for name in names.split()
}
OTHERWISE = {
    multistep: {"factor": [-1]},
    chebyshev: {"steps": [0, 2**16 + 1]},
    natural_exponential: {"decay": [-1]},
    exp_hyperbolic_lr: {"start": [0], "stop": [0]},
    one_cycle_three_phase: {"down": [0, 1]},
    infinite: {"stop": [0]},
}
ARGUMENTS = [(recipe, name) for recipe in RECIPES for name in inspect.signature(recipe).parameters]


def example(recipe):
    """Return the arguments with which a recipe is called in its docstring."""
    code = re.search(rf">>> schedule = ({recipe.__name__}\(.*\))", inspect.getdoc(recipe))[1]
    return eval(code, vars(lrs) | {recipe.__name__: inspect.signature(recipe).bind}).arguments


@pytest.mark.parametrize(
    ("recipe", "name"), ARGUMENTS, ids=lambda value: getattr(value, "__name__", value)
)
def test_every_argument_is_checked(recipe, name):
    """A wrong type and a value out of range are refused with the names of recipe and argument."""
    known, begin = example(recipe), f"^{recipe.__name__}: {name} must be "
    for bad in ("a", True):
        with pytest.raises(TypeError, match=rf"{begin}.*, got {bad!r}; write for example [^;]+$"):
            recipe(**known | {name: bad})
    for bad in (OUT_OF_RANGE | OTHERWISE.get(recipe, {}))[name]:
        text = rf"{begin}.*, got {re.escape(repr(bad))}; write for example [^;]+$"
        with pytest.raises(ValueError, match=text):
            recipe(**known | {name: bad})


def test_docstring():
    """Parameters, Returns and Raises follow from the annotations, before the examples."""
    expected = """
    Parameters
    ----------
    low : float
        Lowest rate. A rate ≥ 0; unit: rate.
    high : float
        Highest rate, at least ``low``. A rate ≥ 0; unit: rate.
    steps : int
        Number of steps from ``low`` to ``high``, half a cycle. A whole number of steps from 1 to
        2147483647; unit: steps.
    factor : float
        Factor of the amplitude per step. A number > 0.

    Returns
    -------
    Schedule
        A product of cycles and an :class:`~lrschedules.Exponential`, above a floor.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range.

    Examples
    """
    assert " ".join(expected.split()) in " ".join(inspect.getdoc(exp_range).split())


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (lambda: interpolate([0, 1], [5, 6]), "got 2 values and 2 boundaries; write for example"),
        (lambda: interpolate([1], []), "got 1 values and 0 boundaries; write for example"),
        (
            lambda: hyperbolic_lr(1, 0, 10, 5),
            "hyperbolic_lr: bound must be at least steps, got bound=5 and steps=10; write",
        ),
        (
            lambda: exp_hyperbolic_lr(1, 0.1, 10, 5),
            "exp_hyperbolic_lr: bound must be at least steps, got bound=5 and steps=10; write",
        ),
        (
            lambda: chebyshev(1.0, 0.1, 8),
            "^chebyshev: largest must be .*, got largest=0.1, smallest=1.0 and steps=8; write",
        ),
        (lambda: chebyshev(1, 1, 8), "^chebyshev: largest must be greater than smallest"),
        (lambda: chebyshev(0.1, 1.0, 6), "steps a power of two, .* and steps=6; write"),
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
        (lambda: noam(1e-300, 1, 1e200), r"^noam: .* not define a schedule: .* scale=1e\+200$"),
        (
            lambda: sgdr(0.1, 0, 10, growth=1.01),
            r"^sgdr: growth=1\.01 gives too many cycles, .*; write for example cycles=100$",
        ),
        (lambda: one_cycle(1, 10**400), "^one_cycle: steps must be .*, got 1000000"),
        (
            lambda: triangular(1, 0.1, 5),
            r"^triangular: high must be at least low, got high=0\.1 and low=1",
        ),
        (lambda: triangular2(0.1, 0.01, 5), r"^triangular2: high must be .*, got high=0\.01 and"),
        (lambda: exp_range(0.1, 0.01, 5, 0.9), r"^exp_range: high must be .*, got high=0\.01 and"),
        (lambda: one_cycle(1, 3), r"one_cycle: up must cover at least 1 of steps=3 .*, got 0\.3"),
        (lambda: one_cycle(1, 1), "one_cycle: up must cover at least 1 of steps=1 and leave one"),
        (
            lambda: one_cycle_torch(1, 10, up=0.1),
            r"^one_cycle_torch: up must cover at least 2 of steps=10 .*, got 0\.1; write",
        ),
        (
            lambda: one_cycle_torch(1, 20, up=1 - 1e-12),
            r"^one_cycle_torch: up must cover at least 2 of steps=20 and leave one, got 0\.9999",
        ),
        (
            lambda: one_cycle_three_phase(1, 20, down=1 - 1e-12),
            r"^one_cycle_three_phase: down must cover at least 7 of .* and leave one, got 0\.9999",
        ),
        (
            lambda: one_cycle_three_phase(1, 100, up=0.5, down=0.5),
            r"three_phase: down must cover at least 51 of steps=100 .*, got 0\.5",
        ),
        (lambda: one_cycle_three_phase(1, 3, up=0.1), "three_phase: up must cover at least 1 of"),
        (lambda: slanted_triangular(1, 9), "slanted_triangular: cut must cover at least 1 of"),
        (lambda: flat_cosine(1, 1), "flat_cosine: flat must cover at least 1 of steps=1 and leave"),
        (
            lambda: power_scheduler(1, 1, warmup=5, steps=9, decay=4),
            r"^power_scheduler: steps must be .*, got steps=9, warmup=5 and decay=4; write",
        ),
    ],
)
def test_arguments_that_do_not_fit(made, text):
    """Arguments that are valid one by one, but not together, are refused with their values."""
    with pytest.raises(ValueError, match=text):
        made()


@pytest.mark.parametrize(
    ("made", "text"),
    [
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
                (0.5, r"0\.5; write for example shape=Cosine"),
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
    """A call that cannot be made is refused with the name of the function that was called."""
    with pytest.raises(TypeError, match=text):
        made()


def test_a_value_out_of_range_in_a_shape():
    """A shape that refuses a rate is named, and the error stays a ValueError."""
    with pytest.raises(
        ValueError, match=r"^warmup: shape .*; it raised: geometric: start .* got 0\.0"
    ):
        lrs.Constant(1).warmup(5, shape=lambda a, b, n: lrs.Linear(0, 1, n).geometric(a, b))


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
