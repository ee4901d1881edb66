"""Where work waits: the lanes with open batches, their limits, and whether anything is due at all."""

from dataclasses import dataclass
from typing import cast

from django.db import connection
from django.utils import timezone
from redis.exceptions import RedisError

from deliverability import conf
from deliverability.models import Lane
from deliverability.rules.lanes import LaneKey, LaneLimits, say_redis_down, say_slowed
from deliverability.types import StreamKind

# A loose index scan: one probe of batch_to_send per lane, however many batches wait in each.
_LANES = """
WITH RECURSIVE lane AS (
    (SELECT stream_id, mailbox_provider FROM deliverability_deliverybatch WHERE state < 2
        ORDER BY stream_id, mailbox_provider LIMIT 1)
    UNION ALL
    SELECT following.stream_id, following.mailbox_provider FROM lane CROSS JOIN LATERAL (
        SELECT stream_id, mailbox_provider FROM deliverability_deliverybatch
        WHERE state < 2 AND (stream_id, mailbox_provider) > (lane.stream_id, lane.mailbox_provider)
        ORDER BY stream_id, mailbox_provider LIMIT 1
    ) AS following
)
SELECT lane.stream_id, lane.mailbox_provider, stream.held_reason <> ''
FROM lane JOIN deliverability_stream AS stream ON stream.id = lane.stream_id
WHERE stream.kind = %(kind)s
    AND (stream.held_reason = '' OR stream.held_until <= %(now)s)
"""
_HAS_DUE_WORK = """
SELECT EXISTS (
    SELECT FROM deliverability_deliverybatch AS batch
    JOIN deliverability_mailing AS mailing ON mailing.id = batch.mailing_id
    JOIN deliverability_stream AS stream ON stream.id = batch.stream_id
    WHERE stream.kind = %(kind)s AND batch.state = 0 AND batch.due_at <= %(now)s AND mailing.state = 'running'
        AND (stream.held_reason = '' OR stream.held_until <= %(now)s)
) OR EXISTS (
    SELECT FROM deliverability_deliverybatch AS batch
    JOIN deliverability_stream AS stream ON stream.id = batch.stream_id
    WHERE stream.kind = %(kind)s AND batch.state = 1 AND batch.lease_expires_at < clock_timestamp()
)
"""


@dataclass(frozen=True, slots=True)
class WorkingLane:
    """A lane in which batches are open, and how fast it may go. `was_held`: its stream's hold has just run out."""

    key: LaneKey
    limits: LaneLimits
    was_held: bool


def lanes_with_open_batches(kind: StreamKind) -> list[WorkingLane]:
    """Every lane of streams of this kind that are not held and have batches that are not closed."""
    with connection.cursor() as cursor:
        cursor.execute(_LANES, {"kind": kind.value, "now": timezone.now()})
        found = [(LaneKey(row[0], row[1]), row[2]) for row in cursor.fetchall()]
    limits = _limits({key.stream_id for key, _ in found})
    return [WorkingLane(key, _limits_of(key, limits), was_held) for key, was_held in found]


def has_due_work(kind: StreamKind) -> bool:
    """True while a drain of this kind would find a batch to send, or one whose worker has died."""
    with connection.cursor() as cursor:
        cursor.execute(_HAS_DUE_WORK, {"kind": kind.value, "now": timezone.now()})
        return bool(cursor.fetchone()[0])


def lane_limits(lane: LaneKey) -> LaneLimits:
    return _limits_of(lane, _limits({lane.stream_id}))


def lane_silence(lane: LaneKey) -> str:
    """Why the lane's allowance is nothing at the moment because its mailbox provider said so; mostly empty."""
    try:
        reply = cast(bytes | None, conf.redis_client().get(lane.slowed))
        milliseconds = conf.redis_client().pttl(lane.slowed)
    except RedisError as error:
        return say_redis_down(str(error))
    return say_slowed(lane, reply.decode(errors="replace"), milliseconds / 1000) if reply else ""


def _limits_of(lane: LaneKey, limits: dict[LaneKey, LaneLimits]) -> LaneLimits:
    """The lane's own row, else its stream's `*` row, else no limit on the rate."""
    return limits.get(lane) or limits.get(LaneKey(lane.stream_id, "*")) or LaneLimits()


def _limits(stream_ids: set[int]) -> dict[LaneKey, LaneLimits]:
    rows = Lane.objects.filter(stream_id__in=stream_ids)
    return {
        LaneKey(row.stream_id, row.mailbox_provider): LaneLimits(
            row.messages_per_second, row.burst, row.max_connections
        )
        for row in rows
    }
