"""Suppressions as the lines of a CSV file, which `import_suppressions` reads again."""

import csv
from collections.abc import Iterator
from datetime import datetime
from io import StringIO

from deliverability.queries.suppression_page import Asked, every_suppression

COLUMNS = (
    "address",
    "key",
    "scope",
    "target",
    "reason",
    "evidence",
    "added_by",
    "since",
    "until",
    "lifted",
    "lifted_by",
    "lifted_why",
)


def export_lines(asked: Asked) -> Iterator[str]:
    """The head first; one line at a time, so that memory holds no list however long it is."""
    yield "\ufeff" + _line(COLUMNS)
    for each in every_suppression(asked):
        yield _line(
            (
                each.address,
                bytes(each.address_key).hex(),
                each.scope,
                str(each.target or ""),
                each.reason,
                each.evidence,
                each.added_by,
                _moment(each.created_at),
                _moment(each.expires_at),
                _moment(each.lifted_at),
                each.lifted_by,
                each.lifted_why,
            )
        )


def _moment(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def _line(values: tuple[str, ...]) -> str:
    line = StringIO()
    # A spreadsheet runs what begins so as a formula; servers and strangers write these cells.
    csv.writer(line).writerow(
        f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text for text in values
    )
    return line.getvalue()
