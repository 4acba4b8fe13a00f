"""What the guide tells the reader to write does what it says: the decision table, a study."""

import re
from pathlib import Path

import pytest

import lrschedules as lrs

PAGE = (Path(__file__).parents[1] / "docs" / "guide" / "which-schedule.md").read_text("utf-8")
ROWS = PAGE.split("\n* - ")[2:]
CALL = re.compile(r"\[`(lrs\.[^`]+)`\]\(\.\./schedules/(\w+)\.rst\)")
RUN = re.search(r"`run = (lrs\.Run\(.+?\))`", PAGE)[1]


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


def test_program_to_begin_with(tmp_path, monkeypatch, capsys):
    """The first program of the page about comparing runs as it stands, but for its size."""
    page = (Path(__file__).parents[1] / "docs" / "guide" / "compare.md").read_text("utf-8")
    program = re.search(r"```python\n(.*?)```", page, re.DOTALL)[1]
    small = program.replace("epochs=50", "epochs=2").replace("seeds=30", "seeds=3")
    assert small.count("epochs=2,") == small.count("seeds=3,") == 1
    monkeypatch.chdir(tmp_path)
    exec(small, {})  # noqa: S102 - the page's own code

    assert "cosine" in capsys.readouterr().out
    assert (tmp_path / "study.json").exists()
