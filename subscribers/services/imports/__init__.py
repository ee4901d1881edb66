"""Brings people in from files, with a permission that somebody states and the ledger keeps."""

from subscribers.services.imports.importing import ImportOrder, import_contacts
from subscribers.services.imports.results import ImportResult, Tally

__all__ = ["ImportOrder", "ImportResult", "Tally", "import_contacts"]
