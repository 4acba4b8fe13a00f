"""The built site on a static file server, and a browser to look at it with.

Needs Playwright, and Chromium: at the path in ``LRS_CHROMIUM``, or where Playwright has put it.
"""

import contextlib
import functools
import http.server
import os
import threading

import pytest
from playwright.sync_api import sync_playwright

from tests.site.built import SITE


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture(scope="session")
def host():
    """The address of the built site."""
    assert (SITE / "playground.html").exists(), f"{SITE} has no playground: build the site first"
    handler = functools.partial(Quiet, directory=SITE)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("LRS_CHROMIUM"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.fixture
def opened(browser, host):
    """Open pages of the site; in the end, nothing may have failed, or have asked another host."""
    with contextlib.ExitStack() as stack:
        pages = []

        def opened(address, width=1200, **settings):
            settings |= {"viewport": {"width": width, "height": 900}}
            context = stack.enter_context(browser.new_context(**settings))
            pages.append(heard(context.new_page()))
            pages[-1].goto(f"{host}/{address}")
            return pages[-1]

        yield opened
    for page in pages:
        refuse_failures(page, host)


@pytest.fixture(scope="session")
def reader(browser):
    """A browser that keeps what pages have in common, as that of a reader does."""
    with browser.new_context(reduced_motion="reduce") as context:
        yield context


@pytest.fixture
def visited(reader, host):
    """Open one page of many; in the end, nothing may have failed, or have asked another host."""
    with reader.new_page() as page:
        heard(page)

        def visited(address, width):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(f"{host}/{address}")
            return page

        yield visited
    refuse_failures(page, host)


def heard(page):
    """Return a page that notes what it writes into the console, and what it asks for."""
    page.said, page.asked = [], []
    page.on("console", lambda message: page.said.append((message.type, message.text)))
    page.on("pageerror", lambda error: page.said.append(("error", str(error))))
    page.on("request", lambda request: page.asked.append(request.url))
    return page


def refuse_failures(page, host):
    assert not [text for kind, text in page.said if kind in {"error", "warning"}]
    assert not [url for url in page.asked if not url.startswith((host, "data:", "blob:"))]
