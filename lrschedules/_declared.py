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
from lrschedules._config import DEEPEST, MOST, refuse_misshapen, shown
from lrschedules._param import checked, ending, param, parameters

if TYPE_CHECKING:
    from collections.abc import Mapping

# The classes by the name under which they are saved.
registry: dict[str, type[Any]] = {}


@dataclass_transform(frozen_default=True, field_specifiers=(param,))
class Declared(_keras.Stateless):
    """What follows from a class's declarations alone.

    It is immutable, whatever a framework does with it: its copies are itself.
    """

    _ending: ClassVar[str | None]
    # How deep it is nested, and how many schedules a call evaluates.
    _measured: tuple[int, int]
    # What _prepare returned.
    _prepared: Any
    # NumPy leaves ``array * schedule`` to the schedule, which refuses it, and makes no array of
    # schedules.
    __array_ufunc__ = None

    def __init_subclass__(cls, *, abstract: bool = False) -> None:
        super().__init_subclass__()
        dataclasses.dataclass(frozen=True, repr=False)(cls)
        # A default is the constructor's. Where the class had it too, what looks at a schedule
        # without calling anything, as torch.compile does, would find it in place of the value.
        for name in vars(cls)["__dataclass_fields__"].keys() & vars(cls).keys():
            delattr(cls, name)
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
        object.__setattr__(self, "_measured", self._measure())
        object.__setattr__(self, "_prepared", self._prepare())

    def check(self) -> None:
        """Check that the parameters, each of them valid, are valid together.

        Raises
        ------
        ValueError
            If they are not; a class without such a condition inherits this.
        """

    def _copies(self) -> int:
        """Return how many times a call evaluates the schedules inside."""
        return 1

    def _prepare(self) -> Any:
        """Return what calls need besides the parameters; it is made once, with the schedule."""
        return None

    def _measure(self) -> tuple[int, int]:
        """Return how deep schedules are nested here, and how many a call evaluates."""
        values = [getattr(self, p.name) for p in parameters(type(self))]
        inside = [value._measured for value in values if isinstance(value, Declared)]  # noqa: SLF001
        deep = 1 + max([0, *[depth for depth, _ in inside]])
        many = 1 + self._copies() * sum([size for _, size in inside])
        name = type(self).__name__
        if deep > DEEPEST:
            raise ValueError(
                f"{name}: schedules must be nested at most {DEEPEST} deep, got {deep}; write a "
                "long list of rates with Piecewise or recipes.interpolate"
            )
        if many > MOST:
            raise ValueError(
                f"{name}: a call must evaluate at most {MOST} schedules, got {many}; put fewer of "
                "them together, or repeat them fewer times or without growth"
            )
        return deep, many

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

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
            If a parameter is unknown or refused, if the configuration is of another form, nested
            too deep or too long, or if a schedule inside is of a class that has not been imported.
        """
        refuse_misshapen(cls.__name__, config)
        return cls(**{k: _from_config(f"{cls.__name__}: {k}", v) for k, v in config.items()})


def _package(cls: type) -> str:
    return cls.__module__.partition(".")[0]


def _saved_as(cls: type) -> str:
    """Return the name of a class in a saved model, which is also Keras' name for it."""
    return f"{_package(cls)}>{cls.__name__}"


def _to_config(value: Any) -> Any:
    if isinstance(value, Declared):
        return {"class_name": _saved_as(type(value)), "config": value.get_config()}
    return list(value) if isinstance(value, tuple) else value


def _from_config(where: str, value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    name = value.get("class_name")
    if value.keys() != {"class_name", "config"} or not isinstance(name, str):
        raise TypeError(
            f"{where} must be a dict like {{'class_name': ..., 'config': ...}}, got {shown(value)}"
        )
    if name not in registry:
        raise ValueError(
            f"{where} holds an unknown schedule {shown(name)}: import the module that defines it "
            "first"
        )
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
            raise TypeError(
                f"{name} has no parameter {shown(unknown)} (got {shown(value)}); {remedy}"
            )
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
