"""What each library gives: a function per library from what its users write to rates.

A library whose schedules are functions is asked at each step. One whose schedulers write into an
optimizer is stepped from 0 on, and the rate is read from the optimizer where an update would use
it. Where what is written names a ``step`` or an ``epoch``, it is made anew for each.
"""

import functools
import os
import re

from tests.peers import formulas

os.environ["KERAS_BACKEND"] = "jax"


def rates(library, code, steps):
    """Return the rate at each step."""
    return LIBRARIES[library](code, tuple(steps))


def _called(namespace, code, steps):
    """Call a schedule that is a function of the step."""
    if re.search(r"\bstep\b", code):
        return [float(eval(code, {**namespace, "step": step})) for step in steps]
    schedule = eval(code, dict(namespace))
    return [float(schedule(step)) for step in steps]


def _parameter():
    import torch

    return torch.nn.Parameter(torch.zeros(1))


def _sgd():
    import torch

    return torch.optim.SGD([_parameter()], lr=0.1)


def _stepped(namespace, code, steps, optimizer=None):
    """Step a scheduler that writes into ``optimizer``, and read the rate before each step."""
    if re.search(r"\bepoch\b", code):
        return [_jumped(namespace, code, step) for step in steps]
    optimizer = optimizer or _sgd()
    scheduler = eval(code, {**namespace, "optimizer": optimizer})
    read = {}
    for step in range(max(steps) + 1):
        read[step] = optimizer.param_groups[0]["lr"]
        if step < max(steps):
            optimizer.step()
            scheduler.step()
    return [float(read[step]) for step in steps]


def _jumped(namespace, code, step):
    optimizer = _sgd()
    optimizer.step()
    eval(code, {**namespace, "optimizer": optimizer, "epoch": step})
    return float(optimizer.param_groups[0]["lr"])


def keras(code, steps):
    """Call the schedule as Keras on JAX does, compiled, with an int32 step."""
    import jax
    import keras
    import numpy as np

    optimizers = {"SGD": keras.optimizers.SGD}
    schedule = eval(code, vars(keras.optimizers.schedules) | optimizers)
    if isinstance(schedule, keras.optimizers.Optimizer):
        return [float(schedule.learning_rate)] * len(steps)
    compiled = jax.jit(schedule)
    return [float(compiled(np.int32(step))) for step in steps]


def optax(code, steps):
    """Call the schedule as optax does, compiled, with an int32 step."""
    import jax
    import numpy as np
    import optax

    compiled = jax.jit(eval(code, {"optax": optax}))
    return [float(compiled(np.int32(step))) for step in steps]


def pytorch(code, steps):
    """Step the scheduler of an optimizer."""
    from torch.optim import lr_scheduler

    return _stepped(vars(lr_scheduler), code, steps)


def timm(code, steps):
    """Call ``step`` with the number of the next step, as timm's training script does."""
    import timm.scheduler

    optimizer = _sgd()
    scheduler = eval(code, {**vars(timm.scheduler), "optimizer": optimizer})
    read = []
    for step in steps:
        if step:
            scheduler.step(step)
        read.append(float(optimizer.param_groups[0]["lr"]))
    return read


def transformers(code, steps):
    """Step the scheduler of an optimizer."""
    from transformers import optimization

    return _stepped(vars(optimization), code, steps)


def fvcore(code, steps):
    """Call the schedule with the part of training that is done."""
    from fvcore.common import param_scheduler

    return _called(vars(param_scheduler), code, steps)


def lrsched(code, steps):
    """Call the schedule."""
    import lrsched

    return _called(vars(lrsched), code, steps)


def pytorch_scheduler(code, steps):
    """Step the scheduler of an optimizer."""
    import pytorch_scheduler

    return _stepped(vars(pytorch_scheduler), code, steps)


def pytorch_optimizer(code, steps):
    """Step the scheduler of an optimizer."""
    from pytorch_optimizer import lr_scheduler

    return _stepped(vars(lr_scheduler), code, steps)


def pytorch_warmup(code, steps):
    """Dampen the rate of an optimizer after each step."""
    import pytorch_warmup
    import torch

    optimizer = torch.optim.Adam([_parameter()], lr=0.1, betas=(0.9, 0.999))
    warmup = eval(code, {**vars(pytorch_warmup), "optimizer": optimizer})
    read = []
    for _ in range(max(steps) + 1):
        read.append(optimizer.param_groups[0]["lr"])
        with warmup.dampening():
            pass
    return [read[step] for step in steps]


def ignite(code, steps):
    """Call the handler at the start of each iteration."""
    from ignite.handlers import param_scheduler

    optimizer = _sgd()
    scheduler = eval(code, {**vars(param_scheduler), "optimizer": optimizer})
    read = []
    for _ in range(max(steps) + 1):
        scheduler(None)
        read.append(optimizer.param_groups[0]["lr"])
    return [float(read[step]) for step in steps]


def paddle(code, steps):
    """Step the scheduler, which stands in for the rate of an optimizer."""
    from paddle.optimizer import lr

    scheduler = eval(code, dict(vars(lr)))
    read = []
    for _ in range(max(steps) + 1):
        read.append(scheduler())
        scheduler.step()
    return [float(read[step]) for step in steps]


# Codes that cannot be installed beside the others: the names that their rows use.
FORMULAS = {
    "torchtitan": {"linear_warmup_stable_decay": formulas.torchtitan},
    "nanochat": {"get_lr_multiplier": formulas.nanochat},
    "OLMo-core": formulas.OLMO_CORE,
    "Megatron-LM": {"OptimizerParamScheduler": formulas.megatron},
    "levanter": {"AdamConfig": formulas.levanter},
}

LIBRARIES = {
    "Keras": keras,
    "optax": optax,
    "PyTorch": pytorch,
    "timm": timm,
    "transformers": transformers,
    "fvcore": fvcore,
    "ignite": ignite,
    "lrsched": lrsched,
    "Paddle": paddle,
    "pytorch_optimizer": pytorch_optimizer,
    "pytorch_scheduler": pytorch_scheduler,
    "pytorch_warmup": pytorch_warmup,
    **{name: functools.partial(_called, names) for name, names in FORMULAS.items()},
}
