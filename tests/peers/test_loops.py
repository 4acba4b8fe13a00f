"""The programs for Trainer, accelerate and Lightning run, and the libraries do what is said."""

import os
import subprocess
import sys
import types
from pathlib import Path

import pytest
import torch
from accelerate import Accelerator
from accelerate.utils import DataLoaderConfiguration
from lightning import LightningModule, Trainer
from lightning.pytorch.plugins import MixedPrecision
from torch.utils.data import DataLoader, TensorDataset
from transformers import Trainer as HuggingFaceTrainer

import lrschedules as lrs
from lrschedules.torch import Scheduler
from tests import programs

# What the libraries themselves cause.
pytestmark = [
    pytest.mark.filterwarnings(f"ignore:{warning}")
    for warning in (
        ".*treespec, LeafSpec.*is deprecated",
        "The 'train_dataloader' does not have many workers",
        "`torch.jit.script` is deprecated:DeprecationWarning",
    )
]


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def loaded(path):
    """Return what a file holds, if that is plain data."""
    return torch.load(path, weights_only=True)


def test_hugging_face():
    """Trainer and accelerate count, log and save as their page says."""
    trained, accelerated = programs.run("loop-huggingface")
    schedule = trained["schedule"]
    state = {"last_epoch": 40, "schedules": {"lr": repr(schedule)}}
    assert loaded("runs/checkpoint-40/scheduler.pt") == state
    for name, steps in (("first", 20), ("second", 40)):
        trainer = trained[name]
        assert type(trainer.lr_scheduler) is Scheduler  # not one that steps for each process
        assert trainer.state.global_step == trainer.lr_scheduler.last_epoch == steps
        for step, rate in trained["logged"](trainer).items():
            assert rate == pytest.approx(schedule(step - 1), abs=1e-6)
    assert len(trained["third"].optimizer.param_groups) == 2

    optimizer = torch.optim.AdamW(trained["first"].model.parameters())
    own = HuggingFaceTrainer(
        trained["Regression"](), trained["first"].args, optimizers=(optimizer, None)
    )
    own.create_scheduler(num_training_steps=20)
    assert [f(5) for f in own.lr_scheduler.lr_lambdas] == [0.75]  # linear

    scheduler = accelerated["scheduler"]
    assert loaded("state/scheduler.bin") == scheduler.state_dict()


def test_prepared_optimizer():
    """A scheduler of an optimizer that is prepared works, also when that loads a state."""
    plain = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))])
    state = plain.state_dict()
    optimizer = Accelerator(cpu=True).prepare(plain)
    scheduler = Scheduler(optimizer, lr=lrs.Constant(0.2))
    optimizer.step()
    optimizer.load_state_dict(state)
    assert plain.param_groups[0]["lr"] == 0.2
    scheduler.step()
    assert scheduler.last_epoch == 1


def test_accelerate_skips():
    """A scheduler that is prepared waits for accumulated gradients and skipped updates."""
    accelerator = Accelerator(cpu=True)
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))])
    scheduler = Scheduler(optimizer, lr=lrs.Constant(0.1))
    optimizer, prepared = accelerator.prepare(optimizer, scheduler)
    optimizer.step()
    prepared.step()
    assert scheduler.last_epoch == 1
    optimizer._is_overflow = True  # as after an update that the scaler has skipped
    assert optimizer.step_was_skipped
    prepared.step()
    assert scheduler.last_epoch == 1
    optimizer._is_overflow = False
    accelerator.gradient_state._set_sync_gradients(False)
    prepared.step()
    assert scheduler.last_epoch == 1
    accelerator.gradient_state._set_sync_gradients(True)


def test_accelerate_on_two_processes(tmp_path):
    """With two processes, the program prints what the page says."""
    blocks = programs.blocks("loop-huggingface")
    at = next(i for i, (_, code) in enumerate(blocks) if code.startswith("torchrun"))
    *_, (_, program) = (block for block in blocks[:at] if block[0] == "python")
    (tmp_path / "train.py").write_text(program)
    command = blocks[at][1].split()
    assert command.pop(0) == "torchrun"
    command = [sys.executable, "-m", "torch.distributed.run", *command]
    # The package is not installed beside the other libraries: a new process has to find it.
    env = os.environ | {"PYTHONPATH": str(Path(lrs.__file__).parents[1])}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=env)
    assert done.stdout == blocks[at + 1][1]


def test_split_batches(monkeypatch):
    """Where processes share each batch, accelerate makes one step per update."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))])
    two = types.SimpleNamespace(num_processes=2)
    monkeypatch.setattr("accelerate.scheduler.AcceleratorState", lambda: two)
    made = {}
    for split in (False, True):
        accelerator = Accelerator(
            cpu=True, dataloader_config=DataLoaderConfiguration(split_batches=split)
        )
        scheduler = Scheduler(optimizer, lr=lrs.Constant(0.1))
        wrapped, prepared = accelerator.prepare(optimizer, scheduler)
        wrapped.step()
        prepared.step()
        made[split] = scheduler.last_epoch
    assert made == {False: 2, True: 1}


def test_lightning():
    """Lightning counts and saves as its page says."""
    (scope,) = programs.run("loop-lightning")
    checkpoint = loaded("two-epochs.ckpt")
    state = {"last_epoch": 32, "schedules": {"lr": repr(scope["schedule"])}}
    assert checkpoint["lr_schedulers"] == [state]


class Overflowing(LightningModule):
    """A model whose first loss is infinite."""

    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(1))

    def training_step(self, batch, index):
        return (self.weight * batch[0]).sum() * (torch.inf if index == 0 else 1.0)

    def configure_optimizers(self):
        self.made = 0
        optimizer = torch.optim.SGD(self.parameters())
        optimizer.register_step_post_hook(self.count)
        scheduler = Scheduler(optimizer, lr=lrs.Constant(0.1))
        return {
            "optimizer": optimizer,
            "lr_scheduler": {"scheduler": scheduler, "interval": "step"},
        }

    def count(self, *_):
        self.made += 1


@pytest.mark.filterwarnings("ignore:Detected call of `lr_scheduler.step")
def test_lightning_does_not_wait():
    """Lightning steps the scheduler also where the scaler has skipped the update."""
    model = Overflowing()
    scaler = torch.amp.GradScaler("cpu")
    trainer = Trainer(
        accelerator="cpu",
        max_epochs=1,
        plugins=[MixedPrecision("16-mixed", "cpu", scaler)],
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    trainer.fit(model, DataLoader(TensorDataset(torch.ones(4, 1))))
    assert (model.made, model.lr_schedulers().last_epoch) == (3, 4)
