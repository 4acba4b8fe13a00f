"""The data are what they are published to be, and the splits are what they say."""

import numpy as np
import pytest

import lrschedules as lrs
from lrschedules.datasets import Dataset, load_ionosphere, load_language_model_runs

DATA = load_ionosphere()


def rows(part):
    """Return the rows of a part of a split as a sorted list, labels included."""
    features, labels = part
    return sorted(map(tuple, np.column_stack([features, labels]).tolist()))


def test_the_data():
    """351 rows of 34 numbers between -1 and 1, of which 225 are good; the first is known."""
    assert DATA.features.shape == (351, 34)
    assert DATA.labels.shape == (351,)
    assert DATA.features.dtype == DATA.labels.dtype == np.float32
    assert np.abs(DATA.features).max() == 1
    assert set(DATA.labels.tolist()) == {0, 1}
    assert DATA.labels.sum() == 225
    assert DATA.labels[:4].tolist() == [1, 0, 1, 0]
    np.testing.assert_allclose(DATA.features[0, :5], [1, 0, 0.99539, -0.05889, 0.85243])
    np.testing.assert_allclose(DATA.features[-1, -2:], [0.85764, -0.06151])


def test_tail_split():
    """The tutorial's split: the last 116 rows in order, of which 107 are good."""
    (features, labels), (held_features, held_labels) = DATA.tail_split()

    assert (features == DATA.features[:235]).all()
    assert (labels == DATA.labels[:235]).all()
    assert (held_features == DATA.features[235:]).all()
    assert (held_labels == DATA.labels[235:]).all()
    assert labels.sum() == 118
    assert held_labels.sum() == 107
    assert len(DATA.tail_split(rows=71).validation[1]) == 71
    assert DATA.tail_split(rows=71).validation[1].all()


@pytest.mark.parametrize("held", [1, 100, 116, 350])
def test_stratified_split(held):
    """Both parts together are the data, and each has the classes in the data's proportion."""
    split = DATA.stratified_split(seed=3, rows=held)

    assert len(split.validation[1]) == held
    assert sorted(rows(split.train) + rows(split.validation)) == rows((DATA.features, DATA.labels))
    for _, labels in split:
        assert labels.sum() == pytest.approx(len(labels) * 225 / 351, abs=0.51)


def test_seed_decides():
    """The same seed gives the same split, another seed another; the rows are shuffled."""
    first, again, other = (DATA.stratified_split(seed=seed) for seed in (0, 0, 1))

    assert (first.train[0] == again.train[0]).all()
    assert (first.validation[1] == again.validation[1]).all()
    assert rows(first.validation) != rows(other.validation)
    for _, labels in first:
        assert (np.diff(labels) != 0).sum() > 20


@pytest.mark.parametrize("split", [DATA.tail_split, lambda rows: DATA.stratified_split(0, rows)])
@pytest.mark.parametrize("held", [0, -1, 351, 1000])
def test_nothing_left(split, held):
    """A split that leaves a part empty is refused."""
    text = f"_split: rows must be a whole number of rows from 1 to 350, got {held}; write for ex"
    with pytest.raises(ValueError, match=text):
        split(held)


@pytest.mark.parametrize(
    ("made", "error", "text"),
    [
        (lambda: DATA.tail_split(True), TypeError, "^tail_split: rows must be .*, got True"),
        (lambda: DATA.tail_split(0.5), ValueError, r"^tail_split: rows must be .*, got 0\.5"),
        (lambda: DATA.stratified_split(None), TypeError, "^stratified_split: seed .*, got None"),
        (lambda: DATA.stratified_split(-1), ValueError, "^stratified_split: seed .*, got -1"),
        (lambda: Dataset([[1.0]], [1.0]), TypeError, r"^Dataset: features must be .*, got \[\[1"),
        (
            lambda: Dataset(np.ones((3, 2)), np.ones(2)),
            ValueError,
            r"^Dataset: features and labels must have the shapes .*, got \(3, 2\) and \(2,\)",
        ),
        (
            lambda: Dataset(np.ones((2, 2)), np.ones((2, 1))),
            ValueError,
            r"^Dataset: features and labels must .*, got \(2, 2\) and \(2, 1\)",
        ),
        (
            lambda: Dataset(np.ones((2, 2)), np.array([1, 2])),
            ValueError,
            r"^Dataset: labels must be 1 or 0, got array\(\[1, 2\]\)",
        ),
    ],
)
def test_bad_argument(made, error, text):
    """An argument that no split can be made of is refused by name."""
    with pytest.raises(error, match=text):
        made()


def test_the_smallest_data():
    """Two rows are one to train on and one to validate on."""
    data = Dataset(np.ones((2, 3), np.float32), np.array([0, 1], np.float32))

    assert data.tail_split(1).validation[1].tolist() == [1]
    with pytest.raises(ValueError, match=r"from 1 to 1, got 116; write for example 1$"):
        data.tail_split()


def test_splits_do_not_change_the_data():
    """What is done to a split is not done to the data."""
    DATA.tail_split().train[0][:] = 7

    assert np.abs(DATA.features).max() == 1


def test_language_model_runs():
    """117 runs of published lengths, one for each setting, of which one diverged."""
    runs = load_language_model_runs()

    assert len({run[:4] for run in runs}) == len(runs) == 117
    assert {run.steps for run in runs} == {15_000, 25_000, 35_000, 50_000}
    assert {run.base_rate for run in runs} == {1e-4, 5e-4, 1e-3, 2e-3, 5e-3}
    assert [run[:4] for run in runs if not 2.9 < run.loss < 3.3] == [
        ("cosine to zero", 0, 0.005, 50_000)
    ]


@pytest.mark.parametrize(
    ("shape", "cooldown", "half", "last"),
    [
        ("constant", 0, 1, 1),
        ("cosine to zero", 0, 0.5, 0),
        ("cosine to 10 %", 0, 0.55, 0.1),
        ("linear cooldown", 0.8, 0.625, 0),
        ("1-sqrt cooldown", 0.2, 1, 0),
    ],
)
def test_schedule_of_a_run(shape, cooldown, half, last):
    """The schedule has the shape, the warmup and the end that the name of the run says."""
    for run in load_language_model_runs():
        if run[:2] == (shape, cooldown):
            schedule = run.schedule
            found = [schedule(t) / run.base_rate for t in (0, 150, 300, run.steps // 2, run.steps)]
            assert found == pytest.approx([0, 0.5, 1, half, last], abs=0.02)
            assert schedule.length in {None, run.steps}
            assert isinstance(schedule, lrs.Schedule)
