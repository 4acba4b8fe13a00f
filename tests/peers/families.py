"""The schedules of the field, row by row: what each is here, and which rows of the table are it.

A row of the table of peers belongs to a family if the expression that is written here matches the
family's pattern. The page about coverage is made from this.
"""

import re
from typing import NamedTuple


class Family(NamedTuple):
    """A kind of schedule that the field knows, what is written here, its source, other names."""

    name: str
    ours: str
    pattern: str
    source: str = ""
    also: tuple[str, ...] = ()

    def rows(self, table):
        """Return the rows of the table of peers that belong to the family."""
        return [row for row in table if re.search(self.pattern, row.ours)]


FAMILIES = {
    "Decays": [
        Family(
            "constant",
            "lrs.Constant(0.1)",
            r"^lrs\.Constant\([^()]*\)$",
            "robbins1951",
            also=("fixed learning rate",),
        ),
        Family(
            "time-based",
            "lrs.TimeBased(0.1, decay=0.002)",
            r"lrs\.TimeBased",
            "robbins1951",
            also=("time-based decay", "inverse time decay", "1/t decay"),
        ),
        Family(
            "drop",
            "lrs.Drop(0.1, factor=0.5, every=10)",
            r"lrs\.Drop",
            "he2016",
            also=("step decay", "staircase"),
        ),
        Family(
            "multistep",
            "lrs.recipes.multistep(0.1, 0.1, [30, 60])",
            r"recipes\.multistep",
            "he2016",
            also=("multi-step decay", "milestones"),
        ),
        Family(
            "piecewise constant",
            "lrs.Piecewise([0.1, 0.01], [30])",
            r"lrs\.Piecewise",
            also=("lookup table",),
        ),
        Family(
            "piecewise linear or cosine",
            "lrs.recipes.interpolate([0.0, 0.4, 0.0], [15, 30])",
            r"recipes\.interpolate|lrs\.Linear\([^()]*\)\.then\(lrs\.Cosine",
            also=("piecewise linear", "interpolation"),
        ),
        Family(
            "exponential",
            "lrs.Exponential(0.1, factor=0.95)",
            r"^lrs\.Exponential",
            "li2021exponential",
            also=("exponential decay",),
        ),
        Family(
            "natural exponential",
            "lrs.recipes.natural_exponential(0.1, decay=0.05)",
            r"natural_exponential",
        ),
        Family(
            "exponential between two rates",
            "lrs.Linear(0, 1, 100).geometric(0.1, 0.001)",
            r"geometric",
        ),
        Family(
            "polynomial",
            "lrs.Polynomial(0.1, 0, steps=100, power=2)",
            r"^lrs\.Polynomial\([^()]*\)$",
            "chen2018",
            also=("polynomial decay", "poly"),
        ),
        Family(
            "linear, to zero",
            "lrs.Linear(0.1, 0, steps=100)",
            r"^lrs\.Linear\([^()]*\)(\.delay\(\d+\))?$",
            "li2020budgeted",
            also=("linear decay", "linear decay to zero", "D2Z"),
        ),
        Family(
            "cosine",
            "lrs.Cosine(0.1, 0, steps=100)",
            r"^lrs\.Cosine\([^()]*\)$",
            "loshchilov2017",
            also=("cosine decay", "cosine annealing"),
        ),
        Family(
            "inverse square root",
            "lrs.recipes.inverse_sqrt(0.1, warmup=10)",
            r"inverse_sqrt|lrs\.InverseSqrt",
            "vaswani2017",
            also=("inverse square root decay", "rsqrt"),
        ),
        Family(
            "noam",
            "lrs.recipes.noam(512, warmup=4000)",
            r"recipes\.noam",
            "vaswani2017",
            also=("transformer schedule", "Attention Is All You Need"),
        ),
        Family("power", "lrs.Power(0.1, power=0.5, steps=100)", r"lrs\.Power", also=("power law",)),
        Family(
            "k-decay",
            "lrs.Cosine(0.1, 0, 100).k_decay(2)",
            r"^lrs\.\w+\([^()]*\)\.k_decay",
            "zhang2020",
        ),
        Family(
            "REX",
            "lrs.Rex(0.1, 0, steps=100)",
            r"lrs\.Rex",
            "chen2022rex",
            also=("reflected exponential",),
        ),
        Family(
            "hyperbolic tangent",
            "lrs.recipes.htd(0.1, 0, 100)",
            r"recipes\.htd|lrs\.Tanh",
            "hsueh2019",
            also=("tanh decay",),
        ),
        Family(
            "hyperbolic",
            "lrs.recipes.hyperbolic_lr(0.1, 0.001, 100, bound=250)",
            r"recipes\.hyperbolic_lr",
            "kim2024",
        ),
        Family(
            "hyperbolic, logarithmic",
            "lrs.recipes.exp_hyperbolic_lr(0.1, 0.001, 100, bound=250)",
            r"exp_hyperbolic_lr",
            "kim2024",
        ),
        Family(
            "Chebyshev steps", "lrs.recipes.chebyshev(0.1, 1.0, 8)", r"chebyshev", "agarwal2021"
        ),
    ],
    "Warmups": [
        Family(
            "linear warmup, from 0",
            "lrs.Cosine(0.1, 0, 90).warmup(10)",
            r"\.warmup\(\d+\)",
            "goyal2017",
            also=("cosine warmup", "cosine with warmup", "linear warmup and cosine decay"),
        ),
        Family(
            "linear warmup, without a step at 0",
            "lrs.Constant(0.1).warmup(9, start=0.01)",
            r"warmup\(\d+, start=",
        ),
        Family(
            "cosine-shaped warmup",
            "lrs.Constant(0.1).warmup(10, shape=lrs.Cosine)",
            r"warmup\(\d+, shape=lrs\.Cosine",
        ),
        Family(
            "power-shaped warmup",
            "lrs.Linear(0, 0.1, 10).k_decay(2).then(lrs.Constant(0.1))",
            r"^lrs\.Linear\(0, [^()]*\)\.k_decay|^lrs\.Polynomial\(0, ",
        ),
        Family(
            "untuned linear warmup",
            "lrs.recipes.untuned_linear(lrs.Constant(0.1))",
            r"untuned_linear",
            "ma2021",
        ),
        Family(
            "untuned exponential warmup",
            "lrs.recipes.untuned_exponential(lrs.Constant(0.1))",
            r"untuned_exponential",
            "ma2021",
        ),
    ],
    "Cycles": [
        Family(
            "warm restarts",
            "lrs.recipes.sgdr(0.1, 0, steps=10)",
            r"recipes\.sgdr|Cosine\([^()]*\)\.repeat",
            "loshchilov2017",
            also=(
                "cosine restarts",
                "cosine annealing with warm restarts",
                "stochastic gradient descent with warm restarts",
            ),
        ),
        Family("cycles that shrink", "lrs.Cosine(0.1, 0, 10).repeat(3, growth=0.5)", r"growth=0"),
        Family(
            "restarts with lower peaks",
            "lrs.Cosine(0.1, 0, 20).repeat(factor=0.5)",
            r"repeat\(.*factor=|sgdr\(.*factor=",
        ),
        Family(
            "a warmup in each cycle",
            "lrs.Cosine(0.1, 0, 15).warmup(5).repeat()",
            r"warmup\(\d+\)\.repeat",
        ),
        Family(
            "snapshot ensembles",
            "lrs.recipes.snapshot(0.1, 300, cycles=3)",
            r"snapshot",
            "huang2017",
            also=("snapshot ensembling",),
        ),
        Family(
            "triangular",
            "lrs.recipes.triangular(0.01, 0.1, steps=10)",
            r"triangular\(",
            "smith2017",
            also=("cyclical learning rates", "CLR"),
        ),
        Family(
            "triangular2",
            "lrs.recipes.triangular2(0.01, 0.1, steps=10)",
            r"triangular2",
            "smith2017",
        ),
        Family(
            "exp_range",
            "lrs.recipes.exp_range(0.01, 0.1, steps=10, factor=0.99)",
            r"exp_range",
            "smith2017",
        ),
        Family(
            "polynomial, in cycles",
            "lrs.Polynomial(0.1, 0, 100).repeat() * lrs.Power(1, power=2).per_epoch(100)",
            r"Polynomial\([^()]*\)\.repeat",
        ),
        Family(
            "one cycle",
            "lrs.recipes.one_cycle(0.1, 100)",
            r"recipes\.one_cycle\(",
            "smith2019",
            also=("1cycle", "one-cycle", "super-convergence"),
        ),
        Family("one cycle, PyTorch's", "lrs.recipes.one_cycle_torch(0.1, 100)", r"one_cycle_torch"),
        Family(
            "one cycle, three phases",
            "lrs.recipes.one_cycle_three_phase(0.1, 100)",
            r"one_cycle_three_phase|interpolate\(\[0\.004, 0\.1, 0\.004",
            "smith2019",
        ),
        Family(
            "slanted triangular",
            "lrs.recipes.slanted_triangular(0.1, 100)",
            r"slanted_triangular",
            "howard2018",
            also=("ULMFiT",),
        ),
    ],
    "Plateaus": [
        Family(
            "warmup, constant", "lrs.Constant(0.1).warmup(10)", r"^lrs\.Constant\([^()]*\)\.warmup"
        ),
        Family(
            "warmup, stable, decay",
            "lrs.recipes.warmup_stable_decay(0.1, 10, 70, 20)",
            r"warmup_stable_decay\([^()]*\)$|\.cooldown\(|at=70",
            "hu2024",
            also=("WSD", "warmup-stable-decay", "trapezoidal"),
        ),
        Family(
            "1-sqrt cooldown",
            "lrs.recipes.warmup_stable_decay(0.1, 10, 70, 20, shape=lrs.recipes.one_minus_sqrt)",
            r"one_minus_sqrt",
            "haegele2024",
        ),
        Family(
            "exponential cooldown",
            "lrs.recipes.warmup_stable_decay(0.1, 10, 70, 20, shape=lrs.FiniteExponential)",
            r"FiniteExponential",
        ),
        Family(
            "knee",
            "lrs.recipes.knee(0.1, warmup=10, explore=70, exploit=20)",
            r"knee",
            "iyer2023",
            also=("explore-exploit",),
        ),
        Family(
            "flat and cosine",
            "lrs.recipes.flat_cosine(0.1, 100)",
            r"flat_cosine",
            also=("flat and anneal", "fit_flat_cos"),
        ),
        Family(
            "WSD-S, repeated",
            "lrs.recipes.repeated_wsd(0.1, 10, 70, 20, cycles=3)",
            r"repeated_wsd",
            "wen2025",
        ),
        Family(
            "infinite",
            "lrs.recipes.infinite(0.3, 0.1, 0.01, warmup=10, cooldown=20, hold=30, anneal=40)",
            r"recipes\.infinite",
            "ibrahim2024",
            also=("infinite learning rate", "continual pre-training"),
        ),
        Family(
            "power scheduler, in tokens",
            "lrs.recipes.power_scheduler(128, 2**19, warmup=100, steps=10_000, decay=1000)",
            r"power_scheduler",
            "shen2024",
        ),
    ],
}
