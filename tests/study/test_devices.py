"""The runs of a study are divided among the devices that JAX has, with the same results."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

import lrschedules as lrs
from tests.study import small

# Six runs on eight devices, then twelve of which a device has room for one.
STUDIES = [{"memory": 2**30}, {"memory": 1, "seeds": 6}]
PROGRAM = """
import sys
from lrschedules.study import _stacked
from tests.study import small

train, blocks = _stacked.Stacked._train, []


def watched(self, block):
    epoch = self.program.epoch

    def watched_epoch(*arguments):
        state, logs = epoch(*arguments)
        blocks.append((self.size, len(logs["loss"].sharding.device_set)))
        return state, logs

    self.program.epoch = watched_epoch
    yield from train(self, block)
    self.program.epoch = epoch


_stacked.Stacked._train = watched
for i, options in enumerate(STUDIES):
    small.study(engine="stacked", **options).save(f"{sys.argv[1]}/{i}.json")
print(blocks)
"""


def test_eight_devices(tmp_path):
    """Each device has as many runs as the others, also where they do not fit at once."""
    flags = f"{os.environ.get('XLA_FLAGS', '')} --xla_force_host_platform_device_count=8"
    done = subprocess.run(
        [sys.executable, "-c", f"STUDIES = {STUDIES!r}\n{PROGRAM}", tmp_path],
        env=os.environ | {"XLA_FLAGS": flags, "KERAS_BACKEND": "jax"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    # One block of four epochs, then two: a size of 8 is one run for each device.
    assert ast.literal_eval(done.stdout) == [(8, 8)] * 12
    for i, options in enumerate(STUDIES):
        result = lrs.Comparison.load(tmp_path / f"{i}.json")
        expected = small.study(engine="stacked", **options)
        for name, values in expected.curves.items():
            np.testing.assert_allclose(result[name], values, rtol=1e-5, err_msg=name)
