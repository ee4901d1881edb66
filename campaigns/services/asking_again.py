"""Begins campaigns that ask people for express consent, and settles what their silence means."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.services.permission import require
from accounts.types import Actor
from campaigns.models import Campaign
from campaigns.services import draft, edit
from subscribers.queries.consent.choices import list_names
from subscribers.queries.consent.reconfirming import due_reconfirmations
from subscribers.services.expiry_warnings import expiring_segment
from subscribers.services.reconfirming import open_reconfirmation, settle_reconfirmation
from templates_app.queries.starters import starter_sources
from templates_app.services.drafting import create_template

SUBJECT = "Do you still want to hear from us?"
STARTER = "reconfirm"


@transaction.atomic
def ask_again(
    *, actor: Actor, list_id: int, on_silence: str, days: int, time_zone: str = "UTC", only_ending: bool = False
) -> Campaign:
    """A draft that asks the people of a list, or only those whose permission ends within 60 days, with a deadline in
    so many days. Raises NoStream, subscribers.errors.ListRefused, PermissionRefused."""
    require(actor, "campaigns.edit")
    name = list_names().get(list_id, "")
    campaign = draft.begin(name=f"Asking again: {name}", actor=actor, time_zone=time_zone)
    template = create_template(name=campaign.name, source=starter_sources()[STARTER], actor=actor, subject=SUBJECT)
    changes: dict[str, Any] = {"mailing_list": list_id, "template": template.pk, "subject": SUBJECT}
    if only_ending:
        changes["segments"] = [expiring_segment(actor=actor, list_id=list_id).pk]
    campaign = edit.edit(campaign_id=campaign.pk, changes=changes, actor=actor)
    open_reconfirmation(
        actor=actor,
        list_id=list_id,
        campaign_id=campaign.pk,
        deadline_at=timezone.now() + timedelta(days=days),
        on_silence=on_silence,
    )
    return campaign


def settle_due(*, now: datetime | None = None) -> int:
    """End the permission of those who stayed silent until the deadline, where that was chosen; returns how many.

    A campaign that was never sent asked nobody, so nobody's silence counts; its question is settled with no one.
    """
    lapsed = 0
    for reconfirmation_id, campaign_id in due_reconfirmations(now or timezone.now()):
        mailing_id = Campaign.objects.filter(pk=campaign_id).values_list("mailing_id", flat=True).first()
        lapsed += settle_reconfirmation(reconfirmation_id=reconfirmation_id, mailing_id=mailing_id or 0)
    return lapsed
