"""The package as the site hands it out: archives, an index of them, and the command for pip.

The site contains the wheel and the source archive of the package that its pages describe, and an
index of them in the form of PEP 503. A build that knows no address of its own shows the command for
a clone.
"""

import hashlib
import html
import os
import re
import shutil
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PROJECT = PYPROJECT["project"]
# Set by the host of the documentation.
ADDRESS = os.environ.get("READTHEDOCS_CANONICAL_URL", "")

WANTED = re.compile(r"(?:\[([\w,]+)\] ?)?(.*)")
PAGE = """<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="pypi:repository-version" content="1.0">
    <title>{title}</title>
  </head>
  <body>
    {links}
  </body>
</html>
"""


def command(wanted="", address=ADDRESS, options=""):
    """Return the command that installs the package, some of its extras, and other packages.

    ``wanted`` is for example ``[keras,plot] jax optax``: extras of this package, then others.
    Without an address, the package is the clone in the present folder.
    """
    extras, others = WANTED.fullmatch(wanted).groups()
    if unknown := set((extras or "").split(",")) - {"", *PROJECT["optional-dependencies"]}:
        raise ValueError(f"pyproject.toml has no extra {', '.join(sorted(unknown))}")
    package = PROJECT["name"] if address else "."
    # The shell takes the brackets for a pattern.
    package = f'"{package}[{extras}]"' if extras else package
    index = f"--extra-index-url {address}simple" if address else ""
    return " ".join(filter(None, ["pip install", options, index, package, others]))


def write_index(site):
    """Write the archives into the folder of a site, below ``simple``, with their index."""
    from hatchling.builders.sdist import SdistBuilder
    from hatchling.builders.wheel import WheelBuilder

    simple = site / "simple"
    shutil.rmtree(simple, ignore_errors=True)
    folder = simple / PROJECT["name"]
    python = html.escape(PROJECT["requires-python"])
    links = []
    for builder in SdistBuilder, WheelBuilder:
        [archive] = map(Path, builder(str(ROOT)).build(directory=str(folder)))
        digest = hashlib.sha256(archive.read_bytes()).hexdigest()
        # A changed archive has another address, so that no cache answers with the former one.
        (folder / digest[:8]).mkdir()
        archive.rename(folder / digest[:8] / archive.name)
        where = f"{digest[:8]}/{archive.name}#sha256={digest}"
        links.append(f'<a href="{where}" data-requires-python="{python}">{archive.name}</a><br>')
    page = PAGE.format(title=PROJECT["name"], links="\n    ".join(links))
    (folder / "index.html").write_text(page, "utf-8")
    link = f'<a href="{PROJECT["name"]}/">{PROJECT["name"]}</a>'
    (simple / "index.html").write_text(PAGE.format(title="Packages", links=link), "utf-8")
