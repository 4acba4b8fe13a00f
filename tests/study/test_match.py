"""Schedules that are matched to the mean rate of the baseline before they are compared."""

import keras
import numpy as np
import pytest

import lrschedules as lrs
from lrschedules.study import Comparison
from tests.study.small import study

UPDATES = 4 * 3  # epochs, and batches in each
BASELINE, LINE = lrs.Constant(0.1), lrs.Linear(2, 0, UPDATES)


def test_matched_runs_are_those_of_matched_schedules(tmp_path):
    """Runs are trained with the scaled schedules, and the table says the rates of each."""
    schedules = {"constant": BASELINE, "linear": LINE}
    result = study(schedules=schedules, match="mean", base_rates=[1, 2])
    by_hand = schedules | {"linear": LINE.matched_to(BASELINE, UPDATES)}
    same = study(schedules=by_hand, base_rates=[1, 2])

    assert np.array_equal(result["loss"], same["loss"])
    assert result.schedules == same.schedules
    assert result.settings["match"] == "mean"
    assert "match" not in same.settings
    peak = 0.1 * 2 / LINE.mean()
    for row in result.table().rows:
        top = 0.1 if row.schedule == "constant" else peak
        assert row.mean_rate == pytest.approx(0.1 * row.base_rate)
        assert row.peak_rate == pytest.approx(top * row.base_rate)
    assert all(np.isnan([row.mean_rate, row.peak_rate]).all() for row in same.table().rows)
    result.save(tmp_path / "study.json")
    again = Comparison.load(tmp_path / "study.json")
    assert again.table().rows == result.table().rows
    assert "mean rate" in again.table().markdown()
    assert "mean rate" not in same.markdown()
    assert "match: mean" in again.markdown()
    assert "rates: " not in again.markdown()


def test_only_the_learning_rate_is_matched():
    """Other hyperparameters of a mapping stay as they are given."""
    momentum = lrs.Linear(0.5, 0.9, UPDATES)
    result = study(
        schedules={
            "first": {"learning_rate": BASELINE, "momentum": 0.9},
            "second": {"learning_rate": LINE, "momentum": momentum},
        },
        optimizer=lambda **given: lrs.scheduled(keras.optimizers.SGD, **given),
        match="mean",
        seeds=1,
    )

    matched = {"learning_rate": LINE.matched_to(BASELINE, UPDATES), "momentum": momentum}
    assert result.schedules["second"] == repr(matched)
    assert result.settings["rates"]["second"]["mean"] == pytest.approx(0.1)


def test_what_cannot_be_matched_is_refused():
    """A schedule that is 0 during the run has no factor, which is found before training."""
    with pytest.raises(ValueError, match=r"^compare: schedules\['zero'\]: matched_to: the mean of"):
        study(schedules={"constant": BASELINE, "zero": lrs.Constant(0.0)}, match="mean")


def test_settings_that_are_no_rates():
    """A comparison made by hand may have a setting called rates, of any kind."""
    curves = {"loss": np.ones((1, 1, 2, 1))}
    for rates in ("high", [1], {"a": 1}, {"b": {"mean": 1, "peak": 1}}, {"a": {"mean": "x"}}):
        made = Comparison({"a": "Constant(0.1)"}, (1.0,), (0, 1), curves, {}, {"rates": rates})

        assert np.isnan(made.table().rows[0].mean_rate)
