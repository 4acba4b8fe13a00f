"""Study: a plan on its way through an engine, into a store and a comparison."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import keras
import numpy as np

from lrschedules.study._built import Built, better
from lrschedules.study._loop import looped
from lrschedules.study._plan import Failure, History, Plan, Run
from lrschedules.study._stacked import NotStackableError, Stacked
from lrschedules.study._store import Store
from lrschedules.study.comparison import Comparison

Engine = Literal["auto", "stacked", "loop"]


class StudyError(RuntimeError):
    """Some runs of a study failed, or could not be stored; the others are not lost.

    Attributes
    ----------
    comparison : Comparison or None
        What the other runs gave, NaN in the place of those that failed; None where all failed.
    """

    def __init__(self, text: str, comparison: Comparison | None) -> None:
        super().__init__(text)
        self.comparison = comparison


class Study:
    """A plan on its way: the runs that are finished, and those that failed."""

    def __init__(
        self, plan: Plan, built: Built, store: Store | None, finished: dict[Run, History]
    ) -> None:
        self.plan = plan
        self.built = built
        self.store = store
        self.finished = finished
        self.failed: dict[Run, Failure] = {}
        self.unstored: OSError | None = None
        self.how = "none: all runs were stored"

    def run(self, engine: Engine, memory: int, verbose: int) -> Comparison:
        """Train what is not finished, and return all; see ``compare``."""
        if len(self.finished) < len(self.plan.runs):
            for run, result in self._results(engine, memory, verbose):
                if isinstance(result, Failure):
                    self.failed[run] = result
                else:
                    self._keep(run, result)
        comparison = self._comparison() if self.finished else None
        if trouble := self._trouble():
            raise StudyError(f"compare: {trouble}", comparison)
        assert comparison is not None  # noqa: S101
        return comparison

    def _results(
        self, engine: Engine, memory: int, verbose: int
    ) -> Iterator[tuple[Run, History | Failure]]:
        self.how = "loop"
        if engine != "loop":
            try:
                self.how = "stacked"
                stacked = Stacked(self.plan, self.built, memory)
                yield from stacked.results(set(self.finished), verbose)
            except NotStackableError as reason:
                if engine == "stacked":
                    raise ValueError(
                        f"compare: this study cannot be stacked: {reason}; write engine='loop'"
                    ) from reason
                self.how = f"loop, not stacked: {reason}"
            else:
                return
        missing = [run for run in self.plan.runs if run not in self.finished]
        bar = keras.utils.Progbar(len(missing), verbose=verbose, unit_name="run")
        for done, result in enumerate(looped(self.plan, missing), 1):
            bar.update(done)
            yield result

    def _keep(self, run: Run, history: History) -> None:
        self.finished[run] = history
        if self.store is not None and self.unstored is None:
            try:
                self.store.write(run, history)
            except OSError as error:
                self.unstored = error

    def _trouble(self) -> str:
        text = ""
        if self.failed:
            first, failure = next(iter(self.failed.items()))
            text = (
                f"{len(self.failed)} of {len(self.plan.runs)} runs failed, the first of them "
                f"{first}: {failure.reason}\n{failure.details}"
            )
        if self.unstored is not None:
            text += (
                f"a run could not be stored ({self.unstored}), nor those after it; those before it "
                "are in the store, and all are in the comparison of this error"
            )
        return text

    def _comparison(self) -> Comparison:
        plan = self.plan
        histories = list(self.finished.values())
        # Callbacks may add metrics, and the runs in a store may have been trained without them.
        names = [name for name in histories[0] if all(name in each for each in histories)]
        shape = (len(plan.schedules), len(plan.base_rates), len(plan.seeds), plan.epochs)
        curves = {name: np.full(shape, np.nan) for name in names}
        order = list(plan.schedules)
        for run, history in self.finished.items():
            at = order.index(run.schedule), plan.base_rates.index(run.base_rate)
            for name in names:
                curves[name][(*at, plan.seeds.index(run.seed))] = history[name]
        return Comparison(
            {name: repr(schedule) for name, schedule in plan.schedules.items()},
            tuple(plan.base_rates),
            tuple(plan.seeds),
            curves,
            better(self.built.model, names),
            {
                "epochs": plan.epochs,
                "batch_size": plan.batch_size,
                "backend": keras.backend.backend(),
                "engine": self.how,
            },
        )
