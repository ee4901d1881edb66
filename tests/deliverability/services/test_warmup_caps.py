"""Caps of a warm-up as drains keep them: to the message, whoever else drains, and whatever Redis forgets."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db import connection

from accounts.services.permission import SENDWELL
from deliverability import conf
from deliverability.models import Event, Mailing, WarmupPlan
from deliverability.queries.history import recipient_history
from deliverability.queries.progress import mailing_progress
from deliverability.services.dispatch import drain
from deliverability.services.warmup import end_plan, pause_plan, resume_plan, start_plan
from deliverability.types import EventKind, StreamKind
from tests.deliverability.services.conftest import PlainComposer, drain_marketing, enqueue
from tests.factories.deliverability import MailingFactory, ProviderFactory, StreamFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailing(composer: PlainComposer) -> Mailing:
    return MailingFactory.create(stream=StreamFactory.create(provider=ProviderFactory.create(kind="sandbox")))


def start(mailing: Mailing, cap: int, *, hourly: int | None = None, is_engaged_first: bool = False) -> WarmupPlan:
    plan = start_plan(
        actor=SENDWELL,
        provider_id=mailing.stream.provider_id,
        curve="custom",
        steps=[cap, cap * 2],
        is_engaged_first=is_engaged_first,
    )
    plan.days.update(hourly_cap=hourly or cap)
    return plan


def accepted(mailing: Mailing) -> int:
    return Event.objects.filter(mailing=mailing, kind=EventKind.ACCEPTED).count()


def in_thread(work: Callable[[], Any]) -> Future[Any]:
    def run() -> Any:
        try:
            return work()
        finally:
            connection.close()

    return ThreadPoolExecutor(max_workers=1).submit(run)


def keep_draining(owner: str, may_end: threading.Event) -> None:
    drain(kind=StreamKind.MARKETING, owner=owner, seconds=60, should_stop=may_end.is_set)


@pytest.mark.usefixtures("committed_events")
def test_three_drains_send_what_the_day_allows_and_not_one_more(mailing: Mailing) -> None:
    start(mailing, 137)
    for begin in range(0, 600, 50):
        enqueue(mailing, *range(begin, begin + 50))

    may_end = threading.Event()
    drains = [in_thread(lambda n=n: keep_draining(f"drain-{n}", may_end)) for n in range(3)]
    give_up_at = time.monotonic() + 30
    while accepted(mailing) < 137 and time.monotonic() < give_up_at:
        time.sleep(0.1)
    # Time enough for one too many to leave.
    time.sleep(1)
    may_end.set()
    for each in drains:
        each.result(30)

    assert accepted(mailing) == 137
    assert mailing_progress(mailing.pk).waiting == 600 - 137


def test_an_hour_allows_its_share(mailing: Mailing) -> None:
    start(mailing, 100, hourly=13)
    enqueue(mailing, *range(100))
    drain_marketing(seconds=1)
    assert accepted(mailing) == 13


def test_the_cap_survives_redis_forgetting_everything(mailing: Mailing) -> None:
    start(mailing, 60)
    enqueue(mailing, *range(40))
    drain_marketing(seconds=2)
    client = conf.redis_client()
    client.delete(*client.keys("sendwell:*"))
    enqueue(mailing, *range(40, 100))
    drain_marketing(seconds=2)
    assert accepted(mailing) == 60


def test_a_pause_stops_and_a_resume_lets_go_on(mailing: Mailing) -> None:
    plan = start(mailing, 100)
    pause_plan(actor=SENDWELL, plan_id=plan.pk)
    enqueue(mailing, *range(20))
    drain_marketing(seconds=1)
    assert accepted(mailing) == 0
    resume_plan(actor=SENDWELL, plan_id=plan.pk)
    plan.days.update(hourly_cap=100)
    started = time.monotonic()
    drain_marketing(seconds=5)
    assert accepted(mailing) == 20
    assert time.monotonic() - started < 4


def test_week_one_writes_to_the_engaged_only_and_says_so_to_the_others(mailing: Mailing) -> None:
    plan = start(mailing, 100, is_engaged_first=True)
    enqueue(mailing, *range(20), priority=0)
    enqueue(mailing, *range(20, 40), priority=1)

    drain_marketing(seconds=1)

    sent = Event.objects.filter(mailing=mailing, kind=EventKind.ACCEPTED).values_list("recipient_id", flat=True)
    assert sorted(sent) == list(range(20))
    assert "only to people who opened or clicked in the last 30 days" in recipient_history(mailing.pk, 30).why_waiting
    plan.days.update(is_engaged_only=False)
    drain_marketing(seconds=5)
    assert accepted(mailing) == 40


def test_transactional_mail_waits_for_no_week_and_no_cap(mailing: Mailing) -> None:
    start(mailing, 1, is_engaged_first=True)
    stream = StreamFactory.create(slug="transactional", provider=mailing.stream.provider)
    password = MailingFactory.create(stream=stream)
    enqueue(password, 1, 2, 3, priority=3)
    drain(kind=StreamKind.TRANSACTIONAL, owner="drain-1", seconds=5)
    assert accepted(password) == 3


def test_a_second_plan_on_one_day_counts_what_left_between_the_two(
    mailing: Mailing, django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[Any]]
) -> None:
    first = start(mailing, 20)
    enqueue(mailing, *range(20))
    drain_marketing(seconds=1)
    end_plan(actor=SENDWELL, plan_id=first.pk)
    enqueue(mailing, *range(20, 50))
    drain_marketing(seconds=5)
    assert accepted(mailing) == 50

    with django_capture_on_commit_callbacks(execute=True):
        start(mailing, 60)
    enqueue(mailing, *range(100, 150))
    drain_marketing(seconds=1)
    assert accepted(mailing) == 60
