"""The site as its host builds it: complete, and every address in it is that of the host.

``.ci/host`` builds it, sets the variables of the host, and runs these tests.
"""

import json
import os
import re
import urllib.parse
import zipfile

import pytest
from playwright.sync_api import expect

from tests.site.built import SITE
from tests.site.test_displayed import EXAMPLES, PAGES, WRITTEN
from tests.site.test_install import NAME, PAGE, ROOT, WHEEL, blocks

ADDRESS = os.environ["READTHEDOCS_CANONICAL_URL"]
CLONE = os.environ["READTHEDOCS_GIT_CLONE_URL"].removesuffix(".git")
STABLE = urllib.parse.urljoin(ADDRESS, "../stable/")


def source(name):
    return (SITE / name).read_text("utf-8")


def local(address):
    """Return the file of the site that has an address."""
    assert address.startswith(ADDRESS)
    return SITE / (urllib.parse.unquote(address.removeprefix(ADDRESS)) or "index.html")


@pytest.mark.parametrize("name", EXAMPLES)
def test_each_example_has_run(name):
    """The page of an example shows what its code printed, or drew."""
    shown = r'class="sphx-glr-script-out|class="[^"]*sphx-glr-(?:single|multi)-img|output_html'
    assert re.search(shown, source(name))


def test_canonical_addresses():
    """Each page names its own address at the host."""
    for name in PAGES:
        if 'http-equiv="refresh"' not in source(name):
            assert f'<link rel="canonical" href="{ADDRESS}{name}"' in source(name), name


def test_previews():
    """The address and the image of a preview are at the host, and the image is there."""
    for name in WRITTEN:
        fields = dict(re.findall(r'<meta property="og:(url|image)" content="(.*?)"', source(name)))
        assert fields["url"] == f"{ADDRESS}{name}"
        assert local(fields["image"]).is_file(), name


def test_edit_links():
    """The button of a page opens the file that the page is made from."""
    prefix = f"{CLONE}/edit/{os.environ['READTHEDOCS_GIT_IDENTIFIER']}/"
    found = {name: re.findall(f'href="{re.escape(prefix)}(.*?)"', source(name)) for name in WRITTEN}
    # Two pages have no sidebar, and no button.
    assert {name for name in found if not found[name]} == {"index.html", "playground.html"}
    assert not [name for name in found for file in found[name] if not (ROOT / file).is_file()]


def test_text_for_machines():
    """The addresses in llms.txt are those of the pages at the host."""
    listed = re.findall(r"^- \[.*?\]\((.*?)\): ", source("llms.txt"), re.MULTILINE)
    assert {local(address).relative_to(SITE).as_posix() for address in listed} == set(WRITTEN)


def test_wrong_address():
    """The page for a wrong address finds its files below the version."""
    root = urllib.parse.urlsplit(ADDRESS).path
    links = re.findall(r'(?:href|src)="(/[^"]*)"', source("404.html"))
    assert links
    assert not [link for link in links if not link.startswith(root)]


def test_install():
    """Pages and notebooks install from the host, and the package names the host."""
    for command in [*blocks("install highlight-sh "), *notebook_cells()]:
        assert f" --extra-index-url {ADDRESS}simple " in command
    assert "the folder of your clone" not in PAGE
    with zipfile.ZipFile(WHEEL) as archive:
        [metadata] = [name for name in archive.namelist() if name.endswith("/METADATA")]
        lines = archive.read(metadata).decode().splitlines()
    assert f"Name: {NAME}" in lines
    assert {line.partition(": ")[2] for line in lines if line.startswith("Project-URL: ")} == {
        f"Documentation, {ADDRESS}",
        f"Changelog, {ADDRESS}changelog.html",
        f"Source, {CLONE}",
        f"Issues, {CLONE}/issues",
    }


def notebook_cells():
    """Return the first cell of each notebook."""
    for notebook in (SITE / "_downloads").rglob("*.ipynb"):
        yield "".join(json.loads(notebook.read_text("utf-8"))["cells"][0]["source"])


def test_versions_and_banner(browser):
    """At its address, the page offers both versions, and says that it is not the stable one."""
    asked, said = [], []

    def answer(route):
        address = urllib.parse.urldefrag(route.request.url)[0].partition("?")[0]
        asked.append(address)
        route.fulfill(path=local(address))

    with browser.new_context(viewport={"width": 1400, "height": 900}) as context:
        context.route("**/*", answer)
        page = context.new_page()
        page.on("console", lambda message: said.append((message.type, message.text)))
        page.goto(f"{ADDRESS}guide/install.html")
        banner = page.locator("#bd-header-version-warning")
        expect(banner).to_contain_text("an unstable development version")
        assert banner.get_by_role("link").first.get_attribute("href").startswith(STABLE)
        page.locator(".version-switcher__button:visible").click()
        versions = page.locator(".version-switcher__menu:visible a")
        expect(versions).to_have_count(2)
        links = versions.evaluate_all("all => all.map((link) => link.href)")
        assert links == [f"{ADDRESS}guide/install.html", f"{STABLE}guide/install.html"]
    assert not [text for kind, text in said if kind in {"error", "warning"}]
    assert f"{ADDRESS}_static/switcher.json" in asked
