"""Says how much may leave on a lane right now: rates, connections, hours and days, of the stream and of its way out.

All of it lives in Redis with a time to live and is rebuilt from Postgres: a lost bucket is full, a lost slot is taken
again by its holder's next renewal, lost counts are counted from the events, and a lost pace is read from its changes.
"""

import math
from dataclasses import dataclass, field
from typing import Any

from redis.exceptions import RedisError

from deliverability import conf
from deliverability.queries.lanes import WorkingLane
from deliverability.rules.lane_words import (
    say_capped,
    say_connections_taken,
    say_pace_spent,
    say_quiet,
    say_rate_spent,
    say_redis_down,
)
from deliverability.rules.lanes import LaneLimits
from deliverability.services import scripts
from deliverability.services.restoring import restore_counts, restore_pace

SLOT_SECONDS = 15
NO_LIMIT = -1
WAIT_FOR_CONNECTION_SECONDS = 0.25
WAIT_FOR_REDIS_SECONDS = 1.0
# A refill of less would make a drain come back for every message.
CHUNK_SECONDS = 0.15
# What makes a lane wait longer may be lifted by a person before it is over: it is asked again after this.
LONGEST_WAIT_SECONDS = 30.0
# A lane lacks at most its pace, its own counts and its way's counts.
_TRIES = 4


@dataclass(frozen=True, slots=True)
class Slot:
    """A hold on some connections of a lane and its way out; lasts 15 seconds from its last renewal."""

    keys: tuple[str, str]
    member: str
    connections: int


@dataclass(frozen=True, slots=True)
class Allowance:
    """What may leave now. Nothing (`messages` 0) carries its reason in words and when to ask again.

    `counted_in` is the hour in which the messages were counted, 0 where nothing counts them. `is_capped`: the way out
    has no room for more in this hour or day.
    """

    messages: int
    connections: int = 0
    slot: Slot | None = None
    reason: str = ""
    retry_seconds: float = 0.0
    counted_in: int = 0
    is_capped: bool = False


@dataclass(slots=True)
class Allowances:
    """One drain's view of every lane. `drains_key` names the sorted set in which live drains stand."""

    holder: str
    drains_key: str
    _serial: int = 0
    _scripts: dict[str, Any] = field(default_factory=dict)

    def take(self, lane: WorkingLane, *, messages: int, connections: int) -> Allowance:
        """Reserve up to so many messages and connections; 0 connections asks for messages alone.

        One round trip, save for the first after Redis has forgotten the lane.
        """
        self._serial += 1
        arguments = [self.holder, self._serial, messages, connections, *_numbers(lane)]
        try:
            for _ in range(_TRIES):
                granted, granted_connections, wait, cause, detail, counted_in = self._run(
                    scripts.TAKE, self._keys(lane), arguments
                )
                if cause not in _RESTORE:
                    break
                _RESTORE[cause](lane)
        except RedisError as error:
            return Allowance(0, reason=say_redis_down(str(error)), retry_seconds=WAIT_FOR_REDIS_SECONDS)
        if granted == 0:
            return _refusal(lane, wait / 1000, cause.decode(), detail.decode(errors="replace"))
        slot = None
        if granted_connections:
            member = f"{self.holder}/{self._serial}/{granted_connections}"
            slot = Slot((lane.key.slots, lane.way.slots), member, granted_connections)
        return Allowance(granted, granted_connections, slot, counted_in=counted_in)

    def give_back(self, lane: WorkingLane, allowance: Allowance, messages: int) -> None:
        """Return reserved messages that did not leave after all."""
        if messages > 0 and allowance.counted_in:
            keys = [lane.key.bucket, lane.key.counts, lane.way.bucket, lane.way.counts]
            self._try(scripts.GIVE_BACK, keys, [messages, allowance.counted_in])

    def renew(self, slots: list[Slot]) -> None:
        if slots:
            keys = [key for slot in slots for key in slot.keys]
            members = [slot.member for slot in slots for _ in slot.keys]
            self._try(scripts.RENEW, keys, [int(SLOT_SECONDS * 1000), *members])

    def release(self, slot: Slot) -> None:
        try:
            with conf.redis_client().pipeline(transaction=False) as pipeline:
                for key in slot.keys:
                    pipeline.zrem(key, slot.member)
                pipeline.execute()
        except RedisError:
            pass  # it expires by itself

    def _keys(self, lane: WorkingLane) -> list[str]:
        key, way = lane.key, lane.way
        return [key.bucket, key.slots, key.counts, way.bucket, way.slots, way.counts, way.pace, self.drains_key]

    def _try(self, script: str, keys: list[str], arguments: list[Any]) -> None:
        try:
            self._run(script, keys, arguments)
        except RedisError:
            pass  # slots and tokens heal by their time to live

    def _run(self, script: str, keys: list[str], arguments: list[Any]) -> Any:
        if script not in self._scripts:
            self._scripts[script] = conf.redis_client().register_script(script)
        return self._scripts[script](keys=keys, args=arguments)


_RESTORE = {
    b"pace": lambda lane: restore_pace(lane.way, is_paced=lane.is_paced),
    b"counts": lambda lane: restore_counts(lane.way),
    b"lane counts": lambda lane: restore_counts(lane.key),
}


def _numbers(lane: WorkingLane) -> list[float]:
    own, shared = lane.limits, lane.way_limits
    return [
        int(SLOT_SECONDS * 1000),
        int(CHUNK_SECONDS * 1000),
        1 if lane.leaves_room else 0,
        _rate(own.messages_per_second),
        max(1, own.burst),
        own.max_connections,
        _cap(own.messages_per_hour),
        _cap(own.messages_per_day),
        _rate(shared.messages_per_second),
        shared.max_connections,
        _cap(shared.messages_per_hour, is_exempt=lane.is_urgent),
        _cap(shared.messages_per_day, is_exempt=lane.is_urgent),
    ]


def _rate(per_second: float | None) -> float:
    return NO_LIMIT if per_second is None else max(per_second, 0.0001)


def _cap(messages: int | None, *, is_exempt: bool = False) -> int:
    """Transactional mail counts, but nobody waits until tomorrow for a new password because a campaign used the day."""
    if messages is None:
        return NO_LIMIT
    return 2**53 if is_exempt else messages


def _refusal(lane: WorkingLane, seconds: float, cause: str, detail: str) -> Allowance:
    whose, _, what = cause.rpartition(" ")
    limits: LaneLimits = lane.limits if whose else lane.way_limits
    provider = lane.key.mailbox_provider
    if what == "connections":
        owner = "this stream" if whose else "all streams together"
        reason = say_connections_taken(provider, limits.max_connections, owner)
        return Allowance(0, reason=reason, retry_seconds=WAIT_FOR_CONNECTION_SECONDS)
    if what == "rate":
        say = say_rate_spent if whose else say_pace_spent
        return Allowance(0, reason=say(provider, float(detail), seconds), retry_seconds=seconds)
    if what == "quiet":
        reason = say_quiet(provider, detail, seconds)
    else:
        reason = say_capped(provider, limits, by_day=what == "day", reason="" if whose else lane.cap_reason)
    wait = min(math.ceil(seconds), LONGEST_WAIT_SECONDS)
    return Allowance(0, reason=reason, retry_seconds=wait, is_capped=not whose and what != "quiet")
