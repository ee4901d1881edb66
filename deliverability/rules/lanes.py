"""The limits of a lane (stream × mailbox provider) and of a way out (provider × mailbox provider), and their keys."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class LaneLimits:
    """None: no limit. `burst` is the bucket's size; connections are over all workers; hours and days are UTC's."""

    messages_per_second: float | None = None
    burst: int = 100
    max_connections: int = 20
    messages_per_hour: int | None = None
    messages_per_day: int | None = None
    messages_per_connection: int | None = None

    def capped(self, per_hour: int | None, per_day: int | None) -> "LaneLimits":
        """These limits and the caps of a warm-up, whichever is lower."""
        return replace(
            self,
            messages_per_hour=lower(self.messages_per_hour, per_hour),
            messages_per_day=lower(self.messages_per_day, per_day),
        )


DEFAULT = LaneLimits()
UNLIMITED = LaneLimits(max_connections=10_000)


@dataclass(frozen=True, slots=True)
class LaneKey:
    """Names one lane."""

    stream_id: int
    mailbox_provider: str

    @property
    def bucket(self) -> str:
        return f"sendwell:lane:{self.stream_id}:{self.mailbox_provider}:bucket"

    @property
    def slots(self) -> str:
        return f"sendwell:lane:{self.stream_id}:{self.mailbox_provider}:slots"

    @property
    def counts(self) -> str:
        return f"sendwell:lane:{self.stream_id}:{self.mailbox_provider}:counts"


@dataclass(frozen=True, slots=True)
class WayKey:
    """Names one way out to one mailbox provider: what the mailbox provider sees as one sender."""

    provider_id: int
    mailbox_provider: str

    @property
    def bucket(self) -> str:
        return f"sendwell:way:{self.provider_id}:{self.mailbox_provider}:bucket"

    @property
    def slots(self) -> str:
        return f"sendwell:way:{self.provider_id}:{self.mailbox_provider}:slots"

    @property
    def counts(self) -> str:
        return f"sendwell:way:{self.provider_id}:{self.mailbox_provider}:counts"

    @property
    def pace(self) -> str:
        return f"sendwell:way:{self.provider_id}:{self.mailbox_provider}:pace"

    @property
    def heard(self) -> str:
        return f"sendwell:way:{self.provider_id}:{self.mailbox_provider}:heard"

    def hits(self, rule: str) -> str:
        return f"sendwell:way:{self.provider_id}:{self.mailbox_provider}:hits:{rule}"


def lower(one: int | None, other: int | None) -> int | None:
    """The lower of two limits, where None is none."""
    return min((limit for limit in (one, other) if limit is not None), default=None)
