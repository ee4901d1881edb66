"""Reads what was changed, the newest first."""

from typing import NamedTuple

from accounts.models import AuditEntry

PAGE_SIZE = 50


class AuditPage(NamedTuple):
    """`older` is the id to ask for the next page with, None at the end."""

    entries: list[AuditEntry]
    older: int | None


def audit_page(*, before: int | None = None) -> AuditPage:
    """One page by key, which costs the same however long the log is."""
    found = AuditEntry.objects.order_by("-id")
    if before is not None:
        found = found.filter(id__lt=before)
    entries = list(found[: PAGE_SIZE + 1])
    has_more = len(entries) > PAGE_SIZE
    return AuditPage(entries[:PAGE_SIZE], entries[PAGE_SIZE - 1].pk if has_more else None)
