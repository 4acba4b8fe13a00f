"""What a number means: its range, its unit, and the error it gives when it is not that.

A schedule declares each of its numbers in one line,
``decay: float = param("d", per_step, "how fast the rate falls")``, and constructor, error text,
configuration, LaTeX and the table in the documentation are made from that line.
"""

from __future__ import annotations

import dataclasses
import functools
import math
import numbers
import sys
from typing import Any

from lrschedules._config import shown

# The largest step that every back end can hold: JAX and PyTorch count in 32 bits.
LAST_STEP = 2**31 - 1
LARGEST_FLOAT = sys.float_info.max
# A list of numbers may be as long as this: each number is an operation of the formula.
MOST_NUMBERS = 100_000
# An error shows this many numbers of a list.
SHOWN_NUMBERS = 10


@dataclasses.dataclass(frozen=True)
class Kind:
    """The range and the unit of a number; calling it checks and converts a value."""

    rule: str
    unit: str
    example: object
    least: float = 0
    open: bool = False
    below: float = math.inf
    whole: bool = False
    time: int = 0
    ends: bool = False
    # what else to write, after the example
    otherwise: str = ""
    # what stands for it in the formula of a class, where a symbol could not
    traced: object = None

    def __repr__(self) -> str:
        return f"<{self.rule}>"

    def __call__(self, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, numbers.Real):
            raise TypeError(self.refusal(value))
        try:
            number = float(value)
        except OverflowError:  # larger than any float
            number = math.inf
        inside = self.least < number if self.open else self.least <= number
        if not (math.isfinite(number) and inside and number < self.below):
            raise ValueError(self.refusal(value))
        if not self.whole:
            return number
        if number != int(number):
            raise ValueError(self.refusal(value))
        return int(number)

    def refusal(self, value: object) -> str:
        remedy = f"write for example {self.example!r}{self.otherwise}"
        return f"must be {self.rule}, got {shown(value)}; {remedy}"

    def stretched(self, value: Any, times: float) -> Any:
        """Return the value that means the same when every step becomes ``times`` steps."""
        if self.whole and self.time:
            return max(int(self.least), round(min(value * times, LAST_STEP)))
        return min(value / times, LARGEST_FLOAT) if self.time < 0 else value


@dataclasses.dataclass(frozen=True)
class Series:
    """Several numbers of one kind; calling it checks a sequence and makes it a tuple."""

    kind: Kind
    example: object
    rising: bool = False

    @property
    def rule(self) -> str:
        return f"a list, each {self.kind.rule}" + (" and above the one before" * self.rising)

    @property
    def unit(self) -> str:
        return self.kind.unit

    ends, traced = False, None

    def __repr__(self) -> str:
        return f"<{self.rule}>"

    def __call__(self, value: Any) -> tuple[float, ...]:
        # The order of a set is not the caller's, and a dictionary's values would be lost.
        if isinstance(value, (str, bytes, set, frozenset, dict)):
            raise TypeError(self.refusal(shown(value)))
        items: list[Any] = []
        try:
            for item in value:
                items.append(item)
                if len(items) > MOST_NUMBERS:  # it may go on without end
                    break
        except TypeError:
            raise TypeError(self.refusal(shown(value))) from None
        if len(items) > MOST_NUMBERS:
            raise ValueError(self.refusal(f"more than {MOST_NUMBERS} numbers"))
        series: list[float] = []
        for i, item in enumerate(items):
            try:
                number = self.kind(item)
            except (TypeError, ValueError) as error:
                raise type(error)(self._refused(items, i)) from None
            if self.rising and i > 0 and number <= series[-1]:
                raise ValueError(self._refused(items, i))
            series.append(number)
        return tuple(series)

    def _refused(self, items: list[Any], i: int) -> str:
        if len(items) <= SHOWN_NUMBERS:
            return self.refusal(shown(items))
        return self.refusal(f"{shown(items[i])} at index {i} of {len(items)} numbers")

    def refusal(self, got: str) -> str:
        return f"must be {self.rule}, got {got}; write for example {self.example!r}"

    def stretched(self, value: Any, times: float) -> Any:
        items = [self.kind.stretched(item, times) for item in value]
        for i in range(1, len(items) * self.rising):  # rounded to one step, they still follow
            items[i] = max(items[i], items[i - 1] + 1)
        last = LAST_STEP - len(items) + 1
        return (
            tuple(min(item, last + i) for i, item in enumerate(items))
            if self.rising
            else tuple(items)
        )


rate = Kind("a rate ≥ 0", "rate", 0.1)
peak = Kind("a rate > 0", "rate", 0.1, open=True)
factor = Kind("a number ≥ 0", "none", 0.5)
ratio = Kind("a number > 0", "none", 0.5, open=True)
multiple = Kind("a number ≥ 1", "none", 2, least=1)
part = Kind("a number > 0 and < 1", "none", 0.5, open=True, below=1)
fraction = Kind("a number ≥ 0 and < 1", "none", 0.5, below=1)
negative = Kind("a number > -20 and < 0", "none", -6, least=-20, open=True, below=0)
positive = Kind("a number > 0 and < 20", "none", 3, open=True, below=20)
growth = dataclasses.replace(ratio, example=2, traced=1.0)
per_step = Kind("a number ≥ 0", "1/steps", 0.002, time=-1)
count = Kind("a whole number ≥ 1", "none", 3, least=1, below=LAST_STEP + 1, whole=True)
steps = dataclasses.replace(
    count,
    rule=f"a whole number of steps from 1 to {LAST_STEP}",
    unit="steps",
    example=1000,
    time=1,
)
warmup_steps = dataclasses.replace(steps, otherwise=", or omit .warmup() for none")
cooldown_steps = dataclasses.replace(steps, otherwise=", or omit .cooldown() for none")
wait = dataclasses.replace(steps, rule=f"a whole number of steps from 0 to {LAST_STEP}", least=0)
# A schedule with a parameter of this kind is finite: it has arrived after so many steps.
duration = dataclasses.replace(steps, ends=True)
rates = Series(rate, [0.1, 0.01])
boundaries = Series(steps, [1000, 2000], rising=True)


def checked(where: str, kind: Any, value: Any) -> Any:
    """Return ``value`` as its kind converts it, or raise an error that says where it stands."""
    try:
        return kind(value)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{where} {error}") from None


@dataclasses.dataclass(frozen=True)
class Parameter:
    """One declared number of a schedule: the line with ``param``, read back."""

    name: str
    symbol: str
    kind: Any
    meaning: str
    type: Any
    default: object


def param(symbol: str, kind: Any, meaning: str, *, default: Any = dataclasses.MISSING) -> Any:
    """Declare a parameter of a schedule.

    Parameters
    ----------
    symbol : str
        How the parameter is written in the formula, as LaTeX.
    kind : Kind or Series
        What the number is, for example ``rate`` or ``steps``. It fixes range and unit.
    meaning : str
        What it does, in a few words; shown in the documentation.
    default : object, optional
        The value when none is given.

    Returns
    -------
    dataclasses.Field
        What the class body needs; typed as the value that the field will hold.

    Examples
    --------
    >>> from lrschedules import Drop
    >>> Drop(0.1, factor=0, every=10)
    Traceback (most recent call last):
    ValueError: Drop: factor must be a number > 0, got 0; write for example 0.5
    """
    return dataclasses.field(default=default, metadata={"param": (symbol, kind, meaning)})


def ending(cls: type) -> str | None:
    """Return the name of the parameter that ends a schedule, if there is one."""
    return next((p.name for p in parameters(cls) if p.kind.ends), None)


@functools.cache
def parameters(cls: type) -> tuple[Parameter, ...]:
    """Return the declared parameters of a schedule class, in order."""
    fields = dataclasses.fields(cls)
    for field in fields:
        if "param" not in field.metadata:
            raise TypeError(
                f"{cls.__name__}: {field.name} says nothing about its number; write for example "
                f'{field.name}: float = param("x", rate, "what it does")'
            )
    return tuple(
        Parameter(field.name, *field.metadata["param"], type=field.type, default=field.default)
        for field in fields
    )
