"""Several ways out of one stream: shares, cut-over, careful return, and people of unknown fate."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from deliverability import conf
from deliverability.models import (
    Alert,
    DeliveryBatch,
    Event,
    Mailing,
    Provider,
    ProviderChange,
    ProviderNotice,
    RouteStep,
    Stream,
    WarmupDay,
    WarmupPlan,
)
from deliverability.queries.health import health_key, healths
from deliverability.queries.history import recipient_history
from deliverability.queries.lanes import has_due_work, provider_in_force
from deliverability.queries.progress import mailing_progress
from deliverability.rules.health import Standing
from deliverability.services.events import append_events
from deliverability.services.health import answered, hear_of
from deliverability.services.knocking import knock_where_due, settle_forgotten
from deliverability.services.providers import set_password
from deliverability.services.settling import settle_told
from deliverability.types import AgentKind, EventKind, NewEvent, StreamKind
from tests.deliverability.services.conftest import PlainComposer, drain_marketing, enqueue
from tests.factories.deliverability import MailingFactory, ProviderFactory, StreamFactory
from tests.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db


class Route:
    """A stream through `first`, else `second`; each is a server of its own."""

    def __init__(self, first: SmtpServer, second: SmtpServer) -> None:
        self.first, self.second = first, second
        self.providers = [
            ProviderFactory.create(name=name, port=server.port, max_connections=4)
            for name, server in (("first", first), ("second", second))
        ]
        stream = StreamFactory.create(provider=self.providers[0])
        self.steps = [
            RouteStep.objects.create(stream=stream, provider=provider, tier=tier)
            for tier, provider in enumerate(self.providers, start=1)
        ]
        self.mailing: Mailing = MailingFactory.create(stream=stream)

    @property
    def standings(self) -> tuple[Standing, Standing]:
        known = healths([provider.pk for provider in self.providers])
        first, second = (known[provider.pk].standing for provider in self.providers)
        return first, second

    def assert_nobody_got_two(self) -> None:
        assert not set(self.first.recipients) & set(self.second.recipients)


@pytest.fixture
def route(composer: PlainComposer) -> Iterator[Route]:
    with ExitStack() as stack:
        yield Route(stack.enter_context(SmtpServer()), stack.enter_context(SmtpServer()))


@contextmanager
def silent_listener(port: int) -> Iterator[None]:
    """Takes connections, as a stopped process's kernel does, and says nothing."""
    with socket.create_server(("127.0.0.1", port), backlog=64):
        yield


def everybody(count: int) -> list[str]:
    return sorted(f"person{n}@gmail.example" for n in range(1, count + 1))


def test_a_shared_pool_and_dedicated_ips_share_by_weight(route: Route) -> None:
    RouteStep.objects.update(tier=1)
    RouteStep.objects.filter(pk=route.steps[0].pk).update(weight=3)
    for n in range(1, 41):
        enqueue(route.mailing, n)

    assert drain_marketing().counts == {EventKind.ACCEPTED: 40}

    assert 18 <= len(route.first.recipients) <= 39
    assert sorted(route.first.recipients + route.second.recipients) == everybody(40)
    by_way = Event.objects.filter(provider_id=route.providers[0].pk)
    assert by_way.count() == len(route.first.recipients), "each event says which way its mail went"


def test_a_dead_provider_is_left_and_everything_goes_through_the_next(route: Route) -> None:
    route.first.stop()
    enqueue(route.mailing, *range(1, 101))

    assert drain_marketing().counts == {EventKind.ACCEPTED: 100}

    assert sorted(route.second.recipients) == everybody(100)
    assert route.standings == (Standing.OUT, Standing.WORKS)
    assert Stream.objects.get(pk=route.mailing.stream_id).held_reason == "", "one way is enough"
    [change] = ProviderChange.objects.all()
    assert (change.provider, change.standing) == (route.providers[0], "out")
    assert "cannot be reached" in change.why
    assert "tried again after 5 seconds" in change.why
    assert Alert.objects.get(resolved_at=None).title == "first does not take mail"


def test_a_single_mail_takes_the_way_that_works(route: Route) -> None:
    """A link to a forgotten password, and the alert that says so."""
    stream = Stream.objects.get(pk=route.mailing.stream_id)
    assert provider_in_force(stream) == route.providers[0]
    hear_of(provider_id=route.providers[0].pk, failures=3, why="The server is down")
    assert provider_in_force(stream) == route.providers[1]
    hear_of(provider_id=route.providers[1].pk, failures=3, why="So is this one")
    assert provider_in_force(stream) == route.providers[0]


def test_refused_credentials_are_enough_to_leave(route: Route) -> None:
    route.first.credentials = ("sendwell", "right")
    Provider.objects.filter(pk=route.providers[0].pk).update(username="sendwell")
    set_password(provider=Provider.objects.get(pk=route.providers[0].pk), password="wrong")
    enqueue(route.mailing, *range(1, 11))

    assert drain_marketing().counts == {EventKind.ACCEPTED: 10}
    assert sum(line.startswith("AUTH") for line in route.first.commands) == 1, "once, lest the account be locked"
    assert sorted(route.second.recipients) == everybody(10)


@pytest.mark.parametrize("where", ["greeting", "mail"])
def test_a_provider_that_answers_421_is_left_and_nobody_waits(route: Route, where: str) -> None:
    if where == "greeting":
        route.first.greeting = "421 4.3.2 Service not available"
    else:
        route.first.on_rcpt = lambda rcpt: "421 4.3.2 Service shutting down"
    enqueue(route.mailing, *range(1, 101))

    assert drain_marketing().counts == {EventKind.ACCEPTED: 100}
    assert sorted(route.second.recipients) == everybody(100)
    assert route.standings[0] == Standing.OUT


def test_one_lost_connection_among_many_answers_is_no_reason_to_leave(route: Route) -> None:
    route.first.drop = lambda moment, connection, messages: moment == "mail" and connection == 2
    enqueue(route.mailing, *range(1, 101))

    assert drain_marketing().counts == {EventKind.ACCEPTED: 100}
    assert sorted(route.first.recipients) == everybody(100)
    assert route.standings[0] == Standing.WORKS


@pytest.mark.parametrize("moment", ["body", "accepted"])
def test_who_may_have_it_goes_to_nobody_else_until_the_first_is_back(
    route: Route, moment: str, time_machine: Any
) -> None:
    """The server dies between the final dot and its reply: before it has kept the message, or after."""
    route.first.drop = lambda when, *_: when == moment and len(route.first.messages) >= 12
    enqueue(route.mailing, *range(1, 101))

    counts = drain_marketing().counts

    in_the_dark = counts[EventKind.DEFERRED]
    assert in_the_dark >= 3
    assert counts[EventKind.ACCEPTED] == 100 - in_the_dark
    route.assert_nobody_got_two()
    waiting = DeliveryBatch.objects.filter(state=DeliveryBatch.State.OPEN)
    assert {batch.provider_id for batch in waiting} == {route.providers[0].pk}
    due_at = max(batch.due_at for batch in waiting)
    assert due_at < timezone.now() + timedelta(minutes=10)

    time_machine.move_to(due_at + timedelta(seconds=1), tick=True)
    assert not has_due_work(StreamKind.MARKETING), "no drain spins for what must wait"
    drain_marketing(seconds=2)
    route.assert_nobody_got_two()

    route.first.drop = lambda *_: False
    answered(provider_id=route.providers[0].pk)
    drain_marketing()
    route.assert_nobody_got_two()
    assert set(route.first.recipients) | set(route.second.recipients) == set(everybody(100))
    doubled = len(route.first.recipients) + len(route.second.recipients) - 100
    assert doubled == (in_the_dark if moment == "accepted" else 0), "twice at most, and by the same provider"


def test_after_hours_without_news_another_provider_gets_them(route: Route, time_machine: Any) -> None:
    route.first.drop = lambda when, connection, messages: when == "body"
    enqueue(route.mailing, *range(1, 21))
    drain_marketing()
    waiting = DeliveryBatch.objects.filter(state=DeliveryBatch.State.OPEN)
    assert timedelta(hours=3.9) < max(batch.unknown_until for batch in waiting) - timezone.now() < timedelta(hours=4)

    time_machine.move_to(timezone.now() + timedelta(hours=5), tick=True)
    hear_of(provider_id=route.providers[0].pk, failures=1, why="still dead")
    drain_marketing()

    assert sorted(route.second.recipients) == everybody(20)
    sent_again = Event.objects.filter(kind=EventKind.ACCEPTED, attempt=2)
    assert set(sent_again.values_list("provider_id", flat=True)) == {route.providers[1].pk}


def test_silence_is_left_and_what_was_not_sent_goes_on_at_once(route: Route, settings: Any) -> None:
    """It takes connections and messages, and never answers again."""
    settings.SENDWELL = settings.SENDWELL | {"SILENCE_SECONDS": 1.5}
    route.first.delay = lambda rcpt: 0 if int(rcpt.split("@")[0][6:]) < 40 else 60
    enqueue(route.mailing, *range(1, 101))

    started = time.monotonic()
    counts = drain_marketing().counts

    assert time.monotonic() - started < 10
    assert counts[EventKind.DEFERRED] <= 4, "one on each connection is in the dark"
    assert counts[EventKind.ACCEPTED] == 100 - counts[EventKind.DEFERRED]
    route.assert_nobody_got_two()
    assert "has not answered for 1.5 seconds" in ProviderChange.objects.latest("id").why


def test_a_server_that_never_greets_leaves_nobody_in_the_dark(route: Route, settings: Any) -> None:
    settings.SENDWELL = settings.SENDWELL | {"SILENCE_SECONDS": 1.5}
    route.first.stop()
    with silent_listener(route.first.port):
        enqueue(route.mailing, *range(1, 51))
        assert drain_marketing().counts == {EventKind.ACCEPTED: 50}
    assert sorted(route.second.recipients) == everybody(50)


def test_the_way_back_is_careful_and_told(route: Route, time_machine: Any) -> None:
    first = route.providers[0].pk
    route.first.stop()
    enqueue(route.mailing, 1)
    drain_marketing()
    route.first.start()

    for standing, wait in [("trial", 0), ("tenth", 0), ("half", 61), ("works", 61)]:
        time_machine.move_to(timezone.now() + timedelta(seconds=wait), tick=True)
        if standing == "trial":
            answered(provider_id=first)
        else:
            hear_of(provider_id=first, heard=3)
        assert healths([first])[first].standing == standing

    assert list(ProviderChange.objects.order_by("id").values_list("standing", flat=True)) == [
        "out",
        "trial",
        "tenth",
        "half",
        "works",
    ]
    assert not Alert.objects.filter(resolved_at=None).exists()


def test_a_knock_finds_it_well_again_without_sending(route: Route, time_machine: Any) -> None:
    first = route.providers[0].pk
    route.first.stop()
    enqueue(route.mailing, 1)
    drain_marketing()
    assert knock_where_due() == 0, "not before its pause is over"
    time_machine.move_to(timezone.now() + timedelta(seconds=6), tick=True)
    assert knock_where_due() == 1
    until = healths([first])[first].until
    assert until is not None
    assert round((until - timezone.now()).total_seconds()) == 10, "still dead: the next pause is longer"

    route.first.start()
    time_machine.move_to(until + timedelta(seconds=1), tick=True)
    assert knock_where_due() == 1
    assert route.standings[0] == Standing.TRIAL
    assert route.first.messages == [], "a knock leaves no mail"
    assert knock_where_due() == 0


def test_what_redis_forgets_is_told_as_well_again(route: Route) -> None:
    hear_of(provider_id=route.providers[0].pk, failures=3, why="The server is down")
    settle_forgotten()
    assert ProviderChange.objects.latest("id").standing == "out"
    client = conf.redis_client()
    client.delete(health_key(route.providers[0].pk))
    settle_forgotten()
    assert ProviderChange.objects.latest("id").standing == "works"
    assert not Alert.objects.filter(resolved_at=None).exists()


def test_who_is_told_of_meanwhile_is_not_sent_to_again(route: Route, time_machine: Any) -> None:
    """A webhook, a bounce or an open proves that a message of unknown fate had arrived."""
    route.first.drop = lambda moment, *_: moment == "accepted"
    enqueue(route.mailing, 1, 2)
    drain_marketing()
    waiting = DeliveryBatch.objects.get(state=DeliveryBatch.State.OPEN)
    assert sorted(waiting.recipient_ids) == [1, 2]
    assert "may have it" in recipient_history(route.mailing.pk, 1).why_waiting
    opened = NewEvent(timezone.now(), EventKind.OPENED, route.mailing.pk, 1, "google", agent_kind=AgentKind.HUMAN)
    append_events([opened])
    ProviderNotice.objects.create(
        provider=route.providers[0],
        key=b"0123456789abcdef",
        seen_at=timezone.now(),
        what="delivered",
        mailing_id=route.mailing.pk,
        recipient_id=2,
    )

    assert settle_told() == 2
    assert settle_told() == 0
    assert mailing_progress(route.mailing.pk).is_finished
    time_machine.move_to(timezone.now() + timedelta(hours=6), tick=True)
    drain_marketing()
    assert len(route.first.messages) + len(route.second.messages) == 2


def test_a_relapse_waits_longer_each_time(route: Route, time_machine: Any) -> None:
    first = route.providers[0].pk
    pauses = []
    for _ in range(4):
        assert hear_of(provider_id=first, failures=3, why="The server is down") == Standing.OUT
        until = healths([first])[first].until
        assert until is not None
        pauses.append(round((until - timezone.now()).total_seconds()))
        time_machine.move_to(until + timedelta(seconds=1), tick=True)
        answered(provider_id=first)
    assert pauses == [5, 10, 20, 40]


def test_one_on_trial_gets_few_and_one_at_a_time(route: Route) -> None:
    hear_of(provider_id=route.providers[0].pk, failures=3, why="The server is down")
    hear_of(provider_id=route.providers[1].pk, is_final=True, failures=1, why="Refused")
    answered(provider_id=route.providers[0].pk)
    route.first.drop = lambda moment, connection, messages: moment == "accepted"
    enqueue(route.mailing, *range(1, 101))

    drain_marketing(seconds=3)

    assert len(route.first.recipients) <= 3, "a trial risks few"
    assert route.standings[0] == Standing.OUT


def test_a_stream_stands_still_only_when_no_way_is_left(route: Route, time_machine: Any) -> None:
    route.first.stop()
    route.second.stop()
    enqueue(route.mailing, *range(1, 11))

    assert drain_marketing().counts == {}

    stream = Stream.objects.get(pk=route.mailing.stream_id)
    assert "No other way out of this stream takes mail either" in stream.held_reason
    route.second.start()
    time_machine.move_to(stream.held_until + timedelta(seconds=6), tick=True)
    assert drain_marketing().counts == {EventKind.ACCEPTED: 10}
    stream.refresh_from_db()
    assert stream.held_reason == ""


def test_what_a_warm_up_has_no_room_for_leaves_through_the_warm_source(route: Route) -> None:
    RouteStep.objects.all().delete()
    today = timezone.now().date()
    plan = WarmupPlan.objects.create(
        provider=route.providers[0],
        warm_source=route.providers[1],
        overflow=WarmupPlan.Overflow.WARM_SOURCE,
        curve="custom",
        steps=[30],
        hours=24,
        started_on=today,
    )
    WarmupDay.objects.create(
        plan=plan, mailbox_provider="google", day=today, climbs_since=today, clean_since=today, cap=30, hourly_cap=30
    )
    enqueue(route.mailing, *range(1, 101))

    assert drain_marketing().counts == {EventKind.ACCEPTED: 100}
    assert len(route.first.recipients) == 30
    assert len(route.second.recipients) == 70
    route.assert_nobody_got_two()
