"""Writes what an import did not take as written, as CSV files that a person can open, mend and import again."""

import csv
import errno
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from subscribers.errors import ImportStopped
from subscribers.rules.imports.places import reports_beside

Line = tuple[int, str, str, str]
HEADER = ("row", "column", "value", "reason")


class Report:
    """One file, made when its first line comes, or at once with `always`. A byte order mark tells Excel it is UTF-8."""

    def __init__(self, path: Path, *, always: bool = False, keep: Sequence[Line] = ()) -> None:
        self._path = path
        self._file: TextIO | None = None
        # Never a device: somebody may well say --rejects /dev/null.
        if path.is_file():
            self._guard(path.unlink)
        if always:
            self._guard(self._open)
        self.write(keep)

    @property
    def path(self) -> str:
        return str(self._path) if self._file else ""

    def write(self, lines: Sequence[Line]) -> None:
        """Lines are with the operating system when this returns. Raises ImportStopped."""
        if lines:
            self._guard(lambda: self._write(lines))

    def close(self) -> None:
        if self._file:
            self._guard(self._file.close)

    def _open(self) -> TextIO:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._path.open("w", encoding="utf-8-sig", newline="")
        csv.writer(self._file).writerow(HEADER)
        self._file.flush()
        return self._file

    def _write(self, lines: Sequence[Line]) -> None:
        file = self._file or self._open()
        csv.writer(file).writerows(lines)
        file.flush()

    def _guard(self, act: Callable[[], object]) -> None:
        try:
            act()
        except OSError as error:
            what = "the disk is full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else error.strerror
            raise ImportStopped(
                f"The report {self._path} could not be written: {what}. Everything imported so far stays. Make room, "
                "then start the same import again: it goes on where it stopped."
            ) from error


@dataclass(frozen=True, slots=True)
class Reports:
    """`rejects`: rows not imported; `left_out`: cells of imported rows; `kept_out`: people who get no mail by this."""

    rejects: Report
    left_out: Report
    kept_out: Report

    def close(self) -> None:
        for report in (self.rejects, self.left_out, self.kept_out):
            report.close()


def open_reports(rejects_path: Path, *, position: str) -> Reports:
    """The rejects where asked, the others beside it. `position`: the last address that an earlier attempt committed."""
    places = reports_beside(rejects_path)
    kept_out = places["kept-out"]
    return Reports(
        rejects=Report(rejects_path, always=True),
        left_out=Report(places["left-out"]),
        kept_out=Report(kept_out, keep=_committed_lines(kept_out, position)),
    )


def _committed_lines(path: Path, position: str) -> list[Line]:
    """What a killed attempt has listed, without the chunk that it did not get to commit; its last line may be cut."""
    if not position or not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.reader(file) if len(row) == len(HEADER) and row[0].isdigit()]
    return [(int(row[0]), row[1], row[2], row[3]) for row in rows if row[2].encode() <= position.encode()]
