"""A feature that a page uses, and where first."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Use:
    """`feature` is caniemail's slug."""

    feature: str
    line: int
    selector: str = ""


def first_of_each(uses: Iterable[Use]) -> list[tuple[Use, int]]:
    """Of each feature its first use, and how often it is used."""
    first: dict[str, Use] = {}
    times: dict[str, int] = {}
    for use in uses:
        first.setdefault(use.feature, use)
        times[use.feature] = times.get(use.feature, 0) + 1
    return [(use, times[feature]) for feature, use in first.items()]
