"""The shipped curves: messages a day to one mailbox provider, each with the source that it was made from."""

import re
from dataclasses import dataclass
from itertools import pairwise

CUSTOM = "custom"
MOST_STEPS = 120
MOST_A_DAY = 100_000_000
DEFAULT_HOURS = 8


@dataclass(frozen=True, slots=True)
class Curve:
    """`steps`: messages a day; after the last one nothing is capped. A day's mail takes at least `hours` hours."""

    key: str
    name: str
    means: str
    source: str
    steps: tuple[int, ...]
    hours: int


def _growing(first: int, factor: float, last: int) -> list[int]:
    """From the first number up, rounded to two digits as published tables are, as long as it stays below the last."""
    steps, value = [], float(first)
    while value < last * 0.99:
        digits = max(0, len(str(int(value))) - 2)
        steps.append(int(round(value, -digits)))
        value *= factor
    return [*steps, last]


CURVES = {
    curve.key: curve
    for curve in (
        Curve(
            key="conservative",
            name="Conservative",
            means="Starts lowest, doubles for a few days, then grows by a fifth a day. For a new domain.",
            source="Postmark's guide to warming up: 100 to 500 a day to each receiver at first, doubling daily, then "
            "20 to 50% more a day. This is its lower end, up to 100,000.",
            steps=(100, 100, 100, 200, 400, *_growing(800, 1.2, 100_000)),
            hours=12,
        ),
        Curve(
            key="ses",
            name="Like Amazon SES",
            means="45 even steps to 50,000 a day. For one new dedicated IP under a domain that is known.",
            source="Amazon SES warms a dedicated IP up to 50,000 a day in 45 days. Its daily steps are not published: "
            "these grow evenly from 200.",
            steps=(*_growing(200, 250 ** (1 / 44), 50_000),),
            hours=10,
        ),
        Curve(
            key="aggressive",
            name="Aggressive",
            means="From 200 to 1,250,000 a day in three weeks. For a known domain whose readers open what it sends.",
            source="AdCrux's knowledge base: its days 1 to 7, 10, 14, 15 and 21; the days between grow evenly.",
            steps=(
                *(200, 500, 1_000, 2_000, 5_000, 10_000, 20_000),
                *(31_000, 48_000, 75_000, 101_000, 137_000, 185_000, 250_000),
                *(325_000, 407_000, 509_000, 637_000, 798_000, 999_000, 1_250_000),
            ),
            hours=8,
        ),
    )
}


def read_steps(text: str) -> list[int]:
    """A curve of one's own, such as `200, 400 800`. Raises ValueError in words for the person who wrote it."""
    words = [word for word in re.split(r"[\s,;]+", text) if word]
    if wrong := [word for word in words if not word.isdecimal()]:
        raise ValueError(f"“{wrong[0]}” is no number of messages. Write one whole number for each day.")
    steps = [int(word) for word in words]
    if not 1 <= len(steps) <= MOST_STEPS:
        raise ValueError(f"Write between 1 and {MOST_STEPS} numbers, one for each day.")
    if min(steps) < 1 or max(steps) > MOST_A_DAY:
        # “1,000” is read as 1 and 0: a comma stands between days.
        raise ValueError(f"Each day takes between 1 and {MOST_A_DAY} messages, written without a comma such as 1000.")
    if any(later < earlier for earlier, later in pairwise(steps)):
        raise ValueError("A warm-up never shrinks by plan: each day must allow at least as much as the one before.")
    return steps
