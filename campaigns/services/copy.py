"""Copies a campaign, whatever has become of it, into a new draft."""

from django.db import transaction

from accounts.services.permission import require
from accounts.types import Actor
from campaigns.errors import UnknownCampaign
from campaigns.models import Campaign
from campaigns.services.edit import EDITABLE
from campaigns.services.stepping import note


@transaction.atomic
def copy(*, campaign_id: int, actor: Actor) -> Campaign:
    """A draft with the same content, sender and list, and no chosen time. Raises UnknownCampaign, PermissionRefused."""
    require(actor, "campaigns.edit")
    original = Campaign.objects.filter(pk=campaign_id).first()
    if original is None:
        raise UnknownCampaign
    fields = {name: getattr(original, name) for name in EDITABLE if name not in ("name", "send_at")}
    draft = Campaign.objects.create(name=f"Copy of {original.name}"[:150], **fields)
    note(draft, actor=actor, text=f"Copied from “{original.name}” (number {original.pk}).")
    return draft
