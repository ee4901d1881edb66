"""How a mail server of the simulated internet behaves: what it allows, and what it says when we want more."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Character:
    """0 means: no such limit. The rate is a bucket that fills by `per_second` and holds `burst`."""

    name: str
    per_second: float = 0
    burst: float = 0
    connections: int = 0
    per_connection: int = 0
    reply_seconds: float = 0.0
    greylist_seconds: float = 0.0
    # Whoever is refused so often within ten seconds is blocked for a while: not slowing down is what gets you listed.
    block_after: int = 0
    block_seconds: float = 0.0
    too_fast: str = "451 4.7.1 Too many messages, slow down"
    crowded: str = "421 4.7.0 Too many concurrent connections from your address"
    worn: str = "421 4.7.0 Too many messages on this connection"
    greylisted: str = "450 4.2.0 Greylisted, please try again later"
    blocked: str = "550 5.7.1 Messages from your address are blocked"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


# Real servers count by the minute or the hour. Two seconds of time that is compressed twelve times are stricter.
BURST_SECONDS = 2


def gmail(per_second: float) -> Character:
    return Character(
        "google",
        per_second=per_second,
        burst=per_second * BURST_SECONDS,
        connections=5,
        too_fast="421 4.7.28 Our system has detected an unusual rate of mail originating from your IP address",
    )


def outlook(per_second: float) -> Character:
    """Allows fewer connections than are usual, and lists whoever does not listen."""
    return Character(
        "microsoft",
        per_second=per_second,
        burst=per_second * BURST_SECONDS,
        connections=4,
        block_after=int(per_second * 20),
        block_seconds=20,
        too_fast="451 4.7.500 Server busy. Please try again later",
        crowded="421 4.3.2 The maximum number of concurrent server connections has exceeded a limit, closing",
        blocked="550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent, your network is on our list (S3150)",
    )


def yahoo(per_second: float) -> Character:
    return Character(
        "yahoo",
        per_second=per_second,
        burst=per_second * BURST_SECONDS,
        connections=10,
        per_connection=20,
        too_fast="421 4.7.0 Messages from 192.0.2.1 rate limited, please slow down",
    )


def slow(reply_seconds: float) -> Character:
    return Character("orange", connections=2, per_connection=100, reply_seconds=reply_seconds)


def greylisting(seconds: float) -> Character:
    return Character("gmx", connections=4, per_connection=20, greylist_seconds=seconds)


def patient() -> Character:
    """Takes everything: what is kept from it is kept by us."""
    return Character("apple")
