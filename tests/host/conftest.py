"""The browser that the tests of the site use."""

from tests.site.conftest import browser

__all__ = ["browser"]
