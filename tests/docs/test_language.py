"""Standard terms: no page, docstring or error uses a word of our own where the field has one."""

import ast
import re
from pathlib import Path
from typing import NamedTuple

import pytest

pytestmark = pytest.mark.any_backend

ROOT = Path(__file__).parents[2]


class Rule(NamedTuple):
    """A pattern of private words, the standard one, a text with them, and an ordinary text."""

    private: str
    standard: str
    seen: str
    ordinary: str


# In a pattern, a space stands for any white space: lines are broken anywhere, and in comments.
RULES = [
    Rule(
        r"\b(?:on (?:the|its|their) way(?! to)|ways? (?:up|down)"
        r"|(?:part|rest|end) of (?:the|its) way"
        r"|(?:the|its|same|whole|long) way (?:is|looks|goes|from|between)|long the way)\b",
        "ramp, decay, transition",
        "How long the way is",
        "You can save it in the same way, on its way to a file.",
    ),
    Rule(
        r"\b(?:(?:a|an|the|that|this|which|what|same|equal|given) parts? of "
        r"(?:the|a|its|each|every) (?:(?:first|initial|last) )?(?:run|rate|peak|steps?|training)"
        r"|parts of (?:a|the) run)\b",
        "fraction",
        "Keras' alpha is a part of the first rate",
        "The data is part of the package.",
    ),
    Rule(
        r"\bendless(?:ly)?\b",
        "open-ended",
        "Constant(value=1.0) is endless: say when it ends",
        "The end of a run is open.",
    ),
    Rule(
        r"(?-i:\bfinite|(?m:^)Finite) (?:shape|schedule|one|curve)s?\b",
        "fixed-length",
        "A finite shape derives from Finite.",
        "a Finite schedule of lrschedules; an infinite schedule",
    ),
    Rule(
        r"\b(?:told|tells?|telling)(?: \w+){0,3} apart\b",
        "significant difference",
        "The verdict is not told apart.",
        "Two words that are spelled apart.",
    ),
    Rule(
        r"\b(?:lost runs?|(?:loses?|lost) (?:more|fewer|some|no|all|its|\d+) runs?"
        r"|runs? (?:that )?(?:is|are|was|were) lost|who lost)\b",
        "diverged, non-finite",
        "Who lost more runs is not better.",
        "Most of the progress is lost.",
    ),
    Rule(
        r"\bmiddle hal(?:f|ves)\b",
        "interquartile range",
        "Means and middle halves of 30 seeds",
        "half of the middle schedule",
    ),
    Rule(r"\bhollows?\b", "minimum", "Each curve has a hollow.", "Each curve has a minimum."),
    Rule(r"\banew\b", "again; restarts", "The schedule starts anew.", "It has a new start."),
    Rule(
        r"(?m)^(?:#+\x20)?how to write it$",
        "Usage",
        "How to write it",
        "An error says how to write it.",
    ),
    Rule(
        r"\bwhat others call it\b",
        "Equivalents in other libraries",
        "What others call it",
        "what other libraries call a step",
    ),
    Rule(
        r"(?m)^(?:\W*-|\W*\|)?\x20*(?:There|Here)\x20*(?:\||$)",
        "Other library; lrschedules",
        "* - There\n  - Here",
        "Here, a schedule is a function.",
    ),
    Rule(
        r"\bat the steps that matter\b",
        "Values at key steps",
        "At the steps that matter",
        "The steps matter.",
    ),
    Rule(
        r"\bcoming from other code\b|(?m:^#\x20from other libraries)",
        "Migrate old code; API equivalence table",
        "# From other libraries",
        "guide/from-other-libraries",
    ),
    Rule(
        r"(?m)(?:^#+|:caption:|card})\x20(?:Do|Look\x20up)$",
        "How-to; Reference",
        ":caption: Look up",
        "## Look up a schedule",
    ),
    Rule(
        r"(?m)^# learning-rate schedules$",
        "lrschedules: learning-rate schedules for Keras, PyTorch and JAX",
        "# Learning-rate schedules\n",
        "Learning-rate schedules for Keras",
    ),
    Rule(
        r"\bleft, done\b|\.way\(",
        "blend(remaining, progress, xp)",
        "def weights(self, left, done, xp)",
        "the weights of a model",
    ),
    Rule(r"``wait``|\bkinds\.wait\b", 'kinds.whole(ge=0, unit="steps")', "kinds.wait", "it waits"),
    Rule(r"(?-i:\bHanded\b)", "InjectedRate", "class Handed", "handed over"),
    Rule(r"\btold\(", "one_line(error)", "told(error)", "it was told (once)"),
    Rule(r"\bmade_from\b|\blrs_parts\b", "provenance; phases", "made_from", "made from lines"),
    Rule(
        r"\bbetter=|\"(?:higher|lower)\" if",
        'direction={"accuracy": "maximize"}',
        'better={"accuracy": "higher"}',
        "higher is better",
    ),
    Rule(
        r"(?:^|[.:;#] )There (?!(?:is|are|was|were|can|may|must|will)\b)",
        "In the other library, by its name",
        "There the last rate is lower.",
        "There are too few steps.",
    ),
    # Sentences that begin with what they are not about, and sentences that have been seen before.
    Rule(
        r"[.:] Not (?:a|an|as|at|beside|for|if|in|on|the|to|up|when|where|with)\b",
        "Avoid it when",
        "Use it to end a run. Not where the end is open.",
        "Not all of it is used.",
    ),
    Rule(
        r"\b(?:is refused by one of the schedules|say when it ends|at one stroke|on top of the way"
        r"|bears? a higher|the longer habit|gives all of it|is one of optax as it is"
        r"|which a stateless call|speak of other seeds|is no curve over|OnTime|OnRates"
        r"|with something else\.|what the way looks like|belongs into the)\b",
        "the sentence that says it in standard terms",
        "If a parameter is refused by one of the schedules that it goes to.",
        "If an argument is out of range.",
    ),
]
IDS = [re.sub(r"\W+", " ", rule.standard).strip() for rule in RULES]


def found(rule, text):
    """Return what a text has of a private word."""
    pattern = re.compile(rule.private.replace(" ", r"\s+(?:#\x20)?"), re.IGNORECASE)
    return [" ".join(match[0].split()) for match in pattern.finditer(text)]


def literals(file):
    """Yield the strings of a module with their lines: docstrings, errors, labels and the like."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield f"{file.relative_to(ROOT)}:{node.lineno}", node.value


def texts():
    """Return all that a user reads, by where it is written."""
    docs = ROOT / "docs"
    pages = [ROOT / "README.md", *docs.glob("*.md"), *docs.glob("guide/*.md")]
    pages += [*docs.glob("reference/*.rst"), docs / "schedules/index.rst"]
    pages += [*docs.glob("examples/**/*.py"), *docs.glob("examples/**/*.rst")]
    modules = [*ROOT.glob("lrschedules/**/*.py"), *docs.glob("_ext/*.py"), docs / "conf.py"]
    # The tables of peers and of families are shown on pages.
    modules += [ROOT / f"tests/peers/{name}.py" for name in ("table", "families", "calls")]
    read = {str(page.relative_to(ROOT)): page.read_text("utf-8") for page in pages}
    for module in modules:
        read |= {f"{where} {len(read)}": text for where, text in literals(module)}
    return read


TEXTS = texts()


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_standard_terms(rule):
    """No text has a private word where there is a standard one."""
    hits = [
        f"{where.split()[0]}: {hit}" for where, text in TEXTS.items() for hit in found(rule, text)
    ]

    assert not hits, f"write {rule.standard}:\n" + "\n".join(hits)


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_rule(rule):
    """A rule finds the private word, also where a line is broken, and no ordinary use."""
    assert found(rule, rule.seen)
    assert found(rule, f"# {rule.seen}".replace(" ", "\n# ")) or "\\x20" in rule.private
    assert not found(rule, rule.ordinary)


def test_all_texts_are_read():
    """Pages, examples, docstrings and errors are among what is read."""
    assert {"README.md", "docs/index.md", "docs/guide/units.md"} <= TEXTS.keys()
    assert sum(where.startswith("docs/examples/") for where in TEXTS) > 18
    assert sum(where.startswith("lrschedules/") for where in TEXTS) > 1000
