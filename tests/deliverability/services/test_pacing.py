"""What is heard changes the pace, once for all drains, and every change is written down with its reason."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from deliverability import conf
from deliverability.models import LaneChange
from deliverability.queries.lanes import WorkingLane
from deliverability.queries.paces import paces
from deliverability.rules.lanes import LaneKey, LaneLimits, WayKey
from deliverability.services.allowance import Allowances
from deliverability.services.pacing import Answers, hear, resume, suspend
from deliverability.types import Reply
from tests.factories.deliverability import ProviderFactory
from tests.virtual_clock import VirtualClock

pytestmark = pytest.mark.django_db

BUSY = Reply(451, "Server busy. Please try again later", "4.7.500")


@pytest.fixture
def lane(quiet_services: None, settings: Any) -> WorkingLane:
    """A lane to Outlook on which a minute lasts a second."""
    settings.SENDWELL = settings.SENDWELL | {"RETRY_SCALE": 1 / 60}
    way = WayKey(ProviderFactory.create().pk, "microsoft")
    return WorkingLane(LaneKey(1, "microsoft"), way, way_limits=LaneLimits(max_connections=10))


def answers(accepted: int, *replies: Reply) -> Answers:
    given = Answers(accepted)
    for reply in replies:
        given.add("microsoft", reply)
    return given


def rate_of(lane: WorkingLane) -> float | None:
    return paces([lane.way])[lane.way].effective_rate


def test_refusals_cut_the_rate_once_for_all_drains(lane: WorkingLane, clock: VirtualClock) -> None:
    assert hear(lane=lane, answers=answers(40, *[BUSY] * 10)) == 1
    first = rate_of(lane)
    assert first == pytest.approx(80, rel=0.05), "a fifth of what half a second's hundred a second were"
    assert hear(lane=lane, answers=answers(0, *[BUSY] * 10)) == 1, "answers to what left before the cut"
    assert rate_of(lane) == first
    [change] = LaneChange.objects.all()
    assert (change.kind, change.reply) == ("slower", "451 4.7.500 Server busy. Please try again later")
    clock.forward(0.15)
    assert hear(lane=lane, answers=answers(0, *[BUSY] * 10)) == 2
    assert (rate_of(lane) or 0) < first


def test_a_stray_refusal_or_one_that_is_the_recipients_changes_nothing(lane: WorkingLane) -> None:
    full, greylisted = Reply(452, "Mailbox full", "4.2.2"), Reply(450, "Greylisted, try again later", "4.2.0")
    assert not hear(lane=lane, answers=answers(5000, BUSY, BUSY, BUSY, *[full] * 50, *[greylisted] * 50))
    assert rate_of(lane) is None
    assert not LaneChange.objects.exists()


def test_good_intervals_bring_the_rate_back_and_the_ceiling_ends_it(lane: WorkingLane, clock: VirtualClock) -> None:
    capped = WorkingLane(lane.key, lane.way, way_limits=LaneLimits(messages_per_second=100))
    hear(lane=capped, answers=answers(45, *[BUSY] * 5))
    first = rate_of(lane) or 0
    for _ in range(2):
        clock.forward(1.12)
        hear(lane=capped, answers=answers(200))
    assert (rate_of(lane) or 999) > first or LaneChange.objects.filter(kind="recovered").exists()


def test_a_refused_connection_means_fewer_connections_and_no_slower_messages(lane: WorkingLane) -> None:
    holder = Allowances("drain-1", "drains")
    holder.take(lane, messages=1, connections=5)
    given = Answers()
    given.add_refused_connection(Reply(421, "The mail server turned the connection away. It said: 421 Too many", ""))
    hear(lane=lane, answers=given)
    pace = paces([lane.way])[lane.way]
    assert (pace.effective_connections, pace.effective_rate) == (4, None)
    [change] = LaneChange.objects.all()
    assert (change.kind, change.connections, change.reply) == ("fewer", 4, "421 Too many")


def test_a_server_that_takes_not_one_connection_is_left_alone_for_a_while(
    lane: WorkingLane, clock: VirtualClock
) -> None:
    Allowances("drain-1", "drains").take(lane, messages=1, connections=2)
    for _ in range(2):
        given = Answers()
        given.add_refused_connection(Reply(421, "Too many", ""))
        hear(lane=lane, answers=given)
        clock.forward(0.15)
    assert [change.kind for change in LaneChange.objects.order_by("id")] == ["fewer", "suspended"]
    assert paces([lane.way])[lane.way].quiet_until


def test_a_rule_suspends_after_its_hits_and_once(lane: WorkingLane) -> None:
    blocked = Reply(550, "Unfortunately, messages weren't sent: your network is on our block list (S3150)", "5.7.1")
    assert not hear(lane=lane, answers=answers(0, *[blocked] * 4))
    assert hear(lane=lane, answers=answers(0, blocked))
    hear(lane=lane, answers=answers(0, *[blocked] * 9))
    [change] = LaneChange.objects.all()
    assert (change.kind, change.rule) == ("suspended", "outlook-blocked")
    assert change.until
    assert change.until - change.at == timedelta(minutes=2), "two hours, of which a minute lasts a second"
    refused = Allowances("drain-1", "drains").take(lane, messages=1, connections=1)
    assert "S3150" in refused.reason


def test_a_rule_limits_rate_and_connections(lane: WorkingLane) -> None:
    limited = Reply(451, "The mail server has been temporarily rate limited due to IP reputation. (S775)", "4.7.650")
    hear(lane=lane, answers=answers(0, *[limited] * 3))
    pace = paces([lane.way])[lane.way]
    assert pace.limited_connections == 1
    assert pace.limited_rate == pytest.approx(10), "ten a minute, of which each lasts a second"
    assert pace.limited_until
    assert "S775" in pace.reply


@pytest.mark.parametrize("act", ["cut", "suspended"])
def test_what_redis_lost_is_read_from_the_changes(lane: WorkingLane, act: str) -> None:
    if act == "cut":
        hear(lane=lane, answers=answers(40, *[BUSY] * 10))
    else:
        suspend(way=lane.way, reply="421 not now", seconds=600)
    before = paces([lane.way])[lane.way]
    conf.redis_client().flushdb()
    taken = Allowances("drain-1", "drains").take(lane, messages=500, connections=1)
    after = paces([lane.way])[lane.way]
    assert (taken.messages > 0) == (act == "cut")
    assert after.effective_rate == before.effective_rate
    assert (after.quiet_until is None) == (before.quiet_until is None)
    assert after.reply == before.reply


def test_a_person_lets_a_way_go_on(lane: WorkingLane) -> None:
    suspend(way=lane.way, reply="421 not now", seconds=600)
    resume(way=lane.way)
    assert Allowances("drain-1", "drains").take(lane, messages=1, connections=1).messages == 1
    conf.redis_client().flushdb()
    assert Allowances("drain-1", "drains").take(lane, messages=1, connections=1).messages == 1
    newest = LaneChange.objects.order_by("-id").first()
    assert newest
    assert newest.kind == "resumed"


def test_what_was_found_is_forgotten_when_nobody_makes_use_of_it(lane: WorkingLane) -> None:
    hear(lane=lane, answers=answers(40, *[BUSY] * 10))
    later = timezone.now() + timedelta(minutes=7)
    assert paces([lane.way], later)[lane.way].effective_rate is None, "six hours, of which a minute lasts a second"


def test_without_redis_nothing_is_learned_and_nothing_breaks(lane: WorkingLane, redis_down: Callable[[], None]) -> None:
    redis_down()
    assert not hear(lane=lane, answers=answers(0, *[BUSY] * 10))
    suspend(way=lane.way, reply="421", seconds=5)
    assert not LaneChange.objects.exists()
