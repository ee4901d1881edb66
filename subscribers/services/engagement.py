"""Keeps `Contact.engaged_at`, by which audiences put the most engaged first."""

from django.db import connection, transaction

from deliverability.queries.engagement import human_engagement_sql
from deliverability.services.cursors import claim_cursor, move_cursor
from deliverability.services.engagement_events import settled_event_id

_CURSOR = "subscribers.engagement"
# Only forward: an older event that is read later, or the same one twice, changes nothing.
_REFRESH = """
UPDATE subscribers_contact contact SET engaged_at = newest.engaged_at
FROM ({newest}) newest
WHERE contact.id = newest.recipient_id AND (contact.engaged_at IS NULL OR contact.engaged_at < newest.engaged_at)
"""


def refresh_engagement() -> int:
    """Take over the human opens and clicks since the last call, set-based. Returns how many contacts moved forward.

    Proxies' opens and machines' clicks say nothing about a person and are left out. Safe to run twice, and at once.
    """
    up_to_id = settled_event_id()
    with transaction.atomic(), connection.cursor() as cursor:
        after = claim_cursor(name=_CURSOR, start="0", wait=True)
        after_id = int(after or 0)
        if after_id >= up_to_id:
            return 0
        newest, params = human_engagement_sql(after_id=after_id, up_to_id=up_to_id)
        cursor.execute(_REFRESH.format(newest=newest), params)
        move_cursor(name=_CURSOR, last_id=str(up_to_id))
        return int(cursor.rowcount)
