"""How well a search keeps its promises: studies whose truth is known, raced by the package itself.

    KERAS_BACKEND=jax python -m tests.tools.race_simulation measure digits digits.npy
    python -m tests.tools.race_simulation components digits.npy ionosphere.npy
    python -m tests.tools.race_simulation promises digits.npy ionosphere.npy
    python -m tests.tools.race_simulation ways digits.npy

The first trains 100 seeds of each candidate of a study (digits or ionosphere), the second prints
the components of their noise, and the others write the tables of docs/guide/search.md.

A study is either synthetic, with a parabola for each shape and noise with the measured components,
or resampled: its seeds are drawn from the 100 measured ones, whose mean is then the truth.
"""

import csv
import dataclasses
import functools
import math
import sys
from pathlib import Path
from unittest import mock

import numpy as np
from scipy import stats
from scipy.interpolate import PchipInterpolator

from lrschedules.study import _race, _statistics

GUIDE = Path(__file__).parents[2] / "docs" / "guide"
RUNS, SHAPES, RANGE = 360, 6, (0.01, 1.0)
LEVEL = 0.95


# Studies ----------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Components:
    """What the noise of a study consists of, and how much its shapes differ.

    The noise consists of standard deviations: of what a seed does to all candidates (``common``),
    to all base rates of a shape (``of_shape``), and to one candidate (``own``). ``curvature``
    multiplies the square of the natural logarithm of the base rate over the best one. ``levels``
    and ``places`` are the standard deviations, between shapes, of the best loss and of the
    logarithm of the best base rate.
    """

    common: float
    of_shape: float
    own: float
    curvature: float
    levels: float
    places: float

    @property
    def paired(self):
        """Standard deviation of the paired difference of two shapes."""
        return math.sqrt(2 * (self.own**2 + self.of_shape**2))


class Synthetic:
    """A study with random shapes: trains candidates, and knows their true losses.

    ``equal`` makes all shapes equal at their best base rates ("shapes"), or all candidates ("all").
    """

    def __init__(self, rng, noise, *, equal=None, seeds=1000):
        spread = 0 if equal else noise.levels
        self.curvature = 0 if equal == "all" else noise.curvature
        middle = np.log(RANGE).mean()
        self.levels = rng.normal(scale=spread, size=SHAPES)
        self.places = rng.normal(middle, noise.places, size=SHAPES)
        # A factor of about 6 above the best base rate, training diverges.
        self.limits = self.places + 1.8 + rng.normal(scale=0.2, size=SHAPES)
        self.rng, self.noise = rng, noise
        self.common = rng.normal(scale=noise.common, size=seeds)
        self.of_shape = rng.normal(scale=noise.of_shape, size=(SHAPES, seeds))

    def grid(self, rates):
        return np.geomspace(*RANGE, rates).tolist()

    @staticmethod
    def candidate(shape, rate):
        return _race.Candidate(str(shape), str(shape), rate)

    def truth(self, candidate):
        shape, log = int(candidate.name), math.log(candidate.base_rate)
        if log > self.limits[shape]:
            return math.inf
        away = log - self.places[shape]
        return self.levels[shape] + self.curvature * away**2

    def train(self, candidates, seeds):
        means = np.array([self.truth(each) for each in candidates])
        shapes, seeds = [int(each.name) for each in candidates], np.array(seeds)
        own = self.rng.normal(scale=self.noise.own, size=(len(shapes), len(seeds)))
        return means[:, None] + self.common[seeds] + self.of_shape[shapes][:, seeds] + own


class Resampled:
    """A study whose seeds are drawn from measured ones, of which the mean is the truth.

    Between the measured base rates, the losses of each seed are interpolated; beyond them, a run
    diverges.
    """

    def __init__(self, rng, losses, *, equal=None, seeds=1000):
        self.losses, self.equal = losses, equal
        self.levels = losses.least * (not equal)
        self.drawn = rng.integers(losses.seeds, size=seeds)

    def grid(self, rates):
        return np.geomspace(*RANGE, rates).tolist()

    def _of(self, candidate):
        shape = int(candidate.name)
        rate = self.losses.best[shape] if self.equal == "all" else candidate.base_rate
        return self.losses.at(shape, rate) - (self.losses.least[shape] if self.equal else 0)

    def truth(self, candidate):
        mean = self._of(candidate).mean()
        return math.inf if math.isnan(mean) else mean

    def train(self, candidates, seeds):
        drawn = self.drawn[np.array(seeds)]
        return np.array([self._of(each)[drawn] for each in candidates])


class Losses:
    """Measured losses of shape (shapes, base rates, seeds), interpolated between the base rates.

    ``least`` holds the lowest mean loss of each shape, and ``best`` its base rate.
    """

    def __init__(self, values):
        logs = np.linspace(*np.log(RANGE), values.shape[1])
        # Losses differ by orders of magnitude, and their logarithms are smooth.
        self.curves = [
            PchipInterpolator(logs, np.log(shape), axis=0, extrapolate=False) for shape in values
        ]
        self.seeds = values.shape[2]
        fine = np.exp(np.linspace(*np.log(RANGE), 400)[1:-1])
        found = [min((self.at(i, rate).mean(), rate) for rate in fine) for i in range(len(values))]
        self.least, self.best = np.transpose(found)

    @functools.cache  # noqa: B019 - there are few, and they live as long as the program
    def at(self, shape, rate):
        within = min(max(math.log(rate), math.log(RANGE[0])), math.log(RANGE[1]))
        found = np.exp(self.curves[shape](within))
        return found if RANGE[0] * 0.999 < rate < RANGE[1] * 1.001 else np.full(self.seeds, np.nan)


# Ways to search ---------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Way:
    """A way to spend runs: the seeds in all at the end of each rung, and the level of its cuts.

    A level of 1 drops by the budget alone. ``rates`` fixes the number of base rates, whatever the
    race then costs.
    """

    name: str
    seeds: tuple[int, ...] = _race.SEEDS
    level: float = LEVEL
    rates: int | None = None
    between: bool = True


SEARCH = Way("`lrs.search`: 3, 6, 12 and 24 seeds")
WAYS = [
    SEARCH,
    Way("without base rates between those of the grid", between=False),
    Way("without intervals", level=1),
    Way("6, 12 and 24 seeds, fewer base rates", (6, 12, 24)),
    Way("8 seeds for each, no race", (8,)),
    Way("24 seeds for each, no race", (24,), rates=6),
]


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What one search found, in units of the loss; NaN where nothing is to confirm.

    ``survived`` and ``won`` are about the shape that is best at its best base rate. ``regret`` is
    the winner's true loss minus the lowest one that any shape and base rate have. The optimism is
    the true loss of the winner minus its mean in the race (``before``) and in the confirmation
    (``after``). ``gain`` is the true difference that the confirmation's interval should contain.
    """

    survived: bool
    won: bool
    regret: float
    before: float
    after: float
    gain: float
    low: float
    high: float
    runs: int


def searched(study, way):
    """Search a study in a way, confirm the winner, and compare with the truth."""
    changes = {"SEEDS": way.seeds} | ({} if way.between else {"between": lambda *_: None})
    with mock.patch.multiple(_race, **changes):
        plan = _race.budget(RUNS if way.rates is None else 10**4, SHAPES)
        if way.rates is not None:
            plan = _race.Budget(way.rates, (), 24, 12 * way.seeds[0])
        grids = {str(i): study.grid(plan.rates) for i in range(SHAPES)}
        found = _race.race(
            study.train,
            grids,
            plan,
            range(way.seeds[-1]),
            direction="minimize",
            baseline="0",
            level=way.level,
        )
    last = found.rungs[-1]
    winner, *_ = ranked = last.ranked("minimize")
    baseline = next(each for each in ranked if each.name == "0")
    best, truth = str(np.argmin(study.levels)), study.truth(winner)
    raced = last.values[last.candidates.index(winner)].mean()
    runs, fresh, claim = (
        found.runs,
        np.array([math.nan]),
        _statistics.Difference(0, *[math.nan] * 3),
    )
    if winner.name != baseline.name:
        number = plan.confirmation if way.rates else (RUNS - runs) // 2
        fresh, other = study.train([winner, baseline], range(24, 24 + number))
        claim = _statistics.difference(fresh, other, LEVEL)
        runs += 2 * number
    return Outcome(
        survived=best in {each.name for each in last.candidates},
        won=winner.name == best,
        regret=truth - min(study.levels),
        before=truth - raced,
        after=truth - fresh.mean(),
        gain=truth - study.truth(baseline),
        low=claim.low,
        high=claim.high,
        runs=runs,
    )


def quick_interval(differences, level):
    """Return what `_statistics.t_intervals` does for one mean, without SciPy's many checks."""
    number = len(differences)
    half = quantile(level, number) * differences.std(ddof=1) / math.sqrt(number)
    return differences.mean() - half, differences.mean() + half


@functools.cache
def quantile(level, number):
    return stats.t.isf((1 - level) / 2, number - 1)


def simulated(make, way, number, seed=0):
    """Return the outcomes of some studies as arrays by name."""
    rngs = np.random.default_rng(seed).spawn(number)
    with (
        mock.patch.object(_statistics, "t_intervals", quick_interval),
        mock.patch.object(_statistics, "seeds_needed", return_value=math.nan),
        mock.patch.object(_race, "spared", return_value=[]),
    ):
        found = [dataclasses.astuple(searched(make(rng), way)) for rng in rngs]
    names = [field.name for field in dataclasses.fields(Outcome)]
    return dict(zip(names, map(np.array, zip(*found, strict=True)), strict=True))


# Noise ------------------------------------------------------------------------------------------


def components(values):
    """Return the components of the noise of measured values of shape (shapes, rates, seeds).

    They are those of the base rates whose mean loss is within a fifth of the lowest of their
    shape, as the noise of poor base rates decides nothing. Covariances give them: what two shapes
    share, what two base rates of a shape share besides, and the rest.
    """
    means, logs = values.mean(axis=2), np.linspace(*np.log(RANGE), values.shape[1])
    good = means <= 1.2 * means.min(axis=1, keepdims=True)
    covariance = np.cov(values[good])
    shape = np.nonzero(good)[0]
    same = shape[:, None] == shape
    common = covariance[~same].mean()
    within = covariance[same & ~np.eye(len(shape), dtype=bool)].mean()
    total = np.diag(covariance).mean()
    parabolas = []
    for row in means:
        at = np.clip(np.argmin(row), 1, len(row) - 2)
        near = slice(max(0, at - 2), at + 3)
        a, b, c = np.polyfit(logs[near], row[near], 2)
        parabolas.append((a, -b / (2 * a), c - b * b / (4 * a)))
    curvature, places, levels = np.transpose(parabolas)
    return Components(
        common=math.sqrt(common),
        of_shape=math.sqrt(max(0, within - common)),
        own=math.sqrt(total - within),
        curvature=float(np.median(curvature)),
        levels=float(levels.std(ddof=1)),
        places=float(places.std(ddof=1)),
    )


def measure(study, file, seeds=100, rates=13):
    """Train many seeds of six shapes on a fine grid of base rates, and save their losses."""
    import keras
    from keras import Input, layers

    import lrschedules as lrs

    if study == "digits":
        from sklearn.datasets import load_digits
        from sklearn.model_selection import train_test_split

        images, labels = load_digits(return_X_y=True)
        x = (images / 16).astype("float32")
        sizes, last, loss = (64, 32, 10), "softmax", "sparse_categorical_crossentropy"
        momentum, epochs, batch, rows = 0.9, 15, 32, 600

        def split(seed):
            parts = train_test_split(x, labels, train_size=rows, stratify=labels, random_state=seed)
            return parts[::2], parts[1::2]
    else:
        data = lrs.datasets.load_ionosphere()
        sizes, last, loss = (34, 34, 1), "sigmoid", "binary_crossentropy"
        momentum, epochs, batch = 0.8, 50, 28
        rows = len(data.stratified_split(seed=0).train[0])

        def split(seed):
            return data.stratified_split(seed=seed)

    inputs, hidden, outputs = sizes
    steps = math.ceil(rows / batch) * epochs
    result = lrs.compare(
        {
            "constant": lrs.Constant(1),
            "linear": lrs.Linear(1, 0, steps),
            "cosine": lrs.Cosine(1, 0, steps),
            "stable 80 %": lrs.Constant(1).cooldown(steps // 5, at=steps - steps // 5),
            "warmup": lrs.Cosine(1, 0, steps - steps // 4).warmup(steps // 4),
            "three steps": lrs.Drop(1, factor=0.1, every=steps // 3),
        },
        lambda: keras.Sequential(
            [Input((inputs,)), layers.Dense(hidden, "relu"), layers.Dense(outputs, last)]
        ),
        lambda seed: split(seed)[0],
        lambda seed: split(seed)[1],
        optimizer=lambda rate: keras.optimizers.SGD(rate, momentum=momentum),
        loss=loss,
        epochs=epochs,
        batch_size=batch,
        seeds=seeds,
        base_rates=np.geomspace(*RANGE, rates).tolist(),
    )
    np.save(file, result["val_loss"][..., -1])


# Tables -----------------------------------------------------------------------------------------


def percent(flags):
    """Return a share of studies with its 95 % Clopper-Pearson interval."""
    share = stats.binomtest(int(flags.sum()), len(flags)).proportion_ci()
    return f"{100 * flags.mean():.1f} % ({100 * share.low:.1f} to {100 * share.high:.1f})"


def mean(values, scale):
    """Return a mean with its standard error, in units of a scale."""
    values = values[np.isfinite(values)] / scale
    return f"{values.mean():.2f} ± {values.std() / math.sqrt(len(values)):.2f}".replace("-", "−")


@dataclasses.dataclass(frozen=True)
class Kind:
    """A kind of study: how to make one, and the unit of its numbers."""

    name: str
    make: object
    paired: float


def kinds_of(files):
    """Return the kinds of studies that measured values give: synthetic ones and resampled ones."""
    found = []
    for file in map(Path, files):
        values = np.load(file)
        noise = components(values)
        found += [
            Kind(
                f"{file.stem}, synthetic", functools.partial(Synthetic, noise=noise), noise.paired
            ),
            Kind(
                f"{file.stem}, resampled",
                functools.partial(Resampled, losses=Losses(values)),
                noise.paired,
            ),
        ]
    return found


def supported(kind, way, equal, number):
    """Return how often a search among equals ends with a winner that its confirmation supports."""
    found = simulated(functools.partial(kind.make, equal=equal), way, number)
    return percent(found["high"] < 0)


def promises(kinds, number):
    """Yield the columns of the table of what a search promises, the quantities first."""
    yield [
        "Quantity",
        "Best shape in the last rung",
        "Best shape wins",
        "Regret",
        "Optimism of the race",
        "Optimism of the confirmation",
        "Interval contains the true difference",
        "Supported, all candidates equal",
        "Supported, all shapes equal when tuned",
    ]
    for kind in kinds:
        found = simulated(kind.make, SEARCH, number)
        asked = np.isfinite(found["low"])
        covered = (found["low"] <= found["gain"]) & (found["gain"] <= found["high"])
        yield [
            kind.name,
            percent(found["survived"]),
            percent(found["won"]),
            mean(found["regret"], kind.paired),
            mean(found["before"], kind.paired),
            mean(found["after"], kind.paired),
            percent(covered[asked]),
            supported(kind, SEARCH, "all", 8 * number),
            supported(kind, SEARCH, "shapes", number),
        ]


def ways(kind, number):
    """Yield the rows of the table that compares ways to search, the headings first."""
    yield [
        "Way",
        "Runs",
        "Best shape wins",
        "Regret",
        "Optimism of the race",
        "Supported, all shapes equal when tuned",
    ]
    for way in WAYS:
        found = simulated(kind.make, way, number)
        yield [
            way.name,
            f"{found['runs'].mean():.0f}",
            percent(found["won"]),
            mean(found["regret"], kind.paired),
            mean(found["before"], kind.paired),
            supported(kind, way, "shapes", number),
        ]


def write(name, rows):
    """Write a table of the guide row by row."""
    with (GUIDE / name).open("w", newline="", encoding="utf-8") as file:
        for row in rows:
            csv.writer(file, lineterminator="\n").writerow(row)
            print(*row, sep=" | ", flush=True)


def main(command, *arguments, number=500):
    """Carry out a command of the command line."""
    if command == "measure":
        measure(*arguments)
        return
    kinds = kinds_of(arguments)
    for kind in kinds[::2]:
        print(kind.name, kind.make.keywords["noise"], f"paired={kind.paired:.4f}")
    if command == "ways":
        write("search-ways.csv", ways(kinds[0], number))
    elif command == "promises":
        write("search-promises.csv", zip(*promises(kinds, number), strict=True))


if __name__ == "__main__":
    main(*sys.argv[1:])
