"""The command line's way to send a campaign."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from rich.console import Console

from campaigns.management import watching
from campaigns.models import Campaign
from campaigns.services.finish import finish_sent
from campaigns.services.start import start_due
from campaigns.types import CampaignState
from deliverability.models import DeliveryBatch
from subscribers.models import Subscription
from subscribers.types import SubscriptionState
from tests.factories.campaigns import CampaignFactory, scheduled, sending
from tests.factories.subscribers import subscribed

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    output = StringIO()
    call_command("send_campaign", *arguments, stdout=output, stderr=output)
    return output.getvalue()


def test_it_says_who_gets_it_when_it_starts_and_how_to_undo() -> None:
    subscribed()
    Subscription.objects.filter(contact=subscribed()).update(state=SubscriptionState.PENDING)
    campaign = CampaignFactory.create(time_zone="Europe/Berlin")
    said = run(str(campaign.pk))
    assert "1 person would get it." in said
    assert "1 left out: they had not confirmed their subscription." in said
    assert " Berlin time." in said
    assert f"send_campaign {campaign.pk} --undo" in said
    assert Campaign.objects.get().state == CampaignState.SCHEDULED
    assert "is unscheduled" in run(str(campaign.pk), "--undo")
    assert Campaign.objects.get().state == CampaignState.REVIEWED


def test_what_must_be_fixed_ends_it_with_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    campaign = CampaignFactory.create()
    with pytest.raises(CommandError, match="Nothing was scheduled"):
        call_command("send_campaign", str(campaign.pk), "--json")
    result = json.loads(capsys.readouterr().out)
    assert (result["state"], result["audience"]) == ("draft", 0)
    assert result["must_fix"] == ["Nobody is on “News”. Import contacts, share a sign-up form, or choose another list."]


def test_a_campaign_that_does_not_exist_is_said_so() -> None:
    with pytest.raises(CommandError, match="There is no such campaign"):
        run("0")


def test_waiting_ends_with_the_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    subscribed()
    campaign = CampaignFactory.create()

    def work(_: float) -> None:
        start_due()
        DeliveryBatch.objects.update(state=DeliveryBatch.State.CLOSED)
        finish_sent()

    monkeypatch.setattr(watching.time, "sleep", work)
    first, last = (json.loads(line) for line in run(str(campaign.pk), "--now", "--wait", "--json").splitlines())
    assert (first["state"], first["audience"]) == ("scheduled", 1)
    assert (last["state"], last["audience"], last["waiting"]) == ("sent", 1, 0)


def test_waiting_for_a_cancelled_campaign_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    subscribed()
    campaign = sending()
    monkeypatch.setattr(watching.time, "sleep", lambda _: Campaign.objects.update(state=CampaignState.CANCELLED))
    with pytest.raises(CommandError, match="it is cancelled now"):
        run(str(campaign.pk), "--wait")


def test_without_a_worker_it_says_so_once_and_how_to_start_one(monkeypatch: pytest.MonkeyPatch) -> None:
    subscribed()
    campaign = scheduled(undo_seconds=0)
    looks, said = iter(range(6)), []

    def sleep(_: float) -> None:
        if next(looks) == 4:
            Campaign.objects.update(state=CampaignState.SENT)

    monkeypatch.setattr(watching, "PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(watching.time, "sleep", sleep)
    report = watching.watch(campaign.pk, console=Console(file=StringIO()), warn=said.append)
    assert report.state == CampaignState.SENT
    assert said == [watching.NOBODY_WORKS]
    assert "celery -A config worker" in said[0]
