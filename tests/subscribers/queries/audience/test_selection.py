"""Who of a list is in, who is out and why."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from deliverability.services.suppression import suppress
from deliverability.types import Scope, SuppressionReason
from subscribers.models import Contact, MailingList, Subscription
from subscribers.queries.audience.selection import audience_counts, audience_sql
from subscribers.types import Audience, ExclusionReason, SubscriptionState
from tests.factories.subscribers import ContactFactory, MailingListFactory, subscribed

pytestmark = pytest.mark.django_db


def rows_of(mailing_list: MailingList) -> dict[int, tuple[str, int, str | None]]:
    sql, params = audience_sql(Audience(lists=(mailing_list.pk,)), timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return {row[0]: tuple(row[1:4]) for row in cursor.fetchall()}


def reason_of(contact: Contact) -> str | None:
    return rows_of(MailingListFactory.create())[contact.pk][2]


def change(contact: Contact, **fields: object) -> None:
    Subscription.objects.filter(contact=contact).update(**fields)


def block(contact: Contact, scope: Scope) -> None:
    suppress(addresses=[contact.email.upper()], scope=scope, reason=SuppressionReason.MANUAL)


def test_a_live_subscription_is_in_with_its_mailbox_provider() -> None:
    contact = subscribed(email="alice@gmail.com")
    assert rows_of(MailingListFactory.create()) == {contact.pk: ("google", 3, None)}


def test_other_lists_and_strangers_do_not_appear() -> None:
    subscribed(MailingListFactory.create(slug="offers"))
    ContactFactory.create()
    assert rows_of(MailingListFactory.create()) == {}


def test_without_a_live_consent_nobody_is_in() -> None:
    left, pending, bare, expired = (subscribed() for _ in range(4))
    change(left, state=SubscriptionState.UNSUBSCRIBED)
    change(pending, state=SubscriptionState.PENDING)
    change(bare, consent=None)
    change(expired, consent_expires_at=timezone.now())
    assert [reason_of(contact) for contact in (left, pending, bare, expired)] == [
        ExclusionReason.UNSUBSCRIBED,
        ExclusionReason.UNCONFIRMED,
        ExclusionReason.UNCONFIRMED,
        ExclusionReason.CONSENT_EXPIRED,
    ]


@pytest.mark.parametrize("scope", [Scope.EVERYTHING, Scope.MARKETING])
def test_a_suppressed_address_is_out_whatever_its_capitals(scope: Scope) -> None:
    contact = subscribed()
    block(contact, scope)
    assert reason_of(contact) == ExclusionReason.SUPPRESSED


def test_two_suppressions_of_one_address_make_one_row() -> None:
    contact = subscribed()
    block(contact, Scope.EVERYTHING)
    block(contact, Scope.MARKETING)
    assert audience_counts(Audience(lists=(MailingListFactory.create().pk,))).total == 1


def test_a_suppression_for_transactional_mail_says_nothing_about_marketing() -> None:
    contact = subscribed()
    block(contact, Scope.TRANSACTIONAL)
    assert reason_of(contact) is None


def test_one_list_and_one_stream_are_held_by_their_id_and_no_other_is() -> None:
    contact = subscribed()
    news = MailingListFactory.create()
    for scope, target in ((Scope.TOPIC, news.pk + 1), (Scope.STREAM, 4)):
        suppress(addresses=[contact.email], scope=scope, target=target, reason=SuppressionReason.MANUAL)
    assert [audience_counts(Audience(lists=(news.pk,), stream_id=stream)).included for stream in (0, 3, 4)] == [1, 1, 0]
    suppress(addresses=[contact.email], scope=Scope.TOPIC, target=news.pk, reason=SuppressionReason.MANUAL)
    assert audience_counts(Audience(lists=(news.pk,), stream_id=3)).included == 0


def test_a_pause_ends_by_itself() -> None:
    resting = subscribed(paused_until=timezone.now() + timedelta(minutes=1))
    rested = subscribed(paused_until=timezone.now() - timedelta(minutes=1))
    assert (reason_of(resting), reason_of(rested)) == (ExclusionReason.PAUSED, None)


def test_the_first_reason_that_applies_is_given() -> None:
    contact = subscribed(paused_until=timezone.now() + timedelta(days=1))
    block(contact, Scope.MARKETING)
    assert reason_of(contact) == ExclusionReason.SUPPRESSED
    change(contact, state=SubscriptionState.UNSUBSCRIBED)
    assert reason_of(contact) == ExclusionReason.UNSUBSCRIBED


def test_the_most_engaged_go_first() -> None:
    days = (1, 31, 91, None)
    contacts = [subscribed(engaged_at=timezone.now() - timedelta(days=n) if n else None) for n in days]
    rows = rows_of(MailingListFactory.create())
    assert [rows[contact.pk][1] for contact in contacts] == [0, 1, 2, 3]


def test_counts_add_up_to_the_list() -> None:
    contacts = [subscribed() for _ in range(5)]
    change(contacts[0], state=SubscriptionState.UNSUBSCRIBED)
    block(contacts[1], Scope.MARKETING)
    block(contacts[2], Scope.EVERYTHING)
    counts = audience_counts(Audience(lists=(MailingListFactory.create().pk,)))
    assert (counts.included, counts.total) == (2, 5)
    assert counts.excluded == {ExclusionReason.UNSUBSCRIBED: 1, ExclusionReason.SUPPRESSED: 2}
