"""The engine's settings, with their defaults and units."""

from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

LEASE_SECONDS = 30
# A drain task ends well before a deploy's patience does, and puts itself back in the queue.
DRAIN_SECONDS = 50
GIVE_UP_HOURS = 72
TRANSACTIONAL_DRAINS = 1
# The person who clicked waits no longer than this for us to write it down.
HIT_SECONDS = 0.5
CONSUME_SECONDS = 50


def journal_kind() -> Literal["file", "redis"]:
    return cast(Literal["file", "redis"], _setting("JOURNAL"))


def journal_folder() -> Path:
    return Path(_setting("JOURNAL_DIR"))


def bulk_drains() -> int:
    """How many marketing drains run at once, over all machines."""
    return int(_setting("BULK_DRAINS"))


@cache
def redis_client() -> redis.Redis:
    """This process's client; short time-outs, since a drain that waits for Redis moves no mail."""
    # One retry mends a connection that a restart broke; callers have their own patience for more.
    retry = Retry(NoBackoff(), 1)
    return redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=2, retry=retry)


def behind_proxy() -> bool:
    """Whether X-Forwarded-For comes from a proxy of ours and may be believed."""
    return bool(_setting("BEHIND_PROXY"))


def redis_url() -> str:
    return str(settings.REDIS_URL)


def silence_seconds() -> float:
    """After so long without a word over messages that it has, a provider is left where there is another."""
    return float(_setting("SILENCE_SECONDS"))


def retry_scale() -> float:
    return float(_setting("RETRY_SCALE"))


def link_key() -> bytes:
    return settings.LINK_KEY.encode()


def address_key_secret() -> bytes:
    return settings.ADDRESS_KEY.encode()


def tracking_url() -> str:
    return str(settings.TRACKING_URL)


def base_url() -> str:
    return str(settings.BASE_URL)


def _setting(name: str) -> Any:
    return settings.SENDWELL[name]
