"""Why nothing may leave on a lane at this moment, and what has changed its pace, in words."""

from datetime import datetime
from zoneinfo import ZoneInfo

from accounts.rules.clocks import clock, day_and_clock
from deliverability.rules.lanes import LaneLimits
from deliverability.rules.mailbox_providers import OTHER, mailbox_providers

_NAMES = {**mailbox_providers(), OTHER: "other domains"}


def name_of(mailbox_provider: str) -> str:
    return _NAMES.get(mailbox_provider, mailbox_provider)


def say_rate_spent(mailbox_provider: str, rate: float, seconds: float) -> str:
    return (
        f"Mail to {name_of(mailbox_provider)} is limited to {rate:g} messages per second. "
        f"The next may leave in {seconds:.1f} s. Raise the limit of this lane to send faster."
    )


def say_pace_spent(mailbox_provider: str, rate: float, seconds: float) -> str:
    """The way out's own limit, or the pace at which the mailbox provider has shown to take mail."""
    return (
        f"Mail to {name_of(mailbox_provider)} leaves at {_rate(rate)}, over all streams that go this way. "
        f"The next may leave in {seconds:.1f} s."
    )


def say_connections_taken(mailbox_provider: str, limit: int, whose: str) -> str:
    return (
        f"All {limit} connections that {whose} may use for {name_of(mailbox_provider)} are busy. "
        "Mail follows as they become free."
    )


def say_capped(mailbox_provider: str, limits: LaneLimits, *, by_day: bool, reason: str) -> str:
    count = limits.messages_per_day if by_day else limits.messages_per_hour
    span, again = ("day", "at 00:00 UTC") if by_day else ("hour", "with the next hour")
    why = f"{reason.rstrip('.')}. " if reason else ""
    return (
        f"Today's {count:,} messages to {name_of(mailbox_provider)} have left. {why}Mail goes on {again}."
        if by_day
        else f"This {span}'s {count:,} messages to {name_of(mailbox_provider)} have left. {why}Mail goes on {again}."
    )


def say_quiet(mailbox_provider: str, reply: str, seconds: float) -> str:
    return (
        f"{name_of(mailbox_provider)} asked us to slow down: “{reply}”. "
        f"We wait another {seconds:.0f} s and then go on carefully; nobody is lost."
    )


def say_redis_down(error: str) -> str:
    return (
        f"Redis does not answer ({error}). Nothing new is sent until it does; mail that is on its way is not lost. "
        "Check that the server named by REDIS_URL runs."
    )


def say_change(
    mailbox_provider: str,
    *,
    kind: str,
    at: datetime,
    zone: str,
    reply: str = "",
    rate: float | None = None,
    connections: int | None = None,
    until: datetime | None = None,
) -> str:
    """A change of pace as one paragraph: what they said and when, what we do, and until when."""
    name, moment = name_of(mailbox_provider), _clock(at, zone)
    then = f" until {_clock(until, zone, beside=at)}" if until else ""
    said = f": “{reply}”" if reply else ""
    pace = " over ".join(
        part for part in (_rate(rate) if rate else "", _connections(connections) if connections else "") if part
    )
    match kind:
        case "suspended":
            return f"{name} stopped us at {moment}{said}. Sending nothing{then}."
        case "limited":
            return f"{name} slowed us at {moment}{said}. Sending {pace}{then}."
        case "slower":
            return f"{name} slowed us at {moment}{said}. Sending {pace} and feeling for more."
        case "fewer":
            return f"{name} took fewer connections at {moment}{said}. Using {_connections(connections or 1)}."
        case "resumed":
            return f"The team let mail to {name} go on at {moment}."
        case _:
            return f"{name} has taken mail at full speed again since {moment}."


def _rate(per_second: float) -> str:
    if per_second >= 10:
        return f"{per_second:,.0f} messages per second"
    if per_second >= 1:
        return f"{per_second:.1f} messages per second"
    per_minute = per_second * 60
    return f"{per_minute:.0f} message{'' if round(per_minute) == 1 else 's'} per minute"


def _connections(count: int) -> str:
    return f"{count} connection" if count == 1 else f"{count} connections"


def _clock(at: datetime, zone: str, beside: datetime | None = None) -> str:
    """With the day where it is another than that of the moment beside it, which has just been named."""
    place = ZoneInfo(zone)
    is_same_day = beside is None or beside.astimezone(place).date() == at.astimezone(place).date()
    return clock(at, zone) if is_same_day else day_and_clock(at, zone)
