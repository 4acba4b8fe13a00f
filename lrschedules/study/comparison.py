"""Comparison: what a study of schedules, base rates and seeds has found."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Literal, get_args

from lrschedules._arguments import one_of
from lrschedules._param import checked
from lrschedules.study import _figures, _words
from lrschedules.study._compared import LEVEL, Compared
from lrschedules.study._statistics import Values

if TYPE_CHECKING:
    from matplotlib.axes import Axes

View = Literal["curves", "differences", "sensitivity"]
VIEW = one_of(*get_args(View))


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Comparison(Compared):
    """What a study has measured: each metric for every schedule, base rate, seed and epoch.

    Runs with the same seed begin with the same weights and see the same order of batches, so they
    are compared pair by pair. A run that diverged is NaN or infinite from there on.

    ``result["val_loss"]`` is an array along ``result.axes``; ``result.coordinates`` are the values
    along each, as ``xarray.DataArray`` takes them. As text, and in a notebook, a comparison is its
    default table and a line of settings.

    Parameters
    ----------
    schedules : mapping of str to str
        The text of each schedule by its name, in order; the first is the baseline.
    base_rates : sequence of float
        What every schedule was multiplied by, each > 0; ``(1.0,)`` for nothing.
    seeds : sequence of int
        The seeds, each ≥ 0.
    curves : mapping of str to array
        By metric, float64 of shape (schedules, base rates, seeds, epochs), in units of the metric;
        ``"loss"`` or ``"val_loss"`` is among them.
    better : mapping of str to str
        ``"lower"`` or ``"higher"`` for the metrics of which it is known; of losses it always is.
    settings : mapping of str to object
        Facts to be shown below the table, such as the batch size: what JSON can hold.

    Raises
    ------
    TypeError, ValueError
        If a field is empty, of the wrong kind or shape, or names what is not there.

    Examples
    --------
    >>> import numpy as np
    >>> from lrschedules.study import Comparison
    >>> schedules = {"constant": "Constant(value=0.1)", "linear": "Linear(0.1, 0.0, 450)"}
    >>> losses = np.array([[0.52, 0.48, 0.55, 0.50], [0.43, 0.41, 0.45, 0.42]])
    >>> curves = {"loss": losses.reshape(2, 1, 4, 1)}
    >>> result = Comparison(schedules, (1.0,), (0, 1, 2, 3), curves, {}, {"engine": "loop"})
    >>> row = result.table().rows[1]
    >>> f"{row.difference:.3f}, from {row.low:.3f} to {row.high:.3f}, {row.verdict}"
    '-0.085, from -0.106 to -0.064, lower: better'
    """

    def plot(self, metric: str | None = None, ax: Axes | None = None) -> Axes:
        """Draw the mean curve of each schedule, and the middle half of its seeds as a band.

        Parameters
        ----------
        metric : str, optional
            As in ``table``; so is the base rate that each schedule stands at.
        ax : matplotlib.axes.Axes, optional
            Where to draw; a new figure when not given.

        Returns
        -------
        matplotlib.axes.Axes
            The axes drawn on, labelled; x in epochs, y in units of the metric.
        """
        metric, values = self._runs(metric)
        return _figures.curves(values, metric, ax)

    def plot_differences(
        self,
        metric: str | None = None,
        epoch: int | None = None,
        level: float = 0.95,
        ax: Axes | None = None,
    ) -> Axes:
        """Draw the differences from the baseline with their intervals, beside zero.

        Parameters
        ----------
        metric : str, optional
            As in ``table``.
        epoch : int, optional
            As in ``table``.
        level : float
            As in ``table``.
        ax : matplotlib.axes.Axes, optional
            Where to draw; a new figure when not given.

        Returns
        -------
        matplotlib.axes.Axes
            The axes drawn on, labelled; x in units of the metric, a line for each schedule.

        Raises
        ------
        TypeError, ValueError
            As ``table`` does, and if there is one schedule alone.
        """
        self._several("schedules", "differences")
        return _figures.differences(self.table(metric, epoch, level), ax)

    def plot_sensitivity(
        self, metric: str | None = None, epoch: int | None = None, ax: Axes | None = None
    ) -> Axes:
        """Draw mean and middle half of the seeds against the base rate.

        It shows whether a schedule is better, or only better tuned.

        Parameters
        ----------
        metric : str, optional
            As in ``table``.
        epoch : int, optional
            As in ``table``.
        ax : matplotlib.axes.Axes, optional
            Where to draw; a new figure when not given.

        Returns
        -------
        matplotlib.axes.Axes
            The axes drawn on, labelled; x the base rates on a logarithmic scale, y in units of the
            metric.

        Raises
        ------
        TypeError, ValueError
            If there is no such metric or epoch, or one base rate alone.
        """
        metric, epoch = self._checked(metric, epoch)
        values = self._by_base_rate(metric, epoch)
        return _figures.sensitivity(values, self.base_rates, metric, epoch, ax)

    def describe(
        self,
        metric: str | None = None,
        view: View = "curves",
        epoch: int | None = None,
        level: float = 0.95,
    ) -> str:
        """Return a plot in words and numbers: its text alternative.

        Parameters
        ----------
        metric : str, optional
            As in ``table``.
        view : str
            ``"curves"`` for ``plot``, ``"differences"`` for ``plot_differences``,
            ``"sensitivity"`` for ``plot_sensitivity``.
        epoch : int, optional
            As in ``table``; curves have all of them.
        level : float
            As in ``table``, for the differences.

        Returns
        -------
        str
            One sentence. Of a curve it gives five epochs, from the first to the last.

        Raises
        ------
        TypeError, ValueError
            If the view is not known, and as the plot does.
        """
        checked("Comparison: view", VIEW, view)
        metric, epoch = self._checked(metric, epoch)
        level = checked("Comparison: level", LEVEL, level)
        if view == "differences":
            self._several("schedules", view)
            return _words.differences_in_words(self.table(metric, epoch, level))
        if view == "sensitivity":
            values, at = self._by_base_rate(metric, epoch), self.base_rates
            return _words.means_in_words(values, at, f"{metric} after epoch {epoch} by base rate")
        metric, values = self._runs(metric)
        last = self.coordinates["epoch"][-1]
        epochs = sorted({1 + (last - 1) * i // 4 for i in range(5)})
        values = {name: runs[:, [epoch - 1 for epoch in epochs]] for name, runs in values.items()}
        return _words.means_in_words(values, epochs, f"{metric} by epoch")

    def _runs(self, metric: str | None) -> tuple[str, dict[str, Values]]:
        """Return runs of shape (seeds, epochs) by the schedule's name, each at its base rate."""
        metric, last = self._checked(metric, None)
        picks, several = self._picks(metric, last), len(self.base_rates) > 1
        return metric, {
            name + f", base rate {self.base_rates[pick]:g}" * several: runs[pick]
            for name, runs, pick in zip(self.schedules, self[metric], picks, strict=True)
        }

    def _by_base_rate(self, metric: str, epoch: int) -> dict[str, Values]:
        """Return runs of shape (seeds, base rates) by the schedule's name."""
        self._several("base_rates", "sensitivity")
        runs = self[metric][..., epoch - 1].swapaxes(1, 2)
        return dict(zip(self.schedules, runs, strict=True))

    def _several(self, field: str, view: str) -> None:
        if len(getattr(self, field)) == 1:
            raise ValueError(
                f"Comparison: {field} must be at least two for {view}, got one; compare with more"
            )
