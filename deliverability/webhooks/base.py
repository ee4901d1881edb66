"""What a webhook is made of, and what it tells."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Hook:
    """One request as it came. `url` is the address that the ESP was given, which some sign along."""

    content_type: str
    headers: Mapping[str, str]
    body: bytes
    url: str = ""


@dataclass(frozen=True, slots=True)
class Secrets:
    """What proves a provider's webhooks; empty: not set up. `passwords` are “user:password”."""

    key: str = field(default="", repr=False)
    passwords: tuple[str, ...] = field(default=(), repr=False)
    topic: str = ""

    def __bool__(self) -> bool:
        return bool(self.key or self.passwords or self.topic)


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that an ESP tells of one recipient: `what` and `reason` are anymail's words, `raw` the ESP's own.

    `key` is the ESP's id of the event where it gives one. `is_lasting` says that the ESP will not try again because
    the mailbox is not there.
    """

    what: str
    at: datetime | None
    key: str
    message_id: str
    recipient: str
    reason: str
    description: str
    reply: str
    tags: tuple[str, ...]
    metadata: Mapping[str, Any]
    raw: Any
    is_lasting: bool = False


class Unproved(Exception):
    """The request does not come from the ESP, or cannot be shown to."""


class Unreadable(Exception):
    """The request comes from the ESP, but is none that we know, such as one of another kind of webhook."""
