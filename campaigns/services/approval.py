"""The second pair of eyes on a large campaign."""

from django.db import transaction
from django.utils import timezone

from accounts.queries.team import member_id
from accounts.services.permission import require
from accounts.types import Actor
from campaigns.models import Campaign
from campaigns.rules.lifecycle import Action
from campaigns.services.stepping import lock, step


@transaction.atomic
def approve(*, campaign_id: int, actor: Actor) -> Campaign:
    """Say that a reviewed campaign may go as it is; any edit takes the approval back.

    Whoever approves cannot also send it. Raises NotPossibleNow, UnknownCampaign, PermissionRefused.
    """
    require(actor, "campaigns.approve")
    campaign = lock(campaign_id)
    step(
        campaign,
        Action.APPROVE,
        actor=actor,
        text="Approved.",
        approved_by=str(actor)[:200],
        approved_at=timezone.now(),
        approver_id=member_id(actor),
        held_because="",
    )
    return campaign
