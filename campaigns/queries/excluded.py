"""Whom a campaign leaves out: before it starts by the rules of this moment, afterwards as it was frozen."""

from django.db import connection

from campaigns.models import Campaign
from campaigns.queries.audience_of import audience_of
from subscribers.queries.audience.selection import excluded_now
from subscribers.types import ExclusionReason

# Rows hold sorted arrays of up to 10,000 ids each, in order, so those before the page are not unfolded.
_PAGE = """
SELECT contact_id FROM (
    SELECT unnest(contact_ids) AS contact_id FROM campaigns_exclusion
    WHERE campaign_id = %s AND reason = %s AND contact_ids[cardinality(contact_ids)] > %s
) frozen WHERE contact_id > %s ORDER BY contact_id LIMIT %s
"""


def excluded_page(campaign: Campaign, reason: ExclusionReason, *, after: int = 0, most: int = 50) -> list[int]:
    """Contact ids in ascending order, from behind `after`."""
    if campaign.started_at is None:
        audience = audience_of(campaign)
        return excluded_now(audience, reason=reason, after=after, most=most) if audience else []
    with connection.cursor() as cursor:
        cursor.execute(_PAGE, [campaign.pk, reason.value, after, after, most])
        return [row[0] for row in cursor.fetchall()]
