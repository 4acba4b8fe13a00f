"""The loop engine on several processes, on a cluster, and with callbacks."""

import functools

import distributed
import joblib
import keras
import numpy as np
import pytest

import lrschedules as lrs
from lrschedules.callbacks import RecordRate
from lrschedules.study import StudyError
from tests.study import small
from tests.study.small import study

pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    # joblib replaces a worker that grew by 300 MB, as one does that trains its first model. It says
    # so from its own thread, which an error would end, and the call would never return.
    pytest.mark.filterwarnings("ignore:A worker stopped while:UserWarning"),
]


def assert_same(actual, expected):
    for name, values in expected.curves.items():
        np.testing.assert_allclose(actual[name], values, rtol=1e-6, err_msg=name)


def test_two_processes(tmp_path):
    """On two processes a study gives the same; one whose processes die has lost nothing."""
    whole = study(engine="loop")
    with joblib.parallel_config("loky", n_jobs=2):
        assert_same(study(engine="loop"), whole)
        deadly = {"callbacks": lambda: [small.Dies(tmp_path / "dead")], "store": tmp_path / "store"}
        with pytest.raises(StudyError, match=r"runs failed, .* TerminatedWorkerError") as caught:
            study(**deadly)
        assert (tmp_path / "dead").exists()
        assert caught.value.comparison is None or np.isnan(caught.value.comparison["loss"]).any()
        assert_same(study(**deadly), whole)


def test_all_results_at_the_end():
    """A joblib back end that cannot give results as they finish will do."""
    with joblib.parallel_config("multiprocessing", n_jobs=1):
        assert_same(study(engine="loop", seeds=1), study(engine="loop", seeds=1))


def test_cluster(tmp_path):
    """On a Dask cluster of two workers, one of which is killed, a study gives the same."""
    whole = study(engine="loop")
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with (
        distributed.LocalCluster(**options) as cluster,
        distributed.Client(cluster),
        joblib.parallel_config("dask"),
    ):
        died = tmp_path / "dead"
        assert_same(study(callbacks=lambda: [small.Dies(died)], store=tmp_path / "store"), whole)
    assert died.exists()


def test_another_back_end(monkeypatch):
    """A worker that has Keras on another back end says so, and what to set."""
    monkeypatch.setattr("keras.backend.backend", lambda: "torch")
    with (
        joblib.parallel_config("loky", n_jobs=2),
        pytest.raises(StudyError, match=r"this worker has Keras on .*: set KERAS_BACKEND"),
    ):
        study(engine="loop", seeds=1)


def test_callbacks(tmp_path):
    """Each run has callbacks of its own; one that stops keeps the values it stopped with."""
    made = []

    def callbacks():
        made.append(keras.callbacks.EarlyStopping("loss", mode="max", patience=2))
        return [RecordRate(), made[-1]]

    falls = lrs.Linear(0.9, 0.5, 12)
    schedules = {
        name: {"learning_rate": rate, "momentum": falls} for name, rate in small.SCHEDULES.items()
    }
    optimizer = functools.partial(lrs.scheduled, keras.optimizers.SGD)
    scheduled = {"schedules": schedules, "optimizer": optimizer}
    result = study(callbacks=callbacks, **scheduled)
    assert len(made) == 6
    assert result.settings["engine"] == "loop, not stacked: callbacks act on one model at a time"
    whole = study(engine="loop", **scheduled)
    np.testing.assert_array_equal(result["loss"][..., :3], whole["loss"][..., :3])
    np.testing.assert_array_equal(result["loss"][..., 3], result["loss"][..., 2])
    np.testing.assert_allclose(result["learning_rate"][0], 0.1, rtol=1e-6)
    last = falls(np.array([2, 5, 8, 8]))  # the last update of each epoch
    np.testing.assert_allclose(result["momentum"][1, 0, 2], last, rtol=1e-6)
