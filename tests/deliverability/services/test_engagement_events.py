import os
import random
import signal
import threading
import time
from collections.abc import Collection
from datetime import UTC, datetime
from typing import NoReturn

import pytest
import redis
from django.db import connection

from deliverability.models import Event, Mailing, MailingCount
from deliverability.rules.hits import FIELD, SET_ASIDE, STREAM, Hit, pack_hit
from deliverability.services import tracking
from deliverability.services.engagement_events import consume_hits
from deliverability.services.hits import record_hit
from deliverability.types import AgentKind, EventKind
from tests.factories.deliverability import MailingFactory

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:102.0) Gecko/20100101 Firefox/102.0"
OBJECTOR, UNWRITABLE = 13, 666


def consent(kind: EventKind, recipient_ids: Collection[int]) -> dict[int, str]:
    """Everybody is at Google and allows everything, but for the objector, who allows only opens."""
    allowed = [found for found in recipient_ids if found != OBJECTOR or kind is EventKind.OPENED]
    return {found: "x" * 40 if found == UNWRITABLE else "google" for found in allowed}


@pytest.fixture(autouse=True)
def everybody_but_one(buffer: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracking, "_consent", consent)


def click(mailing: Mailing, recipient_id: int, **fields: object) -> None:
    record_hit(hit=Hit(EventKind.CLICKED, mailing.pk, recipient_id, link=0, agent=FIREFOX, **fields))


@pytest.mark.django_db
def test_hits_become_events_with_their_agents_judged(buffer: redis.Redis) -> None:
    mailing = MailingFactory.create()
    click(mailing, 1, ip="203.0.113.9")
    click(mailing, 2, method="HEAD")
    record_hit(hit=Hit(EventKind.OPENED, mailing.pk, 3, agent="Mozilla/5.0"))
    record_hit(hit=Hit(EventKind.CLICKED, mailing.pk, 4, agent=FIREFOX, target="https://shop.example/4"))

    assert consume_hits().recorded == 4

    events = list(Event.objects.order_by("id"))
    assert [event.recipient_id for event in events] == [1, 2, 3, 4]
    assert [event.agent_kind for event in events] == [
        AgentKind.HUMAN,
        AgentKind.MACHINE,
        AgentKind.PROXY,
        AgentKind.HUMAN,
    ]
    assert [event.detail for event in events] == [None, "HEAD", None, "https://shop.example/4"]
    assert (events[0].ip, events[0].agent, events[0].mailbox_provider) == ("203.0.113.9", FIREFOX, "google")
    assert abs((datetime.now(UTC) - events[0].occurred_at).total_seconds()) < 60
    counts = dict(MailingCount.objects.filter(mailing=mailing).values_list("kind", "total"))
    assert counts == {EventKind.CLICKED: 3, EventKind.OPENED: 1}
    assert buffer.xlen(STREAM) == 0
    assert consume_hits().read == 0


@pytest.mark.django_db
def test_a_hit_without_consent_leaves_no_trace(buffer: redis.Redis) -> None:
    mailing = MailingFactory.create()
    click(mailing, OBJECTOR)
    record_hit(hit=Hit(EventKind.OPENED, mailing.pk, OBJECTOR))
    consumed = consume_hits()
    assert (consumed.recorded, consumed.dropped) == (1, 1)
    assert list(Event.objects.values_list("kind", flat=True)) == [EventKind.OPENED]
    assert buffer.xlen(STREAM) == 0


@pytest.mark.django_db
def test_what_cannot_be_written_is_set_aside_and_holds_nobody_up(buffer: redis.Redis) -> None:
    mailing = MailingFactory.create()
    for recipient_id in range(1, 8):
        click(mailing, recipient_id)
    buffer.xadd(STREAM, {FIELD: b"not a hit"})
    buffer.xadd(STREAM, {b"other": b""})
    # Its mailbox provider is longer than the column: only Postgres finds out.
    click(mailing, UNWRITABLE)
    record_hit(hit=Hit(EventKind.CLICKED, mailing.pk + 1, 8))
    click(mailing, 9)

    set_aside = 0
    while (consumed := consume_hits()).read:
        set_aside += consumed.set_aside

    assert sorted(Event.objects.values_list("recipient_id", flat=True)) == [1, 2, 3, 4, 5, 6, 7, 9]
    assert set_aside == 3
    assert [fields for _, fields in buffer.xrange(SET_ASIDE)][:2] == [{FIELD: b"not a hit"}, {b"other": b""}]
    assert buffer.xlen(STREAM) == 0


@pytest.mark.django_db(transaction=True)
def test_a_consumer_killed_at_any_moment_writes_each_hit_once(buffer: redis.Redis) -> None:
    """Small batches and random moments, so that kills fall into reads, COPY, commits and trims alike."""
    mailing = MailingFactory.create()
    people = 6000
    pipeline = buffer.pipeline(transaction=False)
    for recipient_id in range(1001, 1001 + people):
        pipeline.xadd(STREAM, {FIELD: pack_hit(Hit(EventKind.CLICKED, mailing.pk, recipient_id, link=0))})
    pipeline.execute()

    kills = 0
    while kills < 15 and buffer.xlen(STREAM):
        # A child must not inherit the connection: its end would end ours.
        connection.close()
        child = os.fork()
        if child == 0:
            consume_until_killed()
        time.sleep(random.uniform(0.005, 0.05))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        kills += 1
    while consume_hits().read:
        pass

    assert kills >= 10
    seen = list(Event.objects.values_list("recipient_id", flat=True))
    assert (len(seen), len(set(seen))) == (people, people)
    assert MailingCount.objects.get(mailing=mailing).total == people


def consume_until_killed() -> NoReturn:
    """In a thread of its own, which has no connection yet: a browser test before us may have left one to inherit."""
    consumer = threading.Thread(target=consume_for_ever)
    consumer.start()
    consumer.join()
    os._exit(1)


def consume_for_ever() -> NoReturn:
    while True:
        consume_hits(limit=5)
