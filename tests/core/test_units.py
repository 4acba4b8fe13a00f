"""Units of a run: epochs, samples, tokens and fractions in steps, or an error with the reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrschedules import Run

LANGUAGE = Run(batch_size=512, samples=1_000_000, epochs=2, tokens_per_sample=2048)


def test_units():
    """Each unit is worth so many steps."""
    assert LANGUAGE.steps_per_epoch == 1954
    assert LANGUAGE.steps == 3908
    assert LANGUAGE.in_epochs(0.5) == 977
    assert LANGUAGE.in_samples(512 * 100) == 100
    assert LANGUAGE.in_tokens(2**20 * 30) == 30
    assert LANGUAGE.fraction(0.25) == 977


def test_last_batch_counts():
    """An epoch has an update for the samples that do not fill a batch."""
    assert Run(batch_size=28, samples=235).steps_per_epoch == 9
    assert Run(batch_size=28, samples=252).steps_per_epoch == 9
    assert Run(batch_size=28, samples=253).steps_per_epoch == 10


def test_repr_is_the_program():
    """The text of a run is the Python that makes it, what follows from the epochs included."""
    assert eval(repr(LANGUAGE), {"Run": Run}) == LANGUAGE


def test_whole_steps():
    """Steps are rounded to the nearest, and there is at least one."""
    run = Run(batch_size=10, steps=1000)

    assert [run.in_samples(n) for n in (1, 14, 16, 1000)] == [1, 1, 2, 100]
    assert run.fraction(0.0001) == 1


@given(st.integers(1, 10**4), st.integers(1, 10**6), st.integers(1, 100))
def test_run_is_its_epochs(batch_size, samples, epochs):
    """A run of so many epochs has as many steps as these epochs."""
    run = Run(batch_size=batch_size, samples=samples, epochs=epochs)

    assert run.steps == run.in_epochs(epochs) == epochs * run.steps_per_epoch


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (lambda: Run(batch_size=0), "Run: batch_size must be a whole number ≥ 1, got 0; write"),
        (lambda: Run(samples=0.5), r"Run: samples must be a whole number ≥ 1, got 0\.5"),
        (lambda: Run(epochs=0), "Run: epochs must be a number > 0, got 0"),
        (lambda: Run(steps=0), "Run: steps must be a whole number of steps .*, got 0"),
        (lambda: Run(tokens_per_sample=-1), "Run: tokens_per_sample must be .*, got -1"),
        (
            lambda: Run(batch_size=1, samples=9, epochs=2, steps=5),
            r"^Run: steps and epochs must .*, got 5 and 2\.0, with batch_size=1 and samples=9;",
        ),
        (lambda: Run(epochs=3), r"needs samples, which Run\(.*\) does not have; write Run\(sam"),
        (lambda: Run(samples=9).in_epochs(1), r"needs batch_size, .*; write Run\(batch_size=\.\."),
        (lambda: Run(batch_size=9).in_epochs(1), r"needs samples, .*; write Run\(samples=\.\.\."),
        (lambda: Run().in_samples(5), r"needs batch_size, which Run\(.*\) does not have"),
        (lambda: Run(batch_size=5).in_tokens(5), r"needs tokens_per_sample, .*; write Run\(tok"),
        (lambda: Run(batch_size=5).fraction(0.5), r"needs steps, .*; write Run\(steps=\.\.\.\)"),
        (lambda: LANGUAGE.fraction(1), "^fraction: number must be a number > 0 and < 1, got 1"),
        (lambda: LANGUAGE.fraction(0), "^fraction: number must be a number > 0 and < 1, got 0"),
        (lambda: LANGUAGE.in_epochs(-1), "^in_epochs: number must be a number > 0, got -1"),
        (lambda: LANGUAGE.in_samples(0), "^in_samples: number must be a number > 0, got 0"),
        (lambda: LANGUAGE.in_tokens(0), "^in_tokens: number must be a number > 0, got 0"),
        (
            lambda: LANGUAGE.in_epochs(1e9),
            r"^in_epochs: number .* at most 2147483647 .*, got 1000000000\.0, .* 1\.954e\+12$",
        ),
        (
            lambda: LANGUAGE.in_epochs(1e308),
            r"^in_epochs: number .*, got 1e\+308, which is inf$",
        ),
        (lambda: LANGUAGE.in_epochs(10**400), "^in_epochs: number must be a number > 0, got 1000"),
        (lambda: LANGUAGE.in_tokens(1e308), r"^in_tokens: number must be at most .*, got 1e\+308"),
        (
            lambda: Run(batch_size=1, samples=10, epochs=1e308),
            r"^Run: epochs must be at most 2147483647 steps, got 1e\+308, which is inf$",
        ),
    ],
)
def test_bad_value(made, text):
    """What is not known, or no number of steps, is refused by name."""
    with pytest.raises(ValueError, match=text):
        made()


def test_bad_type():
    """What is not a number is refused by name."""
    with pytest.raises(TypeError, match="Run: batch_size must be a whole number ≥ 1, got '28'"):
        Run(batch_size="28")
