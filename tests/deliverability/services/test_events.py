"""What is appended and what is counted, in one transaction."""

import random
from collections import defaultdict
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from deliverability.models import Event, LinkCount, MailingCount, MinuteCount
from deliverability.services.events import append_events
from deliverability.types import AgentKind, EventKind, NewEvent
from tests.factories.deliverability import MailingFactory

pytestmark = pytest.mark.django_db


def test_counts_say_what_the_events_say_however_they_arrived() -> None:
    """Against a count from the events themselves: batches of any size, people who come again, machines between them."""
    mailings = [MailingFactory.create().pk for _ in range(3)]
    chance, start = random.Random(5), timezone.now()
    events = [
        NewEvent(
            occurred_at=start + timedelta(seconds=chance.randrange(600)),
            kind=chance.choice([EventKind.ACCEPTED, EventKind.OPENED, EventKind.CLICKED]),
            mailing_id=chance.choice(mailings),
            recipient_id=(person := chance.randrange(40)),
            mailbox_provider=["google", "gmx"][person % 2],
            link=chance.choice([0, 1, 7]),
            agent_kind=chance.choice(list(AgentKind)),
        )
        for _ in range(600)
    ]
    for first in range(0, 600, 37):
        append_events(events[first : first + 37])
    assert Event.objects.count() == 600
    people, links, minutes = defaultdict(set), defaultdict(set), defaultdict(int)
    for event in Event.objects.filter(agent_kind=AgentKind.HUMAN, kind__gte=EventKind.OPENED):
        people[event.mailing_id, event.mailbox_provider, event.kind].add(event.recipient_id)
        minutes[event.mailing_id, event.occurred_at.replace(second=0, microsecond=0), event.kind] += 1
        if event.kind == EventKind.CLICKED:
            links[event.mailing_id, event.link].add(event.recipient_id)
    assert {key: len(found) for key, found in people.items()} == {
        (row.mailing_id, row.mailbox_provider, row.kind): row.people
        for row in MailingCount.objects.filter(people__gt=0)
    }
    assert {key: len(found) for key, found in links.items()} == {
        (row.mailing_id, row.link): row.people for row in LinkCount.objects.filter(people__gt=0)
    }
    assert dict(minutes) == {
        (row.mailing_id, row.minute, kind): count
        for row in MinuteCount.objects.all()
        for kind, count in ((EventKind.OPENED, row.opens), (EventKind.CLICKED, row.clicks))
        if count
    }


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
