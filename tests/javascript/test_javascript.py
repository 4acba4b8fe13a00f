"""The JavaScript of a schedule gives the rates that Python gives, and the same errors."""

import dataclasses
import functools
import inspect
import math
import re

import numpy as np
import pytest
from hypothesis import strategies as st

import lrschedules as lrs
from lrschedules import _declared, kinds, plotting, recipes
from lrschedules._config import DEEPEST
from lrschedules._declared import parameters
from lrschedules._schedule import Phase
from lrschedules.javascript import javascript, literal, script
from lrschedules.kinds import ListOf, a_schedule
from tests.data.node import ran
from tests.data.strategies import COMBINATORS, SHAPES, drawn, numbers, schedules, some_steps
from tests.data.table import PUBLIC, SCHEDULES, brief, probes, row_of

RECIPES = [f for f in vars(recipes).values() if inspect.isfunction(f)]
# Below this a double-precision number has fewer digits.
SMALLEST = 1e-300


def results(codes):
    """Return what each expression is in JavaScript: its value, or the error that it throws."""
    rows = ",\n".join(f"() => {code}" for code in codes)
    return ran(
        script([*PUBLIC, *RECIPES, plotting.horizon])
        + """
        const result = (code) => {
          try { return code(); } catch (error) { return [error.constructor.name, error.message]; }
        };
        """
        + f"console.log(JSON.stringify([\n{rows}\n].map(result)));"
    )


def assert_alike(pairs):
    """Assert that JavaScript's rates are Python's, relative to their size."""
    found = results(f"{literal(steps)}.map({literal(schedule)})" for schedule, steps in pairs)
    for (schedule, steps), rates in zip(pairs, found, strict=True):
        expected = [schedule(step) for step in steps]
        assert rates == pytest.approx(expected, rel=1e-12, abs=SMALLEST), schedule


def test_every_row_of_the_table():
    """Every schedule of the table, at its steps and around them."""
    assert_alike([(schedule, probes(schedule).tolist()) for schedule in SCHEDULES])


def kinds_of(recipe):
    """Return the kind of each argument of a recipe but the shape."""
    return {p.name: p.kind for p in _declared.arguments(recipe) if p.kind is not kinds.a_shape}


def arguments(kind):
    """Return arguments that a kind accepts."""
    if kind is a_schedule:
        return schedules()
    if isinstance(kind, ListOf):
        items = st.lists(numbers(kind.kind), max_size=3, unique=kind.rising)
        return items.map(sorted) if kind.rising else items
    return numbers(kind)


def test_any_composition():
    """Whatever is composed, with whatever parameters; at steps anywhere, and at every boundary."""
    assert_alike(drawn(st.tuples(schedules(), st.lists(some_steps, min_size=5)), 400))


def test_time():
    """Besides the rates, what a schedule knows about its time."""
    pairs = drawn(st.tuples(schedules(), st.floats(0.1, 10), st.integers(1, 3000)), 100)
    codes = [
        f"[{literal(s)}].map(s => [s.length, horizon(s), repr(s.stretch({times})), "
        f"s.breakpoints({last}), s.phases({last}).map(p => [p.start, p.stop, p.first, "
        "repr(p.schedule)])])[0]"
        for s, times, last in pairs
    ]
    for (schedule, times, last), found in zip(pairs, results(codes), strict=True):
        length, horizon, text, breakpoints, phases = found
        names = vars(lrs) | vars(lrs.combinators)
        assert length == pytest.approx(schedule.length), schedule
        assert horizon == plotting.horizon(schedule), schedule
        assert eval(text, names) == schedule.stretch(times)
        assert breakpoints == schedule.breakpoints(last), schedule
        assert [lrs_phase(*phase, names) for phase in phases] == schedule.phases(last), schedule


def lrs_phase(start, stop, first, text, names):
    return Phase(start, stop, eval(text, names), first)


def outcome(function, *args):
    """Return the error that a call raises, or what it returns."""
    try:
        return function(*args)
    except (TypeError, ValueError) as error:
        return [type(error).__name__, str(error)]


def without_numbers(result):
    """Return an error without its numbers: 1.0 in Python is 1 in JavaScript."""
    return [re.sub(r"[-+.\de]*\d[-+.\de]*", "#", text) for text in result]


@pytest.mark.parametrize("cls", PUBLIC)
def test_errors(cls):
    """What Python refuses is refused, in the same words."""
    row = row_of(cls)
    cases = []
    for p in parameters(cls):
        for bad in (-1, 0, 0.5, 1, 20, 2**31, math.nan, math.inf, "a", [], [2, 1], ["a"], [-1]):
            values = {q.name: getattr(row, q.name) for q in parameters(cls)} | {p.name: bad}
            cases.append(list(values.values()))
    codes = [f"repr({cls.__name__}({', '.join(map(literal, case))}))" for case in cases]
    for case, found in zip(cases, results(codes), strict=True):
        expected = outcome(cls, *case)
        if isinstance(expected, list):
            assert without_numbers(found) == without_numbers(expected), case
        else:
            assert eval(found, vars(lrs) | vars(lrs.combinators)) == expected


def example(recipe):
    """Return the arguments with which a recipe is called in its docstring."""
    code = re.search(rf">>> schedule = ({recipe.__name__}\(.*\))", inspect.getdoc(recipe))[1]
    bound = eval(code, vars(lrs) | {recipe.__name__: inspect.signature(recipe).bind})
    return bound.arguments


def named(value):
    return value.__name__ if isinstance(value, type) else literal(value)


def calls(recipe):
    """Return arguments for a recipe: its example's, some that are refused, and random ones."""
    declared, known = kinds_of(recipe), example(recipe)
    yield known
    if "shape" in inspect.signature(recipe).parameters:
        yield known | {"shape": lrs.Rex}
    for name in declared:
        for bad in (-1, 0, math.nan, "a", [], [-1], [2, 1]):
            yield known | {name: bad}
    for values in drawn(st.tuples(*(arguments(kind) for kind in declared.values())), 25):
        yield dict(zip(declared, values, strict=True))


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.__name__)
def test_recipes(recipe):
    """A recipe makes the same schedule of the same numbers, or refuses them in the same words."""
    cases, codes = list(calls(recipe)), []
    for case in cases:
        given = [case.get(name) for name in inspect.signature(recipe).parameters]
        texts = ("undefined" if v is None else named(v) for v in given)
        codes.append(f"repr({recipe.__name__}({', '.join(texts)}))")
    for case, found in zip(cases, results(codes), strict=True):
        expected = outcome(lambda case=case: recipe(**case))
        if isinstance(found, list):
            assert without_numbers(found) == without_numbers(expected), case
        else:
            made = eval(found, vars(lrs) | vars(lrs.combinators))
            rates = [expected(t) for t in (0, 1, 7, 50, 3000)]
            assert [made(t) for t in (0, 1, 7, 50, 3000)] == pytest.approx(rates, rel=1e-12), case


def test_bounds():
    """What is nested too deep, or evaluates too many schedules, is refused in the same words."""
    deep, many = "Linear(0.1, 0, 10)", "Linear(0.1, 0, 10)"
    deep = f"{'Delay(' * DEEPEST}{deep}{', 1)' * DEEPEST}"
    many = f"Repeat(Repeat({many}, 10, 1000, 1.0000001), 10, 1000, 1.0000001)"
    for code, found in zip((deep, many), results([deep, many]), strict=True):
        assert found == outcome(lambda code=code: eval(code, vars(lrs) | vars(lrs.combinators)))


@pytest.mark.parametrize("step", [-1, math.nan, math.inf, True, 2**63])
def test_no_step(step):
    """A step that Python refuses is refused."""
    [found] = results([f"Constant(0.1)({literal(step)})"])
    assert without_numbers(found) == without_numbers(outcome(lrs.Constant(0.1), step))


@pytest.mark.parametrize("schedule", SCHEDULES[::9], ids=brief)
def test_schedule_alone(schedule):
    """The JavaScript of a schedule is a function of the step, and needs nothing else."""
    assert ran(f"console.log(({javascript(schedule)})(7))") == pytest.approx(schedule(7), rel=1e-12)


@pytest.mark.parametrize("cls", SHAPES)
def test_class_alone(cls):
    """The JavaScript of a class makes such a function of the parameters."""
    schedule = row_of(cls)
    values = ", ".join(literal(getattr(schedule, p.name)) for p in parameters(cls))
    rate = ran(f"console.log(({javascript(cls)})({values})(7))")
    assert rate == pytest.approx(schedule(7), rel=1e-12)


def test_combinators_alone():
    """The JavaScript of a combinator takes schedules of other texts, and those that it has made."""
    codes, expected = [], []
    for cls in COMBINATORS:
        schedule = row_of(cls)
        values = [getattr(schedule, p.name) for p in parameters(cls)]
        texts = (javascript(v) if isinstance(v, lrs.Schedule) else literal(v) for v in values)
        codes.append(f"told({javascript(cls)})({', '.join(texts)})")
        expected.append([schedule(7), schedule.length or 0, schedule.stretch(2)(14)])
    told = "(made) => (...values) => tell(made(...values))"
    tell = "(s) => [s(7), s.length ?? 0, s.stretch(2)(14)]"
    rows = ", ".join(codes)
    found = ran(f"const tell = {tell}, told = {told}; console.log(JSON.stringify([{rows}]));")

    for cls, rates, wanted in zip(COMBINATORS, found, expected, strict=True):
        assert rates == pytest.approx(wanted, rel=1e-12), cls


def test_combinator_of_its_own():
    """A schedule that the JavaScript of a combinator has made stands in it, as any other does."""
    line, scale = javascript(lrs.Linear(0.1, 0, 10)), javascript(lrs.combinators.Scale)
    code = f"const scale = {scale}; console.log(scale(scale({line}, 2), 3)(5));"

    assert ran(code) == pytest.approx(0.3, rel=1e-12)


@pytest.mark.parametrize(
    ("cls", "inner", "message"),
    [
        (
            lrs.combinators.Scale,
            "5",
            "Scale: schedule must be a schedule of lrschedules, got 5; write",
        ),
        (
            lrs.combinators.Scale,
            "(t) => t",
            "Scale: schedule must be a schedule of lrschedules, got ",
        ),
        (
            lrs.combinators.Scale,
            "null",
            "Scale: schedule must be a schedule of lrschedules, got None",
        ),
        (
            lrs.combinators.KDecay,
            javascript(lrs.Constant(1)),
            "KDecay: schedule must be a Finite schedule of lrsch",
        ),
    ],
)
def test_combinator_of_something_else(cls, inner, message):
    """What is no schedule, of whatever text, is refused as in Python."""
    code = f"try {{ ({javascript(cls)})({inner}, 2) }} catch (error) {{ told = error.message; }}"

    assert ran(f"let told = ''; {code}; console.log(JSON.stringify(told));").startswith(message)


def test_reads_no_source_but_ours(monkeypatch):
    """What is translated is the package's or the caller's, whatever Python adds to a dataclass."""
    monkeypatch.setattr(lrs.Linear, "__replace__", dataclasses.replace, raising=False)
    read, getsource = [], inspect.getsource
    monkeypatch.setattr(inspect, "getsource", lambda thing: read.append(thing) or getsource(thing))
    script([*PUBLIC, *RECIPES, plotting.horizon, Own])
    modules = {inspect.getmodule(thing).__name__ for thing in read}

    assert {module.partition(".")[0] for module in modules} == {"lrschedules", "tests"}


class Own(lrs.Schedule):
    """A schedule of somebody else's, with statements that no schedule of the package has."""

    every: int = lrs.param("n", kinds.whole(ge=2, unit="steps"), "number of steps")

    def formula(self, t, xp):
        value = 0.0
        for i in range(1, 4):
            value += xp.real(t // self.every) / (i**2 + 1) if i != 2 else -(2**-i)
        return value


def test_own_schedule():
    """A class that is not in the package is translated like one that is."""
    assert ran(f"console.log(({javascript(Own(10))})(35))") == pytest.approx(Own(10)(35), rel=1e-12)


def opens_a_file(self, t, xp):
    with open(t) as file:  # noqa: PTH123
        return file


def formats(self, t, xp):
    if self.value > 1:
        raise ValueError(f"got {self.value:.3g}")
    return self.value


def has_a_dict(self, t, xp):
    return {0: 1.0}[t]


def uses_numpy(self, t, xp):
    return np.sqrt(self.value)


def shifts(self, t, xp):
    return self.value * (1 << 3)


def loops_with_else(self, t, xp):
    for _ in range(3):
        pass
    else:  # noqa: PLW0120
        return self.value


def assigns_twice(self, t, xp):
    first = second = self.value
    return first + second


def has_a_finally(self, t, xp):
    try:
        return self.value
    except ValueError:
        return 0.0
    finally:
        self.check()


def takes_keywords(self, t, xp):
    def inner(**values):
        return 0.0

    return inner()


def decorates(self, t, xp):
    @functools.cache
    def inner():
        return 0.0

    return inner()


FORBIDDEN = {
    opens_a_file: "with open(t) as file:",
    formats: "{self.value:.3g}",
    has_a_dict: "{0: 1.0}",
    uses_numpy: "np.sqrt",
    shifts: "1 << 3",
    loops_with_else: "for _ in range(3):",
    assigns_twice: "first = second = self.value",
    has_a_finally: "try:",
    takes_keywords: "**values",
    decorates: "@functools.cache",
}


@pytest.mark.parametrize(
    ("body", "text"), FORBIDDEN.items(), ids=lambda x: getattr(x, "__name__", "")
)
def test_forbidden(body, text):
    """A statement or an operation outside of the documented subset is refused, by itself."""
    cls = type("Refused", (Own,), {"__module__": __name__, "__doc__": "", "formula": body})
    with pytest.raises(TypeError, match=rf"^cannot be written in JavaScript: {re.escape(text)}"):
        javascript(cls)


def test_forbidden_lambda():
    """A formula whose source cannot be read is refused."""
    cls = type("Refused", (Own,), {"__module__": __name__, "formula": lambda self, t, xp: 1.0})
    with pytest.raises(TypeError, match=r"<lambda>.* its source cannot be read; write it with def"):
        javascript(cls)


@pytest.mark.parametrize("thing", [0.1, "Constant", int, None])
def test_neither_schedule_nor_class(thing):
    """What is no schedule has no JavaScript."""
    with pytest.raises(
        TypeError, match=r"^schedule must be a schedule or a class of schedules, got "
    ):
        javascript(thing)
