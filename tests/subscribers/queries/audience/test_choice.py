"""Lists that permit, segments that choose, and lists and segments that are left out."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.services.permission import SENDWELL
from deliverability.services.suppression import suppress
from deliverability.types import Scope, SuppressionReason
from subscribers.models import Contact, MailingList, Segment, Subscription
from subscribers.queries.audience.recipients import load_recipients
from subscribers.queries.audience.selection import audience_counts, excluded_now, reason_now
from subscribers.services.segments import create_segment
from subscribers.types import Audience, ExclusionReason, Frequency, SubscriptionState
from tests.factories.subscribers import ContactFactory, MailingListFactory, grant, subscribed

pytestmark = pytest.mark.django_db


@pytest.fixture
def news() -> MailingList:
    return MailingListFactory.create(slug="news")


@pytest.fixture
def offers() -> MailingList:
    return MailingListFactory.create(slug="offers")


def from_country(code: str) -> Segment:
    rules = {"type": "field", "field": "country", "op": "is", "value": code}
    return create_segment(actor=SENDWELL, name=f"In {code}", rules=rules)


def reason(audience: Audience, contact: Contact) -> tuple[bool, str | None]:
    return reason_now(audience, contact.pk)


def test_one_of_several_lists_is_enough_and_nobody_counts_twice(news: MailingList, offers: MailingList) -> None:
    both = subscribed(news)
    grant(both, offers)
    subscribed(news), subscribed(offers)
    assert audience_counts(Audience(lists=(news.pk, offers.pk))).included == 3


def test_who_left_one_list_is_let_in_by_the_other(news: MailingList, offers: MailingList) -> None:
    contact = subscribed(news)
    grant(contact, offers)
    Subscription.objects.filter(contact=contact, mailing_list=news).update(state=SubscriptionState.UNSUBSCRIBED)
    assert reason(Audience(lists=(news.pk, offers.pk)), contact) == (True, None)
    found = load_recipients(contact_ids=[contact.pk], lists=[news.pk, offers.pk])[contact.pk]
    assert (found.why_not, found.list_id) == (None, offers.pk)


def test_a_suppression_for_one_topic_leaves_the_other_list(news: MailingList, offers: MailingList) -> None:
    contact = subscribed(news)
    grant(contact, offers)
    suppress(addresses=[contact.email], scope=Scope.TOPIC, target=news.pk, reason=SuppressionReason.MANUAL)
    assert reason(Audience(lists=(news.pk, offers.pk)), contact) == (True, None)
    assert load_recipients(contact_ids=[contact.pk], lists=[news.pk, offers.pk])[contact.pk].list_id == offers.pk
    suppress(addresses=[contact.email], scope=Scope.MARKETING, reason=SuppressionReason.COMPLAINT)
    assert reason(Audience(lists=(news.pk, offers.pk)), contact) == (True, ExclusionReason.SUPPRESSED)


def test_where_no_list_lets_in_the_reason_is_that_of_the_nearest(news: MailingList, offers: MailingList) -> None:
    contact = subscribed(news)
    grant(contact, offers)
    Subscription.objects.filter(contact=contact).update(state=SubscriptionState.UNSUBSCRIBED)
    Subscription.objects.filter(contact=contact, mailing_list=news).update(state=SubscriptionState.PENDING)
    assert reason(Audience(lists=(offers.pk, news.pk)), contact) == (True, ExclusionReason.UNCONFIRMED)


def test_a_mail_names_the_topic_that_lets_in(news: MailingList, offers: MailingList) -> None:
    contact = subscribed(news)
    grant(contact, offers)
    lists = [news.pk, offers.pk]
    assert load_recipients(contact_ids=[contact.pk], lists=lists)[contact.pk].list_id == news.pk
    Subscription.objects.filter(contact=contact, mailing_list=news).update(frequency=Frequency.WEEKLY)
    assert load_recipients(contact_ids=[contact.pk], lists=lists)[contact.pk].list_id == offers.pk


def test_segments_choose_and_grant_nothing(news: MailingList) -> None:
    reader, stranger = subscribed(news, country="DE"), ContactFactory.create(country="DE")
    elsewhere, austrian = subscribed(news, country="FR"), subscribed(news, country="AT")
    audience = Audience(lists=(news.pk,), segments=(from_country("DE").pk, from_country("AT").pk))
    assert [reason(audience, contact) for contact in (reader, austrian, elsewhere, stranger)] == [
        (True, None),
        (True, None),
        (False, None),
        (True, ExclusionReason.NOT_ON_LIST),
    ]
    assert audience_counts(audience).excluded == {ExclusionReason.NOT_ON_LIST: 1}


def test_lists_and_segments_are_left_out_each_person_once(news: MailingList, offers: MailingList) -> None:
    stays, buyer, _, both = (subscribed(news, country=code) for code in ("FR", "FR", "DE", "DE"))
    for contact in (buyer, both):
        grant(contact, offers)
    gone = subscribed(news)
    grant(gone, offers)
    Subscription.objects.filter(contact=gone, mailing_list=offers).update(state=SubscriptionState.UNSUBSCRIBED)
    audience = Audience(lists=(news.pk,), without_lists=(offers.pk,), without_segments=(from_country("DE").pk,))
    counts = audience_counts(audience)
    assert (counts.included, counts.excluded) == (
        2,
        {ExclusionReason.EXCLUDED_LIST: 2, ExclusionReason.EXCLUDED_SEGMENT: 1},
    )
    assert excluded_now(audience, reason=ExclusionReason.EXCLUDED_LIST) == [buyer.pk, both.pk]
    assert reason(audience, stays) == (True, None)


def test_what_forbids_comes_before_what_is_left_out(news: MailingList, offers: MailingList) -> None:
    contact = subscribed(news, paused_until=timezone.now() + timedelta(days=1))
    grant(contact, offers)
    audience = Audience(lists=(news.pk,), without_lists=(offers.pk,))
    assert reason(audience, contact) == (True, ExclusionReason.PAUSED)
