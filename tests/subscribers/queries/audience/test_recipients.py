"""What a composer learns of its recipients at the moment of dispatch."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from deliverability.services.suppression import suppress
from deliverability.types import Scope, SkipReason, SuppressionReason
from subscribers.models import Contact, Subscription
from subscribers.queries.audience.recipients import Recipient, load_recipients
from subscribers.queries.people import contact_id_of
from subscribers.types import SubscriptionState
from tests.factories.subscribers import ContactFactory, MailingListFactory, subscribed

pytestmark = pytest.mark.django_db


def load(*contacts: Contact) -> list[Recipient]:
    ids = [contact.pk for contact in contacts]
    found = load_recipients(contact_ids=ids, lists=[MailingListFactory.create().pk])
    return [found[pk] for pk in ids]


def test_a_recipient_carries_address_merge_values_and_tracking_consent() -> None:
    contact = subscribed(
        email="Bob@gmail.com", first_name="Bob", last_name="Ruiz", locale="es", country="MX", tracks_opens=True
    )
    Contact.objects.filter(pk=contact.pk).update(attributes={"plan": "gold", "email": "forged@example.com"})
    [recipient] = load(contact)
    assert recipient == Recipient(
        address="Bob@gmail.com",
        values={
            "plan": "gold",
            "email": "Bob@gmail.com",
            "first_name": "Bob",
            "last_name": "Ruiz",
            "locale": "es",
            "country": "MX",
        },
        tracks_opens=True,
        tracks_clicks=False,
        mailbox_provider="google",
        why_not=None,
        list_id=MailingListFactory.create().pk,
    )


def test_permission_is_read_now() -> None:
    left, pending, expired, paused, blocked = contacts = [subscribed() for _ in range(5)]
    Subscription.objects.filter(contact=left).update(state=SubscriptionState.UNSUBSCRIBED)
    Subscription.objects.filter(contact=pending).update(state=SubscriptionState.PENDING)
    Subscription.objects.filter(contact=expired).update(consent_expires_at=timezone.now() - timedelta(seconds=1))
    Contact.objects.filter(pk=paused.pk).update(paused_until=timezone.now() + timedelta(days=30))
    for scope in (Scope.EVERYTHING, Scope.MARKETING):
        suppress(addresses=[blocked.email], scope=scope, reason=SuppressionReason.COMPLAINT)
    assert [recipient.why_not for recipient in load(*contacts)] == [
        SkipReason.NOT_SUBSCRIBED,
        SkipReason.NOT_SUBSCRIBED,
        SkipReason.CONSENT_EXPIRED,
        SkipReason.PAUSED,
        SkipReason.SUPPRESSED,
    ]


def test_who_is_not_on_the_list_may_not_be_written_to() -> None:
    stranger = ContactFactory.create()
    subscriber_of_another = subscribed(MailingListFactory.create(slug="offers"))
    assert [recipient.why_not for recipient in load(stranger, subscriber_of_another)] == [SkipReason.NOT_SUBSCRIBED] * 2


def test_a_contact_who_is_gone_is_missing() -> None:
    assert load_recipients(contact_ids=[987654], lists=[MailingListFactory.create().pk]) == {}


def test_a_batch_takes_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    mailing_list = MailingListFactory.create()
    ids = [subscribed().pk for _ in range(20)]
    with django_assert_num_queries(1):
        assert len(load_recipients(contact_ids=ids, lists=[mailing_list.pk])) == 20


def test_an_address_finds_its_contact_whatever_its_capitals() -> None:
    contact = ContactFactory.create(email="dana@gmail.com")
    assert contact_id_of(" DANA@Gmail.com") == contact.pk
    assert contact_id_of("nobody@gmail.com") is None
