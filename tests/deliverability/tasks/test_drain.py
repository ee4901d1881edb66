"""Drains are started when work is due and places are free, whatever was lost before."""

from collections.abc import Callable
from typing import Any

import pytest
from kombu.exceptions import OperationalError as BrokerError

from deliverability import conf
from deliverability.models import Mailing
from deliverability.services.attendance import Attendance
from deliverability.tasks import drain as tasks
from deliverability.types import StreamKind
from tests.factories.deliverability import DeliveryBatchFactory, MailingFactory, StreamFactory

pytestmark = pytest.mark.django_db
MARKETING = Attendance(StreamKind.MARKETING)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the tasks that were put into a queue."""
    client = conf.redis_client()
    for key in client.keys("sendwell:*"):
        client.delete(key)
    names: list[str] = []
    for task in (tasks.drain_marketing, tasks.drain_transactional):
        monkeypatch.setattr(task, "apply_async", lambda *_, name=task.name, **__: names.append(name))
    return names


def test_beat_fills_the_places_once(sent: list[str]) -> None:
    DeliveryBatchFactory.create()
    tasks.keep_draining()
    assert sent == ["deliverability.drain_marketing"] * conf.bulk_drains()
    tasks.keep_draining()
    assert len(sent) == conf.bulk_drains(), "those in the queue count"


def test_beat_starts_nothing_for_what_may_not_be_sent(sent: list[str]) -> None:
    DeliveryBatchFactory.create(mailing=MailingFactory.create(state=Mailing.State.PAUSED))
    held = StreamFactory.create(slug="held", kind="marketing", held_reason="By hand.")
    DeliveryBatchFactory.create(mailing=MailingFactory.create(stream=held))
    tasks.keep_draining()
    assert sent == []


def test_a_drain_that_was_killed_takes_its_own_place_again(sent: list[str]) -> None:
    for ticket in ("a", "b"):
        assert MARKETING.arrive(ticket)
    assert not MARKETING.arrive("c"), "every place is taken"
    assert MARKETING.arrive("a"), "the broker delivers the task of a killed worker again"
    assert MARKETING.missing() == 0
    MARKETING.leave("a")
    assert MARKETING.missing() == 1


def test_a_kick_starts_one_transactional_drain(sent: list[str]) -> None:
    tasks.kick_transactional()
    tasks.kick_transactional()
    assert sent == ["deliverability.drain_transactional"]


def test_a_kick_never_fails_its_caller(
    sent: list[str], monkeypatch: pytest.MonkeyPatch, redis_down: Callable[[], None]
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise BrokerError("no broker")

    monkeypatch.setattr(tasks.drain_transactional, "apply_async", refuse)
    tasks.kick_transactional()
    redis_down()
    tasks.kick_transactional()


def test_a_drain_without_work_ends_at_once_and_leaves_its_place(sent: list[str]) -> None:
    tasks.drain_marketing(MARKETING.queue())
    assert sent == []
    assert MARKETING.missing() == conf.bulk_drains()
