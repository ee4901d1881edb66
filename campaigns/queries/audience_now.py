"""Counts whom a draft would reach now, seldom enough for a page that is looked at while somebody types."""

from django.core.cache import cache

from campaigns.models import Campaign
from subscribers.queries.audience import AudienceCounts, audience_counts

# A million people take a second to sort, and nobody needs the number to be of this very moment: review counts anew.
_KEPT_SECONDS = 20


def counts_now(campaign: Campaign) -> AudienceCounts | None:
    """None while no list is chosen."""
    if campaign.mailing_list_id is None:
        return None
    key = _key(campaign)
    found: AudienceCounts | None = cache.get(key)
    if found is None:
        found = audience_counts(mailing_list_id=campaign.mailing_list_id, stream_id=campaign.stream_id)
        cache.set(key, found, _KEPT_SECONDS)
    return found


def forget_counts(campaign: Campaign) -> None:
    """For when somebody has counted and found another number."""
    cache.delete(_key(campaign))


def _key(campaign: Campaign) -> str:
    return f"audience:{campaign.mailing_list_id}:{campaign.stream_id}"
