"""What may leave on a lane, over all drains together."""

import time
from collections.abc import Callable

import pytest

from deliverability import conf
from deliverability.rules.lanes import LaneKey, LaneLimits
from deliverability.services.allowance import Allowances
from deliverability.services.attendance import Attendance
from deliverability.types import StreamKind

LANE = LaneKey(1, "google")
MARKETING = Attendance(StreamKind.MARKETING)


@pytest.fixture
def allowances(quiet_services: None) -> Allowances:
    return Allowances("drain-1", MARKETING.running_key)


def another(name: str) -> Allowances:
    return Allowances(name, MARKETING.running_key)


def test_without_a_limit_everything_is_granted(allowances: Allowances) -> None:
    allowance = allowances.take(LANE, LaneLimits(), messages=500, connections=5)
    assert (allowance.messages, allowance.connections, allowance.reason) == (500, 5, "")


def test_a_rate_is_shared_by_all_drains_and_refills(allowances: Allowances) -> None:
    limits = LaneLimits(messages_per_second=100, burst=50)
    assert allowances.take(LANE, limits, messages=40, connections=0).messages == 40
    assert another("drain-2").take(LANE, limits, messages=40, connections=0).messages <= 12

    refused = allowances.take(LANE, limits, messages=40, connections=0)
    assert refused.messages == 0
    assert "limited to 100 messages per second" in refused.reason
    assert 0 < refused.retry_seconds <= 0.5
    time.sleep(0.3)
    assert 20 <= allowances.take(LANE, limits, messages=50, connections=0).messages <= 50


def test_what_did_not_leave_is_given_back(allowances: Allowances) -> None:
    limits = LaneLimits(messages_per_second=0.01, burst=10)
    allowances.take(LANE, limits, messages=10, connections=0)
    allowances.give_back(LANE, limits, 7)
    assert allowances.take(LANE, limits, messages=10, connections=0).messages == 7


def test_connections_are_counted_over_all_drains(allowances: Allowances) -> None:
    limits = LaneLimits(max_connections=8)
    first = allowances.take(LANE, limits, messages=1, connections=5)
    second = another("drain-2").take(LANE, limits, messages=1, connections=5)
    assert (first.connections, second.connections) == (5, 3)

    refused = another("drain-3").take(LANE, limits, messages=1, connections=5)
    assert refused.messages == 0
    assert "All 8 connections" in refused.reason
    assert first.slot
    allowances.release(first.slot)
    assert another("drain-3").take(LANE, limits, messages=1, connections=5).connections == 5


def test_one_drain_leaves_the_others_their_share(allowances: Allowances) -> None:
    for drain in ("drain-1", "drain-2"):
        MARKETING.arrive(drain)
    limits = LaneLimits(max_connections=8)
    granted = [allowances.take(LANE, limits, messages=1, connections=3).connections for _ in range(3)]
    assert granted == [3, 1, 0]


def test_a_dead_drains_connections_come_back(allowances: Allowances, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deliverability.services.allowance.SLOT_SECONDS", 0.2)
    limits = LaneLimits(max_connections=5)
    held = allowances.take(LANE, limits, messages=1, connections=5)
    time.sleep(0.1)
    assert held.slot
    allowances.renew([held.slot])
    time.sleep(0.15)
    assert another("drain-2").take(LANE, limits, messages=1, connections=5).messages == 0, "renewed"
    time.sleep(0.15)
    assert another("drain-2").take(LANE, limits, messages=1, connections=5).connections == 5, "expired"


def test_a_slowed_lane_says_who_asked_for_it(allowances: Allowances) -> None:
    allowances.slow_down(LANE, "421 4.7.28 unusual rate of mail", 0.3)
    refused = allowances.take(LANE, LaneLimits(), messages=1, connections=1)
    assert refused.messages == 0
    assert "google asked us to slow down: “421 4.7.28 unusual rate of mail”" in refused.reason
    other_lane = LaneKey(1, "yahoo")
    assert allowances.take(other_lane, LaneLimits(), messages=1, connections=1).messages == 1
    time.sleep(0.35)
    assert allowances.take(LANE, LaneLimits(), messages=1, connections=1).messages == 1


def test_everything_in_redis_ends_by_itself(allowances: Allowances) -> None:
    allowances.take(LANE, LaneLimits(messages_per_second=5), messages=1, connections=1)
    allowances.slow_down(LANE, "421 later", 5)
    MARKETING.arrive(MARKETING.queue())
    keys = conf.redis_client().keys("sendwell:*")
    assert len(keys) == 4
    assert all(conf.redis_client().pttl(key) > 0 for key in keys)


def test_without_redis_nothing_new_leaves_and_the_reason_says_so(
    allowances: Allowances, redis_down: Callable[[], None]
) -> None:
    redis_down()
    refused = allowances.take(LANE, LaneLimits(), messages=1, connections=1)
    assert refused.messages == 0
    assert "Redis does not answer" in refused.reason
