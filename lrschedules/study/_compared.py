"""How the schedules of a study compare: the table, and which base rate each stands at."""

from __future__ import annotations

import dataclasses

from lrschedules._arguments import require
from lrschedules._param import Kind, checked, part
from lrschedules.study import _rows
from lrschedules.study._measured import LOSSES, Measured
from lrschedules.study._statistics import best
from lrschedules.study._table import Table
from lrschedules.study._words import counted

LEVEL = dataclasses.replace(part, example=0.95)


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Compared(Measured):
    """What was measured, as a table."""

    def __repr__(self) -> str:
        try:
            return repr(self._shown())
        except ModuleNotFoundError as error:
            # Whoever looks at a result sees that it is there, and what its table needs.
            return f"<Comparison: {self._size()}; {error}>"

    def _repr_html_(self) -> str | None:
        try:
            return self._shown()._repr_html_()  # pyright: ignore[reportPrivateUsage]
        except ModuleNotFoundError:
            return None  # a notebook shows the text instead

    def markdown(self) -> str:
        """Return the default table and a line of settings in Markdown.

        Returns
        -------
        str
            A pipe table between paragraphs.
        """
        return self._shown().markdown()

    def table(
        self, metric: str | None = None, epoch: int | None = None, level: float = 0.95
    ) -> Table:
        """Return mean and spread of each schedule, and how it differs from the baseline.

        The intervals are Student's :cite:p:`student1908` for the mean of the differences that are
        paired by seed, and hold all together with the level, by Bonferroni's inequality
        :cite:p:`dunn1961`. The differences should be roughly normal, or the seeds many. They speak
        of other seeds on the same data, not of other data: see :cite:t:`bouthillier2021` on what
        else varies, and on why pairs and spread are reported.

        Where an interval covers zero, no schedule is called better, and about how many seeds would
        tell a difference of that size (80 % power) is given. Runs that are not finite are counted
        and left out, and a schedule that lost more of them than the baseline is never better. With
        several base rates each schedule stands at its own best, which has the fewest runs that are
        not finite, then the best mean.

        Parameters
        ----------
        metric : str, optional
            Which to compare; ``"val_loss"``, or ``"loss"`` without one, when not given.
        epoch : int, optional
            After which epoch, from 1; the last when not given. The best epoch of each run, chosen
            afterwards, would be optimistic, and more so the noisier a schedule is.
        level : float
            With which all intervals together hold, > 0 and < 1.

        Returns
        -------
        Table
            A row for each schedule, with the method below.

        Raises
        ------
        TypeError, ValueError
            If there is no such metric or epoch, ``level`` is out of its range, or there are several
            base rates and ``better`` does not say which direction is better.
        """
        require("Comparison.table", "scipy", extra="study")
        metric, epoch = self._checked(metric, epoch)
        level = checked("Comparison: level", LEVEL, level)
        picks = self._picks(metric, epoch)
        values = self[metric][range(len(picks)), picks, :, epoch - 1]
        better = self.better.get(metric)
        rates = [self.base_rates[pick] for pick in picks]
        rows = _rows.rows_of(values, list(self.schedules), rates, level, better)
        notes = _rows.notes_of(rows, level, len(self.base_rates), _rows.lost(values, self.seeds))
        return Table(metric, epoch, level, better, self.base_rates, rows, notes)

    def _shown(self) -> Table:
        """Return the default table with the settings below it."""
        table = self.table()
        settings = [f"{name}: {value}" for name, value in self.settings.items() if name != "epochs"]
        return dataclasses.replace(
            table, notes=(*table.notes, "; ".join([self._size(), *settings]) + ".")
        )

    def _size(self) -> str:
        """Return how many there are along each axis, in words."""
        along = self.coordinates
        return " x ".join(counted(len(along[axis]), axis.replace("_", " ")) for axis in self.axes)

    def _checked(self, metric: str | None, epoch: int | None) -> tuple[str, int]:
        """Return which metric and epoch are meant."""
        if metric is None:
            metric = next(loss for loss in LOSSES if loss in self.curves)
        last = self[metric].shape[-1]
        kind = Kind(f"a whole number from 1 to {last}", "none", last, 1, below=last + 1, whole=True)
        return metric, checked("Comparison: epoch", kind, last if epoch is None else epoch)

    def _picks(self, metric: str, epoch: int) -> list[int]:
        """Return where among the base rates each schedule stands."""
        if len(self.base_rates) == 1:
            return [0] * len(self.schedules)
        better = self.better.get(metric)
        if better is None:
            raise ValueError(
                "Comparison: with several base rates each schedule stands at its best one, and "
                f"better does not say what that is for {metric!r}; write "
                f"better={{{metric!r}: 'higher'}} or 'lower'"
            )
        return [best(runs[..., epoch - 1], better) for runs in self[metric]]
