"""Run: the units of a training run, turned into steps once, before a schedule is made."""

from __future__ import annotations

import dataclasses
import math

from lrschedules._param import LAST_STEP, checked, count, part, ratio, steps


@dataclasses.dataclass(frozen=True)
class Run:
    """What is known of a training run, to say in steps what was said in other units.

    A schedule counts steps: updates of the optimizer. A run turns epochs, samples, tokens and parts
    of the whole into steps, where it knows enough to do so.

    Parameters
    ----------
    batch_size : int, optional
        Samples in an update, all devices and accumulated batches together.
    samples : int, optional
        Samples in an epoch.
    epochs : float, optional
        How long the run is, in epochs; needs ``batch_size`` and ``samples``.
    steps : int, optional
        How long the run is, in steps; follows from ``epochs`` where these are given.
    tokens_per_sample : int, optional
        Tokens in a sample, for language models.

    Raises
    ------
    TypeError, ValueError
        If a number is out of its range, or ``steps`` and ``epochs`` disagree.

    Examples
    --------
    >>> from lrschedules import Cosine, Run
    >>> run = Run(batch_size=128, samples=50_000, epochs=90)
    >>> run.steps, run.in_epochs(5), run.part(0.1)
    (35190, 1955, 3519)
    >>> schedule = Cosine(0.1, 0, run.in_epochs(85)).warmup(run.in_epochs(5))
    >>> schedule.length == run.steps
    True
    """

    batch_size: int | None = None
    samples: int | None = None
    epochs: float | None = None
    steps: int | None = None
    tokens_per_sample: int | None = None

    def __post_init__(self) -> None:
        kinds = {"epochs": ratio, "steps": steps}
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if value is not None:
                kind = kinds.get(field.name, count)
                value = checked(f"Run: {field.name}", kind, value)
                object.__setattr__(self, field.name, value)
        if self.epochs is not None:
            length = _whole("Run: epochs", self.epochs, self.steps_per_epoch)
            if self.steps not in {None, length}:
                raise ValueError(
                    f"Run: steps and epochs both say how long the run is, got {self.steps!r} and "
                    f"{self.epochs!r}, with batch_size={self.batch_size!r} and "
                    f"samples={self.samples!r}; write one of them"
                )
            object.__setattr__(self, "steps", length)

    @property
    def steps_per_epoch(self) -> int:
        """Updates in an epoch, the last one of fewer samples included."""
        return math.ceil(self._known("samples") / self._known("batch_size"))

    def in_epochs(self, number: float) -> int:
        """Return so many epochs in steps.

        Parameters
        ----------
        number : float
            Epochs, > 0.

        Returns
        -------
        int
            The nearest number of steps, ≥ 1.

        Raises
        ------
        TypeError, ValueError
            If ``number`` is out of its range, or ``batch_size`` or ``samples`` is not known.

        Examples
        --------
        >>> from lrschedules import Run
        >>> Run(batch_size=28, samples=235).in_epochs(10)
        90
        """
        number = checked("in_epochs: number", ratio, number)
        return _whole("in_epochs: number", number, self.steps_per_epoch)

    def in_samples(self, number: float) -> int:
        """Return so many samples in steps.

        Parameters
        ----------
        number : float
            Samples, > 0.

        Returns
        -------
        int
            The nearest number of steps, ≥ 1.

        Raises
        ------
        TypeError, ValueError
            If ``number`` is out of its range, or ``batch_size`` is not known.

        Examples
        --------
        >>> from lrschedules import Run
        >>> Run(batch_size=256).in_samples(1_000_000)
        3906
        """
        number = checked("in_samples: number", ratio, number)
        return _whole("in_samples: number", number, 1 / self._known("batch_size"))

    def in_tokens(self, number: float) -> int:
        """Return so many tokens in steps.

        Parameters
        ----------
        number : float
            Tokens, > 0.

        Returns
        -------
        int
            The nearest number of steps, ≥ 1.

        Raises
        ------
        TypeError, ValueError
            If ``number`` is out of its range, or ``batch_size`` or ``tokens_per_sample`` is not
            known.

        Examples
        --------
        >>> from lrschedules import Run
        >>> Run(batch_size=512, tokens_per_sample=2048).in_tokens(20e9)
        19073
        """
        number = checked("in_tokens: number", ratio, number)
        tokens = self._known("batch_size") * self._known("tokens_per_sample")
        return _whole("in_tokens: number", number, 1 / tokens)

    def part(self, number: float) -> int:
        """Return a part of the whole run in steps.

        Parameters
        ----------
        number : float
            The part, > 0 and < 1.

        Returns
        -------
        int
            The nearest number of steps, ≥ 1.

        Raises
        ------
        TypeError, ValueError
            If ``number`` is out of its range, or the length of the run is not known.

        Examples
        --------
        >>> from lrschedules import Run
        >>> Run(steps=1000).part(0.3)
        300
        """
        number = checked("part: number", part, number)
        return _whole("part: number", number, self._known("steps"))

    def _known(self, name: str) -> int:
        value = getattr(self, name)
        if value is None:
            raise ValueError(
                f"Run: this needs {name}, which {self!r} does not have: write Run({name}=...)"
            )
        return value


def _whole(where: str, number: float, steps_each: float) -> int:
    """Return the nearest number of steps, at least one."""
    exact = number * steps_each
    if exact > LAST_STEP:
        raise ValueError(
            f"{where} must be worth at most {LAST_STEP} steps, got {number!r}, which is worth "
            f"{exact:.10g}"
        )
    return max(1, round(exact))
