"""Journals in memory-mapped files: what is written survives the process, at the price of a memory copy."""

import mmap
import os
from collections.abc import Iterator
from pathlib import Path

from deliverability.errors import JournalUnavailable
from deliverability.services.journal.entries import SIZE, Entry, pack, unpack


class FileJournal:
    """A file of `recipients` places of fixed size."""

    def __init__(self, path: Path, recipients: int) -> None:
        # A batch is leased once at an epoch, so a file of that name is another database's: start from nothing.
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            _reserve(descriptor, max(1, recipients) * SIZE)
            self._memory = mmap.mmap(descriptor, max(1, recipients) * SIZE)
        except OSError:
            path.unlink(missing_ok=True)
            raise
        finally:
            os.close(descriptor)
        self._end = 0

    def append(self, entry: Entry) -> None:
        data, start = pack(entry), self._end
        # The marker goes in last: a kill between the two copies leaves a place that reads as empty.
        self._memory[start + 1 : start + len(data)] = data[1:]
        self._memory[start] = data[0]
        self._end = start + SIZE

    def close(self) -> None:
        self._memory.close()


class FileStore:
    """A folder with one file per batch and epoch; workers that take over from each other must share it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def create(self, batch_id: int, epoch: int, *, recipients: int) -> FileJournal:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            return FileJournal(self._path(batch_id, epoch), recipients)
        except OSError as error:
            raise JournalUnavailable(_advice(self._folder, error)) from error

    def read(self, batch_id: int, epoch: int) -> list[Entry]:
        try:
            found = [path.read_bytes() for path in self._paths(batch_id, epoch) if path.exists()]
        except OSError as error:
            raise JournalUnavailable(_advice(self._folder, error)) from error
        return [entry for data in found for entry in _entries(data)]

    def delete(self, batch_id: int, epoch: int) -> None:
        for path in self._paths(batch_id, epoch):
            path.unlink(missing_ok=True)

    def batch_epochs(self) -> Iterator[tuple[int, int]]:
        if not self._folder.exists():
            return
        with os.scandir(self._folder) as listing:
            for item in listing:
                batch_id, _, epoch = item.name.partition(".")
                yield int(batch_id), int(epoch)

    def _path(self, batch_id: int, epoch: int) -> Path:
        return self._folder / f"{batch_id}.{epoch}"

    def _paths(self, batch_id: int, epoch: int) -> list[Path]:
        return [self._path(batch_id, earlier) for earlier in range(1, epoch + 1)]


def _reserve(descriptor: int, size: int) -> None:
    """Take the blocks now: a mapped page without a block behind it kills the process when the disk is full."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, 0, size)
    else:  # macOS
        os.write(descriptor, bytes(size))


def _entries(data: bytes) -> Iterator[Entry]:
    for start in range(0, len(data), SIZE):
        found = unpack(data, start)
        if found is None:
            return
        yield found[0]


def _advice(folder: Path, error: OSError) -> str:
    return (
        f"The journal in {folder} could not be used: {error.strerror or error}. Sending waits a minute and then tries "
        "again; nothing is lost. Free some disk space, or let SENDWELL_JOURNAL_DIR name a folder that can be written."
    )
