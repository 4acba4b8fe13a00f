"""For PyTorch: Scheduler, which lets hyperparameters follow schedules, and layer-wise rates."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from typing import Any

from lrschedules import kinds
from lrschedules._config import shown
from lrschedules._hyperparameters import fitting
from lrschedules._layers import Rule
from lrschedules._parameter_groups import copied, given_for, per_group, replaced, values_at
from lrschedules._schedule import FROM_ZERO
from lrschedules.kinds import checked

try:
    import torch
except ImportError as error:
    raise ImportError(
        f"lrschedules.torch needs PyTorch, which could not be imported ({error}); install it with "
        "pip install torch, or as https://pytorch.org/get-started says"
    ) from error

LAST_SEEN = kinds.whole(ge=-1, unit="steps", example=99)


class Scheduler(torch.optim.lr_scheduler.LRScheduler):
    """Lets the hyperparameters of a PyTorch optimizer follow schedules (an ``LRScheduler``).

    The learning rate, the momentum, the betas, the weight decay and every other number in the
    parameter groups of the optimizer can follow a schedule. Call ``scheduler.step()`` after each
    ``optimizer.step()``: the first update uses the values at step 0, the next one those at step 1.
    The values of a schedule are absolute. They replace what the optimizer was made with.

    A checkpoint holds the step and a description of the schedules, never the schedules. Loading it
    restores the step and writes the values at that step into the parameter groups; a scheduler that
    was made with other schedules, for example for a branch with a cooldown, continues with its own.
    The states of the optimizer and of the scheduler can be loaded in either order.

    If the learning rate is a tensor, it is updated in place, so that a compiled
    ``optimizer.step()`` is not compiled again. A beta that is a tensor is updated in place, too.

    Use :meth:`~lrschedules.Schedule.then` instead of ``SequentialLR``, and ``*`` instead of
    ``ChainedScheduler``: the absolute values replace those of other schedulers.

    Parameters
    ----------
    optimizer : torch.optim.Optimizer
        The optimizer whose parameter groups are updated.
    lr : Schedule, float or list, optional
        The learning rate, ≥ 0: one schedule or number for all parameter groups, which includes
        groups that are added later, or a list with one for each group.
    last_epoch : int
        The last step that was made, ≥ -1: -1 starts at step 0, and 99 continues at step 100. It is
        called as in PyTorch; here it counts calls of ``scheduler.step()``.
    **hyperparameters : Schedule, float, tuple or list
        Other keys of the parameter groups, for example ``momentum`` or ``weight_decay``, each given
        like ``lr``. For a key that holds a pair, such as ``betas``, give a tuple of two schedules
        or numbers, or a list with one tuple for each group. Momentum and betas must be ≥ 0 and
        < 1, and a weight decay ≥ 0.

    Attributes
    ----------
    schedules : dict
        What was given for each hyperparameter, by its name.
    last_epoch : int
        The current step: the parameter groups hold the values at this step.
    base_lrs : list
        The learning rates that the optimizer was made with. They are not used.

    Raises
    ------
    TypeError
        If ``optimizer`` is not an optimizer of PyTorch, no schedule is given, the optimizer does
        not have a hyperparameter, or what is given for one has the wrong type.
    ValueError
        If a number is out of its range, a list or tuple has the wrong length, or a schedule leaves
        the range of its hyperparameter. The lowest and the highest of 2000 steps, and the steps
        around these, are checked when the scheduler is made; each value is checked when it is used.

    Examples
    --------
    >>> import torch
    >>> from lrschedules import Constant, Linear
    >>> from lrschedules.torch import Scheduler
    >>> model = torch.nn.Linear(2, 1)
    >>> optimizer = torch.optim.SGD(model.parameters(), momentum=0.9)
    >>> schedule = Constant(0.2).warmup(50)
    >>> scheduler = Scheduler(optimizer, lr=schedule, momentum=Linear(0.95, 0.85, steps=100))
    >>> for _ in range(100):
    ...     optimizer.step()
    ...     scheduler.step()
    >>> optimizer.param_groups[0]["lr"], optimizer.param_groups[0]["momentum"]
    (0.2, 0.85)
    >>> state = scheduler.state_dict()
    >>> branch = Scheduler(optimizer, lr=schedule.cooldown(50, at=100))
    >>> branch.load_state_dict(state)
    >>> for _ in range(25):
    ...     optimizer.step()
    ...     branch.step()
    >>> branch.get_last_lr()
    [0.1]
    """

    def __init__(
        self, optimizer: Any, lr: Any = None, *, last_epoch: int = -1, **hyperparameters: Any
    ) -> None:
        if not isinstance(optimizer, torch.optim.Optimizer):
            raise TypeError(
                "Scheduler: optimizer must be an optimizer of PyTorch, got "
                f"{shown(optimizer)}; write for example "
                "Scheduler(torch.optim.SGD(model.parameters()), lr=Constant(0.1))"
            )
        last_epoch = checked("Scheduler: last_epoch", LAST_SEEN, last_epoch)
        given = hyperparameters if lr is None else {"lr": lr, **hyperparameters}
        if not given:
            raise TypeError(
                "Scheduler: no schedule is given; write for example "
                "Scheduler(optimizer, lr=Constant(0.1))"
            )
        self.schedules = {name: given_for(optimizer, name, value) for name, value in given.items()}
        for group in optimizer.param_groups:  # else PyTorch asks for it if last_epoch is not -1
            group.setdefault("initial_lr", copied(group["lr"]))
        super().__init__(optimizer, last_epoch)
        self._follow_the_optimizer()

    def get_lr(self) -> list[Any]:
        """Return the learning rates at the current step; ``step()`` calls it.

        All hyperparameters in the parameter groups are set to their values at this step.

        Returns
        -------
        list
            A number or tensor for each parameter group.

        Raises
        ------
        ValueError
            If ``step()`` was given an invalid step, a value is out of its range, or groups were
            added and a hyperparameter was given as a list.
        """
        self.last_epoch = checked("Scheduler: step", FROM_ZERO, self.last_epoch)
        self._apply()
        return list(self._last_lr)

    def state_dict(self) -> dict[str, Any]:
        """Return the state for a checkpoint, which ``torch.load`` reads without other settings.

        Returns
        -------
        dict
            ``last_epoch``, the current step, and ``schedules``, the ``repr`` of what was given for
            each hyperparameter.
        """
        return {"last_epoch": self.last_epoch, "schedules": self._described()}

    def load_state_dict(self, state_dict: Any, *, strict: bool = False) -> None:
        """Continue at the step of a saved state, with the schedules of this scheduler.

        Parameters
        ----------
        state_dict : mapping
            What ``state_dict()`` returned. The state of another scheduler of PyTorch will do, for
            example of a ``LambdaLR``: only its ``last_epoch`` is used.
        strict : bool
            True refuses a state that was saved with other schedules.

        Raises
        ------
        TypeError, ValueError
            If ``state_dict`` is not such a state, or ``strict`` is true and the schedules differ.
        """
        if not isinstance(state_dict, Mapping):
            raise TypeError(
                f"Scheduler: state_dict must be a mapping, got {shown(state_dict)}; give what "
                "state_dict() of a scheduler returned"
            )
        if "last_epoch" not in state_dict:
            raise ValueError(
                f"Scheduler: state_dict has no 'last_epoch', only {list(state_dict)}; give what "
                "state_dict() of a scheduler returned"
            )
        step = checked("Scheduler: last_epoch", LAST_SEEN, state_dict["last_epoch"])
        if strict:
            self._refuse_others(state_dict.get("schedules"))
        self.last_epoch, self._step_count = step, step + 1
        self._apply()

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        # At 1, PyTorch looks for what it has added to the optimizer, which no copy of that has.
        self._step_count += 1
        self._follow_the_optimizer()

    def _described(self) -> dict[str, str]:
        return {name: repr(given) for name, given in self.schedules.items()}

    def _refuse_others(self, saved: Any) -> None:
        if not isinstance(saved, Mapping):
            raise ValueError(  # noqa: TRY004 - most often it is missing
                "Scheduler: state_dict does not say with which schedules it was saved, and strict "
                "is true; load it without strict=True"
            )
        own = self._described()
        for name in [*own, *(name for name in saved if name not in own)]:
            then, now = (found.get(name, "not scheduled") for found in (saved, own))
            if then != now:
                raise ValueError(
                    f"Scheduler: {name} was {then} when the state was saved, and is {now} now; "
                    "make the scheduler with what was saved, or load the state without strict=True "
                    "to continue with what it has now"
                )

    def _follow_the_optimizer(self) -> None:
        """Set the values again whenever the optimizer loads a state, which has its own."""
        reference = weakref.ref(self)  # the optimizer does not keep a scheduler alive

        def loaded(_: Any) -> None:
            scheduler = reference()
            if scheduler is not None:
                scheduler._apply()  # noqa: SLF001

        # What accelerate wraps an optimizer in has no hooks, and loads a state through it.
        optimizer = getattr(self.optimizer, "optimizer", self.optimizer)
        optimizer.register_load_state_dict_post_hook(loaded)

    def _apply(self) -> None:
        """Set all hyperparameters to their values at the current step."""
        groups, step = self.optimizer.param_groups, self.last_epoch
        remedy = f", in a new Scheduler with last_epoch={step - 1}"
        # At -1 are the schedulers of a SequentialLR whose turn has not come.
        values = {
            name: per_group(name, values_at(name, given, step), groups, remedy)
            for name, given in self.schedules.items()
            if step >= 0
        }
        for name, of_groups in values.items():
            filled = dict[int, Any]()
            for group, value in zip(groups, of_groups, strict=True):
                group[name] = replaced(group.get(name), value, filled)
        self._last_lr = [copied(group["lr"]) for group in groups]


def layerwise(
    model: Any,
    lr: Any,
    multipliers: Any = None,
    *,
    decay: float | None = None,
    layers: Any = None,
    weight_decay: float | None = None,
) -> tuple[list[dict[str, Any]], list[Any]]:
    r"""Return parameter groups with layer-wise learning rates (discriminative fine-tuning).

    The rate of a group is the common rate times the multiplier of the group: either of the pattern
    that matches the name of a parameter, or one that decays with the distance from the output, as
    in BEiT and timm :cite:p:`bao2022beit`. A multiplier that is 0 until a step freezes its
    parameters until then.

    Parameters
    ----------
    model : torch.nn.Module
        The model. Its parameters that do not require a gradient are in no group.
    lr : Schedule or float
        The common learning rate, ≥ 0.
    multipliers : mapping of str to Schedule or float, optional
        Multiplier, ≥ 0, by pattern: a regular expression that ``re.search`` finds in the name of
        each parameter that it is for, as ``model.named_parameters()`` gives it. The rate of all
        other parameters is the common rate.
    decay : float, optional
        Multiplier from one layer to the layer before it, > 0 and ≤ 1: layer ``i`` of ``n`` has
        ``decay ** (n - 1 - i)``.
    layers : list of str, optional
        Patterns of the layers, from the input to the output. If a pattern has a group of digits, as
        in ``r"^blocks\.(\d+)"``, there is a layer for each number, in the order of the numbers; if
        the group has no part in a match, as for ``norm`` in ``r"^blocks\.(\d+)|^norm"``, the
        parameter belongs to the last of these layers. Parameters without a pattern are the last
        layer of all.
    weight_decay : float, optional
        Weight decay, ≥ 0, of the parameters with two axes or more. That of the others, which are
        biases and the scales of norms, is 0. If it is not given, no group has a weight decay.

    Returns
    -------
    groups : list of dict
        Parameter groups for an optimizer, each with a name.
    lr : list of Schedule or float
        The learning rate of each group, for :class:`Scheduler`.

    Raises
    ------
    TypeError
        If an argument has the wrong type, or not exactly one of ``multipliers`` and ``decay`` is
        given.
    ValueError
        If a number is out of range, a pattern matches no parameter, two patterns match one, or no
        parameter requires a gradient.

    Examples
    --------
    >>> import torch
    >>> from lrschedules import Cosine
    >>> from lrschedules.torch import Scheduler, layerwise
    >>> model = torch.nn.Sequential(*(torch.nn.Linear(4, 4) for _ in range(3)))
    >>> schedule = Cosine(1e-3, 0, steps=100)
    >>> groups, lr = layerwise(model, schedule, decay=0.5, layers=["^0", "^1"], weight_decay=0.05)
    >>> optimizer = torch.optim.AdamW(groups)
    >>> scheduler = Scheduler(optimizer, lr=lr)
    >>> for group in optimizer.param_groups:
    ...     print(group["name"], group["lr"], group["weight_decay"], group["param_names"])
    layer_0 0.00025 0.05 ['0.weight']
    layer_0_no_decay 0.00025 0.0 ['0.bias']
    layer_1 0.0005 0.05 ['1.weight']
    layer_1_no_decay 0.0005 0.0 ['1.bias']
    layer_2 0.001 0.05 ['2.weight']
    layer_2_no_decay 0.001 0.0 ['2.bias']
    """
    if not isinstance(model, torch.nn.Module):
        raise TypeError(
            f"layerwise: model must be a torch.nn.Module, got {shown(model)}; write for example "
            "layerwise(model, Constant(0.1), {'^backbone': 0.1})"
        )
    rate = fitting("layerwise: lr", "lr", lr)
    if weight_decay is not None:
        weight_decay = checked("layerwise: weight_decay", kinds.factor, weight_decay)
    named = dict(model.named_parameters())
    found = Rule(multipliers, decay, layers).groups(list(named))
    of_path = {path: group for group in found for path in group.paths}
    groups: dict[str, dict[str, Any]] = {}
    rates: list[Any] = []
    for path, parameter in named.items():
        if not parameter.requires_grad:
            continue
        name, decays = of_path[path].name, {}
        if weight_decay is not None:
            decays = {"weight_decay": weight_decay if parameter.ndim > 1 else 0.0}
            name += "" if parameter.ndim > 1 else "_no_decay"
        if name not in groups:
            groups[name] = {"name": name, "params": [], "param_names": [], **decays}
            rates.append(rate * of_path[path].multiplier)
        groups[name]["params"].append(parameter)
        groups[name]["param_names"].append(path)
    if not groups:
        raise ValueError(
            "layerwise: the model has no parameter that requires a gradient; call "
            "model.requires_grad_()"
        )
    return list(groups.values()), rates
