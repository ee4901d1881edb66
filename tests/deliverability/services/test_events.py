"""What is appended and what is counted, in one transaction."""

import random
from collections import Counter, defaultdict
from datetime import timedelta
from importlib import import_module
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction
from django.utils import timezone

from deliverability.models import Event, LinkCount, MailingCount, MinuteCount
from deliverability.rules.engagement import DECIDED, ENGAGED, KINDS
from deliverability.services.events import append_events
from deliverability.types import AgentKind, EventKind, NewEvent
from tests.factories.deliverability import MailingFactory

pytestmark = pytest.mark.django_db


Counts = tuple[dict[object, int], dict[object, int], dict[object, int]]


def many_events() -> list[NewEvent]:
    """People who come again, on three mailings, and machines between them."""
    mailings = [MailingFactory.create().pk for _ in range(3)]
    chance, start = random.Random(5), timezone.now()
    return [
        NewEvent(
            occurred_at=start + timedelta(seconds=chance.randrange(600)),
            kind=chance.choice([EventKind.ACCEPTED, *KINDS]),
            mailing_id=chance.choice(mailings),
            recipient_id=(person := chance.randrange(40)),
            mailbox_provider=["google", "gmx"][person % 2],
            link=chance.choice([0, 1, 7]),
            agent_kind=chance.choice(list(AgentKind)),
        )
        for _ in range(600)
    ]


def counted_from_events() -> Counts:
    people, links, minutes = defaultdict(set), defaultdict(set), Counter[object]()
    for event in Event.objects.filter(kind__in=DECIDED):
        people[event.mailing_id, event.mailbox_provider, event.kind].add(event.recipient_id)
    for event in Event.objects.filter(agent_kind=AgentKind.HUMAN, kind__in=ENGAGED):
        people[event.mailing_id, event.mailbox_provider, event.kind].add(event.recipient_id)
        minutes[event.mailing_id, event.occurred_at.replace(second=0, microsecond=0), event.kind] += 1
        if event.kind == EventKind.CLICKED:
            links[event.mailing_id, event.link].add(event.recipient_id)
    sizes = [{key: len(found) for key, found in sets.items()} for sets in (people, links)]
    return (*sizes, dict(minutes))


def rolled_up() -> Counts:
    return (
        {
            (row.mailing_id, row.mailbox_provider, row.kind): row.people
            for row in MailingCount.objects.filter(people__gt=0)
        },
        {(row.mailing_id, row.link): row.people for row in LinkCount.objects.filter(people__gt=0)},
        {
            (row.mailing_id, row.minute, kind): count
            for row in MinuteCount.objects.all()
            for kind, count in ((EventKind.OPENED, row.opens), (EventKind.CLICKED, row.clicks))
            if count
        },
    )


def test_counts_say_what_the_events_say_however_they_arrived() -> None:
    events = many_events()
    for first in range(0, 600, 37):
        append_events(events[first : first + 37])
    assert Event.objects.count() == 600
    assert rolled_up() == counted_from_events()


def test_an_upgrade_counts_the_events_that_are_there() -> None:
    append_events(many_events())
    LinkCount.objects.all().delete()
    MinuteCount.objects.all().delete()
    MailingCount.objects.update(people=0)
    migration = import_module("deliverability.migrations.0011_count_people")
    later = import_module("deliverability.migrations.0015_count_people_who_leave")
    people, links, minutes = migration.PEOPLE_SO_FAR, migration.LINKS_SO_FAR, migration.MINUTES_SO_FAR
    with connection.cursor() as cursor:
        for statement in (people, links, minutes, later.PEOPLE_SO_FAR):
            cursor.execute(statement)
    assert rolled_up() == counted_from_events()


@pytest.mark.django_db(transaction=True)
def test_a_person_who_clicks_everywhere_at_once_is_one_person() -> None:
    mailing = MailingFactory.create().pk
    click = NewEvent(timezone.now(), EventKind.CLICKED, mailing, 1, "google", link=0, agent_kind=AgentKind.HUMAN)
    together = Barrier(6)

    def append() -> None:
        together.wait()
        append_events([click])
        connection.close()

    threads = [Thread(target=append) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    row = LinkCount.objects.get()
    assert (row.people, row.clicks, MailingCount.objects.get().people) == (1, 6, 1)


def test_a_transaction_that_fails_leaves_no_count() -> None:
    mailing = MailingFactory.create().pk
    click = NewEvent(timezone.now(), EventKind.CLICKED, mailing, 1, "google", link=0, agent_kind=AgentKind.HUMAN)
    with transaction.atomic():
        append_events([click])
        transaction.set_rollback(True)
    assert not Event.objects.exists()
    assert not MailingCount.objects.exists()
    append_events([click])
    assert MailingCount.objects.get().people == LinkCount.objects.get().people == 1
