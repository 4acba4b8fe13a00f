"""Finite: what all shapes that run from one rate to another have in common."""

from __future__ import annotations

from typing import Any

from lrschedules._operations import Namespace
from lrschedules._param import duration, param, rate
from lrschedules._schedule import Schedule


class Finite(Schedule, abstract=True):
    """A schedule that runs from one rate to another."""

    start: float = param(r"\eta_0", rate, "the rate at step 0")
    stop: float = param(r"\eta_T", rate, "the rate from step ``steps`` on")
    steps: int = param("T", duration, "how long the way is")

    def weights(self, left: Any, done: Any, xp: Namespace) -> tuple[Any, Any]:
        """Return the weights of ``start`` and ``stop``; their sum is 1.

        Parameters
        ----------
        left : number, array, tensor or expression
            The part of the way that is left, exact however small.
        done : number, array, tensor or expression
            The part that is done, exact however small; the sum of both is 1.
        xp : Namespace
            What the weights may be computed with.

        Returns
        -------
        tuple
            From (1, 0) where all is left to (0, 1) where all is done.

        Raises
        ------
        TypeError
            If the class does not define it.
        """
        raise TypeError(
            f"{type(self).__name__} has no weights: write def weights(self, left, done, xp)"
        )

    def way(self, t: Any, xp: Namespace) -> tuple[Any, Any]:
        """Return the parts of the way that are left and done at step ``t``.

        Parameters
        ----------
        t : number, array, tensor or expression
            Steps from 0 to ``steps``.
        xp : Namespace
            The operations for the type of ``t``.

        Returns
        -------
        tuple
            Two parts whose sum is 1, of the shape of ``t``.
        """
        return xp.real(self.steps - t) / self.steps, xp.real(t) / self.steps

    def between(self, left: Any, done: Any, xp: Namespace) -> Any:
        """Return the rate where so much of the way is left and done.

        Parameters
        ----------
        left : number, array, tensor or expression
            The part of the way that is left.
        done : number, array, tensor or expression
            The part that is done; the sum of both is 1.
        xp : Namespace
            The operations for their type.

        Returns
        -------
        number, array, tensor or expression
            Rates, of the shape of the parts.
        """
        here, there = self.weights(left, done, xp)
        return self.start * here + self.stop * there

    def formula(self, t: Any, xp: Namespace) -> Any:
        return self.between(*self.way(t, xp), xp)

    def k_decay(self, k: float) -> Schedule:
        """Return this shape, lowered later or earlier on its way.

        Parameters
        ----------
        k : float
            The part of the way that is done is raised to this power, > 0: above 1 the rate stays
            near ``start`` for longer, below 1 it leaves at once.

        Returns
        -------
        Schedule
            A :class:`KDecay`, as long as this one.

        Raises
        ------
        TypeError, ValueError
            If ``k`` is not a number > 0.

        Examples
        --------
        >>> from lrschedules import Linear
        >>> schedule = Linear(0.1, 0, steps=100).k_decay(2)
        >>> schedule(50), schedule(100)
        (0.075, 0.0)
        """
        return self._combined("KDecay", k)
