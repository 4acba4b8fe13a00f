"""Where the built site is: in the folder in ``LRS_SITE``, or in ``docs/_build/html``."""

import os
from pathlib import Path

SITE = Path(os.environ.get("LRS_SITE", Path(__file__).parents[2] / "docs" / "_build" / "html"))
