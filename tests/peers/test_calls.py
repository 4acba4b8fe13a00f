"""The signatures of other libraries' calls, which the playground translates, are theirs."""

import importlib
import inspect

import pytest

from tests.peers import libraries  # noqa: F401 - chooses the back end of Keras
from tests.peers.calls import CALLS, IGNORED

MODULES = {
    "Keras": "keras.optimizers.schedules",
    "optax": "optax",
    "PyTorch": "torch.optim.lr_scheduler",
    "transformers": "transformers.optimization",
}


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.signature.partition("(")[0])
def test_signature(call):
    """Each parameter is where the library has it, with its default."""
    name, _, stated = call.signature.partition("(")
    scope = {}
    exec(f"def function({stated}: pass", scope)  # noqa: S102 - the text is our own
    known = list(inspect.signature(scope["function"]).parameters.values())
    theirs = inspect.signature(getattr(importlib.import_module(MODULES[call.library]), name))
    listed = list(theirs.parameters.values())
    assert [(p.name, p.default) for p in listed[: len(known)]] == [
        (p.name, p.default) for p in known
    ]
    assert {p.name for p in listed[len(known) :]} <= {*IGNORED, "scale_mode"}
