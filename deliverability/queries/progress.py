"""How far a mailing is: what waits, what is on its way, and what happened."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

from deliverability.models import MailingCount
from deliverability.types import EventKind

# Recipients by batch state, and when the next waiting batch is due, in one pass over the open batches.
_OPEN_BATCHES = """
SELECT coalesce(sum(cardinality(recipient_ids)) FILTER (WHERE state <= 0), 0),
    coalesce(sum(cardinality(recipient_ids)) FILTER (WHERE state = 1), 0),
    count(*),
    min(due_at) FILTER (WHERE state = 0)
FROM deliverability_deliverybatch WHERE mailing_id = %s AND state < 2
"""


@dataclass(frozen=True, slots=True)
class MailingProgress:
    """A mailing at one moment. `waiting` and `in_flight` count recipients; the rest counts events.

    Finished means that no batch is open: events keep coming (opens, late bounces), and people who left the list
    meanwhile are SKIPPED, so no comparison of totals could ever tell.
    """

    waiting: int
    in_flight: int
    is_finished: bool
    next_due_at: datetime | None
    counts: dict[EventKind, int] = field(default_factory=dict)
    by_mailbox_provider: dict[str, dict[EventKind, int]] = field(default_factory=dict)


def mailing_progress(mailing_id: int) -> MailingProgress:
    with connection.cursor() as cursor:
        cursor.execute(_OPEN_BATCHES, [mailing_id])
        waiting, in_flight, open_batches, next_due_at = cursor.fetchone()
    counts: dict[EventKind, int] = {}
    by_mailbox_provider: dict[str, dict[EventKind, int]] = {}
    for row in MailingCount.objects.filter(mailing_id=mailing_id).order_by("mailbox_provider", "kind"):
        kind = EventKind(row.kind)
        counts[kind] = counts.get(kind, 0) + row.total
        by_mailbox_provider.setdefault(row.mailbox_provider, {})[kind] = row.total
    return MailingProgress(
        waiting=int(waiting),
        in_flight=int(in_flight),
        is_finished=open_batches == 0,
        next_due_at=next_due_at,
        counts=counts,
        by_mailbox_provider=by_mailbox_provider,
    )
