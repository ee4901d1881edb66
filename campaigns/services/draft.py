"""Begins drafts, and deletes them."""

from django.db import transaction

from accounts.errors import OrganisationMissing
from accounts.queries.organisation import current_organisation
from accounts.services.permission import require
from accounts.types import Actor
from campaigns.errors import NoStream
from campaigns.models import Campaign
from campaigns.rules.lifecycle import Action
from campaigns.services.stepping import expect, lock, note
from deliverability.queries.streams import marketing_streams


@transaction.atomic
def begin(*, name: str, actor: Actor, time_zone: str = "UTC") -> Campaign:
    """An empty draft, from whoever sent last, or from the house itself. Raises NoStream, PermissionRefused."""
    require(actor, "campaigns.edit")
    streams = marketing_streams()
    if not streams:
        raise NoStream
    before = Campaign.objects.filter(stream_id__in=[stream.id for stream in streams]).order_by("-id").first()
    stream_id = before.stream_id if before else streams[0].id
    draft = Campaign.objects.create(
        name=name.strip()[:150] or "Untitled campaign",
        from_name=before.from_name if before else _house(),
        from_email=before.from_email if before else streams[0].from_email,
        reply_to=before.reply_to if before else "",
        stream_id=stream_id,
        time_zone=time_zone,
    )
    note(draft, actor=actor, text="Begun.")
    return draft


@transaction.atomic
def delete(*, campaign_id: int, actor: Actor) -> str:
    """Delete a draft for good; its name. Raises NotPossibleNow, UnknownCampaign, PermissionRefused."""
    require(actor, "campaigns.edit")
    campaign = lock(campaign_id)
    expect(campaign, Action.DELETE)
    name = campaign.name
    campaign.delete()
    return name


def _house() -> str:
    """Empty before anybody has said who sends."""
    try:
        return current_organisation().name[:100]
    except OrganisationMissing:
        return ""
