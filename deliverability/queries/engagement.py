"""What mail did with people, for the apps that keep a summary of it: facts are pulled upward, never pushed."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from deliverability.models import Event
from deliverability.types import AgentKind, EventKind, StreamKind

_MAIL = """
SELECT event.recipient_id, event.kind, event.mailing_id, event.occurred_at, mailing.is_marketing
FROM deliverability_event event JOIN (
    SELECT mailing.id, stream.kind = %s AS is_marketing
    FROM deliverability_mailing mailing JOIN deliverability_stream stream ON stream.id = mailing.stream_id
) mailing ON mailing.id = event.mailing_id
WHERE event.id > %s AND event.id <= %s AND (
    event.kind IN (%s, %s) AND event.agent_kind = %s OR event.kind = %s AND mailing.is_marketing)
"""


def mail_sql(*, after_id: int, up_to_id: int) -> tuple[str, list[Any]]:
    """SQL and parameters that yield recipient_id, kind, mailing_id, occurred_at and is_marketing of a range of events.

    They are marketing mail that a server accepted, and what people, not machines, opened and clicked of all mail.
    `up_to_id` must not pass `services.events.settled_event_id`.
    """
    engaged = [int(EventKind.OPENED), int(EventKind.CLICKED), int(AgentKind.HUMAN)]
    return _MAIL, [StreamKind.MARKETING.value, after_id, up_to_id, *engaged, int(EventKind.ACCEPTED)]


_HUMAN_ACTS = """
SELECT event.recipient_id, event.kind, event.occurred_at FROM deliverability_event event
WHERE event.kind IN (%s, %s) AND event.agent_kind = %s AND event.occurred_at > %s
"""


def human_acts_sql(since: datetime) -> tuple[str, list[Any]]:
    """SQL and parameters that yield recipient_id, kind and occurred_at of all that people opened and clicked since."""
    return _HUMAN_ACTS, [int(EventKind.OPENED), int(EventKind.CLICKED), int(AgentKind.HUMAN), since]


def human_acts_of(recipient_ids: Collection[int], *, since: datetime, most: int) -> list[tuple[EventKind, datetime]]:
    """The same of one person under all their ids, the newest first."""
    found = Event.objects.filter(
        recipient_id__in=recipient_ids,
        kind__in=(EventKind.OPENED, EventKind.CLICKED),
        agent_kind=AgentKind.HUMAN,
        occurred_at__gt=since,
    )
    rows = found.order_by("-occurred_at").values_list("kind", "occurred_at")[:most]
    return [(EventKind(kind), at) for kind, at in rows]
