"""Every answer to "why did (or didn't) this person get it?"."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import get_args

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.services.permission import SENDWELL
from campaigns.models import Campaign
from campaigns.queries.explain import Explanation, Outcome, explain
from campaigns.rules.words import REFUSED
from campaigns.services.control import cancel, pause
from deliverability.models import DeliveryBatch, Mailing
from deliverability.rules.replies import ReplyKind
from deliverability.services.events import append_events
from deliverability.types import EventKind, NewEvent, SkipReason
from subscribers.models import Contact, Subscription
from subscribers.types import SubscriptionState
from tests.factories.campaigns import CampaignFactory, scheduled, sending
from tests.factories.subscribers import subscribed

pytestmark = pytest.mark.django_db
WHEN = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def alice() -> Contact:
    return subscribed(email="alice@gmail.com")


def asked(campaign: Campaign, address: str = "Alice@Gmail.com") -> Explanation:
    return explain(campaign_id=campaign.pk, address=address)


def happened(campaign: Campaign, contact: Contact, *events: tuple[EventKind, int | None, str | None]) -> None:
    """Events a minute apart, after which the batch is closed."""
    append_events(
        [
            NewEvent(
                occurred_at=WHEN + timedelta(minutes=minute),
                kind=kind,
                mailing_id=campaign.mailing_id,
                recipient_id=contact.pk,
                mailbox_provider="google",
                code=code,
                detail=detail,
            )
            for minute, (kind, code, detail) in enumerate(events)
        ]
    )
    DeliveryBatch.objects.update(state=DeliveryBatch.State.CLOSED)


def test_an_address_that_nobody_has() -> None:
    found = asked(CampaignFactory.create(), "nobody@gmail.com")
    assert (found.outcome, found.sentence) == (
        Outcome.UNKNOWN_ADDRESS,
        "No contact has the address nobody@gmail.com: it was never added, or has been erased.",
    )


def test_before_the_start_it_says_what_would_happen(alice: Contact) -> None:
    campaign = scheduled()
    assert "As things stand they would get it." in asked(campaign).sentence
    Subscription.objects.update(state=SubscriptionState.UNSUBSCRIBED)
    found = asked(campaign)
    assert (found.outcome, found.reason) == (Outcome.NOT_STARTED, "unsubscribed")
    assert "they would be left out, because they had unsubscribed" in found.sentence


def test_a_campaign_that_was_cancelled_before_it_started(alice: Contact) -> None:
    campaign = scheduled()
    cancel(campaign_id=campaign.pk, actor=SENDWELL)
    assert asked(campaign).outcome == Outcome.NEVER_STARTED


def test_left_out_by_the_freeze(alice: Contact) -> None:
    subscribed()
    Subscription.objects.filter(contact=alice).update(consent_expires_at=timezone.now())
    found = asked(sending())
    assert (found.outcome, found.reason) == (Outcome.EXCLUDED, "consent_expired")
    assert "because their consent had expired." in found.sentence


def test_not_on_the_list_then_but_now(alice: Contact) -> None:
    campaign = sending()
    stranger = subscribed(email="bob@gmail.com")
    found = asked(campaign, "bob@gmail.com")
    assert found.outcome == Outcome.NOT_ON_LIST
    assert "They have joined it since" in found.sentence
    Subscription.objects.filter(contact=stranger).delete()
    assert "joined" not in asked(campaign, "bob@gmail.com").sentence


def test_still_waiting_with_the_reason(alice: Contact) -> None:
    campaign = sending()
    assert asked(campaign).outcome == Outcome.WAITING
    pause(campaign_id=campaign.pk, actor=SENDWELL)
    assert asked(campaign).sentence == "The mail still waits to be sent. The mailing is paused. Resume it to go on."
    campaign.stream.held_reason = "The server refused our password."
    campaign.stream.save()
    Mailing.objects.update(state=Mailing.State.RUNNING)
    assert "The server refused our password." in asked(campaign).sentence


def test_put_off_with_the_next_try(alice: Contact) -> None:
    campaign = sending()
    happened(campaign, alice, (EventKind.DEFERRED, 451, "Greylisted"), (EventKind.DEFERRED, 450, "Busy"))
    later = timezone.now() + timedelta(hours=1)
    DeliveryBatch.objects.update(state=DeliveryBatch.State.OPEN, due_at=later, attempt=3)
    found = asked(campaign)
    assert found.outcome == Outcome.DEFERRED
    assert (
        "put the mail off 2 times, last because it could not take the mail at that time. Attempt 3 is due"
        in found.sentence
    )


def test_put_off_once(alice: Contact) -> None:
    campaign = sending()
    happened(campaign, alice, (EventKind.DEFERRED, 450, "4.2.0 Greylisted"))
    DeliveryBatch.objects.update(state=DeliveryBatch.State.OPEN, due_at=timezone.now() + timedelta(hours=1), attempt=2)
    assert (
        "off once, because it makes senders wait whom it does not know yet. Attempt 2 is due"
        in asked(campaign).sentence
    )


@pytest.mark.parametrize(
    ("events", "outcome", "reason", "words"),
    [
        (
            [(EventKind.DEFERRED, 451, "Later"), (EventKind.ACCEPTED, 250, "2.0.0 queued as 4Xy")],
            Outcome.ACCEPTED,
            "",
            "Their server accepted the mail on 24 Nov 2026, 12:01 UTC.",
        ),
        (
            [(EventKind.ACCEPTED, 250, "OK"), (EventKind.CLICKED, None, None), (EventKind.CLICKED, None, None)],
            Outcome.ACCEPTED,
            "",
            "12:00 UTC. Then: clicked 24 Nov 2026, 12:01 UTC.",
        ),
        (
            [(EventKind.FAILED, 550, "No such user")],
            Outcome.FAILED,
            "refused",
            "refused the mail for good on 24 Nov 2026, 12:00 UTC, because there is no such mailbox.",
        ),
        (
            [(EventKind.ACCEPTED, 250, "OK"), (EventKind.BOUNCED, 550, "Mailbox full")],
            Outcome.BOUNCED,
            "bounced",
            "sent it back on 24 Nov 2026, 12:01 UTC, because the mailbox is full.",
        ),
        *(
            ([(EventKind.SKIPPED, None, reason.value)], Outcome.SKIPPED, reason.value, "skipped on 24 Nov 2026")
            for reason in SkipReason
        ),
    ],
)
def test_how_it_ended(
    alice: Contact, events: list[tuple[EventKind, int, str]], outcome: Outcome, reason: str, words: str
) -> None:
    campaign = sending()
    happened(campaign, alice, *events)
    found = asked(campaign)
    assert (found.outcome, found.reason) == (outcome, reason)
    assert words in found.sentence
    assert [event.kind for event in found.events] == [kind for kind, _, _ in events]


def test_the_times_are_those_of_whoever_asks_and_the_servers_words_stay_with_the_event(alice: Contact) -> None:
    campaign = sending()
    happened(campaign, alice, (EventKind.ACCEPTED, 250, "2.0.0 queued as 4Xy"))
    found = explain(campaign_id=campaign.pk, address=alice.email, time_zone="Asia/Tokyo")
    assert found.sentence == "Their server accepted the mail on 24 Nov 2026, 21:00 Tokyo time."
    assert [event.reply for event in found.events] == ["250 2.0.0 queued as 4Xy"]


def test_every_kind_of_reply_has_our_own_words() -> None:
    assert set(get_args(ReplyKind)) - set(REFUSED) == {"other"}


def test_cancelled_in_the_middle(alice: Contact) -> None:
    campaign = sending()
    cancel(campaign_id=campaign.pk, actor=SENDWELL)
    assert "because the campaign was cancelled before their turn came." in asked(campaign).sentence


def test_the_command_prints_the_sentence_and_the_evidence(alice: Contact) -> None:
    campaign, output = sending(), StringIO()
    happened(campaign, alice, (EventKind.FAILED, 550, "No such user"))
    call_command("explain_delivery", campaign.pk, alice.email, stdout=output)
    assert "2026-11-24 12:00:00 UTC  failed       550 No such user" in output.getvalue()


def test_the_command_speaks_json(alice: Contact, capsys: pytest.CaptureFixture[str]) -> None:
    campaign = sending()
    happened(campaign, alice, (EventKind.FAILED, 550, "No such user"))
    call_command("explain_delivery", campaign.pk, "alice@gmail.com", "--json")
    found = json.loads(capsys.readouterr().out)
    assert set(found) == {"campaign", "address", "outcome", "reason", "sentence", "events"}
    assert (found["outcome"], found["events"][0]["code"]) == ("failed", 550)


def test_a_campaign_that_does_not_exist_is_said_so() -> None:
    with pytest.raises(CommandError, match="There is no such campaign"):
        call_command("explain_delivery", 0, "alice@gmail.com")
