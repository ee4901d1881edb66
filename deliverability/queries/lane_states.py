"""How the lanes of one mailing stand: cheap enough to be asked every two seconds."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import cast

from django.db import connection
from django.utils import timezone
from redis.exceptions import RedisError

from deliverability import conf
from deliverability.models import Lane, Stream
from deliverability.rules.lanes import LaneKey

# Sizes only of what is tried again: to know the size of an array, PostgreSQL must unpack it.
_OPEN = """
SELECT mailbox_provider, coalesce(sum(cardinality(recipient_ids)) FILTER (WHERE attempt > 1), 0),
    count(*) FILTER (WHERE state = 1 OR due_at <= %(now)s), min(due_at) FILTER (WHERE state = 0 AND due_at > %(now)s)
FROM deliverability_deliverybatch WHERE mailing_id = %(mailing)s AND state < 2 GROUP BY mailbox_provider
"""


class LaneStanding(StrEnum):
    MOVING = "moving"
    LIMITED = "limited"
    SLOWED = "slowed"
    RETRYING = "retrying"


@dataclass(frozen=True, slots=True)
class LaneState:
    """One mailbox provider with open work. `reply` is what it said when it slowed us down, `seconds` how long still.

    `retrying` counts people; `messages_per_second` is the lane's own limit; RETRYING: nothing is due before `next_at`.
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
    """Three queries and one round trip to Redis."""
    now = now or timezone.now()
    stream = Stream.objects.only("name", "held_reason", "held_until").get(mailings=mailing_id)
    is_held = bool(stream.held_reason) and (stream.held_until is None or stream.held_until > now)
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, {"mailing": mailing_id, "now": now})
        rows = cursor.fetchall()
    lanes = [LaneKey(stream.pk, row[0]) for row in rows]
    silences, is_down = _silences(lanes)
    limits = dict(Lane.objects.filter(stream=stream).values_list("mailbox_provider", "messages_per_second"))
    states = {}
    for lane, (provider, retrying, due, next_at) in zip(lanes, rows, strict=True):
        limit = limits.get(provider, limits.get("*"))
        reply, seconds = silences.get(lane.slowed, ("", 0))
        standing = _standing(bool(reply), bool(due), limit)
        states[provider] = LaneState(provider, standing, int(retrying), next_at, reply, seconds, limit)
    held = (stream.held_reason, stream.held_until) if is_held else ("", None)
    return Standing(states, stream.name, *held, is_down)


def _standing(is_slowed: bool, is_due: bool, limit: float | None) -> LaneStanding:
    if is_slowed:
        return LaneStanding.SLOWED
    if not is_due:
        return LaneStanding.RETRYING
    return LaneStanding.MOVING if limit is None else LaneStanding.LIMITED


def _silences(lanes: list[LaneKey]) -> tuple[dict[str, tuple[str, int]], bool]:
    """What mailbox providers said who asked us to slow down, and for how many seconds still, by the lane's key."""
    if not lanes:
        return {}, False
    pipe = conf.redis_client().pipeline(transaction=False)
    for lane in lanes:
        pipe.get(lane.slowed)
        pipe.pttl(lane.slowed)
    try:
        answers = pipe.execute()
    except RedisError:
        return {}, True
    found = {}
    for lane, reply, milliseconds in zip(lanes, answers[::2], answers[1::2], strict=True):
        if reply:
            found[lane.slowed] = (cast(bytes, reply).decode(errors="replace"), max(0, milliseconds) // 1000)
    return found, False
