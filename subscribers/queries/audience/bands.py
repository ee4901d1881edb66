"""Who of a list would get mail now, counted by mailbox provider and engagement: what a warm-up is planned with."""

from django.db import connection
from django.utils import timezone

from subscribers.queries.audience.selection import audience_sql
from subscribers.types import Audience

_BANDS = "SELECT mailbox_provider, priority, count(*) FROM ({audience}) audience WHERE reason IS NULL GROUP BY 1, 2"


def engagement_bands(mailing_list_id: int) -> dict[str, dict[int, int]]:
    """People by priority, by mailbox provider; priority 0 are the most engaged, as `audience_sql` says."""
    audience, params = audience_sql(Audience(lists=(mailing_list_id,)), timezone.now())
    found: dict[str, dict[int, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_BANDS.format(audience=audience), params)
        for mailbox_provider, priority, people in cursor.fetchall():
            found.setdefault(mailbox_provider, {})[priority] = people
    return found
