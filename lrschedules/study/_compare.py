"""compare: schedules on the user's own model, each with the same seeds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import keras

from lrschedules._arguments import a_path, require
from lrschedules._copying import random_state_kept
from lrschedules._param import LAST_STEP, checked, count
from lrschedules._schedule import Schedule
from lrschedules.study import _checks
from lrschedules.study._built import built
from lrschedules.study._data import data_of
from lrschedules.study._plan import Plan
from lrschedules.study._store import Store
from lrschedules.study._study import Engine, Study
from lrschedules.study.comparison import Comparison


def compare(
    schedules: Mapping[str, Schedule],
    build_model: Callable[[], keras.Model],
    train: Any,
    validation: Any = None,
    *,
    optimizer: Callable[[Schedule], Any],
    loss: Any,
    metrics: Any = None,
    weighted_metrics: Any = None,
    loss_weights: Any = None,
    class_weight: dict[int, float] | None = None,
    epochs: int,
    batch_size: int | None = None,
    seeds: int | Iterable[int] = 10,
    base_rates: Iterable[float] = (1.0,),
    callbacks: Callable[[], list[Any]] | None = None,
    engine: Engine = "auto",
    store: str | Path | None = None,
    memory: int = 2**30,
    verbose: int = 0,
) -> Comparison:
    """Train a model under each schedule with each seed, and compare what comes of it.

    A seed fixes the initial weights and the order of the batches, the same for all schedules: what
    differs between two runs of one seed is the schedule alone. Run by hand, seed ``s`` is
    ``keras.utils.set_random_seed(s)``, ``build_model()``, and a ``fit`` whose epoch ``e`` takes the
    rows in the order ``numpy.random.default_rng([s, e]).permutation(rows)``.

    Parameters
    ----------
    schedules : mapping of str to Schedule
        What to compare, by name; the first is the baseline of the others.
    build_model : callable
        Returns a new Keras model, not compiled, its weights drawn from Keras' random seed.
    train : tuple, dataset or callable
        Rows to train on: arrays ``(x, y)`` or ``(x, y, sample_weight)``; a dataset of batches of
        that form, which is read once, so that what it does at random belongs into the model as
        layers; or a function from a seed to either, for rows that differ from seed to seed.
    validation : tuple, dataset or callable, optional
        Rows to evaluate on after each epoch, alike.
    optimizer : callable
        Makes a Keras optimizer of a schedule: ``keras.optimizers.Adam``, or
        ``lambda rate: keras.optimizers.SGD(rate, momentum=0.9)``.
    loss : str, function, keras.losses.Loss or a structure of them
        As for ``compile``.
    metrics : list or dict, optional
        As for ``compile``.
    weighted_metrics : list or dict, optional
        As for ``compile``.
    loss_weights : list or dict, optional
        As for ``compile``.
    class_weight : dict, optional
        A weight for each class in training, as for ``fit``.
    epochs : int
        How long each run is, ≥ 1.
    batch_size : int, optional
        Rows in a batch, ≥ 1; the last of an epoch may have fewer. 32, or that of the dataset.
    seeds : int or iterable of int
        How many, counted from 0, or which: from 0 to 4294967295, each once.
    base_rates : iterable of float
        What each schedule is multiplied by, > 0, each once: one run for each.
    callbacks : callable, optional
        Makes a list of Keras callbacks for one run. A run that they stop keeps its last values.
    engine : str
        ``"stacked"`` trains all runs in one program; ``"loop"`` one ``fit`` after the other, or
        several at once on the processes or the cluster that ``joblib.parallel_config`` names;
        ``"auto"`` stacks where the model, the optimizer and the back end allow it. Which one it
        was, and why, stands in ``settings`` of the result.
    store : path, optional
        A folder for finished runs. A study that was interrupted continues where it was; one with
        more seeds or schedules trains what is missing.
    memory : int
        Bytes that the stacked engine may use; runs that do not fit into one program are trained in
        blocks, to the same results. A run is taken to need three times its weights, the variables
        of its optimizer, and for each row of a batch three times the row and all that the layers
        make of it.
    verbose : int
        0 shows nothing, 1 a progress bar, 2 its last line alone.

    Returns
    -------
    Comparison
        The values of the loss and of each metric, in training and, as ``val_...``, in validation,
        after each epoch of each run.

    Raises
    ------
    TypeError, ValueError
        Before training: if an argument is not what it must be, the model, the data, the loss and
        the metrics do not fit each other, or what must be the same for all schedules or seeds is
        not; also if the store holds another study or a damaged file.
    ModuleNotFoundError
        Before training: if a package of the extra ``study`` is missing.
    OSError
        Before training: if the store cannot be made or read.
    StudyError
        At the end, if a run failed or could not be stored.

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
    named = _checks.named_schedules(schedules)
    checked("compare: build_model", _checks.BUILD_MODEL, build_model)
    checked("compare: optimizer", _checks.OPTIMIZER, optimizer)
    if callbacks is not None:
        checked("compare: callbacks", _checks.CALLBACKS, callbacks)
    chosen, rates = _checks.seeds_of(seeds), _checks.base_rates_of(base_rates)
    epochs = checked("compare: epochs", count, epochs)
    if batch_size is not None:
        batch_size = checked("compare: batch_size", count, batch_size)
    checked("compare: engine", _checks.ENGINE, engine)
    folder = None if store is None else checked("compare: store", a_path, store)
    memory = checked("compare: memory", _checks.BYTES, memory)
    verbose = _checks.verbose_of(verbose)
    rows = data_of("train", train, chosen, _checks.class_weights_of(class_weight))
    if rows.batch_size is not None and batch_size is not None:
        raise ValueError(
            f"compare: batch_size must be left out where train comes in batches of its own, of "
            f"{rows.batch_size}, got {batch_size!r}"
        )
    plan = Plan(
        named,
        rates,
        chosen,
        build_model,
        rows,
        None if validation is None else data_of("validation", validation, chosen),
        optimizer,
        {
            "loss": loss,
            "metrics": metrics,
            "weighted_metrics": weighted_metrics,
            "loss_weights": loss_weights,
        },
        epochs,
        batch_size or rows.batch_size or 32,
        callbacks,
    )
    if epochs * plan.steps > LAST_STEP:
        raise ValueError(
            f"compare: epochs must be at most {LAST_STEP // plan.steps} with {plan.steps} updates "
            f"in each, got {epochs}"
        )
    with random_state_kept():
        plan.check()
        model = built(plan)
        kept = None if folder is None else Store(folder, plan)
        finished = {} if kept is None else kept.finished()
        return Study(plan, model, kept, finished).run(engine, memory, verbose)
