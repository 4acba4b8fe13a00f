"""The small curves of the home page, and the README's picture of them. It needs no Sphinx.

python docs/_ext/lrs_picture.py  # writes the picture again
"""

import re
from pathlib import Path

import lrschedules as lrs
from lrschedules import plotting

CURVES = {
    "Warmup and cosine decay": "Cosine(0.1, 0, steps=900).warmup(100)",
    "Warmup-stable-decay": "warmup_stable_decay(0.1, warmup=100, stable=600, decay=300)",
    "One cycle": "one_cycle(0.1, steps=1000)",
    "Warm restarts": "Cosine(0.1, 0, steps=100).repeat(3, factor=2)",
    "Drop-based decay": "Drop(0.1, factor=0.5, every=250)",
    "Time-based decay": "TimeBased(0.1, decay=0.01)",
}
FILE = Path(__file__).parents[1] / "_static" / "curves.svg"
WIDTH, HEIGHT = 260, 100
STYLE = """
svg { color: #0072b2 }
text { fill: #57606a }
@media (prefers-color-scheme: dark) {
  svg { color: #56b4e9 }
  text { fill: #9aa4ae }
}
"""


def drawing(code):
    """Return the inline SVG of a schedule, with its text alternative."""
    schedule = eval(code, vars(lrs) | vars(lrs.recipes))  # noqa: S307 - the code is our own
    return re.search(r"<svg.*</svg>", plotting.picture(schedule))[0]


def picture():
    """Return the curves with their names as one SVG file, for light and dark pages."""
    box = f"0 0 {3 * WIDTH} {2 * HEIGHT}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" font-family="sans-serif">',
        f"<title>Learning-rate schedules: {', '.join(CURVES)}</title>",
        f"<style>{STYLE}</style>",
    ]
    for i, (name, code) in enumerate(CURVES.items()):
        line = re.search(r"<polyline[^>]*>", drawing(code))[0]
        x, y = i % 3 * WIDTH + 10, i // 3 * HEIGHT + 8
        parts.append(
            f'<g transform="translate({x} {y})">{line}'
            f'<text x="3" y="80" font-size="13">{name}</text></g>'
        )
    return "\n".join([*parts, "</svg>", ""])


if __name__ == "__main__":
    FILE.write_text(picture(), "utf-8")
