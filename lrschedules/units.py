"""Run: the units of a training run, converted to steps before a schedule is made."""

from __future__ import annotations

import dataclasses
import math

from lrschedules import kinds
from lrschedules.kinds import LAST_STEP, checked

FRACTION = kinds.number(gt=0, lt=1)


@dataclasses.dataclass(frozen=True)
class Run:
    """The units of a training run: converts epochs, samples, tokens and fractions to steps.

    A schedule counts steps: updates of the optimizer. Give the numbers that are known; a conversion
    that needs another one raises an error that names it.

    Parameters
    ----------
    batch_size : int, optional
        Number of samples in an update, all devices and accumulated batches together.
    samples : int, optional
        Number of samples in an epoch.
    epochs : float, optional
        Number of epochs of the run; needs ``batch_size`` and ``samples``.
    steps : int, optional
        Number of steps of the run; computed from ``epochs`` if these are given.
    tokens_per_sample : int, optional
        Number of tokens in a sample, for language models.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range, or if ``steps`` and ``epochs`` disagree.

    Examples
    --------
    >>> from lrschedules import Cosine, Run
    >>> run = Run(batch_size=128, samples=50_000, epochs=90)
    >>> run.steps, run.in_epochs(5), run.fraction(0.1)
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
        special = {"epochs": kinds.ratio, "steps": kinds.steps}
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if value is not None:
                kind = special.get(field.name, kinds.count)
                value = checked(f"Run: {field.name}", kind, value)
                object.__setattr__(self, field.name, value)
        if self.epochs is not None:
            length = _whole("Run: epochs", self.epochs, self.steps_per_epoch)
            if self.steps not in {None, length}:
                raise ValueError(
                    f"Run: steps and epochs must give the same length, got {self.steps!r} and "
                    f"{self.epochs!r}, with batch_size={self.batch_size!r} and "
                    f"samples={self.samples!r}; write one of them"
                )
            object.__setattr__(self, "steps", length)

    @property
    def steps_per_epoch(self) -> int:
        """Number of updates in an epoch, the last incomplete batch included."""
        return math.ceil(self._known("samples") / self._known("batch_size"))

    def in_epochs(self, number: float) -> int:
        """Convert a number of epochs to steps.

        Parameters
        ----------
        number : float
            Number of epochs, > 0.

        Returns
        -------
        int
            The nearest number of steps, ≥ 1.

        Raises
        ------
        TypeError, ValueError
            If ``number`` is out of range, or if ``batch_size`` or ``samples`` is not known.

        Examples
        --------
        >>> from lrschedules import Run
        >>> Run(batch_size=28, samples=235).in_epochs(10)
        90
        """
        number = checked("in_epochs: number", kinds.ratio, number)
        return _whole("in_epochs: number", number, self.steps_per_epoch)

    def in_samples(self, number: float) -> int:
        """Convert a number of samples to steps.

        Parameters
        ----------
        number : float
            Number of samples, > 0.

        Returns
        -------
        int
            The nearest number of steps, ≥ 1.

        Raises
        ------
        TypeError, ValueError
            If ``number`` is out of range, or if ``batch_size`` is not known.

        Examples
        --------
        >>> from lrschedules import Run
        >>> Run(batch_size=256).in_samples(1_000_000)
        3906
        """
        number = checked("in_samples: number", kinds.ratio, number)
        return _whole("in_samples: number", number, 1 / self._known("batch_size"))

    def in_tokens(self, number: float) -> int:
        """Convert a number of tokens to steps.

        Parameters
        ----------
        number : float
            Number of tokens, > 0.

        Returns
        -------
        int
            The nearest number of steps, ≥ 1.

        Raises
        ------
        TypeError, ValueError
            If ``number`` is out of range, or if ``batch_size`` or ``tokens_per_sample`` is not
            known.

        Examples
        --------
        >>> from lrschedules import Run
        >>> Run(batch_size=512, tokens_per_sample=2048).in_tokens(20e9)
        19073
        """
        number = checked("in_tokens: number", kinds.ratio, number)
        tokens = self._known("batch_size") * self._known("tokens_per_sample")
        return _whole("in_tokens: number", number, 1 / tokens)

    def fraction(self, number: float) -> int:
        """Convert a fraction of the run to steps.

        Parameters
        ----------
        number : float
            Fraction of the run, > 0 and < 1.

        Returns
        -------
        int
            The nearest number of steps, ≥ 1.

        Raises
        ------
        TypeError, ValueError
            If ``number`` is out of range, or if the length of the run is not known.

        Examples
        --------
        >>> from lrschedules import Run
        >>> Run(steps=1000).fraction(0.3)
        300
        """
        number = checked("fraction: number", FRACTION, number)
        return _whole("fraction: number", number, self._known("steps"))

    def _known(self, name: str) -> int:
        value = getattr(self, name)
        if value is None:
            raise ValueError(
                f"Run: this conversion needs {name}, which {self!r} does not have; write "
                f"Run({name}=...)"
            )
        return value


def _whole(where: str, number: float, steps_each: float) -> int:
    """Return the nearest number of steps, at least one."""
    exact = number * steps_each
    if exact > LAST_STEP:
        raise ValueError(
            f"{where} must be at most {LAST_STEP} steps, got {number!r}, which is {exact:.10g}"
        )
    return max(1, round(exact))
