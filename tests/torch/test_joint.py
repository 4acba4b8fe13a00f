"""Both curves of ``OneCycleLR(cycle_momentum=True)``, at every step."""

import numpy as np
import pytest
import torch

import lrschedules as lrs


@pytest.mark.parametrize("shape", [lrs.Cosine, lrs.Linear])
@pytest.mark.parametrize("optimizer_class", [torch.optim.SGD, torch.optim.Adam])
def test_one_cycle(optimizer_class, shape):
    """The rate and the momentum, which is the first beta of Adam, are those of PyTorch."""
    options = {"momentum": 0.9} if optimizer_class is torch.optim.SGD else {}
    optimizer = optimizer_class([torch.nn.Parameter(torch.zeros(1))], lr=0.1, **options)
    strategy = {lrs.Cosine: "cos", lrs.Linear: "linear"}[shape]
    scheduler = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, 0.5, total_steps=100, anneal_strategy=strategy, base_momentum=0.8
    )
    theirs = []
    for step in range(100):
        group = optimizer.param_groups[0]
        theirs.append((group["lr"], group["momentum"] if options else group["betas"][0]))
        optimizer.step()
        if step < 99:
            scheduler.step()

    curves = lrs.joint.one_cycle_torch(0.5, steps=100, low=0.8, shape=shape)
    ours = np.column_stack([curves[name](np.arange(100)) for name in curves])
    np.testing.assert_allclose(ours, theirs, rtol=1e-11)
