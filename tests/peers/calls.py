"""How the calls of other libraries are written here: what the playground translates.

Each call has its signature, up to the last parameter that says something about rates, and the lines
that it stands for. Tests compare the signatures with the libraries, and the lines with the table of
peers.
"""

from typing import Any, NamedTuple

# What says nothing about the learning rate.
IGNORED = {"optimizer", "name", "last_epoch", "cycle_momentum", "base_momentum", "max_momentum"}


class Call(NamedTuple):
    """A call of another library, and what is written for it."""

    library: str
    signature: str
    # The first line whose conditions hold. In it, an argument stands in braces, and ``{rate}`` is
    # the rate of the optimizer. Arguments that it does not name must have their default.
    lines: list[tuple[dict[str, Any], str]]


def always(line):
    """Return the only line of a call."""
    return [({}, line)]


AFTER_WARMUP = "{num_training_steps} - {num_warmup_steps}"
WARMUP = ".warmup({num_warmup_steps})"
WSD = "warmup_stable_decay({rate}, {num_warmup_steps}, "
STABLE = "{num_training_steps} - {num_warmup_steps} - {num_decay_steps}"

KERAS = [
    (
        "ExponentialDecay(initial_learning_rate, decay_steps, decay_rate, staircase=False)",
        [
            (
                {"staircase": True},
                "Drop({initial_learning_rate}, factor={decay_rate}, every={decay_steps})",
            ),
            ({}, "Exponential({initial_learning_rate}, factor={decay_rate}, every={decay_steps})"),
        ],
    ),
    (
        "InverseTimeDecay(initial_learning_rate, decay_steps, decay_rate, staircase=False)",
        [
            (
                {"staircase": True},
                "TimeBased({initial_learning_rate}, decay={decay_rate}).per_epoch({decay_steps})",
            ),
            ({}, "TimeBased({initial_learning_rate}, decay={decay_rate} / {decay_steps})"),
        ],
    ),
    (
        (
            "PolynomialDecay(initial_learning_rate, decay_steps, end_learning_rate=0.0001, "
            "power=1.0, cycle=False)"
        ),
        [
            (
                {"power": 1},
                "Linear({initial_learning_rate}, {end_learning_rate}, steps={decay_steps})",
            ),
            (
                {},
                (
                    "Polynomial({initial_learning_rate}, {end_learning_rate}, steps={decay_steps}, "
                    "power={power})"
                ),
            ),
        ],
    ),
    (
        (
            "CosineDecay(initial_learning_rate, decay_steps, alpha=0.0, name='CosineDecay', "
            "warmup_target=None, warmup_steps=0)"
        ),
        [
            (
                {"warmup_target": None},
                (
                    "Cosine({initial_learning_rate}, {initial_learning_rate} * {alpha}, "
                    "steps={decay_steps})"
                ),
            ),
            (
                {},
                (
                    "Cosine({warmup_target}, {warmup_target} * {alpha}, steps={decay_steps})"
                    ".warmup({warmup_steps}, start={initial_learning_rate})"
                ),
            ),
        ],
    ),
    (
        (
            "CosineDecayRestarts(initial_learning_rate, first_decay_steps, t_mul=2.0, m_mul=1.0, "
            "alpha=0.0)"
        ),
        [
            (
                {"alpha": 0},
                (
                    "sgdr({initial_learning_rate}, 0, steps={first_decay_steps}, growth={t_mul}, "
                    "factor={m_mul})"
                ),
            ),
            (
                {},
                (
                    "sgdr({initial_learning_rate} * (1 - {alpha}), 0, steps={first_decay_steps}, "
                    "growth={t_mul}, factor={m_mul}).plus({initial_learning_rate} * {alpha})"
                ),
            ),
        ],
    ),
]

OPTAX = [
    ("constant_schedule(value)", always("Constant({value})")),
    (
        "linear_schedule(init_value, end_value, transition_steps, transition_begin=0)",
        always(
            "Linear({init_value}, {end_value}, steps={transition_steps}).delay({transition_begin})"
        ),
    ),
    (
        "polynomial_schedule(init_value, end_value, power, transition_steps, transition_begin=0)",
        always(
            "Polynomial({init_value}, {end_value}, steps={transition_steps}, power={power})"
            ".delay({transition_begin})"
        ),
    ),
    (
        (
            "exponential_decay(init_value, transition_steps, decay_rate, transition_begin=0, "
            "staircase=False, end_value=None)"
        ),
        [
            (
                {"staircase": True, "end_value": None},
                (
                    "Drop({init_value}, factor={decay_rate}, every={transition_steps})"
                    ".delay({transition_begin})"
                ),
            ),
            (
                {"end_value": None},
                (
                    "Exponential({init_value}, factor={decay_rate}, every={transition_steps})"
                    ".delay({transition_begin})"
                ),
            ),
            (
                {"staircase": False},
                (
                    "Exponential({init_value}, factor={decay_rate}, every={transition_steps})"
                    ".delay({transition_begin}).clip(minimum={end_value})"
                ),
            ),
        ],
    ),
    (
        "cosine_decay_schedule(init_value, decay_steps, alpha=0.0, exponent=1.0)",
        always("Cosine({init_value}, {init_value} * {alpha}, steps={decay_steps})"),
    ),
    (
        "warmup_constant_schedule(init_value, peak_value, warmup_steps)",
        always("Constant({peak_value}).warmup({warmup_steps}, start={init_value})"),
    ),
    (
        (
            "warmup_cosine_decay_schedule(init_value, peak_value, warmup_steps, decay_steps, "
            "end_value=0.0, exponent=1.0)"
        ),
        always(
            "Cosine({peak_value}, {end_value}, steps={decay_steps} - {warmup_steps})"
            ".warmup({warmup_steps}, start={init_value})"
        ),
    ),
    (
        (
            "cosine_onecycle_schedule(transition_steps, peak_value, pct_start=0.3, "
            "div_factor=25.0, final_div_factor=10000.0)"
        ),
        always("one_cycle({peak_value}, {transition_steps}, up={pct_start})"),
    ),
    (
        (
            "linear_onecycle_schedule(transition_steps, peak_value, pct_start=0.3, pct_final=0.85, "
            "div_factor=25.0, final_div_factor=10000.0)"
        ),
        always("one_cycle_three_phase({peak_value}, {transition_steps})"),
    ),
]

PYTORCH = [
    (
        "ConstantLR(optimizer, factor=0.3333333333333333, total_iters=5)",
        always("Constant({rate} * {factor}).then(Constant({rate}), at={total_iters})"),
    ),
    (
        "LinearLR(optimizer, start_factor=0.3333333333333333, end_factor=1.0, total_iters=5)",
        always("Linear({rate} * {start_factor}, {rate} * {end_factor}, steps={total_iters})"),
    ),
    (
        "StepLR(optimizer, step_size, gamma=0.1)",
        always("Drop({rate}, factor={gamma}, every={step_size})"),
    ),
    (
        "MultiStepLR(optimizer, milestones, gamma=0.1)",
        always("multistep({rate}, {gamma}, {milestones})"),
    ),
    ("ExponentialLR(optimizer, gamma)", always("Exponential({rate}, factor={gamma})")),
    (
        "PolynomialLR(optimizer, total_iters=5, power=1.0)",
        [
            ({"power": 1}, "Linear({rate}, 0, steps={total_iters})"),
            ({}, "Polynomial({rate}, 0, steps={total_iters}, power={power})"),
        ],
    ),
    (
        "CosineAnnealingLR(optimizer, T_max, eta_min=0.0)",
        always("Cosine({rate}, {eta_min}, steps={T_max})"),
    ),
    (
        "CosineAnnealingWarmRestarts(optimizer, T_0, T_mult=1, eta_min=0.0)",
        always("sgdr({rate}, {eta_min}, steps={T_0}, growth={T_mult})"),
    ),
    (
        (
            "OneCycleLR(optimizer, max_lr, total_steps=None, epochs=None, steps_per_epoch=None, "
            "pct_start=0.3, anneal_strategy='cos', cycle_momentum=True, base_momentum=0.85, "
            "max_momentum=0.95, div_factor=25.0, final_div_factor=10000.0, three_phase=False)"
        ),
        [
            (
                {"total_steps": None, "anneal_strategy": "cos"},
                "one_cycle_torch({max_lr}, {epochs} * {steps_per_epoch})",
            ),
            ({"anneal_strategy": "cos"}, "one_cycle_torch({max_lr}, {total_steps})"),
            (
                {"anneal_strategy": "linear"},
                "one_cycle_torch({max_lr}, {total_steps}, shape=Linear)",
            ),
        ],
    ),
    (
        (
            "CyclicLR(optimizer, base_lr, max_lr, step_size_up=2000, step_size_down=None, "
            "mode='triangular', gamma=1.0, scale_fn=None)"
        ),
        [
            (
                {"mode": "triangular", "step_size_down": None},
                "triangular({base_lr}, {max_lr}, steps={step_size_up})",
            ),
            (
                {"mode": "triangular"},
                "triangular({base_lr}, {max_lr}, steps={step_size_up}, down={step_size_down})",
            ),
            ({"mode": "triangular2"}, "triangular2({base_lr}, {max_lr}, steps={step_size_up})"),
            (
                {"mode": "exp_range"},
                "exp_range({base_lr}, {max_lr}, steps={step_size_up}, factor={gamma})",
            ),
        ],
    ),
]

TRANSFORMERS = [
    ("get_constant_schedule(optimizer)", always("Constant({rate})")),
    (
        "get_constant_schedule_with_warmup(optimizer, num_warmup_steps)",
        always("Constant({rate})" + WARMUP),
    ),
    (
        "get_linear_schedule_with_warmup(optimizer, num_warmup_steps, num_training_steps)",
        always(f"Linear({{rate}}, 0, steps={AFTER_WARMUP}){WARMUP}"),
    ),
    (
        (
            "get_cosine_schedule_with_warmup(optimizer, num_warmup_steps, num_training_steps, "
            "num_cycles=0.5)"
        ),
        always(f"Cosine({{rate}}, 0, steps={AFTER_WARMUP}){WARMUP}"),
    ),
    (
        (
            "get_cosine_with_hard_restarts_schedule_with_warmup(optimizer, num_warmup_steps, "
            "num_training_steps, num_cycles=1)"
        ),
        always(
            f"Cosine({{rate}}, 0, steps=({AFTER_WARMUP}) / {{num_cycles}})"
            f".repeat({{num_cycles}}){WARMUP}"
        ),
    ),
    (
        (
            "get_cosine_with_min_lr_schedule_with_warmup(optimizer, num_warmup_steps, "
            "num_training_steps, num_cycles=0.5, last_epoch=-1, min_lr=None, min_lr_rate=None)"
        ),
        always(f"Cosine({{rate}}, {{min_lr}}, steps={AFTER_WARMUP}){WARMUP}"),
    ),
    (
        (
            "get_polynomial_decay_schedule_with_warmup(optimizer, num_warmup_steps, "
            "num_training_steps, lr_end=1e-07, power=1.0)"
        ),
        [
            ({"power": 1}, f"Linear({{rate}}, {{lr_end}}, steps={AFTER_WARMUP}){WARMUP}"),
            (
                {},
                f"Polynomial({{rate}}, {{lr_end}}, steps={AFTER_WARMUP}, power={{power}}){WARMUP}",
            ),
        ],
    ),
    (
        "get_inverse_sqrt_schedule(optimizer, num_warmup_steps, timescale=None)",
        [
            ({"timescale": None}, "inverse_sqrt({rate}, {num_warmup_steps})"),
            ({}, "Power({rate}, 0.5, steps={timescale})" + WARMUP),
        ],
    ),
    (
        (
            "get_wsd_schedule(optimizer, num_warmup_steps, num_decay_steps, "
            "num_training_steps=None, num_stable_steps=None, warmup_type='linear', "
            "decay_type='cosine', min_lr_ratio=0, num_cycles=0.5)"
        ),
        [
            (
                {"decay_type": "linear", "num_training_steps": None},
                WSD + "{num_stable_steps}, {num_decay_steps})",
            ),
            ({"decay_type": "linear"}, f"{WSD}{STABLE}, {{num_decay_steps}})"),
            (
                {"decay_type": "1-sqrt", "num_training_steps": None},
                WSD + "{num_stable_steps}, {num_decay_steps}, shape=one_minus_sqrt)",
            ),
            (
                {"decay_type": "1-sqrt"},
                f"{WSD}{STABLE}, {{num_decay_steps}}, shape=one_minus_sqrt)",
            ),
        ],
    ),
]

CALLS = [
    Call(library, *call)
    for library, calls in (
        ("Keras", KERAS),
        ("optax", OPTAX),
        ("PyTorch", PYTORCH),
        ("transformers", TRANSFORMERS),
    )
    for call in calls
]
