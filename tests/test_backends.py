"""The tests of tests/keras on the other back ends of Keras, each in its own process.

Keras fixes its back end once. On that of this process the tests run beside all others.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
OTHERS = sorted({"tensorflow", "jax", "torch"} - {os.environ["KERAS_BACKEND"]})


@pytest.mark.long
@pytest.mark.parametrize("backend", OTHERS)
def test_keras_on(backend):
    """What depends on the back end passes on every one, and nothing of it is skipped."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", HERE / "keras"]
    command += ["-m", "not any_backend"]
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
