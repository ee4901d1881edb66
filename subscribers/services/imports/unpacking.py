"""Makes one table of text of a workbook or an archive, so that everything behind it reads only CSV."""

import csv
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import chain, islice
from pathlib import Path, PurePosixPath
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from subscribers.errors import ImportRefused
from subscribers.rules.imports import file_names
from subscribers.rules.imports.headers import email_column, header_index
from subscribers.rules.imports.records import BrokenRow
from subscribers.services.imports.opening import numbered_rows, open_source

_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_TABLES = (".csv", ".tsv", ".tab", ".txt", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
_BOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
# A bomb unpacks to a thousand times its size; an honest export to some ten times.
_MOST_BYTES = 4 << 30
_MOST_TABLES = 500
_SAMPLE_ROWS = 200


@dataclass(frozen=True, slots=True)
class _Table:
    """`name` is what its standing can be told from; `rows` begin below the header and are read once."""

    name: str
    header: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]
    rows: Iterable[list[str]]


@contextmanager
def as_text(path: Path, *, encoding: str | None = None, delimiter: str | None = None) -> Iterator[Path]:
    """The file itself where it is text already, else one CSV of all its tables of people, for the length of the block.

    The CSV has the name of the file, and is the same for the same file, so that an import that was cut off is taken
    up. Tables whose name says that their people left get a column that says so. Raises ImportRefused.
    """
    kind = _kind_of(path)
    if kind == "text" and not _is_named_for_leaving(path):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="sendwell-import-") as folder:
        members = Path(folder) / "members"
        members.mkdir()
        if kind == "text":
            tables = iter([_text_table(path, path.name, encoding, delimiter)])
        else:
            tables = _sheets(path, path.stem) if kind == "book" else _members(path, members)
        target = Path(folder) / path.name
        _write(target, list(_people(path, tables)))
        yield target


def _is_named_for_leaving(path: Path) -> bool:
    """False where the file says it in its column already: it is what this module made of one."""
    return bool(file_names.standing_by_name(path.name)) and file_names.COLUMN not in open_source(path).header


def _kind_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            head = file.read(8)
    except OSError:
        # Whoever opens it next says in words why it cannot be.
        return "text"
    if head.startswith(_OLD_EXCEL):
        return "book"
    if not head.startswith(_ZIP):
        return "text"
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            _check_size(path, archive)
    except zipfile.BadZipFile:
        raise ImportRefused(
            f"{path.name} is damaged: its end is missing or its contents do not add up. Nothing was imported. "
            "Download it again, or open it in Excel and choose File › Save as › CSV UTF-8."
        ) from None
    is_book = any(name.startswith("xl/workbook") for name in names) or {"content.xml", "mimetype"} <= names
    return "book" if is_book else "archive"


def _check_size(path: Path, archive: zipfile.ZipFile) -> None:
    if sum(member.file_size for member in archive.infolist()) > _MOST_BYTES:
        raise ImportRefused(
            f"{path.name} holds more than 4 GB once unpacked. Nothing was imported. Unpack it and import its files."
        )


def _members(path: Path, folder: Path) -> Iterator[_Table]:
    with zipfile.ZipFile(path) as archive:
        members = sorted(filter(_is_table, archive.infolist()), key=lambda member: member.filename)
        if len(members) > _MOST_TABLES:
            raise ImportRefused(
                f"{path.name} holds {len(members)} tables. Nothing was imported. Import those you mean."
            )
        for number, member in enumerate(members):
            if member.flag_bits & 1:
                raise ImportRefused(f"{path.name} is locked by a password. Nothing was imported. Unpack it first.")
            # Never the member's own path: it may lead anywhere.
            place = folder / str(number) / PurePosixPath(member.filename).name
            place.parent.mkdir()
            with archive.open(member) as source, place.open("wb") as target:
                shutil.copyfileobj(source, target)
            if place.suffix.lower() in _BOOKS:
                yield from _sheets(place, member.filename)
            else:
                yield _text_table(place, member.filename)


def _is_table(member: zipfile.ZipInfo) -> bool:
    place = PurePosixPath(member.filename)
    hidden = any(part.startswith((".", "__MACOSX")) for part in place.parts if part != "..")
    is_table = place.suffix.lower() in _TABLES and member.file_size > 0
    return is_table and not hidden and not file_names.is_log(member.filename)


def _text_table(path: Path, name: str, encoding: str | None = None, delimiter: str | None = None) -> _Table:
    source = open_source(path, encoding=encoding, delimiter=delimiter)

    def rows() -> Iterator[list[str]]:
        with numbered_rows(source) as (numbered, _file):
            for _, cells in numbered:
                yield [cells.text] if isinstance(cells, BrokenRow) else cells

    return _Table(name, source.header, source.sample, rows())


def _sheets(path: Path, name: str) -> Iterator[_Table]:
    try:
        book = CalamineWorkbook.from_path(str(path))
        for title in book.sheet_names:
            rows = book.get_sheet_by_name(title).iter_rows()
            if table := _sheet_table(f"{name} {title}", rows):
                yield table
    except PasswordError:
        raise ImportRefused(
            f"{path.name} is locked by a password. Nothing was imported. Save it without one, and import that."
        ) from None
    except CalamineError as error:
        raise ImportRefused(
            f"{path.name} cannot be read as a workbook ({error}). Nothing was imported. Open it in Excel, choose "
            "File › Save as › CSV UTF-8, and import the saved file."
        ) from None


def _sheet_table(name: str, rows: Iterable[list[Any]]) -> _Table | None:
    texts = ([_text(cell) for cell in row] for row in rows)
    filled = (row for row in texts if any(cell.strip() for cell in row))
    first = list(islice(filled, _SAMPLE_ROWS))
    if not first:
        return None
    top = header_index(first)
    header, below = first[top], first[top + 1 :]
    return _Table(name, tuple(header), tuple(map(tuple, below)), chain(below, filled))


def _text(cell: object) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time(0):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def _people(path: Path, tables: Iterable[_Table]) -> Iterator[_Table]:
    """Those of the tables that hold addresses."""
    others: list[str] = []
    found = False
    for table in tables:
        if email_column(table.header, table.sample) is None:
            others.extend(name for name in table.header if name not in others)
            continue
        found = True
        yield table
    if not found:
        columns = f" Its columns are: {', '.join(others[:20])}." if others else ""
        raise ImportRefused(
            f"No table of {path.name} has a column of e-mail addresses.{columns} Nothing was imported. Export the "
            "contacts as CSV, and import that file."
        )


def _write(target: Path, tables: list[_Table]) -> None:
    places: dict[tuple[str, int], int] = {}
    for table in tables:
        for key in _keys(table.header):
            places.setdefault(key, len(places))
    standings = [file_names.standing_by_name(table.name) for table in tables]
    extra = [file_names.COLUMN] if any(standings) else []
    with target.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*(name for name, _ in places), *extra])
        for table, standing in zip(tables, standings, strict=True):
            columns = [places[key] for key in _keys(table.header)]
            for cells in table.rows:
                writer.writerow([*_placed(cells, columns, len(places)), *([standing] if extra else [])])


def _keys(header: Iterable[str]) -> list[tuple[str, int]]:
    """A column's name, and which of that name it is."""
    seen: dict[str, int] = {}
    keys = []
    for name in header:
        seen[name] = seen.get(name, 0) + 1
        keys.append((name, seen[name]))
    return keys


def _placed(cells: list[str], columns: list[int], width: int) -> list[str]:
    row = [""] * width
    for cell, column in zip(cells, columns, strict=False):
        row[column] = cell
    # Cells beyond the header stay, so that the row is refused for them.
    return [*row, *cells[len(columns) :]] if any(cell.strip() for cell in cells[len(columns) :]) else row
