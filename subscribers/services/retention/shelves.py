"""Where each kind of data lies: how much of it is too old, and forgetting that. Apps above add their own."""

from collections.abc import Mapping

from accounts.services import audit
from deliverability.services import retention as engine
from deliverability.services.retention import Shelf
from subscribers.services.forgetting import forget_unconfirmed
from subscribers.services.imports import forget_held_rows, forget_undo, old_held_rows, old_undo
from subscribers.services.retention import activities, files, people, requests

_elsewhere: dict[str, Shelf] = {}


def register_shelf(kind: str, shelf: Shelf) -> None:
    """Called from AppConfig.ready; `kind` is one of `subscribers.rules.retention`."""
    _elsewhere[kind] = shelf


def shelves() -> Mapping[str, Shelf]:
    """By kind; kinds that nothing forgets are missing."""
    return {
        **engine.shelves(),
        "activities": Shelf(activities.old_activities, activities.forget_activities),
        "consent_evidence": Shelf(people.departed, people.forget_departed),
        "import_uploads": Shelf(files.old_uploads, files.forget_uploads),
        "import_undo": Shelf(lambda before: old_undo(before).count(), forget_undo),
        "held_rows": Shelf(lambda before: old_held_rows(before).count(), forget_held_rows),
        "import_reports": Shelf(files.old_reports, files.forget_reports),
        "privacy_requests": Shelf(requests.old_requests, requests.forget_requests),
        "late_traces": Shelf(requests.erased_lately, requests.forget_late_traces),
        "audit_log": Shelf(audit.old_entries, audit.forget_entries),
        "unconfirmed": Shelf(
            lambda before: forget_unconfirmed(dry_run=True).sign_ups, lambda before: forget_unconfirmed().sign_ups
        ),
        **_elsewhere,
    }
