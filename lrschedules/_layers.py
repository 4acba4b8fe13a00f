"""Layer-wise learning rates: the multiplier of each parameter of a model, by its path.

Neither Keras nor PyTorch is imported: a path is the text that either gives to a parameter.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from lrschedules import kinds
from lrschedules._config import shown
from lrschedules._hyperparameters import fitting
from lrschedules._schedule import Schedule
from lrschedules.kinds import checked

DECAY = kinds.number(gt=0, le=1, example=0.75)
# An error lists this many paths.
LISTED = 20


@dataclasses.dataclass(frozen=True)
class Group:
    """Parameters that have one multiplier of the learning rate.

    Attributes
    ----------
    name
        ``layer_0`` for the layer next to the input, or ``group_0`` for the first pattern, and so
        on.
    multiplier
        Multiplier of the learning rate.
    paths
        Paths of the parameters.
    """

    name: str
    multiplier: Schedule | float
    paths: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Rule:
    """The arguments of ``layerwise`` that say which multiplier a path has, checked.

    Either ``multipliers`` is given, or ``decay`` and ``layers``.
    """

    multipliers: Mapping[str, Schedule | float] | None = None
    decay: float | None = None
    layers: Sequence[str] | None = None

    def __post_init__(self) -> None:
        by_depth = [self.decay is not None, self.layers is not None]
        if by_depth != [self.multipliers is None] * 2:
            raise TypeError(
                "layerwise: either multipliers must be given, or decay and layers, got "
                f"multipliers={shown(self.multipliers)}, decay={shown(self.decay)} and "
                f"layers={shown(self.layers)}; write for example "
                "multipliers={'^backbone': 0.1}, or "
                r"decay=0.75, layers=['^stem', r'^blocks\.(\d+)']"
            )
        given: Any = self.multipliers if self.layers is None else self.layers
        name, rule, of_type, example = (
            ("multipliers", "a mapping of patterns", Mapping, "{'^backbone': 0.1}")
            if self.layers is None
            else ("layers", "a list of patterns", (list, tuple), r"['^stem', r'^blocks\.(\d+)']")
        )
        refusal = (
            f"layerwise: {name} must be {rule}, got {shown(given)}; write for example {example}"
        )
        if not isinstance(given, of_type):
            raise TypeError(refusal)
        if not given:
            raise ValueError(refusal)
        for pattern in given:
            self._check_pattern(name, pattern)
        if self.multipliers is not None:
            checked_each = {
                pattern: fitting(f"layerwise: multipliers[{pattern!r}]", "multiplier", multiplier)
                for pattern, multiplier in self.multipliers.items()
            }
            object.__setattr__(self, "multipliers", checked_each)
        else:
            object.__setattr__(self, "decay", checked("layerwise: decay", DECAY, self.decay))
            object.__setattr__(self, "layers", tuple(given))

    def groups(self, paths: Sequence[str], which: str = "") -> list[Group]:
        """Return the groups of a model's parameters, from the input to the output.

        Parameters
        ----------
        paths : sequence of str
            The path of each parameter.
        which : str
            What an error says of the paths.

        Returns
        -------
        list of Group
            Each path is in one of them.

        Raises
        ------
        ValueError
            If a pattern matches no path, two patterns match one, or the group of digits in a
            pattern matches something else.
        """
        places = self._places(paths, which)
        order = sorted(set(places.values()))
        kind = "group" if self.layers is None else "layer"
        return [
            Group(
                f"{kind}_{rank}",
                self._multiplier(place, depth=len(order) - 1 - rank),
                tuple(path for path in dict.fromkeys(paths) if places[path] == place),
            )
            for rank, place in enumerate(order)
        ]

    def _check_pattern(self, name: str, pattern: Any) -> None:
        """Raise an error unless it is a regular expression that can stand in ``name``."""
        if not isinstance(pattern, str):
            raise TypeError(f"layerwise: a pattern in {name} must be a str, got {shown(pattern)}")
        try:
            groups = re.compile(pattern).groups
        except re.error as error:
            raise ValueError(
                f"layerwise: {pattern!r} in {name} is not a regular expression ({error}); put a "
                r"backslash before a character that stands for itself, as in r'blocks\.0'"
            ) from None
        if groups > 1 and self.layers is not None:
            raise ValueError(
                f"layerwise: {pattern!r} in layers has {groups} groups, and may have one, for the "
                "number of the layer; write (?:...) for the others"
            )

    def _places(self, paths: Sequence[str], which: str) -> dict[str, tuple[int, float]]:
        """Return the place of each path: the position of its pattern, and the layer's number.

        The position of those without a pattern is behind all patterns.
        """
        patterns = list((self.multipliers if self.layers is None else self.layers) or ())
        places: dict[str, tuple[int, float]] = {}
        twice: dict[tuple[str, ...], list[str]] = {}
        for path in paths:
            matches = [(i, found) for i, p in enumerate(patterns) if (found := re.search(p, path))]
            if len(matches) > 1:
                twice.setdefault(tuple(patterns[i] for i, _ in matches), []).append(path)
            position, number = len(patterns), 0.0
            for position, found in matches:
                number = self._number(patterns[position], found, path)
            places[path] = (position, number)
        if twice:
            overlaps = "; ".join(f"{_and(of)} match {_listed(both)}" for of, both in twice.items())
            raise ValueError(
                f"layerwise: one pattern may match a path, and {overlaps}; write patterns that "
                r"exclude each other, with ^ for the start of a path, or \b for the start of a name"
            )
        used = {position for position, _ in places.values()}
        if unused := [p for i, p in enumerate(patterns) if i not in used]:
            raise ValueError(
                f"layerwise: {_and(unused)} must match a path, and do not; leave out what is not "
                f"in the model, or write what re.search finds in one of {_listed(paths)}{which}"
            )
        highest: dict[int, float] = {}
        for position, number in places.values():
            if number < math.inf:
                highest[position] = max(number, highest.get(position, 0))
        return {path: (i, min(number, highest.get(i, 0))) for path, (i, number) in places.items()}

    def _number(self, pattern: str, found: re.Match[str], path: str) -> float:
        """Return the number of a layer, or infinity for the last layer of its pattern."""
        if self.layers is None or not found.re.groups:
            return 0
        if found[1] is None:
            return math.inf
        if not re.fullmatch("[0-9]+", found[1]):
            raise ValueError(
                f"layerwise: the group in {pattern!r} must match the number of a layer, got "
                rf"{found[1]!r} in {path!r}; write (\d+) for the number, and (?:...) for the rest"
            )
        return int(found[1])

    def _multiplier(self, place: tuple[int, float], depth: int) -> Schedule | float:
        """Return the multiplier of a group with ``depth`` groups behind it."""
        if self.multipliers is None:
            return (self.decay or 1.0) ** depth
        return dict(enumerate(self.multipliers.values())).get(place[0], 1.0)


def _and(patterns: Sequence[str]) -> str:
    return " and ".join(map(repr, patterns))


def _listed(paths: Sequence[str]) -> str:
    """Return the first paths, and how many more there are."""
    rest = f" and {len(paths) - LISTED} more" if len(paths) > LISTED else ""
    return ", ".join(paths[:LISTED]) + rest
