"""The stacked engine: all trials of a study in one program, in blocks that fit into memory."""

from __future__ import annotations

import math
from collections.abc import Collection, Generator, Iterator
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from lrschedules import _keras_internals
from lrschedules._arguments import one_line
from lrschedules._arrays import as_numpy
from lrschedules.study._backends import BACKENDS, Backend, one_by_one
from lrschedules.study._data import mapped, order
from lrschedules.study._plan import Built, History, Plan, Trial, unscaled
from lrschedules.study._program import Injected, Program, Values


class NotStackableError(Exception):
    """A study cannot be trained as one program, for the reason given."""


class Stacked:
    """The program of a study, and the initial weights of its trials.

    Parameters
    ----------
    plan : Plan
        Plan of the study.
    built : Built
        Model of its first seed, which the program is made of.
    memory : int
        Bytes that a block of trials may use.
    at_once : int, optional
        Number of trials in a block, at most.

    Attributes
    ----------
    engine : str
        What ``settings`` of the result says.
    slower : str or None
        Why ``fit`` is not slower, where it is not.

    Raises
    ------
    NotStackableError
        If the model or its optimizer is known not to work in one program.
    """

    def __init__(self, plan: Plan, built: Built, memory: int, at_once: int | None = None) -> None:
        self.plan, self.model = plan, built.model
        self.injected = self._injected()
        starts = [values_of(self.model)]
        for seed in plan.seeds[1:]:
            model = plan.model(seed)
            model.compile(optimizer=None)
            _keras_internals.build(model, plan.first_batch)
            starts.append(values_of(model))
        shapes = [mapped(np.shape, each) for each in starts]
        for seed, shape in zip(plan.seeds, shapes, strict=True):
            if shape != shapes[0]:
                raise ValueError(
                    f"{plan.caller}: build_model must return the same model for every seed, got "
                    f"variables of shapes {shape} with seed {seed} and {shapes[0]} with "
                    f"{plan.seeds[0]}"
                )
        self.starts = [
            [np.stack(each) for each in zip(*kind, strict=True)]
            for kind in zip(*starts, strict=True)
        ]
        self.hyperparameters: dict[tuple[str, float], NDArray[np.float32]] = {}
        for trial in plan.trials:  # an optimizer that refuses its schedule does so before training
            self._hyperparameters(trial.schedule, trial.base_rate)
        self.engine, self.slower = "stacked", None
        self._use(BACKENDS[keras.backend.backend()]())
        row = self._values_of_a_row(built.outputs)
        if reason := self._alone(self._bytes_of_a_trial(3 * plan.batch_size * row)):
            if self.backend.compiles:
                self._one_by_one(reason)
                return
            self.slower = reason
        # Three times in training, once in evaluation.
        rows = max(3 * plan.batch_size, plan.evaluated * bool(plan.validation))
        # Each device has an equal part of a block, and as much memory.
        parts = math.ceil((at_once or len(plan.trials)) / self.backend.devices)
        fit = max(1, int(memory / self._bytes_of_a_trial(rows * row)))
        self.size = math.ceil(parts / math.ceil(parts / fit)) * self.backend.devices

    def _use(self, backend: Backend) -> None:
        """Make the program with the functions of a back end, and place the rows for it."""
        self.backend = backend
        self.program = Program(self.model, list(self.injected.values()), backend)
        self.train = backend.placed(self.plan.train.stacked(), None)

    def _alone(self, needed: int) -> str:
        """Return why one run after another is faster, or an empty text.

        A run whose training step needs so many bytes keeps a processor busy. A loop over the steps
        of a sequence is slow where TensorFlow maps it.
        """
        if self.backend.devices == 1 and needed > self.backend.alone_above:
            return "a step of this model is large enough to keep the processor busy"
        layers = _keras_internals.layers_of(self.model)
        if keras.backend.backend() == "tensorflow" and any(
            isinstance(layer, keras.layers.RNN) for layer in layers
        ):
            return "recurrent layers are faster so"
        return ""

    def _one_by_one(self, reason: Any) -> None:
        """Train one trial after another from now on, in a program that is compiled once."""
        self.engine = f"stacked, one run after another: {reason}"
        self.size = 1
        self._use(one_by_one(self.backend))

    def _injected(self) -> dict[str, Injected]:
        """Let the model's optimizer take what it follows from the program, by its name."""
        optimizer = self.model.optimizer
        if keras.backend.backend() not in BACKENDS:
            raise NotStackableError(f"the back end {keras.backend.backend()} cannot map a program")
        for reason in refusals(self.plan, self.model, optimizer):
            raise NotStackableError(reason)
        if keras.backend.backend() != "jax":
            # The methods of an optimizer decide where it keeps its variables, so it is built with
            # the methods that the program calls.
            optimizer = _keras_internals.stateless(self.plan.first_optimizer())
            optimizer.build(self.model.trainable_variables)
            self.model.optimizer = optimizer
        injected = {name: Injected() for name in _keras_internals.schedules_of(optimizer)}
        _keras_internals.follow(optimizer, injected)
        return injected

    def _hyperparameters(self, schedule: str, base_rate: float) -> NDArray[np.float32]:
        """Return the values of every update, of shape (epochs * steps, names), and keep them.

        They are read from the optimizer, since the user's function may have changed the schedules.
        One that is made of several has them when it is built.
        """
        made = schedule, base_rate
        if made in self.hyperparameters:
            return self.hyperparameters[made]
        optimizer = self.plan.optimizer_of(*made)
        if hasattr(unscaled(optimizer), "optimizers"):
            optimizer.build(self.model.trainable_variables)
        schedules = _keras_internals.schedules_of(optimizer)
        steps = np.arange(self.plan.epochs * self.plan.steps)
        values = [np.asarray(schedules[name](steps), np.float32) for name in self.injected]
        self.hyperparameters[made] = np.stack(values, axis=1)
        return self.hyperparameters[made]

    def _values_of_a_row(self, outputs: list[int]) -> int:
        """Return the number of values that a row needs: its own, and the outputs of all layers.

        A convolution, whose kernel has three axes or more, may be computed as a matrix product,
        with the patch of the input for each of its outputs.
        """
        own = sum(math.prod(array.shape[1:]) for array in keras.tree.flatten(self.train))
        if all(len(v.shape) < 3 for v in self.model.trainable_variables):
            return own + sum(outputs)
        metrics = [as_numpy(v) for v in self.model.metrics_variables]
        batch = self.plan.first_batch
        try:
            patches = self.backend.scratch(
                self.program.test_step, *values_of(self.model), metrics, batch
            )
        except Exception as error:
            raise NotStackableError(one_line(error)) from error
        return own + sum(outputs) + patches // len(keras.tree.flatten(batch)[0])

    def _bytes_of_a_trial(self, rows: int) -> int:
        """Return the memory that a trial needs whose rows have as many values in total.

        It holds weights, gradients and their update, and the variables of the optimizer.
        """
        weights = sum(math.prod(v.shape) for v in self.model.trainable_variables)
        kept = sum(math.prod(v.shape) for v in self.model.optimizer.variables)
        return 4 * (3 * weights + kept + rows)

    def results(self, done: Collection[Trial], verbose: int) -> Generator[tuple[Trial, History]]:
        """Train block by block, and yield the history of every trial that is not done.

        If something cannot be mapped, the trials are trained one after another in a program that is
        compiled once, where the back end compiles.

        Raises
        ------
        NotStackableError
            If a layer, the loss, a metric or the optimizer cannot be mapped, or refuses a value.
            The trials of earlier blocks have been yielded by then.
        """
        finished = set(done)
        try:
            for trial, history in self._blocks(finished, verbose):
                yield trial, history
                finished.add(trial)
        except NotStackableError as reason:
            if not self.backend.compiles:
                raise
            self._one_by_one(reason)
            yield from self._blocks(finished, verbose)

    def _blocks(self, done: Collection[Trial], verbose: int) -> Generator[tuple[Trial, History]]:
        done = set(done)
        trials = self.plan.trials
        blocks = [trials[i : i + self.size] for i in range(0, len(trials), self.size)]
        blocks = [block for block in blocks if not set(block) <= set(done)]
        epochs = self.plan.epochs * len(blocks)
        bar = keras.utils.Progbar(epochs, verbose=verbose, unit_name="epoch")
        for number, block in enumerate(blocks):
            logs: list[dict[str, NDArray[Any]]] = []
            for log in self._train(block):
                logs.append(log)
                means = [(name, value.mean()) for name, value in log.items()]
                bar.update(self.plan.epochs * number + len(logs), means)
            for i, trial in enumerate(block):
                if trial not in done:
                    yield trial, {name: [float(log[name][i]) for log in logs] for name in logs[0]}

    def _train(self, block: list[Trial]) -> Iterator[dict[str, NDArray[Any]]]:
        plan = self.plan
        # All blocks have one size, so that one program serves them all.
        trials = block + block[-1:] * (self.size - len(block))
        seeds = [trial.seed for trial in trials]
        at = [plan.seeds.index(seed) for seed in seeds]
        placed = self.backend.placed
        trainable, other = ([values[at] for values in kind] for kind in self.starts)
        state = placed((trainable, other, self._repeated(self.model.optimizer.variables)), 0)
        fresh = placed(self._repeated(self.model.metrics_variables), 0)
        made = [self._hyperparameters(trial.schedule, trial.base_rate) for trial in trials]
        hyperparameters = np.stack(made, axis=1)
        validation = None if plan.validation is None else self._validation(seeds)
        first = plan.train.first(seeds)[:, None]
        for epoch in range(plan.epochs):
            orders = {seed: order(seed, epoch, len(plan.train)) for seed in set(seeds)}
            index = first + np.stack([orders[seed] for seed in seeds])
            full, last = batched(index, plan.batch_size)
            batches = placed(full, 1), placed(last, 0)
            now = placed(hyperparameters[epoch * plan.steps : (epoch + 1) * plan.steps], 1)
            try:
                state, logs = self.program.epoch(
                    state, fresh, (now, self.train, *batches), validation
                )
            except Exception as error:
                raise NotStackableError(one_line(error)) from error
            yield {name: as_numpy(value)[: len(block)] for name, value in logs.items()}

    def _repeated(self, variables: list[Any]) -> Values:
        return [np.repeat(as_numpy(v)[None], self.size, axis=0) for v in variables]

    def _validation(self, seeds: list[int]) -> Any:
        """Return rows and batches for the evaluation, without the axis of trials if shared."""
        data: Any = self.plan.validation
        index, axes = np.arange(len(data), dtype=np.int32), (None, None)
        if not data.shared:
            index, axes = data.first(seeds)[:, None] + index, (1, 0)
        batches = batched(index, self.plan.evaluated)
        placed = self.backend.placed
        return placed(data.stacked(), None), *map(placed, batches, axes)


def refusals(plan: Plan, model: Any, optimizer: Any) -> Iterator[str]:
    """Yield the reasons that are known to keep a study from being one program."""
    base: Any = keras.Model
    for name in ("train_step", "test_step", "compile"):
        if getattr(type(model), name) is not getattr(base, name):
            yield f"the model has its own {name}()"
    if plan.callbacks:
        yield "callbacks act on one model at a time"
    if not _keras_internals.has_one_rate(optimizer):
        yield "several optimizers have a rate each; lrschedules.layerwise has a common one"
    if keras.backend.backend() == "jax":
        return
    if hasattr(optimizer, "inner_optimizer") or model.dtype_policy.name == "mixed_float16":
        yield "scaled losses are stacked on JAX only"
    for each in (optimizer, *getattr(optimizer, "optimizers", ())):
        if each.gradient_accumulation_steps:
            yield "accumulated gradients are stacked on JAX only"
        if each.use_ema and each.ema_overwrite_frequency:
            yield "weights overwritten by their average are stacked on JAX only"


def values_of(model: Any) -> tuple[Values, Values]:
    """Return the values of a model's trainable variables and of its other variables."""
    kinds = (model.trainable_variables, model.non_trainable_variables)
    return tuple([as_numpy(v) for v in kind] for kind in kinds)  # pyright: ignore[reportReturnType]


def batched(index: NDArray[np.int32], size: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Cut the last axis into full batches, on a new first axis, and a smaller last batch."""
    full = index.shape[-1] // size * size
    cut = index[..., :full].reshape(*index.shape[:-1], -1, size)
    return np.moveaxis(cut, -2, 0), index[..., full:]
