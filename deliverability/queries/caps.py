"""What a warm-up allows a way out to send to each mailbox provider: read by the lanes, which keep to it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caps:
    """Messages per UTC day and per clock hour, None: not capped. `reason` says in words which plan asks for it."""

    per_day: int | None
    per_hour: int | None
    reason: str


def warmup_caps(provider_id: int) -> dict[str, Caps]:
    """Today's caps of one way out by mailbox provider; whoever is not in it is not capped."""
    return {}
