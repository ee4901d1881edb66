"""Whether a campaign is so large that a second person must approve it."""

from accounts.errors import OrganisationMissing
from accounts.queries.organisation import current_organisation
from campaigns.models import Campaign
from subscribers.queries.audience import audience_counts


def approval_limit() -> int | None:
    """The number of people above which it takes two; None where one is enough for all."""
    try:
        return current_organisation().approval_above
    except OrganisationMissing:
        return None


def lacks_approval(campaign: Campaign) -> bool:
    """Counts the audience of this moment, if the rule could apply at all."""
    limit = approval_limit()
    if limit is None or campaign.approved_by or campaign.mailing_list_id is None:
        return False
    return audience_counts(mailing_list_id=campaign.mailing_list_id).included > limit
