"""Changes drafts; a reviewed campaign becomes a draft again first, since its review no longer holds."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.services.permission import require
from accounts.types import Actor
from campaigns.models import Campaign
from campaigns.rules.lifecycle import Action
from campaigns.services.stepping import lock, step

EDITABLE = (
    "name",
    "subject",
    "preheader",
    "from_name",
    "from_email",
    "reply_to",
    "mailing_list",
    "template",
    "stream",
    "send_at",
    "time_zone",
    "undo_seconds",
)


@transaction.atomic
def edit(*, campaign_id: int, changes: Mapping[str, Any], actor: Actor) -> Campaign:
    """Set some of the EDITABLE fields; none of them just makes it a draft again.

    Raises NotPossibleNow once it is scheduled, UnknownCampaign, PermissionRefused.
    """
    require(actor, "campaigns.edit")
    if unknown := set(changes) - set(EDITABLE):
        raise ValueError(f"not editable: {', '.join(sorted(unknown))}")
    campaign = lock(campaign_id)
    text = f"Edited: {', '.join(sorted(changes)).replace('_', ' ')}." if changes else "Back to draft."
    step(campaign, Action.EDIT, actor=actor, text=text, version_id=None, **changes)
    return campaign
