"""How the providers stand: kept in Redis, so that all workers leave and return to one together."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from redis.exceptions import RedisError

from deliverability import conf
from deliverability.models import ProviderChange
from deliverability.rules.health import SHARES, Standing

# Those that are left alone, for whoever asks the database for work.
OUT_KEY = "sendwell:providers:out"


def health_key(provider_id: int) -> str:
    return f"sendwell:provider:{provider_id}:health"


@dataclass(frozen=True, slots=True)
class Health:
    """`until`: when one that is OUT is tried again; `why` in words, empty while all is well."""

    standing: Standing = Standing.WORKS
    until: datetime | None = None
    why: str = ""

    @property
    def share(self) -> float:
        """How much of its part of the mail it may take, 0 to 1."""
        return SHARES[self.standing]

    @property
    def reason(self) -> str:
        """`why` as a sentence."""
        return f"{self.why.rstrip('.')}." if self.why else ""

    def is_due(self, now: datetime) -> bool:
        """Left alone for long enough: whoever has no other way may try."""
        return self.standing == Standing.OUT and (self.until is None or self.until <= now)


WELL = Health()


def healths(provider_ids: Collection[int]) -> dict[int, Health]:
    """One round trip. Without Redis nobody is known to be unwell; nothing leaves then either."""
    ids = list(provider_ids)
    try:
        with conf.redis_client().pipeline(transaction=False) as pipeline:
            for provider_id in ids:
                pipeline.hmget(health_key(provider_id), "standing", "until", "why")
            return {key: _health(*fields) for key, fields in zip(ids, pipeline.execute(), strict=True)}
    except RedisError:
        return dict.fromkeys(ids, WELL)


def newest_changes(provider_id: int, most: int = 10) -> list[ProviderChange]:
    """The last times that a provider was left or taken back, the newest first."""
    return list(ProviderChange.objects.filter(provider_id=provider_id).order_by("-at", "-id")[:most])


def providers_out() -> list[int]:
    """Those that are left alone; nobody while Redis is down."""
    try:
        return sorted(int(member) for member in conf.redis_client().smembers(OUT_KEY))
    except RedisError:
        return []


def _health(standing: bytes | None, until: bytes | None, why: bytes | None) -> Health:
    if standing is None:
        return WELL
    moment = datetime.fromtimestamp(int(until) / 1000, UTC) if until else None
    return Health(Standing(standing.decode()), moment, (why or b"").decode())
