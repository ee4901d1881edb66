"""What may leave on a lane, over all drains together."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone

from deliverability import conf
from deliverability.models import DeliveryBatch
from deliverability.queries.lanes import WorkingLane
from deliverability.rules.lanes import UNLIMITED, LaneKey, LaneLimits, WayKey
from deliverability.services.allowance import SLOT_SECONDS, Allowances
from deliverability.services.attendance import Attendance
from deliverability.services.events import append_events
from deliverability.types import EventKind, NewEvent, StreamKind
from tests.factories.deliverability import DeliveryBatchFactory, MailingFactory
from tests.virtual_clock import VirtualClock

pytestmark = pytest.mark.django_db

MARKETING = Attendance(StreamKind.MARKETING)


@pytest.fixture
def allowances(quiet_services: None) -> Allowances:
    return Allowances("drain-1", MARKETING.running_key)


def lane(limits: LaneLimits | None = None, way_limits: LaneLimits = UNLIMITED, **kwargs: Any) -> WorkingLane:
    """The lane of a stream to Gmail; `stream` and `provider` choose others."""
    stream, provider = kwargs.pop("stream", 1), kwargs.pop("provider", 1)
    key, way = LaneKey(stream, "google"), WayKey(provider, "google")
    return WorkingLane(key, way, limits or LaneLimits(), way_limits, **kwargs)


def another(name: str) -> Allowances:
    return Allowances(name, MARKETING.running_key)


def test_without_a_limit_everything_is_granted(allowances: Allowances) -> None:
    allowance = allowances.take(lane(), messages=500, connections=5)
    assert (allowance.messages, allowance.connections, allowance.reason) == (500, 5, "")


def test_a_rate_is_shared_by_all_drains_and_refills(allowances: Allowances, clock: VirtualClock) -> None:
    limits = LaneLimits(messages_per_second=20, burst=50)
    assert allowances.take(lane(limits), messages=40, connections=0).messages == 40
    assert another("drain-2").take(lane(limits), messages=40, connections=0).messages == 10

    refused = allowances.take(lane(limits), messages=40, connections=0)
    assert refused.messages == 0
    assert "limited to 20 messages per second" in refused.reason
    assert 0 < refused.retry_seconds <= 1
    clock.forward(0.3)
    assert allowances.take(lane(limits), messages=50, connections=0).messages == 6


def test_what_did_not_leave_is_given_back(allowances: Allowances) -> None:
    limits = LaneLimits(messages_per_second=0.01, burst=10)
    taken = allowances.take(lane(limits), messages=10, connections=0)
    allowances.give_back(lane(limits), taken, 7)
    assert allowances.take(lane(limits), messages=10, connections=0).messages == 7


def test_connections_are_counted_over_all_drains(allowances: Allowances) -> None:
    limits = LaneLimits(max_connections=8)
    first = allowances.take(lane(limits), messages=1, connections=5)
    second = another("drain-2").take(lane(limits), messages=1, connections=5)
    assert (first.connections, second.connections) == (5, 3)

    refused = another("drain-3").take(lane(limits), messages=1, connections=5)
    assert refused.messages == 0
    assert "All 8 connections" in refused.reason
    assert first.slot
    allowances.release(first.slot)
    assert another("drain-3").take(lane(limits), messages=1, connections=5).connections == 5


def test_one_drain_leaves_the_others_their_share(allowances: Allowances) -> None:
    for drain in ("drain-1", "drain-2"):
        MARKETING.arrive(drain)
    limits = LaneLimits(max_connections=8)
    granted = [allowances.take(lane(limits), messages=1, connections=3).connections for _ in range(3)]
    assert granted == [3, 1, 0]


def test_a_dead_drains_connections_come_back(allowances: Allowances, clock: VirtualClock) -> None:
    limits = LaneLimits(max_connections=5)
    held = allowances.take(lane(limits), messages=1, connections=5)
    clock.forward(SLOT_SECONDS - 1)
    assert held.slot
    allowances.renew([held.slot])
    clock.forward(SLOT_SECONDS - 1)
    assert another("drain-2").take(lane(limits), messages=1, connections=5).messages == 0, "renewed"
    clock.forward(2)
    assert another("drain-2").take(lane(limits), messages=1, connections=5).connections == 5, "expired"


def test_a_way_out_is_shared_by_all_its_streams(allowances: Allowances, clock: VirtualClock) -> None:
    """The mailbox provider sees one sender, however many streams we make of it."""
    shared = LaneLimits(messages_per_second=30, max_connections=4)
    first = allowances.take(lane(way_limits=shared), messages=500, connections=3)
    assert (first.messages, first.connections) == (10, 3), "a third of a second's worth"
    second = another("drain-2").take(lane(way_limits=shared, stream=2), messages=500, connections=3)
    assert second.messages == 0
    assert "30 messages per second, over all streams" in second.reason
    clock.forward(0.3)
    third = another("drain-2").take(lane(way_limits=shared, stream=2), messages=500, connections=3)
    assert (third.connections, third.messages) == (1, 9)
    other_way = another("drain-2").take(lane(way_limits=shared, provider=2), messages=500, connections=3)
    assert (other_way.messages, other_way.connections) == (10, 3)


def test_a_stream_may_be_slower_than_its_way_out(allowances: Allowances) -> None:
    own, shared = LaneLimits(messages_per_second=4, burst=2, max_connections=1), LaneLimits(messages_per_second=100)
    taken = allowances.take(lane(own, shared), messages=500, connections=5)
    assert (taken.messages, taken.connections) == (2, 1)


@pytest.mark.parametrize(("per_hour", "per_day", "words"), [(None, 30, "Today's 30"), (30, 40, "This hour's 30")])
def test_hours_and_days_are_counted_to_the_message(
    allowances: Allowances, per_hour: int | None, per_day: int, words: str
) -> None:
    shared = LaneLimits(messages_per_hour=per_hour, messages_per_day=per_day)
    capped = lane(way_limits=shared, cap_reason="The warm-up allows no more.")
    assert allowances.take(capped, messages=20, connections=1).messages == 20
    rest = another("drain-2").take(lane(way_limits=shared, stream=2), messages=20, connections=1)
    assert rest.messages == 10
    refused = allowances.take(capped, messages=20, connections=1)
    assert (refused.messages, refused.retry_seconds <= 30) == (0, True)
    assert words in refused.reason
    assert "The warm-up allows no more." in refused.reason
    allowances.give_back(lane(way_limits=shared, stream=2), rest, 4)
    assert allowances.take(capped, messages=20, connections=1).messages == 4


def test_what_was_counted_yesterday_cannot_be_given_back_today(allowances: Allowances) -> None:
    capped = lane(way_limits=LaneLimits(messages_per_day=10))
    taken = allowances.take(capped, messages=10, connections=0)
    allowances.give_back(capped, replace(taken, counted_in=taken.counted_in - 24), 10)
    assert allowances.take(capped, messages=10, connections=0).messages == 0


def test_a_new_day_begins_at_nothing(allowances: Allowances) -> None:
    capped = lane(way_limits=LaneLimits(messages_per_hour=10, messages_per_day=10))
    allowances.take(capped, messages=10, connections=0)
    day = int(time.time() // 86400) - 1
    conf.redis_client().hset(capped.way.counts, mapping={"day": day, "hour": day * 24})
    assert allowances.take(capped, messages=20, connections=0).messages == 10


def test_counts_that_redis_lost_are_counted_from_events_and_from_what_is_under_way(allowances: Allowances) -> None:
    mailing = MailingFactory.create()
    now = timezone.now()
    append_events(
        [NewEvent(now, EventKind.ACCEPTED, mailing.pk, n, "google", code=250) for n in range(5)]
        + [NewEvent(now, EventKind.DEFERRED, mailing.pk, 6, "google", code=451)]
        + [
            NewEvent(now, EventKind.SKIPPED, mailing.pk, 7, "google"),
            NewEvent(now, EventKind.OPENED, mailing.pk, 1, "google"),
        ]
        + [NewEvent(now, EventKind.ACCEPTED, mailing.pk, 8, "yahoo", code=250)]
    )
    DeliveryBatchFactory.create(mailing=mailing, state=DeliveryBatch.State.LEASED, recipient_ids=[11, 12, 13])
    capped = lane(
        LaneLimits(messages_per_hour=15),
        LaneLimits(messages_per_day=12),
        stream=mailing.stream_id,
        provider=mailing.stream.provider_id,
    )
    assert allowances.take(capped, messages=10, connections=0).messages == 3
    conf.redis_client().flushdb()
    assert allowances.take(capped, messages=10, connections=0).messages == 3, "forgotten, so not yet written down"


def test_transactional_mail_counts_but_never_waits_for_tomorrow(allowances: Allowances) -> None:
    shared = LaneLimits(messages_per_day=10)
    assert allowances.take(lane(way_limits=shared), messages=10, connections=0).messages == 10
    urgent = lane(way_limits=shared, stream=2, is_urgent=True)
    assert allowances.take(urgent, messages=1, connections=1).messages == 1
    counts = conf.redis_client().hgetall(urgent.way.counts)
    assert counts[b"today"] == b"11"


def test_bulk_mail_leaves_room_for_transactional_mail_on_the_same_way(allowances: Allowances) -> None:
    shared = LaneLimits(messages_per_second=30, max_connections=3)
    bulk = allowances.take(lane(way_limits=shared, leaves_room=True), messages=500, connections=5)
    assert (bulk.messages, bulk.connections) == (8, 2)
    urgent = another("drain-2").take(lane(way_limits=shared, stream=2, is_urgent=True), messages=1, connections=1)
    assert (urgent.messages, urgent.connections) == (1, 1)


def test_a_way_whose_pace_was_found_keeps_to_it_and_one_that_is_stopped_says_why(allowances: Allowances) -> None:
    found = int((time.time() + 60) * 1000)
    fields = {"known": 1, "found_until": found, "rate": 6, "connections": 1}
    conf.redis_client().hset(lane().way.pace, mapping=fields)
    taken = allowances.take(lane(), messages=500, connections=5)
    assert (taken.messages, taken.connections) == (2, 1)

    conf.redis_client().hset(lane().way.pace, mapping={"quiet_until": found, "quiet_reply": "421 4.7.28 unusual rate"})
    refused = allowances.take(lane(stream=2), messages=1, connections=1)
    assert refused.messages == 0
    assert "Gmail asked us to slow down: “421 4.7.28 unusual rate”" in refused.reason
    assert allowances.take(lane(provider=2), messages=1, connections=1).messages == 1


def test_everything_in_redis_ends_by_itself(allowances: Allowances) -> None:
    both = LaneLimits(messages_per_second=5, messages_per_day=5)
    allowances.take(lane(both, both), messages=1, connections=1)
    MARKETING.arrive(MARKETING.queue())
    keys = conf.redis_client().keys("sendwell:*")
    assert len(keys) == 8
    assert all(conf.redis_client().pttl(key) > 0 for key in keys)


def test_without_redis_nothing_new_leaves_and_the_reason_says_so(
    allowances: Allowances, redis_down: Callable[[], None]
) -> None:
    redis_down()
    refused = allowances.take(lane(), messages=1, connections=1)
    assert refused.messages == 0
    assert "Redis does not answer" in refused.reason


def test_counts_that_hold_a_batch_under_way_are_counted_again(
    allowances: Allowances, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a lost Redis would cost the day a whole batch of which little had left."""
    monkeypatch.setattr("deliverability.services.restoring.RECOUNT_SECONDS", 0.05)
    mailing = MailingFactory.create()
    batch = DeliveryBatchFactory.create(mailing=mailing, state=DeliveryBatch.State.LEASED, recipient_ids=[*range(10)])
    capped = lane(
        way_limits=LaneLimits(messages_per_day=12), stream=mailing.stream_id, provider=mailing.stream.provider_id
    )
    assert allowances.take(capped, messages=10, connections=0).messages == 2
    batch.state = DeliveryBatch.State.CLOSED
    batch.save()
    append_events([NewEvent(timezone.now(), EventKind.ACCEPTED, mailing.pk, n, "google", code=250) for n in range(3)])
    time.sleep(0.1)
    assert allowances.take(capped, messages=10, connections=0).messages == 9
