"""search: schedules and base rates that race over seeds, and a confirmation of the winner."""

from __future__ import annotations

import contextlib
import copy
import dataclasses
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import keras
import numpy as np

from lrschedules import kinds
from lrschedules._arguments import Function, Text, called, each_once, require
from lrschedules._config import shown
from lrschedules._keras_internals import compiled_metrics
from lrschedules._schedule import Schedule
from lrschedules.study import _race
from lrschedules.study._compare import (
    NAME,
    PACKAGES,
    Engine,
    Match,
    Running,
    Study,
    StudyError,
    begun,
    matched_entry,
    named_schedules,
    plan_of,
    running_of,
)
from lrschedules.study._plan import Entry, Trial, directions
from lrschedules.study._race import Candidate
from lrschedules.study._statistics import Direction, Values
from lrschedules.study.comparison import LOSSES, Comparison
from lrschedules.study.searched import Ends, Search, at_rate

if TYPE_CHECKING:
    import optuna

ENDS = kinds.list_of(kinds.ratio, example=[0.01, 1])
RUNS = kinds.whole(le=kinds.MOST_NUMBERS, example=360)
METRIC = Text("a text", "val_loss")
FAMILY = Function(
    "a function of an optuna.Trial that returns a schedule",
    "lambda trial: lrs.Constant(1).cooldown(trial.suggest_int('steps', 10, 100), at=100)",
    1,
)
# Members of a family are proposed in so many batches, each after the results of those before.
BATCHES = 3


def search(
    schedules: Mapping[
        str,
        Schedule
        | Mapping[str, Schedule | float]
        | Callable[[optuna.Trial], Schedule | Mapping[str, Schedule | float]],
    ],
    build_model: Callable[[], keras.Model],
    train: Any,
    validation: Any = None,
    *,
    optimizer: Callable[..., Any],
    loss: Any,
    metrics: Any = None,
    weighted_metrics: Any = None,
    loss_weights: Any = None,
    class_weight: dict[int, float] | None = None,
    epochs: int,
    batch_size: int | None = None,
    base_rates: Iterable[float],
    runs: int = 360,
    seed: int = 0,
    metric: str | None = None,
    match: Match | None = None,
    sampler: optuna.samplers.BaseSampler | None = None,
    callbacks: Callable[[], list[Any]] | None = None,
    engine: Engine = "auto",
    store: str | Path | None = None,
    memory: int = 2**30,
    verbose: int | Literal["auto"] = "auto",
) -> Search:
    """Search the best schedule with its base rate, and confirm it on seeds that chose nothing.

    The candidates are all schedules at base rates of a geometric grid. They race over seeds, never
    over epochs, because a decaying schedule that is cut short is another schedule. All candidates
    are trained with 3 seeds, the best half of them with 6 seeds in all, then 12, then 24. After the
    first rung, a grid whose best base rate is its lowest or highest is widened. Otherwise it gets
    the vertex of the parabola through its best base rate and the neighbours. The baseline's
    base rates race as well, and the better half of them always stays, so that the baseline is tuned
    as well as the others.

    The best mean of a race is optimistic. So the winner and the tuned baseline are trained again
    with new seeds. Only this confirmation says how much better the winner is.

    Parameters
    ----------
    schedules : mapping of str to Schedule, mapping or callable
        Schedules to search, by name, as for ``compare``. The first one is the baseline. A family is
        a function of an ``optuna.Trial`` that returns a schedule; it needs the extra ``search``.
        Optuna proposes as many members of each family as the other schedules have base rates, with
        a base rate for each.
    build_model : callable
        Function that returns a new Keras model, not compiled, as for ``compare``.
    train : tuple, dataset or callable
        Training rows, as for ``compare``.
    validation : tuple, dataset or callable, optional
        Validation rows, in the same forms, evaluated after each epoch.
    optimizer : callable
        Function from a schedule to a Keras optimizer, as for ``compare``.
    loss : str, function, keras.losses.Loss or a structure of them
        Loss, as for ``compile``.
    metrics : list or dict, optional
        Metrics, as for ``compile``.
    weighted_metrics : list or dict, optional
        Weighted metrics, as for ``compile``.
    loss_weights : list or dict, optional
        Weights of several losses, as for ``compile``.
    class_weight : dict, optional
        Weight of each class in training, as for ``fit``.
    epochs : int
        Number of epochs of each run, ≥ 1.
    batch_size : int, optional
        Number of rows in a batch, ≥ 1; by default 32, or the batch size of the dataset.
    base_rates : pair of float
        Lowest and highest factor that learning rates are multiplied by, > 0.
    runs : int
        Number of runs at most, all together: race, wider grids and confirmation. It determines how
        many base rates each grid has, 3 or more.
    seed : int
        First seed, ≥ 0; the race and the confirmation take the ones after it.
    metric : str, optional
        Metric that chooses, after the last epoch; by default ``"val_loss"``, or ``"loss"`` without
        validation rows. Others are those of ``metrics`` that Keras knows how to improve.
    match : str, optional
        ``"mean"`` scales every schedule to the mean rate of the baseline, as for ``compare``.
    sampler : optuna.samplers.BaseSampler, optional
        What proposes the members of families; by default ``optuna.samplers.TPESampler(seed=0)``.
        A sampler with a fixed seed proposes the same when a search is continued.
    callbacks : callable, optional
        Function that returns a list of new Keras callbacks for one run, as for ``compare``.
    engine : str
        ``"stacked"``, ``"loop"`` or ``"auto"``, as for ``compare``.
    store : path, optional
        Folder for finished runs, as for ``compare``. A search that was interrupted continues from
        there, with the same result.
    memory : int
        Bytes that the stacked engine may use, as for ``compare``.
    verbose : int or str
        0 is silent, 1 shows a progress bar over the budget of runs with the time that is left, 2
        one line at the end; ``"auto"`` is 1 in a terminal or a notebook, and 0 elsewhere.

    Returns
    -------
    Search
        Rungs, winner and confirmation.

    Raises
    ------
    TypeError, ValueError
        Before training: if an argument is out of range, as for ``compare``; if ``runs`` are too
        few; or if the direction of the metric is not known. Later, if a family returns no schedule.
    ModuleNotFoundError
        Before training: if a package of the extra ``study``, or for families of the extra
        ``search``, is missing.
    OSError
        Before training: if the store cannot be made or read.
    StudyError
        If a run failed or could not be stored, or if all runs diverged. The runs before are kept in
        the store.

    Examples
    --------
    >>> import keras
    >>> from lrschedules import Constant, Linear
    >>> from lrschedules.datasets import load_ionosphere
    >>> from lrschedules.study import search
    >>> train, validation = load_ionosphere().stratified_split(seed=0)
    >>> def build_model():
    ...     return keras.Sequential([keras.Input((34,)), keras.layers.Dense(1, "sigmoid")])
    >>> result = search(
    ...     {"constant": Constant(1), "linear": Linear(1, 0, steps=36)},
    ...     build_model,
    ...     train,
    ...     validation,
    ...     optimizer=keras.optimizers.SGD,
    ...     loss="binary_crossentropy",
    ...     epochs=4,
    ...     batch_size=28,
    ...     base_rates=(0.1, 10),
    ...     runs=80,
    ... )
    >>> [len(rung.seeds) for rung in result.rungs]
    [3, 6, 12, 24]
    >>> result.winner_name in {"constant", "linear"}
    True
    """
    require("search", *PACKAGES, extra="study")
    plain, families = _families_of(schedules)
    running = running_of("search", engine, store, memory, verbose)
    ends = _ends_of(base_rates)
    runs = kinds.checked("search: runs", RUNS, runs)
    budget = _race.budget(runs, len(plain) + len(families))
    if metric is not None:
        kinds.checked("search: metric", METRIC, metric)
    # Base rates beyond the grid are paid with runs that the confirmation has otherwise.
    number = _race.SEEDS[-1] + budget.confirmation + budget.widening // 2
    first = kinds.checked("search: seed", kinds.whole(ge=0, le=2**32 - number, example=0), seed)
    plan = plan_of(
        "search",
        plain,
        build_model,
        train,
        validation,
        optimizer=optimizer,
        loss=loss,
        metrics=metrics,
        weighted_metrics=weighted_metrics,
        loss_weights=loss_weights,
        class_weight=class_weight,
        epochs=epochs,
        batch_size=batch_size,
        seeds=range(first, first + number),
        base_rates=np.geomspace(*ends, budget.rates).tolist(),
        match=match,
        callbacks=callbacks,
    )
    running = running._replace(at_once=budget.kept[0] * _race.SEEDS[0])
    with begun(dataclasses.replace(plan, chosen=()), running) as study:
        chosen_by, direction = _metric_of(study, metric)
        proposed = [
            Family(name, function, ends, direction, sampler) for name, function in families.items()
        ]
        race = Race(
            study,
            running,
            runs=runs,
            budget=budget,
            names=list(schedules),
            families=proposed,
            metric=chosen_by,
            direction=direction,
        )
        return race.result()


class Race:
    """A search that is being carried out.

    What is trained next depends on the results so far, the arguments and nothing else, so that a
    search which was interrupted goes on with the runs in its store.

    Parameters
    ----------
    study : Study
        Study with the plain schedules, the grid of base rates and all seeds, and without trials.
    running : Running
        How trials are trained.
    runs : int
        Number of runs at most.
    budget : Budget
        How they are spent.
    names : list of str
        Names of schedules and families, the baseline first.
    families : list of Family
        Families among them.
    metric : str
        Metric that chooses.
    direction : {"minimize", "maximize"}
        Which values of it are better.
    """

    def __init__(
        self,
        study: Study,
        running: Running,
        *,
        runs: int,
        budget: _race.Budget,
        names: list[str],
        families: list[Family],
        metric: str,
        direction: Direction,
    ) -> None:
        self.study, self.running = study, running._replace(verbose=0)
        self.runs, self.budget, self.families = runs, budget, families
        self.metric = metric
        self.direction: Direction = direction
        self.seeds = list(study.plan.seeds)
        self.baseline = names[0]
        rates = study.plan.base_rates
        # The candidates by name, of grids in the order of their base rates.
        self.grids: dict[str, list[Candidate]] = {
            name: [Candidate(name, name, rate) for rate in rates if name in study.plan.schedules]
            for name in names
        }
        self.asked: set[Trial] = set()
        self.bar = keras.utils.Progbar(runs, verbose=running.verbose, unit_name="run")

    def result(self) -> Search:
        """Carry out the search."""
        self._first_rung(self.seeds[: _race.SEEDS[0]])
        families = {family.name for family in self.families}
        grids = {
            name: [each.base_rate for each in grid]
            for name, grid in self.grids.items()
            if name not in families
        }
        raced = _race.race(
            self._measured,
            grids,
            self.budget,
            self.seeds,
            direction=self.direction,
            baseline=self.baseline,
            others=[each for family in self.families for each in family.members],
        )
        ends = {name: (_ends(grid), _ends(raced.grids[name])) for name, grid in grids.items()}
        plan = self.study.plan
        found = Search(
            schedules=plan.schedules,
            rungs=raced.rungs,
            widened={name: both for name, both in ends.items() if both[0] != both[1]},
            at_edge=tuple(raced.at_edge),
            confirmation=None,
            metric=self.metric,
            direction=self.direction,
            settings={},
        )
        confirmation = self._confirmation(found)
        self.bar.update(len(self.asked), finalize=True)
        settings = {
            "runs": len(self.asked),
            "budget": self.runs,
            "epochs": plan.epochs,
            "batch_size": plan.batch_size,
            "backend": keras.backend.backend(),
            "engine": self.study.engine,
        }
        match = {} if plan.match is None else {"match": plan.match}
        return dataclasses.replace(found, confirmation=confirmation, settings=settings | match)

    def _candidates(self) -> list[Candidate]:
        return [each for grid in self.grids.values() for each in grid]

    def _measured(self, candidates: Sequence[Candidate], seeds: Sequence[int]) -> Values:
        """Train what is missing, and return the metric, of shape (candidates, seeds)."""
        trials = [
            Trial(each.schedule, each.base_rate, seed) for seed in seeds for each in candidates
        ]
        study = self.study
        # The runs of a rung stay in the same blocks, whichever of them are in the store.
        if new := [trial for trial in dict.fromkeys(trials) if trial not in self.asked]:
            self.asked.update(new)
            study.go_on(dataclasses.replace(study.plan, chosen=new))
            for _ in study.trained(self.running):
                self.bar.update(len(study.finished))
            if trouble := study.trouble():
                raise StudyError(f"search: {trouble}", None)
        values = [study.finished[trial].get(self.metric) for trial in trials]
        if None in values:
            raise ValueError(
                f"search: metric must be one that all runs have, got {self.metric!r}; choose "
                "another folder for the store"
            )
        last = np.array([value[-1] for value in values if value], np.float64)
        return last.reshape(len(seeds), len(candidates)).T

    def _first_rung(self, seeds: Sequence[int]) -> None:
        """Train all schedules, and the members of families in batches that learn from before."""
        parts = [len(part) for part in np.array_split(range(self.budget.rates), BATCHES)]
        for i, number in enumerate(parts):
            asked = list[Candidate]()
            for family in self.families:
                entries, new = family.proposed(number, self.study)
                plan = self.study.plan
                schedules = {**plan.schedules, **entries}
                self.study.plan = dataclasses.replace(plan, schedules=schedules)
                asked += new
            batch = asked if i else self._candidates() + asked
            if batch:
                values = dict(zip(batch, self._measured(batch, seeds), strict=True))
                for family in self.families:
                    family.told(values)
                    self.grids[family.name] = family.members
        if not np.isfinite(self._measured(self._candidates(), seeds)).any():
            rates = self.study.plan.base_rates
            raise StudyError(
                f"search: all {len(self.asked)} runs of the first rung diverged, at base rates "
                f"from {rates[0]:g} to {rates[-1]:g}; write lower base_rates",
                None,
            )

    def _confirmation(self, found: Search) -> Comparison | None:
        """Train baseline and winner with new seeds; return None for the baseline's own schedule."""
        winner, baseline = found.best, found.tuned
        if winner.name == self.baseline:
            return None
        number = min(len(self.seeds) - _race.SEEDS[-1], (self.runs - len(self.asked)) // 2)
        seeds = self.seeds[_race.SEEDS[-1] :][:number]
        self._measured([baseline, winner], seeds)
        schedules = self.study.plan.schedules
        rows = {
            str(each): (
                repr(at_rate(schedules[each.schedule], each.base_rate)),
                [(each.schedule, each.base_rate)],
            )
            for each in (baseline, winner)
        }
        return self.study.comparison(rows, (1.0,), seeds, {})


class Family:
    """A function of an Optuna trial that returns a schedule, and the members proposed so far."""

    def __init__(
        self, name: str, function: Any, ends: Ends, direction: Direction, sampler: Any
    ) -> None:
        import optuna

        self.name, self.function, self.ends = name, function, ends
        self.members: list[Candidate] = []
        self._trials: dict[Candidate, Any] = {}
        self._entries: dict[str, Entry] = {}
        if sampler is None:
            sampler = optuna.samplers.TPESampler(seed=0)
        with _quiet(optuna):
            # A copy: each family begins with the same state, also if a program searches twice.
            self._optuna = optuna.create_study(direction=direction, sampler=copy.deepcopy(sampler))

    def proposed(self, number: int, study: Study) -> tuple[dict[str, Entry], list[Candidate]]:
        """Return new members: their schedules by name, and the candidates."""
        new = list[Candidate]()
        for _ in range(number):
            trial = self._optuna.ask()
            entry = self._entry(trial, study)
            rate = trial.suggest_float("base_rate", *self.ends, log=True)
            values = {name: v for name, v in trial.params.items() if name != "base_rate"}
            name = f"{self.name}({', '.join(f'{k}={_short(v)}' for k, v in values.items())})"
            if {**study.plan.schedules, **self._entries}.get(name, entry) != entry:
                name = f"{name} #{trial.number}"
            self._entries[name] = entry
            candidate = Candidate(self.name, name, rate)
            if candidate not in self._trials:  # a sampler may propose a member twice
                self._trials[candidate] = trial
                new.append(candidate)
        self.members += new
        return self._entries, new

    def told(self, values: Mapping[Candidate, Values]) -> None:
        """Tell the sampler the means of new members; one that diverged has failed."""
        from optuna.trial import TrialState

        for candidate in self.members:
            if candidate in values:
                runs = values[candidate]
                if np.isfinite(runs).all():
                    self._optuna.tell(self._trials[candidate], float(runs.mean()))
                else:
                    self._optuna.tell(self._trials[candidate], state=TrialState.FAIL)

    def _entry(self, trial: Any, study: Study) -> Entry:
        """Return what the function makes of a trial, matched to the baseline as the others are."""
        plan = study.plan
        first = next(iter(plan.schedules))
        given = called(f"search: schedules[{shown(self.name)}]", self.function, trial)
        both = {first: plan.schedules[first], self.name: given}
        entry = named_schedules("search", both)[self.name]
        return entry if plan.match is None else matched_entry(plan, self.name, entry)


@contextlib.contextmanager
def _quiet(optuna: Any) -> Generator[None]:
    """Keep Optuna from writing meanwhile that it has made a study."""
    level = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        yield
    finally:
        optuna.logging.set_verbosity(level)


def _families_of(schedules: Any) -> tuple[dict[str, Entry], dict[str, Any]]:
    """Return the schedules and the families among what is searched, by name."""
    given: Any = schedules if isinstance(schedules, Mapping) else {}
    known: Any = keras.optimizers.schedules.LearningRateSchedule
    families = {
        name: each
        for name, each in given.items()
        if callable(each) and not isinstance(each, (known, type))
    }
    plain = named_schedules(
        "search",
        {name: each for name, each in given.items() if name not in families}
        if families
        else schedules,
    )
    for name, function in families.items():
        where = f"search: schedules[{shown(name)}]"
        kinds.checked("search: schedules: each name", NAME, name)
        if name == next(iter(given)):
            raise ValueError(
                f"{where} is the baseline, which must be a schedule, got {shown(function)}; write "
                "a schedule first"
            )
        kinds.checked(where, FAMILY, function)
    if families:
        require("search: a family", "optuna", extra="search")
    return plain, families


def _ends_of(base_rates: Any) -> Ends:
    """Return the lowest and the highest base rate."""
    rates = each_once("search: base_rates", ENDS, base_rates)
    if len(rates) != 2 or rates[0] > rates[1]:
        raise ValueError(
            f"search: base_rates must be the lowest and the highest one, got {shown(rates)}; write "
            "for example (0.01, 1)"
        )
    return rates[0], rates[1]


def _metric_of(study: Study, metric: str | None) -> tuple[str, Direction]:
    """Return the metric that chooses, with its direction."""
    model, validation = study.built.model, study.plan.validation
    names = ["loss", *(each.name for each in compiled_metrics(model))]
    if validation is not None:
        names += [f"val_{name}" for name in names]
    known = directions(model, names)
    chosen = next(name for name in LOSSES if name in known) if metric is None else metric
    if chosen not in known:
        raise ValueError(
            f"search: metric must be one whose direction is known, here "
            f"{', '.join(map(repr, known))}, got {chosen!r}"
        )
    return chosen, known[chosen]


def _ends(grid: Sequence[float]) -> Ends:
    return grid[0], grid[-1]


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else f"{value}"
