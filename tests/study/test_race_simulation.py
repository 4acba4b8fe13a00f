"""A search keeps its promises in simulated studies: a small version of docs/guide/search.md."""

import functools
import math

import numpy as np
import pytest

from lrschedules.study import _statistics
from tests.tools.race_simulation import (
    SEARCH,
    Components,
    Synthetic,
    components,
    quick_interval,
    simulated,
)

DIGITS = Components(
    common=0.02, of_shape=0.0024, own=0.0095, curvature=0.05, levels=0.0035, places=0.24
)
NUMBER = 80


def studies(**options):
    """Return the outcomes of searches, in units of the noise."""
    return simulated(functools.partial(Synthetic, noise=DIGITS, **options), SEARCH, NUMBER, seed=1)


def error(values):
    """Return the standard error of a mean."""
    return values.std() / math.sqrt(len(values))


def test_the_winner_is_nearly_the_best_and_the_confirmation_is_not_optimistic():
    """Regret is a small part of the noise; the truth lies in the interval as often as it says."""
    found = studies()
    asked = np.isfinite(found["low"])
    fresh = found["after"][asked]
    covered = (found["low"] <= found["gain"]) & (found["gain"] <= found["high"])

    assert found["regret"].min() >= 0
    assert found["regret"].mean() < 0.15 * DIGITS.paired
    assert abs(fresh.mean()) < 4 * error(fresh)
    assert covered[asked].mean() > 0.95 - 4 * math.sqrt(0.95 * 0.05 / asked.sum())
    assert found["runs"].max() <= 360


def test_a_search_among_equals_supports_nobody_and_its_race_is_optimistic():
    """At most the nominal share is supported, with the error of this number of studies."""
    found = studies(equal="all")
    supported = (found["high"] < 0).mean()

    assert supported < 0.025 + 4 * math.sqrt(0.025 * 0.975 / NUMBER)
    assert found["before"].mean() > 2 * error(found["before"])


def test_the_quick_interval_is_that_of_the_package():
    """The simulation leaves out the checks of SciPy, and nothing else."""
    differences = np.random.default_rng(0).normal(size=7)

    assert quick_interval(differences, 0.98) == pytest.approx(
        _statistics.t_intervals(differences, 0.98)
    )


def test_components_are_those_of_the_noise():
    """Noise with known components gives them back."""
    study = Synthetic(np.random.default_rng(0), DIGITS, seeds=2000)
    grid = study.grid(13)
    values = [
        study.train([study.candidate(shape, rate) for rate in grid], range(2000))
        for shape in range(6)
    ]
    found = components(np.array(values) + 0.15)

    for name in ("common", "own", "curvature"):
        assert getattr(found, name) == pytest.approx(getattr(DIGITS, name), rel=0.1)
