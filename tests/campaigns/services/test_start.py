"""The freeze: who is in, who is out and why, once and for all."""

from collections.abc import Iterable

import pytest
from django.utils import timezone

from accounts.models import Organisation
from campaigns.models import Campaign, Exclusion
from campaigns.services import start as starting
from campaigns.services.start import start, start_due
from campaigns.types import CampaignState
from deliverability.models import DeliveryBatch, Mailing
from deliverability.services.suppression import suppress
from deliverability.types import Scope, SuppressionReason
from subscribers.models import Subscription
from subscribers.types import ExclusionReason, SubscriptionState
from tests.factories.campaigns import scheduled, sending
from tests.factories.subscribers import MailingListFactory, subscribed

pytestmark = pytest.mark.django_db


def frozen(campaign: Campaign) -> set[int]:
    batches: Iterable[list[int]] = DeliveryBatch.objects.filter(mailing_id=campaign.mailing_id).values_list(
        "recipient_ids", flat=True
    )
    return {recipient_id for ids in batches for recipient_id in ids}


def test_the_audience_becomes_batches_and_everybody_else_an_exclusion() -> None:
    reader, sleeper, blocked = subscribed(engaged_at=timezone.now()), subscribed(email="a@yahoo.com"), subscribed()
    suppress(addresses=[blocked.email], scope=Scope.MARKETING, reason=SuppressionReason.COMPLAINT)
    campaign = sending()
    assert (campaign.state, campaign.audience_count) == (CampaignState.SENDING, 2)
    batches = DeliveryBatch.objects.order_by("priority").values_list("mailbox_provider", "priority", "recipient_ids")
    assert list(batches) == [("google", 0, [reader.pk]), ("yahoo", 3, [sleeper.pk])]
    exclusion = Exclusion.objects.get()
    assert (exclusion.reason, exclusion.contact_ids) == (ExclusionReason.SUPPRESSED, [blocked.pk])


def test_exclusions_are_cut_into_arrays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "_EXCLUDE", starting._EXCLUDE.replace("/ 10000", "/ 2"))
    subscribed()
    Subscription.objects.filter(contact__in=[subscribed() for _ in range(5)]).update(state=SubscriptionState.PENDING)
    campaign = sending()
    assert sorted(len(row.contact_ids) for row in Exclusion.objects.filter(campaign=campaign)) == [1, 2, 2]


def test_the_snapshot_never_changes_afterwards() -> None:
    stays, leaves = subscribed(), subscribed()
    campaign = sending()
    Subscription.objects.filter(contact=leaves).update(state=SubscriptionState.UNSUBSCRIBED)
    subscribed()
    start_due()
    assert frozen(campaign) == {stays.pk, leaves.pk}
    assert not Exclusion.objects.exists()
    assert Campaign.objects.get(pk=campaign.pk).audience_count == 2


def test_a_second_start_sends_nothing_twice() -> None:
    subscribed()
    campaign = sending()
    assert not start(campaign_id=campaign.pk)
    assert (Mailing.objects.count(), DeliveryBatch.objects.count()) == (1, 1)


def test_the_mailing_carries_the_links_of_the_frozen_version() -> None:
    subscribed()
    campaign = sending()
    assert campaign.mailing.links == ["https://huila.example/autumn"] == campaign.version.links


def test_an_audience_that_has_become_empty_finishes_at_once_with_its_reason() -> None:
    contact = subscribed()
    campaign = scheduled(undo_seconds=0)
    Subscription.objects.filter(contact=contact).update(state=SubscriptionState.UNSUBSCRIBED)
    assert start_due() == [campaign.pk]
    campaign.refresh_from_db()
    assert (campaign.state, campaign.audience_count) == (CampaignState.SENT, 0)
    assert campaign.finished_at is not None
    assert "Nobody on “News” may be written to" in campaign.activities.order_by("-id")[0].text


def test_what_was_right_at_review_is_checked_again_at_start() -> None:
    subscribed()
    campaign = scheduled(undo_seconds=0)
    Organisation.objects.update(postal_address=" ")
    assert start_due() == []
    campaign.refresh_from_db()
    assert (campaign.state, DeliveryBatch.objects.count()) == (CampaignState.REVIEWED, 0)
    assert "Not started, nothing was sent: The organisation has no postal address" in (
        campaign.activities.order_by("-id")[0].text
    )


def test_one_that_fails_is_noted_once_and_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    mailing_list = MailingListFactory.create()
    subscribed(mailing_list)
    broken, sound = scheduled(undo_seconds=0), scheduled(undo_seconds=0)
    open_mailing = starting.open_mailing

    def breaks_for_one(*, reference: str, **fields: object) -> Mailing:
        if reference == str(broken.pk):
            raise OSError("No space left on device")
        return open_mailing(reference=reference, **fields)

    monkeypatch.setattr(starting, "open_mailing", breaks_for_one)
    assert start_due() == [sound.pk]
    assert start_due() == []
    broken.refresh_from_db()
    notes = broken.activities.filter(text__contains="No space left on device")
    assert (broken.state, notes.count()) == (CampaignState.SCHEDULED, 1)
