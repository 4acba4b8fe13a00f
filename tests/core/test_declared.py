"""Declarations: what a class and a function say of their parameters, and what follows from it."""

import inspect
from collections.abc import Sequence
from typing import Annotated

import pytest

import lrschedules as lrs
from lrschedules import kinds, param
from lrschedules._declared import arguments, documented, registry
from lrschedules._keras import LearningRateSchedule
from lrschedules._schedule import Shape
from lrschedules.recipes import one_cycle


def test_bases_of_a_schedule():
    """A fixed-length schedule has one base for each idea, and then Keras' own."""
    names = [cls.__name__ for cls in lrs.Linear.__mro__]
    keras = [cls.__name__ for cls in LearningRateSchedule.__mro__]

    assert names == ["Linear", "Finite", "Schedule", "Declared", *keras]


def test_field_named_like_its_kind():
    """A field may have the name of a kind, also before another field of that kind."""

    class Pulse(lrs.Schedule):
        """A rate that is switched on and off."""

        rate: float = param("r", kinds.rate, "rate of a pulse")
        floor: float = param("l", kinds.rate, "rate between pulses")
        steps: int = param("T", kinds.steps, "number of steps of a pulse")
        every: int = param("n", kinds.steps, "number of steps between the starts of pulses")

        def formula(self, t, xp):
            since = t - xp.floor_divide(t, self.every) * self.every
            return xp.where(since < self.steps, self.rate, self.floor)

    schedule = Pulse(0.1, 0.02, steps=3, every=10)

    assert [schedule(t) for t in (0, 2, 3, 9, 10)] == [0.1, 0.1, 0.02, 0.02, 0.1]
    assert eval(repr(schedule), {"Pulse": Pulse}) == schedule
    with pytest.raises(ValueError, match=r"^Pulse: every must be a whole number of steps from 1"):
        Pulse(0.1, 0.02, steps=3, every=0)
    with pytest.raises(ValueError, match=r"^Pulse: floor must be a rate ≥ 0, got -1"):
        Pulse(0.1, -1, steps=3, every=10)
    del registry[f"{Pulse.__module__.partition('.')[0]}>Pulse"]


def declaring(
    start: Annotated[float, kinds.rate, "initial rate"],
    values: Annotated[Sequence[float], kinds.rates, "rates of the phases"],
    *,
    down: Annotated[int | None, kinds.steps, "number of steps down"] = None,
    up: Annotated[float, kinds.number(gt=0, lt=1), "fraction of steps up"] = 0.3,
    shape: Annotated[Shape, kinds.a_shape, "ramp shape"] = lrs.Cosine,
) -> lrs.Schedule:
    """Do nothing.

    Examples
    --------
    >>> 1
    1
    """


def test_declared_arguments():
    """The annotations of a function declare its arguments, in order."""
    found = [(p.name, p.kind, p.meaning, p.type, p.default) for p in arguments(declaring)]

    assert [name for name, *_ in found] == ["start", "values", "down", "up", "shape"]
    assert found[0][1:4] == (kinds.rate, "initial rate", "float")
    assert found[1][1:4] == (kinds.rates, "rates of the phases", "Sequence[float]")
    assert found[2][3:] == ("int", None)
    assert found[3][1] == kinds.number(gt=0, lt=1)
    assert found[4][3:] == ("callable", lrs.Cosine)


def test_documented():
    """Parameters, Returns and Raises stand before the examples; a unit is shown if there is one."""
    assert documented(declaring, arguments(declaring), "Nothing.").splitlines() == [
        *("Do nothing.", ""),
        *("Parameters", "----------"),
        *("start : float", "    Initial rate. A rate ≥ 0; unit: rate."),
        "values : Sequence[float]",
        "    Rates of the phases. A list, each a rate ≥ 0; unit: rate.",
        "down : int, default None",
        "    Number of steps down. A whole number of steps from 1 to 2147483647; unit: steps.",
        *("up : float, default 0.3", "    Fraction of steps up. A number > 0 and < 1."),
        *(
            "shape : callable, default Cosine",
            f"    Ramp shape. {kinds.a_shape.rule.capitalize()}.",
        ),
        *("", "Returns", "-------", "Schedule", "    Nothing."),
        *("", "Raises", "------", "TypeError, ValueError", "    If an argument is out of range."),
        *("", "Examples", "--------", ">>> 1", "1"),
    ]
    # a class and a recipe say the same in the same way
    for thing in (lrs.Drop, one_cycle):
        text = inspect.getdoc(thing)
        assert text.index("\nParameters\n") < text.index("\nRaises\n") < text.index("\nExamples\n")


@pytest.mark.parametrize("annotation", [float, Annotated[float, kinds.rate], "float"])
def test_undeclared_argument(annotation):
    """An argument without a kind and a meaning is refused where the function is made."""

    def half(start):
        """Do nothing."""

    half.__annotations__ = {"start": annotation}
    with pytest.raises(
        TypeError, match=r"^half: start has no declaration; write for example start"
    ):
        arguments(half)


@pytest.mark.parametrize(
    ("kind", "rule", "example"),
    [
        (kinds.number(), "a finite number", 0.5),
        (kinds.number(gt=3), "a number > 3", 4),
        (kinds.number(lt=-2), "a number < -2", -3),
        (kinds.number(ge=-1, le=-0.5), "a number ≥ -1 and ≤ -0.5", -1),
        (kinds.number(gt=1, lt=1.5), "a number > 1 and < 1.5", 1.25),
        (kinds.number(ge=0, unit="1/steps"), "a number ≥ 0", 0.002),
        (kinds.whole(), "a whole number ≥ 1", 3),
        (kinds.whole(ge=0, le=2), "a whole number from 0 to 2", 1),
        (kinds.whole(ge=5, unit="epochs"), "a whole number of epochs ≥ 5", 6),
        (kinds.whole(unit="steps", le=9), "a whole number of steps from 1 to 9", 2),
        (kinds.list_of(kinds.peak), "a list, each a rate > 0", [0.1, 0.1]),
    ],
    ids=str,
)
def test_kind_from_bounds(kind, rule, example):
    """The rule of a kind is written from its bounds, and its example is within them."""
    assert kind.rule == rule
    assert kind.example == example
    kind(example)


@pytest.mark.parametrize(
    "made",
    [
        lambda: kinds.number(gt=1, lt=1),
        lambda: kinds.number(ge=0, example=-1),
        lambda: kinds.whole(ge=5, le=4),
        lambda: kinds.whole(example=0.5),
    ],
)
def test_kind_without_a_value(made):
    """Bounds that no number fits, and an example outside of them, are refused."""
    with pytest.raises(ValueError, match=r"holds none of .*; write other bounds$"):
        made()


def test_units_stretch():
    """Steps become longer, a decay per step becomes smaller, and other units stay."""
    assert kinds.steps.stretched(10, 2.5) == 25
    assert kinds.steps.stretched(10, 0.001) == 1
    assert kinds.steps.stretched(10, 1e300) == kinds.LAST_STEP
    assert kinds.number(gt=0, unit="steps").stretched(0.5, 3) == 1.5
    assert kinds.per_step.stretched(0.5, 2) == 0.25
    assert kinds.rate.stretched(0.5, 2) == 0.5
    assert kinds.boundaries.stretched((1, 2, 3), 0.1) == (1, 2, 3)
