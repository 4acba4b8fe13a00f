"""layerwise: a Keras optimizer with a multiple of the learning rate for each layer of a model."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any, Self

from lrschedules import _keras, kinds
from lrschedules._config import refuse_misshapen, shown
from lrschedules._hyperparameters import fitting
from lrschedules._layers import Group, Rule
from lrschedules._schedule import Schedule
from lrschedules.kinds import checked
from lrschedules.optimizers._scheduled import scheduled


def layerwise(
    optimizer_class: Any,
    learning_rate: Any,
    multipliers: Any = None,
    *,
    decay: float | None = None,
    layers: Any = None,
    **arguments: Any,
) -> Any:
    r"""Return a Keras optimizer with layer-wise learning rates (discriminative fine-tuning).

    The rate of a variable is the common rate times a multiplier: either that of the pattern that
    matches its path, or one that decays with the distance from the output, as in BEiT and timm
    :cite:p:`bao2022beit`. A multiplier that is 0 until a step freezes its variables until then.

    The optimizer is a ``keras.optimizers.MultiOptimizer`` with one optimizer for each multiplier.
    These are made when the model is built. The attribute ``learning_rate`` is the common rate;
    setting it sets all rates. Import ``lrschedules`` before you load a saved model.

    Parameters
    ----------
    optimizer_class : type
        Class of the optimizers, for example ``keras.optimizers.AdamW``.
    learning_rate : Schedule, keras schedule or float
        The common learning rate, ≥ 0.
    multipliers : mapping of str to Schedule or float, optional
        Multiplier, ≥ 0, by pattern: a regular expression that ``re.search`` finds in the path of
        each variable that it is for. The rate of all other variables is the common rate. A path may
        begin with the name of the model: write ``\b`` for the start of a name, not ``^``.
    decay : float, optional
        Multiplier from one layer to the layer before it, > 0 and ≤ 1: layer ``i`` of ``n`` has
        ``decay ** (n - 1 - i)``.
    layers : list of str, optional
        Patterns of the layers, from the input to the output. If a pattern has a group of digits, as
        in ``r"block_(\d+)"``, there is a layer for each number, in the order of the numbers; if the
        group has no part in a match, as for ``norm`` in ``r"block_(\d+)|^norm"``, the variable
        belongs to the last of these layers. Variables without a pattern are the last layer of all.
    **arguments
        Other arguments of the class, as in :func:`scheduled`: each number may be a schedule. The
        norm that ``global_clipnorm``, a number, limits is that of the gradients of all layers.

    Returns
    -------
    keras.optimizers.MultiOptimizer
        The optimizer. When it is built, ``optimizers`` has an optimizer for each multiplier, named
        ``layer_0`` or ``group_0`` and so on, and ``groups`` the name, the multiplier and the paths
        of each.

    Raises
    ------
    ImportError
        If Keras is missing, or older than 3.15.
    TypeError
        If an argument has the wrong type, or not exactly one of ``multipliers`` and ``decay`` is
        given.
    ValueError
        If a number is out of range; when the model is built, if a pattern matches no trainable
        variable or two patterns match one.

    Examples
    --------
    >>> import keras
    >>> import lrschedules as lrs
    >>> blocks = [keras.layers.Dense(4, name=f"block_{i}") for i in range(3)]
    >>> model = keras.Sequential([keras.Input((4,)), *blocks], name="small")
    >>> schedule = lrs.Cosine(1e-3, 0, steps=100)
    >>> optimizer = lrs.layerwise(
    ...     keras.optimizers.AdamW, schedule, decay=0.5, layers=[r"\bblock_(\d+)/"]
    ... )
    >>> optimizer.build(model.trainable_variables)
    >>> for group in optimizer.groups:
    ...     print(group.name, group.multiplier, *group.paths)
    layer_0 0.25 small/block_0/kernel small/block_0/bias
    layer_1 0.5 small/block_1/kernel small/block_1/bias
    layer_2 1.0 small/block_2/kernel small/block_2/bias
    >>> [round(float(each.learning_rate), 6) for each in optimizer.optimizers]
    [0.00025, 0.0005, 0.001]
    """
    _keras.require("lrschedules.layerwise")
    rule = Rule(multipliers, decay, layers)
    if isinstance(learning_rate, Schedule) or not callable(learning_rate):
        learning_rate = fitting("layerwise: learning_rate", "learning_rate", learning_rate)
    of_all = {
        name: arguments.pop(name)
        for name in ("name", "loss_scale_factor", "global_clipnorm")
        if name in arguments
    }
    if (limit := of_all.get("global_clipnorm")) is not None:
        of_all["global_clipnorm"] = checked("layerwise: global_clipnorm", kinds.ratio, limit)
        if arguments.get("gradient_accumulation_steps"):
            raise ValueError(
                "layerwise: global_clipnorm limits the gradients of each batch, and "
                "gradient_accumulation_steps adds them up; write clipnorm or clipvalue, which each "
                "layer applies to the sums"
            )
    scheduled(optimizer_class, learning_rate=0.0, **arguments)  # raises now, not when it is built
    make = functools.partial(scheduled, optimizer_class, **arguments)
    return _class()(make, learning_rate, rule, **of_all)


class LayerRate(_keras.LearningRateSchedule):
    """The rate of a layer: the common rate of an optimizer times the multiplier of the layer.

    It is never saved: an optimizer makes the rates of its layers when it is built.
    """

    def __init__(self, owner: Layerwise, multiplier: Schedule | float) -> None:
        self.owner = owner
        self.multiplier = multiplier

    def __call__(self, step: Any) -> Any:
        from lrschedules._keras_internals import rate_of

        multiplier, rate = self.multiplier, rate_of(self.owner)
        arguments = [step] if isinstance(rate, _keras.LearningRateSchedule) else []
        value: Any = rate(*arguments) if callable(rate) else rate
        return value * (multiplier(step) if isinstance(multiplier, Schedule) else multiplier)


class Layerwise:
    """The methods of the optimizers that ``layerwise`` returns.

    Their class is made of this one and of ``keras.optimizers.MultiOptimizer``. Keras finds it by
    the name of this one.
    """

    name: str
    built: bool
    optimizers: list[Any]
    loss_scale_factor: float | None

    def __init__(
        self,
        make: functools.partial[Any],
        learning_rate: Any,
        rule: Rule,
        *,
        global_clipnorm: float | None = None,
        **of_all: Any,
    ) -> None:
        base: Any = super()
        base.__init__(self._optimizer_of, **of_all)
        self.make = make
        self.rule = rule
        self.global_clipnorm = global_clipnorm
        self.learning_rate = learning_rate
        self.excluded = SimpleNamespace(var_list=None, var_names=None)
        self.groups: tuple[Group, ...] = ()

    @property
    def learning_rate(self) -> Any:
        """The common rate, which the multipliers multiply: at the present step, if it is read."""
        import keras

        base: Any = keras.optimizers.Optimizer
        return base.learning_rate.fget(self)

    @learning_rate.setter
    def learning_rate(self, learning_rate: Any) -> None:
        import keras

        base: Any = keras.optimizers.Optimizer
        base.learning_rate.fset(self, learning_rate)

    def build(self, variables: list[Any]) -> None:
        """Make an optimizer for each multiplier, and build all."""
        from lrschedules._keras_internals import stateless_if

        base: Any = super()
        if not self.built:
            which = "; a layer with trainable=False has no path here"
            self.groups = tuple(self.rule.groups([each.path for each in variables], which))
            for group in self.groups:
                made = self.make(learning_rate=LayerRate(self, group.multiplier), name=group.name)
                made.loss_scale_factor = self.loss_scale_factor
                made.exclude_from_weight_decay(**vars(self.excluded))
                self.optimizers.append(stateless_if(self, made))
        base.build(variables)

    def apply(self, grads: Any, trainable_variables: Any = None) -> None:
        """Update the variables of all layers."""
        from lrschedules._keras_internals import clipped

        base: Any = super()
        if self.global_clipnorm is not None:
            grads = clipped(grads, self.global_clipnorm * (self.loss_scale_factor or 1.0))
        base.apply(grads, trainable_variables)

    def exclude_from_weight_decay(self, var_list: Any = None, var_names: Any = None) -> None:
        """Exclude variables from weight decay, in all layers; the names are saved, too.

        Parameters
        ----------
        var_list : list of keras.Variable, optional
            Variables to exclude.
        var_names : list of str, optional
            Patterns, each of which ``re.search`` finds in the names of the variables to exclude.
        """
        self.excluded = SimpleNamespace(var_list=var_list, var_names=var_names)
        for each in self.optimizers:
            each.exclude_from_weight_decay(var_list, var_names)

    def get_config(self) -> dict[str, Any]:
        """Return what Keras saves: the arguments of ``layerwise``."""
        import keras

        from lrschedules._keras_internals import rate_of

        base: Any = super()
        rate = rate_of(self)
        serialize = keras.saving.serialize_keras_object
        return {
            **{name: base.get_config()[name] for name in ("name", "loss_scale_factor")},
            "global_clipnorm": self.global_clipnorm,
            "learning_rate": serialize(rate) if callable(rate) else float(rate.numpy()),
            # Keras saves no class, so the class is saved with the first of its optimizers.
            "optimizer": keras.optimizers.serialize(self.make(learning_rate=0.0, name=self.name)),
            "arguments": serialize(self.make.keywords),
            "multipliers": serialize(self.rule.multipliers),
            "decay": self.rule.decay,
            "layers": self.rule.layers and list(self.rule.layers),
            "excluded": self.excluded.var_names and list(self.excluded.var_names),
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any], custom_objects: Any = None) -> Self:
        """Return what Keras saved."""
        import keras

        refuse_misshapen("layerwise", config)
        names = [
            *("name", "loss_scale_factor", "global_clipnorm", "learning_rate", "optimizer"),
            *("arguments", "multipliers", "decay", "layers", "excluded"),
        ]
        if set(config) != set(names):
            raise TypeError(f"layerwise: config must have the keys {names}, got {shown(config)}")
        optimizer = keras.optimizers.deserialize(dict(config["optimizer"]), custom_objects)
        given = {
            name: keras.saving.deserialize_keras_object(config[name], custom_objects)
            for name in ("learning_rate", "arguments", "multipliers")
        }
        made = layerwise(
            getattr(optimizer, "plain", type(optimizer)),
            **given.pop("arguments"),
            **given,
            **{n: config[n] for n in ("name", "decay", "layers")},
            **{n: config[n] for n in ("loss_scale_factor", "global_clipnorm")},
        )
        made.exclude_from_weight_decay(var_names=config["excluded"])
        return made

    def _optimizer_of(self, variable: Any) -> Any:
        """Return the optimizer of a variable, as Keras asks for it when it builds all."""
        [found] = [
            each
            for group, each in zip(self.groups, self.optimizers, strict=True)
            if variable.path in group.paths
        ]
        return found


@functools.cache
def _class() -> Callable[..., Any]:
    """Return the class of the optimizers that ``layerwise`` returns."""
    import keras

    base: Any = getattr(keras.optimizers, "MultiOptimizer", None)
    if base is None:
        raise ImportError(
            f"layerwise needs Keras 3.15 or later, which has keras.optimizers.MultiOptimizer; this "
            f"is Keras {keras.version()}. Run python -m pip install --upgrade keras"
        )
    made = type("Layerwise", (Layerwise, base), {})
    _keras.register(made, "lrschedules", Layerwise.__name__)
    return made


_keras.register(Layerwise, "lrschedules")
