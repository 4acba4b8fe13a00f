"""What the pages about schedules show: programs that run, phases that cover the curve."""

import re

import jax.numpy as jnp
import keras
import lrs_entries
import numpy as np
import optax
import pytest
import torch

from tests.peers.table import ROWS

ENTRIES = lrs_entries.entries()


def ran(entry, framework, **scope):
    """Run what the page of an entry shows for a framework; return key steps and all names."""
    exec(entry.programs[framework], scope)  # noqa: S102
    assert scope["schedule"] == entry.schedule
    last = entry.horizon
    return {0, 1, last // 3, last - 1, last, last + 1}, scope


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_keras(entry):
    """The optimizer that the page makes applies the rate of the schedule."""
    steps, scope = ran(entry, "Keras")
    optimizer = scope["optimizer"]
    for step in steps:
        optimizer.iterations.assign(step)
        rate = keras.ops.convert_to_numpy(optimizer.learning_rate)
        assert rate == pytest.approx(entry.schedule(step), rel=2e-5, abs=1e-30)


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_optax(entry):
    """An update of the optimizer is minus the rate of the schedule times the gradient."""
    steps, scope = ran(entry, "optax")
    optimizer, weights = scope["optimizer"], jnp.ones(1)
    for step in steps:
        state = optax.tree_utils.tree_set(optimizer.init(weights), count=jnp.asarray(step))
        update, _ = optimizer.update(weights, state, weights)
        assert -update[0] == pytest.approx(entry.schedule(step), rel=2e-5, abs=1e-30)


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_torch(entry):
    """The optimizer has the rate of the schedule before each of its steps."""
    _, scope = ran(entry, "PyTorch", model=torch.nn.Linear(1, 1))
    optimizer, scheduler = scope["optimizer"], scope["scheduler"]
    for step in range(200):
        assert optimizer.param_groups[0]["lr"] == entry.schedule(step)
        optimizer.step()
        scheduler.step()


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_python(entry):
    """A number gives a number, an array the rates of all steps that the curve shows."""
    _, scope = ran(entry, "Python")
    rates = [entry.schedule(step) for step in range(entry.horizon + 1)]

    assert type(scope["rate"]) is float
    np.testing.assert_allclose(scope["rates"], rates, rtol=1e-12, atol=0)
    assert len(scope["rates"]) == len(rates)


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_phases_cover_the_curve(entry):
    """The phases of a composition follow each other from step 0 to the last one drawn."""
    found = sorted((p.start, p.stop) for _, occurrences in entry.phases for p in occurrences)

    assert [start for start, _ in found] == [0, *(stop for _, stop in found[:-1])]
    assert found[-1][1] == entry.horizon


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("warmup_stable_decay", "0 Linear warmup; 100 Constant stable; 800 Linear decay"),
        ("one_cycle", "0 Cosine; 300 Cosine"),
        ("noam", "0 Linear warmup; 4000 InverseSqrt"),
        ("sgdr", "0 1000 3000 7000 15000 31000 Cosine"),
        ("untuned_linear", "0 Linear; 1999 Constant"),
        (
            "repeated_wsd",
            "0 Linear warmup; 100 1000 1900 Constant stable; 900 1800 2700 Linear decay",
        ),
        ("Delay", "0 Delay; 500 Cosine"),
        ("Piecewise", "0 Piecewise; 30 Piecewise; 60 Piecewise"),
        ("Clip", "0 Clip"),
        ("Cosine", "0 Cosine"),
    ],
)
def test_phases(name, expected):
    """Each phase has its steps in all cycles, its class, and the name of its argument."""
    words = []
    for argument, occurrences in ENTRIES[name].phases:
        kind = type(occurrences[0].schedule).__name__
        words.append(" ".join([*(str(p.start) for p in occurrences), kind, argument]).strip())

    assert "; ".join(words) == expected


def test_questions_of_exactness():
    """The rows that answer one question are about the same schedule."""
    asked = {(row.exact, row.ours) for row in ROWS if row.exact}
    assert len(asked) == len({question for question, _ in asked}) > 3


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_says_when_to_use_it(entry):
    """The first paragraph is one sentence; the last says when to use it and when to avoid it."""
    assert re.fullmatch(r"[^.]*\.", entry.summary)
    assert re.match(r"Use it .*\. Avoid it ", " ".join(entry.usage.split()))
