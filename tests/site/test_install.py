"""The package that the site contains: pip installs it with the command that the page shows."""

import hashlib
import html
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import lrs_archives

from tests.site.built import SITE

ROOT = Path(__file__).parents[2]
NAME = lrs_archives.PROJECT["name"]
INDEX = SITE / "simple" / NAME
LINK = re.compile(r'<a href="([^"#]+)#sha256=(\w+)" data-requires-python="([^"]+)">([^<]+)</a>')
PAGE = (SITE / "guide" / "install.html").read_text("utf-8")
WHEEL, SOURCE = (next(INDEX.rglob(pattern), None) for pattern in ("*.whl", "*.tar.gz"))


def blocks(kind):
    """Return the text of the blocks of code of a kind on the page, as they are copied."""
    found = re.findall(rf'<div class="{kind}notranslate">.*?<pre>(.*?)</pre>', PAGE, re.DOTALL)
    return [html.unescape(re.sub(r"<.*?>", "", block)).strip() for block in found]


def command(host):
    """Return the page's command for NumPy alone, with the address at which the site is now."""
    address = re.search(r'<link rel="canonical" href="(.*)guide/install\.html"', PAGE)
    shown = min(blocks("install highlight-sh "), key=len)
    if address:
        return shown.replace(address[1], f"{host}/")
    assert shown == lrs_archives.command(address="")
    return lrs_archives.command(address=f"{host}/")


def test_pip_installs_it(host, tmp_path):
    """In a new environment, the command of the page installs this package, and it works."""
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "new"], check=True)
    path = f"{tmp_path / 'new' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    settings = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}

    def shell(line):
        done = subprocess.run(
            ["/bin/sh", "-ec", line],
            cwd=tmp_path,
            env={**settings, "PATH": path},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    shell(f"{command(host)} --quiet --report report.json")
    found = json.loads((tmp_path / "report.json").read_text("utf-8"))["install"]
    [ours] = [item["download_info"] for item in found if item["metadata"]["name"] == NAME]
    assert ours["url"].startswith(f"{host}/simple/{NAME}/")
    assert ours["archive_info"]["hashes"]["sha256"] == digest(WHEEL)

    [check] = [line for line in blocks("highlight-sh ") if line.startswith("python -c")]
    assert shell(check) == "0.05"
    where = "import lrschedules, importlib.metadata as m; print(lrschedules.__file__, m.version"
    file, installed = shell(f"python -c '{where}(\"{NAME}\"))'").split()
    assert file.startswith(str(tmp_path))
    assert installed == lrs_archives.PROJECT["version"]


def test_copy_button(opened):
    """The button on the command copies it whole, and nothing else."""
    page = opened("guide/install.html", permissions=["clipboard-read", "clipboard-write"])
    page.locator(".install:visible button.copybtn").first.click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == blocks("install highlight-sh ")[0]


def digest(file):
    return hashlib.sha256(file.read_bytes()).hexdigest()


def test_index():
    """The index has the form of PEP 503: it names each archive with its hash."""
    links = LINK.findall((INDEX / "index.html").read_text("utf-8"))
    assert {INDEX / where for where, *_ in links} == {WHEEL, SOURCE}
    for where, sha256, python, name in links:
        assert digest(INDEX / where) == sha256
        assert html.unescape(python) == lrs_archives.PROJECT["requires-python"]
        assert Path(where).name == name
    assert f'<a href="{NAME}/">{NAME}</a>' in (SITE / "simple/index.html").read_text("utf-8")


def test_archives():
    """The source archive contains the files of the repository, the wheel those of the package."""
    listed = subprocess.check_output([shutil.which("git"), "ls-files"], cwd=ROOT, text=True)
    tracked = set(listed.split())
    with tarfile.open(SOURCE) as archive:
        assert tracked <= {name.partition("/")[2] for name in archive.getnames()}
    with zipfile.ZipFile(WHEEL) as archive:
        files = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert files == {name for name in tracked if name.startswith("lrschedules/")}


def test_metadata():
    """A package index accepts the metadata of both archives."""
    twine = [sys.executable, "-m", "twine", "check", "--strict", WHEEL, SOURCE]
    done = subprocess.run(twine, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
