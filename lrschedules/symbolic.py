"""The formula of a schedule as mathematics, traced from the code that computes it."""

from __future__ import annotations

import contextlib
from types import SimpleNamespace
from typing import Any

from lrschedules._config import shown
from lrschedules._declared import Parameter, parameters
from lrschedules._namespaces import namespace_of
from lrschedules._schedule import Schedule
from lrschedules.kinds import ListOf, ScheduleKind
from lrschedules.shapes import Finite

try:
    import sympy
except ImportError as error:
    raise ImportError(
        f"lrschedules.symbolic needs SymPy, which could not be imported ({error}); install it with "
        "pip install sympy"
    ) from error

t, z = sympy.symbols("t z")
# SymPy walks through an expression by recursion: what is nested deeper is of no use there.
DEEPEST_EXPRESSION = 120


def trace(schedule: Schedule | type[Schedule]) -> sympy.Expr:
    """Return the learning rate as an expression in the step ``t``.

    Parameters
    ----------
    schedule : Schedule or type
        A schedule, whose numbers the expression holds, or a class of schedules, whose parameters
        become symbols; a schedule inside a combinator becomes a function of t.

    Returns
    -------
    sympy.Expr
        A rate, for every step ``t`` ≥ 0, also after the end of a fixed-length schedule.

    Raises
    ------
    TypeError
        If ``schedule`` is neither, or if its formula branches in Python on the step.
    ValueError
        If the expression is nested too deep for SymPy, as that of many cycles with growth is.

    Examples
    --------
    >>> from lrschedules import TimeBased
    >>> from lrschedules.symbolic import trace
    >>> trace(TimeBased(0.1, decay=0.002)).subs("t", 500)
    0.05
    """
    instance = _instance(schedule)
    expression: Any = None
    with contextlib.suppress(RecursionError), sympy.evaluate(instance is schedule):
        expression = instance(t)
    if expression is None or _is_too_deep(expression):
        raise ValueError(
            f"trace: the expression of {shown(schedule)} is nested more than "
            f"{DEEPEST_EXPRESSION} deep; write fewer cycles, for example .repeat(10, growth=2)"
        )
    return expression


def _is_too_deep(expression: Any) -> bool:
    """Return whether an expression is nested deeper than SymPy's functions can follow."""
    level = [sympy.sympify(expression)]
    for _ in range(DEEPEST_EXPRESSION):
        level = list({part for outer in level for part in outer.args})
        if not level:
            return False
    return True


def latex(schedule: Schedule | type[Schedule]) -> str:
    r"""Return the formula as LaTeX, in the order in which the code writes it.

    Parameters
    ----------
    schedule : Schedule or type
        A schedule, written with its numbers, or a class of schedules, written with symbols.

    Returns
    -------
    str
        An equation for the learning rate η at step t, without delimiters; for a fixed-length
        schedule with the share w of its initial rate, at the progress z.

    Raises
    ------
    TypeError
        If ``schedule`` is neither, or if its formula branches in Python on the step.

    Examples
    --------
    >>> from lrschedules import TimeBased
    >>> from lrschedules.symbolic import latex
    >>> print(latex(TimeBased))
    \eta(t) = \frac{\eta_{0}}{1 + d t}
    """
    instance = _instance(schedule)
    xp = namespace_of(t)
    with sympy.evaluate(instance is schedule):
        if not isinstance(instance, Finite):
            return rf"\eta(t) = {_print(instance.formula(t, xp))}"
        # The shares of the two rates have the sum 1: one of them is enough.
        share, _ = instance.blend(1 - z, z, xp)
        start, stop, steps = map(_print, (instance.start, instance.stop, instance.steps))
    return (
        rf"\begin{{aligned}} \eta(t) &= {start} \, w + {stop} \, (1 - w) \\ "
        rf"w &= {_print(share)} \\ z &= \min(t, {steps}) / {steps} \end{{aligned}}"
    )


def _refuse_other(schedule: Any) -> None:
    # An abstract class has no formula of its own, and does not know whether it ends.
    concrete = isinstance(schedule, type) and hasattr(schedule, "_ending")
    if not (concrete and issubclass(schedule, Schedule)):
        raise TypeError(
            f"schedule must be a schedule or a class of schedules, got {shown(schedule)}; "
            "write for example Linear"
        )


def _print(expression: Any) -> str:
    return sympy.latex(expression, order="none")


def _instance(schedule: Any) -> Schedule:
    """Return the schedule, or an object of the class that holds symbols and skips the checks."""
    if isinstance(schedule, Schedule):
        return schedule
    _refuse_other(schedule)
    instance = object.__new__(schedule)
    for parameter in parameters(schedule):
        object.__setattr__(instance, parameter.name, _symbol(parameter))
    return instance


def _symbol(parameter: Parameter) -> Any:
    symbol, traced = parameter.symbol, parameter.kind.traced
    if traced is not None:
        return traced
    if isinstance(parameter.kind, ScheduleKind):
        return _any_schedule(sympy.Function(symbol))
    if isinstance(parameter.kind, ListOf):
        # Boundaries are counted from 1, so that b_1 is where the value with index 1 begins.
        first = int(parameter.kind.rising)
        return tuple(sympy.Symbol(f"{symbol}_{i}", positive=True) for i in range(first, 3))
    return sympy.Symbol(symbol, positive=True)


def _any_schedule(function: Any) -> Any:
    """Return the placeholder of a schedule inside a combinator: a function of t."""
    whole = sympy.Symbol("T", positive=True)
    return SimpleNamespace(
        evaluate=lambda t, xp: function(t),
        steps=whole,
        progress=lambda t, xp: (1 - t / whole, t / whole),
        between=lambda remaining, progress, xp: function(whole * progress),
    )
