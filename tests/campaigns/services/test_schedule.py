"""Scheduling, and the undo window in which provably nothing leaves."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from accounts.rules.clocks import told
from accounts.services.permission import SENDWELL
from campaigns.errors import NotPossibleNow, UnusableTime
from campaigns.models import Campaign
from campaigns.services.schedule import schedule, unschedule
from campaigns.services.start import start_due
from campaigns.types import CampaignState
from deliverability.models import DeliveryBatch, Mailing
from tests.factories.campaigns import CampaignFactory, reviewed, scheduled
from tests.factories.subscribers import subscribed

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon() -> time_machine.Traveller:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def campaign() -> Campaign:
    subscribed()
    return reviewed()


def test_now_means_after_the_undo_window(campaign: Campaign) -> None:
    later = schedule(campaign_id=campaign.pk, actor=SENDWELL)
    assert (later.state, later.starts_at) == (CampaignState.SCHEDULED, NOON + timedelta(seconds=60))


def test_a_wall_clock_time_is_read_in_its_zone_and_shown_in_it(campaign: Campaign) -> None:
    wall_clock = datetime(2026, 12, 1, 10)
    later = schedule(campaign_id=campaign.pk, actor=SENDWELL, send_at=wall_clock, time_zone="Europe/Berlin")
    assert later.starts_at == later.send_at == datetime(2026, 12, 1, 9, tzinfo=UTC)
    text = campaign.activities.order_by("-id")[0].text
    assert text == "Scheduled: starts 2026-12-01T09:00:00Z."
    assert told(text, "Europe/Berlin") == "Scheduled: starts 1 Dec 2026, 10:00 Berlin time."


@pytest.mark.parametrize(
    ("send_at", "zone", "reason"),
    [
        (datetime(2026, 11, 24, 11, tzinfo=UTC), "UTC", "has passed"),
        (datetime(2027, 3, 28, 2, 30), "Europe/Berlin", "skip 02:30"),
        (None, "Mars/Olympus", "no time zone"),
    ],
)
def test_a_time_that_cannot_be_is_refused(campaign: Campaign, send_at: datetime, zone: str, reason: str) -> None:
    with pytest.raises(UnusableTime, match=reason):
        schedule(campaign_id=campaign.pk, actor=SENDWELL, send_at=send_at, time_zone=zone)
    assert Campaign.objects.get(pk=campaign.pk).state == CampaignState.REVIEWED


def test_a_draft_is_not_scheduled() -> None:
    with pytest.raises(NotPossibleNow, match="Review it first"):
        schedule(campaign_id=CampaignFactory.create().pk, actor=SENDWELL)


def test_a_second_click_changes_nothing(campaign: Campaign, noon: time_machine.Traveller) -> None:
    schedule(campaign_id=campaign.pk, actor=SENDWELL)
    noon.shift(5)
    with pytest.raises(NotPossibleNow, match="is scheduled"):
        schedule(campaign_id=campaign.pk, actor=SENDWELL)
    assert Campaign.objects.get(pk=campaign.pk).starts_at == NOON + timedelta(seconds=60)


def test_nothing_leaves_before_the_window_ends(campaign: Campaign, noon: time_machine.Traveller) -> None:
    schedule(campaign_id=campaign.pk, actor=SENDWELL)
    noon.move_to(NOON + timedelta(seconds=59, microseconds=999_999), tick=False)
    assert start_due() == []
    assert not Mailing.objects.exists()
    noon.move_to(NOON + timedelta(seconds=60), tick=False)
    assert start_due() == [campaign.pk]


def test_an_undo_at_the_last_moment_stops_everything(campaign: Campaign, noon: time_machine.Traveller) -> None:
    schedule(campaign_id=campaign.pk, actor=SENDWELL)
    noon.move_to(NOON + timedelta(seconds=60), tick=False)
    assert unschedule(campaign_id=campaign.pk, actor=SENDWELL).state == CampaignState.REVIEWED
    noon.shift(3600)
    assert start_due() == []
    assert not DeliveryBatch.objects.exists()


def test_an_undo_after_the_start_is_refused_and_says_what_to_do(noon: time_machine.Traveller) -> None:
    subscribed()
    campaign = scheduled()
    noon.shift(60)
    start_due()
    with pytest.raises(NotPossibleNow, match="is being sent, so we did not unschedule it"):
        unschedule(campaign_id=campaign.pk, actor=SENDWELL)


def test_it_can_be_scheduled_again_after_an_undo(campaign: Campaign, noon: time_machine.Traveller) -> None:
    schedule(campaign_id=campaign.pk, actor=SENDWELL)
    unschedule(campaign_id=campaign.pk, actor=SENDWELL)
    schedule(campaign_id=campaign.pk, actor=SENDWELL, undo_seconds=0)
    assert start_due() == [campaign.pk]
