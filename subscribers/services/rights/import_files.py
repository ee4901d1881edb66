"""Takes an erased person out of the files that imports leave behind."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from accounts.services.redaction import pattern_of
from subscribers import conf

_QUOTES = re.compile(rb'"+')
_DELIMITERS = (b",", b";", b"\t", b"|")
# No cell has more lines: whoever wrote the quote did not mean it.
_LONGEST_CELL = 200


def forget_in_files(address: str) -> int:
    """Drop the rows that name the address from reports and from uploaded tables; returns how many files changed.

    A workbook or archive that waits for its import is left to the retention of uploads: whoever imports it meets the
    hash of the address.
    """
    folders = (conf.imports_folder(), conf.uploads_folder())
    files = [path for folder in folders if folder.is_dir() for path in sorted(folder.rglob("*")) if path.is_file()]
    named = re.compile(pattern_of(address).encode(), re.IGNORECASE)
    return sum(_forget(path, named) for path in files)


def _forget(path: Path, named: re.Pattern[bytes]) -> bool:
    with path.open("rb") as file:
        if not any(named.search(line) for line in file):
            return False
    # Beside it and then in its place, so that nobody ever reads half a file.
    beside = path.with_name(f"{path.name}.erasing")
    with path.open("rb") as file, beside.open("wb") as target:
        target.writelines(record for record in _records(file) if not named.search(record))
    beside.replace(path)
    return True


def _records(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Rows of a CSV as they stand: where a quoted cell is open, the end of the line belongs to it.

    A quote that is never closed opened nothing: its lines are rows of their own, so that no stranger goes with them.
    """
    waiting: list[bytes] = []
    is_open = False
    for line in lines:
        waiting.append(line)
        is_open = _is_open_after(line, is_open)
        if not is_open:
            yield b"".join(waiting)
            waiting = []
        elif len(waiting) > _LONGEST_CELL:
            yield from waiting
            waiting, is_open = [], False
    yield from waiting


def _is_open_after(line: bytes, is_open: bool) -> bool:
    """A quote opens a cell only where one begins, as in RFC 4180; elsewhere it is an inch. Two within are one."""
    for found in _QUOTES.finditer(line):
        begins = found.start() == 0 or line[found.start() - 1 : found.start()] in _DELIMITERS
        if is_open or begins:
            is_open ^= len(found[0]) % 2 == 1
    return is_open
