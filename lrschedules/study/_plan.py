"""Plan: what a study trains, its trials, and the model that is built before any of them."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

import keras

from lrschedules import _keras_internals
from lrschedules._arguments import called, one_line
from lrschedules._schedule import Schedule
from lrschedules.study._data import Data, mapped
from lrschedules.study._statistics import Direction
from lrschedules.study.comparison import Comparison
from lrschedules.study.searched import Entry, at_rate


class Trial(NamedTuple):
    """One training run of a study: a schedule, a base rate and a seed."""

    schedule: str
    base_rate: float
    seed: int

    def __str__(self) -> str:
        times = "" if self.base_rate == 1 else f" times {self.base_rate:g}"
        return f"{self.schedule!r}{times} with seed {self.seed}"


# A function for entries of several hyperparameters, for the errors.
SCHEDULED = "optimizer=functools.partial(lrs.scheduled, keras.optimizers.SGD)"

# Values of each metric, one for each epoch.
History = dict[str, list[float]]

# Rows of one batch in an evaluation, at least: more are quicker, but need more memory.
EVALUATED = 256


class Failure(NamedTuple):
    """The reason why a trial has no history."""

    reason: str
    details: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Plan:
    """Everything that determines the trials of a study.

    ``caller`` is the function that a user called, for errors. ``chosen`` holds the trials of a
    study that is no full product of schedules, base rates and seeds.
    """

    schedules: Mapping[str, Entry]
    base_rates: Sequence[float]
    seeds: Sequence[int]
    build_model: Callable[[], Any]
    train: Data
    validation: Data | None
    optimizer: Callable[..., Any]
    compiled: Mapping[str, Any]
    epochs: int
    batch_size: int
    callbacks: Callable[[], list[Any]] | None
    match: str | None = None
    caller: str = "compare"
    chosen: Sequence[Trial] | None = None

    @property
    def trials(self) -> list[Trial]:
        """The chosen trials, or all: those of one seed together, to be compared when finished."""
        if self.chosen is not None:
            return list(self.chosen)
        every = itertools.product(self.seeds, self.schedules, self.base_rates)
        return [Trial(schedule, base_rate, seed) for seed, schedule, base_rate in every]

    @property
    def steps(self) -> int:
        """Number of updates in an epoch."""
        return -(-len(self.train) // self.batch_size)

    @property
    def updates(self) -> int:
        """Number of updates in a run."""
        return self.steps * self.epochs

    @property
    def evaluated(self) -> int:
        """Number of rows in one batch of an evaluation."""
        return max(self.batch_size, EVALUATED)

    def hyperparameters(self, schedule: str, base_rate: float = 1.0) -> dict[str, Schedule]:
        """Return the schedules under a name, the learning rate multiplied by a base rate."""
        entry = at_rate(self.schedules[schedule], base_rate)
        return {"learning_rate": entry} if isinstance(entry, Schedule) else dict(entry)

    def optimizer_of(self, schedule: str, base_rate: float = 1.0) -> Any:
        """Return a new optimizer with the schedules under a name."""
        given, where = self.hyperparameters(schedule, base_rate), f"{self.caller}: optimizer"
        if isinstance(self.schedules[schedule], Schedule):
            return called(where, self.optimizer, given["learning_rate"])
        try:
            return called(where, self.optimizer, **given)
        except ValueError as error:
            raise ValueError(f"{error}; write for example {SCHEDULED}") from error

    def first_optimizer(self) -> Any:
        """Return a new optimizer with the first schedule."""
        return self.optimizer_of(next(iter(self.schedules)))

    def model(self, seed: int) -> Any:
        """Return a new model with the weights of a seed, not compiled."""
        keras.utils.set_random_seed(seed)
        base: Any = keras.Model
        with _keras_internals.layer_seeds(seed):
            model = called(f"{self.caller}: build_model", self.build_model)
        if not isinstance(model, base):
            raise TypeError(
                f"{self.caller}: build_model must return a Keras model, got {model!r}; end it with "
                "return model"
            )
        if model.compiled:
            raise ValueError(
                f"{self.caller}: build_model must return a new model each time, not compiled, got "
                f"{model.name!r}, which is compiled; make it inside of build_model, and leave "
                f"compile() to {self.caller}"
            )
        return model

    def compile(self, model: Any, optimizer: Any) -> None:
        """Compile a model with the loss and the metrics of the study."""
        model.compile(optimizer=optimizer, **self.compiled)

    @property
    def first_batch(self) -> tuple[Any, Any, Any]:
        """A batch to build a model on, as Keras takes it: x, y and sample weights or None."""
        return first_rows(self.train, self.batch_size)

    def check(self) -> None:
        """Check that the optimizers of the study differ only in their schedules.

        Raises
        ------
        TypeError, ValueError
            If they do not, if they are no optimizers, or if they do not follow the schedules.
        """
        first: Any = None
        for name in self.schedules:
            optimizer = self.optimizer_of(name)
            if not isinstance(optimizer, keras.optimizers.Optimizer):
                raise TypeError(
                    f"{self.caller}: optimizer must return a Keras optimizer, got {optimizer!r}; "
                    "write for example optimizer=keras.optimizers.Adam"
                )
            self._check_followed(name, optimizer)
            if not _keras_internals.has_one_rate(optimizer):
                continue
            rate = _keras_internals.rate_of(optimizer)
            if not isinstance(rate, Schedule):
                raise TypeError(
                    f"{self.caller}: the optimizer made for {name!r} has the rate {rate!r} instead "
                    "of the schedule; write for example optimizer=lambda rate: "
                    "keras.optimizers.SGD(rate, momentum=0.9)"
                )
            config = settings_of(optimizer)
            if first not in (None, config):
                raise ValueError(
                    f"{self.caller}: the optimizer made for {name!r} differs from the first in "
                    f"more than what follows a schedule, got {config} after {first}; schedules are "
                    "compared with equal optimizers"
                )
            first = config

    def _check_followed(self, name: str, optimizer: Any) -> None:
        """Check that an optimizer follows the schedules of its hyperparameters."""
        followed = {path.rpartition("/")[2] for path in followed_by(optimizer)}
        for hyperparameter, schedule in self.hyperparameters(name).items():
            if hyperparameter != "learning_rate" and hyperparameter not in followed:
                # A name that is none of the optimizer's belongs to the user's function.
                value = getattr(unscaled(optimizer), hyperparameter, None)
                if hasattr(unscaled(optimizer), hyperparameter):
                    raise TypeError(
                        f"{self.caller}: the optimizer made for {name!r} has the {hyperparameter} "
                        f"{value!r} instead of the schedule {schedule!r}; write for example "
                        f"{SCHEDULED}"
                    )


class Built(NamedTuple):
    """The model of a plan's first seed, compiled and built, with its loss and its metrics.

    Attributes
    ----------
    model : keras.Model
        Model with untrained weights.
    outputs : list of int
        Number of values that each layer makes of a row.
    """

    model: Any
    outputs: list[int]


def built(plan: Plan) -> Built:
    """Build the model of a plan's first seed on its data, before anything is trained.

    Raises
    ------
    TypeError, ValueError
        If the model, the data, the loss and the metrics do not fit each other.
    """
    model = plan.model(plan.seeds[0])
    optimizer = plan.first_optimizer()
    try:
        plan.compile(model, optimizer)
        with _keras_internals.output_sizes() as sizes:
            _keras_internals.build(model, plan.first_batch)
    except Exception as error:
        # Keras, its back ends and the functions of the user raise errors of any class.
        given = ", ".join(f"{name}={value!r}" for name, value in plan.compiled.items())
        raise ValueError(
            f"{plan.caller}: train, loss and metrics must fit the model, got rows of shapes "
            f"{_shapes(plan.train)} and {given}: {one_line(error)}"
        ) from error
    for metric in _keras_internals.compiled_metrics(model):
        if metric.name in Comparison.axes:
            raise ValueError(
                f"{plan.caller}: metrics must not have the name of an axis of the result, got "
                f"{metric.name!r}; give this metric another name"
            )
    _check_validation(plan, model)
    model.reset_metrics()
    rows = min(plan.batch_size, len(plan.train))
    return Built(model, [size // rows for size in sizes])


def directions(model: Any, names: Sequence[str]) -> dict[str, Direction]:
    """Return the direction of the metrics, by name, for which Keras knows it."""
    found: dict[str, Direction] = {"loss": "minimize"}
    for metric in _keras_internals.compiled_metrics(model):
        if direction := _keras_internals.direction_of(metric):
            found[metric.name] = "maximize" if direction == "up" else "minimize"
    of = {name: name.removeprefix("val_") for name in names}
    return {name: found[metric] for name, metric in of.items() if metric in found}


def _check_validation(plan: Plan, model: Any) -> None:
    """Check that the model takes the rows for validation, if their shapes are others."""
    data = plan.validation
    if data is None or _shapes(data) == _shapes(plan.train):
        return

    def loss(x: Any, y: Any, weights: Any) -> Any:
        return model.compute_loss(x, y, model(x, training=False), weights)

    symbols = [
        None if rows is None else mapped(lambda a: keras.KerasTensor(a.shape, a.dtype), rows)
        for rows in first_rows(data, plan.evaluated)
    ]
    try:
        _keras_internals.try_on(loss, *symbols)
    except Exception as error:
        raise ValueError(
            f"{plan.caller}: validation must fit the model, got rows of shapes {_shapes(data)}, "
            f"and in train {_shapes(plan.train)}: {one_line(error)}"
        ) from error


def _shapes(data: Data) -> str:
    """Return the shapes of a row, in the structure of the rows."""
    return repr(mapped(lambda array: array.shape[1:], data.rows[0]))


def first_rows(data: Data, number: int) -> tuple[Any, Any, Any]:
    """Return the first rows of some data: x, y and sample weights, or None for those left out."""
    rows = mapped(lambda array: array[:number], data.rows[0])
    return keras.utils.unpack_x_y_sample_weight(rows)


def unscaled(optimizer: Any) -> Any:
    """Return an optimizer, or the one whose losses it scales."""
    return getattr(optimizer, "inner_optimizer", optimizer)


def settings_of(optimizer: Any) -> dict[str, Any]:
    """Return the class and the configuration of an optimizer, without what follows a schedule.

    Its name is left out as well.
    """
    config = optimizer.get_config()
    inner = getattr(optimizer, "inner_optimizer", None)
    if inner is not None:
        config["inner_optimizer"] = settings_of(inner)
    return {"class": type(optimizer).__name__, **_without_schedules(config)}


def followed_by(optimizer: Any) -> dict[str, Any]:
    """Return what an optimizer follows besides the learning rate, as JSON can hold it.

    An optimizer with a multiplier for each layer makes their optimizers when it is built. What they
    are made of is in its configuration.
    """
    optimizer = unscaled(optimizer)
    serialize = keras.optimizers.schedules.serialize
    found = {
        name: serialize(schedule) if isinstance(schedule, Schedule) else repr(schedule)
        for name, schedule in _keras_internals.schedules_of(optimizer).items()
        if name != "learning_rate"
    }
    if getattr(optimizer, "optimizers", None) is not None and _keras_internals.has_one_rate(
        optimizer
    ):
        config = optimizer.get_config()
        found |= config["arguments"] | {name: config[name] for name in ("multipliers", "decay")}
    return found


def _without_schedules(config: dict[str, Any], followed: Collection[str] = ()) -> dict[str, Any]:
    """Return the configuration of an optimizer without what ``settings_of`` leaves out."""
    left_out = {"learning_rate", "name", *followed}
    config = {name: value for name, value in config.items() if name not in left_out}
    if config.keys() == {"optimizer", "schedules"}:  # of lrschedules.scheduled
        config["schedules"] = list(config["schedules"])
        plain = config["optimizer"]
        of_plain = _without_schedules(plain["config"], config["schedules"])
        config["optimizer"] = [plain["class_name"], of_plain]
    elif {"optimizer", "arguments", "multipliers"} <= config.keys():  # of lrschedules.layerwise
        del config["arguments"], config["decay"]  # the optimizer has the arguments, too
        config["multipliers"] = config["multipliers"] and list(config["multipliers"])
        config["optimizer"] = _without_schedules(config["optimizer"]["config"])
    return config
