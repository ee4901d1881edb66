"""Follows what the engine did by itself: a mailing that a guardrail paused is a paused campaign."""

from django.db import transaction

from campaigns.models import Campaign
from campaigns.rules.lifecycle import Action
from campaigns.services.stepping import step
from campaigns.types import CampaignState
from deliverability.queries.pauses import pause_reasons

ACTOR = "Sendwell"


def follow_pauses() -> list[int]:
    """Pause every campaign whose mailing was paused by itself, with its reason; the ids of those. Safe to run twice."""
    sending = Campaign.objects.filter(state=CampaignState.SENDING, mailing_id__isnull=False)
    reasons = pause_reasons(list(sending.values_list("mailing_id", flat=True)))
    found = list(sending.filter(mailing_id__in=reasons).values_list("id", flat=True))
    return [campaign_id for campaign_id in found if _follow(campaign_id)]


@transaction.atomic
def _follow(campaign_id: int) -> bool:
    campaign = Campaign.objects.select_for_update(of=("self",), no_key=True).get(pk=campaign_id)
    if campaign.state != CampaignState.SENDING or campaign.mailing_id is None:
        return False
    reason = pause_reasons([campaign.mailing_id]).get(campaign.mailing_id)
    if reason:
        step(campaign, Action.PAUSE, actor=ACTOR, text=reason)
    return bool(reason)
