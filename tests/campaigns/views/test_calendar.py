"""The calendar, and moving a campaign in it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.types import Role
from campaigns.models import Campaign
from campaigns.types import CampaignState
from tests.factories.accounts import UserFactory
from tests.factories.campaigns import scheduled
from tests.factories.subscribers import subscribed

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture
def campaign(client: Client, time_machine: Any) -> Campaign:
    time_machine.move_to(NOW, tick=False)
    client.force_login(UserFactory.create(role=Role.MARKETER, time_zone="Europe/Berlin"))
    subscribed()
    found = scheduled(name="Advent")
    # 23:30 UTC on the 26th is the 27th in Berlin.
    moment = datetime(2026, 11, 26, 23, 30, tzinfo=UTC)
    Campaign.objects.filter(pk=found.pk).update(starts_at=moment, send_at=moment, time_zone="UTC")
    return Campaign.objects.get(pk=found.pk)


def test_a_campaign_stands_on_its_day_in_the_viewers_zone(client: Client, campaign: Campaign) -> None:
    page = client.get(reverse("calendar")).content.decode()
    cell = page.split('data-day="2026-11-27"')[1].split("</td>")[0]
    assert "Advent" in cell
    assert "00:30 Berlin time" in cell
    assert "Advent" not in client.get(reverse("calendar"), {"month": "2027-03"}).content.decode()
    assert client.get(reverse("calendar"), {"month": "nonsense"}).status_code == 200


def test_a_drop_asks_first_and_names_both_times_and_zones(client: Client, campaign: Campaign) -> None:
    url = reverse("campaign-move", args=[campaign.pk])
    page = client.get(url, {"day": "2026-12-01"}, headers={"HX-Request": "true"}).content.decode()
    for words in ("26 Nov 2026, 23:30 UTC", "27 Nov 2026, 00:30 Berlin time"):
        assert words in page
    for words in ("30 Nov 2026, 23:30 UTC", "1 Dec 2026, 00:30 Berlin time"):
        assert words in page
    campaign.refresh_from_db()
    assert campaign.starts_at == datetime(2026, 11, 26, 23, 30, tzinfo=UTC)


def test_a_move_changes_the_time_and_nothing_else(client: Client, campaign: Campaign) -> None:
    url = reverse("campaign-move", args=[campaign.pk])
    client.post(url, {"send_at": "2026-12-02T10:00", "time_zone": "Europe/Berlin"})
    moved = Campaign.objects.get(pk=campaign.pk)
    assert moved.starts_at == datetime(2026, 12, 2, 9, 0, tzinfo=UTC)
    assert (moved.state, moved.version_id) == (CampaignState.SCHEDULED, campaign.version_id)
    assert moved.activities.latest("pk").text == "Moved from 2026-11-26T23:30:00Z to 2026-12-02T09:00:00Z."


def test_a_move_into_the_past_is_refused_in_words(client: Client, campaign: Campaign) -> None:
    url = reverse("campaign-move", args=[campaign.pk])
    page = client.post(url, {"send_at": "2026-11-01T10:00", "time_zone": "UTC"}, headers={"HX-Request": "true"})
    assert "has passed" in page.content.decode()
    assert Campaign.objects.get(pk=campaign.pk).starts_at == campaign.starts_at
