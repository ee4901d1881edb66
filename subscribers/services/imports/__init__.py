"""Brings people in from files, with a permission that somebody states and the ledger keeps."""

from subscribers.services.imports.importing import ImportOrder, import_contacts
from subscribers.services.imports.results import ImportResult, Tally
from subscribers.services.imports.running import run_upload
from subscribers.services.imports.uploads import choose, discard_upload, receive_upload, start_again, start_upload

__all__ = [
    "ImportOrder",
    "ImportResult",
    "Tally",
    "choose",
    "discard_upload",
    "import_contacts",
    "receive_upload",
    "run_upload",
    "start_again",
    "start_upload",
]
