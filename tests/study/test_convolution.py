"""Convolutions as matrix products are the convolutions of JAX, and so are their gradients."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lrschedules.study._convolution import as_product, convolutions_as_products

plain = jax.lax.conv_general_dilated
LAST, FIRST = ("NHWC", "HWIO", "NHWC"), ("NCHW", "OIHW", "NCHW")


def case(x, kernel, strides=(1, 1), padding="SAME", numbers=LAST, **options):
    """Return the shapes of a convolution's arrays, and its other arguments."""
    options |= {"window_strides": strides, "padding": padding, "dimension_numbers": numbers}
    return (x, kernel), options


PRODUCTS = {
    "same": case((2, 7, 6, 3), (3, 3, 3, 4)),
    "valid": case((2, 7, 6, 3), (3, 2, 3, 4), padding="VALID"),
    "one channel": case((2, 7, 6, 1), (3, 3, 1, 4)),
    "one position": case((2, 7, 6, 3), (1, 1, 3, 4)),
    "whole input": case((2, 7, 6, 3), (7, 6, 3, 4), padding="VALID"),
    "strides": case((2, 7, 6, 3), (3, 3, 3, 4), (2, 3)),
    "strides, valid": case((2, 7, 6, 3), (2, 3, 3, 4), (3, 2), "VALID"),
    "dilation": case((2, 7, 6, 3), (3, 2, 3, 4), rhs_dilation=(2, 3)),
    "strides and dilation": case((2, 9, 9, 3), (3, 3, 3, 4), (2, 1), rhs_dilation=(2, 2)),
    "padding": case((2, 7, 6, 3), (3, 3, 3, 4), (2, 2), ((0, 2), (3, 1))),
    "negative padding": case((2, 7, 6, 3), (3, 3, 3, 4), (1, 1), ((-1, 0), (2, -2))),
    "holes in the input": case(
        (2, 4, 3, 3), (3, 3, 3, 4), (2, 1), ((2, 1), (1, 1)), lhs_dilation=(2, 3)
    ),
    "groups": case((2, 7, 6, 6), (3, 3, 2, 9), feature_group_count=3),
    "depthwise": case((2, 7, 6, 3), (3, 3, 1, 6), (2, 2), feature_group_count=3),
    "channels first": case((2, 3, 7, 6), (4, 3, 3, 3), (1, 2), numbers=FIRST),
    "groups, channels first": case(
        (2, 6, 7, 6), (4, 3, 3, 3), numbers=FIRST, feature_group_count=2
    ),
    "default order": case((2, 3, 7, 6), (4, 3, 3, 3), numbers=None),
    "odd order": case((7, 2, 3, 6), (3, 4, 3, 3), numbers=("HNCW", "HOIW", "CWNH")),
    "one axis": case((2, 9, 3), (4, 3, 5), (2,), numbers=("NWC", "WIO", "NWC")),
    "three axes": case(
        (2, 5, 4, 5, 2), (2, 3, 2, 2, 3), (1, 2, 1), numbers=("NDHWC", "DHWIO", "NDHWC")
    ),
}

OTHERS = {
    "groups of rows": case((4, 7, 6, 3), (3, 3, 3, 4), batch_group_count=2),
    "another type": case((2, 7, 6, 3), (3, 3, 3, 4), preferred_element_type=jnp.float32),
    "large kernel": case((1, 20, 20, 1), (12, 12, 1, 1)),
    "empty": case((2, 2, 6, 3), (3, 3, 3, 4), padding="VALID"),
}
CASES = PRODUCTS | OTHERS


def arrays(name):
    """Return the input, the kernel, and a weight for each value of the output."""
    rng = np.random.default_rng(0)
    shapes, options = CASES[name]
    dtype = jnp.bfloat16 if "preferred_element_type" in options else jnp.float32
    given = [jnp.asarray(rng.normal(size=shape), dtype) for shape in shapes]
    output = jax.eval_shape(lambda: plain(*given, **options))
    return (*given, jnp.asarray(rng.normal(size=output.shape), output.dtype))


@functools.cache
def results():
    """Return the outputs and the gradients of both forms, by name: one program for all."""

    def both(x, kernel, weight, options):
        def found(convolution):
            value, gradients = jax.vjp(lambda *a: convolution(*a, **options), x, kernel)
            return value, *gradients(weight)

        return found(functools.partial(as_product, plain, [])), found(plain)

    given = {name: arrays(name) for name in CASES}
    # Compiling takes longest, and the program runs once.
    quick = {"xla_backend_optimization_level": 0, "xla_llvm_disable_expensive_passes": True}
    every = jax.jit(
        lambda given: {n: both(*given[n], CASES[n][1]) for n in CASES}, compiler_options=quick
    )
    return every(given)


@pytest.mark.parametrize("name", CASES)
def test_product_is_the_convolution(name):
    """The output and both gradients are those of JAX."""
    for found, expected in zip(*results()[name], strict=True):
        assert found.shape == expected.shape
        assert found.dtype == expected.dtype
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=2e-5)


def is_left(name):
    """Say whether the program of a case still has a convolution of JAX."""
    x, kernel, _ = arrays(name)
    program = jax.make_jaxpr(lambda *a: as_product(plain, [], *a, **CASES[name][1]))(x, kernel)
    return "conv_general_dilated" in str(program)


def test_what_is_a_product():
    """No convolution is left but of the cases that are not written as products."""
    assert {name for name in CASES if is_left(name)} == set(OTHERS)


def test_everything_traced_meanwhile():
    """Convolutions and their transposes are replaced for as long as the context lasts."""
    x, kernel, _ = arrays("same")

    def both(x, kernel):
        numbers = {"dimension_numbers": LAST}
        y = jax.lax.conv_general_dilated(x, kernel, (2, 2), "SAME", **numbers)
        return jax.lax.conv_transpose(y, kernel, (2, 2), "SAME", transpose_kernel=True, **numbers)

    with convolutions_as_products() as patches:
        program = jax.make_jaxpr(both)(x, kernel)
        assert len(patches) == 2
        found = jax.jit(both)(x, kernel)
    assert "conv_general_dilated" not in str(program)
    afterwards = jax.make_jaxpr(functools.partial(both))  # JAX knows ``both`` as it was traced
    assert str(afterwards(x, kernel)).count("conv_general_dilated[") == 2
    np.testing.assert_allclose(found, both(x, kernel), rtol=1e-5, atol=2e-5)


def test_errors_are_those_of_jax():
    """A convolution that does not fit raises what JAX raises."""
    with pytest.raises(ValueError, match="lhs feature dimension size divided by feature_group"):
        as_product(
            plain,
            [],
            jnp.ones((1, 5, 5, 3)),
            jnp.ones((3, 3, 2, 4)),
            (1, 1),
            "SAME",
            None,
            None,
            LAST,
        )
