"""PyTorch's optimizers follow schedules, through checkpoints, copies and compiled steps."""

import copy
import io
import json
import pickle
import warnings

import numpy as np
import pytest
import torch
from torch.optim import lr_scheduler

import lrschedules as lrs
from lrschedules.torch import Scheduler

TRUNK = lrs.Constant(0.2).warmup(50)
BRANCH = TRUNK.cooldown(50, at=100)
WAVE = lrs.Cosine(0.1, 0, 30).warmup(5)


def optimizer_of(kind=torch.optim.SGD, groups=1, **options):
    weights = [torch.nn.Parameter(torch.ones(3)) for _ in range(groups)]
    return kind([{"params": [weight]} for weight in weights], **options)


def update(optimizer, gradient=1.0):
    for group in optimizer.param_groups:
        for weight in group["params"]:
            weight.grad = torch.full_like(weight, gradient)
    optimizer.step()


def values(optimizer, name="lr"):
    return [group[name] for group in optimizer.param_groups]


def used(optimizer, scheduler, steps, name="lr"):
    """Train, and return the value that each update uses in the first parameter group."""
    found = []
    for _ in range(steps):
        found.append(values(optimizer, name)[0])
        update(optimizer)
        scheduler.step()
    return found


def through_a_file(*states):
    """Save states and load them as PyTorch does by default: without any class but its own."""
    file = io.BytesIO()
    torch.save(states, file)
    file.seek(0)
    return torch.load(file)


def rates_of(schedule, start, stop):
    return [schedule(step) for step in range(start, stop)]


class Accelerated:
    """Does with a scheduler what accelerate's wrapper does."""

    def __init__(self, scheduler, processes=1):
        self.scheduler, self.processes, self.skipped = scheduler, processes, False

    def step(self):
        for _ in range(0 if self.skipped else self.processes):
            self.scheduler.step()

    def state_dict(self):
        return self.scheduler.state_dict()

    def load_state_dict(self, state):
        self.scheduler.load_state_dict(state)


# The learning rate ------------------------------------------------------------------------------


def test_values_are_absolute():
    """Each update uses the value at its step, whatever the optimizer was made with."""
    optimizer = optimizer_of(lr=7.0)
    scheduler = Scheduler(optimizer, lr=WAVE)

    assert scheduler.get_last_lr() == [0.0]
    assert used(optimizer, scheduler, 40) == rates_of(WAVE, 0, 40)
    assert scheduler.get_last_lr() == values(optimizer) == [WAVE(40)]
    assert scheduler.base_lrs == [7.0]


def test_weights_are_trained_with_the_values():
    """Weights move as they do when each hyperparameter is set by hand."""
    momentum, decay = lrs.Linear(0.95, 0.5, 10), lrs.Exponential(0.1, 0.5, every=5)
    ours, by_hand = optimizer_of(momentum=0.5, weight_decay=1), optimizer_of(momentum=0.5)
    scheduler = Scheduler(ours, lr=WAVE, momentum=momentum, weight_decay=decay)
    for step in range(12):
        [group] = by_hand.param_groups
        group |= {"lr": WAVE(step), "momentum": momentum(step), "weight_decay": decay(step)}
        update(by_hand)
        update(ours)
        scheduler.step()

    torch.testing.assert_close(values(ours, "params"), values(by_hand, "params"), rtol=0, atol=0)


def test_a_list_for_the_groups():
    """A list has a schedule or a number for each parameter group."""
    optimizer = optimizer_of(groups=3, momentum=0.9)
    scheduler = Scheduler(optimizer, [WAVE, 0.5, lrs.Linear(1, 0, 4)], momentum=[0, 0.5, 0.75])
    used(optimizer, scheduler, 2)

    assert values(optimizer) == [WAVE(2), 0.5, 0.5]
    assert values(optimizer, "momentum") == [0, 0.5, 0.75]


def test_only_another_hyperparameter():
    """Without a schedule of its own, the learning rate stays what it is."""
    optimizer = optimizer_of(torch.optim.AdamW, lr=0.25)
    decay = lrs.Linear(0.1, 0, 10)
    scheduler = Scheduler(optimizer, weight_decay=decay)

    assert used(optimizer, scheduler, 3, "weight_decay") == rates_of(decay, 0, 3)
    assert scheduler.get_last_lr() == values(optimizer) == [0.25]


def test_pairs():
    """Betas are tuples: for all groups, or one for each."""
    warm = lrs.Linear(0.5, 0.9, 4)
    optimizer = optimizer_of(torch.optim.Adam, groups=2)
    scheduler = Scheduler(optimizer, betas=(warm, 0.99))
    used(optimizer, scheduler, 2)
    assert values(optimizer, "betas") == [(0.7, 0.99), (0.7, 0.99)]

    scheduler = Scheduler(optimizer, betas=[(warm, 0.99), (0.9, lrs.Constant(0.95))])
    used(optimizer, scheduler, 1)
    assert values(optimizer, "betas") == [(0.6, 0.99), (0.9, 0.95)]


def test_any_number():
    """Every number of the parameter groups can be scheduled, also a negative one."""
    optimizer = optimizer_of(torch.optim.Adafactor)
    scheduler = Scheduler(
        optimizer, eps=(1e-30, lrs.Linear(1e-3, 1e-4, 9)), beta2_decay=-0.5, d=lrs.Constant(2)
    )
    used(optimizer, scheduler, 9)

    assert values(optimizer, "eps") == [(1e-30, 1e-4)]
    assert values(optimizer, "beta2_decay") == [-0.5]
    assert values(optimizer, "d") == [2]


# Checkpoints ------------------------------------------------------------------------------------


def saved_trunk(wrap=lambda scheduler: scheduler):
    optimizer = optimizer_of(momentum=0.9)
    scheduler = wrap(Scheduler(optimizer, lr=TRUNK))
    assert used(optimizer, scheduler, 100) == rates_of(TRUNK, 0, 100)
    return optimizer.state_dict(), scheduler.state_dict()


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["optimizer first", "scheduler first"])
@pytest.mark.parametrize("wrap", [lambda s: s, Accelerated], ids=["plain", "accelerate"])
@pytest.mark.parametrize("schedule", [TRUNK, BRANCH, TRUNK * 0.5], ids=["same", "branch", "half"])
def test_resume(wrap, order, schedule):
    """A loaded run continues at its step with its own schedule, which no loading changes."""
    before = hash(schedule), repr(schedule), hash(TRUNK), repr(TRUNK)
    states = through_a_file(*saved_trunk(wrap))
    optimizer = optimizer_of(momentum=0.9)
    scheduler = wrap(Scheduler(optimizer, lr=schedule))
    for i in order:
        (optimizer, scheduler)[i].load_state_dict(states[i])

    assert values(optimizer) == [schedule(100)]
    assert used(optimizer, scheduler, 60) == rates_of(schedule, 100, 160)
    assert (hash(schedule), repr(schedule), hash(TRUNK), repr(TRUNK)) == before


def test_resume_as_lightning_does():
    """One checkpoint holds lists of states; the optimizer steps with a closure."""
    optimizer, scheduler = saved_trunk()
    [loaded] = through_a_file({"optimizer_states": [optimizer], "lr_schedulers": [scheduler]})
    optimizer = optimizer_of(momentum=0.9)
    scheduler = Scheduler(optimizer, lr=BRANCH)
    for target, state in zip([optimizer], loaded["optimizer_states"], strict=True):
        target.load_state_dict(state)
    for target, state in zip([scheduler], loaded["lr_schedulers"], strict=True):
        target.load_state_dict(state)
    for _ in range(25):
        optimizer.step(lambda: 0.0)
        scheduler.step()

    assert scheduler.get_last_lr() == values(optimizer) == [pytest.approx(0.1, rel=1e-12)]
    assert repr(BRANCH) == repr(TRUNK.cooldown(50, at=100))


def test_accelerate_steps_for_each_process():
    """With several processes accelerate makes several steps for an update; stretch slows it."""
    optimizer = optimizer_of()
    scheduler = Accelerated(Scheduler(optimizer, lr=WAVE.stretch(4)), processes=4)

    assert used(optimizer, scheduler, 10) == pytest.approx(rates_of(WAVE, 0, 10), rel=1e-12)


def test_state_is_plain():
    """The state is the step and a description: a dictionary that JSON can hold."""
    scheduler = Scheduler(optimizer_of(torch.optim.Adam), lr=[WAVE], betas=(0.9, WAVE))
    state = scheduler.state_dict()

    assert state == {
        "last_epoch": 0,
        "schedules": {"lr": f"[{WAVE!r}]", "betas": f"(0.9, {WAVE!r})"},
    }
    assert json.loads(json.dumps(state)) == state
    scheduler.load_state_dict(state, strict=True)


def test_load_writes_everything():
    """After loading, all hyperparameters have their values at the step, before any update."""
    betas = (lrs.Linear(0.5, 0.9, 4), 0.99)
    optimizer = optimizer_of(torch.optim.Adam)
    scheduler = Scheduler(optimizer, lr=WAVE, betas=betas)
    scheduler.load_state_dict({"last_epoch": 2})

    assert scheduler.last_epoch == 2
    assert scheduler.get_last_lr() == values(optimizer) == [WAVE(2)]
    assert values(optimizer, "betas") == [(0.7, 0.99)]


def test_strict():
    """A strict load accepts the same schedules, and names the first that differs."""
    state = Scheduler(optimizer_of(), lr=TRUNK).state_dict()
    Scheduler(optimizer_of(), lr=TRUNK).load_state_dict(state, strict=True)
    other = Scheduler(optimizer_of(), lr=BRANCH)
    with pytest.raises(
        ValueError, match=r"lr was .*Constant\(.* saved, and is .*at=100\) now; make"
    ):
        other.load_state_dict(state, strict=True)
    more = Scheduler(optimizer_of(), lr=TRUNK, momentum=0.5)
    with pytest.raises(ValueError, match=r"momentum was not scheduled when .* is 0\.5 now"):
        more.load_state_dict(state, strict=True)
    less = Scheduler(optimizer_of(), momentum=0.5)
    with pytest.raises(ValueError, match=r"lr was .* is not scheduled now"):
        less.load_state_dict(
            state | {"schedules": {"momentum": "0.5", **state["schedules"]}}, strict=True
        )
    with pytest.raises(ValueError, match=r"does not say with which schedules .* without strict"):
        other.load_state_dict({"last_epoch": 3}, strict=True)


def test_state_of_another_scheduler():
    """The state of a LambdaLR gives its step."""
    optimizer = optimizer_of(lr=1.0)
    old = lr_scheduler.LambdaLR(optimizer, WAVE.__call__)
    used(optimizer, old, 8)
    scheduler = Scheduler(optimizer_of(), lr=WAVE)
    scheduler.load_state_dict(old.state_dict())

    assert scheduler.get_last_lr() == [WAVE(8)]


def test_last_epoch():
    """With last_epoch=7 step 8 is next, as in PyTorch, from an optimizer as it is."""
    optimizer = optimizer_of()
    scheduler = Scheduler(optimizer, lr=WAVE, last_epoch=7)

    assert scheduler.last_epoch == 8
    assert used(optimizer, scheduler, 5) == rates_of(WAVE, 8, 13)


def test_step_with_an_epoch():
    """PyTorch deprecates step(epoch), with a warning; it still goes to that step."""
    optimizer = optimizer_of()
    scheduler = Scheduler(optimizer, lr=WAVE)
    update(optimizer)
    with pytest.warns(UserWarning, match="epoch parameter in `scheduler.step"):
        scheduler.step(6)
    assert values(optimizer) == [WAVE(6)]
    assert used(optimizer, scheduler, 3) == rates_of(WAVE, 6, 9)
    for wrong in (-1, 2.5, 2**31, "6"):
        with (
            pytest.warns(UserWarning, match="epoch parameter"),
            pytest.raises((TypeError, ValueError), match="Scheduler: step must be a whole number"),
        ):
            scheduler.step(wrong)


# Groups that are added, copies ------------------------------------------------------------------


def added(optimizer, **options):
    optimizer.add_param_group({"params": [torch.nn.Parameter(torch.ones(2))], **options})


def test_added_group():
    """One schedule covers an added group from the next step on; its own lr holds until then."""
    optimizer = optimizer_of(torch.optim.Adam)
    scheduler = Scheduler(optimizer, lr=WAVE, betas=(0.5, WAVE))
    used(optimizer, scheduler, 3)
    added(optimizer, lr=scheduler.get_last_lr()[0])
    assert values(optimizer) == [WAVE(3)] * 2

    used(optimizer, scheduler, 1)
    assert values(optimizer) == scheduler.get_last_lr() == [WAVE(4)] * 2
    assert values(optimizer, "betas") == [(0.5, WAVE(4))] * 2


def test_added_group_and_a_list():
    """A list is too short then: the error says how to continue, and nothing was changed."""
    optimizer = optimizer_of(groups=2)
    scheduler = Scheduler(optimizer, lr=[WAVE, 0.5], momentum=WAVE)
    used(optimizer, scheduler, 3)
    added(optimizer)
    before = values(optimizer), values(optimizer, "momentum")
    update(optimizer)
    expected = "lr is a list of 2, and the optimizer has 3 .* new Scheduler with last_epoch=3"
    with pytest.raises(ValueError, match=expected):
        scheduler.step()
    assert (values(optimizer), values(optimizer, "momentum")) == before

    scheduler = Scheduler(optimizer, lr=[WAVE, 0.5, 0.25], last_epoch=3)
    assert values(optimizer) == [WAVE(4), 0.5, 0.25]


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda s: pickle.loads(pickle.dumps(s))])
@pytest.mark.parametrize("steps", [0, 1, 7])
def test_copies(copied, steps):
    """A copy has an optimizer of its own, and both go on, without a warning."""
    optimizer = optimizer_of(momentum=0.9)
    scheduler = Scheduler(optimizer, lr=WAVE, momentum=0.5)
    used(optimizer, scheduler, steps)
    update(optimizer)
    other = copied(scheduler)
    scheduler.step()
    other.step()
    assert other.optimizer is not optimizer
    assert other.schedules == scheduler.schedules

    state = other.optimizer.state_dict()
    for target in (other, scheduler):
        assert used(target.optimizer, target, 5) == rates_of(WAVE, steps + 1, steps + 6)
    other.optimizer.load_state_dict(state)
    assert values(other.optimizer) == [WAVE(steps + 6)]  # and not that of the state


def test_optimizer_keeps_no_scheduler():
    """What the optimizer calls when it is loaded is not the scheduler that was dropped."""
    optimizer = optimizer_of()
    scheduler = Scheduler(optimizer, lr=0.5)
    Scheduler(optimizer, lr=TRUNK)
    assert values(optimizer) == [0.0]
    optimizer.load_state_dict(optimizer.state_dict())

    assert values(optimizer) == [0.5] == scheduler.get_last_lr()


def test_order_of_calls():
    """PyTorch's warning about the wrong order stays."""
    scheduler = Scheduler(optimizer_of(), lr=WAVE)
    with pytest.warns(UserWarning, match="`lr_scheduler.step\\(\\)` before `optimizer.step"):
        scheduler.step()


# Tensors, fused and compiled optimizers, scaled losses ------------------------------------------


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        (torch.optim.SGD, {"foreach": True, "momentum": 0.9}),
        (torch.optim.SGD, {"fused": True, "momentum": 0.9}),
        (torch.optim.AdamW, {"foreach": True}),
        (torch.optim.AdamW, {"fused": True}),
        (torch.optim.AdamW, {"fused": True, "lr": torch.tensor(1.0)}),
        (torch.optim.AdamW, {"foreach": False, "lr": torch.tensor(1.0)}),
        (torch.optim.AdamW, {"foreach": False, "lr": torch.tensor([1.0])}),
        (
            torch.optim.Adam,
            {
                "foreach": False,
                "lr": torch.tensor(1.0),
                "betas": (torch.tensor(0.5), torch.tensor(0.5)),
            },
        ),
    ],
    ids=repr,
)
def test_implementations(kind, options):
    """Every implementation of an optimizer trains as the plain one; tensors stay the same ones."""
    options = copy.deepcopy(options)
    decay, betas = lrs.Linear(0.1, 0, 9), (lrs.Linear(0.5, 0.9, 9), 0.99)
    more = {"betas": betas} if kind is not torch.optim.SGD else {"momentum": betas[0]}
    fast, plain = optimizer_of(kind, **options), optimizer_of(kind, foreach=False)
    before = [
        item for item in (values(fast)[0], *options.get("betas", ())) if torch.is_tensor(item)
    ]
    schedulers = [Scheduler(o, lr=WAVE, weight_decay=decay, **more) for o in (fast, plain)]
    for _ in range(9):
        for optimizer, scheduler in zip((fast, plain), schedulers, strict=True):
            update(optimizer)
            scheduler.step()
    after = [values(fast)[0], *values(fast, "betas")[0]] if "betas" in more else [values(fast)[0]]

    assert all(any(old is new for new in after) for old in before)
    assert [float(value) for value in after] == pytest.approx(
        [WAVE(9), *((0.9, 0.99) if "betas" in more else ())], rel=1e-6
    )
    assert [float(rate) for rate in schedulers[0].get_last_lr()] == [pytest.approx(WAVE(9))]
    torch.testing.assert_close(values(fast, "params"), values(plain, "params"))


def test_last_rates_are_copies():
    """What get_last_lr returns changes no group."""
    optimizer = optimizer_of(torch.optim.Adam, foreach=False, lr=torch.tensor(1.0))
    scheduler = Scheduler(optimizer, lr=0.5)
    scheduler.get_last_lr()[0].fill_(7)

    assert values(optimizer) == [0.5]


def test_groups_that_share_a_tensor():
    """Groups made with one tensor for all of them get one each, if their schedules differ."""
    rate = torch.tensor(1.0)
    optimizer = optimizer_of(torch.optim.Adam, groups=2, foreach=False, lr=rate)
    scheduler = Scheduler(optimizer, lr=[WAVE, 0.5])
    used(optimizer, scheduler, 3)

    assert [float(value) for value in values(optimizer)] == pytest.approx([WAVE(3), 0.5])
    assert values(optimizer)[0] is rate


@pytest.mark.filterwarnings("ignore:.*script_method.* is deprecated:DeprecationWarning")
@pytest.mark.parametrize("inside", [False, True], ids=["outside", "inside"])
def test_compiled(inside):
    """A compiled step is not compiled again for a new rate, if that is a tensor."""
    torch._dynamo.reset()
    optimizer = optimizer_of(torch.optim.Adam, foreach=False, lr=torch.tensor(1.0))
    scheduler = Scheduler(optimizer, lr=WAVE)
    [rate] = values(optimizer)
    graphs, counts = [], []

    def backend(graph, _):  # traces as the others do, and needs no C++ compiler
        graphs.append(graph)
        return graph.forward

    @torch.compile(backend=backend)
    def step():
        optimizer.step()
        if inside:
            scheduler.step()

    for made in range(12):
        assert values(optimizer)[0] is rate
        assert float(rate) == pytest.approx(WAVE(made), rel=1e-6)
        for weight in optimizer.param_groups[0]["params"]:
            weight.grad = torch.ones_like(weight)
        step()
        counts.append(len(graphs))
        if not inside:
            scheduler.step()
    torch._dynamo.reset()

    assert set(counts[3:]) == ({counts[3]} if inside else {1})


@pytest.mark.filterwarnings("ignore:.*script_method.* is deprecated:DeprecationWarning")
def test_compiled_at_a_rate_of_zero():
    """A compiled Adam of PyTorch 2.13 fails at a rate of 0; with what the page says it does not."""
    for schedule, fails in [(WAVE, True), (WAVE.clip(minimum=1e-8), False)]:
        torch._dynamo.reset()
        optimizer = optimizer_of(torch.optim.Adam, foreach=False, lr=torch.tensor(1.0))
        scheduler = Scheduler(optimizer, lr=schedule)
        [weight] = optimizer.param_groups[0]["params"]
        weight.grad = torch.tensor([0.0, 1.0, 2.0])
        torch.compile(optimizer.step, backend="eager")()
        scheduler.step()
        assert weight.isnan().tolist() == [fails, False, False]
    torch._dynamo.reset()


@pytest.mark.parametrize("kind", [torch.optim.SGD, torch.optim.AdamW])
@pytest.mark.parametrize("fused", [False, True])
def test_skipped_update(kind, fused):
    """With GradScaler, a schedule that waits for skipped updates is stepped as documented."""
    optimizer = optimizer_of(kind, fused=fused)
    scheduler = Scheduler(optimizer, lr=WAVE)
    scaler = torch.amp.GradScaler("cpu", init_scale=4.0)
    [weight] = optimizer.param_groups[0]["params"]
    found = []
    for loss in (torch.inf, 1.0, torch.inf, 1.0, 1.0):
        optimizer.zero_grad()
        scaler.scale(loss * weight.sum()).backward()
        scale = scaler.get_scale()
        rate, before = values(optimizer)[0], weight.detach().clone()
        scaler.step(optimizer)
        scaler.update()
        if scaler.get_scale() >= scale:  # the update was made
            scheduler.step()
            found.append(rate)
        else:
            torch.testing.assert_close(weight.detach(), before, rtol=0, atol=0)

    assert found == rates_of(WAVE, 0, 3)


# Other schedulers -------------------------------------------------------------------------------


def test_sequential():
    """SequentialLR runs Schedulers one after the other, and resumes them, as then() does."""

    def made():
        optimizer = optimizer_of(momentum=0.9)
        parts = Scheduler(optimizer, lr=lrs.Linear(0, 0.1, 5)), Scheduler(optimizer, lr=TRUNK)
        return optimizer, lr_scheduler.SequentialLR(optimizer, [*parts], milestones=[5])

    expected = rates_of(lrs.Linear(0, 0.1, 5).then(TRUNK, at=5), 0, 40)
    for saved in (3, 20):
        optimizer, scheduler = made()
        found = used(optimizer, scheduler, saved)
        states = through_a_file(optimizer.state_dict(), scheduler.state_dict())
        optimizer, scheduler = made()
        optimizer.load_state_dict(states[0])
        scheduler.load_state_dict(states[1])
        assert found + used(optimizer, scheduler, 40 - saved) == expected


def test_chained():
    """In a ChainedScheduler the absolute values replace what those before it have done."""
    optimizer = optimizer_of(lr=1.0)
    half = lr_scheduler.LambdaLR(optimizer, lambda step: 0.5)
    scheduler = lr_scheduler.ChainedScheduler([half, Scheduler(optimizer, lr=WAVE)])
    used(optimizer, scheduler, 6)

    assert scheduler.get_last_lr() == values(optimizer) == [WAVE(6)]


class Rate:
    """An object that is called as a function, and can be changed."""

    def __init__(self, rate):
        self.rate = rate

    def __call__(self, step):
        return self.rate


def test_what_lambda_does():
    """What the page about checkpoints says of LambdaLR: why there is a Scheduler."""
    optimizer = optimizer_of(lr=0.1)
    scheduler = lr_scheduler.LambdaLR(optimizer, Rate(0.5))
    assert values(optimizer) == [0.05]  # it multiplies

    states = optimizer.state_dict(), scheduler.state_dict()
    other, changed = optimizer_of(lr=0.1), Rate(0.25)
    scheduler = lr_scheduler.LambdaLR(other, changed)
    other.load_state_dict(states[0])
    scheduler.load_state_dict(states[1])
    assert values(other) == [0.05]  # it leaves the saved rate
    assert changed.rate == 0.5  # it writes into the new function

    added(other)
    update(other)
    with pytest.raises(ValueError, match=r"shorter|longer"):
        scheduler.step()


# Bad input --------------------------------------------------------------------------------------

ADAM = torch.optim.Adam
SPIKE = lrs.Linear(0.5, 1.0, 7_654_321).then(lrs.Linear(1.0, 0.5, 5_000_000))


class Bad(lrs.Schedule):
    """The value is what no optimizer can use."""

    value: float = lrs.param("v", lrs.kinds.rate, "shift")

    def formula(self, t, xp):
        return 0.1 - self.value * xp.real(t)


@pytest.mark.parametrize(
    ("kind", "given", "text"),
    [
        (ADAM, {}, r"no schedule is given; write for example Scheduler\(optimizer, lr="),
        (ADAM, {"lr": None}, "no schedule is given"),
        (ADAM, {"lr": "0.1"}, "lr must be a schedule of lrschedules or a number, got '0.1'; write"),
        (ADAM, {"lr": True}, "lr must be a schedule of lrschedules or a number, got True"),
        (ADAM, {"lr": lrs.Cosine}, "lr must be a schedule .* got <class .*Cosine'>"),
        (ADAM, {"lr": lambda step: 0.1}, "lr must be a schedule .* got <function"),
        (ADAM, {"lr": [WAVE, None]}, r"lr\[1\] must be a schedule .* got None"),
        (ADAM, {"lr": (WAVE, WAVE)}, r"lr must be a schedule .* write a list to give one per"),
        (
            ADAM,
            {"lr": [WAVE]},
            "lr is a list of 1, and the optimizer has 2 parameter groups; write",
        ),
        (ADAM, {"lr": []}, "lr is a list of 0, and the optimizer has 2 parameter groups"),
        (ADAM, {"lr": [WAVE] * 3}, "lr is a list of 3, and the optimizer has 2 parameter groups"),
        (ADAM, {"lr": -0.1}, "lr must be a rate ≥ 0, got -0.1"),
        (ADAM, {"lr": float("nan")}, "lr must be a rate ≥ 0, got nan"),
        (ADAM, {"lr": 10**400}, "lr must be a rate ≥ 0, got 1000"),
        (ADAM, {"lr": Bad(1)}, r"lr must be a rate ≥ 0, and Bad\(value=1.0\) is -.* limit it with"),
        (
            ADAM,
            {"momentum": 0.9},
            "Adam has no number 'momentum' in its parameter groups; it has lr",
        ),
        (
            ADAM,
            {"learning_rate": WAVE},
            "Adam has no number 'learning_rate' .* it has lr, betas, eps",
        ),
        (ADAM, {"amsgrad": WAVE}, "Adam has no number 'amsgrad'"),
        (ADAM, {"foreach": WAVE}, "Adam has no number 'foreach'"),
        (ADAM, {"params": WAVE}, "Adam has no number 'params'"),
        (ADAM, {"initial_lr": WAVE}, "Adam has no number 'initial_lr'"),
        (ADAM, {"weight_decay": -1}, "weight_decay must be a number ≥ 0, got -1"),
        (ADAM, {"eps": float("inf")}, "eps must be a finite number, got inf"),
        (
            ADAM,
            {"betas": 0.9},
            r"betas must be a tuple of 2, each .*, got 0.9; write for example b",
        ),
        (ADAM, {"betas": WAVE}, r"betas must be a tuple of 2, .* betas=\(schedule, 0.999\)"),
        (ADAM, {"betas": (0.9,)}, r"betas must be a tuple of 2, .* got \(0.9,\)"),
        (ADAM, {"betas": [0.9, 0.999]}, r"betas\[0\] must be a tuple of 2, .* one tuple per"),
        (ADAM, {"betas": [(0.9, 0.99)]}, "betas is a list of 1, and the optimizer has 2"),
        (ADAM, {"betas": (0.9, 1)}, r"betas\[1\] must be a number ≥ 0 and < 1, got 1"),
        (
            ADAM,
            {"betas": (lrs.Constant(1), 0)},
            r"betas\[0\] must be .* < 1, and Constant.* is 1.0",
        ),
        (ADAM, {"betas": [(0, 0), (0, "1")]}, r"betas\[1\]\[1\] must be a schedule .* got '1'"),
        (torch.optim.SGD, {"momentum": SPIKE}, "momentum .* is 1.0 at step 7654321; limit it"),
        (torch.optim.SGD, {"momentum": lrs.Linear(0, 1, 10)}, "momentum .* is 1.0 at step 10"),
        (torch.optim.SGD, {"lr": WAVE, "last_epoch": -2}, "last_epoch must be .* from -1 to"),
        (torch.optim.SGD, {"lr": WAVE, "last_epoch": None}, "last_epoch must be .* got None"),
        (torch.optim.SGD, {"lr": WAVE, "last_epoch": 1.5}, "last_epoch must be .* got 1.5"),
    ],
)
def test_bad_input(kind, given, text):
    """An argument that cannot be right is refused by name, with what to write."""
    optimizer = optimizer_of(kind, groups=2, lr=0.5)
    with pytest.raises((TypeError, ValueError), match=f"Scheduler: {text}"):
        Scheduler(optimizer, **given)
    assert values(optimizer) == [0.5, 0.5]


@pytest.mark.parametrize("wrong", [None, WAVE, torch.nn.Linear(1, 1), torch.optim.SGD], ids=repr)
def test_no_optimizer(wrong):
    with pytest.raises(
        TypeError, match=r"optimizer must be an optimizer of PyTorch, got .*; write"
    ):
        Scheduler(wrong, lr=WAVE)


def test_value_out_of_range_during_training():
    """A schedule without an end is checked at each step, too; nothing is set then."""
    optimizer = optimizer_of()
    scheduler = Scheduler(optimizer, lr=0.5, momentum=lrs.Exponential(0.5, 1.001, every=1))
    scheduler.load_state_dict({"last_epoch": 500})
    before = values(optimizer, "momentum")
    with pytest.raises(ValueError, match=r"momentum must be .* is 1\.\d+ at step 700; limit it"):
        scheduler.load_state_dict({"last_epoch": 700})
    assert values(optimizer, "momentum") == before


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (None, "state_dict must be a mapping, got None; give what"),
        ([("last_epoch", 3)], "state_dict must be a mapping"),
        ("last_epoch", "state_dict must be a mapping"),
        ({}, r"state_dict has no 'last_epoch', only \[\]; give what"),
        ({"step": 3}, r"state_dict has no 'last_epoch', only \['step'\]"),
        *(
            (
                {"last_epoch": step},
                "last_epoch must be a whole number of steps from -1 to 2147483647",
            )
            for step in (-2, 2**31, 10**400, 1.5, "3", None, True, float("nan"), [3], {}, WAVE)
        ),
        ({"last_epoch": 3, "schedules": 5}, "state_dict does not say with which schedules"),
        ({"last_epoch": 3, "schedules": {}}, "lr was not scheduled when the state was saved"),
        ({"last_epoch": 3, "schedules": {"lr": WAVE}}, "lr was .* when the state was saved"),
        ({"last_epoch": 3, "schedules": {5: None}}, "lr was not scheduled when the state"),
    ],
)
def test_crafted_state(state, text):
    """A state that is none is refused by name, and changes nothing."""
    optimizer = optimizer_of()
    scheduler = Scheduler(optimizer, lr=TRUNK)
    used(optimizer, scheduler, 10)
    with pytest.raises((TypeError, ValueError), match=f"Scheduler: {text}"):
        scheduler.load_state_dict(state, strict=True)

    assert scheduler.last_epoch == 10
    assert values(optimizer) == [TRUNK(10)]


def test_random_states():
    """Whatever stands in a state: it is loaded, or refused with a TypeError or ValueError."""
    rng, scheduler = np.random.default_rng(0), Scheduler(optimizer_of(), lr=TRUNK)
    parts = [
        0,
        7,
        -1,
        2**40,
        10**400,
        0.5,
        3.0,
        "",
        "lr",
        None,
        True,
        [],
        [1],
        {},
        {"lr": 1},
        (),
        np.nan,
    ]
    loaded = 0
    for _ in range(3000):
        keys = rng.choice(["last_epoch", "schedules", "_step_count", "lr"], 2)
        state = {key: parts[rng.integers(len(parts))] for key in keys}
        try:
            scheduler.load_state_dict(state, strict=bool(rng.integers(2)))
            loaded += 1
        except (TypeError, ValueError) as error:
            assert str(error).startswith("Scheduler: ")  # noqa: PT017 - some are loaded
        assert -1 <= scheduler.last_epoch <= 7
        assert scheduler.schedules == {"lr": TRUNK}
    assert loaded > 100


def test_no_warning():
    """Nothing warns in the documented order of calls: make, load, update, step."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for kind in (torch.optim.SGD, ADAM, torch.optim.RMSprop, torch.optim.Adafactor):
            optimizer = optimizer_of(kind)
            scheduler = Scheduler(optimizer, lr=WAVE, weight_decay=WAVE)
            optimizer.load_state_dict(optimizer.state_dict())
            scheduler.load_state_dict(scheduler.state_dict())
            used(optimizer, scheduler, 3)
