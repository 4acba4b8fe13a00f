"""Race of candidates over seeds: its budget, the cut at the end of a rung, and further base rates.

All candidates train with a few seeds, then the better half with more: successive halving (Jamieson
and Talwalkar, Non-stochastic best arm identification and hyperparameter optimization, 2016), with
seeds as the resource instead of epochs. A decaying schedule that is cut short is another schedule.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np

from lrschedules.study._statistics import Direction, Values, difference, each_level, order

Reason = Literal["diverged", "interval", "budget"]
End = Literal["low", "high"]

# Seeds of a candidate, in all, at the end of each rung.
SEEDS = (3, 6, 12, 24)
# Seeds of the confirmation: as many as the last rung has, and the fewest for a small budget.
CONFIRMED, FEWEST = 24, 8
# A minimum lies inside of a grid of three rates, or at its edge.
FEWEST_RATES = 3
# The winner and the baseline.
FEWEST_KEPT = 2
# A grid is widened by so many base rates at once; grids are extended at most so often.
WIDER, ROUNDS = 2, 3
# A base rate closer than this to another one would hardly change the result.
NEAR = math.log(1.1)


class Candidate(NamedTuple):
    """A schedule at a base rate, which races against the others.

    Attributes
    ----------
    name : str
        Name under which the schedule, or its family, was given.
    schedule : str
        Name of the schedule: the same, or with the parameters of a family's member.
    base_rate : float
        Factor that the learning rate is multiplied by.
    """

    name: str
    schedule: str
    base_rate: float

    def __str__(self) -> str:
        return f"{self.schedule}, base rate {self.base_rate:.3g}"


# Trains candidates with seeds and returns their results, of shape (candidates, seeds).
Train = Callable[[Sequence[Candidate], Sequence[int]], Values]


class Dropped(NamedTuple):
    """A candidate that a cut drops, with the reason.

    Attributes
    ----------
    candidate : int
        Row of the candidate in the values of the rung.
    reason : str
        "diverged" if more of its runs diverged than of another candidate, "interval" if its
        interval excludes zero on the worse side, "budget" if its mean is worse than that of the
        candidates which the budget keeps. The last one says nothing about significance.
    difference, low, high : float
        Mean of the paired differences from the leader, and the ends of its simultaneous interval;
        NaN where there are none.
    """

    candidate: int
    reason: Reason
    difference: float
    low: float
    high: float


@dataclasses.dataclass(frozen=True, eq=False)
class Rung:
    """The candidates of a search that were trained with the same seeds, and what was dropped.

    Attributes
    ----------
    candidates : tuple of Candidate
        Schedules at base rates.
    seeds : tuple of int
        Seeds of each candidate, those of the rungs before included.
    values : array of shape (candidates, seeds)
        Metric of each run after the last epoch, in units of the metric; not finite if it diverged.
    dropped : tuple of Dropped
        Candidates that were trained with no more seeds, with the reasons. The rows are those of
        ``candidates``.
    spared : tuple of int
        Rows that stay only because they are the better half of the baseline's base rates.
    """

    candidates: tuple[Candidate, ...]
    seeds: tuple[int, ...]
    values: Values
    dropped: tuple[Dropped, ...] = ()
    spared: tuple[int, ...] = ()

    @property
    def kept(self) -> tuple[Candidate, ...]:
        """Candidates that were not dropped."""
        gone = {each.candidate for each in self.dropped}
        return tuple(each for i, each in enumerate(self.candidates) if i not in gone)

    def ranked(self, direction: Direction) -> list[Candidate]:
        """Return the candidates, the best mean first; more diverged runs come last.

        Parameters
        ----------
        direction : str
            ``"minimize"`` or ``"maximize"``.

        Returns
        -------
        list of Candidate
            All candidates of the rung.
        """
        return [self.candidates[i] for i in order(self.values, direction)]


class Race(NamedTuple):
    """What a race found.

    Attributes
    ----------
    rungs : tuple of Rung
        Rungs; the last one drops nobody.
    grids : dict
        Base rates by shape, with those that were added.
    at_edge : dict
        The end of the grid at which the best base rate still lies, by shape.
    runs : int
        Number of runs that were trained.
    """

    rungs: tuple[Rung, ...]
    grids: dict[str, list[float]]
    at_edge: dict[str, End]
    runs: int


class Budget(NamedTuple):
    """How a number of runs is spent.

    Attributes
    ----------
    rates : int
        Base rates of each shape.
    kept : tuple of int
        Number of candidates after each rung but the last.
    confirmation : int
        Seeds reserved for each of the two schedules of the confirmation.
    widening : int
        Runs left for further base rates, beyond the ends of the grid or between its base rates.
    """

    rates: int
    kept: tuple[int, ...]
    confirmation: int
    widening: int


def budget(runs: int, shapes: int) -> Budget:
    """Return how to spend at most ``runs`` runs on a race of ``shapes`` and its confirmation.

    The confirmation comes first, then one further base rate for each shape where the runs suffice,
    then as many base rates as the race can afford. The rest is for still further ones.

    Raises
    ------
    ValueError
        If the runs do not suffice for three base rates of each shape.
    """
    smallest = _cost(FEWEST_RATES * shapes)
    if (least := smallest + 2 * FEWEST) > runs:
        raise ValueError(
            f"search: runs must be at least {least} for {shapes} schedules, got {runs}; write "
            f"runs={least}, or leave schedules out"
        )
    # One more base rate for each shape, beyond or between those of its grid.
    reserve = SEEDS[0] * shapes
    confirmation = max(FEWEST, min(CONFIRMED, (runs - smallest - reserve) // 2))
    left, rates = runs - 2 * confirmation, FEWEST_RATES
    while _cost((rates + 1) * shapes) + reserve <= left:
        rates += 1
    candidates = rates * shapes
    return Budget(rates, tuple(_kept(candidates)), confirmation, left - _cost(candidates))


def _kept(candidates: int) -> Iterator[int]:
    """Yield the number of candidates after each rung but the last: half of them, rounded up."""
    for _ in SEEDS[1:]:
        candidates = max(FEWEST_KEPT, -(-candidates // 2))
        yield candidates


def _cost(candidates: int) -> int:
    """Return the number of runs of a race."""
    running = [candidates, *_kept(candidates)]
    return sum(
        number * (seeds - before)
        for number, before, seeds in zip(running, (0, *SEEDS), SEEDS, strict=False)
    )


def cut(
    values: Values,
    direction: Direction,
    keep: int,
    baseline: Sequence[int],
    level: float = 0.95,
) -> list[Dropped]:
    """Return the candidates to drop after a rung, in the order of the candidates.

    The candidates with more diverged runs than another one are dropped first, then those whose
    paired interval against the leader excludes zero, then the last ones by their mean until
    ``keep`` are left. Ties are broken by the order of the candidates. The baseline's schedule is
    tuned as the others are: the better half of its own base rates stays in any case.

    Parameters
    ----------
    values : array of shape (candidates, seeds)
        Results of the same seeds for all candidates; a diverged run is not finite.
    direction : {"minimize", "maximize"}
        Which results are better.
    keep : int
        Most candidates that stay, at least 2.
    baseline : sequence of int
        Rows of the base rates of the baseline's schedule.
    level : float
        Level at which the intervals hold simultaneously. They compare with a leader that the same
        runs have chosen, so their level is approximate.
    """
    ranked = order(values, direction)
    leader, stay = ranked[0], set(_protected(values, direction, keep, baseline))
    diverged = (~np.isfinite(values)).sum(axis=1)
    each = each_level(level, int((diverged == diverged[leader]).sum()) - 1)
    dropped, undecided = list[Dropped](), list[int]()
    for i in ranked[1:]:
        if i in stay:
            continue
        found = difference(values[i], values[leader], each)
        worse = found.low > 0 if direction == "minimize" else found.high < 0
        reason: Reason = (
            "diverged" if diverged[i] > diverged[leader] else "interval" if worse else "budget"
        )
        if reason == "budget":
            undecided.append(i)
        dropped.append(Dropped(i, reason, found.mean, found.low, found.high))
    room = keep - len(stay | {leader})
    stay |= set(undecided[: max(0, room)])
    return sorted(each for each in dropped if each.candidate not in stay)


def spared(values: Values, direction: Direction, keep: int, baseline: Sequence[int]) -> list[int]:
    """Return the candidates that stay only because they belong to the baseline's schedule."""
    without = {each.candidate for each in cut(values, direction, keep, ())}
    return sorted(without & set(_protected(values, direction, keep, baseline)))


def _protected(
    values: Values, direction: Direction, keep: int, baseline: Sequence[int]
) -> list[int]:
    """Return the better half of the baseline's base rates, without those that diverged most.

    One of the ``keep`` candidates is left for another schedule.
    """
    rows = list(baseline)
    diverged = (~np.isfinite(values[rows])).sum(axis=1)
    ranked = [i for i in order(values[rows], direction) if diverged[i] == diverged.min()]
    number = max(1, min(-(-len(rows) // 2), keep - 1))
    return [rows[i] for i in ranked[:number]]


def edge(values: Values, direction: Direction) -> End | None:
    """Return the end beyond which a grid of base rates has to be widened, or None.

    Parameters
    ----------
    values : array of shape (base rates, seeds)
        Results of one shape, the base rates in ascending order; a diverged run is not finite.
    direction : {"minimize", "maximize"}
        Which results are better.

    Returns
    -------
    str or None
        The end at which the best base rate without a diverged run lies; "low" if a run diverged at
        every base rate. A grid is never widened beyond a base rate at which a run diverged.
    """
    whole = np.isfinite(values).all(axis=1)
    if not whole.any():
        return "low"
    best = order(values, direction)[0]
    if best == 0:
        return "low"
    return "high" if best == len(values) - 1 else None


def wider(rates: Sequence[float], end: End, number: int = WIDER) -> list[float]:
    """Return base rates beyond an end of a geometric grid, at its ratio, in ascending order."""
    ratio = rates[1] / rates[0] if end == "low" else rates[-1] / rates[-2]
    if end == "high":
        return [rates[-1] * ratio**i for i in range(1, number + 1)]
    return [rates[0] / ratio**i for i in range(number, 0, -1)]


def between(rates: Sequence[float], values: Values, direction: Direction) -> float | None:
    """Return a base rate between those of a grid at which a shape may be better still, or None.

    It is the vertex of the parabola through the best base rate and its neighbours, over the
    logarithm of the base rate. Between the best base rate and one at which a run diverged it is
    their geometric mean. Without it, the distance of the best base rate from its grid would decide
    which of two equal shapes wins.

    Parameters
    ----------
    rates : sequence of float
        Base rates in ascending order, at least three.
    values : array of shape (base rates, seeds)
        Results at them; a diverged run is not finite.
    direction : {"minimize", "maximize"}
        Which results are better.
    """
    best = order(values, direction)[0]
    if best in {0, len(rates) - 1}:
        return None
    near = slice(best - 1, best + 2)
    (x0, x1, x2), y = np.log(rates[near]).tolist(), values[near].mean(axis=1)
    if not math.isfinite(y[1]):
        return None
    if not np.isfinite(y).all():
        at = (x1 + (x0 if math.isfinite(y[2]) else x2)) / 2
    else:
        left, right = (x1 - x0) * (y[1] - y[2]), (x1 - x2) * (y[1] - y[0])
        if left == right:
            return None
        at = x1 - ((x1 - x0) * left - (x1 - x2) * right) / (2 * (left - right))
    # Three digits, so that a search that is continued trains the same base rate.
    return float(f"{math.exp(at):.3g}") if min(x2 - at, abs(x1 - at), at - x0) >= NEAR else None


def further(rates: Sequence[float], values: Values, direction: Direction) -> list[float]:
    """Return base rates to add to a grid: beyond the end at which the best one lies, or between."""
    if end := edge(values, direction):
        return wider(rates, end)
    found = between(rates, values, direction)
    return [] if found is None else [found]


def race(
    train: Train,
    grids: Mapping[str, Sequence[float]],
    plan: Budget,
    seeds: Sequence[int],
    *,
    direction: Direction,
    baseline: str,
    others: Sequence[Candidate] = (),
    level: float = 0.95,
) -> Race:
    """Race the candidates of some grids of base rates, and others, which have no grid.

    After the first rung, grids get further base rates, beyond their ends or between their base
    rates.

    Parameters
    ----------
    train : callable
        Returns the results of candidates with some seeds. It is called once or more for each rung.
    grids : mapping
        Base rates in ascending order by shape.
    plan : Budget
        Candidates to keep, and runs for further base rates.
    seeds : sequence of int
        Seeds, at least as many as the last rung has.
    direction : {"minimize", "maximize"}
        Which results are better.
    baseline : str
        Shape of the baseline.
    others : sequence of Candidate
        Further candidates.
    level : float
        Level at which the intervals of a rung hold simultaneously.
    """
    wide = {shape: list(rates) for shape, rates in grids.items()}
    first = seeds[: SEEDS[0]]
    running = [*_of(wide), *others]
    results = dict(zip(running, train(running, first), strict=True))
    left = plan.widening
    for _ in range(ROUNDS):
        added = list[Candidate]()
        for shape in _by_best(wide, results, direction, baseline):
            rates = wide[shape]
            more = further(rates, _values(results, wide, shape), direction)
            more = more[: left // len(first) - len(added)]
            wide[shape] = sorted(rates + more)
            added += [Candidate(shape, shape, rate) for rate in more]
        if not added:
            break
        left -= len(added) * len(first)
        results |= zip(added, train(added, first), strict=True)
    at_edge: dict[str, End] = {
        shape: end for shape in wide if (end := edge(_values(results, wide, shape), direction))
    }
    running = [*_of(wide), *others]
    values = np.array([results[each] for each in running])
    runs, rungs = values.size, list[Rung]()
    for keep, number in zip(plan.kept, SEEDS[1:], strict=True):
        own = [i for i, each in enumerate(running) if each.name == baseline]
        dropped = cut(values, direction, keep, own, level)
        kept = spared(values, direction, keep, own)
        trained = values.shape[1]
        rung = Rung(tuple(running), tuple(seeds[:trained]), values, tuple(dropped), tuple(kept))
        rungs.append(rung)
        running = list(rung.kept)
        more = train(running, seeds[trained:number])
        runs += more.size
        gone = [each.candidate for each in dropped]
        values = np.hstack([np.delete(values, gone, axis=0), more])
    rungs.append(Rung(tuple(running), tuple(seeds[: values.shape[1]]), values))
    return Race(tuple(rungs), wide, at_edge, runs)


def _of(grids: Mapping[str, Sequence[float]]) -> list[Candidate]:
    """Return the candidates of grids."""
    return [Candidate(shape, shape, rate) for shape, rates in grids.items() for rate in rates]


def _values(
    results: Mapping[Candidate, Values], grids: Mapping[str, Sequence[float]], shape: str
) -> Values:
    """Return the results of a shape, of shape (base rates, seeds)."""
    return np.array([results[each] for each in _of({shape: grids[shape]})])


def _by_best(
    grids: Mapping[str, Sequence[float]],
    results: Mapping[Candidate, Values],
    direction: Direction,
    baseline: str,
) -> list[str]:
    """Return the shapes, the baseline first, so that it is tuned as well as the others."""
    running = _of(grids)
    ranked = order(np.array([results[each] for each in running]), direction)
    return list(dict.fromkeys([baseline, *(running[i].name for i in ranked)]))
