"""What came of the mail of each way out to each mailbox provider lately, from the counts of five minutes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from deliverability.rules.lanes import WayKey
from deliverability.types import EventKind

SLOT = timedelta(minutes=5)
DAY = timedelta(hours=24)

_LATELY = """
SELECT coalesce(nullif(flow.provider_id, 0), stream.provider_id), flow.mailbox_provider,
    coalesce(sum(flow.total) FILTER (WHERE flow.kind = %(accepted)s), 0)::bigint,
    coalesce(sum(flow.total) FILTER (WHERE flow.kind = %(deferred)s), 0)::bigint,
    coalesce(sum(flow.total) FILTER (WHERE flow.kind IN (%(failed)s, %(bounced)s)), 0)::bigint,
    coalesce(sum(flow.total) FILTER (WHERE flow.kind = %(complained)s), 0)::bigint,
    coalesce(sum(flow.total) FILTER (WHERE flow.kind = %(deferred)s AND flow.slot >= %(hour)s), 0)::bigint,
    coalesce(sum(flow.total) FILTER (WHERE flow.kind = %(accepted)s AND flow.slot >= %(recent)s), 0)::float8
        / %(seconds)s
FROM deliverability_flowcount AS flow
JOIN deliverability_mailing AS mailing ON mailing.id = flow.mailing_id
JOIN deliverability_stream AS stream ON stream.id = mailing.stream_id
WHERE flow.slot >= %(day)s
GROUP BY 1, 2
"""
_SLOTS = """
SELECT flow.slot,
    coalesce(sum(flow.total) FILTER (WHERE flow.kind = %(accepted)s), 0)::bigint,
    coalesce(sum(flow.total) FILTER (WHERE flow.kind = %(deferred)s), 0)::bigint,
    coalesce(sum(flow.total) FILTER (WHERE flow.kind IN (%(failed)s, %(bounced)s)), 0)::bigint
FROM deliverability_flowcount AS flow
JOIN deliverability_mailing AS mailing ON mailing.id = flow.mailing_id
JOIN deliverability_stream AS stream ON stream.id = mailing.stream_id
WHERE flow.slot >= %(since)s AND flow.mailbox_provider = %(mailbox)s
    AND coalesce(nullif(flow.provider_id, 0), stream.provider_id) = %(provider)s
GROUP BY 1
"""
_MAILINGS = """
SELECT mailing.id, mailing.title, mailing.composer, mailing.reference,
    coalesce(sum(flow.total) FILTER (WHERE flow.kind = %(accepted)s), 0)::bigint,
    coalesce(sum(flow.total) FILTER (WHERE flow.kind = %(deferred)s), 0)::bigint,
    coalesce(sum(flow.total) FILTER (WHERE flow.kind IN (%(failed)s, %(bounced)s)), 0)::bigint,
    coalesce(sum(flow.total) FILTER (WHERE flow.kind = %(complained)s), 0)::bigint
FROM deliverability_flowcount AS flow
JOIN deliverability_mailing AS mailing ON mailing.id = flow.mailing_id
JOIN deliverability_stream AS stream ON stream.id = mailing.stream_id
WHERE flow.slot >= %(since)s AND flow.mailbox_provider = %(mailbox)s
    AND coalesce(nullif(flow.provider_id, 0), stream.provider_id) = %(provider)s
GROUP BY mailing.id ORDER BY mailing.id DESC LIMIT %(most)s
"""
_KINDS = {
    "accepted": int(EventKind.ACCEPTED),
    "deferred": int(EventKind.DEFERRED),
    "failed": int(EventKind.FAILED),
    "bounced": int(EventKind.BOUNCED),
    "complained": int(EventKind.COMPLAINED),
}


@dataclass(frozen=True, slots=True)
class Lately:
    """Events of the last 24 hours, `deferred_last_hour` of the last one.

    `rate`: accepted per second over the last five to ten minutes.
    """

    accepted: int = 0
    deferred: int = 0
    bounced: int = 0
    complained: int = 0
    deferred_last_hour: int = 0
    rate: float = 0.0


@dataclass(frozen=True, slots=True)
class Slot:
    """Five minutes of one way."""

    start: datetime
    accepted: int
    deferred: int
    bounced: int


@dataclass(frozen=True, slots=True)
class MailingLately:
    """What one mailing brought on one way; `composer` and `reference` say what it is, such as a campaign."""

    id: int
    title: str
    composer: str
    reference: str
    accepted: int
    deferred: int
    bounced: int
    complained: int


def ways_lately(now: datetime) -> dict[WayKey, Lately]:
    """Every way with any event within a day."""
    # The slot that has just begun says little, so the one before counts with it.
    recent = slot_of(now) - SLOT
    values: dict[str, Any] = {
        **_KINDS,
        "day": now - DAY,
        "hour": now - timedelta(hours=1),
        "recent": recent,
        "seconds": (now - recent).total_seconds(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_LATELY, values)
        return {WayKey(row[0], row[1]): Lately(*row[2:]) for row in cursor.fetchall()}


def slots_of(way: WayKey, *, now: datetime, hours: int) -> list[Slot]:
    """Every five minutes of the last hours, oldest first, those without mail too."""
    first, last = slot_of(now - timedelta(hours=hours)) + SLOT, slot_of(now)
    with connection.cursor() as cursor:
        cursor.execute(_SLOTS, {**_KINDS, **_named(way), "since": first})
        found = {row[0]: Slot(*row) for row in cursor.fetchall()}
    starts = [first + index * SLOT for index in range((last - first) // SLOT + 1)]
    return [found.get(start, Slot(start, 0, 0, 0)) for start in starts]


def mailings_of(way: WayKey, *, now: datetime, most: int = 20) -> list[MailingLately]:
    """Those with any event on this way within a day, the newest first."""
    with connection.cursor() as cursor:
        cursor.execute(_MAILINGS, {**_KINDS, **_named(way), "since": now - DAY, "most": most})
        return [MailingLately(*row) for row in cursor.fetchall()]


def slot_of(moment: datetime) -> datetime:
    """When the five minutes begin in which it lies."""
    return datetime.fromtimestamp(moment.timestamp() // SLOT.total_seconds() * SLOT.total_seconds(), tz=moment.tzinfo)


def _named(way: WayKey) -> dict[str, Any]:
    return {"provider": way.provider_id, "mailbox": way.mailbox_provider}
