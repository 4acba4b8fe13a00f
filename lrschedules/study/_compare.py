"""compare: schedules on the user's own model, each with the same seeds."""

from __future__ import annotations

import contextlib
import dataclasses
import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

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

# Packages of the extra ``study``.
PACKAGES = ("joblib", "pandas", "scipy", "tabulate")
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
    require("compare", *PACKAGES, extra="study")
    running = running_of("compare", engine, store, memory, verbose)
    plan = plan_of(
        "compare",
        named_schedules("compare", schedules),
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
        seeds=_seeds_of(seeds),
        base_rates=_base_rates_of(base_rates),
        match=match,
        callbacks=callbacks,
    )
    with begun(plan, running) as study:
        return study.run(running)


class Running(NamedTuple):
    """How the trials of a study are trained, at most so many at once, and where they are kept."""

    engine: Engine
    store: Path | None
    memory: int
    verbose: int
    at_once: int | None = None


def running_of(caller: str, engine: Any, store: Any, memory: Any, verbose: Any) -> Running:
    """Check what a user says about how to run a study; ``caller`` is the function, for errors."""
    return Running(
        kinds.checked(f"{caller}: engine", ENGINE, engine),
        None if store is None else kinds.checked(f"{caller}: store", a_path, store),
        kinds.checked(f"{caller}: memory", BYTES, memory),
        _verbose_of(verbose, caller),
    )


def plan_of(
    caller: str,
    schedules: Mapping[str, Entry],
    build_model: Any,
    train: Any,
    validation: Any,
    *,
    optimizer: Any,
    loss: Any,
    metrics: Any,
    weighted_metrics: Any,
    loss_weights: Any,
    class_weight: Any,
    epochs: Any,
    batch_size: Any,
    seeds: Sequence[int],
    base_rates: Sequence[float],
    match: Any,
    callbacks: Any,
) -> Plan:
    """Check the arguments that studies share, read the data, and return the plan.

    Parameters
    ----------
    caller : str
        Function that the user called, for errors.
    schedules, seeds, base_rates
        Checked schedules, seeds and base rates.
    build_model, train, validation, optimizer, loss, metrics, weighted_metrics, loss_weights, \
class_weight, epochs, batch_size, match, callbacks
        Arguments of the user, as ``compare`` has them.
    """
    kinds.checked(f"{caller}: build_model", BUILD_MODEL, build_model)
    kinds.checked(f"{caller}: optimizer", _function_of(next(iter(schedules.values()))), optimizer)
    if callbacks is not None:
        kinds.checked(f"{caller}: callbacks", CALLBACKS, callbacks)
    if match is not None:
        kinds.checked(f"{caller}: match", MATCH, match)
    epochs = kinds.checked(f"{caller}: epochs", kinds.count, epochs)
    if batch_size is not None:
        batch_size = kinds.checked(f"{caller}: batch_size", kinds.count, batch_size)
    rows = data_of(f"{caller}: train", train, seeds, _class_weights_of(caller, class_weight))
    if rows.batch_size is not None and batch_size is not None:
        raise ValueError(
            f"{caller}: batch_size must be left out where train comes in batches of its own, of "
            f"{rows.batch_size}, got {batch_size!r}"
        )
    plan = Plan(
        schedules=schedules,
        base_rates=base_rates,
        seeds=seeds,
        build_model=build_model,
        train=rows,
        validation=(
            None if validation is None else data_of(f"{caller}: validation", validation, seeds)
        ),
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
        caller=caller,
    )
    if epochs > (most := kinds.LAST_STEP // plan.steps):
        raise ValueError(
            f"{caller}: epochs must be at most {most} with {plan.steps} updates in each, got "
            f"{epochs}"
        )
    if match is None:
        return plan
    first = next(iter(schedules))
    matched = {
        name: entry if name == first else matched_entry(plan, name, entry)
        for name, entry in schedules.items()
    }
    return dataclasses.replace(plan, schedules=matched, match=match)


@contextlib.contextmanager
def begun(plan: Plan, running: Running) -> Generator[Study]:
    """Check what only models can tell, and read what is stored; then the study can be trained."""
    with random_state_kept(), tensorflow_once_imported():
        plan.check()
        model = built(plan)
        kept = None if running.store is None else Store(running.store, plan)
        finished = {} if kept is None else kept.finished()
        yield Study(plan, model, kept, finished)


def named_schedules(caller: str, schedules: Any) -> dict[str, Entry]:
    """Return what is compared by name: schedules, or mappings of hyperparameters to schedules."""
    if not isinstance(schedules, Mapping) or not schedules:
        raise TypeError(
            f"{caller}: schedules must be a mapping of names to schedules, got "
            f"{shown(schedules)}; write for example {{'constant': Constant(0.1)}}"
        )
    named: Mapping[Any, Any] = schedules
    found: dict[str, Entry] = {}
    for name, given in named.items():
        kinds.checked(f"{caller}: schedules: each name", NAME, name)
        where = f"{caller}: schedules[{shown(name)}]"
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


def matched_entry(plan: Plan, name: str, entry: Entry) -> Entry:
    """Return an entry with its learning rate scaled to the mean of the baseline's over a run."""
    baseline = _rate_among(next(iter(plan.schedules.values())))
    try:
        rate = _rate_among(entry).matched_to(baseline, plan.updates)
    except ValueError as error:
        raise ValueError(f"{plan.caller}: schedules[{shown(name)}]: {error}") from error
    return rate if isinstance(entry, Schedule) else {**entry, "learning_rate": rate}


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


def _class_weights_of(caller: str, class_weight: Any) -> dict[int, float] | None:
    """Return the weight of each class, if any."""
    if class_weight is None:
        return None
    if not isinstance(class_weight, Mapping):
        raise TypeError(
            f"{caller}: class_weight must be a mapping of classes to weights, got "
            f"{shown(class_weight)}; write for example {{0: 1.0, 1: 2.5}}"
        )
    weights: Mapping[Any, Any] = class_weight
    return {
        kinds.checked(f"{caller}: class_weight: each key", CLASS, key): kinds.checked(
            f"{caller}: class_weight[{shown(key)}]", kinds.factor, weight
        )
        for key, weight in weights.items()
    }


def _verbose_of(verbose: Any, caller: str = "compare") -> int:
    """Return the verbosity; True and False stand for 1 and 0, "auto" for what is seen."""
    if isinstance(verbose, str) and verbose == "auto":
        return int(_is_watched())
    number = int(verbose) if isinstance(verbose, bool) else verbose
    return kinds.checked(f"{caller}: verbose", VERBOSE, number)


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
        self.stacked: Stacked | None = None
        self.loops = False

    def run(self, running: Running) -> Comparison:
        """Train the trials that are not finished, and return all results; see ``compare``."""
        for _ in self.trained(running):
            pass
        comparison = self._comparison() if self.finished else None
        if trouble := self.trouble(", and all are in the comparison of this error"):
            raise StudyError(f"compare: {trouble}", comparison)
        assert comparison is not None  # noqa: S101
        return comparison

    def trained(self, running: Running) -> Iterator[Trial]:
        """Train the trials of the plan that are not finished, and yield each that has ended."""
        if all(trial in self.finished for trial in self.plan.trials):
            return
        for trial, result in self._results(running):
            if isinstance(result, Failure):
                self.failed[trial] = result
            else:
                self._keep(trial, result)
            yield trial

    def go_on(self, plan: Plan) -> None:
        """Take another plan with the same model, data and seeds, and read what is stored of it."""
        self.plan = plan
        if self.stacked is not None:
            self.stacked.plan = plan
        if self.store is not None:
            self.store.plan = plan
            self.finished |= self.store.finished()

    def _results(self, running: Running) -> Iterator[tuple[Trial, History | Failure]]:
        if running.engine == "loop":
            self.engine = "loop"
        elif not self.loops:
            try:
                self.engine = "stacked"
                if self.stacked is None:
                    self.stacked = Stacked(self.plan, self.built, running.memory, running.at_once)
                if running.engine == "stacked" or not self.stacked.slower:
                    yield from self.stacked.results(set(self.finished), running.verbose)
                    self.engine = self.stacked.engine
                    return
                self.engine, self.loops = f"loop: {self.stacked.slower}", True
            except NotStackableError as reason:
                if running.engine == "stacked":
                    raise ValueError(
                        f"{self.plan.caller}: this study cannot be stacked: {reason}; write "
                        "engine='loop'"
                    ) from reason
                self.engine, self.loops = f"loop, not stacked: {reason}", True
        missing = [trial for trial in self.plan.trials if trial not in self.finished]
        bar = keras.utils.Progbar(len(missing), verbose=running.verbose, unit_name="run")
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

    def trouble(self, kept: str = "") -> str:
        """Return what went wrong, or an empty text; ``kept`` says where runs are besides."""
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
                f"are in the store{kept}"
            )
        return text

    def _comparison(self) -> Comparison:
        plan = self.plan
        rows = {
            name: (repr(entry), [(name, rate) for rate in plan.base_rates])
            for name, entry in plan.schedules.items()
        }
        return self.comparison(rows, plan.base_rates, plan.seeds, self._matched())

    def comparison(
        self,
        rows: Mapping[str, tuple[str, Sequence[tuple[str, float]]]],
        base_rates: Sequence[float],
        seeds: Sequence[int],
        settings: Mapping[str, Any],
    ) -> Comparison:
        """Return finished trials as a comparison.

        Parameters
        ----------
        rows : mapping
            What each row of the comparison stands for: its text, and the schedule and the base rate
            of its trials for each of the ``base_rates``.
        base_rates, seeds, settings
            Fields of the comparison; the settings that all studies have are put before.
        """
        trials = {
            Trial(*made, seed): (i, j, k)
            for i, (_, row) in enumerate(rows.values())
            for j, made in enumerate(row)
            for k, seed in enumerate(seeds)
        }
        found = {trial: self.finished[trial] for trial in trials if trial in self.finished}
        histories = list(found.values())
        # Callbacks may add metrics, and the runs in a store may have been trained without them.
        names = [name for name in histories[0] if all(name in each for each in histories)]
        shape = (len(rows), len(base_rates), len(seeds), self.plan.epochs)
        curves = {name: np.full(shape, np.nan) for name in names}
        for trial, history in found.items():
            for name in names:
                curves[name][trials[trial]] = history[name]
        return Comparison(
            {name: text for name, (text, _) in rows.items()},
            tuple(base_rates),
            tuple(seeds),
            curves,
            directions(self.built.model, names),
            {
                "epochs": self.plan.epochs,
                "batch_size": self.plan.batch_size,
                "backend": keras.backend.backend(),
                "engine": self.engine,
                **settings,
            },
        )
