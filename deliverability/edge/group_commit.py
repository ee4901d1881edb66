"""Appends hits to the Redis stream: requests wait for Redis's word, and all that wait share one round trip."""

import asyncio
import logging
from dataclasses import dataclass, field

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from deliverability.rules.hits import FIELD, STREAM

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Group:
    hits: list[bytes] = field(default_factory=list)
    settled: asyncio.Event = field(default_factory=asyncio.Event)


class GroupCommit:
    """One writer per process. While a group is on its way, those who come join the next one."""

    def __init__(self, url: str, seconds: float) -> None:
        # Without retries: a second XADD after a lost reply would be a second event.
        self._redis = Redis.from_url(
            url, socket_connect_timeout=seconds, socket_timeout=seconds, retry=Retry(NoBackoff(), 0)
        )
        self._seconds = seconds
        self._next = _Group()
        self._writer: asyncio.Task[None] | None = None
        self.lost = 0

    async def append(self, packed: bytes) -> None:
        """Return when Redis has the hit, or when it had its time and did not answer: the person goes first."""
        group = self._next
        group.hits.append(packed)
        if self._writer is None:
            self._writer = asyncio.create_task(self._write_groups())
        await group.settled.wait()

    async def close(self) -> None:
        await self._redis.aclose()

    async def _write_groups(self) -> None:
        try:
            while self._next.hits:
                group, self._next = self._next, _Group()
                try:
                    await self._write(group.hits)
                finally:
                    group.settled.set()
        finally:
            self._writer = None

    async def _write(self, hits: list[bytes]) -> None:
        try:
            async with asyncio.timeout(self._seconds):
                pipeline = self._redis.pipeline(transaction=False)
                for hit in hits:
                    pipeline.execute_command("XADD", STREAM, "*", FIELD, hit)
                replies = await pipeline.execute(raise_on_error=False)
            refused = [reply for reply in replies if isinstance(reply, Exception)]
        except (RedisError, OSError, TimeoutError) as error:
            refused = [error] * len(hits)
        if refused:
            self.lost += len(refused)
            logger.error(
                "Redis did not take %d opens or clicks (%r), %d since this process started. People got their page, "
                "the events are lost. Check Redis and SENDWELL's REDIS_URL.",
                len(refused),
                refused[0],
                self.lost,
            )
