"""A person decides over the rest of a canary, and the campaign remembers who did."""

from django.db import transaction

from accounts.services.permission import require
from accounts.types import Actor
from campaigns.services.stepping import lock, note
from deliverability.queries.canaries import canary_standings
from deliverability.queries.mailbox_names import provider_name
from deliverability.services import guarding


def send_rest(*, actor: Actor, campaign_id: int, mailbox_provider: str) -> bool:
    """Send to those who wait at this mailbox provider. False where nobody waits. Raises PermissionRefused."""
    require(actor, "campaigns.send")
    with transaction.atomic():
        campaign = lock(campaign_id)
        if campaign.mailing_id is None or not _waiting(campaign.mailing_id, mailbox_provider):
            return False
        guarding.release(actor=actor, mailing_id=campaign.mailing_id, mailbox_provider=mailbox_provider)
        note(campaign, actor=actor, text=f"Sent the rest at {provider_name(mailbox_provider)} after the canary.")
    return True


def leave_rest_out(*, actor: Actor, campaign_id: int, mailbox_provider: str) -> bool:
    """Give those up who wait at this mailbox provider. False where nobody waits. Raises PermissionRefused."""
    require(actor, "campaigns.send")
    with transaction.atomic():
        campaign = lock(campaign_id)
        mailing_id = campaign.mailing_id
        if mailing_id is None or not _waiting(mailing_id, mailbox_provider):
            return False
        note(campaign, actor=actor, text=f"Left the rest at {provider_name(mailbox_provider)} out after the canary.")
    guarding.leave_out(actor=actor, mailing_id=mailing_id, mailbox_provider=mailbox_provider)
    return True


def _waiting(mailing_id: int, mailbox_provider: str) -> bool:
    return any(each.waiting for each in canary_standings(mailing_id) if each.mailbox_provider == mailbox_provider)
