"""Store: the finished trials of a study in a folder, one file each, so that it can continue."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import keras
import numpy as np

from lrschedules._config import shown
from lrschedules._keras_internals import layers_of
from lrschedules.study import _json
from lrschedules.study._plan import History, Plan, Trial, followed_by, settings_of

STUDY, TRIAL = "lrschedules study 1", "lrschedules run 1"
# What says which trial a file holds. The last field is there if more than the learning rate follows
# a schedule, so that the files of older versions are found.
FIELDS = ("schedule", "base_rate", "seed", "hyperparameters")


class Store:
    """A folder of finished trials.

    The settings that all trials share are in ``study.json``. Each trial has its own file, found by
    its schedule, base rate and seed, whatever name the schedule has: a study with more seeds or
    more schedules finds the trials that both studies share.

    Parameters
    ----------
    folder : path
        Folder, made if it does not exist.
    plan : Plan
        Plan whose trials are kept.

    Raises
    ------
    ValueError
        If the folder holds something else, or the trials of a study that differs in more than its
        schedules, base rates and seeds.
    OSError
        If the folder cannot be made or read.
    """

    def __init__(self, folder: str | Path, plan: Plan) -> None:
        self.folder = Path(folder)
        self.plan = plan
        self._followed: dict[tuple[str, float], dict[str, Any]] = {}
        self.folder.mkdir(parents=True, exist_ok=True)
        study, settings = self.folder / "study.json", common(plan)
        if study.exists():
            self._check(settings, self._settings(study))
        # a process that was killed may have left an unfinished file
        elif others := [file.name for file in self.folder.iterdir() if file.suffix != ".part"]:
            raise ValueError(
                f"{plan.caller}: store {str(folder)!r} is not empty and holds no study "
                f"({others[0]!r}); choose an empty folder"
            )
        else:
            _json.write(study, STUDY, {"settings": settings})

    def finished(self) -> dict[Trial, History]:
        """Return the trials of the plan that are in the folder.

        Raises
        ------
        ValueError
            If a file is damaged, or holds another trial than its name says.
        """
        trials = self.plan.trials
        files = {trial: self._file(trial) for trial in trials}
        if missing := {trial for trial in trials if not files[trial].exists()}:
            others = self._others(set(files.values()))
            for trial in missing:
                files[trial] = others.get(_identity(self._content(trial)), files[trial])
        return {trial: self._read(trial, file) for trial, file in files.items() if file.exists()}

    def _others(self, named: set[Path]) -> dict[str, Path]:
        """Return the files with other names by the identity of their trials.

        Earlier versions named a file by the module of the schedule's class too, which may move.
        """
        found = dict[str, Path]()
        for file in self.folder.glob("*-seed-*.json"):
            if file not in named:
                with contextlib.suppress(ValueError):  # it is no file of this study
                    found[_identity(_json.read(file, TRIAL))] = file
        return found

    def write(self, trial: Trial, history: History) -> None:
        """Put a finished trial into the folder.

        Raises
        ------
        OSError
            If the file cannot be written. The other files are unchanged.
        """
        exact = {name: _json.listed(values) for name, values in history.items()}
        _json.write(self._file(trial), TRIAL, {**self._content(trial), "history": exact})

    def _settings(self, study: Path) -> dict[str, Any]:
        """Return the settings that all trials in the folder share."""
        try:
            return _json.field(study, _json.read(study, STUDY), "settings", dict)
        except ValueError as error:
            raise ValueError(
                f"{self.plan.caller}: store: {error}; choose another folder, or delete this one"
            ) from error

    def _read(self, trial: Trial, file: Path) -> History:
        try:
            content = _json.read(file, TRIAL)
            history = _json.field(file, content, "history", dict)
            expected = _without_modules(self._content(trial))
            for name in FIELDS:
                if _without_modules(content.get(name)) != expected.get(name):
                    raise ValueError(  # noqa: TRY301
                        f"{str(file)!r} holds another run than its name says: its field {name!r} "
                        f"must be {expected.get(name)!r}, got {shown(content.get(name))}"
                    )
            return self._curves(file, history)
        except ValueError as error:
            raise ValueError(
                f"{self.plan.caller}: store: {error}; delete this file, and its run is trained "
                "again"
            ) from error

    def _curves(self, file: Path, history: dict[str, Any]) -> History:
        """Return the values of each metric, one for each epoch, with the loss among them."""
        found = {
            name: _json.array(f"{str(file)!r}: its field 'history': {name!r}", values)
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

    def _content(self, trial: Trial) -> dict[str, Any]:
        """Return the fields of a file that say which trial it holds."""
        serialize = keras.optimizers.schedules.serialize
        given = self.plan.hyperparameters(trial.schedule)
        rate = serialize(given.pop("learning_rate"))
        content = {"schedule": rate, "base_rate": trial.base_rate, "seed": trial.seed}
        made = (trial.schedule, trial.base_rate)
        if made not in self._followed:
            self._followed[made] = followed_by(self.plan.optimizer_of(*made))
        # The names of a mapping that are no hyperparameters have been used by the user's function.
        others = {name: serialize(each) for name, each in given.items()} | self._followed[made]
        return content | ({"hyperparameters": others} if others else {})

    def _file(self, trial: Trial) -> Path:
        key = hashlib.sha256(_identity(self._content(trial)).encode()).hexdigest()
        rate = self.plan.hyperparameters(trial.schedule)["learning_rate"]
        name = re.sub(r"\W+", "-", type(rate).__name__).lower()
        return self.folder / f"{name}-seed-{trial.seed}-{key[:16]}.json"

    def _check(self, here: dict[str, Any], there: dict[str, Any]) -> None:
        for name, value in json.loads(json.dumps(here)).items():
            if there.get(name) != value:
                raise ValueError(
                    f"{self.plan.caller}: store {str(self.folder)!r} is of a study whose {name} is "
                    f"{there.get(name)!r}, here it is {value!r}; choose another folder"
                )


def _identity(content: dict[str, Any]) -> str:
    """Return a text that is the same for the same trial, wherever the classes are defined."""
    fields = {name: content.get(name) for name in FIELDS[:3]}
    fields |= {name: content[name] for name in FIELDS[3:] if name in content}
    return json.dumps(_without_modules(fields), sort_keys=True)


def _without_modules(value: Any) -> Any:
    """Return a value as JSON holds it, without the modules of classes that Keras finds by name."""

    def unmoved(config: dict[str, Any]) -> dict[str, Any]:
        dropped = {"module"} if config.get("registered_name") else set[str]()
        return {name: value for name, value in config.items() if name not in dropped}

    return json.loads(json.dumps(value), object_hook=unmoved)


def common(plan: Plan) -> dict[str, Any]:
    """Return the settings that all trials of a plan share, as JSON can hold them.

    Functions are described by their names; two functions of one name are not distinguished.
    """
    model = plan.model(plan.seeds[0])
    optimizer = plan.first_optimizer()
    return {
        "backend": keras.backend.backend(),
        "epochs": plan.epochs,
        "batch_size": plan.batch_size,
        "train": plan.train.digest(),
        "validation": plan.validation and plan.validation.digest(),
        "model": [_described(layer) for layer in layers_of(model)],
        "optimizer": _described(settings_of(optimizer)),
        **{name: _described(value) for name, value in plan.compiled.items()},
    }


def _described(value: Any) -> Any:
    """Return a value as JSON can hold it: objects by class and settings, functions by name."""
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
            config = {}  # an object that cannot say its settings is described by its class
        # The layers of a model are described one by one; their names differ between sessions.
        config = {} if isinstance(value, keras.Model) else config
        return [type(value).__name__, _described(config)]
    return getattr(value, "__qualname__", type(value).__name__)
