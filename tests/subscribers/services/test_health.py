"""How lists fare by day: who came how, who went why, and who is left."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from deliverability.services.suppression import lift, suppress
from deliverability.types import Scope, SuppressionReason
from subscribers.models import Contact, ListDay, MailingList, Subscription
from subscribers.queries.health.days import health_of, people_behind
from subscribers.rules.health import Lost, Won
from subscribers.services.health import count_days
from subscribers.services.subscriptions import subscribe, unsubscribe, unsubscribe_all
from subscribers.types import Basis, Origin
from tests.factories.accounts import OrganisationFactory
from tests.factories.subscribers import ConsentWordingFactory, ContactFactory, MailingListFactory

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
TODAY = date(2026, 11, 24)
PERSON = Origin(source="https://huila.example/s/news", actor="the person")
IMPORT = Origin(source="Import of people.csv: the fair", actor="mira@huila.example")
HAND = Origin(source="Added by hand: by telephone", actor="mira@huila.example")
API = Origin(source="shop", actor="API key “shop”")


@pytest.fixture
def news() -> MailingList:
    return MailingListFactory.create(slug="news")


def joins(mailing_list: MailingList, days_ago: int, origin: Origin = PERSON, contact: Contact | None = None) -> Contact:
    contact = contact or ContactFactory.create()
    with time_machine.travel(NOON - timedelta(days=days_ago), tick=False):
        subscribe(
            contact_id=contact.pk,
            mailing_list_id=mailing_list.pk,
            basis=Basis.EXPRESS,
            wording_id=ConsentWordingFactory.create().pk,
            origin=origin,
        )
    return contact


def day_of(mailing_list: MailingList | None, days_ago: int) -> ListDay:
    return ListDay.objects.get(mailing_list=mailing_list, day=TODAY - timedelta(days=days_ago))


def count(days_ago: int = 0) -> None:
    with time_machine.travel(NOON - timedelta(days=days_ago), tick=False):
        count_days()


def test_people_are_counted_by_how_they_came(news: MailingList) -> None:
    for origin in (PERSON, PERSON, IMPORT, HAND, API):
        joins(news, 3, origin)
    count()
    for row in (day_of(news, 3), day_of(None, 3)):
        assert (row.by_themselves, row.by_import, row.by_hand, row.by_api) == (2, 1, 1, 1)
    assert day_of(news, 0).people == 5
    assert [day_of(news, ago).people for ago in (4, 3)] == [0, 5]
    assert [day_of(news, ago).is_reckoned for ago in (3, 0)] == [True, False]


def test_a_second_yes_is_nobody_new_and_a_return_is(news: MailingList) -> None:
    alice = joins(news, 5)
    Subscription.objects.update(state="pending", consent=None)
    joins(news, 4, contact=alice)
    with time_machine.travel(NOON - timedelta(days=3), tick=False):
        unsubscribe(contact_id=alice.pk, mailing_list_id=news.pk, origin=PERSON)
    joins(news, 2, contact=alice)
    count()
    found = [(day_of(news, ago).by_themselves, day_of(news, ago).unsubscribed) for ago in (5, 4, 3, 2)]
    assert found == [(1, 0), (0, 0), (0, 1), (1, 0)]


def test_whoever_leaves_two_lists_at_once_is_one_person(news: MailingList) -> None:
    offers = MailingListFactory.create(slug="offers")
    alice = joins(news, 5)
    joins(offers, 5, contact=alice)
    with time_machine.travel(NOON - timedelta(days=1), tick=False):
        unsubscribe_all(contact_id=alice.pk, origin=PERSON)
    count()
    assert [day_of(each, 1).unsubscribed for each in (news, offers, None)] == [1, 1, 1]
    assert day_of(None, 5).by_themselves == 1
    assert day_of(None, 1).taken_out == 0


@pytest.mark.parametrize(
    ("reason", "scope", "column"),
    [
        (SuppressionReason.COMPLAINT, Scope.MARKETING, "complained"),
        (SuppressionReason.HARD_BOUNCE, Scope.EVERYTHING, "hard_bounced"),
        (SuppressionReason.SOFT_BOUNCE, Scope.EVERYTHING, "soft_bounced"),
        (SuppressionReason.SUNSET, Scope.TOPIC, "fell_silent"),
        (SuppressionReason.MANUAL, Scope.MARKETING, "taken_out"),
    ],
)
def test_losses_have_a_cause_and_returns_count(
    news: MailingList, reason: SuppressionReason, scope: Scope, column: str
) -> None:
    offers = MailingListFactory.create(slug="offers")
    alice, bob = joins(news, 5), joins(news, 5)
    joins(offers, 5, contact=alice)
    target = news.pk if scope == Scope.TOPIC else 0
    with time_machine.travel(NOON - timedelta(days=2), tick=False):
        suppress(addresses=[alice.email, bob.email, "stranger@gmail.com"], scope=scope, reason=reason, target=target)
    with time_machine.travel(NOON - timedelta(days=1), tick=False):
        lift(address=bob.email, scope=scope, reason=reason, target=target, by="mira", why="They asked.")
    count()
    assert getattr(day_of(news, 2), column) == 2
    assert getattr(day_of(offers, 2), column) == (0 if scope == Scope.TOPIC else 1)
    assert day_of(news, 1).came_back == 1
    assert [day_of(news, ago).people for ago in (3, 2, 1, 0)] == [2, 0, 1, 1]


def test_a_day_that_was_counted_keeps_its_size_and_takes_late_entries(news: MailingList) -> None:
    joins(news, 5)
    count(days_ago=1)
    # Written late, as by an import that was still under way.
    late = joins(news, 1)
    with time_machine.travel(NOON, tick=False):
        unsubscribe(contact_id=late.pk, mailing_list_id=news.pk, origin=PERSON)
    count()
    count()
    yesterday, today = day_of(news, 1), day_of(news, 0)
    assert (yesterday.people, yesterday.by_themselves, yesterday.is_reckoned) == (1, 1, False)
    assert (today.people, today.unsubscribed) == (1, 1)
    assert ListDay.objects.filter(mailing_list=news).count() == 92


def test_activity_is_banded_and_everybody_counts_once(news: MailingList) -> None:
    offers = MailingListFactory.create(slug="offers")
    people = [joins(news, 5) for _ in range(4)]
    joins(offers, 5, contact=people[0])
    joins(news, 5)
    for contact, days in zip(people, (10, 60, 200, None), strict=True):
        engaged_at = NOON - timedelta(days=days) if days else None
        Contact.objects.filter(pk=contact.pk).update(engaged_at=engaged_at, tracks_clicks=True)
    count()
    everybody = health_of(None)
    assert everybody is not None
    activity = everybody.activity
    found = (activity.active, activity.lately, activity.once, activity.never, activity.unseen)
    assert found == (1, 1, 1, 1, 1)
    assert everybody.people == 5
    assert everybody.active_shares == [(TODAY, 0.5)]
    assert len(everybody.days) == 91


def test_days_are_the_organisations(news: MailingList) -> None:
    OrganisationFactory.create(time_zone="Pacific/Auckland")
    joins(news, 1)
    count()
    # Noon in Greenwich is tomorrow in Auckland.
    assert ListDay.objects.get(mailing_list=news, by_themselves=1).day == TODAY
    assert health_of(news.pk).days[-1].day == TODAY + timedelta(days=1)  # type: ignore[union-attr]


def test_the_people_behind_a_number_come_in_pages(news: MailingList) -> None:
    people = [joins(news, ago) for ago in (40, 3, 2, 1)]
    joins(MailingListFactory.create(slug="offers"), 1)
    with time_machine.travel(NOON, tick=False):
        unsubscribe(contact_id=people[1].pk, mailing_list_id=news.pk, origin=PERSON)
        count_days(now=timezone.now())
        asked = {"kind": Won.BY_THEMSELVES, "mailing_list_id": news.pk, "days": 28, "most": 2}
        first = people_behind(**asked, after=0)
        rest = people_behind(**asked, after=first[-1].id)
        left = people_behind(kind=Lost.UNSUBSCRIBED, mailing_list_id=0, days=28, after=0, most=9)
    assert [each.email for each in first + rest] == [each.email for each in people[1:]]
    assert [each.contact_id for each in left] == [people[1].pk]
