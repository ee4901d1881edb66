"""The port of the journal's two stores and the choice between them (setting SENDWELL_JOURNAL)."""

from collections.abc import Iterable
from typing import Protocol

from deliverability import conf
from deliverability.errors import JournalUnavailable
from deliverability.services.journal.entries import Entry
from deliverability.services.journal.files import FileStore
from deliverability.services.journal.redis_strings import RedisStore

__all__ = ["Journal", "JournalStore", "JournalUnavailable", "open_store"]


class Journal(Protocol):
    """One batch under one lease; only its holder writes."""

    def append(self, entry: Entry) -> None:
        """Return only when the entry survives the death of this process. Raises JournalUnavailable."""

    def close(self) -> None: ...


class JournalStore(Protocol):
    """Where journals are kept."""

    def create(self, batch_id: int, epoch: int, *, recipients: int) -> Journal:
        """Room for `recipients` entries is reserved now, so that a full disk shows before anything is sent."""

    def read(self, batch_id: int, epoch: int) -> list[Entry]:
        """What leases up to this epoch have recorded. Raises JournalUnavailable."""

    def delete(self, batch_id: int, epoch: int) -> None:
        """Forget leases up to this epoch."""

    def batch_epochs(self) -> Iterable[tuple[int, int]]:
        """Every batch and epoch that is kept, for the sweep of those that nobody needs any more."""


def open_store() -> JournalStore:
    return RedisStore() if conf.journal_kind() == "redis" else FileStore(conf.journal_folder())
