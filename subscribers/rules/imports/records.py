"""Reads the rows of a CSV one by one and survives what is broken in it: a stray quote costs its own row, no other."""

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TextIO

from subscribers.rules.imports.dialects import Dialect

# A cell longer than this is a quote that nobody closed.
LONGEST_CELL = 131_072
# Each broken quote makes us look ahead by up to LONGEST_CELL; a file full of them is not a CSV.
MOST_BROKEN = 1_000


class TooBroken(ValueError):
    """So many rows have stray quotes that the file's quoting cannot be trusted."""


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row that could not be read: its text, and why."""

    text: str
    reason: str


class _Lines:
    """The lines of a file, remembering those of the row being read, so that a misread row can be taken back."""

    def __init__(self, stream: TextIO) -> None:
        self._next = stream.__next__
        self._returned: deque[str] = deque()
        self.of_row: list[str] = []

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._returned.popleft() if self._returned else self._next()
        self.of_row.append(line)
        return line

    def give_back_all_but_first(self) -> str:
        first, *rest = self.of_row
        self._returned.extendleft(reversed(rest))
        return first


def read_rows(stream: TextIO, dialect: Dialect) -> Iterator[list[str] | BrokenRow]:
    """One item for each row of the sheet, blank ones ([]) included, so that counting gives the row's number.

    Where a quote was never closed, the row in which it opens is broken, and reading goes on with the next line.
    `stream` must not translate newlines. Raises TooBroken.
    """
    csv.field_size_limit(LONGEST_CELL)
    for _ in range(dialect.skip_lines):
        next(stream, None)
    lines = _Lines(stream)
    rows = csv.reader(lines, delimiter=dialect.delimiter, quotechar=dialect.quote, strict=True)
    broken = 0
    of_row = lines.of_row
    while True:
        of_row.clear()
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error:
            broken += 1
            if broken > MOST_BROKEN:
                raise TooBroken from None
            yield BrokenRow(lines.give_back_all_but_first().rstrip("\r\n"), _why_broken(dialect))
        else:
            yield row


def _why_broken(dialect: Dialect) -> str:
    quote = dialect.quote
    return (
        f"A {quote} opens a cell here and is not closed, or text follows the closing one. "
        f"Close it, or write {quote}{quote} for a {quote} inside a quoted cell."
    )
