# PyTorch as pyright sees it where it is not installed. Without this file pyright would take
# lrschedules/torch.py for it.
from typing import Any

def __getattr__(name: str) -> Any: ...
