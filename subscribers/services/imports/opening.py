"""Looks at a file before anything of it is imported: what it is, how it is written, what its columns are."""

import codecs
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO, TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from subscribers.errors import ImportRefused
from subscribers.rules.imports.dialects import Dialect, dialect_of
from subscribers.rules.imports.encodings import encoding_of, survey_bytes, why_not_text
from subscribers.rules.imports.headers import has_header, header_index
from subscribers.rules.imports.records import BrokenRow, read_rows

_BLOCK = 1 << 20
_SAMPLE_ROWS = 200


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file as its survey found it. `header_row` is the sheet's row of the header, 0 where there is none."""

    path: Path
    sha256: str
    size: int
    encoding: str
    dialect: Dialect
    header: tuple[str, ...]
    header_row: int
    sample: tuple[tuple[str, ...], ...]


def open_source(path: Path, *, encoding: str | None = None, delimiter: str | None = None) -> SourceFile:
    """Read all bytes once and judge. Raises ImportRefused for what is no CSV, with what to do instead."""
    digest = hashlib.sha256()
    with _opened(path) as binary:
        survey = survey_bytes(_hashed_blocks(binary, digest.update))
    if not encoding and (reason := why_not_text(survey)):
        raise ImportRefused(f"{path.name}: {reason} Nothing was imported.")
    encoding = _known_encoding(encoding) or encoding_of(survey)
    is_cut = survey.size > len(survey.head)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(survey.head, final=not is_cut)
    dialect = dialect_of(text, ends_within_row=is_cut)
    if delimiter:
        dialect = Dialect(delimiter=delimiter, quote=dialect.quote, skip_lines=dialect.skip_lines)
    header_row, header, sample = _header_and_sample(path, text, dialect, is_cut)
    return SourceFile(path, digest.hexdigest(), survey.size, encoding, dialect, header, header_row, sample)


@contextmanager
def numbered_rows(source: SourceFile) -> Iterator[tuple[Iterator[tuple[int, list[str] | BrokenRow]], BinaryIO]]:
    """The rows below the header with their numbers in the sheet, and the file, whose position tells the progress."""
    with _opened(source.path) as binary, TextIOWrapper(binary, source.encoding, "replace", newline="") as text:
        rows = enumerate(read_rows(text, source.dialect), start=1)
        for _ in range(source.header_row):
            next(rows)
        yield rows, binary


def _hashed_blocks(binary: BinaryIO, update: Callable[[bytes], None]) -> Iterator[bytes]:
    while block := binary.read(_BLOCK):
        update(block)
        yield block


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        binary = path.open("rb")
    except OSError as error:
        raise ImportRefused(
            f"{path} cannot be read ({error.strerror}). Nothing was imported; check the name and its permissions."
        ) from None
    with binary:
        yield binary


def _known_encoding(name: str | None) -> str | None:
    try:
        return codecs.lookup(name).name if name else None
    except LookupError:
        raise ImportRefused(f'No encoding is called "{name}". Try utf-8, windows-1252 or utf-16.') from None


def _header_and_sample(
    path: Path, text: str, dialect: Dialect, is_cut: bool
) -> tuple[int, tuple[str, ...], tuple[tuple[str, ...], ...]]:
    rows = list(islice(read_rows(StringIO(text, newline=""), dialect), _SAMPLE_ROWS))
    if is_cut and 1 < len(rows) < _SAMPLE_ROWS:
        rows.pop()
    number = _header_number(rows)
    if number is None:
        raise ImportRefused(f"{path.name}: The file is empty. Export it again and check that it holds rows.")
    first = rows[number - 1]
    if isinstance(first, BrokenRow):
        raise ImportRefused(
            f"{path.name}: The header in row {number} cannot be read. {first.reason} Nothing was imported."
        )
    below = tuple(tuple(row) for row in rows[number:] if row and not isinstance(row, BrokenRow))
    if has_header(first):
        return number, tuple(name.strip("\ufeff ") for name in first), below
    names = tuple(f"Column {position}" for position in range(1, len(first) + 1))
    return number - 1, names, (tuple(first), *below)


def _header_number(rows: list[list[str] | BrokenRow]) -> int | None:
    filled = [(number, row) for number, row in enumerate(rows, start=1) if row]
    whole = [(number, row) for number, row in filled if not isinstance(row, BrokenRow)]
    if not filled or not whole or filled[0] != whole[0]:
        return filled[0][0] if filled else None
    return whole[header_index([row for _, row in whole])][0]
