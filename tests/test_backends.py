"""The tests of tests/keras, on each back end of Keras in its own process: Keras fixes it once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_keras_on(backend):
    """Everything that uses Keras passes on every back end, and nothing of it is skipped."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", HERE / "keras"]
    # In CI a skipped test fails, and pytest's exit status is not 0 if it finds no test.
    inner = subprocess.run(
        command,
        env=os.environ | {"KERAS_BACKEND": backend, "CI": "true"},
        cwd=HERE.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert inner.returncode == 0, inner.stdout + inner.stderr
