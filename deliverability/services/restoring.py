"""Puts back what Redis has forgotten of a lane: today's and this hour's counts, and the pace that was found."""

from datetime import timedelta
from typing import Any, cast

from django.db import connection
from django.utils import timezone

from deliverability import conf
from deliverability.queries.lane_changes import pace_in_force
from deliverability.rules.lanes import LaneKey, WayKey
from deliverability.services import scripts
from deliverability.types import EventKind

# A way that has been idle for longer starts anew, as a mailbox provider forgets us too.
PACE_SECONDS = 2 * 86_400
# Counts that hold a batch which was under way are made anew after this, when it may have been closed.
RECOUNT_SECONDS = 30
# Drains renew their slots every second.
RENEWAL_SECONDS = 3
# When this Redis began to remember; with it, all slots are lost.
_BEGUN = "sendwell:begun"

# What was tried today, whatever became of it, and what is under way: a batch in somebody's hands counts as a whole,
# since how much of it has left is known only to its journal. One statement sees each batch on one side.
_SENT = """
WITH tried AS (
    SELECT count(*) AS today, count(*) FILTER (WHERE event.occurred_at >= %(hour)s) AS this_hour
    FROM deliverability_event AS event
    JOIN deliverability_mailing AS mailing ON mailing.id = event.mailing_id
    JOIN deliverability_stream AS stream ON stream.id = mailing.stream_id
    WHERE event.occurred_at >= %(day)s AND event.mailbox_provider = %(mailbox_provider)s
        AND event.kind = ANY(%(kinds)s) AND event.code IS NOT NULL AND {event}
), leased AS (
    SELECT coalesce(sum(cardinality(batch.recipient_ids)), 0)::bigint AS people
    FROM deliverability_deliverybatch AS batch JOIN deliverability_stream AS stream ON stream.id = batch.stream_id
    WHERE batch.state = 1 AND batch.mailbox_provider = %(mailbox_provider)s AND {batch}
)
SELECT today + people, this_hour + people, people FROM tried, leased
"""
_OF_STREAM = _SENT.format(event="stream.id = %(owner)s", batch="stream.id = %(owner)s")
# Events from before there were routes left through the stream's own provider.
_OF_WAY = _SENT.format(
    event="coalesce(event.provider_id, stream.provider_id) = %(owner)s",
    batch="coalesce(batch.provider_id, stream.provider_id) = %(owner)s",
)
_TRIED = [EventKind.ACCEPTED.value, EventKind.DEFERRED.value, EventKind.FAILED.value]


def restore_counts(key: LaneKey | WayKey) -> None:
    """Count what has left in this UTC day and hour. Raises RedisError."""
    script = conf.redis_client().register_script(scripts.RESTORE_COUNTS)
    script(keys=[key.counts], args=[*_sent(key), RECOUNT_SECONDS * 1000])


def restore_pace(way: WayKey, *, is_paced: bool) -> None:
    """Begin with the pace that the last change of this way set, as far as it still holds. Raises RedisError.

    Where the mailbox provider counts our connections, new ones wait until those that are open are known again.
    """
    fields: dict[str, str | float] = {"known": 1, **pace_in_force(way)}
    if is_paced:
        fields["settles_at"] = _settles_at()
    with conf.redis_client().pipeline() as pipeline:
        for name, value in fields.items():
            # Somebody who came first may have changed it since.
            pipeline.hsetnx(way.pace, name, value)
        pipeline.expire(way.pace, PACE_SECONDS)
        pipeline.execute()


def _settles_at() -> int:
    """When, in Redis's milliseconds, every living drain has renewed its slots after Redis forgot them all."""
    seconds, microseconds = conf.redis_client().time()
    now = seconds * 1000 + microseconds // 1000
    conf.redis_client().set(_BEGUN, now, nx=True)
    return int(cast(bytes, conf.redis_client().get(_BEGUN))) + RENEWAL_SECONDS * 1000


def _sent(key: LaneKey | WayKey) -> tuple[int, int, int]:
    """Messages of this UTC day, of this hour, and how many of both are only under way."""
    now = timezone.now()
    hour = now.replace(minute=0, second=0, microsecond=0)
    values: dict[str, Any] = {
        "owner": key.stream_id if isinstance(key, LaneKey) else key.provider_id,
        "mailbox_provider": key.mailbox_provider,
        "hour": hour,
        "day": hour - timedelta(hours=hour.hour),
        "kinds": _TRIED,
    }
    with connection.cursor() as cursor:
        cursor.execute(_OF_STREAM if isinstance(key, LaneKey) else _OF_WAY, values)
        today, this_hour, under_way = cursor.fetchone()
    return int(today), int(this_hour), int(under_way)
