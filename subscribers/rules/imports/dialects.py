"""Tells how the cells of a text file are parted and quoted, from its first lines."""

import csv
from collections import Counter
from dataclasses import dataclass

from subscribers.rules.imports.headers import email_column, header_index

DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_ROWS = 100


@dataclass(frozen=True, slots=True)
class Dialect:
    """`skip_lines` counts leading lines that are no row of the sheet, such as Excel's `sep=;`."""

    delimiter: str = ","
    quote: str = '"'
    skip_lines: int = 0


def dialect_of(sample: str, *, ends_within_row: bool) -> Dialect:
    """Judge by `sample`, the file's beginning; its last row is left aside when it `ends_within_row`."""
    lines = sample.splitlines(keepends=True)
    if declared := _declared_delimiter(lines[0] if lines else ""):
        return Dialect(delimiter=declared, quote=_quote_of(lines[1:]), skip_lines=1)
    quote = _quote_of(lines)
    kept = lines[:-1] if ends_within_row and len(lines) > 1 else lines
    return max((Dialect(delimiter, quote) for delimiter in DELIMITERS), key=lambda dialect: _fit(dialect, kept))


def _declared_delimiter(first_line: str) -> str | None:
    # Excel writes and obeys a first line "sep=;" and does not show it.
    bare = first_line.strip("\r\n").strip('"')
    return bare[4] if len(bare) == 5 and bare.lower().startswith("sep=") else None


def _quote_of(lines: list[str]) -> str:
    header = lines[0].strip() if lines else ""
    return "'" if len(header) > 1 and header[0] == header[-1] == "'" else '"'


def _fit(dialect: Dialect, lines: list[str]) -> tuple[bool, float, int]:
    """Best is a delimiter under which an e-mail column shows, all rows agree in width, and rows are wide."""
    rows = _parse(dialect, lines)
    if not rows:
        return (False, 0.0, 0)
    width, agreeing = Counter(map(len, rows)).most_common(1)[0]
    top = header_index(rows)
    shows_email = email_column(rows[top], rows[top + 1 :]) is not None
    return (shows_email, agreeing / len(rows) if width > 1 else 0.0, width)


def _parse(dialect: Dialect, lines: list[str]) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        for row in csv.reader(lines, delimiter=dialect.delimiter, quotechar=dialect.quote):
            if row:
                rows.append(row)
            if len(rows) == _SAMPLE_ROWS:
                break
    except csv.Error:
        pass  # A broken quote later in the sample; the rows before it have told enough.
    return rows
