"""The pace to each mailbox provider as Redis has it at this moment: one round trip for any number of ways."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils import timezone

from deliverability import conf
from deliverability.rules.lanes import WayKey

_FIELDS = (
    "quiet_until", "quiet_reply", "rate", "connections", "limited_until", "limited_rate", "limited_connections",
    "limited_reply", "found_until",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pace:
    """`rate` and `connections` are what was found to work, None while nothing has slowed us. Times are aware.

    While `quiet_until` lies ahead nothing leaves; while `limited_until` does, a rule limits the pace further.
    """

    quiet_until: datetime | None = None
    reply: str = ""
    rate: float | None = None
    connections: int | None = None
    limited_until: datetime | None = None
    limited_rate: float | None = None
    limited_connections: int | None = None

    @property
    def effective_rate(self) -> float | None:
        return min((rate for rate in (self.rate, self.limited_rate) if rate is not None), default=None)

    @property
    def effective_connections(self) -> int | None:
        counts = (self.connections, self.limited_connections)
        return min((count for count in counts if count is not None), default=None)


def paces(ways: Sequence[WayKey], now: datetime | None = None) -> dict[WayKey, Pace]:
    """Raises RedisError. What has run out is left out."""
    if not ways:
        return {}
    now = now or timezone.now()
    with conf.redis_client().pipeline(transaction=False) as pipeline:
        for way in ways:
            pipeline.hmget(way.pace, _FIELDS)
        answers = pipeline.execute()
    return {way: _pace(answer, now) for way, answer in zip(ways, answers, strict=True)}


def _pace(answer: list[bytes | None], now: datetime) -> Pace:
    given = dict(zip(_FIELDS, answer, strict=True))
    quiet, limited, found = (_ahead(given[name], now) for name in ("quiet_until", "limited_until", "found_until"))
    reply = given["quiet_reply"] if quiet else given["limited_reply"] if limited else None
    return Pace(
        quiet_until=quiet,
        reply=reply.decode(errors="replace") if reply else "",
        rate=_number(given["rate"]) if found else None,
        connections=_whole(given["connections"]) if found else None,
        limited_until=limited,
        limited_rate=_number(given["limited_rate"]) if limited else None,
        limited_connections=_whole(given["limited_connections"]) if limited else None,
    )


def _ahead(milliseconds: bytes | None, now: datetime) -> datetime | None:
    at = datetime.fromtimestamp(float(milliseconds) / 1000, UTC) if milliseconds else None
    return at if at and at > now else None


def _number(value: bytes | None) -> float | None:
    return float(value) if value else None


def _whole(value: bytes | None) -> int | None:
    return int(float(value)) if value else None
