"""Leases batches to a drain, keeps the leases alive, and takes over those whose worker has died."""

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from deliverability import conf
from deliverability.rules.lanes import LaneKey
from deliverability.types import StreamKind, Window

# A drain stops by its own clock this much before others may take over: time for what is in flight to be answered.
SAFETY_SHARE = 0.1

_COLUMNS = """
batch.id, batch.mailing_id, batch.stream_id, batch.mailbox_provider, batch.priority, batch.recipient_ids,
batch.attempt, batch.failures, batch.first_due_at, batch.epoch, batch.provider_id, picked.kind, batch.zone,
batch.opens_at, batch.closes_at
"""
# batch_to_send delivers one lane in sending order, so the scan ends at the first batch that nobody else holds.
# SKIP LOCKED lets drains pass each other; whoever finds the epoch raised knows that its lease is gone.
# A WITH is worked out once. A subquery in FROM may be asked again for every row of the table, and pick more each time.
_CLAIM_FROM = """
WITH picked AS MATERIALIZED (
    SELECT waiting.id, coalesce(%(provider)s::bigint, stream.provider_id) AS provider_id, stream.kind
    FROM deliverability_deliverybatch AS waiting
    JOIN deliverability_mailing AS mailing ON mailing.id = waiting.mailing_id
    JOIN deliverability_stream AS stream ON stream.id = waiting.stream_id
    WHERE waiting.stream_id = %(stream)s AND waiting.mailbox_provider = %(mailbox_provider)s
        AND waiting.state = 0 AND waiting.due_at <= %(now)s AND mailing.state = 'running'
        AND (%(most_priority)s::smallint IS NULL OR waiting.priority <= %(most_priority)s)
        AND (stream.held_reason = '' OR stream.held_until <= %(now)s)
        AND (waiting.closes_at IS NULL OR waiting.closes_at > %(now)s AND waiting.opens_at <= %(now)s)
        AND {whose}
    ORDER BY waiting.priority, waiting.due_at, waiting.id
    LIMIT 1 FOR UPDATE OF waiting SKIP LOCKED
)
UPDATE deliverability_deliverybatch AS batch
SET state = 1, epoch = batch.epoch + 1, lease_owner = %(owner)s, provider_id = picked.provider_id,
    lease_expires_at = clock_timestamp() + %(seconds)s * interval '1 second'
FROM picked
WHERE batch.id = picked.id
RETURNING {columns}
"""
_CLAIM = _CLAIM_FROM.format(
    whose="(waiting.unknown_until IS NULL OR waiting.unknown_until <= %(now)s)", columns=_COLUMNS
)
# The people of a provider that fell silent over them go to it first, and to nobody else for a while.
_CLAIM_UNSETTLED = _CLAIM_FROM.format(
    whose="waiting.unknown_until > %(now)s AND waiting.provider_id = %(provider)s", columns=_COLUMNS
)
_TAKE_OVER = f"""
WITH picked AS MATERIALIZED (
    SELECT orphan.id, stream.kind FROM deliverability_deliverybatch AS orphan
    JOIN deliverability_stream AS stream ON stream.id = orphan.stream_id
    WHERE orphan.state = 1 AND orphan.lease_expires_at < clock_timestamp() AND stream.kind = %(kind)s
    ORDER BY orphan.lease_expires_at LIMIT %(limit)s FOR UPDATE OF orphan SKIP LOCKED
)
UPDATE deliverability_deliverybatch AS batch
SET epoch = batch.epoch + 1, lease_owner = %(owner)s,
    lease_expires_at = clock_timestamp() + %(seconds)s * interval '1 second'
FROM picked
WHERE batch.id = picked.id
RETURNING {_COLUMNS}
"""  # noqa: S608
_RENEW = """
UPDATE deliverability_deliverybatch
SET lease_expires_at = clock_timestamp() + %(seconds)s * interval '1 second'
WHERE id = ANY(%(ids)s) AND lease_owner = %(owner)s AND state = 1
RETURNING id, epoch
"""
_WATCH = """
SELECT batch.id, batch.epoch, mailing.state,
    CASE WHEN stream.held_until <= %(now)s THEN '' ELSE stream.held_reason END
FROM deliverability_deliverybatch AS batch
JOIN deliverability_mailing AS mailing ON mailing.id = batch.mailing_id
JOIN deliverability_stream AS stream ON stream.id = batch.stream_id
WHERE batch.id = ANY(%(ids)s) AND batch.lease_owner = %(owner)s AND batch.state = 1
"""


@dataclass(frozen=True, slots=True)
class Lease:
    """A batch in the hands of one drain. `deadline` is this process's monotonic clock."""

    batch_id: int
    mailing_id: int
    lane: LaneKey
    priority: int
    recipient_ids: list[int]
    attempt: int
    failures: int
    first_due_at: datetime
    epoch: int
    provider_id: int | None
    kind: StreamKind
    owner: str
    deadline: float
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class LeaseStatus:
    """What has become of a leased batch's mailing and stream."""

    epoch: int
    mailing_state: str
    held_reason: str


def claim(
    *,
    lane: LaneKey,
    owner: str,
    provider_id: int | None = None,
    is_unsettled: bool = False,
    most_priority: int | None = None,
) -> Lease | None:
    """Lease the lane's next due batch whose mailing runs and whose stream is not held, to leave through a provider.

    None: the stream's own. `is_unsettled` asks only for those people over whom that provider fell silent,
    `most_priority` for nobody of a later band.
    """
    place: dict[str, Any] = {"stream": lane.stream_id, "mailbox_provider": lane.mailbox_provider}
    statement = _CLAIM_UNSETTLED if is_unsettled else _CLAIM
    leases = _lease(
        statement, place | {"provider": provider_id, "most_priority": most_priority, "now": timezone.now()}, owner
    )
    return leases[0] if leases else None


def take_over(*, kind: StreamKind, owner: str, limit: int = 20) -> list[Lease]:
    """Lease batches whose lease has run out, whatever their mailing's state: their journals must be settled."""
    return _lease(_TAKE_OVER, {"kind": kind.value, "limit": limit}, owner)


def renew(*, leases: Sequence[Lease]) -> tuple[set[tuple[int, int]], float]:
    """Prolong one owner's leases. Returns the (batch, epoch) pairs still held, and their new monotonic deadline."""
    deadline = _deadline()
    values: dict[str, Any] = {
        "ids": [lease.batch_id for lease in leases],
        "owner": leases[0].owner,
        "seconds": conf.LEASE_SECONDS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_RENEW, values)
        return set(cursor.fetchall()), deadline


def watch(*, owner: str, batch_ids: Collection[int]) -> dict[int, LeaseStatus]:
    """The present state of an owner's batches; one that is missing was taken over by somebody else."""
    with connection.cursor() as cursor:
        cursor.execute(_WATCH, {"ids": list(batch_ids), "owner": owner, "now": timezone.now()})
        return {row[0]: LeaseStatus(*row[1:]) for row in cursor.fetchall()}


def _lease(statement: str, values: dict[str, Any], owner: str) -> list[Lease]:
    deadline = _deadline()
    with connection.cursor() as cursor:
        cursor.execute(statement, values | {"owner": owner, "seconds": conf.LEASE_SECONDS})
        rows = cursor.fetchall()
    return [
        Lease(
            batch_id=row[0],
            mailing_id=row[1],
            lane=LaneKey(row[2], row[3]),
            priority=row[4],
            recipient_ids=row[5],
            attempt=row[6],
            failures=row[7],
            first_due_at=row[8],
            epoch=row[9],
            provider_id=row[10],
            kind=StreamKind(row[11]),
            owner=owner,
            deadline=deadline,
            window=Window(*row[12:15]) if row[14] else None,
        )
        for row in rows
    ]


def _deadline() -> float:
    """Taken before the statement runs: the database's clock starts no earlier."""
    return time.monotonic() + conf.LEASE_SECONDS * (1 - SAFETY_SHARE)
