"""Remembers each reply of a batch before the next message goes out, so that a killed worker's successor can go on."""

from deliverability.services.journal.entries import Entry
from deliverability.services.journal.storage import Journal, JournalStore, JournalUnavailable, open_store

__all__ = ["Entry", "Journal", "JournalStore", "JournalUnavailable", "open_store"]
