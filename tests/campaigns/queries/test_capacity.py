"""A campaign's time, asked for before it starts and while it is sent."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from campaigns.types import CampaignState
from deliverability.models import WayLimit
from tests.factories.campaigns import CampaignFactory, sending
from tests.factories.subscribers import MailingListFactory, subscribed

pytestmark = pytest.mark.django_db


def plan(campaign_id: int) -> dict[str, object]:
    out = StringIO()
    call_command("plan_send", str(campaign_id), "--json", stdout=out)
    found: dict[str, object] = json.loads(out.getvalue())
    return found


def test_a_draft_is_planned_by_whom_it_would_reach() -> None:
    mailing_list = MailingListFactory.create()
    for address in ("a@gmail.com", "b@gmail.com", "c@yahoo.com"):
        provider = "google" if "gmail" in address else "yahoo"
        subscribed(mailing_list=mailing_list, email=address, mailbox_provider=provider)
    campaign = CampaignFactory.create(mailing_list=mailing_list, state=CampaignState.DRAFT)
    WayLimit.objects.create(provider=campaign.stream.provider, mailbox_provider="yahoo", messages_per_second=0.01)
    found = plan(campaign.pk)
    assert (found["recipients"], found["bottleneck"]) == (3, "yahoo")
    lanes = {lane["mailbox_provider"]: lane for lane in found["lanes"]}  # type: ignore[attr-defined]
    assert (lanes["google"]["recipients"], lanes["yahoo"]["hours"]) == (2, pytest.approx(100 / 3600, abs=0.001))

    out = StringIO()
    call_command("plan_send", str(campaign.pk), stdout=out)
    assert "3 people from" in out.getvalue()
    assert "Yahoo and AOL takes longest." in out.getvalue()


def test_a_campaign_under_way_is_planned_by_who_is_left() -> None:
    subscribed()
    campaign = sending()
    assert plan(campaign.pk)["recipients"] == 1


def test_what_cannot_be_planned_says_why() -> None:
    with pytest.raises(CommandError, match="no such campaign"):
        plan(4711)
    with pytest.raises(CommandError, match="nothing of it is left to send"):
        plan(CampaignFactory.create(state=CampaignState.SENT).pk)
