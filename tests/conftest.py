"""Settings that hold for every test, made before anything heavy is imported."""

import gc
import itertools
import os
import sys
from importlib.util import find_spec

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.update(
    TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0", CUDA_VISIBLE_DEVICES="-1", MPLBACKEND="agg"
)

if find_spec("triton"):
    # It comes with PyTorch's builds for CUDA, and crashes where TensorFlow was imported before it.
    import triton  # noqa: F401

import hypothesis
import pytest

IN_CI = bool(os.environ.get("CI"))
ENDED = itertools.count(1)

# A first call imports an array library and traces: a deadline would measure that.
hypothesis.settings.register_profile(
    "lrschedules", deadline=None, derandomize=IN_CI, database=None, max_examples=60
)
hypothesis.settings.load_profile("lrschedules")


def pytest_collection_finish():
    """Let the garbage collector pass over what was imported: millions of objects, which stay."""
    gc.collect()
    gc.freeze()


def pytest_runtest_teardown():
    """Free now and then what JAX has compiled: it keeps all of it, which comes to gigabytes."""
    if next(ENDED) % 20 == 0 and "jax" in sys.modules:
        sys.modules["jax"].clear_caches()
        gc.collect()


def pytest_collection_modifyitems(config, items):
    """Let what takes longest begin first, so that no worker is left with it at the end.

    Two workers are given a half each (``--dist worksteal``): the longest tests stand in turn at
    the beginning of either.
    """
    longest = [item for item in items if item.get_closest_marker("long")]
    others = [item for item in items if not item.get_closest_marker("long")]
    middle = len(items) // 2 - len(longest[::2])
    items[:] = longest[::2] + others[:middle] + longest[1::2] + others[middle:]


def pytest_configure(config):
    """Let CI accept no test that did not run; registered here, it holds for doctests too."""
    if IN_CI:
        config.pluginmanager.register(NothingIsSkipped())


class NothingIsSkipped:
    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self, item, call):
        return _failed_if_skipped((yield))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_make_collect_report(self, collector):
        return _failed_if_skipped((yield))


def _failed_if_skipped(report):
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid}: in CI nothing may be skipped or expected to fail"
        vars(report).pop("wasxfail", None)
    return report
