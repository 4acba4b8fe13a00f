"""What a seed fixes for the net that a page of the site trains, drawn by JavaScript."""

import math

import numpy as np

from lrschedules.datasets import load_ionosphere
from tests.data.node import trained

INPUTS = HIDDEN = 34
KERNEL = INPUTS * HIDDEN


def drawn(kind, seeds=200):
    """Return the initial weights of some seeds, of shape (seeds, weights)."""
    many = f"Array.from({{ length: {seeds} }}, (_, seed) => "
    draw = f"net.drawn(IONOSPHERE.y, seed, '{kind}').weights"
    return np.array(trained(f"return {many} Array.from({draw}))"))


def assert_distributed(values, cumulative):
    """Assert that independent numbers have a distribution, and none of them twice.

    The test of Kolmogorov and Smirnov: a distance of 2 / sqrt(n) has a probability of 0.0007.
    """
    values = np.sort(values, axis=None)
    distance = np.abs(cumulative(values) - (np.arange(values.size) + 0.5) / values.size).max()
    assert distance < 2 / math.sqrt(values.size)


def uniform(fan_in, fan_out):
    limit = math.sqrt(6 / (fan_in + fan_out))
    return lambda x: np.clip((x + limit) / (2 * limit), 0, 1)


def test_weights():
    """The initial weights are Keras' default: Glorot uniform, with biases of 0."""
    weights = drawn("glorot")
    hidden, biases = weights[:, :KERNEL], weights[:, KERNEL : KERNEL + HIDDEN]
    output, bias = weights[:, -HIDDEN - 1 : -1], weights[:, -1]

    assert_distributed(hidden, uniform(INPUTS, HIDDEN))
    assert_distributed(output, uniform(HIDDEN, 1))
    assert not biases.any()
    assert not bias.any()


def test_normal_weights():
    """The other initial weights are the tutorial's: normal, with a standard deviation of 0.05."""
    weights = drawn("normal")
    normal = np.vectorize(lambda x: (1 + math.erf(x / 0.05 / math.sqrt(2))) / 2)

    assert_distributed(weights[:20, :KERNEL], normal)
    assert_distributed(weights[:, -HIDDEN - 1 : -1], normal)
    assert not weights[:, KERNEL : KERNEL + HIDDEN].any()


def test_seeds_are_independent():
    """The weights of two seeds, even of neighbours, are uncorrelated."""
    weights = drawn("glorot")[:, :KERNEL]
    correlations = np.corrcoef(weights)[np.triu_indices(len(weights), 1)]

    assert abs(correlations).max() < 6 / math.sqrt(KERNEL)
    assert abs(np.mean(correlations)) < 0.01


def test_rows():
    """The split of a seed keeps the classes' shares; each epoch has every training row once."""
    labels = load_ionosphere().labels
    seeds = trained(
        "return [0, 1, 2].map((seed) => { const { validation, order } = "
        "net.drawn(IONOSPHERE.y, seed, 'glorot'); return [validation, ...[0, 1, 2].map(order)]; })"
    )
    for validation, *orders in seeds:
        assert len(set(validation)) == 116
        assert labels[validation].sum() == load_ionosphere().stratified_split(0).validation[1].sum()
        for order in orders:
            assert sorted([*order, *validation]) == list(range(len(labels)))
    everything = [tuple(order) for _, *orders in seeds for order in orders]
    assert len(set(everything)) == len(everything)
    assert len({frozenset(validation) for validation, *_ in seeds}) == len(seeds)


def test_every_row_at_every_place():
    """A row is in each place of the order equally often: chi-squared, over 900 epochs."""
    places = trained(
        "const { order } = net.drawn(IONOSPHERE.y, 7, 'glorot');"
        "const row = order(0)[0];"
        "return Array.from({ length: 900 }, (_, epoch) => order(epoch).indexOf(row));"
    )
    counts = np.histogram(places, bins=9, range=(0, 235))[0]
    expected = 900 * np.histogram(np.arange(235), bins=9, range=(0, 235))[0] / 235

    assert ((counts - expected) ** 2 / expected).sum() < 26.1  # probability 0.001, 8 degrees


def test_schedules_are_paired():
    """All schedules of a seed begin with the same weights and see the same batches."""
    [first, again, other] = trained(
        "const rates = new Float64Array(net.updates(IONOSPHERE.y.length)).fill(0.1);"
        "const seeds = [3, 4].map((seed) => net.drawn(IONOSPHERE.y, seed, 'glorot'));"
        "const lower = rates.map((rate) => rate / 2);"
        "const logs = [...net.study(IONOSPHERE, [rates, rates, lower], seeds, 3)];"
        "return [0, 1, 2].map((i) => logs.map(({ val_loss }) => val_loss[i]));"
    )
    assert first == again
    assert first != other
    assert all(a != b for a, b in first)
