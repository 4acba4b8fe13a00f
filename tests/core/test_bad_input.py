"""Every check of a parameter, a step and a method: the error names the field and the value."""

import dataclasses
import fractions
import math
import re

import numpy as np
import pytest

import lrschedules as lrs
from lrschedules._config import shown
from lrschedules._declared import parameters, registry
from lrschedules.kinds import ListOf, ScheduleKind, a_schedule
from tests.data.table import PUBLIC, SCHEDULES, row_of

PARAMETERS = [(cls, p) for cls in PUBLIC for p in parameters(cls)]
NAMES = [f"{cls.__name__}.{p.name}" for cls, p in PARAMETERS]
NO_NUMBERS = [True, "0.1", None, [0.1], 1j, np.array([1.0, 2.0]), np.True_]


def refused(kind):
    """Return values that a kind must refuse, each with the error."""
    if isinstance(kind, ScheduleKind):
        return [(value, TypeError) for value in (0.1, None, "Constant(0.1)", lrs.Constant, abs)]
    if isinstance(kind, ListOf):
        single = [(value, TypeError) for value in (0.1, None, "123", b"123", {5}, {5: 1})]
        inside = [([bad], error) for bad, error in refused(kind.kind)]
        falling = [([2, 1], ValueError), ([1, 3, 3], ValueError)] if kind.rising else []
        return single + inside + falling
    least = kind.gt if kind.ge is None else kind.ge
    beyond = [-math.inf, math.inf, math.nan, least - 1, least - 1e-9]
    beyond += [least] if kind.ge is None else []
    beyond += [] if kind.lt is None else [kind.lt, kind.lt + 1e-9, kind.lt + 1]
    beyond += [] if kind.le is None else [kind.le + 1e-6, kind.le + 1]
    beyond += [10**400, -(10**400), 10**5000, fractions.Fraction(10**400)]  # too large for a float
    broken = [0.5, 2.5, 1e30] if kind.whole else []
    return [(v, TypeError) for v in NO_NUMBERS] + [(v, ValueError) for v in [*beyond, *broken]]


@pytest.mark.parametrize(("cls", "p"), PARAMETERS, ids=NAMES)
def test_parameter_out_of_its_range(cls, p):
    """A value that a parameter cannot have is refused, with field, value and a remedy."""
    for value, error in refused(p.kind):
        text = rf"^{cls.__name__}: {p.name} must be .*, got {re.escape(shown(value))}; write for ex"
        with pytest.raises(error, match=text):
            dataclasses.replace(row_of(cls), **{p.name: value})


@pytest.mark.parametrize(
    ("made", "text"),
    [
        # By hand: what is refused follows from the declaration, and the declaration may be wrong.
        (lambda: lrs.Constant(-0.1), "Constant: value must be a rate ≥ 0, got -0.1"),
        (lambda: lrs.TimeBased(-0.1, 0.1), "TimeBased: start must be a rate ≥ 0, got -0.1"),
        (lambda: lrs.TimeBased(0.1, -0.1), "TimeBased: decay must be a number ≥ 0, got -0.1"),
        (lambda: lrs.Drop(-1, 0.5, 10), "Drop: start must be a rate ≥ 0, got -1"),
        (lambda: lrs.Drop(0.1, 0, 10), "Drop: factor must be a number > 0, got 0"),
        (lambda: lrs.Drop(0.1, 0.5, 0), "Drop: every must be a whole number of steps from 1"),
        (lambda: lrs.Exponential(-1, 0.5), "Exponential: start must be a rate ≥ 0, got -1"),
        (lambda: lrs.Exponential(0.1, 0), "Exponential: factor must be a number > 0, got 0"),
        (lambda: lrs.Exponential(0.1, 0.5, 0), "Exponential: every must be .* from 1 to .*, got 0"),
        (lambda: lrs.InverseSqrt(-1, 10), "InverseSqrt: start must be a rate ≥ 0, got -1"),
        (lambda: lrs.InverseSqrt(0.1, 0), "InverseSqrt: steps must be .* from 1 to .*, got 0"),
        (lambda: lrs.Linear(-1, 0, 10), "Linear: start must be a rate ≥ 0, got -1"),
        (lambda: lrs.Linear(1, -1, 10), "Linear: stop must be a rate ≥ 0, got -1"),
        (lambda: lrs.Linear(1, 0, 0), "Linear: steps must be .* from 1 to .*, got 0"),
        (lambda: lrs.Linear(1, 0, 2**31), "Linear: steps must be .* to 2147483647, got 2147483648"),
        (lambda: lrs.Cosine(-1, 0, 10), "Cosine: start must be a rate ≥ 0, got -1"),
        (lambda: lrs.Cosine(1, -1, 10), "Cosine: stop must be a rate ≥ 0, got -1"),
        (lambda: lrs.Cosine(1, 0, 0.5), r"Cosine: steps must be .* from 1 to .*, got 0\.5"),
        (lambda: lrs.Polynomial(-1, 0, 10), "Polynomial: start must be a rate ≥ 0, got -1"),
        (lambda: lrs.Polynomial(1, -1, 10), "Polynomial: stop must be a rate ≥ 0, got -1"),
        (lambda: lrs.Polynomial(1, 0, 0), "Polynomial: steps must be .* from 1 to .*, got 0"),
        (lambda: lrs.Polynomial(1, 0, 10, 0), "Polynomial: power must be a number > 0, got 0"),
        (lambda: lrs.Piecewise([1, -1], [5]), r"Piecewise: values must be .* ≥ 0, got \[1, -1\]"),
        (
            lambda: lrs.Piecewise([1, 2, 3], [5, 5]),
            r"Piecewise: boundaries must be .* above the one before, got \[5, 5\]",
        ),
        (lambda: lrs.Piecewise([1, 2], [0]), r"boundaries must be .* from 1 to .*, got \[0\]"),
        (
            lambda: lrs.Piecewise([1, 2], [5, 6]),
            "values must have one more entry than boundaries, got 2 values and 2 boundaries; write",
        ),
        (lambda: lrs.Piecewise([], []), "one more entry .*, got 0 values and 0 boundaries; write"),
        (lambda: lrs.Constant(1) * -1, "^scale: factor must be a number ≥ 0, got -1"),
        (lambda: math.nan * lrs.Constant(1), "^scale: factor must be a number ≥ 0, got nan"),
        (lambda: lrs.Constant(1).delay(-1), "^delay: steps must be .* from 0 to .*, got -1"),
        (lambda: lrs.Constant(1).per_epoch(0), "^per_epoch: steps_per_epoch must be .*, got 0"),
        (lambda: lrs.Constant(1).per_epoch(0, smooth=True), "per_epoch: steps_per_epoch .*, got 0"),
        (lambda: lrs.Constant(1).stretch(0), "stretch: times must be a number > 0, got 0"),
        (lambda: lrs.Linear(1, 0, 9).per_epoch(2).stretch(-1), "stretch: times .*, got -1"),
        (lambda: lrs.Rex(1, 0, 9, d=1), "Rex: d must be a number ≥ 0 and < 1, got 1"),
        (lambda: lrs.Rex(1, 0, 9, d=-0.1), r"Rex: d must be .*, got -0\.1"),
        (lambda: lrs.Tanh(1, 0, 9, lower=0), "Tanh: lower must be a number > -20 and < 0, got 0"),
        (lambda: lrs.Tanh(1, 0, 9, lower=-20), "Tanh: lower must be .*, got -20"),
        (lambda: lrs.Tanh(1, 0, 9, upper=0), "Tanh: upper must be a number > 0 and < 20, got 0"),
        (lambda: lrs.Tanh(1, 0, 9, upper=20), "Tanh: upper must be .*, got 20"),
        (lambda: lrs.Hyperbolic(1, 0, 9, 0.9), r"Hyperbolic: bound must be .* ≥ 1, got 0\.9"),
        (lambda: lrs.FiniteExponential(1, 0, 9, 1), "ratio must be a number > 0 and < 1, got 1"),
        (lambda: lrs.FiniteExponential(1, 0, 9, 0), "ratio must be a number > 0 and < 1, got 0"),
        (lambda: lrs.Approach(1, 0, 1), "Approach: factor must be a number > 0 and < 1, got 1"),
        (lambda: lrs.Approach(1, -1, 0.5), "Approach: stop must be a rate ≥ 0, got -1"),
        (lambda: lrs.Power(1, 0), "Power: power must be a number > 0, got 0"),
        (lambda: lrs.Constant(1) + -1, "^plus: amount must be a rate ≥ 0, got -1"),
        (lambda: lrs.Constant(1).clip(-1), "^clip: minimum must be a rate ≥ 0, got -1"),
        (
            lambda: lrs.Constant(1).clip(0.2, 0.1),
            r"^Clip: minimum must not be above maximum, got 0\.2 and 0\.1; write for example",
        ),
        (
            lambda: lrs.Linear(0, 1, 9).geometric(0, 1),
            "^geometric: start must be a rate > 0, got 0",
        ),
        (lambda: lrs.Linear(0, 1, 9).geometric(1, 0), "^geometric: stop must be a rate > 0, got 0"),
        (lambda: lrs.Linear(1, 0, 9).k_decay(0), "^k_decay: k must be a number > 0, got 0"),
        (lambda: lrs.Linear(1, 0, 9).repeat(0), "^repeat: cycles must be a whole number .*, got 0"),
        (lambda: lrs.Linear(1, 0, 9).repeat(every=0), "^repeat: every must be .*, got 0"),
        (lambda: lrs.Linear(1, 0, 9).repeat(growth=0), "^repeat: growth must be .* > 0, got 0"),
        (lambda: lrs.Linear(1, 0, 9).repeat(factor=0), "^repeat: factor must be .* > 0, got 0"),
        (
            lambda: lrs.Linear(1, 0, 9).repeat(growth=0.5),
            r"growth=0\.5 makes more than 1000 cycles; say how many there are, as in \.repeat\(10",
        ),
        (
            lambda: lrs.Constant(1).repeat(),
            r"^Constant\(value=1\.0\) is open-ended; pass the length: \.repeat\(every=1000\)",
        ),
        (
            lambda: lrs.Constant(1).cooldown(5),
            r"^Constant\(value=1\.0\) is open-ended; pass the .* \.cooldown\(\.\.\., at=1000\)",
        ),
        (
            lambda: lrs.Constant(1).cooldown(0, at=5),
            r"^cooldown: steps must be .*, got 0; .*, or omit \.cooldown\(\) for none$",
        ),
        (lambda: lrs.Constant(1).cooldown(5, -1, at=5), "^cooldown: stop must be .*, got -1"),
        (lambda: lrs.Constant(1).cooldown(5, at=-1), "^cooldown: at must be .*, got -1"),
        (
            lambda: lrs.Constant(1).warmup(0),
            r"^warmup: steps must be .* from 1 to .*, got 0; .*, or omit \.warmup\(\) for none$",
        ),
        (lambda: lrs.Constant(1).warmup(5, start=-1), "^warmup: start must be .* ≥ 0, got -1"),
        (lambda: lrs.Constant(1).then(lrs.Constant(2), at=0), "^then: at must be .*, got 0"),
        (
            lambda: lrs.Drop(0.1, 0.5, 10).then(lrs.Constant(2)),
            r"^Drop\(start=0.1, factor=0.5, every=10\) is open-ended; pass the step: .then\(",
        ),
    ],
)
def test_bad_value(made, text):
    """A number out of range is refused at construction, by constructor and by method."""
    with pytest.raises(ValueError, match=text):
        made()


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (lambda: lrs.Constant(1) * "2", "^scale: factor must be a number ≥ 0, got '2'"),
        (
            lambda: np.array([1.0, 2.0]) * lrs.Constant(1),
            r"^scale: factor must be .*, got array\(\[1\., 2\.\]\)",
        ),
        (
            lambda: np.ones(2) + lrs.Constant(1),
            r"^plus: amount must be .*, got array\(\[1\., 1\.\]\)",
        ),
        (
            lambda: lrs.Constant(1).per_epoch(9, smooth=1),
            "^per_epoch: smooth must be True or .*, got 1",
        ),
        (lambda: lrs.Constant(1).delay("2"), "^delay: steps must be .*, got '2'"),
        (
            lambda: lrs.Constant(1).per_epoch(None),
            "^per_epoch: steps_per_epoch must be .*, got None",
        ),
        (lambda: lrs.Constant(1).stretch("2"), "stretch: times must be .*, got '2'"),
        (lambda: lrs.Constant(1).per_epoch(2).stretch("2"), "stretch: times must be .*, got '2'"),
        (lambda: lrs.Constant(1).warmup("2"), "^warmup: steps must be .*, got '2'"),
        (lambda: lrs.Constant(1).then(0.1, at=5), r"^then: second must be a schedule .*, got 0\.1"),
        (
            lambda: lrs.combinators.Scale(0.1, 2),
            r"Scale: schedule must be a schedule .*, got 0\.1; write",
        ),
        (lrs.Constant(1), "^a schedule is a function of the step"),
        (lambda: lrs.Constant(1)(None), "^a schedule is a function of the step"),
        (
            lambda: lrs.Constant(1)("5"),
            "must be a number, an array or a tensor, got '5' of type str",
        ),
        (lambda: lrs.Constant(1)([5]), r"got \[5\] of type list; write .* numpy.asarray"),
        (lambda: lrs.Constant(1)(1j), "got 1j of type complex"),
        (lambda: lrs.Constant(1)(np.array(["5"])), "must hold numbers, got an array of <U1"),
        (lambda: lrs.Constant(1)(np.array([1j])), "must hold numbers, got an array of complex128"),
        (lambda: lrs.Constant(1)(np.array([True])), "must hold numbers, got an array of bool"),
        (lambda: lrs.Constant(1)(np.array([None])), "must hold numbers, got an array of object"),
    ],
)
def test_bad_type(made, text):
    """What is not a number, a schedule or a step is refused, by name and value."""
    with pytest.raises(TypeError, match=text):
        made()


@pytest.mark.parametrize(
    "step", [-1, -0.5, math.nan, math.inf, np.int64(-1), np.float32(-1), np.nan]
)
@pytest.mark.parametrize("wrapped", [lambda step: step, lambda step: np.array([3, step])])
def test_step_below_zero(step, wrapped):
    """A step before the first is refused, in numbers and in arrays."""
    for schedule in SCHEDULES:
        with pytest.raises(ValueError, match=r"^step must be ≥ 0 and finite, got .*(-|nan|inf)"):
            schedule(wrapped(step))


@pytest.mark.parametrize("cls", PUBLIC)
def test_call_that_does_not_fit(cls):
    """A missing, misspelt or superfluous argument is answered by how to write the call."""
    names = [p.name for p in parameters(cls)]
    values = [getattr(row_of(cls), name) for name in names]
    remedy = re.escape(f"; write {cls.__name__}({', '.join(names)})")
    with pytest.raises(TypeError, match=f"^{cls.__name__}: missing .* '{names[0]}'{remedy}$"):
        cls()
    with pytest.raises(TypeError, match=f"^{cls.__name__}: too many positional .*{remedy}$"):
        cls(*values, 5)
    with pytest.raises(
        TypeError, match=rf"^{cls.__name__} has no parameter 'lr' \(got 0.5\){remedy}$"
    ):
        cls(*values, lr=0.5)
    with pytest.raises(TypeError, match=f"^{cls.__name__}: multiple values .*{remedy}$"):
        cls(*values, **{names[0]: values[0]})


def test_name_collision():
    """Two classes that would be saved under one name cannot both exist."""
    with pytest.raises(
        TypeError, match=r"Constant and Constant would both be saved as 'lrsch.*Con"
    ):
        type("Constant", (lrs.Schedule,), {"__module__": "lrschedules.other"})

    assert registry["lrschedules>Constant"] is lrs.Constant


def test_same_class_again():
    """A class defined again, as when a notebook's cell is run twice, replaces itself."""
    first, second = (type("Again", (lrs.Schedule,), {"__module__": "mine"}) for _ in range(2))

    assert first is not second
    assert registry.pop("mine>Again") is second


def test_unknown_class_in_configuration():
    """A configuration that holds a schedule of an unknown class says what to import."""
    config = {"schedule": {"class_name": "mine>Warp", "config": {}}, "factor": 1}
    with pytest.raises(ValueError, match=r"unknown schedule 'mine>Warp': import the module that d"):
        lrs.combinators.Scale.from_config(config)


def test_configuration_is_checked():
    """A configuration is checked as the constructor's arguments are."""
    with pytest.raises(ValueError, match="Constant: value must be a rate ≥ 0, got -1"):
        lrs.Constant.from_config({"value": -1})
    with pytest.raises(TypeError, match="Constant has no parameter 'rate'"):
        lrs.Constant.from_config({"rate": 1})


def test_missing_formula():
    """A schedule without a formula says what to write."""
    bare = type("Bare", (lrs.Schedule,), {"__module__": "mine"})
    with pytest.raises(TypeError, match=r"^Bare has no formula: write def formula\(self, t, xp\)$"):
        bare()(0)
    del registry["mine>Bare"]


def test_missing_blend():
    """A fixed-length schedule without a blend says what to write."""
    bare = type("Bare", (lrs.Finite,), {"__module__": "mine"})
    with pytest.raises(TypeError, match=r"^Bare has no blend: write def blend\(self, remaining, p"):
        bare(0.1, 0, 10)(5)
    del registry["mine>Bare"]


def test_kinds_say_their_rule():
    """A kind is shown as the rule that it checks."""
    assert repr(lrs.kinds.rate) == "<a rate ≥ 0>"
    assert repr(lrs.kinds.boundaries).startswith(
        "<a list, each a whole number of steps from 1 to 21474"
    )
    assert repr(a_schedule) == "<a schedule of lrschedules>"


@pytest.mark.parametrize(("cls", "p"), PARAMETERS, ids=NAMES)
def test_example_of_an_error_is_accepted(cls, p):
    """What an error says to write instead can be written."""
    example = (
        eval(p.kind.example, vars(lrs)) if isinstance(p.kind, ScheduleKind) else p.kind.example
    )

    p.kind(example)


def test_undeclared_number():
    """A number of a class without ``param`` is refused where the class is made."""
    with pytest.raises(
        TypeError, match=r"^Bare: start has no declaration; .* start: float = param\("
    ):

        class Bare(lrs.Schedule):
            start: float = 0.1

            def formula(self, t, xp):
                return self.start
