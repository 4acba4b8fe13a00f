"""The playground in a real browser: its curves are Python's, and its controls do what they say."""

import html
import inspect
import itertools
import re
import urllib.parse

import hypothesis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import expect

import lrschedules as lrs
from tests.site.built import SITE
from tests.strategies import schedules, some_steps
from tests.table import PUBLIC, SCHEDULES, brief, row_of

CLIPBOARD = ["clipboard-read", "clipboard-write"]
SMALLEST = 1e-300
NAMES = vars(lrs) | {"lrs": lrs}


@pytest.fixture
def visit(opened):
    """Open the playground."""

    def visit(address="", width=1200):
        page = opened(f"playground.html{address}", width, permissions=CLIPBOARD)
        expect(page.locator(".pg-words")).not_to_be_empty()
        return page

    return visit


def drawn(strategy, number):
    found = []

    @settings(max_examples=number, phases=[hypothesis.Phase.generate], deadline=None)
    @given(strategy)
    def collect(example):
        found.append(example)

    collect()
    return found


def test_rates(visit):
    """Every schedule, with random parameters and in random compositions, has Python's rates."""
    pairs = drawn(st.tuples(schedules(), st.lists(some_steps, min_size=5)), 300)
    pairs += [(schedule, [0, 1, 7, 100, 3000]) for schedule in SCHEDULES]
    found = visit().evaluate(
        "pairs => pairs.map(([text, steps]) => steps.map(Model.run(Model.read(text))))",
        [[repr(schedule), steps] for schedule, steps in pairs],
    )
    assert {type(schedule) for schedule, _ in pairs} == set(PUBLIC)
    for (schedule, steps), rates in zip(pairs, found, strict=True):
        expected = [schedule(step) for step in steps]
        assert rates == pytest.approx(expected, rel=1e-12, abs=SMALLEST), schedule


def test_python_is_the_same_schedule(visit):
    """The line of Python that is shown, and the one that is copied, make the schedule shown."""
    made = [*drawn(schedules(), 200), *SCHEDULES]
    lines = visit().evaluate(
        "texts => texts.map(text => [Model.python(Model.read(text)), "
        "Model.python(Model.read(text), 'lrs.')])",
        [repr(schedule) for schedule in made],
    )
    for schedule, (shown, copied) in zip(made, lines, strict=True):
        assert eval(shown, dict(NAMES)) == schedule
        assert eval(copied, {"lrs": lrs}) == schedule


@pytest.mark.parametrize("schedule", [row_of(lrs.Repeat), row_of(lrs.Times)], ids=brief)
def test_copied_program(visit, schedule):
    """What *Copy code* puts into the clipboard is a program that makes the schedule."""
    page = visit()
    page.get_by_label("One line of Python").fill(repr(schedule))
    page.get_by_role("button", name="Copy code").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    scope = {}
    exec(page.evaluate("navigator.clipboard.readText()"), scope)  # noqa: S102

    assert scope["schedule"] == schedule


@pytest.mark.parametrize(
    ("frame", "more", "use"),
    [
        ("Keras", "", "keras.optimizers.SGD(schedule, momentum=0.9)"),
        (
            "PyTorch",
            "from lrschedules.torch import Scheduler\n",
            "Scheduler(optimizer, lr=schedule)",
        ),
        ("optax", "", "optax.sgd(schedule)"),
    ],
)
def test_code_for(visit, frame, more, use):
    """The code for a framework makes the schedule and uses it."""
    page = visit("#s=Linear(0.1,0,steps=50)")
    page.get_by_label("Code for").select_option(frame)
    code = page.locator(".pg-code code").inner_text()

    start = "import lrschedules as lrs\n"
    assert f"{start}{more}\nschedule = lrs.Linear(0.1, 0, steps=50)\n" in code
    assert use in code


def addresses():
    """Return the part of the address after ``#`` in the link of each schedule's page."""
    for page in sorted((SITE / "schedules").glob("*.html")):
        link = re.search(r'playground\.html#([^"]*)"', page.read_text("utf-8"))
        if page.stem != "index":
            yield page.stem, link and html.unescape(link[1])


def test_links(visit):
    """The page of each schedule links to the playground with its example in it."""
    page, found = visit(), dict(addresses())
    recipes = [f for f in vars(lrs.recipes).values() if inspect.isfunction(f)]
    assert set(found) == {entry.__name__ for entry in [*PUBLIC, *recipes]}
    for name, address in found.items():
        page.evaluate("address => { location.hash = address; }", address)
        code = urllib.parse.unquote(address.removeprefix("s="))
        expected = eval(code, vars(lrs) | vars(lrs.recipes))
        expect(page.locator(".pg-legend tbody tr")).to_have_count(1)
        text = page.get_by_label("One line of Python").input_value()
        assert eval(text, vars(lrs) | vars(lrs.recipes)) == expected, name
        assert not page.locator(".pg-message").inner_text()


def state(page):
    """Return what a visitor sees."""
    return page.evaluate(
        """() => ({
          line: document.getElementById("pg-line").value,
          checked: [...document.querySelectorAll(".pg-tools [type=checkbox]")].map(c => c.checked),
          legend: document.querySelector(".pg-legend").innerText,
          curves: [...document.querySelectorAll(".pg-chart .pg-curve")].map((c) => c.outerHTML),
          step: document.querySelector(".pg-chart").getAttribute("aria-valuenow"),
        })"""
    )


def test_address_restores_everything(visit):
    """The address holds what is seen."""
    page = visit()
    page.get_by_role("button", name="Compare with another").click()
    page.get_by_label("Schedule", exact=True).first.select_option("Piecewise")
    page.get_by_label("Combine with").select_option("repeat")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_label("log rates").check()
    page.get_by_label("Cursor at").fill("37")
    page.get_by_label("Steps", exact=True).fill("400")
    page.get_by_label("Steps", exact=True).blur()
    page.locator(".pg-choose").first.click()
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    address = page.evaluate("navigator.clipboard.readText()")
    other = visit(address[address.index("#") :])

    assert len(state(page)["curves"]) == 3
    assert state(other) == state(page)


def test_keyboard(visit):
    """The cursor, a slider, and every control can be used without a mouse."""
    page = visit("#s=Linear(0.1,0,steps=200)&step=100")
    chart = page.get_by_role("slider", name="Step under the cursor")
    chart.focus()
    for key, step in [
        ("ArrowRight", 102),
        ("Shift+ArrowLeft", 101),
        ("PageDown", 81),
        ("End", 200),
        ("ArrowRight", 200),
        ("Home", 0),
    ]:
        page.keyboard.press(key)
        expect(chart).to_have_attribute("aria-valuenow", str(step))
    expect(chart).to_have_attribute("aria-valuetext", "step 0: 0.1 for Linear(0.1, 0, steps=200)")
    expect(page.locator(".pg-legend tbody td").first).to_have_text("0.1")

    slider = page.get_by_role("slider", name="start, slider")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label("start", exact=True)).to_have_value("0.12")
    expect(slider).to_have_attribute("aria-valuetext", "0.12")

    controls = page.locator(
        "#pg-root :is(input, select, textarea, button:enabled, summary, .pg-chart)"
    )
    page.locator("#pg-last").focus()
    visited = set()
    for _ in range(controls.count() + 5):
        visited.add(
            page.evaluate("[...document.querySelectorAll('*')].indexOf(document.activeElement)")
        )
        page.keyboard.press("Tab")
    indices = controls.evaluate_all(
        "all => all.map((c) => [...document.querySelectorAll('*')].indexOf(c))"
    )
    assert set(indices) <= visited


def test_words_say_the_numbers(visit):
    """A screen reader is told the curve, and finds it as a table."""
    page = visit("#s=Linear(0.1,0,steps=200)")
    words = page.locator("[aria-live=polite].pg-words")
    expect(words).to_have_text(
        "Linear(0.1, 0, steps=200): learning rate 0.1 at step 0, 0.075 at 50, 0.05 at 100, "
        "0.025 at 150, 0 at 200; sum 10.1."
    )
    page.get_by_text("Table of rates").click()
    rows = page.locator(".pg-scroll tbody tr")
    expect(rows).to_have_count(21)
    expect(rows.nth(1)).to_have_text(re.compile(r"^10\s*0\.095$"))


def test_mouse(visit):
    """The cursor follows the mouse."""
    page = visit("#s=Linear(0.1,0,steps=200)&step=0")
    box = page.locator(".pg-chart").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 100)
    expect(page.locator(".pg-chart")).to_have_attribute("aria-valuenow", re.compile(r"^1?\d\d$"))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("Linear(0.1, 0, steps=0)", "Linear: steps must be a whole number of steps from 1 to"),
        ("Constant(0.1).clip(0.5, 0.1)", "Clip: minimum must not be above maximum"),
        ("Constant(0.1).then(Constant(1))", "is endless: say when it ends"),
        ("one_cycle(0.1, steps=1)", "one_cycle: up must be at least 1 of steps=1"),
        ("Linear(0.1, 0, step=9)", "Linear has no parameter step"),
        ("Line(0.1, 0, 9)", "unknown schedule Line"),
        ("Linear(0.1, 0, 9", "expected ) at the end"),
        ("Linear(0.1)", "missing a required argument: 'stop'"),
    ],
)
def test_bad_input(visit, line, message):
    """What Python would refuse is refused in its words, and the last curve stays."""
    page = visit("#s=Linear(0.1,0,steps=200)")
    before = state(page)["curves"]
    page.get_by_label("One line of Python").fill(line)
    expect(page.locator(".pg-message")).to_contain_text(message)
    assert state(page)["curves"] == before
    page.get_by_label("One line of Python").fill("Constant(0.1)")
    expect(page.locator(".pg-message")).to_be_empty()


def test_bad_number(visit):
    """A number out of its range says so, in Python's words."""
    page = visit("#s=Linear(0.1,0,steps=200)")
    page.get_by_label("stop", exact=True).fill("-1")
    expect(page.locator(".pg-message")).to_have_text(
        "Linear: stop must be a rate ≥ 0, got -1; write for example 0.1"
    )


def test_bad_address(visit):
    """An address that nobody can read leads to the playground all the same."""
    page = visit("#s=Nothing(1)")
    expect(page.locator(".pg-message")).to_contain_text("unknown schedule Nothing")
    expect(page.locator(".pg-legend tbody tr")).to_have_count(2)


def test_every_choice_and_every_method(visit):
    """Whatever is chosen or added makes a curve, never an error."""
    page = visit("#s=Linear(0.1,0,steps=200)")
    found = page.evaluate(
        """() => Model.begins.flatMap(({ name }) => Model.methods.map((method) => {
          try {
            const tree = Model.begun(name, Model.read("Cosine(0.1, 0, steps=600)"));
            if (!Model.run(tree)[method.name]) return [];
            tree.calls.push(Model.suited(tree, method.name));
            return Chart.sampled(Model.run(tree), 500).every(([, rate]) => rate >= 0) ? [] : [name];
          } catch (error) { return [[name, method.name, error.message]]; }
        })).flat()"""
    )
    assert not found


@pytest.mark.parametrize(
    "code", ["Piecewise([0.1, 0.9, 0.1], [70000, 70001])", "Drop(0.1, 0.5, every=33333)"]
)
def test_peaks_and_drops_are_drawn(visit, code):
    """In a long run a peak of one step is not missed, and a drop is a vertical line."""
    schedule = eval(code, dict(NAMES))
    points = visit().evaluate(f"Chart.sampled(Model.run(Model.read('{code}')), 100000)")
    rates = dict(points)
    for step in (33332, 33333, 70000, 70001):
        assert step not in rates or rates[step] == pytest.approx(schedule(step), rel=1e-12)
    jumps = [(a, b) for (a, x), (b, y) in itertools.pairwise(points) if x != y]
    assert jumps
    assert all(b - a == 1 for a, b in jumps)


@pytest.mark.parametrize("width", [360, 768, 1400])
def test_fits(visit, width):
    """Nothing is wider than the window."""
    page = visit("#s=Linear(0,0.1,steps=100).then(Cosine(0.1,0,steps=900),at=100)", width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(".pg-edit").bounding_box()["width"] > 300


@pytest.mark.parametrize("width", [360, 768, 1400])
def test_curves_stay_in_view(visit, width):
    """Whoever moves the last slider of a long composition sees the curve that it moves."""
    page = visit("#s=Cosine(0.1,0,steps=900).warmup(100).clip(0,0.05).scale(2).delay(9)", width)
    last = page.get_by_role("slider", name=re.compile("slider$")).last
    last.evaluate("slider => slider.scrollIntoView({ block: 'end' })")
    chart, slider = page.locator(".pg-chart").bounding_box(), last.bounding_box()
    header = page.locator(".bd-header").bounding_box()
    assert header["y"] + header["height"] <= chart["y"] + 1
    assert chart["y"] + chart["height"] <= 900
    assert slider["y"] >= chart["y"] + chart["height"] or slider["x"] >= chart["x"] + chart["width"]


def test_without_javascript(browser, host):
    """Without JavaScript there are static curves, and the way to the catalogue."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{host}/playground.html")
    expect(page.locator("#pg-root svg").first).to_be_visible()
    expect(page.get_by_role("link", name="all schedules")).to_be_visible()
    context.close()


def test_from_a_file(browser):
    """The page works from the disk, without a server."""
    page = browser.new_page()
    page.goto((SITE / "playground.html").as_uri() + "#s=Linear(0.1,0,steps=200)")
    expect(page.locator(".pg-words")).to_contain_text("0.05 at 100")
    page.close()
