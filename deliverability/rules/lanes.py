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

    @property
    def slowed(self) -> str:
        return f"sendwell:lane:{self.stream_id}:{self.mailbox_provider}:slowed"


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


def say_rate_spent(lane: LaneKey, limits: LaneLimits, seconds: float) -> str:
    return (
        f"Mail to {lane.mailbox_provider} is limited to {limits.messages_per_second:g} messages per second. "
        f"The next may leave in {seconds:.1f} s. Raise the limit of this lane to send faster."
    )


def say_connections_taken(lane: LaneKey, limits: LaneLimits) -> str:
    return (
        f"All {limits.max_connections} connections that this stream may use for {lane.mailbox_provider} are busy. "
        "Mail follows as they become free."
    )


def say_slowed(lane: LaneKey, reply: str, seconds: float) -> str:
    return (
        f"{lane.mailbox_provider} asked us to slow down: “{reply}”. "
        f"We wait another {seconds:.0f} s and then go on; nobody is lost."
    )


def say_redis_down(error: str) -> str:
    return (
        f"Redis does not answer ({error}). Nothing new is sent until it does; mail that is on its way is not lost. "
        "Check that the server named by REDIS_URL runs."
    )
