"""Who was written to lately, and who is about to be: what limits on the frequency of mail are measured by."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from deliverability.models import Mailing
from deliverability.types import EventKind, StreamKind

# A mailing that was begun so long before is over: nobody pauses one for a season.
_OVER = timedelta(days=90)
_MAILED = f"""
SELECT recipient_id, mailing_id, occurred_at AS at FROM deliverability_event
WHERE kind = {int(EventKind.ACCEPTED)} AND mailing_id = ANY(%s) AND occurred_at > %s
UNION ALL
SELECT unnest(recipient_ids), mailing_id, %s FROM deliverability_deliverybatch
WHERE state < 2 AND mailing_id = ANY(%s)
"""  # noqa: S608  only constants
# Of a few people, by the index that has them. Batches that others have in hand may become such an event any moment.
_MAILED_TO = f"""
SELECT event.recipient_id, event.mailing_id, mailing.stream_id, event.occurred_at
FROM deliverability_event event JOIN deliverability_mailing mailing ON mailing.id = event.mailing_id
JOIN deliverability_stream stream ON stream.id = mailing.stream_id AND stream.kind = %(kind)s
WHERE event.recipient_id = ANY(%(people)s) AND event.kind = {int(EventKind.ACCEPTED)}
    AND event.occurred_at > %(since)s AND event.occurred_at <= %(until)s AND event.mailing_id <> %(besides)s
UNION ALL
SELECT recipient_id, mailing_id, stream_id, %(until)s FROM (
    SELECT unnest(batch.recipient_ids) AS recipient_id, batch.mailing_id, batch.stream_id
    FROM deliverability_deliverybatch batch JOIN deliverability_stream stream ON stream.id = batch.stream_id
    WHERE batch.state = 1 AND batch.mailing_id <> %(besides)s AND stream.kind = %(kind)s
) in_hand WHERE recipient_id = ANY(%(people)s)
"""  # noqa: S608  only constants


class Mailed(NamedTuple):
    """A mail to one person: of which mailing and stream, and when a server took it."""

    mailing_id: int
    stream_id: int
    at: datetime


def marketing_mailings(*, since: datetime, stream_id: int | None = None) -> list[int]:
    """Mailings of one marketing stream, or of all, of which mail may have left after `since` or may leave yet."""
    found = Mailing.objects.filter(stream__kind=StreamKind.MARKETING.value, created_at__gt=since - _OVER)
    return list((found.filter(stream_id=stream_id) if stream_id else found).values_list("id", flat=True))


def mailed_sql(*, mailing_ids: Sequence[int], since: datetime, now: datetime) -> tuple[str, list[Any]]:
    """SQL and parameters that yield recipient_id, mailing_id and at: whom a server took a mail for after `since`, and
    who still waits for one, as of now. Somebody may come twice."""
    return _MAILED, [list(mailing_ids), since, now, list(mailing_ids)]


def mailed_to(
    recipient_ids: Collection[int], *, since: datetime, until: datetime | None = None, besides: int = 0
) -> dict[int, list[Mailed]]:
    """Marketing mail to these people, but of one mailing, the oldest first; what a worker has in hand counts as sent.
    Each mailing comes once for each of them."""
    values: dict[str, Any] = {
        "people": list(recipient_ids),
        "since": since,
        "until": until or timezone.now(),
        "besides": besides,
        "kind": StreamKind.MARKETING.value,
    }
    found: dict[int, dict[int, Mailed]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_MAILED_TO, values)
        for recipient_id, *mail in cursor.fetchall():
            found.setdefault(recipient_id, {})[mail[0]] = Mailed(*mail)
    return {key: sorted(mails.values(), key=lambda mail: mail.at) for key, mails in found.items()}
