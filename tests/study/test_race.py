"""The race of a search spends its budget, names its reasons, and spares the baseline."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrschedules.study import _statistics
from lrschedules.study._race import (
    SEEDS,
    Budget,
    Candidate,
    Dropped,
    between,
    budget,
    cut,
    edge,
    race,
    spared,
    wider,
)

NAN, INF = math.nan, math.inf
OTHER = {"minimize": "maximize", "maximize": "minimize"}

numbers = st.sampled_from([0.0, 0.25, 0.5, 1.0, 2.0, 8.0, INF, NAN])


@st.composite
def rungs(draw):
    """Return values of a rung, a number of candidates to keep, and the baseline's candidates."""
    candidates, seeds = draw(st.integers(2, 8)), draw(st.integers(2, 6))
    flat = draw(st.lists(numbers, min_size=candidates * seeds, max_size=candidates * seeds))
    keep = draw(st.integers(2, candidates + 1))
    baseline = sorted(draw(st.sets(st.integers(0, candidates - 1), min_size=1)))
    return np.reshape(flat, (candidates, seeds)), keep, baseline


def reasons(dropped):
    """Return the reasons by candidate."""
    return {each.candidate: each.reason for each in dropped}


# The budget -------------------------------------------------------------------------------------


def test_the_budget_of_360_runs():
    """Six shapes get six base rates: 36, 18, 9 and 5 candidates, and 36 runs are left."""
    assert budget(360, 6) == (6, (18, 9, 5), 24, 360 - 48 - 36 * 3 - 18 * 3 - 9 * 6 - 5 * 12)


@given(st.integers(1, 3000), st.integers(1, 12))
def test_a_budget_is_spent_and_leaves_no_base_rate_out(runs, shapes):
    """Race, confirmation and further base rates cost all runs; a larger grid costs too much."""
    try:
        found = budget(runs, shapes)
    except ValueError:
        return
    assert found.rates >= 3
    assert 8 <= found.confirmation <= 24
    assert found.widening >= 0
    running = [shapes * found.rates, *found.kept]
    more = np.diff([0, *SEEDS])
    assert running @ more + 2 * found.confirmation + found.widening == runs
    another, number = 0, shapes * (found.rates + 1)
    for seeds in more:
        another += number * seeds
        number = max(2, math.ceil(number / 2))
    assert another + 2 * found.confirmation + 3 * shapes > runs
    assert found.widening >= 3 * shapes or (found.rates, found.confirmation) == (3, 8)


@pytest.mark.parametrize(("shapes", "least"), [(1, 67), (2, 79), (6, 163)])
def test_the_least_budget(shapes, least):
    """An error says the fewest runs, which suffice."""
    with pytest.raises(ValueError, match=f"runs must be at least {least} for {shapes} schedules,"):
        budget(least - 1, shapes)
    assert budget(least, shapes)[::2] == (3, 8)


# The cut ----------------------------------------------------------------------------------------


def test_a_candidate_is_dropped_for_the_reason_that_is_named():
    """One run diverged, one interval excludes zero, one is only beyond the budget."""
    values = np.array(
        [
            [1.0, 1.1, 0.9, 1.0, 1.2, 0.8],  # the leader
            [0.1, 0.1, 0.1, 0.1, 0.1, NAN],  # would lead, had no run diverged
            [3.0, 3.2, 2.9, 3.1, 3.1, 2.9],  # clearly worse
            [1.4, 0.9, 1.2, 0.8, 1.5, 0.8],  # no significant difference
            [1.1, 1.1, 1.0, 1.0, 1.2, 0.8],
        ]
    )
    dropped = cut(values, "minimize", 2, baseline=[4])

    assert reasons(dropped) == {1: "diverged", 2: "interval", 3: "budget"}
    clearly, only_budget = dropped[1:]
    assert 0 < clearly.low < clearly.difference < clearly.high
    assert only_budget.low < 0 < only_budget.difference < only_budget.high
    assert clearly.difference == pytest.approx(np.mean(values[2] - values[0]))
    found = _statistics.difference(values[2], values[0], 1 - 0.05 / 3)  # three are compared
    assert clearly[3:] == (found.low, found.high)


def test_intervals_may_drop_more_than_the_budget():
    """A significant difference drops a candidate where the budget has room for it."""
    values = np.array([[1.0, 1.1, 0.9], [1.0, 1.2, 0.9], [9.0, 9.2, 8.9]])

    assert reasons(cut(values, "minimize", 3, baseline=[0])) == {2: "interval"}
    assert reasons(cut(-values, "maximize", 3, baseline=[0])) == {2: "interval"}


def test_the_baseline_keeps_half_of_its_base_rates():
    """The best two of the baseline's three stay, although three others are better."""
    values = np.add.outer([1.0, 2.0, 3.0, 9.0, 7.0, 8.0], [0.0, 0.1, 0.3, 0.2])
    values += np.random.default_rng(0).normal(scale=0.01, size=values.shape)

    assert reasons(cut(values, "minimize", 3, baseline=[3, 4, 5])) == dict.fromkeys(
        [1, 2, 3], "interval"
    )
    assert spared(values, "minimize", 3, baseline=[3, 4, 5]) == [4, 5]
    assert spared(values, "minimize", 3, baseline=[0]) == []


def test_a_base_rate_of_the_baseline_that_diverged_is_not_kept():
    """Half of three are two, but one of them has a diverged run."""
    values = np.array([[1.0, 1.4], [NAN, 2.0], [INF, NAN], [1.5, 1.2]])

    assert reasons(cut(values, "minimize", 4, baseline=[1, 2, 3])) == dict.fromkeys(
        [1, 2], "diverged"
    )
    assert spared(values, "minimize", 4, baseline=[1, 2, 3]) == []


def test_the_baseline_leaves_room_for_the_leader():
    """Half of four are two, but the budget of two holds the leader as well."""
    values = np.add.outer([1.0, 2.0, 3.0, 4.0, 5.0], [0.0, 0.1])

    assert list(reasons(cut(values, "minimize", 2, baseline=[1, 2, 3, 4]))) == [2, 3, 4]


def test_ties_are_broken_by_the_order_of_the_candidates():
    """Equal candidates are dropped from the end, and an interval that is none drops nobody."""
    dropped = cut(np.ones((4, 3)), "maximize", 2, baseline=[0])

    assert [each[:3] for each in dropped] == [(2, "budget", 0), (3, "budget", 0)]
    assert np.isnan([each[3:] for each in dropped]).all()


@given(rungs(), st.sampled_from(["minimize", "maximize"]))
def test_laws_of_a_cut(rung, direction):
    """The leader stays, the budget holds, the baseline stays, and who is dropped is not better."""
    values, keep, baseline = rung
    with np.errstate(invalid="ignore"):
        dropped = cut(values, direction, keep, baseline)
        stay = sorted(set(range(len(values))) - {each.candidate for each in dropped})
        ranked = _statistics.order(values, direction)

    assert ranked[0] in stay
    assert len(stay) <= keep
    assert set(stay) & set(baseline)
    assert [each.candidate for each in dropped] == sorted({each.candidate for each in dropped})
    # Others than the baseline's are cut by the order.
    others = [i for i in ranked if i not in baseline]
    assert [i in stay for i in others] == sorted([i in stay for i in others], reverse=True)
    diverged = (~np.isfinite(values)).sum(axis=1)
    for each in dropped:
        assert isinstance(each, Dropped)
        assert (each.reason == "diverged") == (diverged[each.candidate] > diverged.min())
        if each.reason == "interval":
            assert each.low > 0 if direction == "minimize" else each.high < 0
    if len(stay) < min(keep, len(values)):
        assert "budget" not in reasons(dropped).values()


@given(rungs())
def test_a_cut_is_the_same_with_signs_and_direction_turned(rung):
    """What is minimized is cut as its negative is that is maximized."""
    values, keep, baseline = rung
    turned = cut(-values, "maximize", keep, baseline)

    assert reasons(turned) == reasons(cut(values, "minimize", keep, baseline))


# The edges of a grid ----------------------------------------------------------------------------

U, BOTTOM = [4.0, 1.0, 2.0, 5.0], [1.0, 2.0, 3.0, 4.0]


@pytest.mark.parametrize(
    ("means", "end"),
    [
        (U, None),
        (BOTTOM, "low"),
        (BOTTOM[::-1], "high"),
        ([4.0, 3.0, 2.0, NAN], None),
        ([1.0, NAN, NAN, NAN], "low"),
        ([NAN, NAN, NAN, NAN], "low"),
        ([NAN, 3.0, 2.0, 1.0], "high"),
    ],
)
def test_edge(means, end):
    """The best base rate at an end asks for more, unless the runs beyond it diverged."""
    values = np.add.outer(means, [0.0, 0.1, -0.1])

    assert edge(values, "minimize") == end
    assert edge(-values, "maximize") == end


def test_a_run_that_diverged_bars_a_base_rate():
    """The best mean of the finite runs does not count where one run diverged."""
    values = np.array([[4.0, 4.1], [2.0, 2.1], [1.0, NAN]])

    assert edge(values, "minimize") is None
    values = np.array([[NAN, 4.0], [2.0, NAN], [NAN, 1.0]])
    assert edge(values, "minimize") == "low"


def test_wider_goes_on_with_the_ratio_of_the_grid():
    """Two base rates are added beyond either end, in ascending order."""
    rates = np.geomspace(0.01, 1, 5).tolist()
    whole = np.geomspace(0.001, 10, 9)

    assert wider(rates, "low") == pytest.approx(whole[:2])
    assert wider(rates, "high") == pytest.approx(whole[-2:])
    assert wider(rates, "high", 1) == pytest.approx(whole[-2:-1])

    rates = [0.001, *rates]
    assert wider(rates, "low", 1) == pytest.approx([0.0001])


@given(
    st.integers(0, 2).map(lambda i: np.geomspace(0.01, 1, 5)[i : i + 3].tolist()),
    st.floats(-0.9, 0.9),
    st.floats(0.1, 10),
)
def test_between_finds_the_vertex_of_a_parabola(rates, at, curvature):
    """The vertex is found with three digits, unless it is close to the best base rate."""
    ratio = math.log(rates[1] / rates[0])
    vertex = math.log(rates[1]) + at * ratio / 2
    means = curvature * (np.log(rates) - vertex) ** 2
    values = np.add.outer(means, [0.1, -0.1])
    found = between(rates, values, "minimize")

    assert found == between(rates, -values, "maximize")
    if abs(at) * ratio / 2 > math.log(1.11):
        assert found == pytest.approx(math.exp(vertex), rel=0.006)
    elif abs(at) * ratio / 2 < math.log(1.09):
        assert found is None


@pytest.mark.parametrize(
    ("means", "found"),
    [
        ([1.0, 2.0, 3.0], None),
        ([3.0, 2.0, 1.0], None),
        ([NAN, NAN, NAN], None),
        ([1.0, 1.0, 1.0], None),
        ([2.0, 1.0, NAN], 10**1.5),
        ([NAN, 1.0, 2.0], 10**0.5),
    ],
)
def test_between_at_the_edges(means, found):
    """No vertex lies at an end; the middle is tried where a neighbour diverged."""
    values = np.add.outer(means, [0.0, 0.0])

    assert between([1.0, 10.0, 100.0], values, "minimize") == (
        None if found is None else pytest.approx(found, rel=0.006)
    )


# The race ---------------------------------------------------------------------------------------


class Bowls:
    """Trains candidates whose loss is a parabola in the logarithm of the base rate, with noise."""

    def __init__(self, seed=0, noise=0.0, limit=INF, **best):
        self.best, self.seed, self.noise, self.limit = best, seed, noise, limit
        self.trained = []

    def __call__(self, candidates, seeds):
        self.trained += [(each, seed) for each in candidates for seed in seeds]
        return np.array([[self.loss(each, seed) for seed in seeds] for each in candidates])

    def loss(self, candidate, seed):
        level, best = self.best[candidate.name]
        numbers = f"{candidate.name}{candidate.base_rate:.6g}".encode()
        noise = np.random.default_rng([self.seed, seed, *numbers]).normal(scale=self.noise)
        if candidate.base_rate > self.limit:
            return NAN
        return level + math.log(candidate.base_rate / best) ** 2 + noise


GRID = np.geomspace(0.01, 1, 5).tolist()
ALL = range(SEEDS[-1])


def raced(train, *shapes, plan=None, direction="minimize", **others):
    """Race shapes with one grid each, the first as the baseline."""
    plan = plan or Budget(5, (8, 4, 2), 24, 36)
    grids = dict.fromkeys(shapes, GRID)
    return race(train, grids, plan, ALL, direction=direction, baseline=shapes[0], **others)


def of(shape, base_rate):
    """Return a candidate of a grid."""
    return Candidate(shape, shape, base_rate)


def best(found, shape=None):
    """Return the best candidate of the last rung, or the best one of a shape there."""
    ranked = found.rungs[-1].ranked("minimize")
    return next(each for each in ranked if shape in {None, each.name})


def test_the_race_finds_the_better_shape_at_its_base_rate():
    """The winner is better at its best base rate; the baseline stays until the end."""
    train = Bowls(one=(1.0, 0.1), two=(0.0, 0.3), three=(5.0, 0.1))
    found = raced(train, "one", "two", "three")

    assert best(found) == of("two", GRID[3])
    assert best(found, "one") == of("one", GRID[2])
    assert [len(each.candidates) for each in found.rungs] == [15, 8, 4, 2]
    assert [each.values.shape[1] for each in found.rungs] == list(SEEDS)
    assert found.grids == dict.fromkeys(["one", "two", "three"], GRID)
    assert not found.at_edge
    assert found.rungs[-1].dropped == ()


def test_a_minimum_outside_of_the_grid_widens_it():
    """The grid goes on by two base rates at a time until the minimum is inside, then to it."""
    train = Bowls(inside=(1.0, 0.1), above=(0.0, 8.0), below=(0.5, 0.004))
    found = raced(train, "inside", "above", "below")

    assert found.grids["inside"] == GRID
    assert found.grids["above"] == pytest.approx(sorted([*np.geomspace(0.01, 100, 9), 8]))
    assert found.grids["below"] == pytest.approx(sorted([*np.geomspace(0.001, 1, 7), 0.004]))
    assert best(found) == of("above", 8)
    assert not found.at_edge
    assert found.runs == len(train.trained) == 15 * 3 + 8 * 3 + 8 * 3 + 4 * 6 + 2 * 12


def test_a_small_budget_leaves_the_best_base_rate_at_the_edge():
    """The best shape is widened first, with what is left, and the result names the edges."""
    train = Bowls(inside=(1.0, 0.1), above=(0.0, 800.0), below=(0.5, 0.00004))
    found = raced(train, "inside", "above", "below", plan=Budget(5, (8, 4, 2), 24, 8))

    assert [len(rates) for rates in found.grids.values()] == [5, 5, 7]
    assert found.at_edge == {"below": "low", "above": "high"}


def test_no_grid_is_widened_beyond_a_base_rate_that_diverged():
    """The rates above 0.5 diverge: 0.3 is no edge, and three more are tried below 1."""
    found = raced(Bowls(one=(1.0, 0.1), two=(-9.0, 0.8), limit=0.5), "one", "two")

    assert found.grids == {"one": GRID, "two": [*GRID[:4], 0.422, 0.487, 0.562, 1.0]}
    assert best(found) == of("two", 0.487)
    assert not found.at_edge


def test_a_minimum_between_two_base_rates_is_found():
    """Equal shapes are equal wherever their best base rates lie; the baseline is tuned, too."""
    found = raced(Bowls(one=(0.0, 0.17), two=(0.0, 0.3), three=(0.0, 0.055)), "one", "two", "three")

    assert found.grids["one"] == [*GRID[:3], 0.17, *GRID[3:]]
    assert found.grids["three"] == [*GRID[:2], 0.055, *GRID[2:]]
    assert best(found) == of("one", 0.17)


def test_candidates_of_a_family_race_with_the_others():
    """They come last, and their grid is not widened."""
    others = [Candidate("family", f"family(k={k})", 0.5) for k in range(3)]
    found = raced(Bowls(one=(1.0, 0.1), family=(-9.0, 8.0)), "one", others=others)

    assert found.rungs[0].candidates[-3:] == tuple(others)
    assert best(found) in others
    assert list(found.grids) == ["one"]


@given(
    st.integers(0, 99),
    st.sampled_from([0.0, 0.1, 3.0]),
    st.lists(st.sampled_from([1e-4, 0.01, 0.1, 0.4, 9.0]), min_size=2, max_size=4),
    st.sampled_from([INF, 0.5, 1e-9]),
    st.integers(0, 200),
)
def test_laws_of_a_race(seed, noise, best, limit, more):
    """No run is trained twice, the budget holds, and the sign of the results does not matter."""
    shapes = {f"shape {i}": (0.1 * i, rate) for i, rate in enumerate(best)}
    least = {2: 79, 3: 108, 4: 127}[len(best)]
    plan = budget(least + more, len(best))
    grid = np.geomspace(0.01, 1, plan.rates).tolist()
    train, grids = Bowls(seed, noise, limit, **shapes), dict.fromkeys(shapes, grid)
    found = race(train, grids, plan, ALL, direction="minimize", baseline="shape 0")
    trained = train.trained.copy()
    turned = race(
        lambda *asked: -train(*asked), grids, plan, ALL, direction="maximize", baseline="shape 0"
    )

    assert len(trained) == len(set(trained)) == found.runs
    assert found.runs + 2 * plan.confirmation <= least + more
    assert all(seed < SEEDS[-1] for _, seed in trained)
    assert turned[1:] == found[1:]
    assert any(each.name == "shape 0" for each in found.rungs[-1].candidates)
    assert [rung.ranked("maximize") for rung in turned.rungs] == [
        rung.ranked("minimize") for rung in found.rungs
    ]
    for rung, following in zip(found.rungs, found.rungs[1:], strict=False):
        gone = {rung.candidates[each.candidate] for each in rung.dropped}
        assert following.candidates == tuple(c for c in rung.candidates if c not in gone)
        rows = [rung.candidates.index(each) for each in following.candidates]
        before = following.values[:, : rung.values.shape[1]]
        assert np.array_equal(before, rung.values[rows], equal_nan=True)
