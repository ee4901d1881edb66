"""Which drains run or stand in the queue, by Redis markers that end by themselves: the work itself is in Postgres."""

import time
import uuid
from dataclasses import dataclass

from redis.exceptions import RedisError

from deliverability import conf
from deliverability.types import StreamKind

RUNNING_SECONDS = 15
QUEUED_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Attendance:
    """The markers of one kind of drain. Times are those of the clocks of our machines, good to a few seconds."""

    kind: StreamKind

    @property
    def running_key(self) -> str:
        return f"sendwell:drains:{self.kind.value}:running"

    @property
    def _queued_key(self) -> str:
        return f"sendwell:drains:{self.kind.value}:queued"

    @property
    def places(self) -> int:
        return conf.bulk_drains() if self.kind == StreamKind.MARKETING else conf.TRANSACTIONAL_DRAINS

    def missing(self) -> int:
        """How many drains may still be put into the queue."""
        return self.places - self._count(self.running_key) - self._count(self._queued_key)

    def queue(self) -> str:
        """Mark a drain that is about to be put into the queue. Returns its ticket."""
        ticket = uuid.uuid4().hex
        self._mark(self._queued_key, ticket, QUEUED_SECONDS)
        return ticket

    def arrive(self, ticket: str) -> bool:
        """Turn a ticket into a running drain; False when every place is taken, as after a queue that stood still."""
        try:
            conf.redis_client().zrem(self._queued_key, ticket)
            # The broker delivers a killed drain's task again: it takes the place that it had.
            conf.redis_client().zrem(self.running_key, ticket)
            if self._count(self.running_key) >= self.places:
                return False
            self._mark(self.running_key, ticket, RUNNING_SECONDS)
        except RedisError:
            return True  # without markers one drain too many may run; leases keep it harmless
        return True

    def stay(self, ticket: str) -> None:
        try:
            self._mark(self.running_key, ticket, RUNNING_SECONDS)
        except RedisError:
            pass  # the marker comes back with Redis

    def leave(self, ticket: str) -> None:
        try:
            conf.redis_client().zrem(self.running_key, ticket)
        except RedisError:
            pass  # it expires by itself

    def _count(self, key: str) -> int:
        return conf.redis_client().zcount(key, _now_ms(), "+inf")

    def _mark(self, key: str, ticket: str, seconds: int) -> None:
        with conf.redis_client().pipeline() as pipeline:
            pipeline.zremrangebyscore(key, "-inf", _now_ms())
            pipeline.zadd(key, {ticket: _now_ms() + seconds * 1000})
            pipeline.expire(key, seconds)
            pipeline.execute()


def _now_ms() -> int:
    # The dispatcher's scripts compare these scores with Redis's clock in milliseconds.
    return int(time.time() * 1000)
