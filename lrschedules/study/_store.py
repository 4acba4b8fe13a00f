"""Store: the finished runs of a study in a folder, a file each, so that it can continue."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import keras
import numpy as np

from lrschedules._config import shown
from lrschedules.study import _file
from lrschedules.study._plan import History, Plan, Run, settings_of

STUDY, RUN = "lrschedules study 1", "lrschedules run 1"


class Store:
    """A folder of finished runs.

    What all runs have in common stands in ``study.json``. Each run is a file of its own, found by
    its schedule, base rate and seed, whatever the schedule is called: a study with more seeds or
    more schedules finds those that it shares.

    Parameters
    ----------
    folder : path
        Made if it is not there.
    plan : Plan
        Whose runs are kept.

    Raises
    ------
    ValueError
        If the folder holds something else, or the runs of a study that differs in more than its
        schedules, base rates and seeds.
    OSError
        If it cannot be made or read.
    """

    def __init__(self, folder: str | Path, plan: Plan) -> None:
        self.folder = Path(folder)
        self.plan = plan
        self.folder.mkdir(parents=True, exist_ok=True)
        study, settings = self.folder / "study.json", common(plan)
        if study.exists():
            self._check(settings, self._settings(study))
        # a process that was killed may have left a part of a file
        elif others := [file.name for file in self.folder.iterdir() if file.suffix != ".part"]:
            raise ValueError(
                f"compare: store {str(folder)!r} is not empty and holds no study ({others[0]!r}); "
                "choose an empty folder"
            )
        else:
            _file.write(study, STUDY, {"settings": settings})

    def finished(self) -> dict[Run, History]:
        """Return the runs of the plan that are in the folder.

        Raises
        ------
        ValueError
            If a file is damaged or holds another run than its name says.
        """
        return {run: self._read(run) for run in self.plan.runs if self._file(run).exists()}

    def write(self, run: Run, history: History) -> None:
        """Put a finished run into the folder.

        Raises
        ------
        OSError
            If it cannot be written; the others are not touched.
        """
        exact = {name: _file.listed(values) for name, values in history.items()}
        _file.write(self._file(run), RUN, {**self._key(run), "history": exact})

    def _settings(self, study: Path) -> dict[str, Any]:
        """Return what all runs in the folder have in common."""
        try:
            return _file.field(study, _file.read(study, STUDY), "settings", dict)
        except ValueError as error:
            raise ValueError(
                f"compare: store: {error}; choose another folder, or delete this one"
            ) from error

    def _read(self, run: Run) -> History:
        file = self._file(run)
        try:
            content = _file.read(file, RUN)
            history = _file.field(file, content, "history", dict)
            for name, value in self._key(run).items():
                if content.get(name) != value:
                    raise ValueError(  # noqa: TRY301
                        f"{str(file)!r} holds another run than its name says: its field {name!r} "
                        f"must be {value!r}, got {shown(content.get(name))}"
                    )
            return self._curves(file, history)
        except ValueError as error:
            raise ValueError(
                f"compare: store: {error}; delete this file, and its run is trained again"
            ) from error

    def _curves(self, file: Path, history: dict[str, Any]) -> History:
        """Return the values of each metric, one an epoch, the loss among them."""
        found = {
            name: _file.array(f"{str(file)!r}: its field 'history': {name!r}", values)
            for name, values in history.items()
        }
        for name in ("loss", *found):
            shape = np.shape(found.get(name, ()))
            if shape != (self.plan.epochs,):
                raise ValueError(
                    f"{str(file)!r}: its field 'history' must hold {self.plan.epochs} values of "
                    f"{name!r}, one for each epoch, got an array of shape {shape}"
                )
        return {name: values.tolist() for name, values in found.items()}

    def _key(self, run: Run) -> dict[str, Any]:
        schedule = self.plan.schedules[run.schedule]
        config = json.loads(json.dumps(keras.optimizers.schedules.serialize(schedule)))
        return {"schedule": config, "base_rate": run.base_rate, "seed": run.seed}

    def _file(self, run: Run) -> Path:
        key = hashlib.sha256(json.dumps(self._key(run), sort_keys=True).encode()).hexdigest()
        name = re.sub(r"\W+", "-", type(self.plan.schedules[run.schedule]).__name__).lower()
        return self.folder / f"{name}-seed-{run.seed}-{key[:16]}.json"

    def _check(self, here: dict[str, Any], there: dict[str, Any]) -> None:
        for name, value in json.loads(json.dumps(here)).items():
            if there.get(name) != value:
                raise ValueError(
                    f"compare: store {str(self.folder)!r} is of a study whose {name} is "
                    f"{there.get(name)!r}, here it is {value!r}; choose another folder"
                )


def common(plan: Plan) -> dict[str, Any]:
    """Return what all runs of a plan have in common, as JSON knows it.

    Code is described by its name: what a function of the same name does is not looked into.
    """
    model = plan.model(plan.seeds[0])
    optimizer = plan.optimizer(next(iter(plan.schedules.values())))
    return {
        "backend": keras.backend.backend(),
        "epochs": plan.epochs,
        "batch_size": plan.batch_size,
        "train": plan.train.digest(),
        "validation": plan.validation and plan.validation.digest(),
        "model": [_described(layer) for layer in model._flatten_layers()],  # noqa: SLF001
        "optimizer": _described(settings_of(optimizer)),
        **{name: _described(value) for name, value in plan.compiled.items()},
    }


def _described(value: Any) -> Any:
    """Return a value as JSON knows it: objects by class and settings, functions by name."""
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, dict):
        return {str(key): _described(item) for key, item in value.items() if key != "name"}
    if isinstance(value, (list, tuple)):
        return [_described(item) for item in value]
    if hasattr(value, "get_config"):
        try:
            config = value.get_config()
        except (NotImplementedError, TypeError, ValueError):
            config = {}
        # The layers of a model are described one by one, and their names are those of the session.
        config = {} if isinstance(value, keras.Model) else config
        return [type(value).__name__, _described(config)]
    return getattr(value, "__qualname__", type(value).__name__)
