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
    source: str = ""  # where a formula was read that is restated here; no package is installed


@dataclass(frozen=True, eq=False)
class Row:
    """What is written in a library, what is written here, and where they agree."""

    library: str
    theirs: str
    ours: str
    steps: Iterable[int] = range(121)  # compared
    shown: tuple[int, ...] = (0, 50, 100)  # compared, and printed on the site
    differs: dict[int, tuple[float, float | str]] = field(default_factory=dict)  # ours, theirs
    refused: dict[int, float] = field(default_factory=dict)  # theirs, where we raise ValueError
    why: str = ""  # they differ, or it is refused, in words
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
        "The classes of `fvcore.common.param_scheduler`, called with the fraction of the run that "
        "is done.",
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
    "torchtitan": Library(
        "",
        "The factor of `torchtitan/components/lr_scheduler.py`, for a rate of 0.1. Its ramps are "
        "one step longer than their names say, and begin one step earlier: a warmup of 9 steps is "
        "1/10 of the peak at step 0.",
        source="`pytorch/torchtitan` at 0e13811",
    ),
    "nanochat": Library(
        "",
        "The factor of `scripts/base_train.py`, for a rate of 0.1. It is 1 at the last step of the "
        "warmup.",
        source="`karpathy/nanochat` at 00255c1",
    ),
    "OLMo-core": Library(
        "",
        "The classes of `olmo_core.optim.scheduler`. Its trainer counts updates from 1, so "
        "that the first update has the rate of step 1.",
        source="`allenai/OLMo-core` at 014c4c6",
    ),
    "Megatron-LM": Library(
        "",
        "The class of `megatron/core/optimizer_param_scheduler.py`, whose `init_lr` is 0. Its "
        "training loop counts samples: each update adds the global batch size, and all lengths are "
        "in samples.",
        source="`NVIDIA/Megatron-LM` at 00caa53",
    ),
    "levanter": Library(
        "",
        "The fields of `levanter.optim.AdamConfig`. A length of at most 1 is a fraction of the "
        "run, rounded down. levanter computes in single precision.",
        source="`marin-community/marin` at 1e05329",
    ),
}


# Restart i of cycles of 10 steps, each `growth` times as long as the one before.
DOUBLING = [10 * (2**i - 1) for i in range(16)]
TREBLING = [5 * (3**i - 1) for i in range(11)]

WHOLE = "Keras takes the type of the first number it is given, and a whole number makes all whole."
ONE_LATE = "At its boundary, Keras still returns the old value; the new one begins a step later."
DIGITS = "In single precision, a cosine near −1, plus 1, loses its last digits."
BASE = "The factor is rounded to single precision before it is raised to a power."
RISES = "The cosine rises again after its last step."
LOGARITHM = "The number of the cycle is computed with a logarithm, which is a little too small."
ROUNDED = (
    "In lrschedules, every cycle is a whole number of steps. In the other library, a restart falls "
    "between two steps."
)

TRUNCATED = (
    "pytorch_warmup rounds 2 / (1 − 0.999) = 1999.99… down, so its warmup is too short by a step."
)

# The first of the lengths from 1 to 399 whose drop comes a step late, and how many they are.
LATE_DROPS, LATE_COUNT = (41, 47, 55, 61, 82, 83), 51
LATE = (
    "XLA, which compiles the schedule, multiplies the step by 1/41 instead of dividing it by 41. "
    "In single precision the product is a little too small, so that the drop comes a step late. "
    f"It is late for {LATE_COUNT} of the lengths from 1 to 399: "
    f"{', '.join(map(str, LATE_DROPS))} and so on."
)

TAIL = "The last steps of a cosine"
NEAR_ONE = "A factor near 1"
RESTARTS = "Restarts of cycles that double"
TREBLES = "Restarts of cycles that treble"
WARM = "A warmup from 0"
INTEGER = "A rate that is written as a whole number"
BOUNDARY = "A boundary"
PAST = "After the last step of a cosine"
ONE_CYCLE = "The end of one cycle"
DROP = "A drop after 41 steps"

KERAS = [
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
        "InverseTimeDecay(0.1, 1, -0.5)",
        "lrs.TimeBased(0.1, decay=-0.5)",
        steps=[],
        shown=(),
        refused={1: 0.2, 2: float("inf"), 3: -0.2},
        why="The rate grows beyond all bounds, and comes back below zero.",
    ),
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
        "ExponentialDecay(0.1, 41, 0.5, staircase=True)",
        "lrs.Drop(0.1, factor=0.5, every=41)",
        steps=range(164),
        shown=(40, 42),
        differs={41: (0.05, 0.1), 82: (0.025, 0.05)},
        why=LATE,
        exact=DROP,
    ),
    Row(
        "Keras",
        "ExponentialDecay(1, 10, 0.5)",
        "lrs.Exponential(1, factor=0.5, every=10)",
        steps=[0],
        shown=(0,),
        differs={5: (0.7071068, 0.0), 10: (0.5, 0.0)},
        why=WHOLE,
        exact=INTEGER,
    ),
    Row(
        "Keras",
        "ExponentialDecay(0.1, 1, 0.999999)",
        "lrs.Exponential(0.1, factor=0.999999)",
        steps=[0],
        shown=(0,),
        differs={100_000: (0.09048374, 0.09036367), 1_000_000: (0.03678793, 0.03630265)},
        why=BASE,
        exact=NEAR_ONE,
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
    Row(
        "Keras",
        "PolynomialDecay(0.1, 100, 0.01, power=2, cycle=True)",
        "lrs.Polynomial(0.09, 0, 100).repeat() * lrs.Power(1, power=2).per_epoch(100) + 0.01",
        steps=range(350),
        shown=(0, 50, 150),
        differs={100: (0.0325, 0.01), 200: (0.02, 0.01), 300: (0.015625, 0.01)},
        why="At a restart, Keras still returns the last rate of the previous cycle.",
    ),
    Row("Keras", "CosineDecay(0.1, 100)", "lrs.Cosine(0.1, 0, steps=100)"),
    Row(
        "Keras",
        "CosineDecay(0.1, 100, alpha=0.1)",
        "lrs.Cosine(0.1, 0.01, steps=100)",
        steps=range(301),
        shown=(0, 100, 150, 200),
        note="Keras' `alpha` is a fraction of the initial rate; `stop` is the final rate itself.",
        exact=PAST,
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
        shown=(0,),
        differs={500: (0.05, 0.0), 1000: (0.1, 0.0), 1500: (0.05, 0.0)},
        why=f"{WHOLE} This is the example in Keras' documentation, and it trains nothing.",
        exact=WARM,
    ),
    Row(
        "Keras",
        "CosineDecay(0.1, 100, warmup_steps=10)",
        "lrs.Cosine(0.1, 0, steps=100).warmup(10)",
        steps=[110],
        shown=(110,),
        differs={0: (0.0, 0.1), 5: (0.05, 0.09938442)},
        why="Without a `warmup_target`, Keras omits the warmup.",
    ),
    Row(
        "Keras",
        "CosineDecay(0.1, 100_000)",
        "lrs.Cosine(0.1, 0, steps=100_000)",
        steps=[0, 50_000, 100_000],
        shown=(50_000,),
        differs={99_990: (2.467401e-09, 2.980232e-09), 99_999: (2.467401e-11, 0.0)},
        why=DIGITS,
        exact=TAIL,
    ),
    Row(
        "Keras",
        "CosineDecayRestarts(0.1, 10)",
        "lrs.recipes.sgdr(0.1, 0, steps=10)",
        steps=[*range(151), *DOUBLING[:13]],
        shown=(10, DOUBLING[12]),
        differs={DOUBLING[13]: (0.1, 0.0), DOUBLING[15]: (0.1, 0.0)},
        why=f"{LOGARITHM} The rate is 0 where it should be highest.",
        exact=RESTARTS,
    ),
    Row(
        "Keras",
        "CosineDecayRestarts(0.1, 10, t_mul=1.0)",
        "lrs.Cosine(0.1, 0, steps=10).repeat()",
        steps=range(81),
        shown=(5, 9, 10),
    ),
    Row(
        "Keras",
        "CosineDecayRestarts(0.1, 10, m_mul=0.8, alpha=0.1)",
        "lrs.recipes.sgdr(0.09, 0, steps=10, factor=0.8) + 0.01",
        shown=(0, 10, 30),
        note="Keras does not lower the floor with the cycles, so it is added to the schedule.",
    ),
    Row(
        "Keras",
        "CosineDecayRestarts(0.1, 10, t_mul=1.5)",
        "lrs.recipes.sgdr(0.1, 0, steps=10, growth=1.5)",
        steps=range(26),
        shown=(10, 25),
        differs={47: (0.1, 0.0001217961), 48: (0.09978671, 0.09994586)},
        why=ROUNDED,
    ),
    Row(
        "Keras",
        "CosineDecayRestarts(0.1, 10, t_mul=3.0)",
        "lrs.recipes.sgdr(0.1, 0, steps=10, growth=3)",
        steps=[*range(131), *TREBLING],
        shown=(10, 40, 130),
        exact=TREBLES,
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
        "lrs.recipes.multistep(0.1, 0.1, [30, 60])",
        shown=(29, 31),
        differs={30: (0.01, 0.1), 60: (0.001, 0.01)},
        why=ONE_LATE,
        exact=BOUNDARY,
    ),
    Row(
        "Keras",
        "PiecewiseConstantDecay([5, 3], [0.1, 0.01, 0.001])",
        "lrs.Piecewise([0.1, 0.01, 0.001], [5, 3])",
        steps=[],
        shown=(),
        refused={3: 0.1, 4: 0.101, 6: 0.001},
        why="The boundaries do not rise; Keras adds up two of the values.",
    ),
]

OPTAX = [
    Row("optax", "optax.constant_schedule(0.1)", "lrs.Constant(0.1)", shown=(0, 100)),
    Row("optax", "optax.linear_schedule(0.1, 0, 100)", "lrs.Linear(0.1, 0, steps=100)"),
    Row(
        "optax",
        "optax.linear_schedule(0.1, 0, 0)",
        "lrs.Linear(0.1, 0, steps=0)",
        steps=[],
        shown=(),
        refused={0: 0.1, 100: 0.1},
        why="No steps are no decay; optax gives a constant rate, the first one.",
    ),
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
        "optax.exponential_decay(0.1, 10, 0)",
        "lrs.Exponential(0.1, factor=0, every=10)",
        steps=[],
        shown=(),
        refused={10: 0.1, 100: 0.1},
        why="A factor of 0 makes no decay; optax gives a constant rate.",
    ),
    Row(
        "optax",
        "optax.exponential_decay(0.1, 10, 0.5, end_value=0.01)",
        "lrs.Exponential(0.1, factor=0.5, every=10).clip(minimum=0.01)",
        shown=(0, 10, 40),
    ),
    Row(
        "optax",
        "optax.exponential_decay(0.1, 10, 0.5, transition_begin=20)",
        "lrs.Exponential(0.1, factor=0.5, every=10).delay(20)",
        shown=(0, 20, 30),
    ),
    Row(
        "optax",
        "optax.exponential_decay(0.1, 10, 0.5, staircase=True)",
        "lrs.Drop(0.1, factor=0.5, every=10)",
        shown=(9, 10, 20),
    ),
    Row(
        "optax",
        "optax.exponential_decay(0.1, 41, 0.5, staircase=True)",
        "lrs.Drop(0.1, factor=0.5, every=41)",
        steps=range(164),
        shown=(40, 42),
        differs={41: (0.05, 0.1), 82: (0.025, 0.05)},
        why=LATE,
        exact=DROP,
    ),
    Row(
        "optax",
        "optax.exponential_decay(1, 10, 0.5)",
        "lrs.Exponential(1, factor=0.5, every=10)",
        shown=(0, 5, 10),
        exact=INTEGER,
    ),
    Row(
        "optax",
        "optax.exponential_decay(0.1, 1, 0.999999)",
        "lrs.Exponential(0.1, factor=0.999999)",
        steps=[0],
        shown=(0,),
        differs={100_000: (0.09048374, 0.09036367), 1_000_000: (0.03678793, 0.03630265)},
        why=BASE,
        exact=NEAR_ONE,
    ),
    Row(
        "optax",
        "optax.piecewise_constant_schedule(0.1, {30: 0.1, 60: 0.1})",
        "lrs.recipes.multistep(0.1, 0.1, [30, 60])",
        shown=(29, 30, 31, 60),
        exact=BOUNDARY,
    ),
    Row(
        "optax",
        'optax.piecewise_interpolate_schedule("linear", 0.1, {30: 0.5, 60: 0.1})',
        "lrs.recipes.interpolate([0.1, 0.05, 0.005], [30, 60])",
        shown=(0, 30, 60),
        note="optax takes factors; `interpolate` takes the rates themselves.",
    ),
    Row(
        "optax",
        'optax.piecewise_interpolate_schedule("cosine", 0.1, {30: 0.5, 60: 0.1})',
        "lrs.recipes.interpolate([0.1, 0.05, 0.005], [30, 60], shape=lrs.Cosine)",
        shown=(0, 30, 60),
    ),
    Row(
        "optax",
        "optax.cosine_decay_schedule(0.1, 100, alpha=0.1)",
        "lrs.Cosine(0.1, 0.01, steps=100)",
        steps=range(301),
        shown=(0, 100, 150, 200),
        note="optax' `alpha` is a fraction of the initial rate; `stop` is the final rate itself.",
        exact=PAST,
    ),
    Row(
        "optax",
        "optax.cosine_decay_schedule(0.1, 100, exponent=2)",
        "lrs.Cosine(0.1, 0, steps=100) * lrs.Cosine(1, 0, steps=100)",
    ),
    Row(
        "optax",
        "optax.cosine_decay_schedule(0.1, 100_000)",
        "lrs.Cosine(0.1, 0, steps=100_000)",
        steps=[0, 50_000, 100_000],
        shown=(50_000,),
        differs={99_990: (2.467401e-09, 2.980232e-09), 99_999: (2.467401e-11, 0.0)},
        why=DIGITS,
        exact=TAIL,
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
        note="optax includes the warmup in the 100 steps.",
    ),
    Row(
        "optax",
        "optax.warmup_cosine_decay_schedule(0, 0.1, 1000, 2000)",
        "lrs.Cosine(0.1, 0, steps=1000).warmup(1000)",
        steps=range(0, 2001, 50),
        shown=(500, 1000, 1500),
        exact=WARM,
    ),
    Row(
        "optax",
        "optax.warmup_exponential_decay_schedule(0, 0.1, 10, 20, 0.5)",
        "lrs.Exponential(0.1, factor=0.5, every=20).warmup(10)",
        shown=(0, 10, 30),
    ),
    Row(
        "optax",
        "optax.sgdr_schedule([dict(init_value=0, peak_value=0.1 * 0.5**i, warmup_steps=5, "
        "decay_steps=20) for i in range(3)])",
        "lrs.Cosine(0.1, 0, steps=15).warmup(5).repeat(3, factor=0.5)",
        shown=(0, 5, 25),
    ),
    Row(
        "optax",
        "optax.sgdr_schedule([dict(init_value=0.1, peak_value=0.1, warmup_steps=0, "
        "decay_steps=10 * 2**i) for i in range(16)])",
        "lrs.recipes.sgdr(0.1, 0, steps=10)",
        steps=[*range(151), *DOUBLING],
        shown=(DOUBLING[12], DOUBLING[13], DOUBLING[15]),
        exact=RESTARTS,
    ),
    Row(
        "optax",
        "optax.cosine_onecycle_schedule(100, 0.1)",
        "lrs.recipes.one_cycle(0.1, 100)",
        shown=(0, 30, 100),
    ),
    Row(
        "optax",
        "optax.cosine_onecycle_schedule(100, 0.1, pct_start=0.29)",
        "lrs.recipes.one_cycle(0.1, 100, up=0.29)",
        steps=[0, 100],
        shown=(0, 100),
        differs={28: (0.09971862, 0.1), 29: (0.1, 0.09995241)},
        why="0.29 of 100 steps is 29, so the peak is at step 29. In floating point, `0.29 * 100` "
        "is a little less, and optax rounds it down to 28.",
    ),
    Row(
        "optax",
        "optax.cosine_onecycle_schedule(3, 0.1)",
        "lrs.recipes.one_cycle(0.1, 3)",
        steps=[],
        shown=(),
        refused={0: 0.1, 1: 0.0750001},
        why="There are too few steps to rise in; optax begins at the peak.",
    ),
    Row(
        "optax",
        "optax.linear_onecycle_schedule(100, 0.1)",
        "lrs.recipes.one_cycle_three_phase(0.1, 100)",
        shown=(0, 30, 85, 100),
    ),
    Row(
        "optax",
        "optax.join_schedules([optax.linear_schedule(0.1, 0.05, 30), "
        "optax.cosine_decay_schedule(0.05, 70)], [30])",
        "lrs.Linear(0.1, 0.05, steps=30).then(lrs.Cosine(0.05, 0, steps=70))",
        shown=(0, 30, 100),
    ),
]

PYTORCH = [
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
        "StepLR(optimizer, 41, gamma=0.5)",
        "lrs.Drop(0.1, factor=0.5, every=41)",
        shown=(40, 41, 42, 82),
        exact=DROP,
    ),
    Row(
        "PyTorch",
        "MultiStepLR(optimizer, [30, 60], gamma=0.1)",
        "lrs.recipes.multistep(0.1, 0.1, [30, 60])",
        shown=(29, 30, 31, 60),
        exact=BOUNDARY,
    ),
    Row("PyTorch", "ExponentialLR(optimizer, 0.95)", "lrs.Exponential(0.1, factor=0.95)"),
    Row(
        "PyTorch",
        "ExponentialLR(optimizer, 0.999999)",
        "lrs.Exponential(0.1, factor=0.999999)",
        steps=[0, 1, 1000],
        shown=(0, 100_000),
        exact=NEAR_ONE,
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
        why=RISES,
        exact=PAST,
    ),
    Row(
        "PyTorch",
        "CosineAnnealingLR(optimizer, 100_000)",
        "lrs.Cosine(0.1, 0, steps=100_000)",
        steps=[0, 50_000, 99_000, 100_000],
        shown=(50_000, 99_990, 99_999),
        exact=TAIL,
    ),
    Row(
        "PyTorch",
        "CosineAnnealingWarmRestarts(optimizer, 10, T_mult=2, eta_min=0.01)",
        "lrs.recipes.sgdr(0.1, 0.01, steps=10)",
        steps=range(151),
        shown=(9, 10, 30),
    ),
    Row(
        "PyTorch",
        "CosineAnnealingWarmRestarts(optimizer, 10, T_mult=2)",
        "lrs.recipes.sgdr(0.1, 0, steps=10)",
        steps=DOUBLING,
        shown=(10, *DOUBLING[12:14], DOUBLING[15]),
        exact=RESTARTS,
    ),
    Row(
        "PyTorch",
        "CosineAnnealingWarmRestarts(optimizer, 10, T_mult=3).step(epoch)",
        "lrs.recipes.sgdr(0.1, 0, steps=10, growth=3)",
        steps=[0, 10, 40, 130, 400],
        shown=(400,),
        differs={1210: (0.1, 0.0), 295_240: (0.1, 0.0)},
        why=f"{LOGARITHM} Called without `epoch`, PyTorch's restarts are right.",
        exact=TREBLES,
    ),
    Row(
        "PyTorch",
        "CyclicLR(optimizer, 0.01, 0.1, 10, cycle_momentum=False)",
        "lrs.recipes.triangular(0.01, 0.1, steps=10)",
        shown=(0, 10, 20),
    ),
    Row(
        "PyTorch",
        "CyclicLR(optimizer, 0.01, 0.1, 10, 30, cycle_momentum=False)",
        "lrs.recipes.triangular(0.01, 0.1, steps=10, down=30)",
        shown=(0, 10, 40),
    ),
    Row(
        "PyTorch",
        'CyclicLR(optimizer, 0.01, 0.1, 10, mode="triangular2", cycle_momentum=False)',
        "lrs.recipes.triangular2(0.01, 0.1, steps=10)",
        shown=(10, 20, 30),
    ),
    Row(
        "PyTorch",
        'CyclicLR(optimizer, 0.01, 0.1, 10, mode="exp_range", gamma=0.99, cycle_momentum=False)',
        "lrs.recipes.exp_range(0.01, 0.1, steps=10, factor=0.99)",
        shown=(10, 20, 30),
    ),
    Row(
        "PyTorch",
        "OneCycleLR(optimizer, 0.1, total_steps=100)",
        "lrs.recipes.one_cycle_torch(0.1, 100)",
        steps=range(100),
        shown=(0, 29, 99),
        differs={100: (4e-07, 5.074647e-05)},
        note="`lrs.joint.one_cycle_torch` also has the momentum of `cycle_momentum=True`.",
        why="The cosine rises again; the rate is accepted for one step more than there are.",
    ),
    Row(
        "PyTorch",
        'OneCycleLR(optimizer, 0.1, total_steps=100, anneal_strategy="linear")',
        "lrs.recipes.one_cycle_torch(0.1, 100, shape=lrs.Linear)",
        steps=range(100),
        shown=(0, 29, 99),
        differs={100: (4e-07, -0.001428166)},
        why="The line goes on below zero; the rate is accepted for one step more than there are.",
        exact=ONE_CYCLE,
    ),
    Row(
        "PyTorch",
        "OneCycleLR(optimizer, 0.1, total_steps=100)",
        "lrs.recipes.one_cycle(0.1, 100)",
        steps=[0],
        shown=(0,),
        differs={29: (0.09973705, 0.1), 30: (0.1, 0.09994965), 99: (5.074647e-05, 4e-07)},
        why="The peak and the end are a step earlier in PyTorch than in optax and fastai; "
        "`one_cycle_torch` has its steps.",
    ),
    Row(
        "PyTorch",
        "OneCycleLR(optimizer, 0.1, total_steps=101)",
        "lrs.recipes.one_cycle_torch(0.1, 101)",
        steps=[0, 100],
        shown=(0, 100),
        differs={29: (0.1, 0.09997517), 50: (0.0799237, 0.08029842)},
        why="0.3 of 101 steps is no whole number: PyTorch's peak falls between two steps, and is "
        "not reached.",
    ),
    Row(
        "PyTorch",
        "OneCycleLR(optimizer, 0.1, total_steps=100, three_phase=True)",
        "lrs.recipes.interpolate([0.004, 0.1, 0.004, 4e-7], [29, 58, 99], shape=lrs.Cosine)",
        steps=range(100),
        shown=(0, 29, 58, 99),
        note="`lrs.joint.one_cycle_torch` with `phases=3` also has the momentum.",
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
    Row(
        "PyTorch",
        "SequentialLR(optimizer, [LinearLR(optimizer, 0.1, total_iters=10), "
        "OneCycleLR(optimizer, 0.1, total_steps=90)], [10])",
        "lrs.Linear(0.01, 0.1, steps=10).then(lrs.recipes.one_cycle_torch(0.1, 90))",
        steps=range(10, 100),
        shown=(10, 36, 99),
        differs={0: (0.01, 0.0004), 5: (0.055, 0.0022)},
        why="`OneCycleLR` overwrites the rate that the warmup before it starts from.",
    ),
    Row(
        "PyTorch",
        "ChainedScheduler([LinearLR(optimizer, 0.1, total_iters=10), "
        "ExponentialLR(optimizer, 0.95)])",
        "lrs.Linear(0.1, 1, steps=10) * lrs.Exponential(0.1, factor=0.95)",
        shown=(0, 10, 50),
    ),
]

TIMM = [
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
        "the end of the warmup, and never reaches its rate.",
    ),
    Row(
        "timm",
        "CosineLRScheduler(optimizer, 100, lr_min=0.01, k_decay=2)",
        "lrs.Cosine(0.1, 0.01, steps=100).k_decay(2)",
    ),
    Row(
        "timm",
        "CosineLRScheduler(optimizer, 10, cycle_mul=2, cycle_limit=4)",
        "lrs.Cosine(0.1, 0, steps=10).repeat(4, growth=2)",
        steps=range(201),
        shown=(10, 30, 150),
    ),
    Row(
        "timm",
        "CosineLRScheduler(optimizer, 10, cycle_mul=3, cycle_limit=11)",
        "lrs.recipes.sgdr(0.1, 0, steps=10, growth=3)",
        steps=[*range(131), 400],
        shown=(400,),
        differs={1210: (0.1, 0.0), 295_240: (0.1, 0.0)},
        why=LOGARITHM,
        exact=TREBLES,
    ),
    Row(
        "timm",
        "CosineLRScheduler(optimizer, 10, cycle_mul=0.5, cycle_limit=3)",
        "lrs.Cosine(0.1, 0, steps=10).repeat(3, growth=0.5)",
        steps=range(16),
        shown=(10, 15),
        differs={16: (0.05, 0.06545085)},
        why=ROUNDED,
    ),
    Row(
        "timm",
        "CosineLRScheduler(optimizer, 10, cycle_mul=0.5, cycle_limit=3)",
        "lrs.Cosine(0.1, 0, steps=10).repeat(3, growth=0.5)",
        steps=[],
        shown=(),
        differs={20: (0.0, "ValueError")},
        why="Where shrinking cycles can go no further, timm raises an error, and training stops.",
    ),
    Row(
        "timm",
        "CosineLRScheduler(optimizer, 20, cycle_decay=0.5, cycle_limit=3)",
        "lrs.Cosine(0.1, 0, steps=20).repeat(3, factor=0.5)",
        shown=(0, 20, 40),
    ),
    Row(
        "timm",
        "CosineLRScheduler(optimizer, 20, lr_min=0.01, cycle_decay=0.5, cycle_limit=3)",
        "lrs.Cosine(0.1, 0.01, steps=20).repeat(3, factor=0.5)",
        steps=[*range(20), 20, 40],
        shown=(0, 20, 40),
        differs={30: (0.0275, 0.03), 60: (0.0025, 0.01)},
        why="timm lowers only the peaks; lrschedules lowers the whole cycle.",
    ),
    Row(
        "timm",
        "PolyLRScheduler(optimizer, 100, power=2, lr_min=0.01)",
        "lrs.Polynomial(0.1, 0.01, steps=100, power=2)",
    ),
    Row(
        "timm",
        "PolyLRScheduler(optimizer, 100, power=2, k_decay=2)",
        "lrs.Polynomial(0.1, 0, steps=100, power=2).k_decay(2)",
    ),
    Row(
        "timm",
        "TanhLRScheduler(optimizer, 100, lb=-2, ub=3)",
        "lrs.recipes.htd(0.1, 0, 100, lower=-2, upper=3)",
        steps=range(1, 100),
        shown=(1, 50, 99),
        differs={0: (0.09820138, 0.1), 100: (0.0002472623, 0.0)},
        why="The published curve begins a little below the rate and ends a little above the "
        "floor; timm gives the rate itself at step 0, and the floor at the end.",
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
        "lrs.recipes.multistep(0.1, 0.1, [30, 60])",
        shown=(29, 30, 60),
        note="timm lowers the rate one step before the milestone, and keeps to that.",
    ),
    Row(
        "timm",
        "MultiStepLRScheduler(optimizer, [30, 60], decay_rate=0.1)",
        "lrs.recipes.multistep(0.1, 0.1, [30, 60])",
        shown=(28, 30),
        differs={29: (0.1, 0.01), 59: (0.01, 0.001)},
        why="timm lowers the rate one step before the milestone, and keeps to that.",
        exact=BOUNDARY,
    ),
    Row(
        "timm",
        'WSDLRScheduler(optimizer, 90, 20, warmup_t=10, decay_fn="linear")',
        "lrs.recipes.warmup_stable_decay(0.1, 10, 70, 20)",
        shown=(10, 80, 90),
    ),
    Row(
        "timm",
        "WSDLRScheduler(optimizer, 90, 20, warmup_t=10, lr_min=0.01)",
        "lrs.recipes.warmup_stable_decay(0.1, 10, 70, 20, stop=0.01, "
        "shape=lrs.recipes.one_minus_sqrt)",
        shown=(10, 80, 90),
    ),
    Row(
        "timm",
        'WSDLRScheduler(optimizer, 90, 20, warmup_t=10, decay_fn="cosine")',
        "lrs.recipes.warmup_stable_decay(0.1, 10, 70, 20, shape=lrs.Cosine)",
        shown=(10, 80, 90),
    ),
    Row(
        "timm",
        'WSDLRScheduler(optimizer, 90, 20, warmup_t=10, decay_fn="power", decay_power=2)',
        "lrs.Constant(0.1).then(lrs.Linear(0.1, 0, steps=20).k_decay(2), at=70).warmup(10)",
        shown=(10, 80, 90),
    ),
    Row(
        "timm",
        'WSDLRScheduler(optimizer, 90, 20, warmup_t=10, decay_fn="exp", decay_ratio=0.5)',
        "lrs.recipes.warmup_stable_decay(0.1, 10, 70, 20, shape=lrs.FiniteExponential)",
        shown=(10, 80, 90),
    ),
    Row(
        "timm",
        'WSDLRScheduler(optimizer, 90, 20, warmup_t=10, stable_fn="rsqrt", decay_fn="linear")',
        "(lrs.Power(0.1, 0.5, steps=10) * lrs.Linear(1, 0, steps=20).delay(70)).warmup(10)",
        shown=(10, 80, 90),
        note="In timm, the rate also falls during the last phase, so this decay is a factor.",
    ),
    Row(
        "timm",
        "WSDLRScheduler(optimizer, 90, 20, warmup_t=10, "
        'stable_fn="power", stable_power=0.51, decay_fn="linear")',
        "(lrs.Power(0.1, 0.51, steps=10) * lrs.Linear(1, 0, steps=20).delay(70)).warmup(10)",
        shown=(10, 80, 90),
    ),
]

TRANSFORMERS = [
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
        note="transformers includes the warmup in the 100 steps.",
    ),
    Row(
        "transformers",
        "get_cosine_schedule_with_warmup(optimizer, 10, 100)",
        "lrs.Cosine(0.1, 0, steps=90).warmup(10)",
        steps=range(101),
        shown=(0, 10, 100),
        differs={145: (0.0, 0.05), 190: (0.0, 0.1)},
        why=RISES,
    ),
    Row(
        "transformers",
        "get_cosine_with_hard_restarts_schedule_with_warmup(optimizer, 10, 100, num_cycles=3)",
        "lrs.Cosine(0.1, 0, steps=30).repeat(3).warmup(10)",
        shown=(10, 40, 100),
    ),
    Row(
        "transformers",
        "get_cosine_with_hard_restarts_schedule_with_warmup(optimizer, 10, 110, num_cycles=3)",
        "lrs.Cosine(0.1, 0, steps=33).repeat(3).warmup(10)",
        steps=range(11),
        shown=(5, 10),
        differs={
            43: (0.1, 2.467198e-05),
            44: (0.0997736, 0.09990134),
            109: (0.0, 0.0002219018),
        },
        why=ROUNDED,
    ),
    Row(
        "transformers",
        "get_cosine_with_min_lr_schedule_with_warmup(optimizer, 10, 100, min_lr=0.01)",
        "lrs.Cosine(0.1, 0.01, steps=90).warmup(10)",
        steps=range(101),
        shown=(0, 10, 100),
        differs={145: (0.01, 0.055), 190: (0.01, 0.1)},
        why=RISES,
    ),
    Row(
        "transformers",
        "get_cosine_with_min_lr_schedule_with_warmup_lr_rate(optimizer, 10, 100, min_lr=0.01)",
        "lrs.Cosine(0.1, 0.01, steps=90).warmup(9, start=0.01)",
        steps=range(100),
        shown=(0, 9, 99),
        note="All is a step early in this one: no step has a rate of 0, and the last rate comes "
        "at step 99.",
    ),
    Row(
        "transformers",
        "get_cosine_with_min_lr_schedule_with_warmup(optimizer, 0, 100, min_lr=0.01)",
        "lrs.Cosine(0.1, 0.01, steps=100)",
        steps=range(101),
        differs={150: (0.01, 0.055), 200: (0.01, 0.1)},
        why=RISES,
        exact=PAST,
    ),
    Row(
        "transformers",
        "get_polynomial_decay_schedule_with_warmup(optimizer, 10, 100, lr_end=0.01, power=2)",
        "lrs.Polynomial(0.1, 0.01, steps=90, power=2).warmup(10)",
        shown=(0, 10, 100),
    ),
    Row(
        "transformers",
        "get_polynomial_decay_schedule_with_warmup(optimizer, 10, 100)",
        "lrs.Linear(0.1, 1e-7, steps=90).warmup(10)",
        shown=(0, 10, 100),
        note="transformers ends at 1e-7 unless told otherwise.",
    ),
    Row(
        "transformers",
        "get_inverse_sqrt_schedule(optimizer, 10)",
        "lrs.recipes.inverse_sqrt(0.1, 10)",
        shown=(5, 10, 40),
    ),
    Row(
        "transformers",
        "get_inverse_sqrt_schedule(optimizer, 10, timescale=40)",
        "lrs.Power(0.1, 0.5, steps=40).warmup(10)",
        shown=(5, 10, 50),
    ),
    Row(
        "transformers",
        'get_wsd_schedule(optimizer, 10, 20, num_stable_steps=70, decay_type="linear")',
        "lrs.recipes.warmup_stable_decay(0.1, 10, 70, 20)",
        shown=(10, 80, 90),
    ),
    Row(
        "transformers",
        'get_wsd_schedule(optimizer, 10, 20, 100, decay_type="1-sqrt")',
        "lrs.recipes.warmup_stable_decay(0.1, 10, 70, 20, shape=lrs.recipes.one_minus_sqrt)",
        shown=(10, 80, 90),
    ),
    Row(
        "transformers",
        'get_wsd_schedule(optimizer, 10, 20, 100, warmup_type="cosine")',
        "lrs.Constant(0.1).cooldown(20, at=70, shape=lrs.Cosine).warmup(10, shape=lrs.Cosine)",
        shown=(5, 10, 90),
    ),
    Row(
        "transformers",
        'get_wsd_schedule(optimizer, 10, 20, 100, warmup_type="1-sqrt")',
        "lrs.Polynomial(0, 0.1, steps=10, power=0.5)"
        ".then(lrs.Constant(0.1).cooldown(20, at=70, shape=lrs.Cosine))",
        shown=(5, 10, 90),
    ),
    Row(
        "transformers",
        "get_wsd_schedule(optimizer, 10, 20, 100, min_lr_ratio=0.1)",
        "lrs.recipes.warmup_stable_decay(0.1, 10, 70, 20, stop=0.01, shape=lrs.Cosine)",
        steps=range(10, 121),
        shown=(10, 90, 100),
        differs={0: (0.0, 0.01), 5: (0.05, 0.055)},
        why="With a `min_lr_ratio`, the warmup begins at the minimum. No other function of "
        "transformers does this.",
    ),
]

FVCORE = [
    Row(
        "fvcore",
        "ConstantParamScheduler(0.1)(step / 100)",
        "lrs.Constant(0.1)",
        steps=range(100),
        shown=(0, 50),
    ),
    Row(
        "fvcore",
        "LinearParamScheduler(0.1, 0.01)(step / 100)",
        "lrs.Linear(0.1, 0.01, steps=100)",
        steps=range(101),
    ),
    Row(
        "fvcore",
        "CosineParamScheduler(0.1, 0.01)(step / 100)",
        "lrs.Cosine(0.1, 0.01, steps=100)",
        steps=range(101),
    ),
    Row(
        "fvcore",
        "ExponentialParamScheduler(0.1, 0.01)(step / 100)",
        "lrs.Exponential(0.1, factor=0.01, every=100)",
        steps=range(101),
    ),
    Row(
        "fvcore",
        "PolynomialDecayParamScheduler(0.1, 2)(step / 100)",
        "lrs.Polynomial(0.1, 0, steps=100, power=2)",
        steps=range(101),
    ),
    Row(
        "fvcore",
        "MultiStepParamScheduler([0.1, 0.01, 0.001], 100, [30, 60])(step / 100)",
        "lrs.Piecewise([0.1, 0.01, 0.001], [30, 60])",
        steps=range(100),
        shown=(29, 30, 60),
    ),
    Row(
        "fvcore",
        "StepWithFixedGammaParamScheduler(0.1, 4, 0.5, 100)(step / 100)",
        "lrs.Drop(0.1, factor=0.5, every=20)",
        steps=range(100),
        shown=(19, 20, 40),
    ),
    Row(
        "fvcore",
        "CompositeParamScheduler([LinearParamScheduler(0.0, 0.1), CosineParamScheduler(0.1, 0)], "
        '[0.1, 0.9], ["rescaled", "rescaled"])(step / 100)',
        "lrs.Cosine(0.1, 0, steps=90).warmup(10)",
        steps=range(100),
        shown=(0, 10, 55),
    ),
]

IGNITE = [
    Row(
        "ignite",
        'PiecewiseLinear(optimizer, "lr", [(0, 0.0), (10, 0.1), (100, 0.0)])',
        "lrs.Linear(0.1, 0, steps=90).warmup(10)",
        shown=(0, 10, 100),
    ),
    Row(
        "ignite",
        'CosineAnnealingScheduler(optimizer, "lr", 0.1, 0.01, 20)',
        "lrs.Cosine(0.1, 0.01, steps=20).repeat()",
        shown=(0, 10, 20),
    ),
    Row(
        "ignite",
        'CosineAnnealingScheduler(optimizer, "lr", 0.1, 0.0, 10, cycle_mult=2)',
        "lrs.recipes.sgdr(0.1, 0, steps=10)",
        shown=(9, 10, 30),
    ),
    Row(
        "ignite",
        'CosineAnnealingScheduler(optimizer, "lr", 0.1, 0.01, 20, '
        "start_value_mult=0.5, end_value_mult=0.5)",
        "lrs.Cosine(0.1, 0.01, steps=20).repeat(factor=0.5)",
        shown=(0, 20, 40),
    ),
    Row(
        "ignite",
        'LinearCyclicalScheduler(optimizer, "lr", 0.01, 0.1, 20)',
        "lrs.recipes.triangular(0.01, 0.1, steps=10)",
        shown=(0, 10, 20),
    ),
    Row(
        "ignite",
        'LinearCyclicalScheduler(optimizer, "lr", 0.1, 0.0, 20, monotonic=True)',
        "lrs.Linear(0.1, 0, steps=20).repeat()",
        shown=(0, 19, 20),
    ),
]

LRSCHED = [
    Row("lrsched", "constant(lr=0.1)", "lrs.Constant(0.1)"),
    Row(
        "lrsched",
        "step_decay(base_lr=0.1, drop=0.5, step_size=10)",
        "lrs.Drop(0.1, factor=0.5, every=10)",
        shown=(9, 10, 20),
    ),
    Row(
        "lrsched",
        "multi_step(base_lr=0.1, milestones=[30, 60], gamma=0.1)",
        "lrs.recipes.multistep(0.1, 0.1, [30, 60])",
        shown=(29, 30, 60),
    ),
    Row("lrsched", "exponential(base_lr=0.1, gamma=0.95)", "lrs.Exponential(0.1, factor=0.95)"),
    Row(
        "lrsched",
        "exponential_decay(base_lr=0.1, decay_rate=0.5, decay_steps=10)",
        "lrs.Exponential(0.1, factor=0.5, every=10)",
        shown=(0, 5, 10),
    ),
    Row(
        "lrsched",
        "polynomial(base_lr=0.1, end_lr=0.01, total_steps=100, power=2)",
        "lrs.Polynomial(0.1, 0.01, steps=100, power=2)",
    ),
    Row(
        "lrsched",
        "linear(base_lr=0.1, end_lr=0.01, total_steps=100)",
        "lrs.Linear(0.1, 0.01, steps=100)",
    ),
    Row(
        "lrsched",
        "cosine(base_lr=0.1, min_lr=0.01, total_steps=100)",
        "lrs.Cosine(0.1, 0.01, steps=100)",
    ),
    Row(
        "lrsched",
        "with_warmup(cosine(base_lr=0.1, min_lr=0.0, total_steps=90), "
        "warmup_steps=10, start_lr=0.0)",
        "lrs.Cosine(0.1, 0, steps=90).warmup(10)",
        shown=(0, 10, 100),
    ),
    Row(
        "lrsched",
        "sequential([(10, linear(base_lr=0.0, end_lr=0.1, total_steps=10)), "
        "(90, cosine(base_lr=0.1, min_lr=0.0, total_steps=90))])",
        "lrs.Linear(0, 0.1, steps=10).then(lrs.Cosine(0.1, 0, steps=90))",
        steps=range(100),
        shown=(0, 10, 55),
        differs={100: (0.0, 3.045865e-05)},
        why="lrsched holds the last step that it counts, and never reaches the end.",
    ),
    Row(
        "lrsched",
        "cosine_restarts(base_lr=0.1, min_lr=0.01, period=10, t_mult=2)",
        "lrs.recipes.sgdr(0.1, 0.01, steps=10)",
        steps=range(151),
        shown=(9, 10, 30),
    ),
    Row(
        "lrsched",
        "inverse_sqrt(base_lr=0.1, warmup_steps=10)",
        "lrs.recipes.inverse_sqrt(0.1, 10)",
        shown=(5, 10, 40),
    ),
    Row(
        "lrsched",
        "one_cycle(max_lr=0.1, total_steps=100, pct_start=0.3, initial_div=25.0, final_div=25e4)",
        "lrs.recipes.one_cycle(0.1, 100)",
        shown=(0, 30, 100),
        note="In lrsched, the final rate is a fraction of the peak. In lrschedules and optax, it "
        "is a fraction of the initial rate.",
    ),
    Row(
        "lrsched",
        "triangular(min_lr=0.01, max_lr=0.1, step_size=10)",
        "lrs.recipes.triangular(0.01, 0.1, steps=10)",
        shown=(0, 10, 20),
    ),
    Row(
        "lrsched",
        "triangular2(min_lr=0.01, max_lr=0.1, step_size=10)",
        "lrs.recipes.triangular2(0.01, 0.1, steps=10)",
        shown=(10, 20, 30),
    ),
    Row(
        "lrsched",
        "exp_range(min_lr=0.01, max_lr=0.1, step_size=10, gamma=0.99)",
        "lrs.recipes.exp_range(0.01, 0.1, steps=10, factor=0.99)",
        shown=(10, 20, 30),
    ),
    Row(
        "lrsched",
        "warmup_stable_decay(base_lr=0.1, warmup_steps=10, decay_steps=20, total_steps=100, "
        'final_lr=0.01, warmup_start=0.0, decay_shape="linear")',
        "lrs.recipes.warmup_stable_decay(0.1, 10, 70, 20, stop=0.01)",
        shown=(10, 80, 90),
    ),
    Row(
        "lrsched",
        "warmup_stable_decay(base_lr=0.1, warmup_steps=10, decay_steps=20, total_steps=100, "
        'final_lr=0.0, warmup_start=0.0, decay_shape="1-sqrt")',
        "lrs.recipes.warmup_stable_decay(0.1, 10, 70, 20, shape=lrs.recipes.one_minus_sqrt)",
        shown=(10, 80, 90),
    ),
]

PADDLE = [
    Row(
        "Paddle",
        "NoamDecay(d_model=512, warmup_steps=10)",
        "lrs.recipes.noam(512, 10)",
        shown=(5, 10, 40),
    ),
    Row("Paddle", "NaturalExpDecay(0.1, 0.05)", "lrs.recipes.natural_exponential(0.1, 0.05)"),
    Row("Paddle", "InverseTimeDecay(0.1, 0.05)", "lrs.TimeBased(0.1, decay=0.05)"),
    Row("Paddle", "ExponentialDecay(0.1, 0.95)", "lrs.Exponential(0.1, factor=0.95)"),
    Row(
        "Paddle",
        "StepDecay(0.1, 10, 0.5)",
        "lrs.Drop(0.1, factor=0.5, every=10)",
        shown=(9, 10, 20),
    ),
    Row(
        "Paddle",
        "MultiStepDecay(0.1, [30, 60], 0.1)",
        "lrs.recipes.multistep(0.1, 0.1, [30, 60])",
        shown=(29, 30, 60),
    ),
    Row(
        "Paddle",
        "PiecewiseDecay([30, 60], [0.1, 0.01, 0.001])",
        "lrs.Piecewise([0.1, 0.01, 0.001], [30, 60])",
        shown=(29, 30, 60),
    ),
    Row(
        "Paddle",
        "PolynomialDecay(0.1, 100, end_lr=0.01, power=2)",
        "lrs.Polynomial(0.1, 0.01, steps=100, power=2)",
    ),
    Row(
        "Paddle",
        "LinearWarmup(PolynomialDecay(0.1, 90, end_lr=0.0), 10, 0.0, 0.1)",
        "lrs.Linear(0.1, 0, steps=90).warmup(10)",
        shown=(0, 10, 100),
    ),
    Row(
        "Paddle",
        "CosineAnnealingDecay(0.1, 100, eta_min=0.01)",
        "lrs.Cosine(0.1, 0.01, steps=100)",
        steps=range(101),
        differs={150: (0.01, 0.055), 200: (0.01, 0.1)},
        why=RISES,
        exact=PAST,
    ),
    Row(
        "Paddle",
        "CosineAnnealingWarmRestarts(0.1, 10, T_mult=2, eta_min=0.01)",
        "lrs.recipes.sgdr(0.1, 0.01, steps=10)",
        steps=range(151),
        shown=(9, 10, 30),
    ),
    Row(
        "Paddle",
        "CyclicLR(0.01, 0.1, 10)",
        "lrs.recipes.triangular(0.01, 0.1, steps=10)",
        shown=(0, 10, 20),
    ),
    Row(
        "Paddle",
        'CyclicLR(0.01, 0.1, 10, mode="triangular2")',
        "lrs.recipes.triangular2(0.01, 0.1, steps=10)",
        shown=(10, 20, 30),
    ),
    Row(
        "Paddle",
        'CyclicLR(0.01, 0.1, 10, mode="exp_range", exp_gamma=0.99)',
        "lrs.recipes.exp_range(0.01, 0.1, steps=10, factor=0.99)",
        shown=(10, 20, 30),
    ),
    Row(
        "Paddle",
        "OneCycleLR(0.1, 100, end_learning_rate=4e-7)",
        "lrs.recipes.one_cycle_torch(0.1, 100)",
        steps=range(100),
        shown=(0, 29, 99),
    ),
    Row(
        "Paddle",
        "OneCycleLR(0.1, 100, end_learning_rate=4e-7, three_phase=True)",
        "lrs.recipes.interpolate([0.004, 0.1, 0.004, 4e-7], [29, 58, 99], shape=lrs.Cosine)",
        steps=range(100),
        shown=(0, 29, 58, 99),
    ),
]

PYTORCH_OPTIMIZER = [
    Row(
        "pytorch_optimizer",
        'get_wsd_schedule(optimizer, 10, 70, 20, cooldown_type="linear")',
        "lrs.recipes.warmup_stable_decay(0.1, 10, 70, 20)",
        shown=(10, 80, 90),
    ),
    Row(
        "pytorch_optimizer",
        "get_wsd_schedule(optimizer, 10, 70, 20)",
        "lrs.recipes.warmup_stable_decay(0.1, 10, 70, 20, shape=lrs.recipes.one_minus_sqrt)",
        shown=(10, 80, 90),
    ),
    Row(
        "pytorch_optimizer",
        'get_wsd_schedule(optimizer, 10, 70, 20, cooldown_type="1-square")',
        "lrs.Constant(0.1).then(lrs.Linear(0.1, 0, steps=20).k_decay(2), at=70).warmup(10)",
        shown=(10, 80, 90),
    ),
    Row(
        "pytorch_optimizer",
        'get_wsd_schedule(optimizer, 10, 70, 20, 0.1, cooldown_type="cosine")',
        "lrs.recipes.warmup_stable_decay(0.1, 10, 70, 20, stop=0.01, shape=lrs.Cosine)",
        shown=(10, 80, 90),
    ),
    Row(
        "pytorch_optimizer",
        'get_wsd_schedule(optimizer, 10, 70, 20, 0.1, cooldown_type="linear")',
        "lrs.recipes.warmup_stable_decay(0.1, 10, 70, 20, stop=0.01)",
        steps=[*range(81), 100, 120],
        shown=(80, 100),
        differs={90: (0.055, 0.05), 99: (0.0145, 0.005)},
        why="The last phase of pytorch_optimizer falls to 0, and then jumps up to the minimum.",
    ),
    Row(
        "pytorch_optimizer",
        "REXScheduler(optimizer, 100, max_lr=0.1)",
        "lrs.Rex(0.1, 0, steps=100)",
        steps=range(1, 121),
        shown=(1, 50, 100),
        differs={0: (0.1, 0.0)},
        why="In pytorch_optimizer, the first step has the minimum rate.",
    ),
    Row(
        "pytorch_optimizer",
        "LinearScheduler(optimizer, t_max=100, max_lr=0.1)",
        "lrs.Linear(0.1, 0, steps=100)",
        steps=[],
        shown=(),
        differs={0: (0.1, 0.0), 50: (0.05, 0.051), 120: (0.0, -0.019)},
        why="Stepped after each update, it begins at its smallest rate, is then a step late, and "
        "falls below zero past its end.",
    ),
    Row(
        "pytorch_optimizer",
        "PolyScheduler(optimizer, t_max=100, max_lr=0.1)",
        "lrs.Polynomial(0.1, 0, steps=100, power=0.5)",
        steps=[],
        shown=(),
        differs={0: (0.1, 0.0), 50: (0.07071068, 0.7), 100: (0.0, 0.9949874)},
        why="The rate of pytorch_optimizer is the maximum times the square root of the step, which "
        "grows without a bound.",
    ),
    Row(
        "pytorch_optimizer",
        "get_chebyshev_schedule(optimizer, num_epochs=8)",
        "0.1 * lrs.recipes.chebyshev(0.05, 1, 8).delay(2)",
        steps=range(21),
        shown=(0, 3, 4),
        note="pytorch_optimizer holds the first rate for two more steps.",
    ),
]

PYTORCH_SCHEDULER = [
    Row("pytorch_scheduler", "IdentityScheduler(optimizer)", "lrs.Constant(0.1)", shown=(0, 100)),
    Row(
        "pytorch_scheduler",
        "LinearDecayScheduler(optimizer, 100, warmup_steps=10, min_lr=0.01)",
        "lrs.Linear(0.1, 0.01, steps=90).warmup(10)",
        shown=(0, 10, 100),
    ),
    Row(
        "pytorch_scheduler",
        "PolynomialScheduler(optimizer, 100, power=2)",
        "lrs.Polynomial(0.1, 0, steps=100, power=2)",
    ),
    Row(
        "pytorch_scheduler",
        "CosineWithWarmupScheduler(optimizer, 100, warmup_steps=10)",
        "lrs.Cosine(0.1, 0, steps=90).warmup(10)",
        shown=(0, 10, 100),
    ),
    Row(
        "pytorch_scheduler",
        "FlatCosineScheduler(optimizer, 100, flat_fraction=0.72)",
        "lrs.recipes.flat_cosine(0.1, 100, flat=0.72)",
        shown=(72, 86, 100),
    ),
    Row(
        "pytorch_scheduler",
        "WarmupHoldCosineScheduler(optimizer, 100, warmup_steps=10, hold_steps=30)",
        "lrs.recipes.warmup_stable_decay(0.1, 10, 30, 60, shape=lrs.Cosine)",
        shown=(10, 40, 70),
    ),
    Row(
        "pytorch_scheduler",
        "InverseSqrtScheduler(optimizer, 10)",
        "lrs.recipes.inverse_sqrt(0.1, 10)",
        shown=(5, 10, 40),
    ),
    Row(
        "pytorch_scheduler",
        "KDecayScheduler(optimizer, 100, k=2)",
        "lrs.Cosine(0.1, 0, steps=100).k_decay(2)",
    ),
    Row("pytorch_scheduler", "RexScheduler(optimizer, 100)", "lrs.Rex(0.1, 0, steps=100)"),
    Row(
        "pytorch_scheduler",
        "HyperbolicLRScheduler(optimizer, 100, 250, min_lr=0.001)",
        "lrs.recipes.hyperbolic_lr(0.1, 0.001, 100, bound=250)",
    ),
    Row(
        "pytorch_scheduler",
        "ExpHyperbolicLRScheduler(optimizer, 100, 250, min_lr=0.001)",
        "lrs.recipes.exp_hyperbolic_lr(0.1, 0.001, 100, bound=250)",
    ),
    Row(
        "pytorch_scheduler",
        "TrapezoidalScheduler(optimizer, 100, 10, 20)",
        "lrs.recipes.knee(0.1, warmup=10, explore=70, exploit=20)",
        shown=(10, 80, 90),
    ),
    Row(
        "pytorch_scheduler",
        "WSDScheduler(optimizer, 100, 10, 70, min_lr=0.01)",
        "lrs.recipes.warmup_stable_decay(0.1, 10, 70, 20, stop=0.01, shape=lrs.Cosine)",
        shown=(10, 80, 90),
    ),
    Row(
        "pytorch_scheduler",
        'WSDScheduler(optimizer, 100, 10, 70, decay_type="sqrt")',
        "lrs.recipes.warmup_stable_decay(0.1, 10, 70, 20, shape=lrs.recipes.one_minus_sqrt)",
        shown=(10, 80, 90),
    ),
    Row(
        "pytorch_scheduler",
        "SlantedTriangularScheduler(optimizer, 100)",
        "lrs.recipes.slanted_triangular(0.1, 100)",
        shown=(0, 10, 100),
    ),
    Row(
        "pytorch_scheduler",
        "SlantedTriangularScheduler(optimizer, 25)",
        "lrs.recipes.slanted_triangular(0.1, 25)",
        shown=(0, 2, 25),
        note="A tenth of 25 is no whole number: in both the peak is at step 2, and the end at 25.",
    ),
    Row(
        "pytorch_scheduler",
        "PowerDecayScheduler(optimizer, 100, warmup_steps=10)",
        "lrs.Power(0.1, 0.5, steps=10).warmup(10)",
        shown=(5, 10, 40),
    ),
    Row(
        "pytorch_scheduler",
        "ChebyshevScheduler(optimizer, 8)",
        "0.1 * lrs.recipes.chebyshev(0.05, 1, 8)",
        steps=[],
        shown=(),
        differs={0: (1.691275, 0.09903926), 1: (0.1009211, 0.09157348), 4: (0.7689236, 0.0402455)},
        why="pytorch_scheduler uses this name for another curve, which resembles a cosine.",
    ),
    Row(
        "pytorch_scheduler",
        "TanhDecayScheduler(optimizer, 100)",
        "lrs.recipes.htd(0.1, 0, 100, lower=-3, upper=3)",
        steps=range(100),
        shown=(0, 50, 99),
        differs={100: (0.0002472623, 0.0)},
        why="The published curve ends a little above its floor; pytorch_scheduler drops to the "
        "floor.",
    ),
    Row(
        "pytorch_scheduler",
        "CosineAnnealingWarmupRestarts(optimizer, 20, min_lr=0.01)",
        "lrs.Cosine(0.1, 0.01, steps=20).repeat()",
        steps=[1, 10, 19, 21, 30],
        shown=(1, 10),
        differs={0: (0.1, 0.01), 20: (0.1, 0.01)},
        why="Each cycle begins at the smallest rate, for one step, and the peak is left out.",
    ),
    Row(
        "pytorch_scheduler",
        'WarmupScheduler(optimizer, LinearDecayScheduler(optimizer, 90), 10, warmup_type="cosine")',
        "lrs.Linear(0.1, 0, steps=90).warmup(10, shape=lrs.Cosine)",
        shown=(5, 10, 100),
    ),
    Row(
        "pytorch_scheduler",
        "WarmupScheduler(optimizer, LinearDecayScheduler(optimizer, 90), 10, "
        'warmup_type="exponential")',
        "lrs.Linear(0, 0.1, steps=10).k_decay(2).then(lrs.Linear(0.1, 0, steps=90))",
        shown=(5, 10, 100),
        note="What pytorch_scheduler calls exponential is a square.",
    ),
]

PYTORCH_WARMUP = [
    Row(
        "pytorch_warmup",
        "LinearWarmup(optimizer, 10)",
        "lrs.Constant(0.1).warmup(9, start=0.01)",
        shown=(0, 5, 9),
        note="The first step is one tenth, not 0.",
    ),
    Row(
        "pytorch_warmup",
        "UntunedLinearWarmup(optimizer)",
        "lrs.recipes.untuned_linear(lrs.Constant(0.1))",
        steps=[1999, 2500],
        shown=(1999,),
        differs={0: (5e-05, 5.002501e-05), 999: (0.05, 0.05002501), 1998: (0.09995, 0.1)},
        why=TRUNCATED,
    ),
    Row(
        "pytorch_warmup",
        "UntunedExponentialWarmup(optimizer)",
        "lrs.recipes.untuned_exponential(lrs.Constant(0.1))",
        steps=[],
        shown=(),
        differs={0: (9.995002e-05, 0.00010005), 999: (0.06321206, 0.06324886)},
        why=TRUNCATED,
    ),
    Row(
        "pytorch_warmup",
        "ExponentialWarmup(optimizer, 10)",
        "lrs.recipes.untuned_exponential(lrs.Constant(0.1), beta_2=0.9)",
        shown=(0, 10, 50),
    ),
]

TORCHTITAN = [
    Row(
        "torchtitan",
        "0.1 * linear_warmup_stable_decay(step, warmup_steps=9, stable_steps=42, decay_steps=49, "
        'lr_decay_type="linear", lr_min=0.0)',
        "lrs.Constant(0.1).warmup(9, start=0.01).cooldown(50, at=50)",
        shown=(0, 9, 50, 51, 99),
        note="The decay has begun at the first of its steps, and is 0 only after the last.",
    ),
    Row(
        "torchtitan",
        "0.1 * linear_warmup_stable_decay(step, warmup_steps=9, stable_steps=42, decay_steps=49, "
        'lr_decay_type="sqrt", lr_min=0.1)',
        "lrs.Constant(0.1).warmup(9, start=0.01)"
        ".cooldown(50, 0.01, at=50, shape=lrs.recipes.one_minus_sqrt)",
        shown=(0, 9, 51, 99),
        note="`lr_min` is a fraction of the peak; `stop` is the final rate itself.",
    ),
    Row(
        "torchtitan",
        "0.1 * linear_warmup_stable_decay(step, warmup_steps=9, stable_steps=1, decay_steps=90, "
        'lr_decay_type="cosine", lr_min=0.0)',
        "lrs.Cosine(0.1, 0, steps=91).warmup(9, start=0.01)",
        shown=(0, 9, 10, 99),
    ),
]

NANOCHAT = [
    Row(
        "nanochat",
        "0.1 * get_lr_multiplier(step, num_iterations=100, warmup_steps=10, warmdown_ratio=0.5, "
        "final_lr_frac=0.05)",
        "lrs.Constant(0.1).warmup(9, start=0.01).cooldown(50, 0.005, at=50)",
        steps=range(101),
        shown=(0, 9, 50, 100),
        note="The run ends at step 100; after it, the formula of nanochat continues to fall.",
    ),
]

OLMO_CORE = [
    Row(
        "OLMo-core",
        "WSD(warmup_steps=10, decay_steps=20).get_lr(0.1, step, max_steps=100)",
        "lrs.recipes.warmup_stable_decay(0.1, 10, 70, 20)",
        shown=(1, 10, 80, 90),
    ),
    Row(
        "OLMo-core",
        "CosWithWarmup(warmup_steps=10, alpha_f=0.1).get_lr(0.1, step, max_steps=100)",
        "lrs.Cosine(0.1, 0.01, steps=90).warmup(10)",
        shown=(1, 10, 55, 100),
        note="`alpha_f` is a fraction of the peak, and 0.1 unless told otherwise.",
    ),
    Row(
        "OLMo-core",
        "LinearWithWarmup(warmup_steps=10, alpha_f=0.1).get_lr(0.1, step, max_steps=100)",
        "lrs.Linear(0.1, 0.01, steps=90).warmup(10)",
        shown=(1, 10, 55, 100),
    ),
    Row(
        "OLMo-core",
        "InvSqrtWithWarmup(warmup_steps=10, alpha_f=0.1).get_lr(0.1, step, max_steps=100)",
        "(lrs.Power(0.09, 0.5, steps=10) + 0.01).warmup(10)",
        shown=(1, 10, 40),
        note="`alpha_f` is added to the decay; it is not a lower limit.",
    ),
]

MEGATRON = [
    Row(
        "Megatron-LM",
        "OptimizerParamScheduler(max_lr=0.1, min_lr=0.01, lr_warmup_steps=10, lr_decay_steps=100, "
        'lr_decay_style="cosine")',
        "lrs.Cosine(0.1, 0.01, steps=90).warmup(10)",
        shown=(10, 55, 100),
        note="`lr_decay_steps` includes the warmup.",
    ),
    Row(
        "Megatron-LM",
        "OptimizerParamScheduler(max_lr=0.1, min_lr=0.01, lr_warmup_steps=10, lr_decay_steps=100, "
        'lr_decay_style="linear")',
        "lrs.Linear(0.1, 0.01, steps=90).warmup(10)",
        shown=(10, 55, 100),
    ),
    Row(
        "Megatron-LM",
        "OptimizerParamScheduler(max_lr=0.1, min_lr=0.03, lr_warmup_steps=10, lr_decay_steps=100, "
        'lr_decay_style="inverse-square-root")',
        "lrs.Power(0.1, 0.5, steps=10).clip(minimum=0.03).warmup(10)",
        steps=[*range(101), *range(112, 150)],
        shown=(10, 40, 100),
        differs={101: (0.03146584, 0.03), 105: (0.03086067, 0.03)},
        why="After `lr_decay_steps`, Megatron-LM returns `min_lr` whatever the decay has reached.",
    ),
    *(
        Row(
            "Megatron-LM",
            "OptimizerParamScheduler(max_lr=0.1, min_lr=0.01, lr_warmup_steps=10, "
            'lr_decay_steps=100, lr_decay_style="WSD", wsd_decay_steps=20, '
            f'lr_wsd_decay_style="{style}")',
            f"lrs.recipes.warmup_stable_decay(0.1, 10, 70, 20, stop=0.01{shape})",
            shown=(10, 80, 90),
        )
        for style, shape in [
            ("linear", ""),
            ("cosine", ", shape=lrs.Cosine"),
            ("minus_sqrt", ", shape=lrs.recipes.one_minus_sqrt"),
            ("exponential", ", shape=lrs.FiniteExponential"),
        ]
    ),
]

LEVANTER = [
    Row(
        "levanter",
        'AdamConfig(learning_rate=0.1, lr_schedule="cosine", warmup=0.1).lr_scheduler(100)',
        "lrs.Cosine(0.1, 0.01, steps=90).warmup(10)",
        shown=(5, 10, 55, 100),
        note="Unless told otherwise, `warmup` is 0.01 of the run, and the rate ends at 0.1 of it.",
    ),
    Row(
        "levanter",
        'AdamConfig(learning_rate=0.1, lr_schedule="linear", warmup=10, decay=0.2)'
        ".lr_scheduler(100)",
        "lrs.recipes.warmup_stable_decay(0.1, 10, 70, 20, stop=0.01)",
        shown=(10, 80, 90),
    ),
    Row(
        "levanter",
        'AdamConfig(learning_rate=0.1, lr_schedule="cosine", warmup=0.1, cycles=2)'
        ".lr_scheduler(100)",
        "lrs.Cosine(0.1, 0.01, 45).warmup(5).then(lrs.Cosine(0.1, 0.01, 50), at=50)",
        shown=(5, 49, 50, 75),
        note="Only the first cycle has a warmup, unless `rewarmup` is given.",
    ),
    Row(
        "levanter",
        'AdamConfig(learning_rate=0.1, lr_schedule="inv_sqrt", warmup=1000).lr_scheduler(100_000)',
        "lrs.InverseSqrt(0.1, 10_000).clip(minimum=0.01) * lrs.Linear(0, 1, steps=1000)",
        steps=range(0, 100_001, 250),
        shown=(500, 1000, 10_000, 40_000),
        note="The decay begins at step 10,000, the default `timescale`, and not after the warmup.",
    ),
    Row(
        "levanter",
        'AdamConfig(learning_rate=0.1, lr_schedule="inv", warmup=10).lr_scheduler(100)',
        "lrs.TimeBased(0.1, decay=0.1).clip(minimum=0.01).warmup(10)",
        steps=[*range(10), *range(11, 121)],
        shown=(5, 20, 100),
        differs={10: (0.1, 0.09090909)},
        why="levanter computes the first step of the decay as if it were the second.",
    ),
]

ROWS = [
    *KERAS,
    *OPTAX,
    *PYTORCH,
    *TIMM,
    *TRANSFORMERS,
    *FVCORE,
    *IGNITE,
    *LRSCHED,
    *PADDLE,
    *PYTORCH_OPTIMIZER,
    *PYTORCH_SCHEDULER,
    *PYTORCH_WARMUP,
    *TORCHTITAN,
    *NANOCHAT,
    *OLMO_CORE,
    *MEGATRON,
    *LEVANTER,
]
