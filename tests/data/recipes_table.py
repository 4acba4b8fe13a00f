"""Known values of the recipes: the rows that tests/data/table.py includes."""

import math

import lrschedules as lrs
from lrschedules.recipes import (
    exp_range,
    flat_cosine,
    htd,
    infinite,
    interpolate,
    inverse_sqrt,
    knee,
    multistep,
    natural_exponential,
    noam,
    one_cycle,
    one_cycle_three_phase,
    one_cycle_torch,
    one_minus_sqrt,
    power_scheduler,
    repeated_wsd,
    sgdr,
    slanted_triangular,
    snapshot,
    triangular,
    triangular2,
    untuned_exponential,
    untuned_linear,
    warmup_stable_decay,
)

# Computed from the formulas of the papers, with steps counted from 0.
RECIPES_TABLE = [
    (multistep(0.1, 0.1, [30, 60]), {0: 0.1, 29: 0.1, 30: 0.01, 59: 0.01, 60: 0.001}),
    (
        interpolate([0, 0.4, 0.1], [15, 30]),
        {0: 0.0, 5: 0.4 / 3, 15: 0.4, 20: 0.3, 30: 0.1, 99: 0.1},
    ),
    (interpolate([0.2, 0.1], [10], lrs.Cosine), {0: 0.2, 5: 0.15, 10: 0.1}),
    (natural_exponential(0.1, 800), {0: 0.1, 1: 0.0, 2: 0.0}),
    (natural_exponential(0.1, 0.01), {0: 0.1, 100: 0.1 / math.e, 200: 0.1 / math.e**2}),
    (inverse_sqrt(0.1, 100), {0: 0.0, 50: 0.05, 100: 0.1, 400: 0.05, 10_000: 0.01}),
    (noam(512, 4000), {t: 512**-0.5 * min(t**-0.5, t * 4000**-1.5) for t in (1, 3999, 4001, 9**6)}),
    (noam(512, 4000, scale=2), {0: 0.0, 4000: 2 * (512 * 4000) ** -0.5}),
    (
        untuned_linear(lrs.Constant(0.1), 0.99),
        {t: 0.1 * min(1, (t + 1) / 200) for t in (0, 99, 198, 199, 200)},
    ),
    (
        untuned_exponential(lrs.Constant(0.1), 0.99),
        {t: 0.1 * (1 - math.exp(-(t + 1) / 100)) for t in (0, 99, 1000)},
    ),
    (untuned_linear(lrs.Constant(0.1)), {0: 5e-5, 999: 0.05, 1999: 0.1, 2500: 0.1}),
    (untuned_exponential(lrs.Constant(0.1)), {999: 0.1 * (1 - 1 / math.e)}),
    (htd(1, 0, 900), {t: (1 - math.tanh(-6 + 9 * t / 900)) / 2 for t in (0, 300, 700, 900)}),
    (htd(0.1, 0.02, 8, lower=-2, upper=2), {4: 0.06, 0: 0.02 + 0.04 * (1 + math.tanh(2))}),
    (sgdr(0.1, 0.02, 10), {0: 0.1, 5: 0.06, 10: 0.1, 20: 0.06, 30: 0.1, 50: 0.06, 70: 0.1}),
    (sgdr(0.1, 0.02, 10, growth=1, factor=0.5), {0: 0.1, 10: 0.05, 15: 0.03, 20: 0.025}),
    (sgdr(0.1, 0.02, 10, cycles=2), {0: 0.1, 10: 0.1, 20: 0.06, 30: 0.02, 31: 0.02}),
    (snapshot(0.1, 301, 3), {0: 0.1, 101: 0.1, 202: 0.1, 303: 0.0}),
    (triangular(0.01, 0.1, 50), {0: 0.01, 25: 0.055, 50: 0.1, 100: 0.01, 150: 0.1, 125: 0.055}),
    (triangular(0.0, 0.1, 50, down=100), {50: 0.1, 100: 0.05, 150: 0.0, 200: 0.1}),
    (triangular2(0.02, 0.1, 50), {0: 0.02, 50: 0.1, 150: 0.06, 250: 0.04, 275: 0.03}),
    (exp_range(0.02, 0.1, 50, 0.99), {50: 0.02 + 0.08 * 0.99**50, 75: 0.02 + 0.04 * 0.99**75}),
    (one_cycle(1.0, 100), {0: 0.04, 15: 0.52, 30: 1.0, 65: 0.500002, 100: 4e-6, 101: 4e-6}),
    (one_cycle(1.0, 100, up=0.295, shape=lrs.Linear), {29: 1.0, 28: 1 - 0.96 / 29}),
    (one_cycle(1.0, 100, up=0.29), {28: 1 - 0.48 * (1 - math.cos(math.pi / 29)), 29: 1.0}),
    (one_cycle(1.0, 4), {0: 0.04, 1: 1.0, 4: 4e-6}),
    (one_cycle_torch(1.0, 4, up=0.5), {0: 0.04, 1: 1.0, 3: 4e-6}),
    (one_cycle_torch(1.0, 100), {0: 0.04, 29: 1.0, 64: 0.500002, 99: 4e-6}),
    (one_cycle_three_phase(1.0, 100), {0: 0.04, 15: 0.52, 30: 1.0, 85: 0.04, 100: 4e-6}),
    (
        slanted_triangular(0.01, 1000),
        {0: 0.01 / 32, 100: 0.01, 550: 0.01 * 33 / 64, 1000: 0.01 / 32},
    ),
    (one_minus_sqrt(0.1, 0.02, 100), {0: 0.1, 25: 0.06, 100: 0.02}),
    (
        warmup_stable_decay(0.1, 10, 70, 20, stop=0.02),
        {0: 0.0, 5: 0.05, 10: 0.1, 80: 0.1, 90: 0.06, 100: 0.02, 101: 0.02},
    ),
    (warmup_stable_decay(0.1, 10, 65, 25, shape=one_minus_sqrt), {75: 0.1, 91: 0.02, 100: 0.0}),
    (knee(0.1, 10, 40, 50), {5: 0.05, 10: 0.1, 50: 0.1, 75: 0.05, 100: 0.0}),
    (flat_cosine(0.1, 200), {0: 0.1, 150: 0.1, 175: 0.05, 200: 0.0}),
    (flat_cosine(0.1, 100, flat=0.72), {0: 0.1, 72: 0.1, 86: 0.05, 100: 0.0}),
    (
        repeated_wsd(0.1, 10, 80, 20, cycles=2, stop=0.02),
        {10: 0.1, 90: 0.1, 100: 0.06, 110: 0.1, 190: 0.1, 200: 0.06, 210: 0.02, 211: 0.02},
    ),
    (repeated_wsd(0.1, 10, 80, 20, cycles=1), {110: 0.0, 100: 0.05}),
    (
        infinite(0.3, 0.1, 0.001, warmup=10, cooldown=20, hold=30, anneal=40),
        {0: 0.0, 5: 0.15, 10: 0.3, 20: 0.2, 30: 0.1, 60: 0.1, 80: 0.01, 100: 0.001, 101: 0.001},
    ),
    (
        power_scheduler(128, 2**19, warmup=100, steps=10_000, decay=1000),
        {t: min(0.02, 128 * 4 * (2**19 * t) ** -0.51) for t in (100, 900, 8999, 9000)}
        | {0: 0.0, 50: 0.01, 9500: 128 * 2 * (2**19 * 9000) ** -0.51, 10_000: 0.0},
    ),
]
