"""What a page of the site trains in the browser is what `compare` trains, in the same words.

The JavaScript of the page runs under Node.
"""

import json
import math

import keras
import lrs_rows
import numpy as np
import pytest

import lrschedules as lrs
from lrschedules.datasets import load_ionosphere
from lrschedules.study import Comparison, compare
from lrschedules.study._table import differences_in_words
from tests.data.node import trained

pytestmark = pytest.mark.any_backend

EPOCHS, SEEDS = 50, range(3)
SCHEDULES = {
    "constant": lrs.Constant(0.1),
    "time-based": lrs.TimeBased(0.1, decay=0.002),
    "drop-based": lrs.Drop(0.1, factor=0.5, every=10).per_epoch(9),
    "diverges": lrs.Constant(1e24),
}
DIRECTIONS = {"val_loss": "minimize", "val_accuracy": "maximize"}


def build():
    return keras.Sequential(
        [
            keras.Input((34,)),
            keras.layers.Dense(34, "relu"),
            keras.layers.Dense(1, "sigmoid"),
        ]
    )


@pytest.fixture(scope="module")
def study():
    """The tutorial's study with the tutorial's split, trained by Keras."""
    return compare(
        SCHEDULES,
        build,
        *load_ionosphere().tail_split(),
        optimizer=lambda rate: keras.optimizers.SGD(rate, momentum=0.8),
        loss="binary_crossentropy",
        metrics=["accuracy"],
        epochs=EPOCHS,
        batch_size=28,
        seeds=SEEDS,
        verbose=0,
    )


def weights(seed):
    """Return the initial weights of a seed, as one list."""
    keras.utils.set_random_seed(seed)
    return np.concatenate([np.ravel(w) for w in build().get_weights()]).tolist()


def orders(seed, rows):
    return [
        np.random.default_rng([seed, epoch]).permutation(rows).tolist() for epoch in range(EPOCHS)
    ]


def test_training(study):
    """With the same weights and batches, every metric is Keras' to 1e-5, in each of 50 epochs."""
    rows = len(load_ionosphere().tail_split().train[1])
    steps = np.arange(EPOCHS * math.ceil(rows / 28))
    given = {
        "rates": [schedule(steps).astype("float32").tolist() for schedule in SCHEDULES.values()],
        "seeds": [
            {
                "weights": weights(seed),
                "orders": orders(seed, rows),
                "validation": list(range(rows, len(load_ionosphere().labels))),
            }
            for seed in SEEDS
        ],
    }
    logs = trained(
        f"const given = {json.dumps(given)};"
        "const seeds = given.seeds.map((s) => ({ ...s, order: (epoch) => s.orders[epoch] }));"
        "return [...net.study(IONOSPHERE, given.rates, seeds)];"
    )
    assert len(steps) == trained("return net.updates(IONOSPHERE.y.length)")
    assert np.isnan(study["val_loss"][-1]).all()
    for name in ("loss", "accuracy", "val_loss", "val_accuracy"):
        page = np.moveaxis(np.array([log[name] for log in logs], float), 0, -1)
        np.testing.assert_allclose(page, study[name][:, 0], rtol=1e-5, err_msg=name)


def tables(values, metric):
    """Return the tables of values of shape (schedules, seeds): Python's, and the page's."""
    names = [f"schedule {i}" for i in range(len(values))]
    python = Comparison(
        schedules=dict.fromkeys(names, "Constant(0.1)"),
        base_rates=(1.0,),
        seeds=tuple(range(len(values[0]))),
        curves=dict.fromkeys(DIRECTIONS, values[:, None, :, None]),
        direction=DIRECTIONS,
        settings={"batch_size": 28, "engine": "stacked"},
    ).table(metric)
    given = [names, np.where(np.isnan(values), None, values).tolist()]
    page = (
        f"...{json.dumps(given)}.map((list) => list.map("
        "(runs) => Array.isArray(runs) ? runs.map((run) => run ?? NaN) : runs))"
    )
    return python, f"Statistics.table('{metric}', 1, '{DIRECTIONS[metric]}', {page})"


def some_values(rng):
    """Return values of one to four schedules with seeds in common, of which some diverge."""
    schedules, seeds = rng.integers(1, 5), rng.choice([2, 3, 10, 30, 31, 100])
    shared = rng.normal(1, 0.2, seeds)
    shift = rng.choice([0, 1e-9, 0.001, 0.05, 3], (schedules, 1))
    values = shared + shift + rng.normal(0, rng.choice([0, 0.01, 0.3]), (schedules, seeds))
    if rng.random() < 0.3:  # like an accuracy: few values, many equal
        values = np.round(values * 8) / 8
    values[rng.random(values.shape) < rng.choice([0, 0, 0.1, 0.9])] = math.nan
    return values * rng.choice([1, 1, 1, 2.0**-30, 2.0**27])


def test_tables():
    """The tables of the page have Python's numbers, digit by digit, and Python's words."""
    rng = np.random.default_rng(0)
    metrics = rng.choice(list(DIRECTIONS), 300).tolist()
    both = [tables(some_values(rng), metric) for metric in metrics]
    pages = trained(f"return [{', '.join(code for _, code in both)}]")
    verdicts = set()
    for (python, _), page in zip(both, pages, strict=True):
        assert page["caption"] == python.caption
        columns = {column["title"]: column["cells"] for column in page["columns"]}
        assert columns == {column.title: column.cells for column in python._columns()}, python
        assert page["notes"] == list(python.notes)
        if len(python.rows) > 1:
            assert page["words"] == differences_in_words(python)
        verdicts |= {row.verdict.partition(";")[0] for row in python.rows}
    assert {"no significant difference", "lower: better", "higher: worse"} < verdicts
    assert {"lower where finite", "one finite pair cannot tell", "no finite pair"} < verdicts


def test_quartiles():
    """The bands of the page are the interquartile ranges of the finite runs."""
    values = [3.0, 1.0, math.nan, 2.0, 7.0]
    finite = np.array(values)[~np.isnan(values)]

    found = trained("return Statistics.band([3, 1, NaN, 2, 7])")
    assert found == pytest.approx([finite.mean(), *np.quantile(finite, [0.25, 0.75])])


def test_rows_are_exact():
    """The page has the data of the package, to the last bit."""
    data = load_ionosphere()
    x, y = trained("return [Array.from(IONOSPHERE.x), Array.from(IONOSPHERE.y)]")
    assert len(lrs_rows.script()) < 80_000
    np.testing.assert_array_equal(np.reshape(np.float32(x), data.features.shape), data.features)
    np.testing.assert_array_equal(y, data.labels)
