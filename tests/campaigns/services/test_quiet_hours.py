"""A campaign by people's own clocks: who sleeps gets it in the morning, and is told so."""

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine

from accounts.errors import PermissionRefused
from accounts.services.permission import SENDWELL
from accounts.types import Role
from campaigns.models import Campaign
from campaigns.queries.explain import Outcome, explain
from campaigns.queries.live import live
from campaigns.views.lanes import headline
from deliverability.models import DeliveryBatch
from subscribers.errors import FrequencyRefused
from subscribers.services.frequency import keep_quiet_hours, lift_quiet_hours, set_quiet_hours
from tests.factories.accounts import UserFactory
from tests.factories.campaigns import sending
from tests.factories.subscribers import subscribed

pytestmark = pytest.mark.django_db
# Noon in Berlin, four in the morning in Denver.
NOW = datetime(2026, 11, 24, 11, tzinfo=UTC)


@pytest.fixture
def campaign() -> Campaign:
    subscribed(email="ben@gmail.com", time_zone="Europe/Berlin")
    subscribed(email="dan@gmail.com", time_zone="America/Denver")
    set_quiet_hours(actor=SENDWELL, begins=time(21), ends=time(8))
    with time_machine.travel(NOW, tick=False):
        return sending(undo_seconds=0)


def due() -> dict[str, datetime]:
    return dict(DeliveryBatch.objects.values_list("zone", "due_at"))


def test_the_freeze_gives_each_zone_its_morning(campaign: Campaign) -> None:
    assert campaign.audience_count == 2
    assert due() == {"Europe/Berlin": NOW, "America/Denver": NOW + timedelta(hours=4)}


def test_the_wait_is_explained_and_the_report_says_it_is_night(campaign: Campaign) -> None:
    DeliveryBatch.objects.filter(zone="Europe/Berlin").update(state=DeliveryBatch.State.CLOSED)
    with time_machine.travel(NOW, tick=False):
        found = explain(campaign_id=campaign.pk, address="dan@gmail.com", time_zone="America/Denver")
        said = headline(campaign, live(campaign), "UTC")
    assert found.outcome == Outcome.WAITING
    assert "quiet hours in the zone America/Denver" in found.sentence
    assert "8:00" in found.sentence
    assert "it is night where the rest of them are. It goes on at 15:00" in said


def test_what_is_left_in_the_evening_goes_on_the_next_morning(campaign: Campaign) -> None:
    with time_machine.travel(NOW + timedelta(hours=10), tick=False):
        assert keep_quiet_hours() == 1
        assert keep_quiet_hours() == 0
    assert due()["Europe/Berlin"] == NOW + timedelta(hours=20)


def test_other_hours_hold_for_what_waits_and_none_let_it_go(campaign: Campaign) -> None:
    with time_machine.travel(NOW, tick=False):
        set_quiet_hours(actor=SENDWELL, begins=time(22), ends=time(9))
        assert due()["America/Denver"] == NOW + timedelta(hours=5)
        lift_quiet_hours(actor=SENDWELL)
    assert set(DeliveryBatch.objects.values_list("due_at", "zone")) == {(NOW, "")}


def test_hours_without_an_end_and_members_without_the_right_are_refused() -> None:
    with pytest.raises(FrequencyRefused):
        set_quiet_hours(actor=SENDWELL, begins=time(8), ends=time(8))
    with pytest.raises(PermissionRefused):
        set_quiet_hours(actor=UserFactory.create(role=Role.MARKETER), begins=time(21), ends=time(8))
