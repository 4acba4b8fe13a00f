"""Every schedule gives the values that are known of it."""

import numpy as np
import pytest

from tests.data.table import PUBLIC, SCHEDULES, TABLE, brief


@pytest.mark.parametrize(("schedule", "values"), TABLE, ids=map(brief, SCHEDULES))
def test_known_values(schedule, values):
    """A schedule gives its known values, from numbers and from an array."""
    at_once = schedule(np.array(list(values)))
    for (step, value), from_array in zip(values.items(), at_once, strict=True):
        for rate in (schedule(step), from_array):
            if isinstance(value, str):
                digits = len(value.partition(".")[2])
                assert f"{rate:.{digits}f}" == value, step
            else:
                assert rate == pytest.approx(value, rel=1e-13, abs=0), step


def test_every_class_has_a_row():
    """No public schedule is without known values."""
    assert {type(schedule) for schedule in SCHEDULES} >= set(PUBLIC)
