"""The panel that trains in the page: one press answers the tutorial's question, and no more."""

import html
import json
import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.site.built import SITE

EXAMPLE = "auto_examples/tutorial/plot_4_side_by_side.html"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
TRAINED = {"timeout": 60_000}


def trained(page, seeds=None):
    """Press the button, and return the panel when all is done."""
    panel = page.locator(".train")
    if seeds:
        panel.get_by_label("Seeds").select_option(seeds)
    panel.get_by_role("button", name="Train").click()
    expect(panel.get_by_role("status")).to_contain_text(re.compile("^Trained "), **TRAINED)
    return panel


def rows(table):
    """Return the cells of a table by heading, for each row."""
    texts = [re.sub("<[^>]*>", "", cell) for cell in re.findall("<t[hd].*?</t[hd]>", table)]
    columns = table.partition("</thead>")[0].count("<th ")
    cells = [html.unescape(text).strip() for text in texts]
    head = cells[:columns]
    return [
        dict(zip(head, cells[i : i + columns], strict=True))
        for i in range(columns, len(cells), columns)
    ]


def verdicts(tables):
    """Return metric, schedule and verdict of each row of some tables."""
    return {
        (re.search(r"<caption>(\w+)", table)[1], row["schedule"], row["verdict"])
        for table in tables
        for row in rows(table)
    }


def test_verdict(opened):
    """One press on the tutorial's page gives the verdicts of the example, from other seeds."""
    example = (SITE / EXAMPLE).read_text("utf-8")
    measured = re.findall(r"<table><caption>val_.*?</table>", example, re.DOTALL)
    page = opened(EXAMPLE)
    asked = set(page.asked)
    panel = trained(page)
    found = panel.locator("table").evaluate_all("all => all.map((table) => table.outerHTML)")

    assert len(measured) == 3  # of which the first is on another split
    assert len(found) == 2
    assert verdicts(found) == verdicts(measured[1:])
    assert "no significant difference" in {verdict for *_, verdict in verdicts(found)}
    files = {url.rpartition("/")[2] for url in set(page.asked) - asked if "blob:" not in url}
    assert files == {
        *("net.js", "statistics.js", "data.js", "lrschedules.js", "display.js", "model.js")
    }


def test_spoken(opened):
    """A screen reader hears the differences in words; the picture has its numbers as a text."""
    panel = trained(opened("guide/first-schedule.html"), "10")
    status = panel.get_by_role("status")
    expect(status).to_contain_text("Trained 20 runs in ")
    expect(status).to_contain_text("Mean difference in val_loss from constant after epoch 50")
    expect(status).to_contain_text("(lower: better)")
    picture = panel.get_by_role("img")
    expect(picture).to_have_accessible_name(re.compile(r"constant: 0\.\d+ at 1, .* at 50; time-b"))
    expect(panel.locator("ul li")).to_have_text(["constant", "time-based"])


def test_keyboard_and_cancel(opened):
    """The keyboard starts and cancels a run, and the focus stays on its button."""
    page = opened(EXAMPLE)
    panel = page.locator(".train")
    panel.get_by_label("Seeds").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    cancel = panel.get_by_role("button", name="Cancel")
    expect(cancel).to_be_focused()
    expect(panel.get_by_role("img")).to_have_accessible_name(re.compile("time-based"), **TRAINED)
    curves = panel.locator("polyline")
    expect(curves).to_have_count(3)
    page.keyboard.press("Enter")
    expect(panel.get_by_role("status")).to_have_text(re.compile(r"^Cancelled after epoch \d+\.$"))
    expect(panel.get_by_role("button", name="Train")).to_be_focused()
    expect(panel.locator("table")).to_have_count(0)
    points = curves.evaluate_all("all => all.map((curve) => curve.getAttribute('points'))")
    page.wait_for_timeout(500)
    assert curves.evaluate_all("all => all.map((curve) => curve.getAttribute('points'))") == points


def test_schedules_of_the_playground(opened):
    """The playground's panel trains what is shown there, compressed to the run of the net."""
    page = opened("playground.html#s=Constant(0.1)&s=Linear(0.1,0,steps=900)&s=Constant(1e30)")
    panel = trained(page, "10")
    expect(panel.get_by_role("status")).to_contain_text(
        "The steps shown become 450 updates: .stretch(0.5)."
    )
    found = rows(panel.locator("table").first.evaluate("table => table.outerHTML"))
    assert [row["schedule"] for row in found][:2] == ["Constant(0.1)", "Linear(0.1, 0, steps=900)"]
    assert found[1]["verdict"] == "lower: better"
    assert found[2]["verdict"] == "no finite pair; 10 of 10 runs not finite"
    expect(panel).to_contain_text("These runs are left out of mean, sd and median")


def test_same_numbers_again(opened):
    """A second press gives the same numbers: a seed determines the run."""
    page = opened("guide/first-schedule.html")
    first = trained(page, "10").locator("table").all_inner_texts()
    assert trained(page).locator("table").all_inner_texts() == first


def test_error(browser, host):
    """A file that does not load is an error that the reader sees, and can repeat."""
    with browser.new_page() as page:
        page.route("**/data.js", lambda route: route.abort())
        page.goto(f"{host}/guide/first-schedule.html")
        panel = page.locator(".train")
        panel.get_by_role("button", name="Train").click()
        expect(panel.get_by_role("alert")).to_have_text(
            "The training failed: train/data.js could not be loaded."
        )
        page.unroute("**/data.js")
        trained(page, "10")
        expect(panel.get_by_role("alert")).to_be_empty()


def test_from_the_disk(browser):
    """The training works from the files alone, without a server."""
    with browser.new_page() as page:
        page.goto((SITE / "guide/first-schedule.html").as_uri())
        trained(page, "10")


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1400, "dark")])
def test_accessible(opened, width, scheme):
    """With curves and tables: nothing that axe finds, nothing too wide, nothing too small."""
    page = opened("guide/first-schedule.html", width, color_scheme=scheme)
    panel = trained(page, "10")
    page.evaluate(Path(os.environ["LRS_AXE"]).read_text("utf-8"))
    options = json.dumps({"runOnly": RULES, "resultTypes": ["violations"]})
    assert not page.evaluate(f"axe.run('.train', {options})")["violations"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for target in panel.locator("select, button").all():
        assert target.bounding_box()["height"] >= 24
