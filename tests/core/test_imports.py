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
assert type(schedule).from_config(schedule.get_config()) == schedule
assert pickle.loads(pickle.dumps(schedule)) == schedule
assert vars(schedule) == {}
"""
REPORT = f"""
import sys
print(*(name for name in {HEAVY!r} if name in sys.modules))
"""


def run(*parts, blocked=(), backend="jax"):
    """Run a program where some packages cannot be imported, and return the lines it prints."""
    program = BLOCK.format(blocked=set(blocked)) + "".join(parts)
    done = subprocess.run(
        [sys.executable, "-W", "error::UserWarning:lrschedules", "-c", program],
        env=os.environ | {"KERAS_BACKEND": backend},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_numpy_is_enough():
    """With nothing but NumPy installed, numbers and arrays work."""
    assert run(USE, REPORT, blocked=HEAVY) == [""]


# Schedules, recipes and tools: what Python completes after ``lrs.``.
SCHEDULES = """
Approach Constant Cosine Drop Exponential Finite FiniteExponential Hyperbolic InverseSqrt Linear
Piecewise Polynomial Power Rex Schedule Tanh TimeBased
"""
TOOLS = """
Comparison Namespace Phase RecordRate ReduceOnPlateau Run Search callbacks combinators compare
datasets finder javascript joint kinds layerwise optimizers param plot plotting range_test recipes
scheduled search study symbolic theory torch
"""
MENU = sorted((SCHEDULES + TOOLS).split())
FOR_KERAS = [
    "RecordRate",
    "ReduceOnPlateau",
    "callbacks",
    "compare",
    "finder",
    "range_test",
    "search",
]
FRONT_DOOR = """
import lrschedules as lrs
print(*dir(lrs))
for name in dir(lrs):
    try:
        getattr(lrs, name)
    except ImportError as error:
        print(name, "=", error)
print(*dir(lrs))
"""


def test_front_door_without_keras():
    """The menu is the same before and after its tools are loaded, and says what these need."""
    menu, *errors, again = run(FRONT_DOOR, blocked=["keras", "sympy", "torch"])
    said = dict(error.split(" = ") for error in errors)

    assert menu.split() == again.split() == MENU
    assert len(MENU) <= 45
    assert list(said) == [*FOR_KERAS, "symbolic", "torch"]
    for name in FOR_KERAS:
        assert said[name] == (
            f"lrschedules.{name} needs Keras and a back end, which could not be imported (No "
            "module named 'keras'); install both, for example with pip install keras jax, and set "
            "KERAS_BACKEND=jax"
        )
    assert "needs SymPy, which could not be imported" in said["symbolic"]
    assert "pip install sympy" in said["symbolic"]
    assert "pip install torch" in said["torch"]


def test_front_door_with_keras():
    """With everything installed every tool loads, each is the object of its module."""
    program = """
assert lrs.compare is lrs.study.compare
assert lrs.Comparison is lrs.study.Comparison
assert lrs.search is lrs.study.search
assert lrs.Search is lrs.study.Search
assert lrs.plot is lrs.plotting.plot
assert lrs.range_test is lrs.finder.range_test
assert lrs.RecordRate is lrs.callbacks.RecordRate
assert lrs.torch.Scheduler.__module__ == "lrschedules.torch"
try:
    lrs.rate
except AttributeError as error:
    print(error)
"""
    menu, again, error = run(FRONT_DOOR, program)

    assert menu.split() == again.split() == MENU
    assert error == "module 'lrschedules' has no attribute 'rate'"


def test_saved_comparison_without_keras():
    """A saved comparison is loaded, tabulated and described with NumPy and SciPy alone."""
    program = """
import lrschedules as lrs
result = lrs.Comparison.load("tests/study/saved/comparison-1.json")
print(len(result.table().rows))
"""
    assert int(run(program, blocked=["keras", "jax", "tensorflow", "torch"])[0]) > 1


def test_javascript_without_sympy():
    """A schedule is translated to JavaScript where SymPy is not installed."""
    program = """
import lrschedules as lrs
text = lrs.javascript.javascript(lrs.Linear(0.1, 0, 10))
print("const Linear = declared" in text, "sympy" in sys.modules)
"""
    assert run(program, blocked=["sympy", "keras"]) == ["True False"]


STUDY = """
import keras
import numpy as np
import lrschedules as lrs

def build():
    return keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])

rows = np.ones((8, 2)), np.ones((8, 1))
for engine in ("stacked", "loop"):
    lrs.compare(
        {"linear": lrs.Linear(0.1, 0, 4)}, build, rows, rows, optimizer=keras.optimizers.SGD,
        loss="mse", epochs=1, seeds=2, engine=engine, store=f"{folder}/{engine}",
    ).table()
"""


def test_a_study_imports_no_other_back_end(tmp_path):
    """A study on JAX leaves TensorFlow and PyTorch alone, whatever is installed."""
    imported = run(f"folder = {str(tmp_path)!r}", STUDY, REPORT)[0].split()

    assert "jax" in imported
    assert not {"tensorflow", "torch"} & set(imported)


WITHOUT_STEP = """
import lrschedules as lrs
try:
    lrs.Constant(0.1)()
except TypeError as error:
    print(error)
"""
KERAS_COMES_LATER = """
sys.meta_path.pop(0)
import keras
"""
CALLED_BY_KERAS = """
optimizer = keras.optimizers.SGD(lrs.Constant(0.1))
try:
    optimizer.learning_rate
except TypeError as error:
    print(error)
"""


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_without_keras_and_with_it(backend):
    """Without Keras, nothing heavy is imported; with it, Keras and what it brings, and no more.

    One process imports the package while Keras is blocked, and Keras afterwards; the other one
    imports the package alone.
    """
    program = (USE, REPORT, KERAS_COMES_LATER, REPORT, CALLED_BY_KERAS)
    without_keras, keras_alone, error = run(*program, blocked=["keras"], backend=backend)
    with_us, missing = run(USE, REPORT, WITHOUT_STEP, backend=backend)

    assert without_keras == ""
    assert sorted(with_us.split()) == sorted(keras_alone.split())
    assert {"keras", backend} <= set(with_us.split())
    # A schedule made while Keras was absent says so when Keras calls it, instead of training.
    assert "lrschedules was imported while Keras could not be (No module named 'keras')" in error
    # Where Keras works, only the missing step is spoken of.
    assert missing == "a schedule is a function of the step: write schedule(step)"


def test_keras_without_a_back_end():
    """Where Keras has no back end, schedules work, and one called as Keras would says why."""
    backends = ["jax", "torch", "tensorflow", "openvino"]
    imported, text = run(USE, REPORT, WITHOUT_STEP, blocked=backends)

    assert "keras" not in imported.split()
    assert "was called without one. If Keras made the call" in text
    assert "Keras could not be (No module named 'jax')" in text
    assert "set KERAS_BACKEND to it, and import keras before lrschedules" in text


def test_scheduler_without_torch():
    """The scheduler for PyTorch says what to install."""
    program = """
try:
    import lrschedules.torch
except ImportError as error:
    print(error)
"""
    text = " ".join(run(program, blocked=["keras", "torch"]))

    assert "needs PyTorch, which could not be imported (No module named 'torch'); install" in text
    assert "pip install torch" in text


def test_jax_and_torch_without_keras():
    """JAX arrays and torch tensors work where Keras is not installed."""
    program = """
import jax.numpy as jnp
import torch
import lrschedules as lrs
schedule = lrs.TimeBased(0.1, decay=0.002)
print(float(schedule(jnp.asarray(500))), float(schedule(torch.tensor(500))), "keras" in sys.modules)
"""
    [line] = run(program, blocked=["keras"])
    first, second, keras = line.split()

    assert float(first) == pytest.approx(0.05, rel=1e-6)
    assert float(second) == pytest.approx(0.05, rel=1e-6)
    assert keras == "False"
