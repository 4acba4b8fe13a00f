"""The formula of a schedule as mathematics and as JavaScript, from the code that computes it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import sympy

from lrschedules import _javascript
from lrschedules._config import shown
from lrschedules._namespaces import namespace_of
from lrschedules._param import Parameter, Series, parameters
from lrschedules._schedule import Schedule, ScheduleKind
from lrschedules.shapes import Finite

t, z = sympy.symbols("t z")


def trace(schedule: Schedule | type[Schedule]) -> sympy.Expr:
    """Return the learning rate as an expression in the step ``t``.

    Parameters
    ----------
    schedule : Schedule or type
        A schedule, whose numbers the expression holds, or a class of schedules, whose parameters
        it names by their symbols; a schedule inside a combinator becomes a function of t.

    Returns
    -------
    sympy.Expr
        A rate, for every step ``t`` ≥ 0, the hold after the end of a finite schedule included.

    Raises
    ------
    TypeError
        If ``schedule`` is neither, or if its formula branches in Python on the step.

    Examples
    --------
    >>> from lrschedules import TimeBased
    >>> from lrschedules.symbolic import trace
    >>> trace(TimeBased(0.1, decay=0.002)).subs("t", 500)
    0.05
    """
    instance = _instance(schedule)
    with sympy.evaluate(instance is schedule):
        return instance(t)


def latex(schedule: Schedule | type[Schedule]) -> str:
    r"""Return the formula as LaTeX, in the order in which the code writes it.

    Parameters
    ----------
    schedule : Schedule or type
        A schedule, written with its numbers, or a class of schedules, written with symbols.

    Returns
    -------
    str
        An equation for the learning rate η at step t, without delimiters; for a finite shape with
        the weight w of its first rate, where the part z of the way is done.

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
        # The weights of the two rates have the sum 1: one of them says it all.
        weight, _ = instance.weights(1 - z, z, xp)
        start, stop, steps = map(_print, (instance.start, instance.stop, instance.steps))
    return (
        rf"\begin{{aligned}} \eta(t) &= {start} \, w + {stop} \, (1 - w) \\ "
        rf"w &= {_print(weight)} \\ z &= \min(t, {steps}) / {steps} \end{{aligned}}"
    )


def javascript(schedule: Schedule | type[Schedule]) -> str:
    """Return a schedule as JavaScript: the lines that compute it here, translated one by one.

    It makes the same operations on the same double-precision numbers, in the same order; functions
    such as the sine may differ in their last digit, which no standard fixes.

    Parameters
    ----------
    schedule : Schedule or type
        A schedule, or a class of schedules.

    Returns
    -------
    str
        An expression that needs nothing else: a function that returns the learning rate at a step,
        or for a class a function of its parameters that returns such a function, and throws the
        errors of Python.

    Raises
    ------
    TypeError
        If ``schedule`` is neither, or has a method that is not written with the statements and the
        operations that the schedules of the package use.

    Examples
    --------
    >>> from lrschedules import TimeBased
    >>> from lrschedules.symbolic import javascript
    >>> text = javascript(TimeBased(0.1, decay=0.002))
    >>> "return this.start / (1 + this.decay * xp.real(t));" in text
    True
    """
    if isinstance(schedule, Schedule):
        classes, value = _classes(schedule), _javascript.literal(schedule)
    else:
        _refuse_other(schedule)
        classes, value = [schedule], schedule.__name__
    return f"(() => {{\n{_javascript.script(classes)}\nreturn {value};\n}})()"


def _refuse_other(schedule: Any) -> None:
    # An abstract class has no formula of its own, and does not know whether it ends.
    concrete = isinstance(schedule, type) and hasattr(schedule, "_ending")
    if not (concrete and issubclass(schedule, Schedule)):
        raise TypeError(
            f"schedule must be a schedule or a class of schedules, got {shown(schedule)}; "
            "write for example Linear"
        )


def _classes(schedule: Schedule) -> list[type[Schedule]]:
    values = [getattr(schedule, p.name) for p in parameters(type(schedule))]
    inner = [cls for value in values if isinstance(value, Schedule) for cls in _classes(value)]
    return list(dict.fromkeys([type(schedule), *inner]))


def _print(expression: Any) -> str:
    return sympy.latex(expression, order="none")


def _instance(schedule: Any) -> Schedule:
    """Return the schedule, or one of the class with symbols, which no check could accept."""
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
    if isinstance(parameter.kind, Series):
        # Boundaries are counted from 1, so that b_1 is where the value with index 1 begins.
        first = int(parameter.kind.rising)
        return tuple(sympy.Symbol(f"{symbol}_{i}", positive=True) for i in range(first, 3))
    return sympy.Symbol(symbol, positive=True)


def _any_schedule(function: Any) -> Any:
    """Return what stands for a schedule inside a combinator: a function of t without a formula."""
    whole = sympy.Symbol("T", positive=True)
    return SimpleNamespace(
        evaluate=lambda t, xp: function(t),
        steps=whole,
        way=lambda t, xp: (1 - t / whole, t / whole),
        between=lambda left, done, xp: function(whole * done),
    )
