import pytest
import redis
from celery import Task

from deliverability.models import Event
from deliverability.rules.hits import STREAM, Hit
from deliverability.services import tracking
from deliverability.services.hits import record_hit
from deliverability.tasks import events
from deliverability.types import EventKind
from tests.factories.deliverability import MailingFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def queued(buffer: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    buffer.delete(events.RUNNING)
    names: list[str] = []
    monkeypatch.setattr(Task, "delay", lambda task, *args: names.append(task.name))
    monkeypatch.setattr(tracking, "_consent", lambda kind, ids: dict.fromkeys(ids, "google"))
    return names


def test_a_consumer_is_started_when_hits_wait_and_none_runs(queued: list[str]) -> None:
    mailing = MailingFactory.create()
    events.keep_consuming()
    assert queued == []
    record_hit(hit=Hit(EventKind.OPENED, mailing.pk, 1))
    events.keep_consuming()
    events.keep_consuming()
    assert queued == ["deliverability.consume_events"]


def test_a_consumer_writes_what_waits_and_ends(queued: list[str], buffer: redis.Redis) -> None:
    mailing = MailingFactory.create()
    record_hit(hit=Hit(EventKind.OPENED, mailing.pk, 1))
    events.consume_events()
    assert (Event.objects.count(), buffer.xlen(STREAM), queued) == (1, 0, [])
    assert not buffer.exists(events.RUNNING)


def test_a_long_backlog_is_handed_on(queued: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events.conf, "CONSUME_SECONDS", 0)
    events.consume_events()
    assert queued == ["deliverability.consume_events"]
