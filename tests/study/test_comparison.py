"""A comparison says what its runs allow to be said, and no more."""

import dataclasses
import json
import math
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from scipy import stats

from lrschedules.study import Comparison, _json, _statistics
from lrschedules.study._table import number

NAN, INF = math.nan, math.inf
NAMES = ("constant", "drop", "cosine", "linear", "exponential")


def comparison(values, **changes):
    """Return the comparison of values of shape (schedules, base rates, seeds, epochs), or less."""
    values = np.asarray(values, float)
    if values.ndim == 2:
        values = values[:, None, :, None]
    names = NAMES[: len(values)]
    fields = {
        "schedules": {name: f"{name.title()}(0.1)" for name in names},
        "base_rates": tuple(10.0**-i for i in range(values.shape[1])),
        "seeds": tuple(range(values.shape[2])),
        "curves": {"val_loss": values},
        "direction": {},
        "settings": {"batch_size": 28, "engine": "stacked"},
    }
    return Comparison(**(fields | changes))


def accuracies(values, **changes):
    """Return the same with an accuracy in the place of the loss, which is level."""
    values = np.asarray(values, float)[:, None, :, None]
    curves = {"loss": np.ones_like(values), "accuracy": values}
    return comparison(values, curves=curves, direction={"accuracy": "maximize"}, **changes)


def rows(values, **changes):
    """Return the rows of the default table."""
    return comparison(values, **changes).table().rows


def noisy(*means, seeds=12, spread=0.1, seed=0):
    """Return values of shape (schedules, seeds) about these means, which share what a seed does."""
    rng = np.random.default_rng(seed)
    shared = rng.normal(size=seeds)
    return np.array([m + shared + rng.normal(scale=spread, size=seeds) for m in means])


@pytest.fixture(autouse=True)
def _figures_closed():
    yield
    plt.close("all")


# What is measured -------------------------------------------------------------------------------


def test_axes_and_coordinates():
    """The array of a metric has an axis for each list of coordinates; epochs start at 1."""
    result = comparison(np.arange(48).reshape(2, 3, 4, 2), seeds=(5, 6, 7, 9))

    assert result.axes == tuple(result.coordinates)
    assert result.coordinates == {
        "schedule": ["constant", "drop"],
        "base_rate": [1.0, 0.1, 0.01],
        "seed": [5, 6, 7, 9],
        "epoch": [1, 2],
    }
    assert result["val_loss"].shape == (2, 3, 4, 2)


def test_arrays_are_copies_that_nobody_changes():
    """Neither the given array nor the one that is returned changes the result."""
    given = np.ones((2, 1, 3, 1))
    result = comparison(given)
    given[:] = 2

    assert result["val_loss"].max() == 1
    with pytest.raises(ValueError, match="read-only"):
        result["val_loss"][0] = 3


def test_frame():
    """The long table has a row for every epoch of every run, with the value of that one."""
    values = np.arange(24.0).reshape(2, 2, 3, 2)
    result = comparison(values, curves={"loss": -values, "accuracy": values})
    frame = result.frame()

    assert list(frame.columns) == ["schedule", "base_rate", "seed", "epoch", "loss", "accuracy"]
    assert len(frame) == 24
    one = frame.query("schedule == 'drop' and base_rate == 0.1 and seed == 2 and epoch == 1")
    assert one[["loss", "accuracy"]].to_numpy().tolist() == [
        [-values[1, 1, 2, 0], values[1, 1, 2, 0]]
    ]


VALUES = np.ones((2, 1, 3, 4))


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"schedules": {}}, r"must hold at least one each, got 0, 1, 3 and 1"),
        ({"schedules": {"a": 0.1, "b": "B"}}, r"schedules must be texts by name, got 'a': 0.1; wr"),
        ({"base_rates": (0.0,)}, r"base_rates must be a list, each a number > 0, got \[0.0\]; wr"),
        ({"seeds": (0, 1, 1)}, r"seeds must differ, got \[0, 1, 1\]; write each once"),
        ({"seeds": (0, 1, -1)}, r"seeds must be a list, each a whole number .*, got \[0, 1, -1\]"),
        ({"curves": {}}, r"must hold at least one each, got 2, 1, 3 and 0"),
        ({"curves": {"loss": 1.0}}, r"curves\['loss'\] must have the shape .* \(2, 1, 3, 1\), got"),
        (
            {"curves": {"loss": VALUES, "accuracy": VALUES[..., :2]}},
            r"curves\['accuracy'\] must .* here \(2, 1, 3, 4\), got \(2, 1, 3, 2\)",
        ),
        ({"curves": {"loss": VALUES[..., :0]}}, r"here \(2, 1, 3, 1\), got \(2, 1, 3, 0\)"),
        (
            {"curves": {"loss": [["a"]]}},
            r"curves\['loss'\] must hold numbers, got \[\['a'\]\]; write",
        ),
        ({"curves": {"loss": [[10**400]]}}, r"curves\['loss'\] must hold numbers, got \[\[1000"),
        ({"curves": {"loss": VALUES + 0j}}, r"curves\['loss'\] must hold numbers, got array\("),
        (
            {"curves": {1: VALUES}},
            r"curves\[1\] must have a text for its name, got 1; write 'loss'",
        ),
        ({"curves": 5}, "curves must be a mapping, got 5; write for example"),
        ({"schedules": 5}, "schedules must be a mapping, got 5; write for example"),
        ({"direction": 5}, "direction must be a mapping, got 5; write for example"),
        (
            {"direction": {"val_loss": ["minimize"]}},
            r"must be one of 'minimize', 'maximize', got \['minimize'\]",
        ),
        ({"settings": None}, "settings must be a mapping, got None; write for example"),
        ({"settings": {1: 2}}, r"settings must be what JSON can hold, .* name 1 is not a text"),
        ({"seeds": 3}, r"seeds must be a list, each .*, got 3; write for example \[0, 1, 2\]"),
        ({"curves": {"mae": VALUES}}, r"must hold 'loss' or 'val_loss', got 'mae'"),
        ({"curves": {"loss": VALUES, "seed": VALUES}}, r"'seed' is an axis; rename the metric"),
        ({"direction": {"acc": "maximize"}}, "direction must name one of 'val_loss', got 'acc'"),
        (
            {"direction": {"val_loss": "up"}},
            r"\['val_loss'\] must be one of 'minimize', 'maximize', got 'up'",
        ),
        ({"settings": {"rate": NAN}}, r"settings must be what JSON can hold, got \{'rate': nan\}"),
        (
            {"settings": {"model": object}},
            r"settings must be what JSON can hold, .* not JSON seria",
        ),
    ],
)
def test_bad_fields(changes, text):
    """A field that does not fit is refused by name, with what it should be."""
    with pytest.raises((TypeError, ValueError), match=f"Comparison: .*{text}"):
        comparison(VALUES, **changes)


@pytest.mark.parametrize(
    ("ask", "text"),
    [
        (lambda r: r["acc"], "metric must be one of 'val_loss', got 'acc'"),
        (lambda r: r.table("acc"), "metric must be one of 'val_loss', got 'acc'"),
        (lambda r: r.plot("acc"), "metric must be one of 'val_loss', got 'acc'"),
        (lambda r: r.table(["loss"]), r"metric must be one of 'val_loss', got \['loss'\]"),
        (lambda r: r.table(epoch=0), "epoch must be a whole number from 1 to 4, got 0; write"),
        (lambda r: r.table(epoch=5), "epoch must be a whole number from 1 to 4, got 5; write"),
        (lambda r: r.table(level=95), "level must be a number > 0 and < 1, got 95; .* 0.95"),
        (lambda r: r.plot_sensitivity(), "base_rates must be at least two for sensitivity, got o"),
        (lambda r: r.describe(view="bars"), "view must be one of 'curves', .* got 'bars'"),
        (
            lambda r: comparison(VALUES[:1]).plot_differences(),
            "schedules must be at least two for diff",
        ),
    ],
)
def test_bad_questions(ask, text):
    """A question that has no answer is refused with the valid choices."""
    with pytest.raises(ValueError, match=f"Comparison: {text}"):
        ask(comparison(VALUES))


def test_axes_to_draw_on():
    """Axes that are none are refused by name."""
    with pytest.raises(TypeError, match=r"^Comparison: ax must be an axes of matplotlib, got 5"):
        comparison(VALUES).plot(ax=5)


@pytest.mark.parametrize("missing", ["tabulate", "scipy"])
def test_shown_without_a_package(missing, monkeypatch):
    """A comparison is shown where a package for its table is missing, and says which."""
    result = comparison(VALUES)
    monkeypatch.setitem(sys.modules, missing, None)
    assert repr(result).startswith("<Comparison: 2 schedules x 1 base rate x 3 seeds x 4 epochs; ")
    assert f"{missing}; run python -m pip install {missing}" in repr(result)
    with pytest.raises(
        ModuleNotFoundError, match=rf"install {missing}, or install the extra keras"
    ):
        result.markdown()


# The table --------------------------------------------------------------------------------------


def test_summary_by_hand():
    """Mean, standard deviation with n - 1, and median, of the last epoch."""
    last = np.array([[1.0, 2.0, 6.0], [4.0, 4.0, 7.0]])
    result = comparison(np.stack([last + 9, last], axis=-1)[:, None])
    first, second = result.table().rows

    assert (first.mean, first.sd, first.median) == (3, pytest.approx(math.sqrt(7)), 2)
    assert (second.mean, second.sd, second.median) == (5, pytest.approx(math.sqrt(3)), 4)
    assert result.table(epoch=1).rows[0].mean == 12
    assert (first.seeds, first.not_finite, first.verdict) == (3, 0, "baseline")
    assert math.isnan(first.difference)


@pytest.mark.parametrize("schedules", [2, 3, 5])
@pytest.mark.parametrize("level", [0.8, 0.95])
def test_interval_by_hand(schedules, level):
    """Student's interval of the paired differences, at the level that Bonferroni leaves to each."""
    values = noisy(*range(schedules))
    table = comparison(values).table(level=level)

    for row, runs in zip(table.rows[1:], values[1:], strict=True):
        d = runs - values[0]
        t = stats.t.ppf(1 - (1 - level) / (schedules - 1) / 2, len(d) - 1)
        half = t * d.std(ddof=1) / math.sqrt(len(d))
        assert row.difference == pytest.approx(d.mean(), rel=1e-12)
        assert (row.low, row.high) == pytest.approx((d.mean() - half, d.mean() + half), rel=1e-9)


def test_pairs_tell_apart_what_groups_could_not():
    """An effect of the seed that all schedules share does not hide a difference."""
    values = noisy(0, 0.3)

    assert stats.ttest_ind(*values).pvalue > 0.2
    assert rows(values)[1].verdict == "higher: worse"


@pytest.mark.parametrize(
    ("shift", "direction", "verdict"),
    [
        (-1, "minimize", "lower: better"),
        (+1, "minimize", "higher: worse"),
        (-1, "maximize", "lower: worse"),
        (+1, "maximize", "higher: better"),
        (0, "maximize", "no significant difference"),
    ],
)
def test_verdicts(shift, direction, verdict):
    """An interval without zero gives the side and what it means, any other neither."""
    assert rows(noisy(0, shift), direction={"val_loss": direction})[1].verdict == verdict


def test_verdict_without_a_direction():
    """A metric of unknown direction has only the side in its verdict."""
    values = noisy(0, 1)[:, None, :, None]
    result = comparison(values, curves={"loss": values, "norm": values})

    assert result.table("norm").rows[1].verdict == "higher"
    assert result.table("norm").caption == "norm after epoch 1"
    assert result.table().caption == "loss after epoch 1 (lower is better)"


def test_coverage():
    """Without any effect, all four intervals of a study hold zero in about 95 of 100 studies."""
    rng = np.random.default_rng(7)
    runs = rng.normal(size=(5, 2000, 8)) + 3 * rng.normal(size=(2000, 8))
    differences = runs[1:] - runs[0]

    def held(level):
        low, high = _statistics.t_intervals(differences, level)
        return ((low < 0) & (high > 0)).all(axis=0).mean()

    assert 0.94 < held(_statistics.each_level(0.95, 4)) < 0.975
    assert held(0.95) < 0.9


@pytest.mark.parametrize("comparisons", [1, 4])
@pytest.mark.parametrize("effect", [0.3, 0.6, 1.2])
def test_power_of_the_advice(effect, comparisons):
    """With as many seeds as advised the effect is seen in about 80 of 100 studies; fewer do not."""
    level = _statistics.each_level(0.95, comparisons)
    needed = _statistics.seeds_needed(-effect, 1, level)
    rng = np.random.default_rng(3)

    def power(seeds):
        low, _ = _statistics.t_intervals(rng.normal(effect, 1, size=(4000, seeds)), level)
        return (low > 0).mean()

    assert 0.78 < power(needed) < 0.88
    assert power(math.floor(0.8 * needed)) < 0.78


def test_advice():
    """It depends on the ratio of difference and spread alone, and ends at 1000."""
    needed = _statistics.seeds_needed

    assert needed(0.2, 1, 0.95) == needed(-0.0002, 0.001, 0.95) == 199
    assert needed(0.09, 1, 0.95) == 971
    assert needed(0.08862, 1, 0.95) == INF  # 999.4 and the correction
    assert needed(0.08, 1, 0.95) == needed(0.0, 1, 0.95) == INF


def test_advice_is_given_where_needed():
    """It is given where zero is covered, with more seeds than there were, and explained."""
    table = comparison(noisy(0, 0.02, 1, 0.0)).table()
    _, small, large, none = table.rows

    assert small.seeds_needed > small.seeds
    assert math.isnan(large.seeds_needed)
    assert none.seeds_needed > 12
    assert f"{small.seeds_needed:.0f}" in str(table)
    assert any("with 80 % power" in note for note in table.notes)
    assert not any("power" in note for note in comparison(noisy(0, 1)).table().notes)


def test_one_seed():
    """One seed cannot tell, however large the difference."""
    table = comparison([[1.0], [9.0]]).table()
    row = table.rows[1]

    assert (row.difference, row.verdict) == (8, "one seed cannot tell")
    assert math.isnan(row.low)
    assert math.isnan(row.sd)
    assert "one seed has no spread, so there is no interval" in " ".join(table.notes)
    assert "nan" not in str(table) + table.markdown() + table._repr_html_()


def test_equal_runs():
    """Runs that are all equal, as a saturated accuracy, are said to be."""
    table = accuracies([[0.99, 1.0, 1.0], [0.99, 1.0, 1.0]]).table("accuracy")
    row = table.rows[1]

    assert (row.difference, row.verdict) == (0, "equal in every run")
    assert math.isnan(row.low)
    assert "nan" not in str(table)
    assert "+0.0000  equal" in str(table)
    assert accuracies(np.ones((2, 3))).table("accuracy").rows[0].sd == 0


def test_a_constant_difference_has_no_interval():
    """Differences that vary by rounding alone give no interval, and no winner."""
    values = np.float32([[np.arange(100, 110)], [np.arange(101, 111)]])[:, 0] / np.float32(116)
    row = accuracies(values).table("accuracy").rows[1]

    assert np.ptp(np.diff(values.astype(float), axis=0)) > 0
    assert row.difference == pytest.approx(1 / 116, rel=1e-5)
    assert row.verdict == "the same difference in every pair: no interval"
    assert math.isnan(row.high)


def test_runs_that_are_not_finite():
    """They are counted and named; numbers are over the finite, differences over finite pairs."""
    values = noisy(0, -1, seeds=8)
    values[0, 2], values[1, [3, 5]] = NAN, (INF, -INF)
    table = comparison(values, seeds=tuple(range(10, 18))).table()
    first, second = table.rows
    pairs = [0, 1, 4, 6, 7]
    d = values[1, pairs] - values[0, pairs]
    interval = stats.ttest_rel(values[1, pairs], values[0, pairs]).confidence_interval(0.95)

    assert (first.not_finite, second.not_finite) == (1, 2)
    assert (first.pairs, second.pairs) == (7, 5)
    assert first.mean == pytest.approx(np.delete(values[0], 2).mean(), rel=1e-12)
    assert second.sd == pytest.approx(np.delete(values[1], [3, 5]).std(ddof=1), rel=1e-12)
    assert second.median == np.median(np.delete(values[1], [3, 5]))
    assert second.difference == pytest.approx(d.mean(), rel=1e-12)
    assert (second.low, second.high) == pytest.approx(tuple(interval), rel=1e-9)
    assert first.verdict == "baseline; 1 of 8 runs not finite"
    assert second.verdict == "lower where finite; 2 of 8 runs not finite"
    assert "Not finite: constant, seed 12; drop, seeds 13, 15." in " ".join(table.notes)
    assert "finite" in str(table).splitlines()[3]
    assert max(map(len, str(table).splitlines())) < 120


def test_diverged_runs_and_verdicts():
    """A schedule with more diverged runs is never better, and one with fewer never worse."""
    values = noisy(0, -1, 1, seeds=9)
    values[0, 0] = NAN
    assert [row.verdict for row in rows(values)[1:]] == ["lower: better", "higher where finite"]
    values[1, 0] = NAN
    assert rows(values)[1].verdict == "lower: better; 1 of 9 runs not finite"
    values[2, [0, 1]] = NAN
    assert rows(values)[2].verdict == "higher: worse; 2 of 9 runs not finite"


@pytest.mark.parametrize(
    ("second", "verdict"),
    [
        ([NAN, NAN, NAN], "no finite pair; 3 of 3 runs not finite"),
        ([NAN, NAN, 4], "one finite pair cannot tell; 2 of 3 runs not finite"),
        ([NAN, 2, 3], "equal in every finite pair; 1 of 3 runs not finite"),
    ],
)
def test_hardly_any_finite_run(second, verdict):
    """Too few finite pairs tell nothing, and raise no warning."""
    result = comparison([[1, 2, 3], second])

    assert result.table().rows[1].verdict == verdict
    assert "nan" not in str(result).lower() + result.markdown()
    assert verdict in result.describe(view="differences")
    result.plot()
    result.plot_differences()


def test_many_diverged_seeds_are_not_all_listed():
    """The note names the first ten seeds whose runs are not finite."""
    table = comparison([np.ones(12), np.full(12, NAN)]).table()

    assert "drop, seeds 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, ...." in table.notes[-1]


# Base rates -------------------------------------------------------------------------------------


def by_rate():
    """Return values of which the best base rate is the second, then the third, by mean."""
    values = np.random.default_rng(5).normal(scale=0.01, size=(2, 3, 6, 2))
    values[..., 1] += np.array([[2, 1, 3], [2, 3, 0]])[..., None]
    return values


def test_each_schedule_at_its_best_base_rate():
    """The table compares each schedule's best base rate after that epoch, and says so."""
    result = comparison(by_rate())
    table = result.table()

    assert [row.base_rate for row in table.rows] == [0.1, 0.01]
    best = result["val_loss"][[0, 1], [1, 2], :, -1]
    assert [row.mean for row in table.rows] == pytest.approx(list(best.mean(axis=1)), rel=1e-12)
    assert table.rows[1].difference == pytest.approx((best[1] - best[0]).mean(), rel=1e-12)
    assert "best of 3, chosen on the same seeds" in " ".join(table.notes)
    assert "base rate" in table.markdown()
    assert "base rate" not in comparison(noisy(0, 1)).table().markdown()
    flipped = comparison(by_rate(), direction={"val_loss": "maximize"}).table()
    assert [row.base_rate for row in flipped.rows] == [0.01, 0.1]


def test_a_base_rate_at_which_runs_diverge_is_not_best():
    """The number of diverged runs comes before the mean of the others."""
    values = by_rate()
    values[1, 2, 0, -1] = NAN
    values[0, :, :, -1] = INF

    assert [row.base_rate for row in comparison(values).table().rows] == [1.0, 1.0]


def test_the_direction_is_needed():
    """Without it the best base rate is not known."""
    values = by_rate()
    result = comparison(values, curves={"loss": values, "norm": values})

    for ask in (result.table, result.plot):
        with pytest.raises(ValueError, match=r"for 'norm'; write direction=\{'norm': 'maximize'\}"):
            ask("norm")
    result.plot_sensitivity("norm")


# What is shown ----------------------------------------------------------------------------------


def realistic():
    """Return a study as large as the tutorial's, with a loss and an accuracy."""
    values = 0.0668 + 0.02 * noisy(0, -0.03, 0.001, -0.2, seeds=30)
    losses = values[:, None, :, None]
    curves = {"loss": losses, "val_loss": losses, "accuracy": 0.9914 - losses / 10}
    settings = {"epochs": 1, "batch_size": 28, "engine": "stacked"}
    return comparison(losses, curves=curves, direction={"accuracy": "maximize"}, settings=settings)


def test_text():
    """The text is a table that fits into 100 columns, with method, seeds and settings below."""
    text = str(realistic())

    assert text == repr(realistic())
    assert max(map(len, text.splitlines())) <= 100
    assert text.startswith("val_loss after epoch 1 (lower is better)\n")
    words = " ".join(text.split())
    assert (
        "Differences from constant, paired by seed (30 seeds), with Student's t intervals" in words
    )
    assert "all 3 hold together at 95 % (Bonferroni: each at 98.33 %)." in words
    assert words.endswith(
        "4 schedules x 1 base rate x 30 seeds x 1 epoch; batch_size: 28; engine: stacked."
    )


def test_numbers_in_the_text():
    """Numbers are as exact as they are known, differences have a sign."""
    line = next(line for line in str(realistic()).splitlines() if line.startswith("linear"))
    row = realistic().table().rows[3]

    assert re.sub(r" +", " ", line).strip() == (
        f"linear {row.mean:.4f} {row.sd:.4f} {row.median:.4f} 30 "
        f"{row.difference:+.4f} [{row.low:+.4f}, {row.high:+.4f}] lower: better"
    )


@pytest.mark.parametrize(
    ("value", "uncertainty", "text"),
    [
        (0.99138, 0.0012, "0.9914"),
        (0.99138, 0.0096, "0.9914"),
        (0.99138, 0.012, "0.991"),
        (0.0668, NAN, "0.06680"),
        (-0.00004, 0.0012, "-0.0000"),
        (1234.5, 60, "1234"),
        (1.5e-9, 1.2e-10, "1.50e-09"),
        (1.5e12, NAN, "1.500e+12"),
        (0.0, NAN, "0.000"),
        (NAN, 0.1, ""),
    ],
)
def test_number(value, uncertainty, text):
    """Two digits of the uncertainty, or four of the number's own."""
    assert number(value, uncertainty) == text


def test_html():
    """It is well-formed, with a caption and heads, no colours, and the cells of the text."""
    odd = {"<b>": "A()", "a|b": "B()"}
    html = comparison(noisy(0, 1), schedules=odd)._repr_html_()
    root = ET.fromstring(html)  # noqa: S314, it is our own text
    table = root.find("table")

    assert table.find("caption").text == "val_loss after epoch 1 (lower is better)"
    heads = [th.text for th in table.iterfind("thead/tr/th")]
    assert heads[:3] == ["schedule", "mean", "sd"]
    assert "difference [95 % interval]" in heads
    assert {th.get("scope") for th in table.iterfind("thead/tr/th")} == {"col"}
    names = table.findall("tbody/tr/th")
    assert [(th.text, th.get("scope")) for th in names] == [("<b>", "row"), ("a|b", "row")]
    assert {len(tr) for tr in table.iter("tr")} == {len(heads)}
    assert "color" not in html
    assert root.findall("p")[-1].text.endswith("engine: stacked.")


def test_markdown():
    """Every line of the table has as many cells, and bars in names are escaped."""
    text = comparison(noisy(0, 1), schedules={"a|b": "A()", "c": "C()"}).markdown()
    lines = [line for line in text.splitlines() if line.startswith("|")]

    assert len(lines) == 4
    assert len({len(re.findall(r"(?<!\\)\|", line)) for line in lines}) == 1
    assert r"a\|b" in text
    assert "Student's t interval at 95 %" in text


def test_table_as_frame():
    """The frame holds the numbers as they are."""
    table = realistic().table("accuracy")
    frame = table.frame()

    assert list(frame.columns) == [field.name for field in dataclasses.fields(table.rows[0])]
    assert frame["low"].tolist()[1:] == [row.low for row in table.rows[1:]]
    assert pd.isna(frame["low"][0])


def test_one_schedule():
    """One schedule alone has a table without differences."""
    text = str(comparison(noisy(1)))

    assert "difference" not in text
    assert "over 12 seeds" in text


# Pictures ---------------------------------------------------------------------------------------


def test_plot():
    """Each schedule's mean over the epochs, with the quartiles of its seeds as a band."""
    values = np.random.default_rng(1).normal(size=(2, 1, 9, 5))
    ax = plt.figure().add_subplot()
    ax.plot([1, 5], [0, 0], label="_a line that was there")
    comparison(values).plot(ax=ax)

    assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", "val_loss")
    assert ax.get_title() == "val_loss: mean and interquartile range of 9 seeds"
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["constant", "drop"]
    for runs, line, band in zip(values[:, 0], ax.lines[1:], ax.collections, strict=True):
        np.testing.assert_array_equal(line.get_xdata(), [1, 2, 3, 4, 5])
        np.testing.assert_allclose(line.get_ydata(), runs.mean(axis=0), rtol=1e-12)
        corners = band.get_paths()[0].vertices
        quartiles = np.quantile(runs, [0.25, 0.75], axis=0)
        at_last = corners[corners[:, 0] == 5][:, 1]
        np.testing.assert_allclose(band.get_facecolor()[0, :3], to_rgb(line.get_color()))
        assert (at_last.min(), at_last.max()) == pytest.approx(tuple(quartiles[:, -1]), rel=1e-12)
    assert ax.lines[1].get_color() != ax.lines[2].get_color()
    assert ax.lines[1].get_linestyle() != ax.lines[2].get_linestyle()
    assert all(tick == round(tick) for tick in comparison(values[..., :2]).plot().get_xticks())


def test_plot_at_the_best_base_rate():
    """With several base rates each schedule stands at its best, which its label gives."""
    result = comparison(by_rate())
    ax = plt.figure().add_subplot()

    assert result.plot(ax=ax) is ax
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == ["constant, base rate 0.1", "drop, base rate 0.01"]
    mean = result["val_loss"][1, 2].mean(axis=0)
    np.testing.assert_allclose(ax.lines[1].get_ydata(), mean, rtol=1e-12)


def test_plot_of_diverged_runs():
    """A mean is over the finite runs, if any, and the label counts the others."""
    values = np.ones((2, 1, 3, 4))
    values[1, 0, 0, 2:] = 1e9, NAN
    values[0, 0, :, 3] = NAN
    ax = comparison(values).plot()

    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == ["constant; 3 of 3 runs not finite", "drop; 1 of 3 runs not finite"]
    assert ax.lines[1].get_ydata()[-1] == 1
    assert math.isnan(ax.lines[0].get_ydata()[-1])


def test_plot_of_one_epoch_and_seed():
    """A single point is drawn as one, without a band."""
    ax = comparison([[1.0], [2.0]]).plot()

    assert [line.get_marker() for line in ax.lines] == ["o", "s"]
    assert len(ax.collections) == 0
    assert ax.get_title() == "val_loss: 1 seed"


def test_plot_differences():
    """The points and intervals are the table's, with a line at zero."""
    result = comparison(noisy(0, 1, -2))
    ax = result.plot_differences(level=0.8)

    assert ax.get_xlabel() == "difference in val_loss from constant (lower is better)"
    assert ax.get_title() == "After epoch 1, 12 seeds: intervals at 80 % together"
    assert [text.get_text() for text in ax.get_yticklabels()] == ["drop", "cosine"]
    assert list(ax.lines[0].get_xdata()) == [0, 0]
    for i, row in enumerate(result.table(level=0.8).rows[1:]):
        point, (bars,) = ax.containers[i][0], ax.containers[i][2]
        (low, y), (high, _) = bars.get_segments()[0]
        assert (low, high) == pytest.approx((row.low, row.high), rel=1e-12)
        assert (point.get_xdata()[0], y) == (row.difference, i)
        assert to_rgb(point.get_color()) == to_rgb(result.plot().lines[i + 1].get_color())
    assert ax.yaxis_inverted()


def test_plot_sensitivity():
    """Means against rising base rates on a logarithmic scale, diverged runs counted."""
    values = by_rate()
    values[1, 1, :4, -1] = NAN
    ax = comparison(values).plot_sensitivity()

    assert ax.get_xscale() == "log"
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("base rate", "val_loss after epoch 2")
    assert list(ax.lines[1].get_xdata()) == [0.01, 0.1, 1.0]
    assert sorted(text.get_text() for text in ax.get_xticklabels()) == ["0.01", "0.1", "1"]
    expected = np.nanmean(values[1, ::-1, :, -1], axis=1)
    np.testing.assert_allclose(ax.lines[1].get_ydata(), expected, rtol=1e-12)
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == ["constant", "drop; 4 of 18 runs not finite"]


def test_describe():
    """The pictures in words hold the numbers of their points."""
    values = np.reshape([0.0, 2, 5, 1], (2, 2, 1, 1)) + np.arange(9) / 8
    values = values + np.reshape([-0.5, 0, 0.5], (3, 1))
    values[0, 1, :, -1] = NAN
    result = comparison(values)

    assert result.describe() == (
        "Mean val_loss by epoch, 3 seeds. constant, base rate 1: 0 at 1, 0.25 at 3, 0.5 at 5, "
        "0.75 at 7, 1 at 9; drop, base rate 0.1: 1 at 1, 1.25 at 3, 1.5 at 5, 1.75 at 7, 2 at 9."
    )
    assert result.describe(view="sensitivity") == (
        "Mean val_loss after epoch 9 by base rate, 3 seeds. constant: 1 at 1, not finite at 0.1; "
        "drop: 6 at 1, 2 at 0.1."
    )
    row = comparison(noisy(0, 1)).table().rows[1]
    assert comparison(noisy(0, 1)).describe(view="differences") == (
        f"Mean difference in val_loss from constant after epoch 1, 12 seeds. drop: "
        f"{row.difference:+.3f}, 95 % interval {row.low:+.3f} to {row.high:+.3f} (higher: worse)."
    )


# The file ---------------------------------------------------------------------------------------


def odd():
    """Return a comparison with numbers that are hard to write down."""
    values = np.array([0.1, 1 / 3, 5e-324, -0.0, 1.7976931348623157e308, NAN, INF, -INF])
    return comparison(
        values.reshape(2, 2, 2, 1), base_rates=(0.1 + 0.2, 1e-300), seeds=(2**53 - 1, 0)
    )


def test_saved_and_loaded(tmp_path):
    """What was saved comes back to the last bit, in the same order."""
    path, result = tmp_path / "result.json", odd()
    result.save(path)
    loaded = Comparison.load(str(path))

    assert loaded["val_loss"].tobytes() == result["val_loss"].tobytes()
    for field in ("schedules", "base_rates", "seeds", "direction", "settings"):
        assert getattr(loaded, field) == getattr(result, field)
    assert list(loaded.schedules) == list(result.schedules)
    assert [file.name for file in tmp_path.iterdir()] == ["result.json"]


def test_the_file_is_json(tmp_path):
    """The file is strict JSON that says what it holds."""
    path = tmp_path / "result.json"
    odd().save(path)
    content = json.loads(path.read_text("utf-8"), parse_constant=pytest.fail)

    assert content["format"] == "lrschedules comparison 2"
    assert content["axes"] == ["schedule", "base_rate", "seed", "epoch"]
    assert content["schedules"][0] == {"name": "constant", "schedule": "Constant(0.1)"}
    assert content["curves"]["val_loss"] == [
        [[[0.1], [1 / 3]], [[5e-324], [-0.0]]],
        [[[1.7976931348623157e308], ["NaN"]], [["Infinity"], ["-Infinity"]]],
    ]


SAVED = Path(__file__).parent / "saved"


def test_a_file_of_format_1():
    """A file that an earlier version wrote is read; its "better" is now a direction."""
    path = SAVED / "comparison-1.json"
    written = json.loads(path.read_text("utf-8"))
    result = Comparison.load(path)

    assert written["format"] == "lrschedules comparison 1"
    assert written["better"] == {"val_loss": "lower", "accuracy": "higher"}
    assert result.direction == {"val_loss": "minimize", "accuracy": "maximize"}
    for name, nested in written["curves"].items():
        np.testing.assert_array_equal(result[name], np.array(nested, float))
    assert list(result.schedules) == [each["name"] for each in written["schedules"]]
    assert result.base_rates == tuple(written["base_rates"])
    assert result.seeds == tuple(written["seeds"])
    assert result.settings == written["settings"]


def test_saved_again_in_the_new_format(tmp_path):
    """A comparison of format 1 that is saved again has the newest format and the same content."""
    older = Comparison.load(SAVED / "comparison-1.json")
    older.save(tmp_path / "result.json")
    content = json.loads((tmp_path / "result.json").read_text("utf-8"))
    newer = Comparison.load(tmp_path / "result.json")

    assert content["format"] == "lrschedules comparison 2"
    assert content["direction"] == {"val_loss": "minimize", "accuracy": "maximize"}
    assert "better" not in content
    for name, curve in older.curves.items():
        assert newer[name].tobytes() == curve.tobytes()
    assert str(newer.table("accuracy")) == str(older.table("accuracy"))


WITHOUT_KERAS = """
import sys
sys.modules["keras"] = None
from lrschedules import study
result = study.Comparison.load(sys.argv[1])
print(result.table().caption, study.Row.__name__, study.Table.__name__)
assert {"compare", "StudyError"} <= set(dir(study))
for name in ("compare", "StudyError"):
    try:
        getattr(study, name)
    except ImportError as error:
        print(error)
try:
    study.nothing
except AttributeError as error:
    print(error)
"""


def test_without_keras():
    """A saved comparison is loaded without Keras; what trains says which package to install."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_KERAS, SAVED / "comparison-1.json"],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.stderr
    first, *refused, last = done.stdout.splitlines()
    assert first == "val_loss after epoch 2 (lower is better) Row Table"
    for name, text in zip(("compare", "StudyError"), refused, strict=True):
        assert re.fullmatch(
            rf"lrschedules\.study\.{name} needs Keras and a back end, which could not be imported "
            r"\(.*\); install both, for example with pip install keras jax, and .*",
            text,
        )
    assert last == "module 'lrschedules.study' has no attribute 'nothing'"


def test_an_interrupted_save(tmp_path, monkeypatch):
    """A save that fails leaves the older file as it was, and nothing else."""
    path = tmp_path / "result.json"
    odd().save(path)
    before = path.read_bytes()

    def full(_):
        raise OSError("disk full")

    monkeypatch.setattr(_json.os, "fsync", full)
    with pytest.raises(OSError, match="disk full"):
        comparison(VALUES).save(path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["result.json"]


def test_a_reader_of_the_older_file(tmp_path):
    """A save makes a new file: the older one is never seen half written."""
    path, older = tmp_path / "result.json", tmp_path / "older.json"
    odd().save(path)
    before = path.read_bytes()
    os.link(path, older)
    comparison(VALUES).save(path)

    assert older.read_bytes() == before != path.read_bytes()


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda text: text[:-40], "is damaged or not a JSON file"),
        (lambda text: text.replace('"NaN"', "NaN"), r"is damaged .*\(NaN is not JSON\)"),
        (lambda text: "[1, 2]", "is something else: its format must be 'lrsched"),
        (lambda text: '{"format": "other 1"}', "its format must be .* got 'other 1'"),
        (
            lambda text: text.replace("comparison 2", "comparison 3"),
            "a newer lrschedules wrote; .*",
        ),
        (
            lambda text: text.replace("comparison 2", "comparison " + "9" * 5000),
            "a newer lrschedules wrote; .*",
        ),
        (
            lambda text: text.replace("comparison 2", "comparison 0"),
            "its format must be 'lrschedules comparison 2', got 'lrschedules comparison 0'",
        ),
        (lambda text: text.replace('"seeds"', '"sedes"'), "is damaged: its checksum"),
        (lambda text: text.replace("[5e-324]", "[]"), "is damaged"),
        (lambda text: text.replace("[0.1]", '["x"]'), "is damaged: its checksum"),
        (lambda text: text.replace('"curves": {', '"curves": 3, "x": {'), "is damaged"),
    ],
)
def test_files_of_another_kind(tmp_path, change, text):
    """A file that is damaged, foreign or newer is refused, and it is said which."""
    path = tmp_path / "result.json"
    odd().save(path)
    whole = path.read_text("utf-8")
    path.write_text(change(whole), "utf-8")
    assert path.read_text("utf-8") != whole

    with pytest.raises(ValueError, match=f"Comparison.load: .*result.json' .*{text}"):
        Comparison.load(path)


def test_no_such_file(tmp_path):
    """A file or folder that is not there is the system's error."""
    with pytest.raises(FileNotFoundError, match=r"none.json"):
        Comparison.load(tmp_path / "none.json")
    with pytest.raises(FileNotFoundError, match=r"none.json"):
        odd().save(tmp_path / "none" / "none.json")
