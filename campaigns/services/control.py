"""Pauses, resumes and cancels a campaign while it is being sent."""

from django.db import transaction
from django.utils import timezone

from accounts.services.permission import require
from accounts.types import Actor
from campaigns.models import Campaign
from campaigns.rules.lifecycle import Action
from campaigns.services.stepping import lock, step
from deliverability.services import mailings


@transaction.atomic
def pause(*, campaign_id: int, actor: Actor) -> Campaign:
    """Nothing new leaves; what is on the wire this second still arrives. Raises NotPossibleNow, UnknownCampaign."""
    require(actor, "campaigns.send")
    campaign = lock(campaign_id)
    step(campaign, Action.PAUSE, actor=actor, text="Paused.")
    mailings.pause(mailing_id=_mailing_id(campaign))
    return campaign


@transaction.atomic
def resume(*, campaign_id: int, actor: Actor) -> Campaign:
    """Go on where the pause began; nobody gets a second copy. Raises NotPossibleNow, UnknownCampaign."""
    require(actor, "campaigns.send")
    campaign = lock(campaign_id)
    step(campaign, Action.RESUME, actor=actor, text="Resumed.")
    mailings.resume(mailing_id=_mailing_id(campaign))
    return campaign


def cancel(*, campaign_id: int, actor: Actor) -> Campaign:
    """Stop for good; everybody who still waits gets a record that says so. Raises NotPossibleNow, UnknownCampaign.

    The stop is committed before those records are written, since there may be a million of them and mail must not
    leave meanwhile. `finish_sent` completes what a crash in between left undone.
    """
    require(actor, "campaigns.send")
    with transaction.atomic():
        campaign = lock(campaign_id)
        step(campaign, Action.CANCEL, actor=actor, text="Cancelled.", starts_at=None, finished_at=timezone.now())
        if campaign.mailing_id:
            mailings.pause(mailing_id=campaign.mailing_id)
    if campaign.mailing_id:
        mailings.cancel(mailing_id=campaign.mailing_id)
    return campaign


def _mailing_id(campaign: Campaign) -> int:
    if campaign.mailing_id is None:
        raise RuntimeError("a campaign that is being sent has a mailing")
    return campaign.mailing_id
