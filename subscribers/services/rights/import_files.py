"""Takes an erased person out of the files that imports leave behind."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from subscribers import conf


def forget_in_files(address: str) -> int:
    """Drop the rows that name the address from reports and from uploaded tables; returns how many files changed.

    A workbook or archive that waits for its import is left to the retention of uploads: whoever imports it meets the
    hash of the address.
    """
    folders = (conf.imports_folder(), conf.uploads_folder())
    files = [path for folder in folders if folder.is_dir() for path in sorted(folder.rglob("*")) if path.is_file()]
    return sum(_forget(path, address.lower().encode()) for path in files)


def _forget(path: Path, address: bytes) -> bool:
    with path.open("rb") as file:
        if not any(address in line.lower() for line in file):
            return False
    # Beside it and then in its place, so that nobody ever reads half a file.
    beside = path.with_name(f"{path.name}.erasing")
    with path.open("rb") as file, beside.open("wb") as target:
        target.writelines(record for record in _records(file) if address not in record.lower())
    beside.replace(path)
    return True


def _records(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Rows of a CSV as they stand: where quotes are open, the end of the line belongs to the cell."""
    record = b""
    for line in lines:
        record += line
        if record.count(b'"') % 2 == 0:
            yield record
            record = b""
    if record:
        yield record
