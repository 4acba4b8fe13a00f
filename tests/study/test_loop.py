"""The loop engine on several processes, on a cluster, and with callbacks."""

import distributed
import joblib
import keras
import numpy as np
import pytest

from lrschedules.callbacks import RecordRate
from lrschedules.study._loop import attempt
from tests.study import small
from tests.study.small import study

pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


def assert_same(actual, expected):
    for name, values in expected.curves.items():
        np.testing.assert_allclose(actual[name], values, rtol=1e-6, err_msg=name)


def test_two_processes():
    """On two processes a study gives the same."""
    whole = study(engine="loop")
    with joblib.parallel_config("loky", n_jobs=2):
        assert_same(study(engine="loop"), whole)


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


def test_another_back_end():
    """A worker that has Keras on another back end says so, and what to set."""
    failure = attempt(None, None, "another")[1]
    assert "this worker has Keras on jax, the study on another: set KERAS_BACKEND" in failure.reason


def test_callbacks(tmp_path):
    """Each run has callbacks of its own; one that stops keeps the values it stopped with."""
    made = []

    def callbacks():
        made.append(keras.callbacks.EarlyStopping("loss", mode="max", patience=2))
        return [RecordRate(), made[-1]]

    result = study(callbacks=callbacks)
    assert len(made) == 6
    assert result.settings["engine"] == "loop, not stacked: callbacks act on one model at a time"
    whole = study(engine="loop")
    np.testing.assert_array_equal(result["loss"][..., :3], whole["loss"][..., :3])
    np.testing.assert_array_equal(result["loss"][..., 3], result["loss"][..., 2])
    np.testing.assert_allclose(result["learning_rate"][0], 0.1, rtol=1e-6)
