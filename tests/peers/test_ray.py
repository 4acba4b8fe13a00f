"""The loop of studies runs on a Ray cluster, as it does on Dask's."""

import secrets
import tempfile
from pathlib import Path

import joblib
import numpy as np
import pytest
import ray
from ray.util.joblib import register_ray

from tests.study import small


@pytest.fixture
def _cluster(monkeypatch):
    """Start a cluster of two workers, which leaves nothing on the machine."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    monkeypatch.setenv("RAY_AUTH_TOKEN", secrets.token_hex(32))
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    # The path of a socket may not be long.
    with tempfile.TemporaryDirectory(prefix="ray", ignore_cleanup_errors=True) as folder:
        ray.init(num_cpus=2, include_dashboard=False, _temp_dir=folder)
        yield
        ray.shutdown()


# Ray starts its own programs, and leaves their handles to the garbage collector.
@pytest.mark.filterwarnings("ignore:os.fork.* was called:RuntimeWarning", "ignore::ResourceWarning")
@pytest.mark.usefixtures("_cluster")
def test_study_on_ray(tmp_path):
    """One of two workers is killed and replaced, its runs are repeated, and the study is whole."""
    register_ray()
    died = tmp_path / "dead"
    again = {"max_restarts": -1, "max_task_retries": -1}
    with joblib.parallel_config("ray", n_jobs=2, ray_remote_args=again):
        result = small.study(callbacks=lambda: [small.Dies(died)])
    assert died.exists()
    for name, values in small.study(engine="loop").curves.items():
        np.testing.assert_allclose(result[name], values, rtol=1e-6, err_msg=name)
