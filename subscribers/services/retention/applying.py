"""The nightly round: every kind in turn, each by itself, so that one that fails keeps no other from its turn."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.utils import timezone

from subscribers.queries.rights.retention import kept_now
from subscribers.services.retention.shelves import shelves

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Applied:
    """`count`: how many were too old. `error` says what stood in the way; nothing of this kind went then."""

    kind: str
    days: int
    before: datetime
    count: int
    error: str = ""


def apply_retention(*, now: datetime | None = None, dry_run: bool = False) -> list[Applied]:
    """Forget what is older than its rule; with `dry_run` only count. Kinds that are kept for good are left out.

    Safe to run twice, and at once.
    """
    now = now or timezone.now()
    lying = shelves()
    applied = []
    for kept in kept_now():
        if kept.days is None or kept.rule.kind not in lying:
            continue
        before = now - timedelta(days=kept.days)
        shelf = lying[kept.rule.kind]
        act = shelf.count if dry_run else shelf.forget
        try:
            applied.append(Applied(kept.rule.kind, kept.days, before, act(before)))
        except Exception as error:
            log.exception("retention failed", kind=kept.rule.kind)
            applied.append(Applied(kept.rule.kind, kept.days, before, 0, f"{type(error).__name__}: {error}"))
        else:
            log.info("retention", kind=kept.rule.kind, count=applied[-1].count, dry_run=dry_run)
    return applied
