"""Holds a stream with the reason in words, waits longer each time, and lets it go once mail is accepted again."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from redis.exceptions import RedisError

from deliverability import conf
from deliverability.models import Stream

FIRST_SECONDS = 5
LONGEST_SECONDS = 900
# After an hour without trouble the next hold is a short one again.
MEMORY_SECONDS = 3600


def hold(*, stream_id: int, reason: str, seconds: float | None = None, until: datetime | None = None) -> bool:
    """Stop a stream until a moment or some seconds have passed; without either each hold in a row doubles the last.

    A stream that a person holds (no end) or that another worker has just held keeps its hold; False then.
    """
    now = timezone.now()
    free = Q(held_reason="") | Q(held_until__lte=now)
    if not Stream.objects.filter(free, pk=stream_id).exists():
        return False
    if until is None:
        wait = _next_wait(stream_id) if seconds is None else seconds
        until = now + timedelta(seconds=wait * conf.retry_scale())
    return Stream.objects.filter(free, pk=stream_id).update(held_reason=reason, held_until=until) > 0


def release(*, stream_id: int) -> None:
    """Forget a hold that has run out, because mail is accepted again."""
    held = Stream.objects.filter(pk=stream_id, held_until__lte=timezone.now()).exclude(held_reason="")
    if held.update(held_reason="", held_until=None):
        try:
            conf.redis_client().delete(_counter(stream_id))
        except RedisError:
            pass  # it only makes a later hold longer than it need be


def _next_wait(stream_id: int) -> float:
    """Seconds that double with every hold in a row, as far as Redis remembers."""
    try:
        with conf.redis_client().pipeline() as pipeline:
            pipeline.incr(_counter(stream_id))
            pipeline.expire(_counter(stream_id), MEMORY_SECONDS)
            count = pipeline.execute()[0]
    except RedisError:
        count = 1
    return float(min(FIRST_SECONDS * 2 ** min(count - 1, 16), LONGEST_SECONDS))


def _counter(stream_id: int) -> str:
    return f"sendwell:stream:{stream_id}:holds"
