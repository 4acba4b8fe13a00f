"""What the pages about schedules show, without the pages: programs that run, parts that fit."""

import inspect
import re

import jax.numpy as jnp
import keras
import lrs_entries
import lrs_parts
import numpy as np
import optax
import pytest
import torch

import lrschedules as lrs
from lrschedules import plotting

ENTRIES = lrs_entries.entries()


def ran(entry, framework, **scope):
    """Run what the page of an entry shows for a framework; return the schedule and all names."""
    schedule, code = lrs_entries.example_of(entry)
    exec(lrs_entries.programs(schedule, code)[framework], scope)  # noqa: S102
    assert scope["schedule"] == schedule
    last = plotting.horizon(schedule)
    return schedule, {0, 1, last // 3, last - 1, last, last + 1}, scope


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_keras(entry):
    """The optimizer that the page makes applies the rate of the schedule."""
    schedule, steps, scope = ran(entry, "Keras")
    optimizer = scope["optimizer"]
    for step in steps:
        optimizer.iterations.assign(step)
        rate = keras.ops.convert_to_numpy(optimizer.learning_rate)
        assert rate == pytest.approx(schedule(step), rel=2e-5, abs=1e-30)


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_optax(entry):
    """An update of the optimizer is minus the rate of the schedule times the gradient."""
    schedule, steps, scope = ran(entry, "optax")
    optimizer, weights = scope["optimizer"], jnp.ones(1)
    for step in steps:
        state = optax.tree_utils.tree_set(optimizer.init(weights), count=jnp.asarray(step))
        update, _ = optimizer.update(weights, state, weights)
        assert -update[0] == pytest.approx(schedule(step), rel=2e-5, abs=1e-30)


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_torch(entry):
    """The optimizer has the rate of the schedule before each of its steps."""
    schedule, _, scope = ran(entry, "PyTorch", model=torch.nn.Linear(1, 1))
    optimizer, scheduler = scope["optimizer"], scope["scheduler"]
    for step in range(200):
        assert optimizer.param_groups[0]["lr"] == schedule(step)
        optimizer.step()
        scheduler.step()


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_python(entry):
    """A number gives a number, an array the rates of all steps that the curve shows."""
    schedule, _, scope = ran(entry, "Python")
    rates = [schedule(step) for step in range(plotting.horizon(schedule) + 1)]

    assert type(scope["rate"]) is float
    np.testing.assert_allclose(scope["rates"], rates, rtol=1e-12, atol=0)
    assert len(scope["rates"]) == len(rates)


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_parts_cover_the_curve(entry):
    """The parts of a composition follow each other from step 0 to the last one drawn."""
    schedule, _ = lrs_entries.example_of(entry)
    found = lrs_parts.parts(schedule, {})

    assert [part.start for part in found] == [0, *(part.stop for part in found[:-1])]
    assert found[-1].stop == plotting.horizon(schedule)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("warmup_stable_decay", "0 Linear warmup, 100 Constant stable, 800 Linear decay"),
        ("one_cycle", "0 Cosine, 300 Cosine"),
        ("noam", "0 Linear warmup, 4000 InverseSqrt"),
        ("sgdr", "0 Cosine, 1000 Cosine, 3000 Cosine, 7000 Cosine, 15000 Cosine, 31000 Cosine"),
        ("untuned_linear", "0 Linear, 1999 Constant"),
        ("Delay", "0 Delay, 500 Cosine"),
        ("Piecewise", "0 Piecewise, 30 Piecewise, 60 Piecewise"),
        ("Clip", "0 Clip"),
        ("Cosine", "0 Cosine"),
    ],
)
def test_parts(name, expected):
    """Each part begins where the composition says, and is of the class that gives its rates."""
    schedule, _ = lrs_entries.example_of(ENTRIES[name])
    arguments = {} if isinstance(ENTRIES[name], type) else lrs_entries.arguments_of(ENTRIES[name])
    found = lrs_parts.parts(schedule, arguments)
    words = [f"{p.start} {p.of.__name__} {p.name}".strip() for p in found]

    assert ", ".join(words) == expected


def test_parts_of_cycles_and_epochs():
    """The parts of a later cycle say where their like begins in the first one."""
    cycle = lrs.Linear(0, 1, 4).then(lrs.Linear(1, 0, 6))
    found = lrs_parts.parts(cycle.repeat(3, growth=2).delay(5).per_epoch(10), {})

    assert [(p.start, p.first) for p in found] == [
        (0, None),
        *[(50, 5), (90, 9), (150, 5), (230, 9), (350, 5), (510, 9)],
    ]


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_says_when_to_use_it_and_when_not(entry):
    """The last paragraph of the prose says both; the first is one sentence."""
    prose = re.split(r"\n\n\w+\n---", inspect.getdoc(entry))[0]
    summary, *_, when = prose.split("\n\n")

    assert re.fullmatch(r"[^.]*\.", summary.replace("\n", " "))
    assert re.match(r"Use it .*\bNot\b", when, re.DOTALL)
