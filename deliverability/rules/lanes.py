"""The limits of a lane (stream × mailbox provider), its keys in Redis, and its silence put into words."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LaneLimits:
    """`messages_per_second` None: no limit. `burst` is the bucket's size; connections are over all workers."""

    messages_per_second: float | None = None
    burst: int = 100
    max_connections: int = 20


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
    def slowed(self) -> str:
        return f"sendwell:lane:{self.stream_id}:{self.mailbox_provider}:slowed"


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
