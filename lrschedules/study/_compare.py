"""compare: schedules on the user's own model, each with the same seeds."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, get_args

import keras
import numpy as np

from lrschedules import datasets, kinds
from lrschedules._arguments import Function, Text, a_path, each_once, one_of, require
from lrschedules._config import shown
from lrschedules._hyperparameters import fitting
from lrschedules._keras_internals import random_state_kept, tensorflow_once_imported
from lrschedules._schedule import Schedule
from lrschedules.shapes import Constant
from lrschedules.study._data import data_of
from lrschedules.study._loop import looped
from lrschedules.study._plan import (
    SCHEDULED,
    Built,
    Entry,
    Failure,
    History,
    Plan,
    Trial,
    built,
    directions,
)
from lrschedules.study._stacked import NotStackableError, Stacked
from lrschedules.study._store import Store
from lrschedules.study.comparison import Comparison

Engine = Literal["auto", "stacked", "loop"]
Match = Literal["mean"]

SEEDS = kinds.list_of(datasets.seeds, example=[0, 1, 2])
HOW_MANY = kinds.whole(le=kinds.MOST_NUMBERS, example=10, otherwise=", or a list of seeds")
RATES = kinds.list_of(kinds.ratio, example=[0.5, 1, 2])
CLASS = kinds.whole(ge=0, example=1)
VERBOSE = kinds.whole(ge=0, le=2, example=1, otherwise=", or 'auto'")
BYTES = kinds.whole(le=2**63 - 1, unit="bytes", example=2**30)
NAME, HYPERPARAMETER = Text("a text", "cosine"), Text("a text", "momentum")
ENGINE, MATCH = one_of(*get_args(Engine)), one_of(*get_args(Match))
BUILD_MODEL = Function(
    "a function without arguments that returns a new Keras model", "build_model=build", 0
)
OPTIMIZER = Function(
    "a function from a schedule to a Keras optimizer", "optimizer=keras.optimizers.Adam", 1
)
CALLBACKS = Function(
    "a function without arguments that returns a list of new callbacks",
    "callbacks=lambda: [keras.callbacks.TerminateOnNaN()]",
    0,
)


def compare(
    schedules: Mapping[str, Schedule | Mapping[str, Schedule | float]],
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
    seeds: int | Iterable[int] = 10,
    base_rates: Iterable[float] = (1.0,),
    match: Match | None = None,
    callbacks: Callable[[], list[Any]] | None = None,
    engine: Engine = "auto",
    store: str | Path | None = None,
    memory: int = 2**30,
    verbose: int | Literal["auto"] = "auto",
) -> Comparison:
    """Train a model under each schedule with each seed, and compare the results.

    A seed fixes the initial weights and the order of the batches, and it is the same for all
    schedules: two runs with one seed differ only in their schedule. To repeat the run of seed ``s``
    by hand, call ``keras.utils.set_random_seed(s)``, then ``build_model()``, then ``fit`` with the
    rows of epoch ``e`` in the order ``numpy.random.default_rng([s, e]).permutation(rows)``.

    Parameters
    ----------
    schedules : mapping of str to Schedule or mapping
        Schedules to compare, by name. The first one is the baseline. To compare more than the
        learning rate, give a mapping of hyperparameters to schedules or numbers for each name,
        such as ``{"learning_rate": Constant(0.1), "momentum": 0.9}``: all with the same
        hyperparameters, the learning rate among them.
    build_model : callable
        Function that returns a new Keras model, not compiled, with weights drawn from Keras' random
        seed.
    train : tuple, dataset or callable
        Training rows: arrays ``(x, y)`` or ``(x, y, sample_weight)``; a dataset of batches of that
        form; or a function from a seed to either, for rows that differ between seeds. A dataset is
        read once; put random augmentation into the model as layers.
    validation : tuple, dataset or callable, optional
        Validation rows, in the same forms, evaluated after each epoch.
    optimizer : callable
        Function from a schedule to a Keras optimizer: ``keras.optimizers.Adam``, or
        ``lambda rate: keras.optimizers.SGD(rate, momentum=0.9)``. The schedules of a mapping are
        its keywords: ``functools.partial(lrschedules.scheduled, keras.optimizers.SGD)``.
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
        Number of rows in a batch, ≥ 1; the last batch of an epoch may be smaller. By default 32, or
        the batch size of the dataset.
    seeds : int or iterable of int
        Number of seeds, counted from 0, or the seeds: from 0 to 4294967295, each once.
    base_rates : iterable of float
        Factors that each learning rate is multiplied by, > 0, each once; one run for each.
    match : str, optional
        ``"mean"`` scales every schedule to the mean rate that the baseline has over the updates of
        a run, as :meth:`.Schedule.matched_to` does; base rates multiply the scaled schedules. By
        default, every schedule is trained as it is given.
    callbacks : callable, optional
        Function that returns a list of new Keras callbacks for one run. A run that they stop keeps
        its last values.
    engine : str
        ``"stacked"`` trains all runs in one program, all at once or, where that is faster, one
        after another; ``"loop"`` calls ``fit`` for one run after another, or for several at once
        on the processes or the cluster that ``joblib.parallel_config`` names; ``"auto"`` stacks
        where the model, the optimizer and the back end allow it and ``fit`` is not faster. The
        ``settings`` of the result name the engine that was used, and why.
    store : path, optional
        Folder for finished runs. A study that was interrupted continues from there; a study with
        more seeds or schedules trains only what is missing.
    memory : int
        Bytes that the stacked engine may use on each device. Runs that do not fit into one program
        are trained in blocks, with the same results. A run is assumed to need three times its
        weights, the variables of its optimizer, and for each row of a batch three times the row,
        the outputs of all layers and, for convolutions with JAX on a processor, the patches of
        their inputs.
    verbose : int or str
        0 shows nothing, 1 a progress bar with the time that is left, 2 only its last line.
        ``"auto"`` is 1 in a terminal and in a notebook, and 0 elsewhere, or after
        ``keras.config.disable_interactive_logging()``.

    Returns
    -------
    Comparison
        Values of the loss and of each metric after each epoch of each run, in training and, with
        the prefix ``val_``, in validation.

    Raises
    ------
    TypeError, ValueError
        Before training: if an argument is out of range; if the model, the data, the loss and the
        metrics do not fit each other; if models differ between seeds in more than weights, or
        optimizers between schedules in more than what follows a schedule; if an optimizer does not
        follow what is compared; or if the store holds another study or a damaged file.
    ModuleNotFoundError
        Before training: if a package of the extra ``study`` is missing.
    OSError
        Before training: if the store cannot be made or read.
    StudyError
        At the end: if a run failed or could not be stored.

    Examples
    --------
    >>> import keras
    >>> from lrschedules import Constant, Linear
    >>> from lrschedules.datasets import load_ionosphere
    >>> from lrschedules.study import compare
    >>> train, validation = load_ionosphere().stratified_split(seed=0)
    >>> def build_model():
    ...     return keras.Sequential([keras.Input((34,)), keras.layers.Dense(1, "sigmoid")])
    >>> result = compare(
    ...     {"constant": Constant(0.5), "linear": Linear(0.5, 0, steps=90)},
    ...     build_model,
    ...     train,
    ...     validation,
    ...     optimizer=keras.optimizers.SGD,
    ...     loss="binary_crossentropy",
    ...     epochs=10,
    ...     batch_size=28,
    ...     seeds=5,
    ... )
    >>> result["val_loss"].shape, result.axes
    ((2, 1, 5, 10), ('schedule', 'base_rate', 'seed', 'epoch'))
    >>> [row.schedule for row in result.table().rows]
    ['constant', 'linear']
    """
    require("compare", "joblib", "pandas", "scipy", "tabulate", extra="study")
    named = _named_schedules(schedules)
    kinds.checked("compare: build_model", BUILD_MODEL, build_model)
    kinds.checked("compare: optimizer", _function_of(next(iter(named.values()))), optimizer)
    if callbacks is not None:
        kinds.checked("compare: callbacks", CALLBACKS, callbacks)
    chosen, rates = _seeds_of(seeds), _base_rates_of(base_rates)
    if match is not None:
        kinds.checked("compare: match", MATCH, match)
    epochs = kinds.checked("compare: epochs", kinds.count, epochs)
    if batch_size is not None:
        batch_size = kinds.checked("compare: batch_size", kinds.count, batch_size)
    kinds.checked("compare: engine", ENGINE, engine)
    folder = None if store is None else kinds.checked("compare: store", a_path, store)
    memory = kinds.checked("compare: memory", BYTES, memory)
    verbose = _verbose_of(verbose)
    rows = data_of("train", train, chosen, _class_weights_of(class_weight))
    if rows.batch_size is not None and batch_size is not None:
        raise ValueError(
            f"compare: batch_size must be left out where train comes in batches of its own, of "
            f"{rows.batch_size}, got {batch_size!r}"
        )
    plan = Plan(
        schedules=named,
        base_rates=rates,
        seeds=chosen,
        build_model=build_model,
        train=rows,
        validation=None if validation is None else data_of("validation", validation, chosen),
        optimizer=optimizer,
        compiled={
            "loss": loss,
            "metrics": metrics,
            "weighted_metrics": weighted_metrics,
            "loss_weights": loss_weights,
        },
        epochs=epochs,
        batch_size=batch_size or rows.batch_size or 32,
        callbacks=callbacks,
    )
    if epochs > (most := kinds.LAST_STEP // plan.steps):
        raise ValueError(
            f"compare: epochs must be at most {most} with {plan.steps} updates in each, got "
            f"{epochs}"
        )
    if match is not None:
        plan = _matched(plan)
    with random_state_kept(), tensorflow_once_imported():
        plan.check()
        model = built(plan)
        kept = None if folder is None else Store(folder, plan)
        finished = {} if kept is None else kept.finished()
        return Study(plan, model, kept, finished).run(engine, memory, verbose)


def _named_schedules(schedules: Any) -> dict[str, Entry]:
    """Return what is compared by name: schedules, or mappings of hyperparameters to schedules."""
    if not isinstance(schedules, Mapping) or not schedules:
        raise TypeError(
            f"compare: schedules must be a mapping of names to schedules, got "
            f"{shown(schedules)}; write for example {{'constant': Constant(0.1)}}"
        )
    named: Mapping[Any, Any] = schedules
    found: dict[str, Entry] = {}
    for name, given in named.items():
        kinds.checked("compare: schedules: each name", NAME, name)
        where = f"compare: schedules[{shown(name)}]"
        by_name = isinstance(given, Mapping)
        found[name] = (
            _hyperparameters(where, given)
            if by_name
            else kinds.checked(where, kinds.a_schedule, given)
        )
        first_name, first = next(iter(found.items()))
        names = None if isinstance(first, Schedule) else list(first)
        if by_name != (names is not None) or (names and set(given) != set(names)):
            rule = (
                "a schedule"
                if names is None
                else f"a mapping of {', '.join(map(repr, names))} to schedules or numbers"
            )
            raise ValueError(
                f"{where} must be {rule}, as schedules[{shown(first_name)}] is, got "
                f"{shown(given)}; write schedules only, or mappings of the same hyperparameters "
                "only, with a number for what stays constant"
            )
    return found


def _hyperparameters(where: str, given: Mapping[Any, Any]) -> dict[str, Schedule]:
    """Return the schedules of an optimizer's hyperparameters, a constant one for a number."""
    if "learning_rate" not in given:
        raise ValueError(
            f"{where} must hold 'learning_rate', got {shown(given)}; write for example "
            "{'learning_rate': Constant(0.1), 'momentum': 0.9}"
        )
    found: dict[str, Schedule] = {}
    for name, value in given.items():
        kinds.checked(f"{where}: each name", HYPERPARAMETER, name)
        checked = fitting(f"{where}[{shown(name)}]", name, value)
        if not isinstance(checked, Schedule):
            checked = Constant(kinds.checked(f"{where}[{shown(name)}]", kinds.factor, checked))
        found[name] = checked
    return found


def _matched(plan: Plan) -> Plan:
    """Return the plan with every learning rate scaled to the mean of the first one over a run."""
    first, *others = plan.schedules
    baseline, matched = _rate_among(plan.schedules[first]), {first: plan.schedules[first]}
    for name in others:
        entry = plan.schedules[name]
        try:
            rate = _rate_among(entry).matched_to(baseline, plan.updates)
        except ValueError as error:
            raise ValueError(f"compare: schedules[{shown(name)}]: {error}") from error
        matched[name] = rate if isinstance(entry, Schedule) else {**entry, "learning_rate": rate}
    return dataclasses.replace(plan, schedules=matched, match="mean")


def _rate_among(entry: Entry) -> Schedule:
    """Return the schedule of the learning rate among what is compared under one name."""
    return entry if isinstance(entry, Schedule) else entry["learning_rate"]


def _function_of(entry: Entry) -> Function:
    """Return the kind of function that makes an optimizer of what is compared."""
    if isinstance(entry, Schedule):
        return OPTIMIZER
    return Function(
        f"a function of the keywords {', '.join(entry)} that returns a Keras optimizer",
        SCHEDULED,
        tuple(entry),
    )


def _seeds_of(seeds: Any) -> tuple[int, ...]:
    """Return the seeds, at least one and each once."""
    if hasattr(seeds, "__iter__"):
        return each_once("compare: seeds", SEEDS, seeds)
    return tuple(range(kinds.checked("compare: seeds", HOW_MANY, seeds)))


def _base_rates_of(base_rates: Any) -> tuple[float, ...]:
    """Return the base rates, at least one and each once."""
    return each_once("compare: base_rates", RATES, base_rates)


def _class_weights_of(class_weight: Any) -> dict[int, float] | None:
    """Return the weight of each class, if any."""
    if class_weight is None:
        return None
    if not isinstance(class_weight, Mapping):
        raise TypeError(
            f"compare: class_weight must be a mapping of classes to weights, got "
            f"{shown(class_weight)}; write for example {{0: 1.0, 1: 2.5}}"
        )
    weights: Mapping[Any, Any] = class_weight
    return {
        kinds.checked("compare: class_weight: each key", CLASS, key): kinds.checked(
            f"compare: class_weight[{shown(key)}]", kinds.factor, weight
        )
        for key, weight in weights.items()
    }


def _verbose_of(verbose: Any) -> int:
    """Return the verbosity; True and False stand for 1 and 0, "auto" for what is seen."""
    if isinstance(verbose, str) and verbose == "auto":
        return int(_is_watched())
    number = int(verbose) if isinstance(verbose, bool) else verbose
    return kinds.checked("compare: verbose", VERBOSE, number)


def _is_watched() -> bool:
    """Say whether somebody would see a progress bar: in a terminal or in a notebook."""
    ipython: Any = sys.modules.get("IPython")
    if hasattr(ipython and ipython.get_ipython(), "kernel"):
        return bool(keras.config.is_interactive_logging_enabled())
    output: Any = sys.stdout  # None where a program has no console
    return bool(output and output.isatty() and keras.config.is_interactive_logging_enabled())


class StudyError(RuntimeError):
    """Some runs of a study failed, or could not be stored; the other runs are kept.

    Attributes
    ----------
    comparison : Comparison or None
        Results of the other runs, with NaN for those that failed; None if all failed.
    """

    def __init__(self, text: str, comparison: Comparison | None) -> None:
        super().__init__(text)
        self.comparison = comparison


class Study:
    """A plan that is being carried out: its finished trials, and those that failed."""

    def __init__(
        self, plan: Plan, built: Built, store: Store | None, finished: dict[Trial, History]
    ) -> None:
        self.plan = plan
        self.built = built
        self.store = store
        self.finished = finished
        self.failed: dict[Trial, Failure] = {}
        self.unstored: OSError | None = None
        self.engine = "none: all runs were stored"

    def run(self, engine: Engine, memory: int, verbose: int) -> Comparison:
        """Train the trials that are not finished, and return all results; see ``compare``."""
        if len(self.finished) < len(self.plan.trials):
            for trial, result in self._results(engine, memory, verbose):
                if isinstance(result, Failure):
                    self.failed[trial] = result
                else:
                    self._keep(trial, result)
        comparison = self._comparison() if self.finished else None
        if trouble := self._trouble():
            raise StudyError(f"compare: {trouble}", comparison)
        assert comparison is not None  # noqa: S101
        return comparison

    def _results(
        self, engine: Engine, memory: int, verbose: int
    ) -> Iterator[tuple[Trial, History | Failure]]:
        self.engine = "loop"
        if engine != "loop":
            try:
                self.engine = "stacked"
                stacked = Stacked(self.plan, self.built, memory)
                if engine == "stacked" or not stacked.slower:
                    yield from stacked.results(set(self.finished), verbose)
                    self.engine = stacked.engine
                    return
                self.engine = f"loop: {stacked.slower}"
            except NotStackableError as reason:
                if engine == "stacked":
                    raise ValueError(
                        f"compare: this study cannot be stacked: {reason}; write engine='loop'"
                    ) from reason
                self.engine = f"loop, not stacked: {reason}"
        missing = [trial for trial in self.plan.trials if trial not in self.finished]
        bar = keras.utils.Progbar(len(missing), verbose=verbose, unit_name="run")
        for done, result in enumerate(looped(self.plan, missing), 1):
            bar.update(done)
            yield result

    def _keep(self, trial: Trial, history: History) -> None:
        self.finished[trial] = history
        if self.store is not None and self.unstored is None:
            try:
                self.store.write(trial, history)
            except OSError as error:
                self.unstored = error

    def _matched(self) -> dict[str, Any]:
        """Return how the schedules were matched, and the rates that this made, if they were."""
        plan = self.plan
        if plan.match is None:
            return {}
        given = {name: _rate_among(entry) for name, entry in plan.schedules.items()}
        steps = np.arange(plan.updates)
        rates = {
            name: {"mean": rate.mean(plan.updates), "peak": float(rate(steps).max())}
            for name, rate in given.items()
        }
        return {"match": plan.match, "rates": rates}

    def _trouble(self) -> str:
        text = ""
        if self.failed:
            first, failure = next(iter(self.failed.items()))
            text = (
                f"{len(self.failed)} of {len(self.plan.trials)} runs failed, the first of them "
                f"{first}: {failure.reason}\n{failure.details}"
            )
        if self.unstored is not None:
            text += (
                f"a run could not be stored ({self.unstored}), nor those after it; those before it "
                "are in the store, and all are in the comparison of this error"
            )
        return text

    def _comparison(self) -> Comparison:
        plan = self.plan
        histories = list(self.finished.values())
        # Callbacks may add metrics, and the runs in a store may have been trained without them.
        names = [name for name in histories[0] if all(name in each for each in histories)]
        shape = (len(plan.schedules), len(plan.base_rates), len(plan.seeds), plan.epochs)
        curves = {name: np.full(shape, np.nan) for name in names}
        order = list(plan.schedules)
        for trial, history in self.finished.items():
            at = order.index(trial.schedule), plan.base_rates.index(trial.base_rate)
            for name in names:
                curves[name][(*at, plan.seeds.index(trial.seed))] = history[name]
        return Comparison(
            {name: repr(entry) for name, entry in plan.schedules.items()},
            tuple(plan.base_rates),
            tuple(plan.seeds),
            curves,
            directions(self.built.model, names),
            {
                "epochs": plan.epochs,
                "batch_size": plan.batch_size,
                "backend": keras.backend.backend(),
                "engine": self.engine,
                **self._matched(),
            },
        )
