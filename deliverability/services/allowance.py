"""Says how much may leave on a lane right now: token bucket, connection slots and a provider's wish to go slower.

All of it lives in Redis with a time to live and is rebuilt from nothing: a lost bucket is full, a lost slot is
taken again by its holder's next renewal.
"""

import math
from dataclasses import dataclass, field
from typing import Any

from redis.exceptions import RedisError

from deliverability import conf
from deliverability.rules.lanes import (
    LaneKey,
    LaneLimits,
    say_connections_taken,
    say_rate_spent,
    say_redis_down,
    say_slowed,
)

SLOT_SECONDS = 15
NO_LIMIT = -1
WAIT_FOR_CONNECTION_SECONDS = 0.25
WAIT_FOR_REDIS_SECONDS = 1.0
# A refill of less would make a drain come back for every message.
CHUNK_SECONDS = 0.25

# One round trip decides everything by Redis's own clock, so workers on machines whose clocks differ agree.
# Slots are members "holder/serial/count" with their expiry as the score. `share` keeps one drain from taking every
# connection of a lane while its siblings idle. Returns {messages, connections, wait in ms, cause}.
_TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local holder, serial = ARGV[1], ARGV[2]
local messages, connections = tonumber(ARGV[3]), tonumber(ARGV[4])
local rate, burst, limit = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local slot_ms, chunk_ms = tonumber(ARGV[8]), tonumber(ARGV[9])

local slowed = redis.call('PTTL', KEYS[3])
if slowed > 0 then return {0, 0, slowed, redis.call('GET', KEYS[3])} end

if connections > 0 then
    redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
    local all, mine = 0, 0
    for _, member in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
        local who, count = string.match(member, '^(.*)/%d+/(%d+)$')
        all = all + count
        if who == holder then mine = mine + count end
    end
    local drains = math.max(1, redis.call('ZCOUNT', KEYS[4], now, '+inf'))
    local share = math.ceil(limit / drains)
    connections = math.min(connections, limit - all, share - mine)
    if connections <= 0 then return {0, 0, 0, 'connections'} end
end

if rate > 0 then
    local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'at')
    local tokens = burst
    if bucket[1] then tokens = math.min(burst, bucket[1] + (now - bucket[2]) * rate / 1000) end
    if tokens < 1 then
        local wait = math.max((1 - tokens) * 1000 / rate, math.min(chunk_ms, burst * 1000 / rate))
        return {0, 0, math.ceil(wait), 'rate'}
    end
    messages = math.min(messages, math.floor(tokens))
    redis.call('HSET', KEYS[1], 'tokens', tostring(tokens - messages), 'at', now)
    redis.call('PEXPIRE', KEYS[1], math.ceil(burst * 1000 / rate) + 60000)
end

if connections > 0 then
    redis.call('ZADD', KEYS[2], now + slot_ms, holder .. '/' .. serial .. '/' .. connections)
    redis.call('PEXPIRE', KEYS[2], slot_ms)
end
return {messages, connections, 0, ''}
"""
_GIVE_BACK = "if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('HINCRBYFLOAT', KEYS[1], 'tokens', ARGV[1]) end"
_RENEW = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for i, key in ipairs(KEYS) do
    redis.call('ZADD', key, now + ARGV[1], ARGV[i + 1])
    redis.call('PEXPIRE', key, ARGV[1])
end
"""


@dataclass(frozen=True, slots=True)
class Slot:
    """A hold on some connections of a lane; lasts 15 seconds from its last renewal."""

    key: str
    member: str


@dataclass(frozen=True, slots=True)
class Allowance:
    """What may leave now. Nothing (`messages` 0) carries its reason in words and when to ask again."""

    messages: int
    connections: int = 0
    slot: Slot | None = None
    reason: str = ""
    retry_seconds: float = 0.0


@dataclass(slots=True)
class Allowances:
    """One drain's view of every lane. `drains_key` names the sorted set in which live drains stand."""

    holder: str
    drains_key: str
    _serial: int = 0
    _scripts: dict[str, Any] = field(default_factory=dict)

    def take(self, lane: LaneKey, limits: LaneLimits, *, messages: int, connections: int) -> Allowance:
        """Reserve up to so many messages and connections; 0 connections asks for messages alone."""
        self._serial += 1
        keys = [lane.bucket, lane.slots, lane.slowed, self.drains_key]
        arguments = [self.holder, self._serial, messages, connections, *_numbers(limits)]
        try:
            granted, granted_connections, wait, cause = self._run(_TAKE, keys, arguments)
        except RedisError as error:
            return Allowance(0, reason=say_redis_down(str(error)), retry_seconds=WAIT_FOR_REDIS_SECONDS)
        if granted == 0:
            return _refusal(lane, limits, wait / 1000, cause.decode(errors="replace"))
        member = f"{self.holder}/{self._serial}/{granted_connections}"
        return Allowance(granted, granted_connections, Slot(lane.slots, member) if granted_connections else None)

    def give_back(self, lane: LaneKey, limits: LaneLimits, messages: int) -> None:
        """Return reserved messages that did not leave after all."""
        if messages > 0 and limits.messages_per_second is not None:
            self._try(_GIVE_BACK, [lane.bucket], [messages])

    def renew(self, slots: list[Slot]) -> None:
        if slots:
            self._try(
                _RENEW, [slot.key for slot in slots], [int(SLOT_SECONDS * 1000), *(slot.member for slot in slots)]
            )

    def release(self, slot: Slot) -> None:
        try:
            conf.redis_client().zrem(slot.key, slot.member)
        except RedisError:
            pass  # it expires by itself

    def slow_down(self, lane: LaneKey, reply: str, seconds: float) -> None:
        """Keep the lane quiet for a while because the mailbox provider said so."""
        try:
            conf.redis_client().set(lane.slowed, reply[:500], px=max(1, int(seconds * 1000)))
        except RedisError:
            pass  # the deferred recipients wait anyway; only the others of the lane go on

    def _try(self, script: str, keys: list[str], arguments: list[Any]) -> None:
        try:
            self._run(script, keys, arguments)
        except RedisError:
            pass  # slots and tokens heal by their time to live

    def _run(self, script: str, keys: list[str], arguments: list[Any]) -> Any:
        if script not in self._scripts:
            self._scripts[script] = conf.redis_client().register_script(script)
        return self._scripts[script](keys=keys, args=arguments)


def _numbers(limits: LaneLimits) -> list[float]:
    rate = NO_LIMIT if limits.messages_per_second is None else max(limits.messages_per_second, 0.0001)
    return [rate, max(1, limits.burst), limits.max_connections, int(SLOT_SECONDS * 1000), int(CHUNK_SECONDS * 1000)]


def _refusal(lane: LaneKey, limits: LaneLimits, seconds: float, cause: str) -> Allowance:
    if cause == "connections":
        return Allowance(0, reason=say_connections_taken(lane, limits), retry_seconds=WAIT_FOR_CONNECTION_SECONDS)
    if cause == "rate":
        return Allowance(0, reason=say_rate_spent(lane, limits, seconds), retry_seconds=seconds)
    return Allowance(0, reason=say_slowed(lane, cause, seconds), retry_seconds=math.ceil(seconds))
