"""The table of peers: what users of other libraries write, and what they write here.

Each row is compared with the library itself, at every one of its steps, and the pages of the site
are made from the same rows. What a row calls a difference is deliberate: both numbers are stated,
and the test fails where either library no longer gives its own.

Nothing but the package is needed to read this file: what is written is text.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple


class Library(NamedTuple):
    """A library that is compared, and how its schedules are used."""

    package: str
    use: str
    tolerance: float = 1e-12  # relative; a library that computes in single precision gets 1e-5


@dataclass(frozen=True, eq=False)
class Row:
    """What is written in a library, what is written here, and where they agree."""

    library: str
    theirs: str
    ours: str
    steps: Iterable[int] = range(121)  # compared
    shown: tuple[int, ...] = (0, 50, 100)  # compared, and printed on the site
    differs: dict[int, tuple[float, float | str]] = field(default_factory=dict)  # ours, theirs
    why: str = ""  # they differ, in words
    note: str = ""  # what is good to know where they agree
    exact: str = ""  # the question that a group of rows answers on the page about exactness

    def schedule(self, lrs):
        """Return the schedule that ``ours`` makes."""
        return eval(self.ours, {"lrs": lrs})


IN_OPTIMIZER = "The optimizer's own rate is 0.1."

LIBRARIES = {
    "Keras": Library("keras", "The classes of `keras.optimizers.schedules`.", 1e-5),
    "optax": Library("optax", "The functions of `optax`.", 1e-5),
    "PyTorch": Library("torch", f"The classes of `torch.optim.lr_scheduler`. {IN_OPTIMIZER}"),
    "timm": Library("timm", f"The classes of `timm.scheduler`. {IN_OPTIMIZER}"),
    "transformers": Library(
        "transformers", f"The functions of `transformers.optimization`. {IN_OPTIMIZER}"
    ),
    "fvcore": Library(
        "fvcore",
        "The classes of `fvcore.common.param_scheduler`, called with the part that is done.",
    ),
    "ignite": Library(
        "pytorch-ignite", "The handlers of `ignite.handlers`, attached to each iteration."
    ),
    "lrsched": Library("lrsched", "The functions of `lrsched`."),
    "Paddle": Library("paddlepaddle", "The classes of `paddle.optimizer.lr`."),
    "pytorch_optimizer": Library(
        "pytorch_optimizer", f"The schedulers of `pytorch_optimizer`. {IN_OPTIMIZER}"
    ),
    "pytorch_scheduler": Library(
        "pytorch-scheduler", f"The classes of `pytorch_scheduler`. {IN_OPTIMIZER}"
    ),
    "pytorch_warmup": Library(
        "pytorch-warmup",
        "The classes of `pytorch_warmup`. The optimizer is Adam, with a rate of 0.1.",
    ),
    "thinc": Library("thinc", "The functions of `thinc.schedules`."),
}

# The last steps of a cosine of 100,000 steps, and the restarts of cycles that double from 10.
TAIL = (99_900, 99_990, 99_999)
RESTARTS = [10 * (2**cycle - 1) for cycle in range(16)]

INVISIBLE_INTS = "Keras takes the type of the first number, and a whole number makes all whole."
ONE_LATE = "At its boundary Keras still gives the old value; the new one holds a step later."
LAST_DIGITS = "A cosine near −1, plus 1, in single precision: the last digits are lost."
BASE = "The factor is rounded to single precision before it is raised to a power."

ROWS = [
    # --- Keras -------------------------------------------------------------------------------
    Row(
        "Keras",
        "SGD(0.1, decay=0.002)",
        "lrs.TimeBased(0.1, decay=0.002)",
        steps=[0],
        shown=(0,),
        differs={50: (0.09090909, 0.1), 500: (0.05, 0.1)},
        why="Keras 3 warns once that it ignores `decay`, and trains at a constant rate.",
    ),
    Row("Keras", "InverseTimeDecay(0.1, 10, 0.5)", "lrs.TimeBased(0.1, decay=0.05)"),
    Row(
        "Keras",
        "InverseTimeDecay(0.1, 10, 0.5, staircase=True)",
        "lrs.TimeBased(0.1, decay=0.5).per_epoch(10)",
        shown=(0, 9, 10),
    ),
    Row(
        "Keras",
        "ExponentialDecay(0.1, 10, 0.5)",
        "lrs.Exponential(0.1, factor=0.5, every=10)",
        shown=(0, 5, 10),
    ),
    Row(
        "Keras",
        "ExponentialDecay(0.1, 10, 0.5, staircase=True)",
        "lrs.Drop(0.1, factor=0.5, every=10)",
        shown=(9, 10, 20),
    ),
    Row(
        "Keras",
        "ExponentialDecay(1, 10, 0.5)",
        "lrs.Exponential(1, factor=0.5, every=10)",
        steps=[0],
        shown=(0,),
        differs={5: (0.7071068, 0.0), 10: (0.5, 0.0)},
        why=INVISIBLE_INTS,
        exact="A rate that is written as a whole number",
    ),
    Row(
        "Keras",
        "PolynomialDecay(0.1, 100, 0.01, power=2)",
        "lrs.Polynomial(0.1, 0.01, steps=100, power=2)",
    ),
    Row(
        "Keras",
        "PolynomialDecay(0.1, 100)",
        "lrs.Linear(0.1, 0.0001, steps=100)",
        note="Keras ends at 0.0001 unless told otherwise.",
    ),
    Row("Keras", "CosineDecay(0.1, 100)", "lrs.Cosine(0.1, 0, steps=100)"),
    Row(
        "Keras",
        "CosineDecay(0.1, 100, alpha=0.1)",
        "lrs.Cosine(0.1, 0.01, steps=100)",
        note="Keras' `alpha` is a part of the first rate; here the last rate itself is given.",
    ),
    Row(
        "Keras",
        "CosineDecay(0.0, 90, warmup_target=0.1, warmup_steps=10)",
        "lrs.Cosine(0.1, 0, steps=90).warmup(10)",
        shown=(0, 10, 100),
    ),
    Row(
        "Keras",
        "CosineDecay(0, 1000, warmup_target=0.1, warmup_steps=1000)",
        "lrs.Cosine(0.1, 0, steps=1000).warmup(1000)",
        steps=[0, 2000],
        shown=(0, 2000),
        differs={500: (0.05, 0.0), 1000: (0.1, 0.0), 1500: (0.05, 0.0)},
        why=f"{INVISIBLE_INTS} This is the example of Keras' documentation, and trains nothing.",
        exact="A warm-up from 0, written as in the documentation of Keras",
    ),
    Row(
        "Keras",
        "CosineDecay(0.1, 100, warmup_steps=10)",
        "lrs.Cosine(0.1, 0, steps=100).warmup(10)",
        steps=[110],
        shown=(110,),
        differs={0: (0.0, 0.1), 5: (0.05, 0.09938442)},
        why="Without a `warmup_target` Keras leaves the warm-up out.",
    ),
    Row(
        "Keras",
        "PiecewiseConstantDecay([30, 60], [0.1, 0.01, 0.001])",
        "lrs.Piecewise([0.1, 0.01, 0.001], [31, 61])",
        shown=(30, 31, 61),
        note=ONE_LATE,
    ),
    Row(
        "Keras",
        "PiecewiseConstantDecay([30, 60], [0.1, 0.01, 0.001])",
        "lrs.Piecewise([0.1, 0.01, 0.001], [30, 60])",
        shown=(29, 31),
        differs={30: (0.01, 0.1), 60: (0.001, 0.01)},
        why=ONE_LATE,
    ),
    Row(
        "Keras",
        "CosineDecay(0.1, 100_000)",
        "lrs.Cosine(0.1, 0, steps=100_000)",
        steps=[0, 50_000, 100_000],
        shown=(50_000,),
        differs={99_990: (2.467401e-09, 2.980232e-9), 99_999: (2.467401e-11, 0.0)},
        why=LAST_DIGITS,
        exact="The last steps of a cosine",
    ),
    Row(
        "Keras",
        "ExponentialDecay(0.1, 1, 0.999999)",
        "lrs.Exponential(0.1, factor=0.999999)",
        steps=[0],
        shown=(0,),
        differs={1_000_000: (0.03678793, 0.03630265)},
        why=BASE,
        exact="A factor near 1",
    ),
    # --- optax -------------------------------------------------------------------------------
    Row("optax", "optax.constant_schedule(0.1)", "lrs.Constant(0.1)", shown=(0, 100)),
    Row("optax", "optax.linear_schedule(0.1, 0, 100)", "lrs.Linear(0.1, 0, steps=100)"),
    Row(
        "optax",
        "optax.linear_schedule(0.1, 0, 80, transition_begin=20)",
        "lrs.Linear(0.1, 0, steps=80).delay(20)",
        shown=(20, 60, 100),
    ),
    Row(
        "optax",
        "optax.polynomial_schedule(0.1, 0.01, 2, 100)",
        "lrs.Polynomial(0.1, 0.01, steps=100, power=2)",
    ),
    Row(
        "optax",
        "optax.exponential_decay(0.1, 10, 0.5)",
        "lrs.Exponential(0.1, factor=0.5, every=10)",
        shown=(0, 5, 10),
    ),
    Row(
        "optax",
        "optax.exponential_decay(0.1, 10, 0.5, staircase=True)",
        "lrs.Drop(0.1, factor=0.5, every=10)",
        shown=(9, 10, 20),
    ),
    Row(
        "optax",
        "optax.exponential_decay(0.1, 10, 0.5, transition_begin=20)",
        "lrs.Exponential(0.1, factor=0.5, every=10).delay(20)",
        shown=(0, 20, 30),
    ),
    Row("optax", "optax.cosine_decay_schedule(0.1, 100)", "lrs.Cosine(0.1, 0, steps=100)"),
    Row(
        "optax",
        "optax.cosine_decay_schedule(0.1, 100, alpha=0.1)",
        "lrs.Cosine(0.1, 0.01, steps=100)",
        note="optax' `alpha` is a part of the first rate; here the last rate itself is given.",
    ),
    Row(
        "optax",
        "optax.warmup_constant_schedule(0, 0.1, 10)",
        "lrs.Constant(0.1).warmup(10)",
        shown=(0, 5, 10),
    ),
    Row(
        "optax",
        "optax.warmup_cosine_decay_schedule(0, 0.1, 10, 100, 0.01)",
        "lrs.Cosine(0.1, 0.01, steps=90).warmup(10)",
        shown=(0, 10, 100),
        note="optax counts the warm-up into the 100 steps.",
    ),
    Row(
        "optax",
        "optax.warmup_exponential_decay_schedule(0, 0.1, 10, 20, 0.5)",
        "lrs.Exponential(0.1, factor=0.5, every=20).warmup(10)",
        shown=(0, 10, 30),
    ),
    Row(
        "optax",
        "optax.join_schedules([optax.linear_schedule(0.1, 0.05, 30), "
        "optax.cosine_decay_schedule(0.05, 70)], [30])",
        "lrs.Linear(0.1, 0.05, steps=30).then(lrs.Cosine(0.05, 0, steps=70))",
        shown=(0, 30, 100),
    ),
    Row(
        "optax",
        "optax.piecewise_constant_schedule(0.1, {30: 0.1, 60: 0.1})",
        "lrs.Piecewise([0.1, 0.01, 0.001], [30, 60])",
        shown=(29, 30, 60),
    ),
    Row(
        "optax",
        "optax.cosine_decay_schedule(0.1, 100_000)",
        "lrs.Cosine(0.1, 0, steps=100_000)",
        steps=[0, 50_000, 100_000],
        shown=(50_000,),
        differs={99_990: (2.467401e-09, 2.980232e-9), 99_999: (2.467401e-11, 0.0)},
        why=LAST_DIGITS,
        exact="The last steps of a cosine",
    ),
    Row(
        "optax",
        "optax.exponential_decay(0.1, 1, 0.999999)",
        "lrs.Exponential(0.1, factor=0.999999)",
        steps=[0],
        shown=(0,),
        differs={1_000_000: (0.03678793, 0.03630265)},
        why=BASE,
        exact="A factor near 1",
    ),
    # --- PyTorch -----------------------------------------------------------------------------
    Row(
        "PyTorch",
        "ConstantLR(optimizer, factor=0.5, total_iters=10)",
        "lrs.Constant(0.05).then(lrs.Constant(0.1), at=10)",
        shown=(0, 9, 10),
    ),
    Row(
        "PyTorch",
        "LinearLR(optimizer, start_factor=0.1, total_iters=10)",
        "lrs.Linear(0.01, 0.1, steps=10)",
        shown=(0, 5, 10),
    ),
    Row(
        "PyTorch",
        "StepLR(optimizer, 10, gamma=0.5)",
        "lrs.Drop(0.1, factor=0.5, every=10)",
        shown=(9, 10, 20),
    ),
    Row(
        "PyTorch",
        "MultiStepLR(optimizer, [30, 60], gamma=0.1)",
        "lrs.Piecewise([0.1, 0.01, 0.001], [30, 60])",
        shown=(29, 30, 60),
    ),
    Row(
        "PyTorch",
        "ExponentialLR(optimizer, 0.95)",
        "lrs.Exponential(0.1, factor=0.95)",
    ),
    Row(
        "PyTorch",
        "PolynomialLR(optimizer, 100, power=2)",
        "lrs.Polynomial(0.1, 0, steps=100, power=2)",
    ),
    Row(
        "PyTorch",
        "CosineAnnealingLR(optimizer, 100, eta_min=0.01)",
        "lrs.Cosine(0.1, 0.01, steps=100)",
        steps=range(101),
        differs={150: (0.01, 0.055), 200: (0.01, 0.1)},
        why="Past its end PyTorch's cosine rises again, to where it began.",
    ),
    Row(
        "PyTorch",
        "LambdaLR(optimizer, lambda step: 1 / (1 + 0.05 * step))",
        "lrs.TimeBased(0.1, decay=0.05)",
    ),
    Row(
        "PyTorch",
        "MultiplicativeLR(optimizer, lambda step: 0.95)",
        "lrs.Exponential(0.1, factor=0.95)",
    ),
    Row(
        "PyTorch",
        "SequentialLR(optimizer, [LinearLR(optimizer, 0.1, total_iters=10), "
        "CosineAnnealingLR(optimizer, 90)], [10])",
        "lrs.Cosine(0.1, 0, steps=90).warmup(10, start=0.01)",
        steps=range(101),
        shown=(0, 10, 100),
    ),
    # --- timm --------------------------------------------------------------------------------
    Row("timm", "CosineLRScheduler(optimizer, 100)", "lrs.Cosine(0.1, 0, steps=100)"),
    Row(
        "timm",
        "CosineLRScheduler(optimizer, 90, lr_min=0.01, warmup_t=10, warmup_prefix=True)",
        "lrs.Cosine(0.1, 0.01, steps=90).warmup(10)",
        shown=(0, 10, 100),
    ),
    Row(
        "timm",
        "CosineLRScheduler(optimizer, 100, warmup_t=10)",
        "lrs.Cosine(0.1, 0, steps=100).warmup(10)",
        steps=range(10),
        shown=(0,),
        differs={10: (0.1, 0.09755283), 50: (0.06545085, 0.05)},
        why="Without `warmup_prefix` timm leaves out the first steps of the cosine: it jumps at "
        "the end of the warm-up, and never reaches its rate.",
    ),
    Row(
        "timm",
        "PolyLRScheduler(optimizer, 100, power=2, lr_min=0.01)",
        "lrs.Polynomial(0.1, 0.01, steps=100, power=2)",
    ),
    Row(
        "timm",
        "StepLRScheduler(optimizer, 10, decay_rate=0.5)",
        "lrs.Drop(0.1, factor=0.5, every=10)",
        shown=(9, 10, 20),
    ),
    Row(
        "timm",
        "MultiStepLRScheduler(optimizer, [31, 61], decay_rate=0.1)",
        "lrs.Piecewise([0.1, 0.01, 0.001], [30, 60])",
        shown=(29, 30, 60),
    ),
    Row(
        "timm",
        "MultiStepLRScheduler(optimizer, [30, 60], decay_rate=0.1)",
        "lrs.Piecewise([0.1, 0.01, 0.001], [30, 60])",
        shown=(28, 30),
        differs={29: (0.1, 0.01), 59: (0.01, 0.001)},
        why="timm lowers the rate one step before the milestone, and keeps to that.",
    ),
    # --- transformers ------------------------------------------------------------------------
    Row("transformers", "get_constant_schedule(optimizer)", "lrs.Constant(0.1)", shown=(0, 100)),
    Row(
        "transformers",
        "get_constant_schedule_with_warmup(optimizer, 10)",
        "lrs.Constant(0.1).warmup(10)",
        shown=(0, 5, 10),
    ),
    Row(
        "transformers",
        "get_linear_schedule_with_warmup(optimizer, 10, 100)",
        "lrs.Linear(0.1, 0, steps=90).warmup(10)",
        shown=(0, 10, 100),
    ),
    Row(
        "transformers",
        "get_cosine_schedule_with_warmup(optimizer, 10, 100)",
        "lrs.Cosine(0.1, 0, steps=90).warmup(10)",
        steps=range(101),
        shown=(0, 10, 100),
        differs={145: (0.0, 0.05), 190: (0.0, 0.1)},
        why="Past its end the cosine of transformers rises again.",
    ),
    Row(
        "transformers",
        "get_polynomial_decay_schedule_with_warmup(optimizer, 10, 100, lr_end=0.01, power=2)",
        "lrs.Polynomial(0.1, 0.01, steps=90, power=2).warmup(10)",
        shown=(0, 10, 100),
    ),
    # --- others ------------------------------------------------------------------------------
    Row(
        "fvcore",
        "CosineParamScheduler(0.1, 0.01)(step / 100)",
        "lrs.Cosine(0.1, 0.01, steps=100)",
        steps=range(100),
        shown=(0, 50),
    ),
    Row(
        "ignite",
        'PiecewiseLinear(optimizer, "lr", [(0, 0.0), (10, 0.1), (100, 0.0)])',
        "lrs.Linear(0.1, 0, steps=90).warmup(10)",
        shown=(0, 10, 100),
    ),
    Row(
        "lrsched",
        "cosine(base_lr=0.1, min_lr=0.01, total_steps=100)",
        "lrs.Cosine(0.1, 0.01, steps=100)",
    ),
    Row("Paddle", "InverseTimeDecay(0.1, 0.05)", "lrs.TimeBased(0.1, decay=0.05)"),
    Row(
        "pytorch_optimizer",
        'get_wsd_schedule(optimizer, 10, 70, 20, cooldown_type="linear")',
        "lrs.Constant(0.1).warmup(10).then(lrs.Linear(0.1, 0, steps=20), at=80)",
        shown=(0, 10, 90),
    ),
    Row(
        "pytorch_scheduler",
        "CosineWithWarmupScheduler(optimizer, 100, warmup_steps=10)",
        "lrs.Cosine(0.1, 0, steps=90).warmup(10)",
        shown=(0, 10, 100),
    ),
    Row(
        "pytorch_warmup",
        "LinearWarmup(optimizer, 10)",
        "lrs.Linear(0.01, 0.1, steps=9)",
        shown=(0, 5, 9),
        note="The first step is one tenth, not 0.",
    ),
    Row("thinc", "decaying(0.1, 0.05)", "lrs.TimeBased(0.1, decay=0.05)"),
]
