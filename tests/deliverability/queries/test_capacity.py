"""How long mailings take, by everything that bounds their lanes."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from deliverability import conf
from deliverability.models import Lane, WayLimit
from deliverability.queries.capacity import ASSUMED_RATE, plan_mailing, plan_rest
from deliverability.rules.lanes import WayKey
from deliverability.services.events import append_events
from deliverability.types import EventKind, NewEvent
from tests.factories.deliverability import DeliveryBatchFactory, MailingFactory, StreamFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty_redis() -> None:
    conf.redis_client().flushdb()


def test_the_slowest_lane_is_named_with_what_slows_it() -> None:
    stream = StreamFactory.create()
    Lane.objects.create(stream=stream, mailbox_provider="gmx", messages_per_second=2)
    WayLimit.objects.create(provider=stream.provider, mailbox_provider="yahoo", messages_per_second=5)
    plan = plan_mailing(stream_id=stream.pk, recipients={"google": 5000, "gmx": 720, "yahoo": 900, "apple": 0})

    assert [lane.mailbox_provider for lane in plan.lanes] == ["gmx", "yahoo", "google"]
    assert plan.bottleneck
    assert (plan.bottleneck.limited_by, plan.bottleneck.messages_per_second) == ("rate", 2)
    assert "own limit for GMX and Web.de is 2 messages per second" in plan.bottleneck.why
    assert plan.ends_at
    assert round((plan.ends_at - plan.starts_at).total_seconds()) == 360
    assert [lane.limited_by for lane in plan.lanes] == ["rate", "way", "machine"]
    assert (plan.machine_rate, plan.is_measured) == (ASSUMED_RATE, False)


def test_caps_of_the_day_count_what_has_left_already() -> None:
    stream = StreamFactory.create()
    WayLimit.objects.create(provider=stream.provider, mailbox_provider="google", messages_per_day=1000)
    day = int(time.time() // 86_400)
    way = WayKey(stream.provider_id, "google")
    conf.redis_client().hset(way.counts, mapping={"day": day, "today": 990, "hour": day * 24, "this_hour": 0})
    plan = plan_mailing(stream_id=stream.pk, recipients={"google": 100})
    [lane] = plan.lanes
    assert (lane.limited_by, lane.sent_today) == ("day", 990)
    assert lane.ends_at
    assert lane.ends_at.date() == timezone.now().date() + timedelta(days=1)


def test_a_rate_that_takes_years_is_named_and_no_cap_that_is_not_there() -> None:
    stream = StreamFactory.create()
    Lane.objects.create(stream=stream, mailbox_provider="gmx", messages_per_second=0.001)
    plan = plan_mailing(stream_id=stream.pk, recipients={"gmx": 1_000_000})
    assert (plan.lanes[0].limited_by, plan.ends_at) == ("rate", None)


def test_what_was_found_to_work_and_what_stands_still_bound_a_lane() -> None:
    stream = StreamFactory.create()
    way = WayKey(stream.provider_id, "microsoft")
    soon = int((time.time() + 3600) * 1000)
    fields = {"known": 1, "found_until": soon, "rate": 4, "quiet_until": soon, "quiet_reply": "451 4.7.500 Server busy"}
    conf.redis_client().hset(way.pace, mapping=fields)
    [lane] = plan_mailing(stream_id=stream.pk, recipients={"microsoft": 4 * 3600}).lanes
    assert lane.limited_by == "pace"
    assert "“451 4.7.500 Server busy”" in lane.why
    assert lane.ends_at
    assert round((lane.ends_at - timezone.now()) / timedelta(hours=1), 1) == 2


def test_others_on_the_same_way_out_take_their_part() -> None:
    stream = StreamFactory.create()
    other = StreamFactory.create(slug="news", kind="marketing", provider=stream.provider)
    DeliveryBatchFactory.create(mailing=MailingFactory.create(stream=other), recipient_ids=[*range(500)])
    DeliveryBatchFactory.create(mailing=MailingFactory.create(stream=other, state="paused"), recipient_ids=[1, 2])
    [lane] = plan_mailing(stream_id=stream.pk, recipients={"google": 100}).lanes
    assert lane.ahead == 500


def test_during_the_send_it_goes_by_what_is_left_and_by_the_pace_seen() -> None:
    mailing = MailingFactory.create()
    later = timezone.now() + timedelta(hours=4)
    DeliveryBatchFactory.create(mailing=mailing, recipient_ids=[*range(300)])
    DeliveryBatchFactory.create(mailing=mailing, mailbox_provider="yahoo", recipient_ids=[1], attempt=2, due_at=later)
    type(mailing).objects.filter(pk=mailing.pk).update(created_at=timezone.now() - timedelta(hours=1))
    now = timezone.now()
    append_events([NewEvent(now, EventKind.ACCEPTED, mailing.pk, n, "google", code=250) for n in range(1000, 1600)])

    plan = plan_rest(mailing.pk)

    lanes = {lane.mailbox_provider: lane for lane in plan.lanes}
    assert lanes["google"].limited_by == "measured"
    assert 1 <= lanes["google"].messages_per_second <= 2, "six hundred within the last five to ten minutes"
    assert (lanes["yahoo"].put_off, lanes["yahoo"].put_off_until) == (1, later)
    assert plan.bottleneck == lanes["yahoo"]
    assert plan.ends_at == later


def test_nobody_takes_no_time_and_a_lane_that_is_shut_takes_for_ever() -> None:
    stream = StreamFactory.create()
    nobody = plan_mailing(stream_id=stream.pk, recipients={})
    assert (nobody.bottleneck, nobody.ends_at) == (None, nobody.starts_at)
    WayLimit.objects.create(provider=stream.provider, mailbox_provider="google", messages_per_day=0)
    assert plan_mailing(stream_id=stream.pk, recipients={"google": 1}).ends_at is None
