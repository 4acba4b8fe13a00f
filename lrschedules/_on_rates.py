"""OnRates: the methods that combine what a schedule gives with something else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from lrschedules._declared import registry
from lrschedules._function import Function
from lrschedules._operations import LARGEST
from lrschedules._param import checked, parameters

if TYPE_CHECKING:
    from lrschedules._schedule import Schedule


class OnRates(Function, abstract=True):
    """A function from a step to a rate, whose rates can be changed."""

    def _combined(self, name: str, *arguments: Any) -> Any:
        # Combinators are schedules and so stand above this module: they are looked up. Arguments
        # are checked here too, so that an error names the method that the caller wrote.
        cls = registry[f"lrschedules>{name}"]
        method = re.sub("(?<=.)(?=[A-Z])", "_", name).lower()
        given = zip(parameters(cls)[1:], arguments, strict=True)
        return cls(self, *[checked(f"{method}: {p.name}", p.kind, value) for p, value in given])

    def scale(self, factor: float) -> Schedule:
        """Return this schedule times ``factor``; ``schedule * factor`` is the same.

        Parameters
        ----------
        factor : float
            What every rate is multiplied by, ≥ 0; no unit.

        Returns
        -------
        Schedule
            A :class:`Scale`, as long as this one.

        Raises
        ------
        TypeError, ValueError
            If ``factor`` is not a number ≥ 0.

        Examples
        --------
        >>> from lrschedules import Linear
        >>> schedule = Linear(0, 1, 500).scale(0.1)
        >>> schedule(250)
        0.05
        """
        return self._combined("Scale", factor)

    def times(self, other: Schedule) -> Schedule:
        """Return the product of two schedules, step by step; ``schedule * other`` is the same.

        Parameters
        ----------
        other : Schedule
            What to multiply by: a factor that changes with the step, without unit.

        Returns
        -------
        Schedule
            A :class:`Times`; its clock is that of both.

        Raises
        ------
        TypeError
            If ``other`` is not a schedule.

        Examples
        --------
        >>> from lrschedules import InverseSqrt, Linear
        >>> schedule = Linear(0, 1, 100) * InverseSqrt(0.1, steps=100)
        >>> schedule(50), schedule(100), schedule(400)
        (0.05, 0.1, 0.05)
        """
        return self._combined("Times", other)

    def plus(self, amount: float) -> Schedule:
        """Return this schedule plus a number; ``schedule + amount`` is the same.

        Parameters
        ----------
        amount : float
            What is added to every rate, ≥ 0.

        Returns
        -------
        Schedule
            A :class:`Plus`, as long as this one.

        Raises
        ------
        TypeError, ValueError
            If ``amount`` is not a rate ≥ 0.

        Examples
        --------
        >>> from lrschedules import Drop
        >>> schedule = Drop(0.09, factor=0.5, every=10) + 0.01
        >>> schedule(0), schedule(10)
        (0.1, 0.055)
        """
        return self._combined("Plus", amount)

    def clip(self, minimum: float = 0.0, maximum: float = LARGEST) -> Schedule:
        """Return this schedule with its rates held between two bounds.

        Parameters
        ----------
        minimum : float
            The lowest rate, ≥ 0.
        maximum : float
            The highest rate, ≥ 0.

        Returns
        -------
        Schedule
            A :class:`Clip`, as long as this one.

        Raises
        ------
        TypeError, ValueError
            If a bound is not a rate ≥ 0, or ``minimum`` is above ``maximum``.

        Examples
        --------
        >>> from lrschedules import Exponential
        >>> schedule = Exponential(0.1, factor=0.1, every=1000).clip(minimum=0.001)
        >>> schedule(1000), schedule(2000), schedule(5000)
        (0.01, 0.001, 0.001)
        """
        return self._combined("Clip", minimum, maximum)

    def geometric(self, start: float, stop: float) -> Schedule:
        """Return rates between two, their ratio divided as this schedule goes from 0 to 1.

        Parameters
        ----------
        start : float
            The rate where this schedule is 0, > 0.
        stop : float
            The rate where it is 1, > 0.

        Returns
        -------
        Schedule
            A :class:`Geometric`, as long as this one.

        Raises
        ------
        TypeError, ValueError
            If a rate is not > 0.

        Examples
        --------
        >>> from lrschedules import Linear
        >>> schedule = Linear(0, 1, steps=1000).geometric(1e-5, 0.1)
        >>> schedule(0), round(schedule(500), 6), schedule(1000)
        (1e-05, 0.001, 0.1)
        """
        return self._combined("Geometric", start, stop)

    def __mul__(self, other: float | Schedule) -> Schedule:
        return self.times(other) if isinstance(other, Function) else self.scale(other)

    __rmul__ = __mul__

    def __add__(self, amount: float) -> Schedule:
        return self.plus(amount)

    __radd__ = __add__
