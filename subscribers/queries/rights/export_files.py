"""Writes what we hold about a person as JSON and as a ZIP that a person can read, without holding it in memory."""

import csv
import json
from collections.abc import Iterator
from decimal import Decimal
from io import TextIOWrapper
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.db import transaction

from accounts.queries.organisation import current_organisation
from subscribers.queries.rights.export import Section, sections_about

# Bigger files wait on disk, and go with the last byte that is sent.
_IN_MEMORY = 4 << 20
_PIECE = 64 << 10


def export_json(contact_id: int) -> Iterator[str]:
    """One object with a list for each section. Raises Contact.DoesNotExist."""
    # Cursors of the server live in a transaction.
    with transaction.atomic():
        yield from _json(sections_about(contact_id))


def export_zip(contact_id: int) -> Iterator[bytes]:
    """README.txt in plain words, everything.json, and a CSV file for each section. Raises Contact.DoesNotExist."""
    with SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        with transaction.atomic(), ZipFile(file, "w", ZIP_DEFLATED) as archive:
            sections = sections_about(contact_id)
            archive.writestr("README.txt", _readme(sections))
            with _text(archive, "everything.json") as target:
                target.writelines(_json(sections))
            for section in sections:
                # A byte order mark tells Excel that it is UTF-8.
                with _text(archive, f"{section.name}.csv", "utf-8-sig") as target:
                    _write_csv(target, section)
        file.seek(0)
        while piece := file.read(_PIECE):
            yield piece


def _text(archive: ZipFile, name: str, encoding: str = "utf-8") -> TextIOWrapper:
    raw: IO[bytes] = archive.open(name, "w", force_zip64=True)
    return TextIOWrapper(raw, encoding=encoding, newline="")


def _json(sections: list[Section]) -> Iterator[str]:
    yield "{"
    for number, section in enumerate(sections):
        yield f"{',' if number else ''}\n{json.dumps(section.name)}: ["
        for place, row in enumerate(section.rows()):
            yield f"{',' if place else ''}\n  {json.dumps(row, default=_plain, ensure_ascii=False)}"
        yield "\n]"
    yield "\n}\n"


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _write_csv(target: TextIOWrapper, section: Section) -> None:
    writer = csv.writer(target)
    writer.writerow(section.columns)
    for row in section.rows():
        writer.writerow([_cell(row[name]) for name in section.columns])


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict | list):
        return json.dumps(value, default=_plain, ensure_ascii=False)
    text = value if isinstance(value, str) else str(_plain(value))
    # A spreadsheet runs what begins so as a formula; servers and strangers wrote some of these cells.
    return f"'{text}" if isinstance(value, str) and text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _readme(sections: list[Section]) -> str:
    organisation = current_organisation()
    lines = [
        f"What {organisation.name} holds about you",
        "",
        "You have the right to know it and to take it with you. This archive holds all of it twice:",
        "once as everything.json, for programs, and once as tables that any spreadsheet opens.",
        "All times are in UTC.",
        "",
        *(f"{section.name}.csv: {section.about}" for section in sections),
        "",
        "You may ask us to correct or to erase it, to do less with it, and to stop writing to you. Answer any mail of",
        "ours, or write to:",
        "",
        organisation.name,
        organisation.postal_address,
        "",
    ]
    return "\r\n".join(lines)
