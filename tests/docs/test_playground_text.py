"""The scripts of the playground under Node: what they read and what they display."""

import json
import re
from pathlib import Path

import lrs_choices
import numpy as np
import pytest
from hypothesis import strategies as st
from lrs_entries import TABLE, load

import lrschedules as lrs
from lrschedules import plotting
from tests.data.displayed import (
    counted,
    end,
    is_mean,
    is_total,
    links,
    may_be,
    number,
    spread,
    total,
)
from tests.data.strategies import drawn, schedules
from tests.javascript.test_javascript import ran

SCRIPTS = Path(lrs_choices.__file__).parents[1] / "_static" / "playground"
NAMES = vars(lrs) | vars(lrs.recipes) | {"lrs": lrs}


@pytest.fixture(scope="module")
def shown():
    """Return a function that evaluates an expression with the scripts of the playground."""
    files = [SCRIPTS / f"{name}.js" for name in ("display", "model", "calls", "chart")]
    script = "\n".join([lrs_choices.generated(), *(file.read_text("utf-8") for file in files)])
    script += """
    const outcome = (text) => {
      try {
        const tree = Model.read(text);
        Model.run(tree);
        return Model.python(tree);
      } catch (error) { return { error: error.message }; }
    };
    const readable = (text) => Model.run(Model.read(text));
    """
    return lambda code: ran(f"{script}\nconsole.log(JSON.stringify({code}));")


def read(shown, texts):
    """Return the line of Python that each text is read as, or the error that refuses it."""
    found = shown(f"{json.dumps(texts)}.map(outcome)")
    return [each if isinstance(each, str) else each["error"] for each in found]


NUMBERS = [0.0, -0.0, 1.0, 10.0, 100.0, 150.0, 200.0, 300.0, 1000.0, 5000.0, 12_345.0]
NUMBERS += [123_456.0, 999_499.0, 999_500.0, 1e6, 1.5e6, 1e10, 1e12, 2.0**100]
NUMBERS += [0.1, 0.075, 0.05, 0.025, 0.0001, 0.00012345, 0.00009999, 7.71e-10, 1e-12, 1e-300]
# these round up to a power of ten
NUMBERS += [0.9995, 0.9996, 9.995, 9.996, 99.95, 99.96, 999.5, 999.6, 9.9996e-5, 9.996e-10]
# these lie between two numbers of three digits, as near to the one as to the other
NUMBERS += [100.5, 101.5, 1005.0, 1015.0, 1.125, 1.375, 0.3125, 0.0009765625, 2.0**-30]
NUMBERS += [-0.1, -100.0, -1.5e-7, -1234.0]


def test_numbers(shown):
    """A number is shown as Python formats it; whole numbers have all their zeros."""
    numbers = NUMBERS + [10.0**k for k in range(-12, 13)] + [3 * 10.0**k for k in range(-12, 13)]
    numbers += drawn(st.floats(1e-12, 1e12), 300)
    numbers += drawn(
        st.builds(lambda m, e: m * 10.0**e, st.integers(1, 9999), st.integers(-12, 8)), 300
    )
    assert shown(f"{json.dumps(numbers)}.map((x) => Display.number(x))") == [
        number(x) for x in numbers
    ]


def test_numbers_agree_with_the_words_of_the_package():
    """The description of a figure and the playground format a number in the same way."""
    for x in NUMBERS:
        if 0 < x < 999.5 or x >= 1e6:
            assert number(x) == f"{x:.3g}"
    assert "0.075 at 250" in plotting.describe(lrs.Linear(0.1, 0, 1000))
    assert number(lrs.Linear(0.1, 0, 1000)(250)) == "0.075"


def test_steps(shown):
    """A step is shown with all of its digits."""
    steps = [0, 7, 100, 999, 1000, 12_345, 999_999, 1_000_000, 2**31 - 1]
    assert shown(f"{steps}.map(Display.counted)") == list(map(counted, steps))


@pytest.fixture(scope="module")
def permalinks(shown):
    """Return random permalinks, and what is displayed of each."""
    given = drawn(links, 64)
    assert len(given) >= 60
    rows = [[list(map(repr, made)), last, step] for made, last, step, _, _ in given]
    return given, shown(
        json.dumps(rows)
        + """.map(([texts, last, step]) => {
          const items = texts.map((text) => {
            const tree = Model.read(text);
            const schedule = Model.run(tree);
            const points = Chart.sampled(schedule, last);
            const [line, sum] = [Model.python(tree), Chart.area(points)];
            return { text: line, schedule, points, sum, role: "rate" };
          });
          return {
            reading: Display.reading(items, Math.min(step, last), { unit: 'steps' }),
            words: items.map((item) => Display.sentence(item, last)),
            sums: items.map((item) => Display.total(item, last)),
            means: items.map((item) => Display.mean(item, last)),
            table: Display.table(items, last),
          };
        })"""
    )


def test_reading(permalinks):
    """A screen reader reads Python's rates at the cursor."""
    for (made, last, step, _, _), found in zip(*permalinks, strict=True):
        at = min(step, last)
        start, _, text = found["reading"].partition(": ")
        assert start == f"step {counted(at)}"
        rates = re.findall(r"(?:^|, )([^ ]+) for ", text)
        assert len(rates) == len(made)
        for schedule, rate in zip(made, rates, strict=True):
            assert rate in may_be(schedule(at)), schedule


def test_words(permalinks):
    """The description of a curve has five of Python's rates, their sum and mean, and the end."""
    for (made, last, *_), found in zip(*permalinks, strict=True):
        shown = zip(made, found["words"], found["sums"], found["means"], strict=True)
        for schedule, text, alone, mean in shown:
            _, _, values = text.partition(": learning rate ")
            values, _, rest = values.partition("; sum ")
            rates = [value.split(" at ") for value in values.split(", ")]
            assert [step for _, step in rates] == [
                counted(t) if t else "step 0" for t in spread(last, 4)
            ]
            for t, (rate, _) in zip(spread(last, 4), rates, strict=True):
                assert rate in may_be(schedule(t)), schedule
            rest, _, phases = rest.removesuffix(".").partition(f"; {end(schedule)}")
            assert rest == f"{alone}, mean {mean}"
            stops = [min(p.stop, last) for p in schedule.phases(last)]
            assert re.findall(r" to step ([^,]+)", phases) == (
                [counted(stop) for stop in stops] if 2 <= len(stops) <= 12 else []
            )
            assert is_total(alone, schedule, last), schedule
            assert is_mean(mean, schedule, last), schedule


def test_table_of_rates(permalinks):
    """The table has Python's rates."""
    for (made, last, *_), found in zip(*permalinks, strict=True):
        steps = spread(last, 20)
        assert [row[0] for row in found["table"]] == list(map(counted, steps))
        for t, (_, *rates) in zip(steps, found["table"], strict=True):
            for schedule, rate in zip(made, rates, strict=True):
                assert rate in may_be(schedule(t)), schedule


# Peaks that are narrow, in cycles that become longer and higher.
PEAKS = "Piecewise([1.1, 0, 1.5], [1, 3756]).repeat(every=291, growth=1.1, factor=1.24)"


@pytest.mark.parametrize("last", [4000, 50_000])
def test_sum_of_a_long_run(shown, last):
    """The sum over a long run is an estimate, says so, and is right within one percent."""
    lines = [PEAKS, *(entry.code for entry in lrs_choices.entries().values())]
    sums = shown(
        f"""{json.dumps(lines)}.map((text) => {{
          const points = Chart.sampled(readable(text), {last});
          const sum = Chart.area(points);
          return [sum, Display.total({{ sum, points }}, {last})];
        }})"""
    )
    estimated = [text.startswith("≈ ") for _, text in sums]
    for line, (found, text), about in zip(lines, sums, estimated, strict=True):
        assert text == "≈ " * about + number(found)
        expected = total(eval(line, NAMES), last)
        assert found == pytest.approx(expected, rel=0.01 if about else 1e-9), line
    assert sum(estimated) == len(lines) if last > 4000 else sum(estimated) < 8


def matched(shown, rows):
    """Return the second schedule of each row with the mean rate of the first over some steps.

    Where a sum is estimated from a sample, that of a constant is given.
    """
    return shown(
        f"""{json.dumps(rows)}.map(([first, second, last]) => {{
          const sum = (text) => Chart.exactly(readable(text), [[0, 1], [last, 1]], last);
          const tree = Model.read(second);
          return outcome(Model.python(Model.scaled(tree, sum(first) / sum(second))));
        }})"""
    )


def test_matched_means(shown):
    """A schedule that is matched is the same shape with the wanted mean, run in Python."""
    cases = st.tuples(schedules(), schedules(), st.integers(1, 900))
    made = drawn(cases.filter(lambda case: all(s.mean(case[2]) > 1e-100 for s in case[:2])), 40)
    texts = matched(shown, [[repr(first), repr(second), last] for first, second, last in made])
    for (first, second, last), text in zip(made, texts, strict=True):
        steps, found = np.arange(last), eval(text, NAMES)
        expected = second.matched_to(first, last)
        assert found(steps) == pytest.approx(expected(steps), rel=1e-5, abs=1e-300), text
        assert found.mean(last) == pytest.approx(first.mean(last), rel=1e-5), text


@pytest.mark.parametrize(
    ("first", "second", "last", "expected"),
    [
        ("Constant(0.1)", "Linear(0.1, 0, 999)", 999, "Linear(0.1, 0, steps=999).scale(1.998)"),
        # a factor that is there already is changed
        ("Constant(0.1)", "Constant(0.1).scale(4)", 9, "Constant(0.1)"),
        ("Constant(0.1)", "Constant(0.4).scale(4)", 9, "Constant(0.4).scale(0.25)"),
        # after the end, and of a run of a million steps, no sum is estimated
        ("Linear(1, 0.1, 9)", "Linear(1, 0.2, 9)", 10**9, "Linear(1, 0.2, steps=9).scale(0.5)"),
        ("Constant(0.1)", "Linear(1, 0, 10**6)", 10**6, "Linear(1, 0, steps=1000000).scale(0.2)"),
        # but those of a longer one are
        ("Constant(0.1)", "Constant(1)", 10**7, "Constant(1)"),
    ],
)
def test_matched(shown, first, second, last, expected):
    """A schedule is matched by a factor of six digits, which takes up one that it has."""
    assert matched(shown, [[first, second, last]]) == [expected]


@pytest.mark.parametrize("most", [1e-9, 3e-5, 0.1, 0.25, 1.0, 7.0, 300.0, 2500.0, 1e7])
def test_axis_of_rates(shown, most):
    """Each label at the axis of rates is the rate that is drawn at its height."""
    for log in ("false", "true"):
        rates = [most, most / 100, 0.0]
        marks, heights = shown(
            f"(({{ at, marks }}) => [marks.map(([r, label]) => [label, at(r)]), {rates}.map(at)])"
            f"(Chart.yScale({rates}, 300, {log}))"
        )
        high, low, bottom = heights
        assert bottom == 300
        assert len(marks) >= 3
        for label, at in marks:
            if log == "true" and label != "0":
                rate = most / 100 ** ((at - high) / (low - high))
            else:
                rate = most * (bottom - at) / (bottom - high)
            assert float(label.replace("\u202f", "")) == pytest.approx(rate, rel=0.01, abs=1e-300)
            assert label == number(float(label.replace("\u202f", "")))


@pytest.mark.parametrize("last", [1, 7, 100, 1000, 12_345, 10**6, 2**31 - 1])
def test_axis_of_steps(shown, last):
    """Each label at the axis of steps is the step there; step 0 has its own place."""
    for log in ("false", "true"):
        marks, back, two = shown(
            "((x) => [x.marks.map(([t, label]) => [label, x.at(t)]), "
            f"x.marks.map(([t]) => x.back(x.at(t))), [x.at(0), x.at(1)]])"
            f"(Chart.xScale({last}, 700, {log}))"
        )
        steps = [int(label.replace("\u202f", "")) for label, _ in marks]
        assert [label for label, _ in marks] == list(map(counted, steps))
        assert back == steps
        assert steps[0] == 0
        if log == "true":
            assert two[1] - two[0] > 20


def test_zero_on_a_logarithmic_axis(shown):
    """Rates without a logarithm have a mark and a note."""
    zero, small, none = shown(
        "[[0.1, 0], [0.1, 1e-12, 0], [0.1, 0.01]].map((rates) => Chart.yScale(rates, 300, true))"
        ".map(({ marks, note, at }) => [marks[0][1], note ?? '', at(0.01)])"
    )
    assert zero[0] == "0"
    assert "A logarithmic axis has no 0: rates of 0 are drawn" in zero[1]
    assert small[0] == "<0.01"
    assert "below 0.01 are drawn at the bottom" in small[1]
    assert none[:2] == ["0.01", ""]
    assert zero[2] < 280  # the lowest rate is well above the mark
    assert none[2] > 280


# Reading ------------------------------------------------------------------------------------------


def test_numbers_of_python(shown):
    """A number is read if Python reads it, and as the same."""
    texts = ["1e-3", "1E5", "1_000", "1_0.0_1e1_0", ".5", "5.", "5.e-1", "0x10", "0XfF", "0b101"]
    texts += ["0o17", "00", "0_0", "0.10", "+0.5", "-0.5", "--1", "1e+2", "2**-1", "2**3**2"]
    texts += ["-2**2", "1/3", "10//3", "1000 - 100", "2 * 3 + 4", "(1 + 2) * 3", "7 - 2 - 1"]
    texts += ["1__0", "1_", "_1", "007", "1e", "0x", "1.2.3", "1e5.0", "1a", "0b2", "é", "", "1 2"]
    texts += ["1/0", "(-8)**0.5", "[1]*2", "True", "None", "'1'", "1 +"]
    found = shown(f"{json.dumps(texts)}.map(Model.numberOr)")
    for text, value in zip(texts, found, strict=True):
        try:
            expected = eval(text)
        except (SyntaxError, NameError, ZeroDivisionError):
            expected = None
        if isinstance(expected, (int, float)) and not isinstance(expected, bool):
            assert value == expected, text
        else:
            assert value == text


@pytest.mark.parametrize(
    "text",
    [
        "Linear(0.1, 0, steps=1e3)",
        'Linear(0.1, 0, steps=1_000)  # a comment, with ( and "',
        "# first\nLinear(0.1, 0, # here too\n steps=10)",
        "schedule = lrs.Linear(0.1 / 3, 0, steps=1000 - 100)",
        "lr = lrs.recipes.one_cycle(2 * 0.1, steps=2**10)",
        "0.5 * Cosine(0.1, 0, 90).warmup(10, shape=Cosine) + 0.01",
        "Linear(0, 1, 10) * lrs.Drop(0.1, 0.5, every=10)",
        "(Linear(0.1, 0, 10))",
        "Piecewise((0.1, 0.01), [10,])",
        "Constant(0.1).then(Linear(0.1, 0, 10), at=100)",
        "lrs.recipes.htd(0.1, 0, 100, lower=-3, upper=+3)",
    ],
)
def test_read_as_python(shown, text):
    """A line that Python accepts makes the same schedule here."""
    [line] = read(shown, [text])
    expected = eval(text.split("=", 1)[1] if re.match(r"\w+ = ", text) else f"({text}\n)", NAMES)
    assert eval(line, NAMES) == expected


REFUSED = [
    ("Linear(constructor, 0, 10)", "unknown name constructor"),
    ("Linear(toString, 0, 10)", "unknown name toString"),
    ("Linear(__proto__, 0, 10)", "unknown name __proto__"),
    ("hasOwnProperty(0.1)", "unknown schedule hasOwnProperty"),
    ("Linear(0.1, 0, 10).constructor(1)", "unknown method constructor"),
    ("Linear(0.1, 0, steps=10, steps=20)", "Linear: steps is given twice"),
    ("Linear(0.1, 0, 10, steps=20)", "Linear: steps is given twice"),
    ("Linear(start=0.1, 0, 10)", "Linear: a positional argument follows start=; write its name"),
    ("Linear(0.1, 0, 10, 20)", "Linear takes at most 3 positional arguments"),
    ("one_cycle(0.1, 100, 0.3)", "one_cycle takes at most 2 positional arguments"),
    ("Linear(0.1, 0, step=9)", "Linear has no parameter step; did you mean steps?"),
    ("Linear(0.1, 0, gamma=9)", "Linear has no parameter gamma; write Linear(start, stop, steps)"),
    (
        "Linear(0.1)",
        "Linear: missing a required argument: 'stop'; write Linear(start, stop, steps)",
    ),
    ("one_cycle(0.1)", "one_cycle: missing a required argument: 'steps'"),
    ("Linear(0.1, 0, 10).warmup()", "warmup: missing a required argument: 'steps'"),
    ("Linear(0.1, 0, 9) / 2", "a schedule cannot be divided: write * 0.5 instead of / 2"),
    ("Linear(0.1, 0, 9) / 0", "/ takes numbers; a schedule supports + and *"),
    ("2 / Linear(0.1, 0, 9)", "+ and * take schedules and numbers"),
    ("Linear(0.1, 0, 9) ** 2", "** takes numbers; a schedule supports + and *"),
    ("Linear(0.1, 0, 9) - 0.01", "nothing can be subtracted from a schedule"),
    ("-Linear(0.1, 0, 9)", "- takes a number, not a schedule"),
    ("Linear(0.1, 0, 9) + Linear(0.1, 0, 9)", "+ takes a schedule and a number"),
    ("Linear(0.1, 0, 9) + -0.01", "plus: amount must be a rate ≥ 0, got -0.01"),
    ("Linear(0.1, 0, 9) * [1]", "+ and * take schedules and numbers"),
    ("Linear(1 / 0, 0, 9)", "1 / 0 is not a number"),
    ("Linear(1__0, 0, 9)", "1__0 is not a number"),
    ("Linear(Cosine, 0, 9)", "Linear: start must be a number, got Cosine"),
    ("Linear(Constant(1), 0, 9)", "Linear: start must be a rate ≥ 0, got Constant(value=1)"),
    ("Linear(0.1, 0, 9).warmup(5, shape=3)", "warmup: shape must be a shape, such as Linear"),
    ("Piecewise([Constant(1)], [])", "Piecewise: values must be a list of numbers"),
    ("Scale(Constant(1), 2)", "unknown schedule Scale: write .scale() after a schedule"),
    ("Line(0.1, 0, 9)", "unknown schedule Line; did you mean Linear?"),
    ("cosine(0.1, 0, 9)", "unknown schedule cosine; did you mean Cosine?"),
    ("Exponental(0.1, 0.5)", "did you mean Exponential?"),
    ("OneCycle(0.1, 9)", "did you mean one_cycle?"),
    ("Wurst(0.1)", "unknown schedule Wurst"),
    ("os.Linear(0.1, 0, 9)", "unknown name os"),
    ("Linear(0.1, 0, 9).warm_up(5)", "unknown method warm_up; did you mean .warmup()?"),
    ("Constant(0.1).k_decay(2)", ".k_decay() needs a fixed-length schedule"),
    ("Linear(0.1, 0, 9", "expected ) at the end"),
    ("Linear(0.1, 0, 9))", "unexpected )"),
    ("Linear(0.1, 0, 9) Constant(1)", "unexpected Constant"),
    ("", "expected a schedule, such as Cosine(0.1, 0, steps=1000)"),
    ("# nothing", "expected a schedule, such as Cosine(0.1, 0, steps=1000)"),
    ("0.1", "expected a schedule, such as Cosine(0.1, 0, steps=1000)"),
    (
        "StepLR(optimizer, 10)",
        "unknown schedule StepLR; did you mean Drop(0.1, factor=0.5, every=10)?",
    ),
    (
        "torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.1)",
        (
            "did you mean one_cycle_torch(0.1, 100)? "
            "That is OneCycleLR(optimizer, 0.1, total_steps=100) of PyTorch."
        ),
    ),
    ("keras.optimizers.schedules.CosineDecay(0.1, 100)", "did you mean Cosine(0.1, 0, steps=100)?"),
    (
        "CosineAnnealing(0.1)",
        "did you mean Cosine(0.1, 0.01, steps=100)? That is CosineAnnealingLR",
    ),
    ("cosine_decay_schedule", "unknown name cosine_decay_schedule; did you mean Cosine("),
]


def test_refused(shown):
    """What is not read is refused with a message that says what to write."""
    for (text, message), found in zip(REFUSED, read(shown, [t for t, _ in REFUSED]), strict=True):
        assert message in found, text


def test_names_of_other_libraries(shown):
    """The name of each schedule in the table of peers is answered with ours, which is read."""
    known = lrs_choices.elsewhere()
    assert {"StepLR", "OneCycleLR", "CosineDecay", "get_wsd_schedule"} <= set(known)
    for name, found in zip(known, read(shown, [f"{name}(0.1)" for name in known]), strict=True):
        assert f"unknown schedule {name}; did you mean " in found
    lines = [ours for _, _, ours in known.values()]
    assert not [line for line in lines if "lrs." in line or "recipes." in line]
    for line, found in zip(lines, read(shown, lines), strict=True):
        assert eval(found, NAMES) == eval(line, NAMES), line


THEIRS = load(TABLE.with_name("calls.py")).CALLS
CALLS = {call.signature.partition("(")[0]: call for call in THEIRS}


def translated(shown, texts):
    """Return what each text is translated to, or the error that refuses it, and the note."""
    return shown(
        f"{json.dumps(texts)}.map((text) => {{ try {{ const {{ tree, note }} = Calls.read(text); "
        "return [Model.python(tree), note]; } catch (error) { return [null, error.message]; } })"
    )


# The rows whose calls are not translated: we refuse the schedule, or no line stands for it.
NOT_TRANSLATED = {
    "CosineAnnealingWarmRestarts(optimizer, 10, T_mult=3).step(epoch)",
    "CosineDecay(0.1, 100, warmup_steps=10)",
    "InverseTimeDecay(0.1, 1, -0.5)",
    "OneCycleLR(optimizer, 0.1, total_steps=100, three_phase=True)",
    "PolynomialDecay(0.1, 100, 0.01, power=2, cycle=True)",
    "get_cosine_with_hard_restarts_schedule_with_warmup(optimizer, 10, 110, num_cycles=3)",
    "get_wsd_schedule(optimizer, 10, 20, 100, min_lr_ratio=0.1)",
    'get_wsd_schedule(optimizer, 10, 20, 100, warmup_type="1-sqrt")',
    'get_wsd_schedule(optimizer, 10, 20, 100, warmup_type="cosine")',
    "optax.cosine_decay_schedule(0.1, 100, exponent=2)",
    "optax.cosine_onecycle_schedule(3, 0.1)",
    "optax.exponential_decay(0.1, 10, 0)",
    "optax.linear_schedule(0.1, 0, 0)",
}


def test_calls_of_other_libraries(shown):
    """A call that the table of peers has is translated to a schedule with the rates of its row."""
    named = [(row, re.search(r"(\w+)\(", row.theirs)[1]) for row in load().ROWS]
    rows = [(row, CALLS[name]) for row, name in named if name in CALLS]
    rows = [(row, call) for row, call in rows if row.library == call.library]
    assert {call.signature for _, call in rows} == {call.signature for call in THEIRS}
    refused = set()
    lines = translated(shown, [row.theirs for row, _ in rows])
    for (row, call), (ours, note) in zip(rows, lines, strict=True):
        if ours is None:
            assert "did you mean" in note
            refused.add(row.theirs)
            continue
        expected, made = row.schedule(lrs), eval(ours, NAMES)
        steps = sorted({*row.steps, *row.shown})[:300]
        assert [made(step) for step in steps] == pytest.approx(
            [expected(step) for step in steps], rel=1e-9, abs=1e-15
        ), row.theirs
        assert ("0.1 is assumed" in note) == ("{rate}" in str(call.lines))
    assert refused == NOT_TRANSLATED


def test_calls_are_read_as_python_reads_them(shown):
    """Names, line breaks, comments, quotes and the rate of the optimizer are understood."""
    given = {
        "torch.optim.lr_scheduler.StepLR(SGD(model.parameters(), lr=0.05), 30)": (
            "Drop(0.05, factor=0.1, every=30)"
        ),
        "s = OneCycleLR(\n    optimizer,  # the first\n    max_lr=0.2,\n    epochs=3,\n"
        "    steps_per_epoch=50,\n    anneal_strategy='cos',\n)": "one_cycle_torch(0.2, steps=150)",
        "MultiStepLR(optimizer, milestones=[30, 2 * 30])": (
            "multistep(0.1, factor=0.1, milestones=[30, 60])"
        ),
        "get_linear_schedule_with_warmup(opt, num_warmup_steps=0, num_training_steps=1_000)": (
            "Linear(0.1, 0, steps=1000)"
        ),
    }
    assert [line for line, _ in translated(shown, list(given))] == list(given.values())
    for text, why in [
        ("StepLR(optimizer, size)", "StepLR of PyTorch: write a number for step_size; did you"),
        ("StepLR(optimizer)", "step_size is missing"),
        ("StepLR(optimizer, 30, gama=0.1)", "the argument gama is not translated"),
        ("OneCycleLR(optimizer, 0.1, 100, three_phase=True)", "this three_phase is not translated"),
        ("CosineDecay(0.1, 100, warmup_steps=5)", "this warmup_steps is not translated"),
        ("StepLR(optimizer, 1, 2, 3, 4)", "too many arguments"),
    ]:
        ((line, error),) = translated(shown, [text])
        assert line is None
        assert why in error


# What is refused before it is read, and the message.
TOO_MUCH = {
    "letters": (
        "Constant(0.1)" + ".scale(0.999)" * 8000,
        (
            "This line has 104\u202f013 letters, digits and signs; "
            "the playground takes at most 10\u202f000."
        ),
    ),
    "entries": (f"Piecewise({[0.1] * 20_001}, {list(range(1, 20_001))})", "This line has "),
    "parentheses": (
        "(" * 3000 + "Constant(0.1)" + ")" * 3000,
        "This line has 3\u202f001 parentheses within one another; the playground takes at most 40.",
    ),
    "brackets": ("[" * 3000, "This line has 3\u202f000 parentheses within one another"),
    "methods": (
        "Constant(0.1)" + ".scale(1)" * 700,
        "This line has 701 calls and operators; the playground takes at most 200.",
    ),
    "signs": ("Constant(" + "-" * 3000 + "1)", "This line has 3\u202f001 calls and operators"),
    "powers": ("Constant(" + "2**" * 3000 + "1)", "This line has 3\u202f001 calls and operators"),
    "names": ("lrs." * 2400 + "Constant(0.1)", ""),
}
# The most that is not refused.
MOST = [
    "Constant(0.1)" + ".scale(0.999)" * 90,
    "Linear(1, 0, 9)" + ".delay(1)" * 90,
    "Linear(1, 0, 9)" + ".repeat(2)" * 20,
    "(" * 39 + "Constant(0.1)" + ")" * 39,
    "Linear(0.1, 0, 9)" + " * Linear(0.1, 0, 9)" * 90,
    "Linear(1, 0, 9)" + ".then(Linear(1, 0, 9))" * 90,
    f"Piecewise({[1] * 1200}, {list(range(1, 1200))})".replace(" ", ""),
    f"interpolate({[1] * 150}, {list(range(1, 150))})",
    "Linear(1, 0, 9)" + ".repeat(20, growth=1.01)" * 2,
]


def test_too_much(shown):
    """Long text is refused by its size, before it is read."""
    texts = [text for text, _ in TOO_MUCH.values()]
    timed = """((text) => {
      const begin = performance.now();
      const found = outcome(text);
      return [found.error ?? "", performance.now() - begin];
    })"""
    found = shown(f"{json.dumps(texts)}.map({timed})")
    for (name, (_, message)), (error, time) in zip(TOO_MUCH.items(), found, strict=True):
        assert message in error, name
        assert time < 1000, name


def test_the_most(shown):
    """The longest input is read and drawn with a bounded number of formulas."""
    found = shown(
        f"""{json.dumps(MOST)}.map((text) => {{
          const schedule = readable(text);
          let rates = 0;
          const apply = (target, _, [step]) => ((rates += 1), target(step));
          Chart.sampled(new Proxy(schedule, {{ apply }}), LRS.horizon(schedule));
          return [rates, Model.effort(schedule)];
        }})"""
    )
    for text, (rates, effort) in zip(MOST, found, strict=True):
        assert rates * effort < 1e6, text


def test_shortened(shown):
    """The beginning and the end of a long line are shown."""
    long, short = shown(f"['{'x' * 500}', 'Constant(0.1)'].map((t) => Display.shortened(t))")
    assert long == "x" * 58 + " … " + "x" * 58
    assert short == "Constant(0.1)"
