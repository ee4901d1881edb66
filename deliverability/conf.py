"""The engine's settings, with their defaults and units."""

from pathlib import Path
from typing import Any, Literal, cast

from django.conf import settings

LEASE_SECONDS = 30
# A drain task ends well before a deploy's patience does, and puts itself back in the queue.
DRAIN_SECONDS = 50
GIVE_UP_HOURS = 72


def journal_kind() -> Literal["file", "redis"]:
    return cast(Literal["file", "redis"], _setting("JOURNAL"))


def journal_folder() -> Path:
    return Path(_setting("JOURNAL_DIR"))


def retry_scale() -> float:
    return float(_setting("RETRY_SCALE"))


def link_key() -> bytes:
    return settings.LINK_KEY.encode()


def address_key_secret() -> bytes:
    return settings.ADDRESS_KEY.encode()


def tracking_url() -> str:
    return str(settings.TRACKING_URL)


def _setting(name: str) -> Any:
    return settings.SENDWELL[name]
