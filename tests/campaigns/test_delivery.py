"""A campaign from freeze to report over a real SMTP connection: the invariants, as its people meet them."""

from collections.abc import Callable
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from accounts.services.permission import SENDWELL
from campaigns.models import Campaign
from campaigns.queries.explain import Outcome, explain
from campaigns.queries.report import campaign_report
from campaigns.services.control import cancel, pause, resume
from campaigns.services.finish import finish_sent
from campaigns.services.send_test import send_test
from campaigns.services.start import start_due
from campaigns.types import CampaignState
from deliverability import conf
from deliverability.models import DeliveryBatch, Event, Suppression
from deliverability.services.dispatch import drain
from deliverability.services.suppression import suppress
from deliverability.types import EventKind, Scope, StreamKind, SuppressionReason
from subscribers.models import Subscription
from subscribers.types import SubscriptionState
from tests.factories.campaigns import CampaignFactory, sending
from tests.factories.deliverability import ProviderFactory, StreamFactory
from tests.factories.subscribers import MailingListFactory, subscribed
from tests.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings: LazySettings, tmp_path: Path, smtp_server: SmtpServer) -> SmtpServer:
    """The way out of the marketing stream."""
    settings.SENDWELL = settings.SENDWELL | {"JOURNAL_DIR": tmp_path / "journal"}
    client = conf.redis_client()
    if keys := client.keys("sendwell:*"):
        client.delete(*keys)
    StreamFactory.create(provider=ProviderFactory.create(port=smtp_server.port, max_connections=4))
    return smtp_server


@pytest.fixture
def readers(server: SmtpServer) -> list[str]:
    return [subscribed(email=f"{name}@gmail.com").email for name in ("ana", "bob", "cleo", "dan")]


def send() -> None:
    drain(kind=StreamKind.MARKETING, owner="drain-1", seconds=20)
    finish_sent()


def outcome(campaign: Campaign, address: str) -> Outcome:
    return explain(campaign_id=campaign.pk, address=address).outcome


def leave(address: str) -> None:
    Subscription.objects.filter(contact__email=address).update(state=SubscriptionState.UNSUBSCRIBED)


def block(address: str) -> None:
    suppress(addresses=[address], scope=Scope.EVERYTHING, reason=SuppressionReason.COMPLAINT)


def test_everybody_gets_one_mail_with_both_ways_out(readers: list[str], server: SmtpServer) -> None:
    campaign = sending()
    send()
    assert sorted(server.recipients) == readers
    for mail in server.messages:
        headers = message_from_bytes(mail.data)
        assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert headers["List-Unsubscribe"].strip("<>").encode() in mail.data.replace(b"=\r\n", b"")
    assert Campaign.objects.get(pk=campaign.pk).state == CampaignState.SENT
    assert {outcome(campaign, address) for address in readers} == {Outcome.ACCEPTED}


@pytest.mark.parametrize("withdraw", [leave, block])
def test_whoever_leaves_between_freeze_and_dispatch_is_skipped_with_a_record(
    readers: list[str], server: SmtpServer, withdraw: Callable[[str], Any]
) -> None:
    campaign = sending()
    withdraw("bob@gmail.com")
    send()
    assert sorted(server.recipients) == ["ana@gmail.com", "cleo@gmail.com", "dan@gmail.com"]
    assert outcome(campaign, "bob@gmail.com") == Outcome.SKIPPED
    assert Campaign.objects.get(pk=campaign.pk).state == CampaignState.SENT


def test_every_recipient_has_a_record_with_a_reason(readers: list[str], server: SmtpServer) -> None:
    replies = {"ana@gmail.com": "550 5.1.1 No such user", "bob@gmail.com": "451 4.7.1 Try again later"}
    server.on_rcpt = replies.get
    leave("dan@gmail.com")
    campaign = sending()
    send()
    assert {name: outcome(campaign, name) for name in readers} == {
        "ana@gmail.com": Outcome.FAILED,
        "bob@gmail.com": Outcome.DEFERRED,
        "cleo@gmail.com": Outcome.ACCEPTED,
        "dan@gmail.com": Outcome.EXCLUDED,
    }
    assert Suppression.objects.get().address == "ana@gmail.com"
    report = campaign_report(campaign.pk)
    assert (report.state, report.done, report.progress.waiting) == (CampaignState.SENDING, 2, 1)

    server.on_rcpt = lambda rcpt: None
    DeliveryBatch.objects.filter(state=DeliveryBatch.State.OPEN).update(due_at=campaign.started_at)
    send()
    assert outcome(campaign, "bob@gmail.com") == Outcome.ACCEPTED
    report = campaign_report(campaign.pk)
    assert (report.state, report.done) == (CampaignState.SENT, 3)


def test_nothing_is_sent_twice_by_a_pause_a_resume_or_a_second_worker(readers: list[str], server: SmtpServer) -> None:
    campaign = sending()
    pause(campaign_id=campaign.pk, actor=SENDWELL)
    send()
    assert server.recipients == []
    resume(campaign_id=campaign.pk, actor=SENDWELL)
    for _ in range(2):
        start_due()
        send()
    assert sorted(server.recipients) == readers


def test_a_cancelled_campaign_sends_nothing_more(readers: list[str], server: SmtpServer) -> None:
    campaign = sending()
    cancel(campaign_id=campaign.pk, actor=SENDWELL)
    send()
    assert server.recipients == []
    assert {outcome(campaign, address) for address in readers} == {Outcome.SKIPPED}
    assert Campaign.objects.get(pk=campaign.pk).state == CampaignState.CANCELLED


def test_a_list_that_shrinks_and_grows_meanwhile_does_not_stick(readers: list[str], server: SmtpServer) -> None:
    """plunk#348: "sent ≥ total" never came true once people had left."""
    campaign = sending()
    for address in readers[:3]:
        leave(address)
    for _ in range(5):
        subscribed()
    send()
    assert server.recipients == ["dan@gmail.com"]
    assert Campaign.objects.get(pk=campaign.pk).state == CampaignState.SENT


def test_two_lists_do_not_mix(readers: list[str], server: SmtpServer) -> None:
    other = MailingListFactory.create(slug="offers")
    subscribed(other, email="eve@gmail.com")
    sending(mailing_list=other)
    send()
    assert server.recipients == ["eve@gmail.com"]


def test_a_test_mail_arrives_and_leaves_the_campaign_alone(server: SmtpServer) -> None:
    campaign = CampaignFactory.create()
    send_test(campaign_id=campaign.pk, address="boss@huila.example", actor=SENDWELL)
    send()
    [mail] = server.messages
    assert mail.rcpt == ["boss@huila.example"]
    assert message_from_bytes(mail.data)["Subject"].startswith("[Test] ")
    assert Event.objects.get().kind == EventKind.ACCEPTED
    campaign.refresh_from_db()
    assert (campaign.state, campaign.mailing_id) == (CampaignState.DRAFT, None)
