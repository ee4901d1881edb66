"""Caps and readers' own choices: at the freeze, again at dispatch, and with two campaigns at once."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.errors import PermissionRefused
from accounts.services.permission import SENDWELL
from accounts.types import Role
from campaigns.errors import ExemptionRefused
from campaigns.models import Campaign, Exclusion
from campaigns.queries.explain import explain
from campaigns.services.edit import edit
from campaigns.services.exemption import set_exemption
from campaigns.services.start import start
from campaigns.types import Priority
from deliverability.models import DeliveryBatch
from deliverability.queries.streams import mailing_brief
from deliverability.services.composers import composer_for
from deliverability.services.events import append_events
from deliverability.types import EventKind, NewEvent, OutgoingMessage, Skipped, SkipReason
from subscribers.models import Contact, Subscription
from subscribers.services.frequency import set_cap
from subscribers.types import ExclusionReason, Frequency
from tests.campaigns.services.test_races import at_once
from tests.factories.accounts import UserFactory
from tests.factories.campaigns import CampaignFactory, scheduled, sending
from tests.factories.subscribers import MailingListFactory, subscribed

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def cap(most: int = 1, days: int = 7) -> None:
    set_cap(actor=SENDWELL, most=most, days=days)


def accepted(campaign: Campaign, *contacts: Contact, ago: timedelta = timedelta()) -> None:
    """A server took the mail of each, and nothing of the campaign waits any more."""
    append_events(
        [
            NewEvent(timezone.now() - ago, EventKind.ACCEPTED, campaign.mailing_id or 0, contact.pk, "google")
            for contact in contacts
        ]
    )
    DeliveryBatch.objects.filter(mailing_id=campaign.mailing_id).update(state=DeliveryBatch.State.CLOSED)


def planned_in(days: int) -> None:
    """A campaign that goes first."""
    planned = scheduled(priority=Priority.HIGH)
    Campaign.objects.filter(pk=planned.pk).update(starts_at=timezone.now() + timedelta(days=days))


def reasons(campaign: Campaign) -> dict[str, list[int]]:
    return dict(Exclusion.objects.filter(campaign=campaign).values_list("reason", "contact_ids"))


def composed(campaign: Campaign, *contacts: Contact) -> list[OutgoingMessage | Skipped]:
    mailing = mailing_brief(campaign.mailing_id or 0)
    return list(composer_for("campaign").compose(mailing, [contact.pk for contact in contacts]))


def test_who_got_as_many_as_the_cap_allows_is_left_out_and_told_so() -> None:
    full, room = subscribed(email="full@gmail.com"), subscribed()
    cap(most=2)
    with time_machine.travel(NOON, tick=False):
        for days in (3, 6):
            accepted(sending(), full, ago=timedelta(days=days))
        accepted(sending(), room, ago=timedelta(days=8))
        campaign = sending()
        assert reasons(campaign) == {ExclusionReason.FREQUENCY_CAP: [full.pk]}
        found = explain(campaign_id=campaign.pk, address="full@gmail.com", time_zone="UTC")
    assert found.reason == ExclusionReason.FREQUENCY_CAP
    assert "they got 2 marketing mails in the 7 days before, the last on 21 Nov" in found.sentence
    assert found.sentence.endswith("the cap is 2.")


def test_what_still_waits_counts_and_a_mail_that_was_refused_does_not() -> None:
    contact = subscribed()
    cap()
    sending()
    subscribed()
    assert reasons(second := sending()) == {ExclusionReason.FREQUENCY_CAP: [contact.pk]}
    DeliveryBatch.objects.update(state=DeliveryBatch.State.CLOSED)
    assert (second.audience_count, sending().audience_count) == (1, 2)


def test_a_cap_that_came_after_the_freeze_holds_at_dispatch() -> None:
    contact = subscribed()
    first, second = sending(), sending()
    accepted(first, contact)
    cap()
    assert composed(second, contact) == [Skipped(contact.pk, SkipReason.FREQUENCY_CAP)]


def test_what_another_worker_has_in_hand_counts_at_dispatch() -> None:
    contact = subscribed()
    first, second = sending(), sending()
    cap()
    assert isinstance(composed(second, contact)[0], OutgoingMessage)
    DeliveryBatch.objects.filter(mailing=first.mailing).update(state=DeliveryBatch.State.LEASED)
    assert composed(second, contact) == [Skipped(contact.pk, SkipReason.FREQUENCY_CAP)]


@pytest.mark.django_db(transaction=True)
def test_two_campaigns_that_start_at_once_do_not_break_the_cap() -> None:
    people = [subscribed() for _ in range(20)]
    cap()
    campaigns = [scheduled(undo_seconds=0) for _ in range(2)]
    assert at_once(*(lambda key=each.pk: start(campaign_id=key) for each in campaigns)) == [True, True]
    sent = Counter(key for ids in DeliveryBatch.objects.values_list("recipient_ids", flat=True) for key in ids)
    assert sent == Counter(contact.pk for contact in people)
    assert [sum(len(row.contact_ids) for row in Exclusion.objects.all())] == [20]


def test_a_planned_campaign_of_higher_priority_keeps_its_room() -> None:
    contact = subscribed()
    cap()
    planned_in(days=2)
    subscribed(mailing_list := MailingListFactory.create(slug="offers"))
    lower = sending(more_lists=[mailing_list.pk])
    assert (lower.audience_count, reasons(lower)) == (1, {ExclusionReason.FREQUENCY_CAP: [contact.pk]})
    assert sending(priority=Priority.HIGH).audience_count == 1


def test_room_is_kept_only_within_the_window_of_the_cap() -> None:
    subscribed()
    cap(days=1)
    planned_in(days=2)
    assert sending().audience_count == 1


def test_a_planned_campaign_that_cannot_start_keeps_no_room() -> None:
    subscribed()
    cap()
    planned_in(days=2)
    Campaign.objects.update(segments=[404])
    assert sending().audience_count == 1


def test_an_exempt_campaign_takes_a_permission_and_a_reason() -> None:
    contact = subscribed()
    cap()
    accepted(sending(), contact)
    draft = CampaignFactory.create()
    with pytest.raises(PermissionRefused):
        set_exemption(campaign_id=draft.pk, actor=UserFactory.create(role=Role.MARKETER), because="A recall of beans.")
    with pytest.raises(ExemptionRefused):
        set_exemption(campaign_id=draft.pk, actor=SENDWELL, because="Go")
    set_exemption(campaign_id=draft.pk, actor=SENDWELL, because="A recall of beans.")
    assert "Exempt from frequency caps: A recall of beans." in draft.activities.values_list("text", flat=True)
    recall = sending(exempt_because="A recall of beans.")
    assert recall.audience_count == 1
    assert isinstance(composed(recall, contact)[0], OutgoingMessage)


@pytest.mark.parametrize(("frequency", "days"), [(Frequency.WEEKLY, 7), (Frequency.MONTHLY, 28)])
def test_who_chose_a_digest_gets_one_in_their_period(frequency: Frequency, days: int) -> None:
    choosy, every = subscribed(email="choosy@gmail.com"), subscribed()
    Subscription.objects.filter(contact=choosy).update(frequency=frequency)
    with time_machine.travel(NOON, tick=False) as clock:
        accepted(sending(), choosy, every)
        clock.shift(timedelta(days=days, hours=-13))
        early = sending()
        assert reasons(early) == {ExclusionReason.FREQUENCY_CHOICE: [choosy.pk]}
        assert "of “News”, and got one on 24 Nov" in explain(campaign_id=early.pk, address="choosy@gmail.com").sentence
        accepted(early, every)
        clock.shift(timedelta(hours=2))
        assert sending().audience_count == 2


def test_a_choice_made_after_the_freeze_is_obeyed_at_dispatch() -> None:
    contact = subscribed()
    first, second = sending(), sending()
    accepted(first, contact)
    assert isinstance(composed(second, contact)[0], OutgoingMessage)
    Subscription.objects.filter(contact=contact).update(frequency=Frequency.WEEKLY)
    assert composed(second, contact) == [Skipped(contact.pk, SkipReason.FREQUENCY_CHOICE)]


def test_an_edit_sets_priority_and_the_lists_beside() -> None:
    draft = CampaignFactory.create()
    edit(campaign_id=draft.pk, changes={"priority": 1, "segments": [4], "without_lists": [2]}, actor=SENDWELL)
    draft.refresh_from_db()
    assert (draft.priority, draft.segments, draft.without_lists) == (Priority.HIGH, [4], [2])
