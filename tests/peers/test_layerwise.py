"""The parameter groups of ``lrschedules.torch.layerwise`` are those of timm."""

import functools
import sys
from unittest import mock

import pytest
import torch

import lrschedules as lrs
from lrschedules.torch import Scheduler, layerwise

pytestmark = pytest.mark.filterwarnings(
    "ignore:`torch.jit.(script|interface)` is deprecated:DeprecationWarning"
)
STEM = r"^(?:cls_token|reg_token|pos_embed|patch_embed|norm_pre)"
SCHEDULE = lrs.Cosine(1e-3, 0, steps=10)


@functools.cache
def timm():
    """Return the class of timm's vision transformer, and the function that makes its groups.

    timm imports torchvision, which fits one build of torch only; a vision transformer needs none.
    """
    names = ("datasets", "ops", "ops.misc", "transforms", "transforms.functional", "models")
    names = ["", *names, "models.feature_extraction"]
    before = {n: module for n, module in sys.modules.items() if n.split(".")[0] == "timm"}
    for name in before:
        del sys.modules[name]
    others = {f"torchvision.{name}".rstrip("."): mock.MagicMock() for name in names}
    sys.modules.update(others)
    try:
        from timm.models.vision_transformer import VisionTransformer
        from timm.optim import param_groups_layer_decay
    finally:
        for name in [*others, *(n for n in sys.modules if n.split(".")[0] == "timm")]:
            del sys.modules[name]
        sys.modules.update(before)
    return VisionTransformer, param_groups_layer_decay


def vision_transformer(**arguments):
    torch.manual_seed(0)
    sizes = {"img_size": 8, "patch_size": 4, "embed_dim": 16, "depth": 3, "num_heads": 2}
    return timm()[0](**sizes, num_classes=5, **arguments)


@pytest.mark.parametrize("frozen", [None, "patch_embed", "blocks.1"])
@pytest.mark.parametrize(
    "kind", [{}, {"class_token": False, "global_pool": "avg", "reg_tokens": 2}]
)
def test_groups(kind, frozen):
    """Group by group: the parameters in order, the scale and the weight decay."""
    model = vision_transformer(**kind)
    for name, parameter in model.named_parameters():
        parameter.requires_grad = not (frozen and name.startswith(frozen))
    theirs = timm()[1](model, weight_decay=0.05, layer_decay=0.75)
    layers = [STEM, r"^blocks\.(\d+)|^norm"]
    if not any(name.startswith("norm.") for name, _ in model.named_parameters()):
        layers = [STEM, r"^blocks\.(\d+)"]  # with fc_norm, which timm counts to the head
    ours, lr = layerwise(model, SCHEDULE, decay=0.75, layers=layers, weight_decay=0.05)
    assert len(ours) == len(theirs) > 6
    for group, rate, other in zip(ours, lr, theirs, strict=True):
        assert list(map(id, group["params"])) == list(map(id, other["params"]))
        assert group["weight_decay"] == other["weight_decay"]
        assert rate(0) == pytest.approx(1e-3 * other["lr_scale"], rel=1e-12)


def test_training():
    """With the same groups and rates, both train to the same weights, through ``Scheduler``."""
    trained = []
    for make in (_with_timm, _with_lrschedules):
        model = vision_transformer()
        optimizer, step = make(model)
        for i in range(6):
            optimizer.zero_grad()
            images = torch.randn(2, 3, 8, 8, generator=torch.Generator().manual_seed(i))
            model(images).square().mean().backward()
            optimizer.step()
            step(i + 1)
        trained.append(torch.cat([parameter.detach().ravel() for parameter in model.parameters()]))
    torch.testing.assert_close(trained[0], trained[1], rtol=1e-6, atol=1e-9)


def _with_timm(model):
    groups = timm()[1](model, weight_decay=0.05, layer_decay=0.75)
    optimizer = torch.optim.AdamW(groups)

    def step(i):
        for group in optimizer.param_groups:
            group["lr"] = SCHEDULE(i) * group["lr_scale"]  # as timm's schedulers do

    step(0)
    return optimizer, step


def _with_lrschedules(model):
    layers = [STEM, r"^blocks\.(\d+)|^norm"]
    groups, lr = layerwise(model, SCHEDULE, decay=0.75, layers=layers, weight_decay=0.05)
    optimizer = torch.optim.AdamW(groups)
    scheduler = Scheduler(optimizer, lr=lr)
    return optimizer, lambda i: scheduler.step()
