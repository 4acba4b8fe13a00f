"""Kinds: what the value of a parameter may be, its unit, and the error for everything else.

``number``, ``whole`` and ``list_of`` make a kind from its bounds. The kinds that more than one
schedule uses have names: ``rate``, ``peak``, ``steps``, ``duration``, ``factor``, ``ratio``,
``per_step``, ``count``, ``boundaries``, ``a_schedule`` and ``a_shape``. Calling a kind checks a
value and returns it converted.
"""

from __future__ import annotations

import dataclasses
import math
import numbers
import sys
from typing import TYPE_CHECKING, Any

from lrschedules._config import shown

if TYPE_CHECKING:
    from lrschedules._schedule import Schedule

# The largest step that every back end can hold: JAX and PyTorch count in 32 bits.
LAST_STEP = 2**31 - 1
LARGEST_FLOAT = sys.float_info.max
# A list of numbers may be as long as this: each number is an operation of the formula.
MOST_NUMBERS = 100_000
# An error shows the numbers of a list that is no longer than this.
SHOWN_NUMBERS = 10


@dataclasses.dataclass(frozen=True)
class Number:
    """The bounds and the unit of a number; calling it checks and converts a value.

    Attributes
    ----------
    gt, ge, lt, le
        The bounds, as in "greater than" and "less or equal"; None for none.
    unit
        "rate", "steps", "1/steps", any other text, or "none".
    example
        The value that an error suggests.
    whole
        Whether it is an integer.
    ends
        Whether the schedule has a fixed length: the value of the parameter.
    otherwise
        What an error suggests besides the example.
    traced
        The value that the formula of a class shows instead of a symbol.
    """

    gt: float | None = None
    ge: float | None = None
    lt: float | None = None
    le: float | None = None
    unit: str = "none"
    example: float = 0.5
    whole: bool = False
    ends: bool = False
    otherwise: str = ""
    traced: object = None

    @property
    def rule(self) -> str:
        """What the value must be, in words."""
        if self.whole:
            noun = "a whole number" if self.unit == "none" else f"a whole number of {self.unit}"
            if self.unit == "steps" or self.le != LAST_STEP:
                return f"{noun} from {self.ge} to {self.le}"
            return f"{noun} ≥ {self.ge}"
        noun = "a rate" if self.unit == "rate" else "a number"
        signs = zip((">", "≥", "<", "≤"), (self.gt, self.ge, self.lt, self.le), strict=True)
        bounds = " and ".join(f"{sign} {bound}" for sign, bound in signs if bound is not None)
        return f"{noun} {bounds}" if bounds else "a finite number"

    def __repr__(self) -> str:
        return f"<{self.rule}>"

    def __call__(self, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, numbers.Real):
            raise TypeError(self.refusal(value))
        try:
            number = float(value)
        except OverflowError:  # larger than any float
            number = math.inf
        if not (math.isfinite(number) and self.holds(number)):
            raise ValueError(self.refusal(value))
        if not self.whole:
            return number
        if number != int(number):
            raise ValueError(self.refusal(value))
        return int(number)

    def holds(self, number: float) -> bool:
        """Return whether a finite number is within the bounds.

        Parameters
        ----------
        number : float
            Any finite number.

        Returns
        -------
        bool
            True if it is.
        """
        above = (self.gt is None or number > self.gt) and (self.ge is None or number >= self.ge)
        below = (self.lt is None or number < self.lt) and (self.le is None or number <= self.le)
        return above and below

    def refusal(self, value: object) -> str:
        """Return the error text for a value, without the place where it was given.

        Parameters
        ----------
        value : object
            The value that is refused.

        Returns
        -------
        str
            The rule, the value and what to write instead.
        """
        remedy = f"write for example {self.example!r}{self.otherwise}"
        return f"must be {self.rule}, got {shown(value)}; {remedy}"

    def stretched(self, value: Any, times: float) -> Any:
        """Return the value that means the same when every step becomes ``times`` steps.

        Parameters
        ----------
        value : float
            A value of this kind.
        times : float
            The number of steps that each step becomes, > 0.

        Returns
        -------
        float
            Longer by ``times`` if the unit is "steps", smaller if it is "1/steps", else the same.
        """
        if self.unit == "steps":
            longer = min(value * times, LARGEST_FLOAT if self.le is None else self.le)
            if not self.whole:
                return longer
            return round(longer if self.ge is None else max(self.ge, longer))
        return min(value / times, LARGEST_FLOAT) if self.unit == "1/steps" else value


@dataclasses.dataclass(frozen=True)
class ListOf:
    """Several numbers of one kind; calling it checks a sequence and returns a tuple."""

    kind: Number
    example: object
    rising: bool = False

    ends, traced = False, None

    @property
    def rule(self) -> str:
        """What the value must be, in words."""
        return f"a list, each {self.kind.rule}" + (" and above the one before" * self.rising)

    @property
    def unit(self) -> str:
        """The unit of each number."""
        return self.kind.unit

    def __repr__(self) -> str:
        return f"<{self.rule}>"

    def __call__(self, value: Any) -> tuple[float, ...]:
        # The order of a set is not the caller's, and the values of a dictionary would be lost.
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
        """Return the error text for a value, without the place where it was given.

        Parameters
        ----------
        got : str
            The value that is refused, as an error shows it.

        Returns
        -------
        str
            The rule, the value and what to write instead.
        """
        return f"must be {self.rule}, got {got}; write for example {self.example!r}"

    def stretched(self, value: Any, times: float) -> Any:
        """Return the numbers that mean the same when every step becomes ``times`` steps.

        Parameters
        ----------
        value : sequence of float
            Numbers of this kind.
        times : float
            The number of steps that each step becomes, > 0.

        Returns
        -------
        tuple of float
            Each as its kind stretches it; rising numbers remain rising.
        """
        items = [self.kind.stretched(item, times) for item in value]
        if not self.rising:
            return tuple(items)
        for i in range(1, len(items)):  # rounded to the same step, they must still differ
            items[i] = max(items[i], items[i - 1] + 1)
        last = LAST_STEP - len(items) + 1
        return tuple(min(item, last + i) for i, item in enumerate(items))


@dataclasses.dataclass(frozen=True)
class ScheduleKind:
    """The kind of a parameter that is itself a schedule."""

    rule: str
    example: str
    finite: bool = False

    unit, ends, traced = "rate", False, None

    def __repr__(self) -> str:
        return f"<{self.rule}>"

    def __call__(self, value: Any) -> Schedule:
        from lrschedules._schedule import Schedule
        from lrschedules.shapes import Finite

        fits = isinstance(value, Finite) if self.finite else isinstance(value, Schedule)
        if not fits:
            got, example = shown(value), self.example
            raise TypeError(f"must be {self.rule}, got {got}; write for example {example}")
        return value

    def stretched(self, value: Schedule, times: float) -> Schedule:
        """Return a schedule whose steps are ``times`` as long.

        Parameters
        ----------
        value : Schedule
            The schedule.
        times : float
            The number of steps that each step becomes, > 0.

        Returns
        -------
        Schedule
            ``value.stretch(times)``.
        """
        return value.stretch(times)


@dataclasses.dataclass(frozen=True)
class ShapeKind:
    """The kind of an argument that makes a schedule from its two rates and its length."""

    rule: str
    example: str

    unit, ends, traced = "none", False, None

    def __repr__(self) -> str:
        return f"<{self.rule}>"

    def __call__(self, value: Any) -> Any:
        if not callable(value):
            got, example = shown(value), self.example
            raise TypeError(f"must be {self.rule}, got {got}; write for example {example}")
        return value


def number(
    *,
    gt: float | None = None,
    ge: float | None = None,
    lt: float | None = None,
    le: float | None = None,
    unit: str = "none",
    example: float | None = None,
    traced: object = None,
) -> Number:
    """Return the kind of a real number within bounds.

    Parameters
    ----------
    gt : float, optional
        The number that the value must be greater than.
    ge : float, optional
        The least value.
    lt : float, optional
        The number that the value must be less than.
    le : float, optional
        The largest value.
    unit : str
        The unit that the documentation shows. Values in "steps" become longer, and values in
        "1/steps" smaller, when a schedule is stretched.
    example : float, optional
        The value that an error suggests; a simple number within the bounds when not given.
    traced : object, optional
        The value that the formula of a class shows instead of a symbol.

    Returns
    -------
    Number
        Calling it checks a value and returns a float.

    Raises
    ------
    ValueError
        If no number is within the bounds, or ``example`` is not.

    Examples
    --------
    >>> from lrschedules import kinds
    >>> kinds.number(gt=0, lt=1)
    <a number > 0 and < 1>
    >>> kinds.number(gt=0, lt=1)(2)
    Traceback (most recent call last):
    ValueError: must be a number > 0 and < 1, got 2; write for example 0.5
    """
    kind = Number(gt=gt, ge=ge, lt=lt, le=le, unit=unit, traced=traced)
    return _with_example(kind, example, {"rate": [0.1], "1/steps": [0.002]}.get(unit, []))


def whole(
    *,
    ge: int = 1,
    le: int = LAST_STEP,
    unit: str = "none",
    example: int | None = None,
    ends: bool = False,
    otherwise: str = "",
) -> Number:
    """Return the kind of a whole number within bounds.

    Parameters
    ----------
    ge : int
        The least value.
    le : int
        The largest value.
    unit : str
        The unit that the documentation shows. Values in "steps" become longer when a schedule is
        stretched.
    example : int, optional
        The value that an error suggests; a simple number within the bounds when not given.
    ends : bool
        Whether the schedule has a fixed length: the value of the parameter.
    otherwise : str
        What an error suggests besides the example.

    Returns
    -------
    Number
        Calling it checks a value and returns an int.

    Raises
    ------
    ValueError
        If no whole number is within the bounds, or ``example`` is not.

    Examples
    --------
    >>> from lrschedules import kinds
    >>> kinds.whole(ge=0, unit="steps")
    <a whole number of steps from 0 to 2147483647>
    >>> kinds.whole()(0.5)
    Traceback (most recent call last):
    ValueError: must be a whole number ≥ 1, got 0.5; write for example 3
    """
    kind = Number(ge=ge, le=le, unit=unit, whole=True, ends=ends, otherwise=otherwise)
    return _with_example(kind, example, [1000] if unit == "steps" else [3])


def list_of(kind: Number, *, rising: bool = False, example: object = None) -> ListOf:
    """Return the kind of a list of numbers, each of one kind.

    Parameters
    ----------
    kind : Number
        What each number may be.
    rising : bool
        Whether each number must be above the one before.
    example : list of float, optional
        The value that an error suggests; two numbers of the kind when not given.

    Returns
    -------
    ListOf
        Calling it checks a sequence and returns a tuple.

    Raises
    ------
    TypeError, ValueError
        If ``example`` is not of this kind.

    Examples
    --------
    >>> from lrschedules import kinds
    >>> kinds.list_of(kinds.rate)
    <a list, each a rate ≥ 0>
    >>> kinds.list_of(kinds.rate)([0.1, -1])
    Traceback (most recent call last):
    ValueError: must be a list, each a rate ≥ 0, got [0.1, -1]; write for example [0.1, 0.1]
    """
    if example is None:
        second = kind.example
        example = [kind.example, 2 * second if rising else second]
    series = ListOf(kind, example, rising)
    series(example)
    return series


def _with_example(kind: Number, example: float | None, usual: list[float]) -> Number:
    """Return the kind with an example that it accepts."""
    given = usual if example is None else [example]
    if example is None:
        above = [bound + 1 for bound in (kind.gt, kind.ge) if bound is not None]
        below = [bound - 1 for bound in (kind.lt, kind.le) if bound is not None]
        bounds = [bound for bound in (kind.gt, kind.ge, kind.lt, kind.le) if bound is not None]
        given = [*usual, 0.5, *above, *below, *bounds, sum(bounds) / 2]
    for value in given:
        if math.isfinite(value) and kind.holds(value) and (not kind.whole or value == int(value)):
            return dataclasses.replace(kind, example=int(value) if kind.whole else value)
    raise ValueError(f"{kind!r} holds none of {', '.join(map(repr, given))}; write other bounds")


rate = number(ge=0, unit="rate")
peak = number(gt=0, unit="rate")
factor = number(ge=0)
ratio = number(gt=0)
per_step = number(ge=0, unit="1/steps")
count = whole()
steps = whole(unit="steps")
# A schedule with a parameter of this kind has a fixed length: it has arrived after so many steps.
duration = whole(unit="steps", ends=True)
rates = list_of(rate, example=[0.1, 0.01])
boundaries = list_of(steps, rising=True)
a_schedule = ScheduleKind("a schedule of lrschedules", "Constant(0.1)")
a_shape = ShapeKind(
    "a callable (start, stop, steps) that makes a schedule of fixed length", "shape=Cosine"
)


def checked(where: str, kind: Any, value: Any) -> Any:
    """Return ``value`` as its kind converts it, or raise an error that says where it was given.

    Parameters
    ----------
    where : str
        The name of the class or function and of the parameter, as in "Drop: factor".
    kind : callable
        A kind, or any function that returns the value as the caller needs it, or raises an error
        that begins with "must be".
    value : object
        The value given.

    Returns
    -------
    object
        The value, converted.

    Raises
    ------
    TypeError, ValueError
        If the kind refuses the value.

    Examples
    --------
    >>> from lrschedules import kinds
    >>> kinds.checked("Drop: factor", kinds.ratio, 0)
    Traceback (most recent call last):
    ValueError: Drop: factor must be a number > 0, got 0; write for example 0.5
    """
    try:
        return kind(value)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{where} {error}") from None
