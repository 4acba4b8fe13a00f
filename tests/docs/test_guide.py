"""What the pages tell the reader to write does what they say; what they claim is so."""

import ast
import json
import re
from pathlib import Path

import pytest

import lrschedules as lrs
from tests import programs

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "guide" / "which-schedule.md").read_text("utf-8")
ROWS = PAGE.split("\n* - ")[2:]
CALL = re.compile(r"\[`(lrs\.[^`]+)`\]\(\.\./schedules/(\w+)\.rst\)")
RUN = re.search(r"`run = (lrs\.Run\(.+?\))`", PAGE)[1]
EXAMPLES = sorted((DOCS / "examples").glob("*/plot_*.py"))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.partition("\n")[0])
def test_row_of_the_decision_table(row):
    """It says what to write, and where what it says is known from."""
    assert CALL.search(row) or "ReduceOnPlateau(" in row
    assert "{ref}`" in row or "{cite:t}`" in row


@pytest.mark.parametrize(("call", "page"), CALL.findall(PAGE))
def test_call_of_the_decision_table(call, page):
    """It makes a schedule, of a class or by a recipe that its link leads to."""
    schedule = eval(call, {"lrs": lrs, "run": eval(RUN, {"lrs": lrs})})

    assert isinstance(schedule, lrs.Schedule)
    assert f".{page}(" in call


def test_programs_that_compare(tmp_path, monkeypatch, capsys):
    """The first programs of the page about comparing run as they stand, but for their size."""
    page = (DOCS / "guide" / "compare.md").read_text("utf-8")
    program, matched, *_ = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    small = program.replace("epochs=50", "epochs=2").replace("seeds=30", "seeds=3")
    assert small.count("epochs=2,") == small.count("seeds=3,") == 1
    monkeypatch.chdir(tmp_path)
    scope = {}
    exec(small, scope)  # noqa: S102 - the page's own code

    assert "cosine" in capsys.readouterr().out
    assert (tmp_path / "study.json").exists()

    exec(matched.replace("epochs=50", "epochs=2"), scope)  # noqa: S102
    table = scope["result"].table()
    assert [row.mean_rate for row in table.rows] == [
        pytest.approx(0.1 * row.base_rate) for row in table.rows
    ]
    assert "mean rate" in table.markdown()
    assert "The cosine decay now starts at about 0.2." in page
    cosine = lrs.Cosine(0.1, 0.0, steps=450).matched_to(lrs.Constant(0.1))
    assert cosine(0) == pytest.approx(0.2, rel=0.01)


def test_program_for_agents(tmp_path, monkeypatch, capsys):
    """It prints JSON that any program can read, with the fields that the page explains."""
    page = (DOCS / "guide" / "agents.md").read_text("utf-8")
    program = re.search(r"```python\n(.*?)```", page, re.DOTALL)[1]
    small = program.replace("epochs=50", "epochs=1").replace("seeds=30", "seeds=3")
    assert small.count("epochs=1,") == small.count("seeds=3,") == 1
    monkeypatch.chdir(tmp_path)
    exec(small, {})  # noqa: S102 - the page's own code

    strict = {"parse_constant": pytest.fail}
    baseline, other = json.loads(capsys.readouterr().out, **strict)
    assert baseline["schedule"] == "constant"
    result, file = re.findall(r"(?:^\| `.*\n)+", page, re.MULTILINE)
    named = [re.findall(r"`(\w+)`", text.partition(" | ")[0]) for text in result.splitlines()]
    assert {name for names in named for name in names} <= {*other, "seeds_needed"}
    named = [re.findall(r"`(\w+)`", text.partition(" | ")[0]) for text in file.splitlines()]
    saved = json.loads((tmp_path / "study.json").read_text("utf-8"), **strict)
    assert {name for names in named for name in names} == set(saved)


def test_program_of_the_search(tmp_path, monkeypatch, capsys):
    """The first program of the page about searching runs as it stands, but for its size."""
    page = (DOCS / "guide" / "search.md").read_text("utf-8")
    program = re.search(r"```python\n(.*?)```", page, re.DOTALL)[1]
    small = program.replace("epochs=50", "epochs=1").replace("runs=360", "runs=120")
    assert small.count("epochs=1,") == small.count("runs=120,") == 1
    monkeypatch.chdir(tmp_path)
    scope = {}
    exec(small, scope)  # noqa: S102 - the page's own code

    assert "Winner: " in capsys.readouterr().out
    assert (tmp_path / "search.json").exists()
    assert isinstance(scope["result"].winner, lrs.Schedule)


def test_first_program():
    """The first program of the README ends where it says that training does."""
    page = (DOCS.parent / "README.md").read_text("utf-8")
    program = re.search(r"```python\n(.*?)```", page, re.DOTALL)[1]
    scope = {}
    exec(re.sub(r"^.*\bkeras\b.*$", "", program, flags=re.MULTILINE), scope)  # noqa: S102

    assert scope["schedule"].length == scope["total"]


@pytest.mark.parametrize("framework", ["Keras", "PyTorch", "JAX"])
def test_programs_of_the_home_page(framework, capsys):
    """Each program runs as it stands, trains well, and its schedule ends with the training."""
    page = (DOCS / "index.md").read_text("utf-8")
    program = re.search(rf"tab-item\}} {framework}\n.*?```python\n(.*?)```", page, re.DOTALL)[1]
    scope = {}
    exec(program, scope)  # noqa: S102 - the page's own code

    steps = scope["run"].steps if "run" in scope else scope["steps"]
    assert scope["schedule"].length == steps
    accuracies = re.findall(r"accuracy:? (0\.\d+|1\.0+)", capsys.readouterr().out)
    assert float(accuracies[-1]) > 0.85


@pytest.mark.parametrize("page", ["loop-pytorch", "loop-optax"])
def test_loops(page, tmp_path, monkeypatch):
    """The programs for PyTorch and for optax print what their pages show."""
    monkeypatch.chdir(tmp_path)
    programs.run(page)


def cells(example):
    """Return the code of an example, cell by cell, with its comments."""
    return re.split(r"^# %%$(?:\n#.*)*", example.read_text("utf-8"), flags=re.MULTILINE)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_cells_of_an_example(example):
    """Prose begins a cell and does not stand in one; a table is the last line of its cell."""
    for cell in cells(example):
        assert not re.search(r"^# ?%+$|^#.*\n#", cell, re.MULTILINE)
        for line in ast.parse(cell).body[:-1]:
            assert not (isinstance(line, ast.Expr) and ".table(" in ast.unparse(line))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_form_of_an_example(example):
    """An example has sections, no bold words that stand for one, and code that is not clipped."""
    source = example.read_text("utf-8")
    code = source.split('"""', 2)[2]
    assert len(re.findall(r"^# \S.*\n# -{3,}$", code, re.MULTILINE)) >= 2
    assert not re.findall(r"^# (?:.* )?\*\*\w.*", code, re.MULTILINE)
    assert not [line for line in code.split("\n") if len(line) > 71 and not line.startswith("# ")]


# What pages have claimed that is not so, or not everywhere.
NOT_SO = [
    r"72\W*% (?:flat|of the run)",  # 75 %: the default of fastai's fit_flat_cos
    r"proved (?:by|at)",  # tests check
    r"seeds in the time of one fit",  # of a small model
    r"(?:Up to|before) Keras [23]\b(?!\.)",  # Keras 2.11 to 2.15 raise an error at decay=
    r"up to version 2\b(?!\.)",
    r"three times this one warm-up loses",  # nothing on the page showed it
]
WRITTEN = [*DOCS.glob("*.md"), *DOCS.glob("guide/*.md"), *EXAMPLES, DOCS.parent / "README.md"]


@pytest.mark.parametrize("claim", NOT_SO)
def test_what_is_not_claimed(claim):
    """No page says again what is not so."""
    for page in WRITTEN:
        words = re.sub(r"\n(?:# )?", " ", page.read_text("utf-8"))
        assert not re.search(claim, words, re.IGNORECASE), page


def test_exercises_open_in_the_playground():
    """Each exercise but the one about seeds has a link, and what it opens are schedules."""
    page = (DOCS / "guide" / "exercises.md").read_text("utf-8")
    found = re.findall(r"\{playground\}`(.*?)`", page)
    scope = vars(lrs) | vars(lrs.recipes)

    assert len(found) == len(re.findall(r"^\*\*\d+\. ", page, re.MULTILINE)) - 1
    for codes in found:
        assert all(isinstance(eval(each, scope), lrs.Schedule) for each in codes.split(";"))
