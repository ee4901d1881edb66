"""Batches that leave only at their people's hours."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection

from deliverability.models import DeliveryBatch, Mailing
from deliverability.queries.history import recipient_history
from deliverability.queries.lane_states import LaneStanding, mailing_standing
from deliverability.queries.lanes import has_due_work
from deliverability.rules.lanes import LaneKey
from deliverability.services.closing import PutBack, close_batch
from deliverability.services.leasing import claim
from deliverability.services.outbox import enqueue_selected
from deliverability.services.windows import lift_windows, move_windows, waiting_zones
from deliverability.types import StreamKind, Window
from tests.factories.deliverability import MailingFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
BERLIN = Window("Europe/Berlin", NOON - timedelta(hours=5), NOON + timedelta(hours=8))
DENVER = Window("America/Denver", NOON + timedelta(hours=3), NOON + timedelta(hours=16))


@pytest.fixture
def mailing() -> Mailing:
    """Two people by day, one of whom says nothing of their zone, and one by night."""
    mailing = MailingFactory.create()
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE chosen AS SELECT * FROM "
            "(VALUES (1::bigint, 'google', 0::smallint, 'Europe/Paris'), (2, 'google', 0, ''), "
            "(3, 'google', 0, 'America/Denver')) people (contact_id, mailbox_provider, priority, time_zone)"
        )
    windows = {"": BERLIN, "Europe/Paris": BERLIN, "America/Denver": DENVER}
    with time_machine.travel(NOON, tick=False):
        assert enqueue_selected(mailing_id=mailing.pk, table="chosen", windows=windows) == 3
    return mailing


def claimed(mailing: Mailing, now: datetime) -> list[int]:
    with time_machine.travel(now, tick=False):
        lease = claim(lane=LaneKey(mailing.stream_id, "google"), owner="drain-1")
    return lease.recipient_ids if lease else []


def test_zones_that_share_a_window_share_a_batch_and_each_is_due_in_its_own(mailing: Mailing) -> None:
    rows = DeliveryBatch.objects.order_by("due_at").values_list("recipient_ids", "zone", "due_at")
    assert list(rows) == [([1, 2], "Europe/Berlin", NOON), ([3], "America/Denver", DENVER.opens_at)]


def test_nothing_leaves_before_its_morning_or_after_its_evening(mailing: Mailing) -> None:
    assert (claimed(mailing, NOON), claimed(mailing, NOON)) == ([1, 2], [])
    DeliveryBatch.objects.filter(zone="Europe/Berlin").update(state=DeliveryBatch.State.OPEN)
    assert claimed(mailing, DENVER.opens_at) in ([1, 2], [3])
    DeliveryBatch.objects.update(state=DeliveryBatch.State.OPEN)
    evening = DENVER.closes_at + timedelta(minutes=1)
    assert claimed(mailing, evening) == []
    with time_machine.travel(evening, tick=False):
        assert not has_due_work(StreamKind.MARKETING)


def test_whoever_is_tried_again_keeps_to_the_same_hours(mailing: Mailing) -> None:
    with time_machine.travel(NOON, tick=False):
        lease = claim(lane=LaneKey(mailing.stream_id, "google"), owner="drain-1")
        assert lease
        close_batch(lease=lease, entries=[], put_back=[PutBack(lease.recipient_ids)])
    [batch] = DeliveryBatch.objects.filter(recipient_ids=[1, 2], state=DeliveryBatch.State.OPEN)
    assert (batch.zone, batch.opens_at, batch.closes_at) == ("Europe/Berlin", BERLIN.opens_at, BERLIN.closes_at)


def test_what_is_left_in_the_evening_is_due_the_next_morning(mailing: Mailing) -> None:
    assert waiting_zones() == ["America/Denver", "Europe/Berlin"]
    tomorrow = Window("Europe/Berlin", BERLIN.opens_at + timedelta(days=1), BERLIN.closes_at + timedelta(days=1))
    assert move_windows(windows={"Europe/Berlin": tomorrow}) == 1
    assert move_windows(windows={"Europe/Berlin": tomorrow}) == 0
    assert DeliveryBatch.objects.get(zone="Europe/Berlin").due_at == tomorrow.opens_at


def test_without_quiet_hours_what_waited_for_its_morning_is_due_at_once(mailing: Mailing) -> None:
    with time_machine.travel(NOON, tick=False):
        assert lift_windows() == 2
    assert set(DeliveryBatch.objects.values_list("due_at", "zone")) == {(NOON, "")}


def test_the_wait_is_said_of_the_person_and_of_the_lane(mailing: Mailing) -> None:
    DeliveryBatch.objects.filter(zone="Europe/Berlin").update(state=DeliveryBatch.State.CLOSED)
    with time_machine.travel(NOON, tick=False):
        assert "quiet hours in the zone America/Denver" in recipient_history(mailing.pk, 3).why_waiting
        lane = mailing_standing(mailing.pk).lanes["google"]
    assert (lane.standing, lane.next_at) == (LaneStanding.QUIET, DENVER.opens_at)
