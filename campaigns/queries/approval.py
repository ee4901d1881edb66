"""Whether a campaign is so large that a second person must approve it."""

from accounts.errors import OrganisationMissing
from accounts.queries.organisation import current_organisation
from campaigns.models import Campaign
from campaigns.rules.approval import Gap, approval_gap


def approval_limit() -> int | None:
    """The number of people above which it takes two; None where one is enough for all."""
    try:
        return current_organisation().approval_above
    except OrganisationMissing:
        return None


def gap_of(campaign: Campaign, *, people: int, requester_id: int | None) -> Gap | None:
    """What is lacking for this member to send it to so many people."""
    return approval_gap(
        people=people,
        limit=approval_limit(),
        is_approved=campaign.approved_at is not None,
        approver_id=campaign.approver_id,
        requester_id=requester_id,
    )
