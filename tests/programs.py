"""The programs on the pages of the guide, run as a reader would run them."""

import contextlib
import io
import re
from pathlib import Path

GUIDE = Path(__file__).parents[1] / "docs" / "guide"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page):
    """Return the blocks of code of a page: the language of each, and its text."""
    return BLOCK.findall((GUIDE / f"{page}.md").read_text("utf-8"))


def run(page):
    """Run the programs of a page, compare what they print, and return their variables.

    A block that begins with an import begins a program; the others continue it. A block of text
    that follows one of Python is the end of what that prints.
    """
    found, scopes = blocks(page), []
    for i, (language, code) in enumerate(found):
        if language != "python":
            continue
        if code.startswith(("import ", "from ")):
            scopes.append({})
        with contextlib.redirect_stdout(io.StringIO()) as output:
            exec(compile(code, f"{page}.md, block {i}", "exec"), scopes[-1])  # noqa: S102
        for shown, text in found[i + 1 : i + 2]:
            assert shown != "text" or output.getvalue().endswith(text), output.getvalue()
    return scopes
