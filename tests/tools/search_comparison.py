"""What Optuna, KerasTuner, Ray and lrs.search choose on one budget, and how far off they report.

    KERAS_BACKEND=jax python -m tests.tools.search_comparison results.csv [name ...]
    python -m tests.tools.search_comparison results.csv table

It needs Optuna, KerasTuner, Ray Tune and scikit-learn. All choose one of six shapes and its base
rate for the digits, and may train as many epochs as 180 whole runs have. Each reports a loss for
its choice, which is then trained with 24 seeds that none has seen. Rows are added to the file when
they are there, and become a table for docs/guide/search.md. The time is that of the processor, so
that other programs do not count.
"""

import csv
import os
import sys
import tempfile
import time
from pathlib import Path

os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0"}
os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import keras
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import lrschedules as lrs

RUNS, EPOCHS, BATCH, ROWS = 180, 15, 32, 600
BUDGET = RUNS * EPOCHS
LOW, HIGH = 0.01, 1.0
FRESH = 24
GUIDE = Path(__file__).parents[2] / "docs" / "guide"

images, labels = load_digits(return_X_y=True)
parts = train_test_split(
    (images / 16).astype("float32"), labels, train_size=ROWS, stratify=labels, random_state=0
)
train, validation = tuple(parts[::2]), tuple(parts[1::2])
steps = lrs.Run(batch_size=BATCH, samples=ROWS, epochs=EPOCHS).steps
SHAPES = {
    "constant": lrs.Constant(1),
    "linear": lrs.Linear(1, 0, steps),
    "cosine": lrs.Cosine(1, 0, steps),
    "stable 80 %": lrs.Constant(1).cooldown(steps // 5, at=steps - steps // 5),
    "warmup": lrs.Cosine(1, 0, steps - steps // 4).warmup(steps // 4),
    "three steps": lrs.Drop(1, factor=0.1, every=steps // 3),
}


def build():
    return keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(32, "relu"),
            keras.layers.Dense(10, "softmax"),
        ]
    )


STUDY = {
    "build_model": build,
    "train": train,
    "validation": validation,
    "optimizer": lambda rate: keras.optimizers.SGD(rate, momentum=0.9),
    "loss": "sparse_categorical_crossentropy",
    "epochs": EPOCHS,
    "batch_size": BATCH,
}


def compiled(shape, base_rate):
    """Return a model as every other library gets it."""
    model = build()
    model.compile(STUDY["optimizer"](SHAPES[shape] * base_rate), STUDY["loss"])
    return model


def ours(runs):
    """Return a search with this package."""

    def search(repetition):
        found = lrs.search(
            SHAPES, **STUDY, base_rates=(LOW, HIGH), runs=runs, seed=1000 * repetition
        )
        confirmed = None
        if found.confirmation is not None:
            confirmed = found.confirmation["val_loss"][-1, 0, :, -1].mean()
        return found.winner_name, found.base_rate, confirmed, found.settings["runs"] * EPOCHS

    return search


def optuna_with(pruner):
    """Return a search with Optuna's sampler and a pruner over epochs."""

    def search(repetition):
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        spent = [0]

        class Report(keras.callbacks.Callback):
            def __init__(self, trial):
                super().__init__()
                self.trial = trial

            def on_epoch_end(self, epoch, logs=None):
                spent[0] += 1
                self.trial.report(logs["val_loss"], epoch)
                if self.trial.should_prune():
                    raise optuna.TrialPruned

        def objective(trial):
            shape = trial.suggest_categorical("shape", list(SHAPES))
            model = compiled(shape, trial.suggest_float("base_rate", LOW, HIGH, log=True))
            history = model.fit(
                *train,
                BATCH,
                EPOCHS,
                validation_data=validation,
                verbose=0,
                callbacks=[Report(trial)],
            )
            return history.history["val_loss"][-1]

        def stop(study, trial):
            if spent[0] >= BUDGET:
                study.stop()

        keras.utils.set_random_seed(repetition)
        sampler = optuna.samplers.TPESampler(seed=repetition)
        study = optuna.create_study(sampler=sampler, pruner=getattr(optuna.pruners, pruner)())
        study.optimize(objective, callbacks=[stop])
        best = study.best_params
        return best["shape"], best["base_rate"], study.best_value, spent[0]

    return search


def keras_tuner(repetition):
    """Search with KerasTuner's Hyperband over epochs."""
    import keras_tuner

    spent = [0]

    class Count(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            spent[0] += 1

    def model_of(hp):
        shape = hp.Choice("shape", list(SHAPES))
        return compiled(shape, hp.Float("base_rate", LOW, HIGH, sampling="log"))

    keras.utils.set_random_seed(repetition)
    with tempfile.TemporaryDirectory() as folder:
        tuner = keras_tuner.Hyperband(
            model_of,
            objective=keras_tuner.Objective("val_loss", "min"),
            max_epochs=EPOCHS,
            factor=3,
            hyperband_iterations=ITERATIONS,
            seed=repetition,
            directory=folder,
        )
        tuner.search(
            *train, batch_size=BATCH, validation_data=validation, verbose=0, callbacks=[Count()]
        )
        best = tuner.oracle.get_best_trials(1)[0]
    values = best.hyperparameters.values
    return values["shape"], values["base_rate"], best.score, spent[0]


def ray_tune(repetition):
    """Search with Ray Tune and ASHA over epochs, in two processes that are used again."""
    from ray import tune

    class Spent(tune.Stopper):
        epochs = 0

        def __call__(self, trial_id, result):
            self.epochs += 1
            return False

        def stop_all(self):
            return self.epochs >= BUDGET

    def train_one(config):
        begin = time.process_time()

        class Report(keras.callbacks.Callback):
            def on_epoch_end(self, epoch, logs=None):
                seconds = time.process_time() - begin
                tune.report({"val_loss": logs["val_loss"], "seconds": seconds})

        compiled(**config).fit(
            *train,
            BATCH,
            EPOCHS,
            validation_data=validation,
            verbose=0,
            callbacks=[Report()],
        )

    spent = Spent()
    with tempfile.TemporaryDirectory() as folder:
        results = tune.Tuner(
            tune.with_resources(train_one, {"cpu": 1}),
            param_space={
                "shape": tune.choice(list(SHAPES)),
                "base_rate": tune.loguniform(LOW, HIGH),
            },
            tune_config=tune.TuneConfig(
                metric="val_loss",
                mode="min",
                num_samples=-1,
                scheduler=tune.schedulers.ASHAScheduler(max_t=EPOCHS),
                reuse_actors=True,
            ),
            run_config=tune.RunConfig(storage_path=folder, stop=spent, verbose=0),
        ).fit()
        best = results.get_best_result()
        # The processes of the trials have their own clocks.
        seconds = sum(each.metrics["seconds"] for each in results if "seconds" in each.metrics)
    config = best.config
    return config["shape"], config["base_rate"], best.metrics["val_loss"], spent.epochs, seconds


# Brackets of Hyperband that together train about as many epochs as the budget has.
ITERATIONS = 18
SEARCHES = {
    "lrs.search": ours(RUNS),
    "lrs.search, 360 runs": ours(360),
    "Optuna, no pruner": optuna_with("NopPruner"),
    "Optuna, median pruner": optuna_with("MedianPruner"),
    "Optuna, Hyperband": optuna_with("HyperbandPruner"),
    "KerasTuner, Hyperband": keras_tuner,
    "Ray Tune, ASHA": ray_tune,
}


def true_loss(shape, base_rate):
    """Return the mean loss of a choice on seeds that nobody has seen."""
    result = lrs.compare(
        {"choice": SHAPES[shape] * base_rate}, **STUDY, seeds=range(10**6, 10**6 + FRESH)
    )
    return result["val_loss"][0, 0, :, -1].mean()


def main(file, *names, repetitions=1):
    for repetition in range(repetitions):
        for name in names or SEARCHES:
            begin = time.process_time()
            shape, base_rate, reported, spent, *seconds = SEARCHES[name](repetition)
            seconds = sum(seconds, time.process_time() - begin)
            row = [name, repetition, shape, base_rate, reported, true_loss(shape, base_rate)]
            print(*row, spent, round(seconds), flush=True)
            with Path(file).open("a", newline="") as rows:
                csv.writer(rows).writerow([*row, spent, seconds])


def table(file):
    """Write the table of the guide."""
    headings = ["Search", "Epochs", "Choice", "Reported loss", "Loss on 24 new seeds", "Optimism"]
    with Path(file).open(newline="") as rows:
        given = list(csv.reader(rows))
    with (GUIDE / "search-others.csv").open("w", newline="", encoding="utf-8") as rows:
        writer = csv.writer(rows, lineterminator="\n")
        writer.writerow([*headings, "Processor time"])
        for name, _, shape, rate, reported, true, spent, seconds in given:
            choice = f"{shape}, {float(rate):.3g}"
            optimism = f"{float(true) - float(reported):+.4f}".replace("-", "−")
            losses = f"{float(reported):.4f}", f"{float(true):.4f}"
            writer.writerow([name, spent, choice, *losses, optimism, f"{float(seconds):.0f} s"])


if __name__ == "__main__":
    if sys.argv[2:] == ["table"]:
        table(sys.argv[1])
    else:
        main(*sys.argv[1:])
