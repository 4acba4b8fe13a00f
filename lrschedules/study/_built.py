"""Built: the model of a study, built on its data before anything is trained."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Generator, Sequence
from typing import Any, NamedTuple

import keras
from keras.src.backend import compute_output_spec  # it has no public name

from lrschedules._arguments import one_line
from lrschedules.study._data import Data, mapped
from lrschedules.study._plan import Plan, first_rows
from lrschedules.study._statistics import Better
from lrschedules.study.comparison import Comparison


class Built(NamedTuple):
    """The model of a plan's first seed, compiled, with its layers, loss and metrics built.

    Attributes
    ----------
    model : keras.Model
        The model; none of its weights has been trained.
    outputs : list of int
        The number of values that each layer makes of a row.
    """

    model: Any
    outputs: list[int]


def built(plan: Plan) -> Built:
    """Build the model of a plan's first seed.

    Raises
    ------
    TypeError, ValueError
        If the model, the data, the loss and the metrics do not fit each other.
    """
    model = plan.model(plan.seeds[0])
    optimizer = plan.optimizer(next(iter(plan.schedules.values())))
    try:
        plan.compile(model, optimizer)
        with outputs_counted() as sizes:
            model._symbolic_build(data_batch=plan.first_batch)  # noqa: SLF001
    except Exception as error:
        # Keras, its back ends and the functions of the user raise errors of any class.
        given = ", ".join(f"{name}={value!r}" for name, value in plan.compiled.items())
        raise ValueError(
            f"compare: train, loss and metrics must fit the model, got rows of shapes "
            f"{_shapes(plan.train)} and {given}: {one_line(error)}"
        ) from error
    for metric in _metrics(model):
        if metric.name in Comparison.axes:
            raise ValueError(
                f"compare: metrics must not have the name of an axis of the result, got "
                f"{metric.name!r}; give this metric another name"
            )
    _check_validation(plan, model)
    model.reset_metrics()
    rows = min(plan.batch_size, len(plan.train))
    return Built(model, [size // rows for size in sizes])


def _check_validation(plan: Plan, model: Any) -> None:
    """Check that the model takes the rows for validation, where their shapes are others."""
    data = plan.validation
    if data is None or _shapes(data) == _shapes(plan.train):
        return

    def loss(x: Any, y: Any, weights: Any) -> Any:
        return model.compute_loss(x, y, model(x, training=False), weights)

    symbols = [
        None if part is None else mapped(lambda a: keras.KerasTensor(a.shape, a.dtype), part)
        for part in first_rows(data, plan.evaluated)
    ]
    try:
        compute_output_spec(loss, *symbols)
    except Exception as error:
        raise ValueError(
            f"compare: validation must fit the model, got rows of shapes {_shapes(data)}, and in "
            f"train {_shapes(plan.train)}: {one_line(error)}"
        ) from error


def _shapes(data: Data) -> str:
    """Return the shapes of a row, in the structure of the rows."""
    return repr(mapped(lambda array: array.shape[1:], data.rows[0]))


@contextlib.contextmanager
def outputs_counted() -> Generator[list[int]]:
    """Collect the size of what every layer returns meanwhile, whatever the kind of its model."""
    base: Any = keras.Layer
    sizes, call = list[int](), base.__call__

    def counted(layer: Any, *args: Any, **kwargs: Any) -> Any:
        result = call(layer, *args, **kwargs)
        shapes = [getattr(tensor, "shape", ()) for tensor in keras.tree.flatten(result)]
        sizes.extend(math.prod(side or 1 for side in shape) for shape in shapes)
        return result

    base.__call__ = counted
    try:
        yield sizes
    finally:
        base.__call__ = call


def better(model: Any, names: Sequence[str]) -> dict[str, Better]:
    """Return whether lower or higher is better, for the metrics of which Keras knows it."""
    found: dict[str, Better] = {"loss": "lower"}
    for metric in _metrics(model):
        if direction := getattr(metric, "_direction", None):
            found[metric.name] = "higher" if direction == "up" else "lower"
    of = {name: name.removeprefix("val_") for name in names}
    return {name: found[metric] for name, metric in of.items() if metric in found}


def _metrics(model: Any) -> list[Any]:
    """Return the metrics that the model was compiled with."""
    compiled = model._compile_metrics  # noqa: SLF001
    return compiled.metrics if compiled else []
