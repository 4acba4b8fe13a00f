"""Combinator: what all final schedules that contain schedules have in common.

Each is made by the method of :class:`lrschedules.Schedule` that has its name, and its ``repr`` is
that call, so that the ``repr`` of a composition is the program that makes it.
"""

from __future__ import annotations

import re

from lrschedules._schedule import Schedule


class Combinator(Schedule, abstract=True):
    """A schedule that is made from another one, its first parameter, by a method."""

    schedule: Schedule

    def __repr__(self) -> str:
        method = re.sub("(?<=.)(?=[A-Z])", "_", type(self).__name__).lower()
        return f"{self.schedule!r}.{method}({self._arguments(start=1)})"
