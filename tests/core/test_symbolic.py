"""The traced formula is the one that is computed, and its LaTeX says it."""

import pytest
import sympy
from hypothesis import given, settings
from sympy.core.function import AppliedUndef

import lrschedules as lrs
from lrschedules._declared import ending, parameters
from lrschedules.kinds import ListOf
from lrschedules.symbolic import latex, t, trace
from tests.data.strategies import schedules
from tests.data.table import PUBLIC, SCHEDULES, TABLE, brief

every_class = pytest.mark.parametrize("cls", PUBLIC)


@pytest.mark.parametrize(("schedule", "values"), TABLE, ids=map(brief, SCHEDULES))
def test_trace_is_the_formula(schedule, values):
    """The expression gives the rates that the schedule gives, the hold at the end included."""
    expression = trace(schedule)
    number = sympy.lambdify(t, expression, "math")
    for step in [*values, 0, 1, 5, 33, 501]:
        assert number(step) == pytest.approx(schedule(step), rel=1e-7, abs=1e-15), step


@settings(max_examples=20)
@given(schedules())
def test_trace_of_any_composition(schedule):
    """Whatever is composed can be traced, and is a function of t alone, or a number."""
    try:
        expression = trace(schedule)
    except ValueError as error:
        assert "nested more than" in str(error)  # noqa: PT017
        assert schedule._measured[1] > 30, "few schedules inside are no deep expression"
        return

    assert expression.free_symbols <= {t}
    for step in (0, 7, 400):
        # A power of a rate that grows without end is cut off far above any rate.
        if schedule(step) < 1e10:
            assert float(expression.subs(t, step)) == pytest.approx(
                schedule(step), rel=1e-7, abs=1e-12
            )


def test_too_deep():
    """An expression that SymPy could not follow is refused with a remedy; a long one is not."""
    cycles = lrs.Cosine(0.1, 0, 10)
    with pytest.raises(ValueError, match=r"^trace: the expression of Cosine.* is nested .*; write"):
        trace(cycles.repeat(500, growth=1.001))
    long = lrs.recipes.interpolate([0.1] * 200 + [0.2], range(1, 201))
    for schedule in (cycles.repeat(20, growth=2), long):
        assert trace(schedule).free_symbols == {t}


@every_class
def test_class_holds_its_parameters(cls):
    """The formula of a class holds the step and each declared symbol."""
    expression = trace(cls)
    assert t in expression.free_symbols or cls is lrs.Constant
    names = {str(symbol) for symbol in expression.free_symbols}
    names |= {str(inner.func) for inner in expression.atoms(AppliedUndef)}
    for p in parameters(cls):
        if isinstance(p.kind, ListOf):
            assert any(name.startswith(f"{p.symbol}_") for name in names)
        elif p.kind.traced is None:
            assert p.symbol in names


@every_class
def test_latex_shows_every_symbol(cls):
    """The LaTeX of a class shows each declared symbol, and where a finite one ends."""
    text = latex(cls)
    head, formula = text.split("=", 1)

    assert head.removeprefix(r"\begin{aligned} ").strip(" &") == r"\eta(t)"
    for p in parameters(cls):
        if p.kind.traced is None:
            assert _as_printed(p.symbol) in formula
    assert (r"z &= \min(t, T) / T" in text) == bool(ending(cls))


def _as_printed(symbol):
    name, _, index = symbol.partition("_")
    return f"{name}_{{{index}}}" if index else name


def finite(weight, start=r"\eta_{0}", stop=r"\eta_{T}", steps="T"):
    """Return the LaTeX of a finite shape: the weight of its first rate says it all."""
    return (
        rf"\begin{{aligned}} \eta(t) &= {start} \, w + {stop} \, (1 - w) \\ w &= {weight} \\ "
        rf"z &= \min(t, {steps}) / {steps} \end{{aligned}}"
    )


LATEX = {
    lrs.Constant: r"\eta_{0}",
    lrs.TimeBased: r"\frac{\eta_{0}}{1 + d t}",
    lrs.Drop: r"\eta_{0} f^{\left\lfloor{\frac{t}{n}}\right\rfloor}",
    lrs.Exponential: r"\eta_{0} f^{\frac{t}{n}}",
    lrs.InverseSqrt: r"\eta_{0} \sqrt{\frac{T}{\max\left(T, t\right)}}",
    lrs.Linear: finite("1 - z"),
    lrs.Polynomial: finite(r"\left(1 - z\right)^{p}"),
    lrs.Cosine: finite(r"\sin^{2}{\left(\frac{\pi}{2} \left(1 - z\right) \right)}"),
    lrs.Rex: finite(r"\frac{1 - z}{\left(1 - d\right) + d \left(1 - z\right)}"),
    lrs.Linear(0.1, 0, 900): finite("1 - z", "0.1", "0.0", "900"),
    lrs.Power: r"\frac{\eta_{0}}{\left(1 + \frac{t}{T}\right)^{p}}",
    lrs.combinators.Times: r"f{\left(t \right)} g{\left(t \right)}",
    lrs.combinators.Plus: r"f{\left(t \right)} + c",
    lrs.combinators.Geometric: (
        r"\eta_{0}^{1 - \min\left(1, w{\left(t \right)}\right)} "
        r"\eta_{1}^{\min\left(1, w{\left(t \right)}\right)}"
    ),
    lrs.Piecewise: (
        r"\begin{cases} \eta_{0} & \text{for}\: t < b_{1} \\"
        r"\eta_{1} & \text{for}\: t < b_{2} \\\eta_{2} & \text{otherwise} \end{cases}"
    ),
    lrs.combinators.Then: (
        r"\begin{cases} f{\left(t \right)} & \text{for}\: t < a \\"
        r"g{\left(t - a \right)} & \text{otherwise} \end{cases}"
    ),
    lrs.combinators.Scale: r"c f{\left(t \right)}",
    lrs.combinators.Delay: r"f{\left(\max\left(0, t - a\right) \right)}",
    lrs.combinators.PerEpoch: r"f{\left(\left\lfloor{\frac{t}{s}}\right\rfloor \right)}",
    lrs.TimeBased(0.1, decay=0.002): r"\frac{0.1}{1 + 0.002 t}",
    lrs.Constant(0.1).then(lrs.Constant(0.2), at=5): (
        r"\begin{cases} 0.1 & \text{for}\: t < 5 \\0.2 & \text{otherwise} \end{cases}"
    ),
}


@pytest.mark.parametrize(("schedule", "text"), LATEX.items(), ids=map(str, LATEX))
def test_latex(schedule, text):
    """The LaTeX is the formula in the order in which it is read."""
    head = "" if text.startswith(r"\begin{aligned}") else r"\eta(t) = "

    assert latex(schedule) == head + text


def test_expression_as_a_step():
    """A schedule takes a SymPy expression as its step."""
    k = sympy.Symbol("k")

    assert sympy.simplify(lrs.TimeBased(1, decay=2)(3 * k) - 1 / (1 + 6 * k)) == 0


def test_python_branch_is_refused():
    """A formula that branches in Python on the step cannot be traced, and says so."""
    branching = type(
        "Branching",
        (lrs.Schedule,),
        {"__module__": "mine", "formula": lambda self, t, xp: 1 if t < 5 else 2},
    )
    with pytest.raises(TypeError, match="cannot determine truth value of Relational"):
        trace(branching())


@pytest.mark.parametrize("function", [trace, latex])
@pytest.mark.parametrize("thing", [0.1, "Constant", int, None])
def test_neither_schedule_nor_class(function, thing):
    """What is no schedule has no formula."""
    with pytest.raises(
        TypeError, match=r"^schedule must be a schedule or a class of schedules, got "
    ):
        function(thing)
