"""A search: what it trains, what it drops, what it confirms, and what it says."""

import itertools
import math
import re

import keras
import matplotlib.pyplot as plt
import numpy as np
import pytest

import lrschedules as lrs
from lrschedules.study import Search, StudyError, _compare, _race, searched
from tests.study.small import X, Y, build

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

FLAT, LINE, WAVE = lrs.Constant(1), lrs.Linear(1, 0, 12), lrs.Cosine(1, 0, 12)
SCHEDULES = {"flat": FLAT, "line": LINE, "wave": WAVE}
NOISE = np.random.default_rng(0).normal(size=1000)


def search(schedules=SCHEDULES, **options):
    """Search three schedules at seven base rates, with at most 220 runs of 4 epochs."""
    settings = {
        "optimizer": keras.optimizers.SGD,
        "loss": "mse",
        "metrics": ["accuracy"],
        "epochs": 4,
        "batch_size": 8,
        "base_rates": (0.01, 1),
        "runs": 220,
    }
    return lrs.search(schedules, build, (X, Y), (X, Y), **settings | options)


@pytest.fixture(autouse=True)
def _figures_are_closed():
    yield
    plt.close("all")


@pytest.fixture
def truth(monkeypatch):
    """Let no run train: its loss is what a function of its trial says."""
    trained = []

    def use(loss):
        def results(study, running):
            use.planned += len(study.plan.trials)
            for trial in study.plan.trials:
                if trial not in study.finished:
                    trained.append(trial)
                    value = float(loss(*trial))
                    names = ("loss", "accuracy", "val_loss", "val_accuracy")
                    yield trial, dict.fromkeys(names, [1.0] * 3 + [value])

        monkeypatch.setattr(_compare.Study, "_results", results)
        return trained

    use.planned = 0
    return use


def valley(schedule, base_rate, seed, best=0.1, gains=None):
    """Return a loss with a minimum at one rate, a gain of each schedule, and noise of each run."""
    gain = ({"line": 0.5} if gains is None else gains).get(schedule, 0)
    own = 0.02 * NOISE[hash((schedule != "flat", base_rate, seed)) % 1000]
    return 1 - gain + math.log10(base_rate / best) ** 2 + own


# The race ----------------------------------------------------------------------------------------


def test_rungs(truth):
    """Half of the candidates stay on each rung, with twice the seeds; new seeds confirm."""
    trained = truth(valley)
    result = search()

    assert [len(rung.seeds) for rung in result.rungs] == [3, 6, 12, 24]
    sizes = [len(rung.candidates) for rung in result.rungs]
    kept = _race.budget(220, 3).kept
    assert sizes[0] == 21
    assert all(2 <= size <= most for size, most in zip(sizes[1:], kept, strict=True))
    for rung, after in itertools.pairwise(result.rungs):
        assert rung.kept == after.candidates
        assert len(rung.kept) + len(rung.dropped) == len(rung.candidates)
        assert any(each.name == "flat" for each in rung.kept)
    assert result.rungs[-1].dropped == ()
    assert len(trained) == len(set(trained)) == truth.planned == result.settings["runs"] <= 220
    assert (result.winner_name, result.baseline_name) == ("line", "flat")
    assert result.base_rate == pytest.approx(0.1, rel=0.1)
    assert result.baseline_rate == pytest.approx(0.1, rel=0.1)
    assert result.winner == LINE.scale(result.base_rate)
    assert result.baseline == FLAT.scale(result.baseline_rate)
    assert set(result.confirmation.seeds).isdisjoint(result.rungs[-1].seeds)
    assert len(result.confirmation.seeds) >= 8
    assert result.confirmation["val_loss"].shape == (2, 1, len(result.confirmation.seeds), 4)
    assert result.supported
    assert "The confirmation supports it: on " in repr(result)
    for rung in result.rungs:
        for candidate, values in zip(rung.candidates, rung.values, strict=True):
            expected = [valley(candidate.schedule, candidate.base_rate, s) for s in rung.seeds]
            assert values.tolist() == expected


def test_budget_is_never_exceeded(truth):
    """Whatever the number of runs, it counts race, wider grids and confirmation."""
    trained = truth(lambda *trial: valley(*trial, best=100))
    for runs in range(110, 500, 37):
        trained.clear()
        result = search(runs=runs)
        assert len(trained) == result.settings["runs"] <= runs
        assert result.confirmation is None or len(result.confirmation.seeds) >= 8


def test_winner_is_the_baseline(truth):
    """There is nothing to confirm if no schedule beats the baseline at its own best rate."""
    trained = truth(lambda *trial: valley(*trial, gains={"flat": 0.5}))
    result = search()

    assert result.winner_name == "flat"
    assert result.confirmation is None
    assert not result.supported
    assert max(seed for *_, seed in trained) == 23
    for text in (repr(result), result.markdown(), result._repr_html_()):
        words = " ".join(text.replace("&#x27;", "'").split())
        assert "no schedule beat the baseline at its own best base rate" in words


def test_not_supported(truth):
    """A winner by chance is not called better: new seeds do not know of it."""
    truth(lambda name, rate, seed: valley(name, rate, seed, gains={"line": 0.5 * (seed < 24)}))
    result = search()
    row = result.confirmation.table("val_loss").rows[1]

    assert result.winner_name == "line"
    assert not result.supported
    assert row.verdict == "no significant difference"
    words = " ".join(repr(result).split())
    assert "The confirmation does not support it: on" in words
    assert f"{row.difference:+.3f}"[:5] in words


def test_better_but_diverging_is_not_supported(truth):
    """A winner that is better where it is finite, but diverges, is not supported."""
    truth(lambda name, rate, s: math.nan if (name, s) == ("line", 25) else valley(name, rate, s))
    result = search()

    assert result.winner_name == "line"
    assert "lower where finite; 1 of" in repr(result)
    assert not result.supported


def test_diverged_are_dropped_first(truth):
    """One diverged run among three drops a candidate, however good its other runs are."""

    def loss(name, rate, seed):
        value = valley(name, rate, seed)
        return (math.inf if seed == 2 else value - 1) if name == "wave" else value

    truth(loss)
    first = search().rungs[0]
    reasons = {first.candidates[each.candidate].name: each.reason for each in first.dropped}
    assert reasons["wave"] == "diverged"
    assert not any(each.name == "wave" for each in first.kept)


def test_baseline_is_tuned_as_well(truth):
    """The better half of the baseline's rates stays, even if every other candidate is better."""
    truth(lambda *trial: valley(*trial, gains={"line": 9, "wave": 9}))
    result = search()

    for rung in result.rungs[:-1]:
        own = [each for each in rung.candidates if each.name == "flat"]
        assert sum(each.name == "flat" for each in rung.kept) == -(-len(own) // 2)
        assert all(rung.candidates[i].name == "flat" for i in rung.spared)
    assert result.rungs[0].spared
    assert result.baseline_rate == pytest.approx(0.1, rel=0.1)


@pytest.mark.parametrize("best", [20.0, 0.0005])
def test_edge_is_widened(truth, best):
    """A grid whose best rate is its last goes on, at its ratio, and the text says so."""
    truth(lambda *trial: valley(*trial, best=best))
    result = search(runs=300)

    (low, high), (lower, higher) = result.widened["line"]
    assert (low, high) == (0.01, 1)
    assert (lower < low, high < higher) == (best < 1, best > 1)
    assert "of line was at the edge of its grid, which was widened from 0.01 to 1" in " ".join(
        repr(result).split()
    )
    rates = sorted(e.base_rate for e in result.rungs[0].candidates if e.name == "line")
    assert np.ptp(np.diff(np.log(rates))) < 1e-9
    assert result.base_rate > 1 if best > 1 else result.base_rate < 0.01


def test_edge_that_the_budget_does_not_reach(truth):
    """Where the runs do not suffice, the text says that the best rate is at the edge."""
    truth(lambda *trial: valley(*trial, best=1e6))
    result = search()

    assert result.at_edge == ("flat", "line", "wave")
    assert "best base rate of wave is at the edge of its grid: search" in " ".join(
        repr(result).split()
    )
    assert result.settings["runs"] <= 220


def test_baseline_is_widened_first(truth):
    """Where the runs suffice for three base rates, the baseline has two of them, the best one."""
    truth(lambda *trial: valley(*trial, best=20))
    assert _race.budget(140, 3).widening // 3 == 3
    rung = search(runs=140).rungs[0]
    numbers = [sum(each.name == name for each in rung.candidates) for name in SCHEDULES]
    assert numbers == [3 + 2, 3 + 1, 3]


def test_everything_diverged(truth):
    """A search without one finite run has no winner."""
    truth(lambda *trial: math.nan)
    with pytest.raises(StudyError, match=r"^search: all \d+ runs .* diverged.*lower base_rates"):
        search()


def test_metric_that_is_maximized(truth):
    """The direction of a metric is known as in a comparison."""
    truth(lambda *trial: -valley(*trial))
    result = search(metric="val_accuracy")

    assert (result.winner_name, result.direction) == ("line", "maximize")
    assert result.supported
    assert "higher: better" in repr(result)
    assert result.rungs[0].values.max() < 0


# The store ---------------------------------------------------------------------------------------


def same(actual, expected):
    """Whether two searches have the same rungs, winner and confirmation."""
    for one, other in zip(actual.rungs, expected.rungs, strict=True):
        assert one.candidates == other.candidates
        assert one.seeds == other.seeds
        assert np.array_equal(one.values, other.values, equal_nan=True)
        assert repr(one.dropped) == repr(other.dropped)
        assert one.spared == other.spared
    assert actual.schedules == expected.schedules
    assert (actual.widened, actual.at_edge) == (expected.widened, expected.at_edge)
    assert (actual.winner, actual.baseline) == (expected.winner, expected.baseline)
    assert (actual.metric, actual.direction) == (expected.metric, expected.direction)
    assert (actual.confirmation is None) == (expected.confirmation is None)
    if actual.confirmation is not None:
        for name in ("loss", "val_loss"):
            assert np.array_equal(actual.confirmation[name], expected.confirmation[name])
    return True


@pytest.mark.parametrize("after", [1, 60, 150])
def test_interrupted(truth, tmp_path, after):
    """A search that was killed continues, trains only what is missing, and finds the same."""
    trained = truth(valley)
    whole = search()
    number = len(trained)
    trained.clear()

    def killed(*trial):
        if len(trained) > after:
            raise KeyboardInterrupt
        return valley(*trial)

    truth(killed)
    with pytest.raises(KeyboardInterrupt):
        search(store=tmp_path)
    kept = list(tmp_path.glob("*-seed-*.json"))
    assert len(kept) == after
    trained.clear()
    truth(valley)
    assert same(search(store=tmp_path), whole)
    assert len(trained) == number - after
    trained.clear()
    assert same(search(store=tmp_path), whole)
    assert trained == []


def test_failed_run(monkeypatch, tmp_path, truth):
    """A run that fails ends the search; what is finished is in the store."""
    trained = truth(valley)
    results = _compare.Study._results

    def failing(study, running):
        for trial, history in results(study, running):
            failed = trial.seed == 4
            yield trial, _compare.Failure("it fails", "details") if failed else history

    monkeypatch.setattr(_compare.Study, "_results", failing)
    with pytest.raises(StudyError, match=r"^search: \d+ of \d+ runs failed, .* seed 4: it fails"):
        search(store=tmp_path)
    assert len(list(tmp_path.glob("*-seed-*.json"))) == len([t for t in trained if t.seed != 4])


# The result --------------------------------------------------------------------------------------


@pytest.mark.parametrize("gains", [{"line": 0.5}, {"flat": 0.5}], ids=["confirmed", "baseline"])
def test_saved_and_loaded(truth, tmp_path, gains):
    """A file holds all of a search, exactly, with its schedules."""
    truth(lambda *t: math.nan if t[1] > 0.9 else valley(*t, best=0.01, gains=gains))
    result = search()
    result.save(tmp_path / "search.json")
    again = Search.load(tmp_path / "search.json")

    assert same(again, result)
    assert again.widened
    assert repr(again) == repr(result)
    assert again._repr_html_() == result._repr_html_()
    assert again.settings == result.settings
    assert again.plot().lrs_description == result.plot().lrs_description


def test_text_and_figure(truth):
    """Text, Markdown, HTML and figure say the same; HTML has headers for rows and columns."""
    truth(valley)
    result = search()
    page = result._repr_html_()

    assert page.count("<caption>") == 2  # the rungs, and the confirmation
    assert page.count('scope="col"') > page.count('scope="row"') >= 4 + 2
    assert result.markdown().startswith("**Search of 3 schedules by val_loss (lower is better)**")
    ax = result.plot()
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == ["flat", "line, winner", "wave"]
    assert (ax.get_xlabel(), ax.get_xscale()) == ("base rate", "log")
    assert ax.get_ylabel() == "difference in val_loss from the winner"
    assert ax.lrs_description[0] == result.describe()
    assert re.search(r"line, 24 seeds: (.* )?\+0 at base rate 0\.(1|09)", result.describe())
    assert re.search(r"flat, 24 seeds: (.* )?\+0\.5\d* at base rate 0\.(1|09)", result.describe())
    own = plt.figure().add_subplot()
    assert result.plot(own) is own
    with pytest.raises(TypeError, match=r"^Search: ax must be an axes of matplotlib, got 5"):
        result.plot(5)


def test_damaged_file(truth, tmp_path):
    """A file that is damaged or of another kind is refused, with a remedy."""
    truth(valley)
    result, file = search(), tmp_path / "search.json"
    result.save(file)
    file.write_text(file.read_text("utf-8").replace('"metric"', '"metrik"'), "utf-8")
    with pytest.raises(ValueError, match=r"^Search.load: .* is damaged: its checksum .*Search"):
        Search.load(file)
    searched._json.write(file, searched.FORMAT, {"rungs": 5})
    with pytest.raises(
        ValueError, match=r"^Search.load: .* cannot be read \('schedules'\); load a"
    ):
        Search.load(file)
    result.confirmation.save(file)
    with pytest.raises(ValueError, match=r"^Search.load: .* is something else: its format must be"):
        Search.load(file)
    with pytest.raises(TypeError, match=r"^Search.save: path must be a path, got 5"):
        result.save(5)


# Mappings, families ------------------------------------------------------------------------------


def test_mappings_of_hyperparameters(truth, tmp_path):
    """The base rate multiplies the learning rate alone."""
    truth(lambda name, rate, seed: valley("line" if name == "high" else name, rate, seed))
    mappings = {
        "low": {"learning_rate": FLAT, "momentum": 0.5},
        "high": {"learning_rate": FLAT, "momentum": lrs.Linear(0.5, 0.9, 12)},
    }
    result = search(mappings, optimizer=lambda **by: lrs.scheduled(keras.optimizers.SGD, **by))

    rate = result.base_rate
    expected = {"learning_rate": FLAT.scale(rate), "momentum": mappings["high"]["momentum"]}
    assert result.winner == expected
    result.save(tmp_path / "search.json")
    assert Search.load(tmp_path / "search.json").winner == expected


def test_matched(truth):
    """Schedules are matched to the mean rate of the baseline before base rates multiply them."""
    truth(valley)
    result = search({"flat": FLAT, "line": lrs.Linear(8, 0, 12)}, match="mean")
    assert result.winner.mean(12) == pytest.approx(result.base_rate)
    assert result.settings["match"] == "mean"


def cooled(trial):
    steps = trial.suggest_int("steps", 1, 10)
    return lrs.Constant(1).cooldown(steps, at=12 - steps)


def of_family(name, base_rate, seed):
    """Return a loss that is the lower, the longer the cooldown of a member is."""
    steps = re.search(r"steps=(\d+)", name)
    gain = int(steps[1]) / 10 if steps else 0
    return math.nan if gain == 0.1 else valley(name, base_rate, seed, gains={name: gain})


def test_families(truth, tmp_path):
    """Optuna proposes members, learns from their means, and proposes the same again."""
    pytest.importorskip("optuna")
    trained = truth(of_family)
    schedules = SCHEDULES | {"cooled": cooled}
    whole = search(schedules, store=tmp_path, runs=500)

    members = [each for each in whole.rungs[0].candidates if each.name == "cooled"]
    assert 7 < len(members) == _race.budget(500, 4).rates
    assert all(0.01 <= each.base_rate <= 1 for each in members)
    assert re.fullmatch(r"cooled\(steps=\d+\)", whole.winner_name)
    steps = int(re.search(r"\d+", whole.winner_name)[0])
    assert steps > 5
    assert whole.schedules[whole.winner_name] == lrs.Constant(1).cooldown(steps, at=12 - steps)
    assert whole.supported
    assert "cooled" not in whole.widened
    for file in sorted(tmp_path.glob("*-seed-*.json"))[::3]:
        file.unlink()
    trained.clear()
    assert same(search(schedules, store=tmp_path, runs=500), whole)
    assert 0 < len(trained) < 200
    assert re.search(r"^cooled, 24 seeds|; cooled, 24 seeds", whole.describe())
    whole.plot()


def test_members_of_families_are_told_apart(truth):
    """Names hold four digits of a parameter; members that differ in later ones have a number."""
    optuna = pytest.importorskip("optuna")
    truth(valley)

    def close(trial):
        return FLAT.scale(trial.suggest_float("more", 1.00001, 1.00002))

    sampler = optuna.samplers.RandomSampler(seed=3)
    result = search({"flat": FLAT, "close": close}, sampler=sampler)
    assert same(search({"flat": FLAT, "close": close}, sampler=sampler), result)
    members = {e.schedule for e in result.rungs[0].candidates if e.name == "close"}
    assert len(members) == len({result.schedules[name] for name in members}) >= 3
    assert "close(more=1)" in members


# Errors ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"schedules": {"a": 1}}, r"schedules\['a'\] must be a schedule of lrschedules, got 1"),
        ({"schedules": {}}, "schedules must be a mapping of names to schedules"),
        ({"schedules": {"a": cooled}}, r"schedules must be a mapping|schedules\['a'\] is the base"),
        (
            {"schedules": {"a": cooled, "b": FLAT}},
            r"schedules\['a'\] is the baseline, which must be a schedule, got <function cooled",
        ),
        (
            {"schedules": {"a": FLAT, "b": lambda: FLAT}},
            r"schedules\['b'\] must be a function of an optuna.Trial .*, got <function",
        ),
        ({"base_rates": (1, 0.1)}, r"base_rates must be the lowest and the highest one, got \(1.0"),
        ({"base_rates": (0.1, 1, 2)}, "base_rates must be the lowest and the highest one, got"),
        ({"base_rates": (0, 1)}, r"base_rates must be a list, each a number > 0, got \[0, 1\]"),
        ({"base_rates": 1}, "base_rates must be a list, each a number > 0, got 1"),
        ({"base_rates": (1, 1)}, r"base_rates must differ, got \[1.0, 1.0\]"),
        ({"runs": 20}, r"runs must be at least \d+ for 3 schedules, got 20; write runs=\d+"),
        ({"runs": 0}, "runs must be a whole number from 1 to 100000, got 0"),
        ({"seed": -1}, "seed must be a whole number from 0 to 42949"),
        ({"seed": 2**32 - 1}, "seed must be a whole number from 0 to 42949"),
        ({"metric": 5}, "metric must be a text, got 5; write for example 'val_loss'"),
        (
            {"metric": "f1"},
            "metric must be one whose direction is known, here 'loss', 'accuracy', 'val_loss', 'v",
        ),
        ({"match": "peak"}, "match must be one of 'mean', got 'peak'"),
        ({"engine": "fast"}, "engine must be one of 'auto', 'stacked', 'loop', got 'fast'"),
        ({"epochs": 0}, "epochs must be a whole number ≥ 1, got 0"),
        ({"optimizer": 1}, "optimizer must be a function from a schedule"),
        ({"optimizer": len}, r"optimizer\(Constant\(value=1.0\)\) raised TypeError"),
        ({"loss": "mse_"}, "train, loss and metrics must fit the model"),
        ({"store": 5}, "store must be a path, got 5"),
        (
            {"verbose": 3},
            "verbose must be a whole number from 0 to 2, got 3; write for example 1, or 'auto'",
        ),
        ({"class_weight": 1}, "class_weight must be a mapping of classes to weights, got 1"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_refused(changes, text, truth):
    """Errors name the search, the argument and its value, before anything is trained."""
    trained = truth(valley)
    with pytest.raises((TypeError, ValueError), match=f"^search: (?:{text})"):
        search(**changes)
    assert trained == []


@pytest.mark.parametrize(
    ("family", "text"),
    [
        (lambda trial: 5, r"schedules\['b'\] must be a schedule of lrschedules, got 5"),
        (lambda trial: len(5), r"schedules\['b'\]\(<opt.*\) raised TypeError: object of type 'int"),
    ],
)
def test_family_that_returns_no_schedule(truth, family, text):
    """What a family returns is checked as a schedule that is given."""
    pytest.importorskip("optuna")
    truth(valley)
    with pytest.raises((TypeError, ValueError), match=f"^search: {text}"):
        search({"a": FLAT, "b": family})


def test_optuna_is_needed_for_families_only(truth, monkeypatch):
    """Without Optuna the error says what to install, and schedules are searched all the same."""
    truth(valley)
    find = _compare.require.__globals__["importlib"].util.find_spec
    monkeypatch.setattr(
        "lrschedules._arguments.importlib.util.find_spec",
        lambda name: None if name == "optuna" else find(name),
    )
    assert search().winner_name == "line"
    with pytest.raises(ModuleNotFoundError, match=r"^search: a family needs .* optuna.*\[search\]"):
        search(SCHEDULES | {"cooled": cooled})


# With models that train --------------------------------------------------------------------------


def test_trained(tmp_path, capsys):
    """A search that trains gives its runs to a comparison, and continues from what is left."""
    options = {"runs": 140, "store": tmp_path, "base_rates": (0.1, 10)}
    whole = search(**options, verbose=1)
    assert re.search(rf"{whole.settings['runs']}/140\S* .*/run\n", capsys.readouterr().out)
    assert whole.settings["engine"] == "stacked"
    files = sorted(tmp_path.glob("*-seed-*.json"))
    assert len(files) == whole.settings["runs"]
    for file in files[::2]:
        file.unlink()
    again = search(**options, verbose="auto")
    assert same(again, whole)
    assert capsys.readouterr().out == ""

    rung = whole.rungs[0]
    rates = sorted({each.base_rate for each in rung.candidates})
    compared = lrs.compare(
        SCHEDULES,
        build,
        (X, Y),
        (X, Y),
        optimizer=keras.optimizers.SGD,
        loss="mse",
        metrics=["accuracy"],
        epochs=4,
        batch_size=8,
        seeds=3,
        base_rates=rates,
        store=tmp_path,
    )
    for candidate, values in zip(rung.candidates, rung.values, strict=True):
        at = list(SCHEDULES).index(candidate.name), rates.index(candidate.base_rate)
        assert np.array_equal(compared["val_loss"][at][:, -1], values)


def test_loop(monkeypatch):
    """The loop finds the same winner as the stacked engine, here with very few runs."""
    few = {"SEEDS": (1, 2), "FEWEST": 1, "CONFIRMED": 1, "FEWEST_RATES": 2}
    for name, value in few.items():
        monkeypatch.setattr(_race, name, value)
    found = {
        engine: search({"flat": FLAT, "line": LINE}, runs=8, engine=engine, epochs=2)
        for engine in ("loop", "stacked")
    }
    assert found["loop"].settings["engine"] == "loop"
    assert found["loop"].winner == found["stacked"].winner
    for one, other in zip(found["loop"].rungs, found["stacked"].rungs, strict=True):
        assert one.candidates == other.candidates
        np.testing.assert_allclose(one.values, other.values, rtol=1e-4)
