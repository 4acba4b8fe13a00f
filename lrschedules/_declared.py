"""Declarations: what a parameter is, written once, for classes and for functions.

A class declares each parameter in one line with ``param``. ``Declared`` turns these lines into a
frozen, validated and serialisable class: it becomes a dataclass, is registered as
``package>ClassName`` with Keras and with ``from_config``, and lists its parameters in its
docstring. A function declares the same in its annotations: ``Annotated[float, kind, "meaning"]``.
"""

from __future__ import annotations

import collections.abc
import dataclasses
import functools
import inspect
import re
import typing
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, Self, dataclass_transform

from lrschedules import _keras
from lrschedules._config import DEEPEST, MOST, refuse_misshapen, shown
from lrschedules.kinds import checked

# The classes by the name under which they are saved.
registry: dict[str, type[Any]] = {}


@dataclasses.dataclass(frozen=True)
class Parameter:
    """One declared parameter of a schedule class, or one declared argument of a function."""

    name: str
    symbol: str
    kind: Any
    meaning: str
    type: str
    default: object


def param(symbol: str, kind: Any, meaning: str, *, default: Any = dataclasses.MISSING) -> Any:
    """Declare a parameter of a schedule.

    Parameters
    ----------
    symbol : str
        The symbol in the formula, as LaTeX.
    kind : Number, ListOf or ScheduleKind
        What the value may be, for example ``kinds.rate`` or ``kinds.number(gt=0)``. It fixes range
        and unit.
    meaning : str
        What the value means: a noun phrase, shown in the documentation.
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


@functools.cache
def parameters(cls: type) -> tuple[Parameter, ...]:
    """Return the declared parameters of a schedule class, in order."""
    fields = dataclasses.fields(cls)
    for field in fields:
        if "param" not in field.metadata:
            raise TypeError(
                f"{cls.__name__}: {field.name} has no declaration; write for example "
                f'{field.name}: float = param("x", kinds.rate, "initial rate")'
            )
    return tuple(
        Parameter(
            field.name,
            *field.metadata["param"],
            type=_type_text(field.type),
            default=field.default,
        )
        for field in fields
    )


def arguments(function: Callable[..., Any]) -> tuple[Parameter, ...]:
    """Return the declared arguments of a function, in order.

    Each argument is annotated with ``Annotated[type, kind, "meaning"]``, or with a name for that.
    """
    hints = typing.get_type_hints(function, include_extras=True)
    found: list[Parameter] = []
    for p in inspect.signature(function).parameters.values():
        hint: Any = hints.get(p.name)
        if len(getattr(hint, "__metadata__", ())) != 2:
            raise TypeError(
                f"{function.__name__}: {p.name} has no declaration; write for example "
                f'{p.name}: Annotated[float, kinds.rate, "initial rate"]'
            )
        kind, meaning = hint.__metadata__
        default = dataclasses.MISSING if p.default is p.empty else p.default
        found.append(Parameter(p.name, "", kind, meaning, _type_text(hint.__origin__), default))
    return tuple(found)


def ending(cls: type) -> str | None:
    """Return the name of the parameter that is the length of a schedule, if there is one."""
    return next((p.name for p in parameters(cls) if p.kind.ends), None)


def documented(
    thing: Any, declared: Iterable[Parameter], returns: str = "", kind: str = "Schedule"
) -> str:
    """Return a docstring with its parameters, what it returns and its errors, in NumPy's format."""
    text, heading, rest = inspect.cleandoc(thing.__doc__ or "").partition("Examples\n--------")
    rows = ["Parameters", "----------"]
    for p in declared:
        default = (
            "" if p.default is dataclasses.MISSING else f", default {_default_text(p.default)}"
        )
        unit = "" if p.kind.unit == "none" else f"; unit: {p.kind.unit}"
        meaning = f"{p.meaning[:1].upper()}{p.meaning[1:]}. {p.kind.rule.capitalize()}"
        rows += [f"{p.name} : {p.type}{default}", f"    {meaning}{unit}."]
    if returns:
        rows += ["", "Returns", "-------", kind, f"    {returns}"]
    rows += ["", "Raises", "------", "TypeError, ValueError", "    If an argument is out of range."]
    return "\n".join([text.rstrip(), "", *rows, "", heading + rest])


def _type_text(annotation: Any) -> str:
    """Return an annotation as the documentation shows it: without modules, without None."""
    if typing.get_origin(annotation) is collections.abc.Callable:
        return "callable"
    text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    return re.sub(r"\b\w+\.", "", text).removesuffix(" | None")


def _default_text(default: Any) -> str:
    return default.__name__ if isinstance(default, type) else repr(default)


@dataclass_transform(frozen_default=True, field_specifiers=(param,))
class Declared(_keras.LearningRateSchedule):
    """What follows from the declarations of a class alone.

    It is immutable, and nobody can take a state from it or give it one. Frameworks save
    ``__dict__`` of what they do not know, and load by writing to it: PyTorch's ``LambdaLR`` does.
    What they find here is empty, and what they write to it is lost. Its copies are itself, and
    pickling calls the class again, so that the values are checked.
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
        cls.__doc__ = documented(cls, parameters(cls))
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

    @property
    def __dict__(self) -> dict[str, Any]:  # pyright: ignore[reportIncompatibleVariableOverride]
        return {}

    def __getstate__(self) -> None:
        return None

    def __reduce__(self) -> tuple[type[Self], tuple[Any, ...]]:
        fields = dataclasses.fields(self)  # pyright: ignore[reportArgumentType]
        return type(self), tuple(getattr(self, field.name) for field in fields)

    def __dir__(self) -> list[str]:
        fields = dataclasses.fields(self)  # pyright: ignore[reportArgumentType]
        return [*super().__dir__(), *(field.name for field in fields)]

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
        return {name: serialized(value) for name, value in values}

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
        return cls(**{k: deserialized(f"{cls.__name__}: {k}", v) for k, v in config.items()})


def _package(cls: type) -> str:
    return cls.__module__.partition(".")[0]


def _saved_as(cls: type) -> str:
    """Return the name of a class in a saved model, which is also Keras' name for it."""
    return f"{_package(cls)}>{cls.__name__}"


def serialized(value: Any) -> Any:
    """Return the value of a parameter as JSON can hold it, a schedule as its class and its own."""
    if isinstance(value, Declared):
        return {"class_name": _saved_as(type(value)), "config": value.get_config()}
    return list(value) if isinstance(value, tuple) else value


def deserialized(where: str, value: Any) -> Any:
    """Return the value that ``serialized`` described; errors begin with ``where``."""
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
