"""What several of the other libraries need before they can be imported."""

import torch

try:
    import torchvision  # noqa: F401
except RuntimeError:
    # The compiled half of torchvision loads with one build of PyTorch only, and an index may offer
    # another. Nothing here needs it; the other half is content with operators that are declared.
    OPERATORS = torch.library.Library("torchvision", "DEF")
    for name in ("nms", "qnms"):
        OPERATORS.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
