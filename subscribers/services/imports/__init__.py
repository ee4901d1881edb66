"""Brings people in from files, with a permission that somebody states and the ledger keeps."""

from subscribers.services.imports.controls import cancel_import, pause_import, start_again
from subscribers.services.imports.forgetting import (
    forget_held_rows,
    forget_in_imports,
    forget_undo,
    old_held_rows,
    old_undo,
)
from subscribers.services.imports.importing import ImportOrder, import_contacts
from subscribers.services.imports.results import ImportResult, Tally
from subscribers.services.imports.reviewing import Reviewed, decide_held
from subscribers.services.imports.running import run_in_turn, run_upload
from subscribers.services.imports.undoing import start_undo, undo_import
from subscribers.services.imports.uploads import choose, discard_upload, receive_upload, start_upload

__all__ = [
    "ImportOrder",
    "ImportResult",
    "Reviewed",
    "Tally",
    "cancel_import",
    "choose",
    "decide_held",
    "discard_upload",
    "forget_held_rows",
    "forget_in_imports",
    "forget_undo",
    "import_contacts",
    "old_held_rows",
    "old_undo",
    "pause_import",
    "receive_upload",
    "run_in_turn",
    "run_upload",
    "start_again",
    "start_undo",
    "start_upload",
    "undo_import",
]
