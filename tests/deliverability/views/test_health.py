"""The deliverability center: how each way out stands, in words, with the numbers and what is behind them."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.services.permission import SENDWELL
from accounts.types import Role
from deliverability import conf
from deliverability.models import Alert, CanaryLane, Lane, LaneChange, Mailing, Stream, WarmupPlan
from deliverability.queries.health import health_key
from deliverability.queries.way_counts import SLOT, slots_of, ways_lately
from deliverability.queries.way_states import way_states
from deliverability.rules.lanes import WayKey
from deliverability.services.alerts import report
from deliverability.services.events import append_events
from deliverability.services.pacing import suspend
from deliverability.services.warmup import start_plan
from deliverability.types import EventKind, NewEvent
from tests.factories.accounts import UserFactory
from tests.factories.deliverability import DeliveryBatchFactory, MailingFactory, ProviderFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(UserFactory.create(role=Role.OWNER, time_zone="Europe/Berlin"))
    return client


@pytest.fixture
def mailing() -> Iterator[Mailing]:
    mailing = MailingFactory.create(title="Winter coffees", composer="campaign", reference="5")
    yield mailing
    client = conf.redis_client()
    for key in client.scan_iter("sendwell:way:*"):
        client.delete(key)
    client.delete(health_key(mailing.stream.provider_id))


def happened(mailing: Mailing, kind: EventKind, count: int, to: str, *, minutes_ago: float = 0, **more: Any) -> None:
    at = timezone.now() - timedelta(minutes=minutes_ago)
    append_events([NewEvent(at, kind, mailing.pk, number, to, **more) for number in range(count)])


def text_of(client: Client, name: str = "deliverability", *arguments: object, query: str = "") -> str:
    answer = client.get(reverse(name, args=arguments) + query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def way_of(mailing: Mailing, to: str) -> WayKey:
    return WayKey(mailing.stream.provider_id, to)


def test_without_mail_there_is_one_next_step(owner: Client) -> None:
    text = text_of(owner)
    assert "All is well" in text
    assert "Nothing has left in the last 24 hours" in text


def test_every_number_of_a_day_leads_to_what_is_behind_it(owner: Client, mailing: Mailing) -> None:
    happened(mailing, EventKind.ACCEPTED, 40, "google", minutes_ago=300)
    happened(mailing, EventKind.ACCEPTED, 7, "google", minutes_ago=1500)
    happened(mailing, EventKind.DEFERRED, 3, "google", minutes_ago=30)
    happened(mailing, EventKind.DEFERRED, 9, "google", minutes_ago=120)
    happened(mailing, EventKind.FAILED, 2, "google", minutes_ago=30)
    happened(mailing, EventKind.COMPLAINED, 1, "google")
    found = ways_lately(timezone.now())[way_of(mailing, "google")]
    assert (found.accepted, found.deferred, found.bounced, found.complained) == (40, 12, 2, 1)
    assert (found.deferred_last_hour, found.rate) == (3, 0)
    text = text_of(owner)
    bounces = f"{reverse('bounces')}?provider=google&amp;way={mailing.stream.provider_id}"
    assert f'<a href="{bounces}">2</a>' in text
    assert "kind=complained" in text
    assert "#s-mailings" in text


def test_the_rate_is_that_of_the_last_minutes(mailing: Mailing) -> None:
    happened(mailing, EventKind.ACCEPTED, 300, "google")
    assert 0.5 <= ways_lately(timezone.now())[way_of(mailing, "google")].rate <= 1, "within five to ten minutes"


def test_mail_counts_for_the_provider_that_took_it(mailing: Mailing) -> None:
    """After a cut-over the stream's own provider is not the one that sent."""
    other = ProviderFactory.create(name="Second way")
    happened(mailing, EventKind.ACCEPTED, 5, "google", provider_id=other.pk)
    happened(mailing, EventKind.ACCEPTED, 2, "google")
    found = ways_lately(timezone.now())
    assert found[WayKey(other.pk, "google")].accepted == 5
    assert found[way_of(mailing, "google")].accepted == 2


def test_who_stopped_us_is_quoted_with_what_we_do_and_until_when(owner: Client, mailing: Mailing) -> None:
    happened(mailing, EventKind.ACCEPTED, 5, "yahoo")
    suspend(way=way_of(mailing, "yahoo"), reply="421 4.7.0 [TSS04] temporarily deferred", seconds=3600)
    text = text_of(owner)
    assert "Suspended until" in text
    assert "Berlin time" in text
    assert "421 4.7.0 [TSS04] temporarily deferred" in text
    assert "Nothing needs you" in text
    assert "Yahoo and AOL: mail leaves more slowly there." in text


def test_a_slowed_lane_says_at_which_pace(owner: Client, mailing: Mailing) -> None:
    way = way_of(mailing, "microsoft")
    later = int((timezone.now() + timedelta(hours=1)).timestamp() * 1000)
    client = conf.redis_client()
    client.hset(way.pace, mapping={"rate": 0.5, "found_until": later})
    DeliveryBatchFactory.create(mailing=mailing, mailbox_provider="microsoft")
    assert "At most 30 a minute; we feel for more as it takes mail." in text_of(owner)
    client.hset(way.pace, mapping={"limited_connections": 1, "limited_until": later})
    text = text_of(owner)
    assert "Slowed until" in text
    assert "At most 30 a minute over 1 connection until then." in text


def test_a_warm_up_that_has_used_its_day_says_so(owner: Client, mailing: Mailing) -> None:
    plan = start_plan(actor=SENDWELL, provider_id=mailing.stream.provider_id, curve="aggressive")
    way, today = way_of(mailing, "google"), int(timezone.now().timestamp() // 86_400)
    DeliveryBatchFactory.create(mailing=mailing, mailbox_provider="google")
    conf.redis_client().hset(way.counts, mapping={"day": today, "today": 199})
    assert "Warm-up cap reached" not in text_of(owner)
    conf.redis_client().hset(way.counts, mapping={"day": today, "today": 200})
    assert "Today&#x27;s 200 messages to Gmail have left, as the warm-up allows." in text_of(owner)
    plan.state = WarmupPlan.State.PAUSED
    plan.save()
    assert "Warm-up paused" in text_of(owner)


def test_a_canary_says_who_waits_for_it(owner: Client, mailing: Mailing) -> None:
    watched = timezone.now() + timedelta(minutes=20)
    lane = CanaryLane.objects.create(
        mailing=mailing, mailbox_provider="gmx", size=200, rest=1800, state="watching", watched_until=watched
    )
    text = text_of(owner)
    assert "Canary until" in text
    assert "The first 200 of “Winter coffees” have left and are watched; 1,800 people wait for them." in text
    lane.state, lane.reason, lane.decided_at = "stopped", "Stopped at GMX: 9 of 200 bounced.", watched
    lane.save()
    assert "Canary" not in text_of(owner), "nobody waits any more"
    DeliveryBatchFactory.create(mailing=mailing, mailbox_provider="gmx", state=-1)
    assert "Canary stopped" in text_of(owner)


def test_a_provider_that_is_left_alone_stands_above_its_lanes(owner: Client, mailing: Mailing) -> None:
    happened(mailing, EventKind.ACCEPTED, 5, "google")
    until = int((timezone.now() + timedelta(minutes=5)).timestamp() * 1000)
    values = {"standing": "out", "until": until, "why": "Three connections in a row failed."}
    conf.redis_client().hset(health_key(mailing.stream.provider_id), mapping=values)
    text = text_of(owner)
    assert "Left alone until" in text
    assert "Three connections in a row failed." in text


def test_what_needs_a_person_comes_first(owner: Client, mailing: Mailing) -> None:
    report(key="a", severity=Alert.Severity.CRITICAL, title="Too many complain", text="9 of 1,000.")
    text = text_of(owner)
    assert "Too many complain" in text
    assert reverse("alerts") in text
    report(key="b", severity=Alert.Severity.WARNING, title="Much is put off", text="")
    assert "2 things need you" in text_of(owner)
    Stream.objects.filter(pk=mailing.stream_id).update(held_reason="The password is wrong.")
    text = text_of(owner)
    assert "“Marketing” stands still" in text
    assert "The password is wrong." in text
    again = reverse("settings-streams-again", args=[mailing.stream_id])
    answer = owner.post(again, {"from": "deliverability"})
    assert answer.headers["Location"] == reverse("deliverability")
    assert "The password is wrong." not in text_of(owner)


def test_without_redis_the_page_stands_and_says_what_is_not_known(
    owner: Client, mailing: Mailing, redis_down: Any
) -> None:
    happened(mailing, EventKind.ACCEPTED, 5, "google")
    redis_down()
    text = text_of(owner)
    assert "Redis does not answer" in text
    assert "Not known" in text


def test_old_changes_alone_make_no_line(mailing: Mailing) -> None:
    change = {"provider_id": mailing.stream.provider_id, "mailbox_provider": "gmx", "kind": "recovered"}
    LaneChange.objects.create(**change, at=timezone.now() - timedelta(days=2))
    assert way_states().ways == []
    LaneChange.objects.create(**change, at=timezone.now() - timedelta(hours=2))
    assert [state.way.mailbox_provider for state in way_states().ways] == ["gmx"]


def test_a_lane_shows_its_history_replies_and_mailings(owner: Client, mailing: Mailing) -> None:
    happened(mailing, EventKind.ACCEPTED, 40, "gmx", minutes_ago=60)
    happened(mailing, EventKind.DEFERRED, 2, "gmx", minutes_ago=61, code=451, detail="4.7.1 Greylisted")
    happened(mailing, EventKind.DEFERRED, 2, "google", minutes_ago=61, code=451, detail="4.7.1 Of another")
    way = way_of(mailing, "gmx")
    change = {"provider_id": way.provider_id, "mailbox_provider": "gmx", "rule": "gmx-busy", "reply": "421 Too many"}
    LaneChange.objects.create(**change, at=timezone.now() - timedelta(days=3), kind="limited", connections=1)
    text = text_of(owner, "deliverability-lane", way.provider_id, "gmx")
    assert "40 accepted, 2 put off." in text
    assert "451 4.7.1 Greylisted" in text
    assert "Of another" not in text
    assert "“421 Too many”. Sending 1 connection." in text
    assert "rule gmx-busy" in text
    assert f"{reverse('campaign-people', args=['5', 'accepted'])}?provider=gmx" in text
    assert "Show as table" in text


def test_a_lane_names_the_limits_of_single_streams(owner: Client, mailing: Mailing) -> None:
    Lane.objects.create(stream=mailing.stream, mailbox_provider="*", max_connections=9)
    path = ("deliverability-lane", mailing.stream.provider_id, "gmx")
    assert "</a>: 9 connections" in text_of(owner, *path)
    Lane.objects.create(stream=mailing.stream, mailbox_provider="gmx", messages_per_second=60, max_connections=1)
    text = text_of(owner, *path)
    assert ">Marketing</a>: 60 a second over 1 connection</p>" in text
    assert "9 connections" not in text


def test_the_chart_has_every_five_minutes(mailing: Mailing) -> None:
    happened(mailing, EventKind.ACCEPTED, 4, "gmx", minutes_ago=30)
    slots = slots_of(way_of(mailing, "gmx"), now=timezone.now(), hours=6)
    assert len(slots) == 72
    assert all(later.start - earlier.start == SLOT for earlier, later in pairwise(slots))
    assert sum(slot.accepted for slot in slots) == 4


def test_letting_a_lane_go_on_forgets_what_slowed_it(owner: Client, mailing: Mailing) -> None:
    way = way_of(mailing, "yahoo")
    suspend(way=way, reply="421 Busy", seconds=3600)
    assert "Let it go on now…" in text_of(owner, "deliverability-lane", way.provider_id, "yahoo")
    answer = owner.post(reverse("deliverability-lane-resume", args=[way.provider_id, "yahoo"]), follow=True)
    assert "It goes on at full speed." in answer.content.decode()
    assert not way_states().ways[0].is_slowed
    assert LaneChange.objects.filter(kind="resumed").exists()


def test_a_way_that_does_not_exist_is_not_found(owner: Client) -> None:
    assert owner.get(reverse("deliverability-lane", args=[2_000_000_000, "gmx"])).status_code == 404
