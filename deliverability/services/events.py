"""Appends what happened and rolls it up, both in the caller's transaction: no number can drift from its events."""

from collections import Counter
from collections.abc import Sequence

from django.db import connection, transaction

from deliverability.types import NewEvent

_COPY = """
COPY deliverability_event (occurred_at, kind, mailing_id, recipient_id, mailbox_provider, batch_id, attempt, code,
    detail, link, agent_kind, agent, ip) FROM STDIN
"""
# Keys arrive sorted: two workers that close batches of one mailing lock the same rows in the same order.
_COUNT = """
INSERT INTO deliverability_mailingcount (mailing_id, mailbox_provider, kind, total)
VALUES (%s, %s, %s, %s)
ON CONFLICT (mailing_id, mailbox_provider, kind)
DO UPDATE SET total = deliverability_mailingcount.total + EXCLUDED.total
"""


def append_events(events: Sequence[NewEvent]) -> None:
    """COPY events into their partitions and add them to the mailings' counts. Joins the open transaction, if any."""
    if not events:
        return
    counts = Counter((event.mailing_id, event.mailbox_provider, int(event.kind)) for event in events)
    with transaction.atomic(), connection.cursor() as cursor:
        with cursor.copy(_COPY) as copy:
            for event in events:
                copy.write_row(
                    (
                        event.occurred_at,
                        int(event.kind),
                        event.mailing_id,
                        event.recipient_id,
                        event.mailbox_provider,
                        event.batch_id,
                        event.attempt,
                        event.code,
                        event.detail,
                        event.link,
                        None if event.agent_kind is None else int(event.agent_kind),
                        event.agent,
                        event.ip,
                    )
                )
        cursor.executemany(_COUNT, [(*key, total) for key, total in sorted(counts.items())])
