"""How long to wait before a deferred recipient is tried again."""

from datetime import timedelta

# RFC 5321 4.5.4.1 asks for at least 30 minutes, and for growing gaps.
_FIRST = timedelta(minutes=30)
_LONGEST = timedelta(hours=4)
# A greylisting server wants to see us come back, not to be left alone; one that speaks of our rate wants the reverse.
# Of a message that may have arrived its provider mostly tells by itself within minutes.
_FIRST_BY_KIND = {"greylist": timedelta(minutes=10), "rate": timedelta(hours=1), "unknown": timedelta(minutes=5)}
# Batches deferred together must not all come back together.
_SPREAD = 0.25


def retry_delay(attempt: int, *, kind: str, scale: float, jitter: float) -> timedelta:
    """The wait after attempt number `attempt` (from 1): 30 m, 1 h, 2 h, then 4 h, and up to a quarter more.

    `kind` is that of the reply's verdict; `scale` multiplies everything (the demo uses seconds for hours);
    `jitter` is a random number in 0..1, given so that this stays a pure function.
    """
    doublings = min(attempt - 1, 16)
    delay = min(_FIRST_BY_KIND.get(kind, _FIRST) * (1 << doublings), _LONGEST)
    return delay * (1 + _SPREAD * jitter) * scale
