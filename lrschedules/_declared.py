"""Declared: turns declarations into a frozen, validated, serialisable class.

A subclass is a docstring and one ``param`` line per number. Being derived is what makes it a
frozen dataclass, registers it as ``package>ClassName`` with Keras and with ``from_config``, and
writes its parameters into its docstring.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
from typing import TYPE_CHECKING, Any, ClassVar, Self, dataclass_transform

from lrschedules import _keras
from lrschedules._param import checked, ending, param, parameters

if TYPE_CHECKING:
    from collections.abc import Mapping

# The classes by the name under which they are saved.
registry: dict[str, type[Any]] = {}


@dataclass_transform(frozen_default=True, field_specifiers=(param,))
class Declared(_keras.LearningRateSchedule):
    """What follows from a class's declarations alone."""

    _ending: ClassVar[str | None]

    def __init_subclass__(cls, *, abstract: bool = False) -> None:
        super().__init_subclass__()
        dataclasses.dataclass(frozen=True, repr=False)(cls)
        if abstract:
            return
        cls.__init__ = _explained(cls.__init__)
        cls.__doc__ = _documented(cls)
        cls._ending = ending(cls)
        name = _saved_as(cls)
        other = registry.setdefault(name, cls)
        if (other.__module__, other.__qualname__) != (cls.__module__, cls.__qualname__):
            raise TypeError(
                f"{cls.__qualname__} and {other.__qualname__} would both be saved as "
                f"{name!r}: rename one of them"
            )
        registry[name] = cls
        _keras.register(cls, _package(cls))

    def __post_init__(self) -> None:
        for p in parameters(type(self)):
            where = f"{type(self).__name__}: {p.name}"
            value = checked(where, p.kind, getattr(self, p.name))
            object.__setattr__(self, p.name, value)
        self.check()

    def check(self) -> None:
        """Check that the parameters, each of them valid, are valid together.

        Raises
        ------
        ValueError
            If they are not; a class without such a condition inherits this.
        """

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._arguments()})"

    def _arguments(self, start: int = 0) -> str:
        values = [(p, getattr(self, p.name)) for p in parameters(type(self))[start:]]
        return ", ".join(f"{p.name}={value!r}" for p, value in values if value != p.default)

    def get_config(self) -> dict[str, Any]:
        """Return the parameters as a dictionary that JSON can hold; Keras saves it.

        Returns
        -------
        dict
            The value of each parameter by its name; a schedule as its class name and its own.
        """
        values = ((p.name, getattr(self, p.name)) for p in parameters(type(self)))
        return {name: _to_config(value) for name, value in values}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Return the schedule that ``get_config`` described.

        Parameters
        ----------
        config : mapping
            What ``get_config`` returned.

        Returns
        -------
        Schedule
            Equal to the one described.

        Raises
        ------
        TypeError, ValueError
            If a parameter is unknown or refused, or a schedule inside is of a class that has not
            been imported.
        """
        return cls(**{name: _from_config(value) for name, value in config.items()})


def _package(cls: type) -> str:
    return cls.__module__.partition(".")[0]


def _saved_as(cls: type) -> str:
    """Return the name of a class in a saved model, which is also Keras' name for it."""
    return f"{_package(cls)}>{cls.__name__}"


def _to_config(value: Any) -> Any:
    if isinstance(value, Declared):
        return {"class_name": _saved_as(type(value)), "config": value.get_config()}
    return list(value) if isinstance(value, tuple) else value


def _from_config(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    name = value["class_name"]
    if name not in registry:
        raise ValueError(f"unknown schedule {name!r}: import the module that defines it first")
    return registry[name].from_config(value["config"])


def _explained(init: Any) -> Any:
    """Let a call with missing or misspelt arguments say how to write it."""
    signature = inspect.signature(init)

    @functools.wraps(init)
    def checked(self: Any, *args: Any, **kwargs: Any) -> None:
        name, (_, *known) = type(self).__name__, signature.parameters
        remedy = f"write {name}({', '.join(known)})"
        for unknown in kwargs.keys() - known:
            value = kwargs[unknown]
            raise TypeError(f"{name} has no parameter {unknown!r} (got {value!r}); {remedy}")
        try:
            signature.bind(self, *args, **kwargs)
        except TypeError as error:
            raise TypeError(f"{name}: {error}; {remedy}") from None
        init(self, *args, **kwargs)

    return checked


def _documented(cls: type[Declared]) -> str:
    """Return the docstring with its parameters and errors, in NumPy's format."""
    text, heading, rest = inspect.cleandoc(cls.__doc__ or "").partition("Examples\n--------")
    rows = ["Parameters", "----------"]
    for p in parameters(cls):
        kind = p.type if isinstance(p.type, str) else p.type.__name__
        default = "" if p.default is dataclasses.MISSING else f", default {p.default!r}"
        meaning = f"{p.meaning[:1].upper()}{p.meaning[1:]}. {p.kind.rule.capitalize()}"
        rows += [f"{p.name} : {kind}{default}", f"    {meaning}; unit: {p.kind.unit}."]
    rows += ["", "Raises", "------", "TypeError", "    If a parameter is of the wrong type."]
    rows += ["ValueError", "    If a parameter is not finite or out of its range."]
    return "\n".join([text.rstrip(), "", *rows, "", heading + rest])
