"""Counts whom a draft would reach now, seldom enough for a page that is looked at while somebody types."""

import hashlib

from django.core.cache import cache

from campaigns.models import Campaign
from campaigns.queries.audience_of import audience_of
from subscribers.errors import RulesRefused, SegmentGone
from subscribers.queries.audience.selection import AudienceCounts, audience_counts
from subscribers.types import Audience

# A million people take a second to sort, and nobody needs the number to be of this very moment: review counts anew.
_KEPT_SECONDS = 20


def counts_now(campaign: Campaign) -> AudienceCounts | None:
    """None while no list is chosen, and where a segment cannot be read: the checks say so."""
    audience = audience_of(campaign)
    if audience is None:
        return None
    key = _key(audience)
    found: AudienceCounts | None = cache.get(key)
    if found is None:
        try:
            found = audience_counts(audience)
        except (SegmentGone, RulesRefused):
            return None
        cache.set(key, found, _KEPT_SECONDS)
    return found


def forget_counts(campaign: Campaign) -> None:
    """For when somebody has counted and found another number."""
    if audience := audience_of(campaign):
        cache.delete(_key(audience))


def _key(audience: Audience) -> str:
    # Drafts that mean the same people share a count.
    return f"audience:{hashlib.sha256(repr(audience).encode()).hexdigest()}"
