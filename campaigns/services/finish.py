"""Marks campaigns as sent once nothing of them is left to send."""

from django.db import transaction
from django.utils import timezone

from campaigns.models import Campaign
from campaigns.rules.lifecycle import Action
from campaigns.services.stepping import step
from campaigns.types import CampaignState
from deliverability.queries.progress import mailing_progress
from deliverability.services import mailings

ACTOR = "Sendwell"
_UNDER_WAY = (CampaignState.SENDING, CampaignState.PAUSED)


def finish_sent() -> list[int]:
    """Finish every campaign without an open batch; the ids of those. Safe to run twice and at once.

    Never by comparing totals: people leave between freeze and dispatch, so sums of events need not meet a count.
    """
    complete_cancellations()
    under_way = Campaign.objects.filter(state__in=_UNDER_WAY).order_by("id").values_list("id", flat=True)
    return [campaign_id for campaign_id in under_way if _finish(campaign_id)]


def complete_cancellations() -> None:
    """Close what a worker put back, or a crash left open, after its campaign was cancelled."""
    cancelled = Campaign.objects.filter(state=CampaignState.CANCELLED, mailing__batches__state__lt=2)
    for mailing_id in cancelled.values_list("mailing_id", flat=True).distinct():
        if mailing_id:
            mailings.cancel(mailing_id=mailing_id)


@transaction.atomic
def _finish(campaign_id: int) -> bool:
    campaign = (
        Campaign.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
        .filter(pk=campaign_id, state__in=_UNDER_WAY)
        .first()
    )
    if campaign is None or campaign.mailing_id is None or not mailing_progress(campaign.mailing_id).is_finished:
        return False
    step(campaign, Action.FINISH, actor=ACTOR, text="Finished: nothing is left to send.", finished_at=timezone.now())
    return True
