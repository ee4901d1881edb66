"""Makes a stranger of a recipient: what happened stays countable, and leads to nobody."""

from typing import Any

from django.db import connection, transaction

from deliverability.models import Event
from deliverability.rules.replies.normalising import normalise_reply
from deliverability.types import EventKind

# Another number for each mailing, drawn by lot, so that what one person did in two of them cannot be joined again.
# No contact and no test has a number from there: contacts count up from 1, tests from 2^47.
_LOT = f"({1 << 46} + floor(random() * {1 << 46}))::bigint"
_STRANGERS = f"""
CREATE TEMPORARY TABLE strangers ON COMMIT DROP AS
SELECT mailing_id, {_LOT} AS stranger FROM (
    SELECT DISTINCT mailing_id FROM deliverability_event WHERE recipient_id = %(recipient)s
) known
"""  # noqa: S608  only constants
_EVENTS = """
UPDATE deliverability_event event SET recipient_id = stranger, ip = NULL, agent = NULL
FROM strangers WHERE event.recipient_id = %(recipient)s AND event.mailing_id = strangers.mailing_id
"""
# What still waits keeps its number, so that its composer finds nobody and skips it with a reason.
_BATCHES = """
UPDATE deliverability_deliverybatch batch
SET recipient_ids = array_replace(recipient_ids, %(recipient)s::bigint, stranger)
FROM strangers WHERE batch.mailing_id = strangers.mailing_id AND batch.state = 2
    AND batch.recipient_ids @> ARRAY[%(recipient)s::bigint]
"""
_NOTICES = """
UPDATE deliverability_providernotice notice SET recipient_id = stranger
FROM strangers WHERE notice.mailing_id = strangers.mailing_id AND notice.recipient_id = %(recipient)s
"""
_REWORD = """
UPDATE deliverability_event event SET detail = said.words
FROM unnest(%(keys)s::bigint[], %(moments)s::timestamptz[], %(words)s::text[]) AS said (id, occurred_at, words)
WHERE event.id = said.id AND event.occurred_at = said.occurred_at
"""


@transaction.atomic
def forget_recipient(recipient_id: int) -> int:
    """Returns how many events were made anonymous. What comes in later is met by calling it again.

    Servers' words stay without addresses, hosts and numbers, since reports count them. IP addresses and programs go.
    """
    _reword(recipient_id)
    values = {"recipient": recipient_id}
    with connection.cursor() as cursor:
        cursor.execute(_STRANGERS, values)
        cursor.execute(_BATCHES, values)
        cursor.execute(_NOTICES, values)
        cursor.execute(_EVENTS, values)
        changed = int(cursor.rowcount)
        cursor.execute("DROP TABLE strangers")
    return changed


def _reword(recipient_id: int) -> None:
    """A skip's reason is a word of ours, which says nothing of anybody."""
    spoken = Event.objects.filter(recipient_id=recipient_id, detail__isnull=False).exclude(kind=EventKind.SKIPPED)
    rows: list[tuple[Any, ...]] = list(spoken.values_list("id", "occurred_at", "detail"))
    if rows:
        keys, moments, words = map(list, zip(*rows, strict=True))
        with connection.cursor() as cursor:
            cursor.execute(_REWORD, {"keys": keys, "moments": moments, "words": [normalise_reply(w) for w in words]})
