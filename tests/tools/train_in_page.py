"""How long the training in a page takes: four schedules, ten seeds, 50 epochs, under Node.

python -m tests.tools.train_in_page
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "docs" / "_ext"))

from tests.data.node import trained

WALL, CPU = trained(
    "const rates = new Float64Array(net.updates(IONOSPHERE.y.length)).fill(0.1);"
    "const times = [0, 1, 2].map(() => {"
    "  const [begin, used] = [performance.now(), process.cpuUsage()];"
    "  const seeds = Array.from({ length: 10 }, (_, s) => net.drawn(IONOSPHERE.y, s, 'glorot'));"
    "  [...net.study(IONOSPHERE, [rates, rates, rates, rates], seeds)];"
    "  const { user, system } = process.cpuUsage(used);"
    "  return [(performance.now() - begin) / 1000, (user + system) / 1e6];"
    "});"
    "return [0, 1].map((i) => Math.min(...times.map((time) => time[i])));"
)
print(f"4 schedules x 10 seeds x 50 epochs: {WALL:.2f} s ({CPU:.2f} s of CPU), least of three")
