"""How long a campaign takes, as its pages say it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.types import Role
from campaigns.models import Campaign
from campaigns.types import CampaignState
from campaigns.views.capacity import _span
from deliverability.models import WayLimit
from deliverability.rules.lanes import WayKey
from deliverability.services.pacing import resume, suspend
from tests.factories.accounts import UserFactory
from tests.factories.campaigns import CampaignFactory, scheduled, sending
from tests.factories.subscribers import MailingListFactory, subscribed

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client: Client) -> Client:
    cache.clear()
    client.force_login(UserFactory.create(role=Role.OWNER))
    return client


def text_of(client: Client, campaign: Campaign) -> str:
    answer = client.get(reverse("campaign-capacity", args=[campaign.pk]))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def slow(campaign: Campaign) -> None:
    """Two hours and ten minutes for one person at Yahoo."""
    provider = campaign.stream.provider
    WayLimit.objects.create(provider=provider, mailbox_provider="yahoo", messages_per_second=1 / 7800)


@pytest.mark.parametrize("state", [CampaignState.DRAFT, CampaignState.REVIEWED])
def test_before_it_starts_it_says_how_long_and_who_takes_longest(owner: Client, state: CampaignState) -> None:
    people = MailingListFactory.create()
    subscribed(people, email="a@gmail.com", mailbox_provider="google")
    subscribed(people, email="b@yahoo.com", mailbox_provider="yahoo")
    campaign = CampaignFactory.create(mailing_list=people, state=state)
    slow(campaign)
    text = text_of(owner, campaign)
    assert "Takes about 2 h 10 min: done about" in text
    assert "Yahoo and AOL takes longest." in text
    assert "Gmail</th>" in text, "each of them in a table"


def test_where_only_the_machine_limits_it_says_what_is_assumed(owner: Client) -> None:
    people = MailingListFactory.create()
    subscribed(people)
    text = text_of(owner, CampaignFactory.create(mailing_list=people))
    assert "Takes less than a minute" in text
    assert "1,000 a second are assumed" in text


def test_a_mailbox_provider_that_told_us_to_wait_is_the_reason(owner: Client) -> None:
    people = MailingListFactory.create()
    subscribed(people, email="b@yahoo.com", mailbox_provider="yahoo")
    campaign = CampaignFactory.create(mailing_list=people)
    way = WayKey(campaign.stream.provider_id, "yahoo")
    suspend(way=way, reply="421 Busy", seconds=3600)
    try:
        text = text_of(owner, campaign)
    finally:
        resume(way=way)
    assert "Takes about 1 h 0 min" in text
    assert re.search(r"Yahoo and AOL has asked us to wait until \d+ \w+ \d{4}, \d\d:\d\d UTC: “421 Busy”", text)


def test_while_it_is_sent_it_says_when_it_is_done_and_looks_again(owner: Client) -> None:
    people = MailingListFactory.create()
    subscribed(people, email="b@yahoo.com", mailbox_provider="yahoo")
    text = text_of(owner, sending(mailing_list=people))
    assert "Done about" in text
    assert 'hx-trigger="every 15s"' in text


def test_without_a_list_and_after_the_end_there_is_nothing_to_say(owner: Client) -> None:
    assert text_of(owner, CampaignFactory.create(mailing_list=None)) == ""
    assert text_of(owner, CampaignFactory.create(state=CampaignState.SENT)) == ""


def test_the_pages_that_matter_ask_for_it(owner: Client) -> None:
    people = MailingListFactory.create()
    subscribed(people)
    for campaign in (scheduled(undo_seconds=3600, mailing_list=people), sending(mailing_list=people)):
        page = owner.get(reverse("campaign", args=[campaign.pk])).content.decode()
        assert reverse("campaign-capacity", args=[campaign.pk]) in page


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (20, "less than a minute"),
        (120, "about 2 min"),
        (7800, "about 2 h 10 min"),
        (47 * 3600, "about 47 h 0 min"),
        (72 * 3600, "about 3 days"),
    ],
)
def test_a_span_is_told_as_people_tell_it(seconds: int, words: str) -> None:
    start = datetime(2026, 11, 24, tzinfo=UTC)
    assert _span(start, start + timedelta(seconds=seconds)) == words
