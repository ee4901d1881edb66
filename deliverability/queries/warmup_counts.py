"""What left through a way out on each day and what came of it, counted from the events."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from django.db import connection

from deliverability.rules.warmup import Counts

# `event_in_time` finds the days. A retry is an attempt of its own: a mailbox provider counts what it is offered, so the
# cap is on attempts. Code NULL never reached the wire. Greylisting (RFC 6647) puts every stranger off once, whatever
# his reputation, so it is no sign of ill health.
_COUNTS = """
SELECT coalesce(event.provider_id, stream.provider_id), event.mailbox_provider,
    (event.occurred_at AT TIME ZONE 'UTC')::date,
    count(*) FILTER (WHERE event.kind IN (1, 2, 3) AND event.code IS NOT NULL),
    count(*) FILTER (WHERE event.kind = 1),
    count(DISTINCT (event.mailing_id, event.recipient_id))
        FILTER (WHERE event.kind = 2 AND event.code IS NOT NULL AND event.detail !~* 'gr[ae]y.?list'),
    count(*) FILTER (WHERE event.kind = 5 OR (event.kind = 3 AND event.code >= 500)),
    count(*) FILTER (WHERE event.kind = 6)
FROM deliverability_event AS event
JOIN deliverability_mailing AS mailing ON mailing.id = event.mailing_id
JOIN deliverability_stream AS stream ON stream.id = mailing.stream_id
WHERE coalesce(event.provider_id, stream.provider_id) = ANY(%s) AND event.occurred_at >= %s AND event.occurred_at < %s
    AND event.kind IN (1, 2, 3, 5, 6)
GROUP BY 1, 2, 3
"""


def warmup_counts(*, provider_id: int, first: date, last: date) -> dict[tuple[str, date], Counts]:
    """By mailbox provider and day (UTC), both days included; days without events are missing."""
    found = counts_of_ways(provider_ids=[provider_id], first=first, last=last)
    return {(name, day): counts for (_, name, day), counts in found.items()}


def counts_of_ways(*, provider_ids: Sequence[int], first: date, last: date) -> dict[tuple[int, str, date], Counts]:
    """The same of several ways out, by their ids, mailbox provider and day."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, [list(provider_ids), midnight(first), midnight(last + timedelta(days=1))])
        return {(provider_id, name, day): Counts(*numbers) for provider_id, name, day, *numbers in cursor.fetchall()}


def midnight(day: date) -> datetime:
    """The moment (UTC) at which the day's caps begin to count."""
    return datetime.combine(day, time(), UTC)
