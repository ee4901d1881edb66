"""Takes a campaign out from under the frequency caps, and back: by who may, with a reason that stays on record."""

from django.db import transaction
from django.utils import timezone

from accounts.services.permission import require
from accounts.types import Actor
from campaigns.errors import ExemptionRefused
from campaigns.models import Campaign
from campaigns.rules.lifecycle import Action
from campaigns.services.stepping import expect, lock, note


@transaction.atomic
def set_exemption(*, campaign_id: int, actor: Actor, because: str) -> Campaign:
    """Caps do not hold for it, because of this; an empty reason puts it back under them. As after any edit, it must be
    reviewed again. Raises ExemptionRefused, NotPossibleNow once it is scheduled, UnknownCampaign, PermissionRefused.
    """
    require(actor, "campaigns.exempt")
    campaign = lock(campaign_id)
    target = expect(campaign, Action.EDIT)
    because = " ".join(because.split())[:300]
    if because == campaign.exempt_because:
        return campaign
    if because and len(because) < 10:
        raise ExemptionRefused
    campaign.exempt_because, campaign.state, campaign.version_id = because, target, None
    campaign.approved_by, campaign.approved_at, campaign.approver_id = "", None, None
    campaign.revision, campaign.edited_at = campaign.revision + 1, timezone.now()
    approval = ["approved_by", "approved_at", "approver_id"]
    campaign.save(update_fields=["exempt_because", "state", "version", "revision", "edited_at", *approval])
    said = f"Exempt from frequency caps: {because}" if because else "Under the frequency caps again."
    note(campaign, actor=actor, text=said)
    return campaign
