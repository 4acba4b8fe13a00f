"""JAX arrays and torch tensors give what NumPy gives in double precision, compiled or not."""

import io
import itertools
import warnings

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
import torch

import lrschedules as lrs
from tests.data.strategies import drawn, schedules
from tests.data.table import (
    LAST,
    PUBLIC,
    SCHEDULES,
    assert_single_precision,
    brief,
    probes,
    row_of,
)

ANYWHERE = np.array([0, 1, 2, 9, 10, 11, 299, 300, 5000, 10**6, 2**24 + 1, 2**30, LAST])
every_row = pytest.mark.parametrize("schedule", SCHEDULES, ids=brief)
DISCONTINUOUS = [
    lrs.Piecewise([0.1, 0.944], [3]),
    lrs.Piecewise([0.1, 0.944], [3]).then(lrs.TimeBased(0.1, 0.1), at=9),
    lrs.Drop(0.1, 0.3, 10),
    lrs.Linear(0.1, 0, 10).repeat(),
    lrs.Linear(0.1, 0, 10).repeat(3, growth=2),
    lrs.TimeBased(0.1, 0.1).per_epoch(9),
]


def rates_of(steps):
    """Return the rates of the whole table: JAX compiles one program, instead of one for each."""
    return [schedule(t) for schedule, t in zip(SCHEDULES, steps, strict=True)]


def test_jax():
    """A JAX array gives a float32 JAX array; under jit and vmap it gives the same."""
    steps = [probes(schedule) for schedule in SCHEDULES]
    arrays = [jnp.asarray(t, jnp.int32) for t in steps]
    for call in (rates_of, jax.jit(rates_of), jax.vmap(rates_of), jax.jit(jax.vmap(rates_of))):
        for schedule, t, rates in zip(SCHEDULES, steps, call(arrays), strict=True):
            assert isinstance(rates, jax.Array)
            assert rates.dtype == jnp.float32
            assert_single_precision(rates, schedule, t)


@every_row
def test_torch(schedule):
    """A torch tensor gives a float32 tensor, from whole numbers of any width."""
    steps = probes(schedule)
    for dtype in (torch.int32, torch.int64):
        rates = schedule(torch.as_tensor(steps, dtype=dtype))

        assert isinstance(rates, torch.Tensor)
        assert rates.dtype == torch.float32
        assert_single_precision(rates, schedule, steps)


@pytest.mark.parametrize("first", range(8))
@pytest.mark.filterwarnings("ignore:.*script_method.* is deprecated:DeprecationWarning")
def test_torch_compiled(first):
    """torch compiles a schedule whole, without falling back to Python."""
    torch._dynamo.reset()  # it gives up on a function that it has compiled for eight schedules
    rows = SCHEDULES[first::8]
    steps = [probes(schedule) for schedule in rows]
    dtypes = itertools.cycle([torch.int32, torch.int64])
    tensors = [torch.as_tensor(t, dtype=dtype) for t, dtype in zip(steps, dtypes, strict=False)]

    # The eager back end traces as the others do, and needs no C++ compiler.
    @torch.compile(fullgraph=True, backend="eager")
    def rates_of(tensors):
        return [schedule(t) for schedule, t in zip(rows, tensors, strict=True)]

    for schedule, t, rates in zip(rows, steps, rates_of(tensors), strict=True):
        assert rates.dtype == torch.float32
        assert_single_precision(rates, schedule, t)


def test_any_composition():
    """Whatever is composed, JAX and torch give what NumPy gives."""
    composed = drawn(schedules(), 40)
    together = jax.jit(lambda steps: [schedule(steps) for schedule in composed])
    of_jax = together(jnp.asarray(ANYWHERE))
    for schedule, rates in zip(composed, of_jax, strict=True):
        assert_single_precision(rates, schedule, ANYWHERE)
        assert_single_precision(schedule(torch.as_tensor(ANYWHERE)), schedule, ANYWHERE)


@pytest.mark.parametrize("shape", [(), (0,), (1,), (3,), (2, 3), (0, 4)])
def test_shape_is_preserved(shape):
    """Rates have the shape of the steps."""
    for schedule in SCHEDULES:
        assert jax.eval_shape(schedule, jnp.full(shape, 5)).shape == shape, schedule
        assert tuple(schedule(torch.full(shape, 5)).shape) == shape, schedule


def test_float_steps():
    """Steps may be floats, in single or in double precision."""
    steps = np.arange(0, 60, 0.25)
    for schedule in SCHEDULES:
        for dtype in (torch.float32, torch.float64):
            assert_single_precision(schedule(torch.as_tensor(steps, dtype=dtype)), schedule, steps)
        assert_single_precision(schedule(jnp.asarray(steps, jnp.float32)), schedule, steps)


@pytest.mark.parametrize("dtype", [np.uint8, np.int8])
def test_narrow_steps(dtype):
    """Steps may be of a type too narrow for what the formula computes with them."""
    steps = np.array([0, 1, 5, 9, 100, 127], np.uint8)
    narrow = steps.astype(dtype)
    of_jax = jax.jit(rates_of)([jnp.asarray(narrow)] * len(SCHEDULES))
    for schedule, rates in zip(SCHEDULES, of_jax, strict=True):
        np.testing.assert_array_equal(schedule(narrow), schedule(steps.astype(int)))
        assert_single_precision(rates, schedule, steps)
        assert_single_precision(schedule(torch.as_tensor(narrow)), schedule, steps)


def test_double_precision_is_kept():
    """A step in double precision gives a rate in double precision, not one that was rounded."""
    steps = np.arange(0, 60, 0.25)
    for schedule in SCHEDULES:
        rates = schedule(torch.as_tensor(steps))
        assert rates.dtype == torch.float64
        np.testing.assert_allclose(rates, schedule(steps), rtol=1e-12, atol=1e-15)
    with jax.enable_x64(True):
        for schedule in SCHEDULES[::4] + DISCONTINUOUS:
            rates = schedule(jnp.asarray(steps))
            assert rates.dtype == jnp.float64
            np.testing.assert_allclose(rates, schedule(steps), rtol=1e-12, atol=1e-15)


def test_single_precision_is_kept():
    """Steps in single precision and whole ones give single precision, in JAX's double mode too."""
    for schedule in DISCONTINUOUS:
        for dtype in (torch.float32, torch.float16, torch.int64):
            assert schedule(torch.arange(9).to(dtype)).dtype == torch.float32
        with jax.enable_x64(True):
            for dtype in (jnp.float32, jnp.float16, jnp.int64, jnp.int32):
                assert jax.eval_shape(schedule, jnp.arange(9, dtype=dtype)).dtype == jnp.float32


@pytest.mark.parametrize(
    "step", [torch.tensor([True]), jnp.array(True), torch.tensor(1j)], ids=type
)
def test_truth_value_is_no_step(step):
    """A tensor that holds no numbers that can be counted is refused."""
    with pytest.raises(
        TypeError, match=r"^step must hold numbers, got an array of .*(bool|complex)"
    ):
        lrs.Constant(0.1)(step)


@pytest.mark.parametrize("dtype", ["int64", "float64"])
def test_jax_in_double_precision(dtype):
    """With 64 bits enabled in JAX, whole steps and double ones are right too."""
    steps = [probes(schedule) for schedule in SCHEDULES]
    with jax.enable_x64(True):
        arrays = [jnp.asarray(t, dtype) for t in steps]
        for call in (rates_of, jax.jit(rates_of)):
            for schedule, t, rates in zip(SCHEDULES, steps, call(arrays), strict=True):
                assert_single_precision(rates, schedule, t)


@pytest.mark.parametrize(
    ("schedule", "slope"),
    [
        (lrs.Constant(0.1), lambda t: 0),
        (lrs.TimeBased(0.1, decay=0.5), lambda t: -0.05 / (1 + 0.5 * t) ** 2),
        (lrs.Linear(0.1, 0.4, steps=10), lambda t: 0.03 if t < 10 else 0),
        (lrs.Polynomial(0.1, 0, steps=10), lambda t: -0.02 * (1 - t / 10) if t < 10 else 0),
        (lrs.Exponential(0.1, factor=0.5), lambda t: -0.1 * np.log(2) * 0.5**t),
        (lrs.Exponential(1e-6, 10).then(lrs.Constant(0.1), at=3), lambda t: 0 if t > 3 else None),
        (lrs.InverseSqrt(0.1, steps=4).delay(5), lambda t: -0.1 * (t - 5) ** -1.5 if t > 9 else 0),
    ],
    ids=lambda value: brief(value) if isinstance(value, lrs.Schedule) else "slope",
)
def test_gradient(schedule, slope):
    """The derivative in the step is that of the formula; what is not in force adds nothing."""
    for step in (1.5, 9.25, 20.5, 5000.5):
        expected = slope(step)
        gradients = jax.grad(schedule)(step), jax.jit(jax.grad(schedule))(step)
        t = torch.tensor(step, requires_grad=True)
        if schedule(t).requires_grad:
            gradients += torch.autograd.grad(schedule(t), t)
        for gradient in gradients:
            assert np.isfinite(float(gradient))
            if expected is not None:
                assert float(gradient) == pytest.approx(expected, rel=1e-5, abs=1e-30)


def test_gradient_is_finite():
    """The derivative in the step is a number at every step, the ends of a shape included."""
    rows = [row_of(cls) for cls in PUBLIC]
    lasts = [schedule.length or 100 for schedule in rows]
    steps = [jnp.array([0.0, 0.5, 1.0, n / 2, n - 1.0, n, n + 1.0, 2.0 * n]) for n in lasts]

    @jax.jit
    def slopes_of(steps):
        return [jax.vmap(jax.grad(row))(t) for row, t in zip(rows, steps, strict=True)]

    for schedule, slopes in zip(rows, slopes_of(steps), strict=True):
        assert np.isfinite(slopes).all(), schedule


def test_gradient_through_a_floor():
    """Where a rate jumps it has no slope: PyTorch's gradient is what it is between the jumps."""
    steps = np.array([5.0, 12.5, 100.0])
    for schedule in DISCONTINUOUS:
        t = torch.tensor(steps, requires_grad=True)
        rates = schedule(t)
        np.testing.assert_allclose(rates.detach(), schedule(steps), rtol=1e-12)
        if rates.requires_grad:
            rates.sum().backward()
            slope = (schedule(steps + 1e-6) - schedule(steps)) / 1e-6
            np.testing.assert_allclose(t.grad, slope, rtol=1e-4, atol=1e-12)
        assert rates.requires_grad == (type(schedule) is not lrs.Piecewise)


@pytest.mark.parametrize("power", [0.25, 0.5, 0.9])
def test_gradient_of_a_root_is_finite(power):
    """A root is infinitely steep where it arrives; its gradient is a number there and after."""
    for schedule in (
        lrs.Polynomial(0.1, 0, 10, power),
        lrs.Linear(0, 0.1, 10).k_decay(power),
        lrs.Hyperbolic(0.1, 0, 10, 1 / power),
    ):
        gradients = jax.vmap(jax.grad(schedule))(jnp.array([0.0, 9.5, 10.0, 11.0]))
        assert np.isfinite(gradients).all()


@pytest.mark.parametrize("one", [1, np.int64(1), np.float32(1), np.float64(1)])
def test_kind_of_parameter_does_not_matter(one):
    """Whole numbers and NumPy scalars as rates are right in every library."""
    steps = np.arange(10)
    for schedule in (lrs.Constant(one), lrs.Linear(one, 0 * one, 5), lrs.Piecewise([one, 0], [5])):
        assert_single_precision(jax.jit(schedule)(jnp.asarray(steps)), schedule, steps)
        assert_single_precision(schedule(torch.as_tensor(steps)), schedule, steps)


def test_optax_takes_a_schedule():
    """optax.sgd(schedule) trains with the schedule's rates, under jit too."""
    schedule = lrs.Linear(0.5, 0.0, steps=4).warmup(2)
    optimizer = optax.sgd(schedule)

    @jax.jit
    def update(weight, state):
        updates, state = optimizer.update(jnp.float32(1), state)
        return optax.apply_updates(weight, updates), state

    weight = jnp.float32(10)
    state = optimizer.init(weight)
    for step in range(8):
        before = weight
        weight, state = update(weight, state)
        np.testing.assert_allclose(before - weight, schedule(step), rtol=1e-5, atol=1e-6)


def test_optax_injects_a_schedule():
    """A schedule can be one of the hyperparameters that optax shows in its state."""
    schedule = lrs.TimeBased(0.1, decay=0.002)
    optimizer = optax.inject_hyperparams(optax.sgd)(learning_rate=schedule)
    state = optimizer.init(jnp.float32(1))
    for step in range(3):
        _, state = optimizer.update(jnp.float32(1), state)
        rate = state.hyperparams["learning_rate"]
        np.testing.assert_allclose(rate, schedule(step), rtol=1e-6)


def test_no_warning_from_any_library():
    """No call warns, at any step, of overflow, of precision or of anything else."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for schedule in [*SCHEDULES, lrs.Exponential(0, 2), lrs.Drop(0.1, 3, 1)]:
            schedule(ANYWHERE)
            for step in ANYWHERE:  # a NumPy scalar: a float that warns as an array does
                schedule(step)
                schedule(float(step))
            schedule(jnp.asarray(ANYWHERE))
            schedule(torch.as_tensor(ANYWHERE))


def test_a_state_of_torch_changes_no_schedule():
    """A checkpoint of LambdaLR is loaded as torch loads by default, and leaves a schedule alone."""

    def scheduler(schedule):
        optimizer = torch.optim.SGD([torch.nn.Parameter(torch.ones(3))], lr=1.0)
        return torch.optim.lr_scheduler.LambdaLR(optimizer, schedule)

    file = io.BytesIO()
    torch.save(scheduler(lrs.Cosine(0.1, 0, 100).repeat(3, growth=2)).state_dict(), file)
    file.seek(0)
    state = torch.load(file)
    written = lrs.Cosine(0.1, 0, 7).repeat(9, growth=3)
    names = ("schedule", "every", "cycles", "growth", "factor", "_cycles", "_prepared", "length")
    for saved in ({}, {name: getattr(written, name) for name in names}):
        schedule = lrs.Cosine(0.1, 0, 1000).repeat(3, growth=2)
        before = hash(schedule), repr(schedule), schedule(500)
        scheduler(schedule).load_state_dict(state | {"lr_lambdas": [saved]})

        assert (hash(schedule), repr(schedule), schedule(500)) == before
    assert state["lr_lambdas"] == [{}]


def test_five_hundred_points_are_compiled():
    """A long list is no chain that would be too deep to compile, and no formula of many minutes."""
    boundaries = range(1, 501)
    schedule = lrs.recipes.interpolate(np.linspace(0.1, 0.2, 501), boundaries)
    steps = np.array([0, 1, 250, 500, 600])

    np.testing.assert_allclose(jax.jit(schedule)(steps), schedule(steps), rtol=1e-6)
