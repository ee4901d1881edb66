"""The mail of a campaign as it is composed at the moment of dispatch."""

from collections.abc import Sequence
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from time import process_time

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from accounts.services.permission import SENDWELL
from campaigns import composers
from campaigns.errors import TestRefused
from campaigns.models import TestSend
from campaigns.queries.report import campaign_report
from campaigns.services.edit import edit
from campaigns.services.send_test import send_test
from deliverability.models import DeliveryBatch
from deliverability.queries import tokens
from deliverability.queries.streams import mailing_brief
from deliverability.services.composers import composer_for
from deliverability.services.suppression import suppress
from deliverability.types import OutgoingMessage, Scope, Skipped, SkipReason, SuppressionReason
from subscribers.models import Contact, Subscription
from subscribers.types import FIRST_TEST_RECIPIENT, SubscriptionState
from tests.factories.campaigns import CampaignFactory, sending
from tests.factories.subscribers import subscribed

pytestmark = pytest.mark.django_db


def compose(mailing_id: int, recipient_ids: Sequence[int]) -> list[OutgoingMessage | Skipped]:
    mailing = mailing_brief(mailing_id)
    return list(composer_for(mailing.composer).compose(mailing, recipient_ids))


def mail(message: OutgoingMessage | Skipped) -> EmailMessage:
    assert isinstance(message, OutgoingMessage)
    parsed = message_from_bytes(message.data, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def html(message: OutgoingMessage | Skipped) -> str:
    body = mail(message).get_body(("html",))
    assert body is not None
    return str(body.get_content())


def text(message: OutgoingMessage | Skipped) -> str:
    body = mail(message).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_a_mail_carries_everything_that_the_law_and_mailbox_providers_ask_for() -> None:
    contact = subscribed(first_name="Zoë")
    campaign = sending()
    [message] = compose(campaign.mailing_id, [contact.pk])
    token, headers = tokens.sign(campaign.mailing_id, contact.pk), mail(message)
    assert (message.address, headers["To"], headers["Subject"]) == (contact.email, contact.email, "Autumn, Zoë")
    [sender] = headers["From"].addresses
    assert (sender.display_name, sender.addr_spec) == ("Huila & Sons", "hello@huila.example")
    assert headers["List-Unsubscribe"] == f"<{settings.BASE_URL}/u/{token}>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "<news.lists." in headers["List-Id"]
    assert headers["Feedback-ID"] == f"c{campaign.pk}:l-news:s-marketing:huilaexample"
    for body in (html(message), text(message)):
        assert f"{settings.BASE_URL}/u/{token}" in body
        assert f"{settings.BASE_URL}/p/{token}" in body
        assert "Torstraße 1" in body
        assert "Hello Zoë, this is News." in body


def test_tracking_follows_each_persons_consent() -> None:
    followed, unseen = subscribed(tracks_opens=True, tracks_clicks=True), subscribed()
    campaign = sending()
    with_tracking, without = compose(campaign.mailing_id, [followed.pk, unseen.pk])
    token = tokens.sign(campaign.mailing_id, followed.pk)
    assert f"{settings.TRACKING_URL}/t/c/{token}/0" in html(with_tracking)
    assert f"{settings.TRACKING_URL}/t/o/{token}" in html(with_tracking)
    assert "https://huila.example/autumn" in html(without)
    assert "/t/c/" not in html(without)
    assert "/t/o/" not in html(without)


def test_whoever_may_not_be_written_to_any_more_is_skipped_in_place() -> None:
    stays, left, blocked, paused, erased, last = contacts = [subscribed() for _ in range(6)]
    campaign = sending()
    Subscription.objects.filter(contact=left).update(state=SubscriptionState.UNSUBSCRIBED)
    suppress(addresses=[blocked.email], scope=Scope.EVERYTHING, reason=SuppressionReason.HARD_BOUNCE)
    Contact.objects.filter(pk=paused.pk).update(paused_until=timezone.now() + timedelta(days=30))
    ids = [contact.pk for contact in contacts]
    ids[4] = 10**9 + erased.pk
    first, *skipped, final = compose(campaign.mailing_id, ids)
    assert (first.recipient_id, final.recipient_id) == (stays.pk, last.pk)
    assert skipped == [
        Skipped(left.pk, SkipReason.NOT_SUBSCRIBED),
        Skipped(blocked.pk, SkipReason.SUPPRESSED),
        Skipped(paused.pk, SkipReason.PAUSED),
        Skipped(ids[4], SkipReason.GONE),
    ]


def test_permission_is_read_again_when_a_batch_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = subscribed(), subscribed()
    campaign = sending()
    clock = [100.0]
    monkeypatch.setattr(composers, "monotonic", lambda: clock[0])
    mailing = mailing_brief(campaign.mailing_id)
    messages = composer_for("campaign").compose(mailing, [first.pk, second.pk])
    assert isinstance(next(messages), OutgoingMessage)
    Subscription.objects.filter(contact=second).update(state=SubscriptionState.UNSUBSCRIBED)
    clock[0] += composers.FRESH_SECONDS
    assert next(messages) == Skipped(second.pk, SkipReason.NOT_SUBSCRIBED)


def test_a_second_copy_is_the_same_mail() -> None:
    contact = subscribed()
    campaign = sending()
    with time_machine.travel(timezone.now(), tick=False):
        assert compose(campaign.mailing_id, [contact.pk]) == compose(campaign.mailing_id, [contact.pk])


def test_composing_costs_little_beside_the_merge_itself() -> None:
    ids = [subscribed().pk for _ in range(500)]
    campaign = sending()
    compose(campaign.mailing_id, ids[:1])
    started = process_time()
    assert len(compose(campaign.mailing_id, ids)) == 500
    # The target is a tenth of this; a shared machine may be slow, a query per recipient would be slower.
    assert (process_time() - started) / 500 < 0.001


def copy_of(test: TestSend) -> OutgoingMessage | Skipped:
    batch = DeliveryBatch.objects.get(recipient_ids=[FIRST_TEST_RECIPIENT + test.pk])
    [message] = compose(batch.mailing_id, batch.recipient_ids)
    return message


def test_a_test_shows_the_draft_as_it_stands_now() -> None:
    campaign = CampaignFactory.create()
    first = send_test(campaign_id=campaign.pk, address="boss@huila.example", actor=SENDWELL)
    edit(campaign_id=campaign.pk, changes={"from_name": "Ana", "subject": "Winter"}, actor=SENDWELL)
    second = send_test(campaign_id=campaign.pk, address="boss@huila.example", actor=SENDWELL)
    assert mail(copy_of(first))["Subject"] == "[Test] Autumn, Alex"
    assert mail(copy_of(second))["Subject"] == "[Test] Winter"
    assert mail(copy_of(second))["From"].startswith("Ana ")


def test_a_test_takes_the_path_of_the_real_mail() -> None:
    contact = subscribed(first_name="Zoë", tracks_clicks=True)
    campaign = sending()
    test = send_test(
        campaign_id=campaign.pk, address="boss@huila.example", actor=SENDWELL, sample_contact_id=contact.pk
    )
    copy, [real] = copy_of(test), compose(campaign.mailing_id, [contact.pk])
    assert mail(copy)["Subject"] == f"[Test] {mail(real)['Subject']}"
    assert set(mail(copy).keys()) == set(mail(real).keys())
    token, real_token = mail(copy)["List-Unsubscribe"][-25:-1], mail(real)["List-Unsubscribe"][-25:-1]
    assert html(copy) == html(real).replace(real_token, token)


def test_no_link_of_a_test_speaks_of_a_real_person() -> None:
    contact = subscribed()
    campaign = sending()
    test = send_test(campaign_id=campaign.pk, address=contact.email, actor=SENDWELL, sample_contact_id=contact.pk)
    found = tokens.read(mail(copy_of(test))["List-Unsubscribe"][-25:-1])
    assert found is not None
    assert found.mailing_id != campaign.mailing_id
    assert not Contact.objects.filter(pk=found.recipient_id).exists()


def test_a_test_does_not_count() -> None:
    subscribed()
    campaign = sending()
    send_test(campaign_id=campaign.pk, address="boss@huila.example", actor=SENDWELL)
    report = campaign_report(campaign.pk)
    assert (report.audience, report.progress.waiting) == (1, 1)


@pytest.mark.parametrize(
    ("address", "reason"), [("nonsense", "is not an e-mail address"), ("left@gmail.com", "is suppressed")]
)
def test_a_test_that_cannot_go_is_refused(address: str, reason: str) -> None:
    suppress(addresses=["left@gmail.com"], scope=Scope.MARKETING, reason=SuppressionReason.UNSUBSCRIBE)
    with pytest.raises(TestRefused, match=reason):
        send_test(campaign_id=CampaignFactory.create().pk, address=address, actor=SENDWELL)
    assert not DeliveryBatch.objects.exists()


def test_an_address_suppressed_after_the_request_gets_no_test() -> None:
    campaign = CampaignFactory.create()
    test = send_test(campaign_id=campaign.pk, address="boss@huila.example", actor=SENDWELL)
    suppress(addresses=["boss@huila.example"], scope=Scope.EVERYTHING, reason=SuppressionReason.MANUAL)
    assert copy_of(test) == Skipped(FIRST_TEST_RECIPIENT + test.pk, SkipReason.SUPPRESSED)
