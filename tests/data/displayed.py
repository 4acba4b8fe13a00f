"""What the playground must display, in Python: its numbers, its words, its table.

Two languages may differ in the last digit of a sine, and sums in the order of their terms; next to
a tie that shows in the third digit. ``may_be`` allows for that, and for nothing else.
"""

import math

import numpy as np
from hypothesis import strategies as st

from tests.data.strategies import schedules

THIN = "\N{NARROW NO-BREAK SPACE}"
SAME = 1e-9  # relative


def number(x, digits=3):
    """Return a number as a reader sees it; from 1000 to a million it is written out."""
    text = f"{x:.{digits}g}"
    if 1000 <= abs(float(text)) < 10 ** max(digits, 6):
        return f"{float(text):,.0f}".replace(",", THIN)
    return "0" if x == 0 else text


def counted(step):
    """Return a step as a reader sees it."""
    return f"{step:,}".replace(",", THIN)


def may_be(x, within=SAME):
    """Return all that may be shown for a number that is known but for a relative error."""
    return {number(x), number(x * (1 - within)), number(x * (1 + within))}


def spread(last, parts):
    """Return steps that divide what is shown into equal parts."""
    return sorted({last * i // parts for i in range(parts + 1)})


def total(schedule, last):
    """Return the sum of the rates of all steps before the last that is shown."""
    return math.fsum(schedule(np.arange(last)).tolist())


def is_total(text, schedule, last):
    """Return whether a text is that sum; ≈ says that it is estimated, which nothing easy needs."""
    return _is_measured(text, total(schedule, last), schedule, last)


def is_mean(text, schedule, last):
    """Return whether a text is the mean rate of a run, exact where the sum is."""
    return _is_measured(text, schedule.mean(last), schedule, last)


def _is_measured(text, value, schedule, last):
    easy = last <= 300 and "growth" not in repr(schedule)
    return text in may_be(value) or (text.startswith("≈ ") and not easy)


def end(schedule):
    """Return where a schedule ends, as a reader sees it."""
    length = schedule.length
    return "open-ended" if length is None else f"ends at step {number(length, 10)}"


# A permalink: up to three schedules, the last step shown, the step of the cursor, two logarithms.
links = st.tuples(
    st.lists(schedules(), min_size=1, max_size=3),
    st.integers(1, 900),
    st.integers(0, 900),
    st.booleans(),
    st.booleans(),
)
