"""Buffers a hit where Django itself serves the tracking paths; the edge has its own, asynchronous way."""

import logging
from functools import cache

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from deliverability import conf
from deliverability.rules.hits import FIELD, STREAM, Hit, pack_hit

logger = logging.getLogger(__name__)


def record_hit(*, hit: Hit) -> bool:
    """Return when Redis has the hit. False, with a line in the log, when it had its time: the person goes first."""
    try:
        _redis().xadd(STREAM, {FIELD: pack_hit(hit)})
    except redis.RedisError:
        logger.exception("Redis did not take an open or a click. The person got their page, the event is lost.")
        return False
    return True


@cache
def _redis() -> redis.Redis:
    # Without retries: a second XADD after a lost reply would be a second event.
    seconds = conf.HIT_SECONDS
    return redis.Redis.from_url(
        conf.redis_url(), socket_connect_timeout=seconds, socket_timeout=seconds, retry=Retry(NoBackoff(), 0)
    )
