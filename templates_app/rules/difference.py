"""Compares two texts line by line for people's eyes."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

_CONTEXT = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One line; its numbers (from 1) in the older and the newer text, None where it does not stand."""

    kind: Literal["same", "removed", "added"]
    old: int | None
    new: int | None
    text: str


def compare(older: str, newer: str) -> list[list[Line]]:
    """The changed places with three lines around each; empty when the texts are equal."""
    before, after = older.splitlines(), newer.splitlines()
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    return [list(_place(group, before, after)) for group in matcher.get_grouped_opcodes(_CONTEXT)]


def _place(opcodes: list[tuple[str, int, int, int, int]], before: list[str], after: list[str]) -> Iterator[Line]:
    for tag, old, old_end, new, new_end in opcodes:
        if tag == "equal":
            for offset in range(old_end - old):
                yield Line("same", old + offset + 1, new + offset + 1, before[old + offset])
            continue
        for index in range(old, old_end):
            yield Line("removed", index + 1, None, before[index])
        for index in range(new, new_end):
            yield Line("added", None, index + 1, after[index])
