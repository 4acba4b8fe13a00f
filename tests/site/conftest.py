"""The built site on a static file server, and a browser to look at it with.

Reads the site from the folder in ``LRS_SITE``, or from ``docs/_build/html``. Needs Playwright, and
Chromium: at the path in ``LRS_CHROMIUM``, or where Playwright has put it.
"""

import contextlib
import functools
import http.server
import os
import threading
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

SITE = Path(os.environ.get("LRS_SITE", Path(__file__).parents[2] / "docs" / "_build" / "html"))


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
        wrong = []

        def opened(address, width=1200, **settings):
            settings |= {"viewport": {"width": width, "height": 900}}
            context = stack.enter_context(browser.new_context(**settings))
            page = context.new_page()
            page.asked = []
            page.on("console", lambda m: wrong.append(m.text) if m.type in CONSOLE else None)
            page.on("pageerror", lambda error: wrong.append(str(error)))
            page.on("request", lambda r: page.asked.append(r.url))
            page.on(
                "request",
                lambda r: wrong.append(r.url) if not r.url.startswith((host, "data:")) else None,
            )
            page.goto(f"{host}/{address}")
            return page

        yield opened
    assert not wrong


CONSOLE = {"error", "warning"}
