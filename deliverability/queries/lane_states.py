"""How the lanes of one mailing stand: cheap enough to be asked every two seconds."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import connection
from django.utils import timezone
from redis.exceptions import RedisError

from deliverability.queries.lanes import WorkingLane, bounded_lanes, streams_with_ways
from deliverability.queries.paces import Pace, paces
from deliverability.rules.lanes import LaneKey

# Sizes only of what is tried again: to know the size of an array, PostgreSQL must unpack it.
_OPEN = """
SELECT mailbox_provider, coalesce(sum(cardinality(recipient_ids)) FILTER (WHERE attempt > 1), 0),
    count(*) FILTER (WHERE state = 1 OR due_at <= %(now)s), min(due_at) FILTER (WHERE state = 0 AND due_at > %(now)s),
    count(*) FILTER (WHERE state = 0 AND opens_at > %(now)s)
FROM deliverability_deliverybatch WHERE mailing_id = %(mailing)s AND state < 2 GROUP BY mailbox_provider
"""


class LaneStanding(StrEnum):
    MOVING = "moving"
    LIMITED = "limited"
    SLOWED = "slowed"
    RETRYING = "retrying"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class LaneState:
    """One mailbox provider with open work. `reply` is what it said when it slowed us down, `seconds` how long still.

    `retrying` counts people; `messages_per_second` is the lane's own limit; RETRYING: nothing is due before `next_at`;
    QUIET: the same, and some of it waits for the end of quiet hours where its people are.
    """

    mailbox_provider: str
    standing: LaneStanding
    retrying: int
    next_at: datetime | None
    reply: str = ""
    seconds: int = 0
    messages_per_second: float | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """`lanes` by mailbox provider, only those with open work; `held_reason` where the whole stream stands still."""

    lanes: dict[str, LaneState]
    stream_name: str
    held_reason: str
    held_until: datetime | None
    broker_is_down: bool = False

    @property
    def retrying(self) -> int:
        return sum(lane.retrying for lane in self.lanes.values())


def mailing_standing(mailing_id: int, now: datetime | None = None) -> Standing:
    """A handful of queries and one round trip to Redis."""
    now = now or timezone.now()
    stream = streams_with_ways().get(mailings=mailing_id)
    is_held = bool(stream.held_reason) and (stream.held_until is None or stream.held_until > now)
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, {"mailing": mailing_id, "now": now})
        rows = cursor.fetchall()
    lanes = bounded_lanes([LaneKey(stream.pk, row[0]) for row in rows], {stream.pk: stream})
    try:
        found, is_down = paces([lane.way for lane in lanes], now), False
    except RedisError:
        found, is_down = {}, True
    states = {
        provider: _state(lane, found.get(lane.way, Pace()), int(retrying), (bool(due), bool(quiet)), next_at, now)
        for lane, (provider, retrying, due, next_at, quiet) in zip(lanes, rows, strict=True)
    }
    held = (stream.held_reason, stream.held_until) if is_held else ("", None)
    return Standing(states, stream.name, *held, is_down)


def _state(
    lane: WorkingLane, pace: Pace, retrying: int, waits: tuple[bool, bool], next_at: datetime | None, now: datetime
) -> LaneState:
    rates = (lane.limits.messages_per_second, lane.way_limits.messages_per_second, pace.effective_rate)
    limit = min((rate for rate in rates if rate is not None), default=None)
    seconds = int((pace.quiet_until - now).total_seconds()) if pace.quiet_until else 0
    standing = _standing(bool(pace.quiet_until), *waits, limit)
    return LaneState(lane.key.mailbox_provider, standing, retrying, next_at, pace.reply, seconds, limit)


def _standing(is_slowed: bool, is_due: bool, is_quiet: bool, limit: float | None) -> LaneStanding:
    if is_slowed:
        return LaneStanding.SLOWED
    if not is_due:
        return LaneStanding.QUIET if is_quiet else LaneStanding.RETRYING
    return LaneStanding.MOVING if limit is None else LaneStanding.LIMITED
