"""What importing the package imports, and what works without Keras; each in its own process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ["sympy", "matplotlib", "pandas", "scipy", "jax", "torch", "tensorflow", "keras", "optax"]

BLOCK = """
import importlib.abc, sys

class Blocked(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {blocked!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Blocked())
"""
USE = """
import pickle
import numpy as np
import lrschedules as lrs
schedule = lrs.Linear(0, 0.1, 500).then(0.1 * lrs.Cosine(1, 0, 9500))
assert schedule(250) == 0.05
assert schedule(np.array([0, 500])).tolist() == [0.0, 0.1]
assert lrs.Then.from_config(schedule.get_config()) == schedule
assert pickle.loads(pickle.dumps(schedule)) == schedule
assert vars(schedule) == {}
"""
REPORT = f"""
import sys
print(*(name for name in {HEAVY!r} if name in sys.modules))
"""


def run(*parts, blocked=(), backend="jax"):
    """Run a program where some packages cannot be imported, and return what it prints."""
    program = BLOCK.format(blocked=set(blocked)) + "".join(parts)
    done = subprocess.run(
        [sys.executable, "-W", "error::UserWarning:lrschedules", "-c", program],
        env=os.environ | {"KERAS_BACKEND": backend},
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_without_keras():
    """Without Keras, NumPy alone is enough, and nothing heavy is imported."""
    assert run(USE, REPORT, blocked=["keras"]) == []


def test_numpy_is_enough():
    """With nothing but NumPy installed, numbers and arrays work."""
    assert run(USE, REPORT, blocked=HEAVY) == []


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_with_keras(backend):
    """Importing imports Keras and what Keras brings, and nothing more."""
    keras_alone = run("import keras\n", REPORT, backend=backend)
    with_us = run(USE, REPORT, backend=backend)

    assert sorted(with_us) == sorted(keras_alone)
    assert {"keras", backend} <= set(with_us)


WITHOUT_STEP = """
import lrschedules as lrs
try:
    lrs.Constant(0.1)()
except TypeError as error:
    print(error)
"""


def test_keras_without_a_back_end():
    """Where Keras has no back end, schedules work, and one called as Keras would says why."""
    backends = ["jax", "torch", "tensorflow", "openvino"]
    assert "keras" not in run(USE, REPORT, blocked=backends)
    text = " ".join(run(WITHOUT_STEP, blocked=backends))

    assert "was called without one. If Keras made the call" in text
    assert "Keras could not be (No module named 'jax')" in text
    assert "set KERAS_BACKEND to it, and import keras before lrschedules" in text


def test_keras_comes_later():
    """A schedule made while Keras was absent says so when Keras calls it, instead of training."""
    program = """
import lrschedules as lrs
sys.meta_path.pop(0)
import keras
optimizer = keras.optimizers.SGD(lrs.Constant(0.1))
try:
    optimizer.learning_rate
except TypeError as error:
    print(error)
"""
    text = " ".join(run(program, blocked=["keras"]))

    assert "lrschedules was imported while Keras could not be (No module named 'keras')" in text


def test_with_keras_a_call_without_step():
    """Where Keras works, only the missing step is spoken of."""
    text = " ".join(run(WITHOUT_STEP))

    assert text == "a schedule is a function of the step: write schedule(step)"


def test_jax_and_torch_without_keras():
    """JAX arrays and torch tensors work where Keras is not installed."""
    program = """
import jax.numpy as jnp
import torch
import lrschedules as lrs
schedule = lrs.TimeBased(0.1, decay=0.002)
print(float(schedule(jnp.asarray(500))), float(schedule(torch.tensor(500))), "keras" in sys.modules)
"""
    first, second, keras = run(program, blocked=["keras"])

    assert float(first) == pytest.approx(0.05, rel=1e-6)
    assert float(second) == pytest.approx(0.05, rel=1e-6)
    assert keras == "False"
