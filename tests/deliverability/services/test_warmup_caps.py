"""Caps of a warm-up as drains keep them: to the message, whoever else drains, and whatever Redis forgets."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from accounts.services.permission import SENDWELL
from deliverability import conf
from deliverability.models import Event, Mailing, WarmupPlan
from deliverability.queries.progress import mailing_progress
from deliverability.services.warmup import pause_plan, resume_plan, start_plan
from deliverability.types import EventKind
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


@pytest.mark.usefixtures("committed_events")
def test_three_drains_send_what_the_day_allows_and_not_one_more(mailing: Mailing) -> None:
    start(mailing, 137)
    for begin in range(0, 600, 50):
        enqueue(mailing, *range(begin, begin + 50))

    drains = [in_thread(lambda n=n: drain_marketing(f"drain-{n}", seconds=3)) for n in range(3)]
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
