"""Parameter groups for layer-wise rates, on PyTorch."""

import re

import pytest
import torch

import lrschedules as lrs
from lrschedules.torch import Scheduler, layerwise

WAVE = lrs.Cosine(0.1, 0.01, steps=12)


def blocks():
    torch.manual_seed(0)
    return torch.nn.Sequential(*(torch.nn.Linear(4, 4) for _ in range(3)))


def test_frozen_until_a_step():
    """A multiplier that is 0 keeps the weights bit for bit, with weight decay as well."""
    model = blocks()
    groups, lr = layerwise(model, WAVE, {"^0": lrs.Piecewise([0.0, 0.5], [3]), "^1": 0.3})
    optimizer = torch.optim.AdamW(groups, weight_decay=0.1)
    scheduler = Scheduler(optimizer, lr=lr)
    first = [parameter.detach().clone() for parameter in model.parameters()]
    for step in range(6):
        rates = [group["lr"] for group in optimizer.param_groups]
        assert rates == pytest.approx([WAVE(step) * m for m in (0.5 * (step >= 3), 0.3, 1)])
        optimizer.zero_grad()
        model(torch.ones(2, 4)).square().mean().backward()
        optimizer.step()
        scheduler.step()
        equal = [torch.equal(a, b) for a, b in zip(first, model.parameters(), strict=True)]
        assert equal == [step < 3] * 2 + [False] * 4


def test_frozen_parameters():
    """Parameters without a gradient are in no group, but their layers count, as in timm."""
    model = blocks()
    model[1].requires_grad_(requires_grad=False)
    groups, lr = layerwise(model, 0.1, decay=0.5, layers=["^0", "^1"])
    assert [group["name"] for group in groups] == ["layer_0", "layer_2"]
    assert lr == [0.025, 0.1]
    assert all("weight_decay" not in group for group in groups)
    with pytest.raises(ValueError, match="no parameter that requires a gradient; call"):
        layerwise(blocks().requires_grad_(requires_grad=False), 0.1, {"0": 1})


def test_long_models():
    """An error lists some paths, and says how many more there are."""
    model = torch.nn.Sequential(*(torch.nn.Linear(1, 1) for _ in range(50)))
    with pytest.raises(ValueError, match=r"one of 0\.weight, .*, 9\.bias and 80 more$"):
        layerwise(model, 0.1, {"nothing": 1})


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"model": None}, "model must be a torch.nn.Module, got None; write"),
        ({"lr": -1}, "lr must be a rate ≥ 0, got -1"),
        ({"lr": None}, "lr must be a schedule of lrschedules or a number, got None"),
        ({"weight_decay": -1}, "weight_decay must be a number ≥ 0, got -1"),
        ({"weight_decay": WAVE}, "weight_decay must be a number ≥ 0, got Cosine"),
        ({"decay": 0.5}, "either multipliers must be given, or decay and layers"),
        (
            {"multipliers": {"^0": 1, "weight": 2}},
            "'^0' and 'weight' match 0.weight; write patterns that exclude each other",
        ),
    ],
)
def test_bad_input(arguments, text):
    given = {"model": blocks(), "lr": 0.1, "multipliers": {"^0": 1}} | arguments
    with pytest.raises((TypeError, ValueError), match="layerwise: .*" + re.escape(text)):
        layerwise(**given)
