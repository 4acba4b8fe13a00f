"""Function: the formula of a schedule, called with any kind of step.

What follows from a subclass's declarations is in ``_declared``; here is what follows from its
``formula``, once for all schedules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, overload

from lrschedules import _keras
from lrschedules._declared import Declared
from lrschedules._namespaces import namespace_of
from lrschedules._operations import Namespace
from lrschedules._param import checked, parameters, ratio

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Function(Declared, abstract=True):
    """A function from a step to a learning rate, written once."""

    def formula(self, t: Any, xp: Namespace) -> Any:
        """Return the learning rate at step ``t``, from the operations of ``xp``.

        The one place where a schedule's formula is written.

        Parameters
        ----------
        t : number, array, tensor or expression
            Steps ≥ 0, whole numbers as far as the caller's were; a finite schedule is never
            asked beyond its ``length``.
        xp : Namespace
            What a formula may use, besides ``+ - * / // < <=``.

        Returns
        -------
        number, array, tensor or expression
            Rates, of the shape of ``t`` or of none.

        Raises
        ------
        TypeError
            If the class does not define it.
        """
        raise TypeError(f"{type(self).__name__} has no formula: write def formula(self, t, xp)")

    def evaluate(self, t: Any, xp: Namespace) -> Any:
        """Return ``formula`` at ``t``, held at its last value beyond the schedule's end.

        What a combinator asks of the schedules inside it.

        Parameters
        ----------
        t : number, array, tensor or expression
            Steps ≥ 0.
        xp : Namespace
            The operations for the type of ``t``.

        Returns
        -------
        number, array, tensor or expression
            Rates, of the shape of ``t`` or of none.
        """
        if self._ending:
            t = xp.minimum(t, getattr(self, self._ending))
        return self.formula(t, xp)

    @overload
    def __call__(self, step: float) -> float: ...
    @overload
    def __call__(self, step: NDArray[Any]) -> NDArray[np.float64]: ...
    @overload
    def __call__(self, step: Any) -> Any: ...
    def __call__(self, step: Any = None) -> Any:
        """Return the learning rate at ``step``.

        Parameters
        ----------
        step : int, float, array or tensor
            Optimizer updates made so far, ≥ 0, of any shape.

        Returns
        -------
        float, array or tensor
            The learning rate, of the shape of ``step``. A Python number gives a float, a NumPy
            array one of float64, a tensor one of float32, and a tensor of float64 one of float64.

        Raises
        ------
        ValueError
            If a Python or NumPy ``step`` is negative, not finite, or 2**63 or more.
        TypeError
            If ``step`` is missing, is not a number, array or tensor, or holds truth values.
        """
        if step is None:
            raise TypeError(_keras.missing_step())
        if hasattr(step, "value") and "keras" in type(step).__module__:
            step = step.value
        xp = namespace_of(step)
        t = xp.enter(step)
        return xp.leave(self.evaluate(t, xp), t)

    @property
    def length(self) -> int | None:
        """Steps after which the rate no longer changes; None for an endless schedule."""
        return getattr(self, self._ending) if self._ending else None

    def stretch(self, times: float) -> Self:
        """Return the same schedule ``times`` as slow: every step becomes ``times`` steps.

        Parameters
        ----------
        times : float
            How many steps each step becomes, > 0; times in steps are rounded to whole ones, from 1
            to 2147483647.

        Returns
        -------
        Schedule
            One of the same class, its times multiplied.

        Raises
        ------
        TypeError, ValueError
            If ``times`` is not a number > 0.

        Examples
        --------
        >>> from lrschedules import Linear
        >>> Linear(0.1, 0, steps=5).stretch(9)
        Linear(start=0.1, stop=0.0, steps=45)
        """
        times = checked("stretch: times", ratio, times)
        return type(self)(
            *[p.kind.stretched(getattr(self, p.name), times) for p in parameters(type(self))]
        )
