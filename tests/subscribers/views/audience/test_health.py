"""List health: its numbers, the people behind them, and what it says in words."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.models import Campaign
from deliverability.services.events import append_events
from deliverability.services.suppression import suppress
from deliverability.types import EventKind, NewEvent, Scope, SuppressionReason
from subscribers.models import MailingList
from subscribers.services.health import count_days
from subscribers.services.subscriptions import unsubscribe
from subscribers.types import Origin
from tests.factories.campaigns import CampaignFactory
from tests.factories.deliverability import MailingFactory
from tests.factories.subscribers import MailingListFactory
from tests.subscribers.services.test_health import IMPORT, joins

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
PERSON = Origin(source="A test", actor="the person")


@pytest.fixture
def news() -> MailingList:
    return MailingListFactory.create(slug="news")


def text(client: Client, name: str, *args: object) -> str:
    with time_machine.travel(NOON, tick=False):
        return client.get(reverse(name, args=args)).content.decode()


def count() -> None:
    with time_machine.travel(NOON, tick=False):
        count_days()


def test_before_the_first_count_it_says_so(owner: Client, news: MailingList) -> None:
    assert "Not counted yet" in text(owner, "list-health")


def test_every_number_leads_to_the_people_behind_it(owner: Client, news: MailingList) -> None:
    alice, bob, carol = joins(news, 40), joins(news, 3), joins(news, 2, IMPORT)
    with time_machine.travel(NOON - timedelta(days=1), tick=False):
        unsubscribe(contact_id=alice.pk, mailing_list_id=news.pk, origin=PERSON)
        suppress(addresses=[bob.email], scope=Scope.MARKETING, reason=SuppressionReason.COMPLAINT)
    count()
    page = text(owner, "list-health-one", news.pk)
    for kind, contact in (("by_themselves", bob), ("by_import", carol), ("unsubscribed", alice)):
        link = reverse("list-health-people", args=[news.pk, kind])
        assert f'<a href="{link}">1</a>' in page
        people = text(owner, "list-health-people", news.pk, kind)
        assert contact.email in people
        assert people.count("data-label") == 2
    assert f'<a href="{reverse("suppressions")}?reason=complaint">1</a>' in page
    assert alice.email in text(owner, "list-health-people", 0, "unsubscribed")
    assert owner.get(reverse("list-health-people", args=[news.pk, "complained"])).status_code == 404
    assert owner.get(reverse("list-health-one", args=[news.pk + 1])).status_code == 404


def test_losses_are_told_with_the_campaign_after_which_most_left(owner: Client, news: MailingList) -> None:
    people = [joins(news, 40) for _ in range(6)]
    with time_machine.travel(NOON - timedelta(days=3), tick=False):
        campaign: Campaign = CampaignFactory.create(name="Spring offers", mailing_list=news)
        mailing = MailingFactory.create(composer="campaign", reference=str(campaign.pk))
        for number, contact in enumerate(people):
            at = NOON - timedelta(days=20 if number < 2 else 3)
            with time_machine.travel(at, tick=False):
                unsubscribe(contact_id=contact.pk, mailing_list_id=news.pk, origin=PERSON)
        append_events(
            [
                NewEvent(NOON - timedelta(days=3), EventKind.UNSUBSCRIBED, mailing.pk, contact.pk, "google")
                for contact in people[2:]
            ]
        )
    count()
    page = text(owner, "list-health")
    assert "You lost more people than you won in 2 of the last 4 weeks" in page
    assert "After “Spring offers” alone 4 people left." in page
    # A campaign may go to several lists: which one somebody left after it, nobody counts.
    assert "Spring offers" not in text(owner, "list-health-one", news.pk)


def test_a_forecast_says_how_sure_it_is(owner: Client, news: MailingList) -> None:
    joins(news, 10)
    count()
    page = text(owner, "list-health")
    assert "8 times in 10, if it goes on as in the last 12 weeks" in page


def test_no_query_is_added_by_more_people_or_more_days(owner: Client, news: MailingList) -> None:
    counts = []
    for _ in range(2):
        for ago in (1, 2, 3):
            joins(news, ago)
        count()
        with CaptureQueriesContext(connection) as queries:
            text(owner, "list-health")
            text(owner, "list-health-people", 0, "by_themselves")
        counts.append(len(queries))
    assert counts[0] == counts[1]
