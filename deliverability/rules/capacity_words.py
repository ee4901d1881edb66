"""Why a lane takes as long as it does, in a sentence for each word of `LimitedBy`."""

from typing import Literal

LimitedBy = Literal["rate", "way", "pace", "quiet", "measured", "machine", "hour", "day", "warm-up"]


def say_why(
    limited_by: LimitedBy,
    *,
    name: str,
    provider: str,
    rate: float,
    cap: int | None = None,
    warmup: str = "",
    reply: str = "",
    quiet_until: str = "",
) -> str:
    """`name` is the mailbox provider's, `provider` the way out's; `cap` that of the hour or day."""
    speed = f"{rate:,.1f}".removesuffix(".0")
    said = f": “{reply}”" if reply else ""
    return {
        "warm-up": warmup or f"A warm-up of {provider} lets mail to {name} grow day by day.",
        "day": f"At most {cap or 0:,} messages a day go to {name}.",
        "hour": f"At most {cap or 0:,} messages an hour go to {name}.",
        "quiet": f"{name} has asked us to wait until {quiet_until}{said}.",
        "pace": f"{name} has shown to take {speed} messages per second{said}.",
        "rate": f"The stream's own limit for {name} is {speed} messages per second.",
        "way": f"Mail to {name} through {provider} is limited to {speed} messages per second.",
        "measured": f"Mail to {name} has left at {speed} messages per second in the last minutes.",
        "machine": f"Nothing limits mail to {name}: it leaves as fast as the workers send, {speed} messages a second.",
    }[limited_by]
