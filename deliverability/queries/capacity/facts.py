"""What a plan is made of: who waits where, what was counted today, and the paces that were seen."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from redis.exceptions import RedisError

from deliverability import conf
from deliverability.models import Mailing, WarmupDay
from deliverability.queries.lanes import WorkingLane, bounded_lanes
from deliverability.queries.paces import Pace, paces
from deliverability.queries.warmup_days import newest_days_of_provider
from deliverability.rules.lanes import LaneKey, WayKey
from deliverability.types import EventKind

# What a fresh installation is taken to do until it has been seen to do more: two workers on a small machine.
ASSUMED_RATE = 1000.0
_SLOT = timedelta(minutes=5)
_MEMORY = timedelta(days=30)

_OPEN = """
SELECT batch.mailbox_provider, sum(cardinality(batch.recipient_ids))::bigint,
    max(batch.due_at) FILTER (WHERE batch.state = 0 AND batch.due_at > %(now)s),
    coalesce(sum(cardinality(batch.recipient_ids)) FILTER (WHERE batch.state = 0 AND batch.due_at > %(now)s), 0)::bigint
FROM deliverability_deliverybatch AS batch WHERE batch.mailing_id = %(mailing)s AND batch.state < 2 GROUP BY 1
"""
# What waits in the same lanes for others goes out at the same time.
_OTHERS = """
SELECT batch.stream_id, batch.mailbox_provider, sum(cardinality(batch.recipient_ids))::bigint
FROM deliverability_deliverybatch AS batch JOIN deliverability_mailing AS mailing ON mailing.id = batch.mailing_id
WHERE batch.state < 2 AND batch.mailing_id <> %(mailing)s AND mailing.state = 'running'
    AND batch.mailbox_provider = ANY(%(providers)s)
GROUP BY 1, 2
"""
_BEST = """
SELECT max(total)::float8 FROM (
    SELECT sum(total) AS total FROM deliverability_flowcount WHERE kind = %(accepted)s AND slot >= %(since)s
    GROUP BY slot
) AS slots
"""
_LATELY = """
SELECT mailbox_provider, sum(total)::float8 FROM deliverability_flowcount
WHERE kind = %(accepted)s AND slot >= %(since)s AND mailing_id = %(mailing)s GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Counted:
    """A way's pace, and what Redis has counted of it today and in this hour."""

    pace: Pace = field(default_factory=Pace)
    today: int = 0
    this_hour: int = 0


@dataclass(frozen=True, slots=True)
class Waiting:
    """People of a mailing at one mailbox provider; `put_off` of them are tried again, the last at `until`."""

    people: int
    until: datetime | None
    put_off: int


def waiting_of(mailing_id: int, now: datetime) -> dict[str, Waiting]:
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, {"mailing": mailing_id, "now": now})
        return {name: Waiting(*row) for name, *row in cursor.fetchall()}


def others_waiting(lanes: list[WorkingLane], mailing_id: int) -> dict[WayKey, int]:
    """People whom running mailings are to send to on the same ways."""
    if not lanes:
        return {}
    names = [lane.key.mailbox_provider for lane in lanes]
    with connection.cursor() as cursor:
        cursor.execute(_OTHERS, {"mailing": mailing_id, "providers": names})
        waiting = {LaneKey(row[0], row[1]): row[2] for row in cursor.fetchall()}
    found: dict[WayKey, int] = {}
    for lane in bounded_lanes(list(waiting)) if waiting else []:
        found[lane.way] = found.get(lane.way, 0) + int(waiting[lane.key])
    return found


def counted_of(lanes: list[WorkingLane], now: datetime) -> dict[WayKey, Counted]:
    """Empty while Redis is silent."""
    ways = [lane.way for lane in lanes]
    if not ways:
        return {}
    try:
        found = paces(ways, now)
        with conf.redis_client().pipeline(transaction=False) as pipeline:
            for way in ways:
                pipeline.hmget(way.counts, ("day", "today", "hour", "this_hour"))
            counts = pipeline.execute()
    except RedisError:
        return {}
    hour = int(now.timestamp() // 3600)
    return {
        way: Counted(
            pace=found[way],
            today=int(today or 0) if day and int(day) == hour // 24 else 0,
            this_hour=int(this_hour or 0) if at and int(at) == hour else 0,
        )
        for way, (day, today, at, this_hour) in zip(ways, counts, strict=True)
    }


def seen_paces(mailing_id: int, now: datetime) -> dict[str, float]:
    """The pace of the mailing's lanes over the present and the last five minutes, once those tell something."""
    mailing = Mailing.objects.filter(pk=mailing_id).values_list("created_at", flat=True).first()
    since = now - timedelta(minutes=now.minute % 5, seconds=now.second, microseconds=now.microsecond) - _SLOT
    if mailing is None or (seconds := (now - max(since, mailing)).total_seconds()) < 30:
        return {}
    values: dict[str, Any] = {"mailing": mailing_id, "since": since, "accepted": int(EventKind.ACCEPTED)}
    with connection.cursor() as cursor:
        cursor.execute(_LATELY, values)
        return {name: total / seconds for name, total in cursor.fetchall() if total}


def machine_rate(now: datetime) -> tuple[float, bool]:
    """The most that was accepted within five minutes in the last month, or what is assumed while that is little."""
    with connection.cursor() as cursor:
        cursor.execute(_BEST, {"accepted": int(EventKind.ACCEPTED), "since": now - _MEMORY})
        best = (cursor.fetchone()[0] or 0.0) / _SLOT.total_seconds()
    return (best, True) if best > ASSUMED_RATE else (ASSUMED_RATE, False)


def warming_of(provider_id: int) -> dict[str, WarmupDay]:
    """The newest day of its warm-up, by mailbox provider; empty for a way that is warm."""
    rows = newest_days_of_provider(provider_id)
    return {row.mailbox_provider: row for row in rows if row.phase != WarmupDay.Phase.WARM}
