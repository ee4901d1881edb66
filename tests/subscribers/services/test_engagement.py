import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from deliverability.rules.hits import STREAM
from deliverability.services.cursors import claim_cursor
from deliverability.services.events import append_events
from deliverability.services.tracking import tracking_consent
from deliverability.types import AgentKind, EventKind, NewEvent
from subscribers.models import Contact
from subscribers.services.engagement import refresh_engagement
from tests.factories.deliverability import MailingFactory
from tests.factories.subscribers import ContactFactory

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def event(contact: Contact, mailing_id: int, minutes: int, kind: EventKind, agent: AgentKind | None) -> NewEvent:
    return NewEvent(NOON + timedelta(minutes=minutes), kind, mailing_id, contact.pk, "google", agent_kind=agent)


@pytest.mark.django_db
def test_the_newest_human_act_wins() -> None:
    mailing = MailingFactory.create()
    alice, bob, machine = ContactFactory.create_batch(3)
    human = AgentKind.HUMAN
    append_events(
        [
            event(alice, mailing.pk, 5, EventKind.CLICKED, human),
            event(alice, mailing.pk, 3, EventKind.OPENED, human),
            event(alice, mailing.pk, 9, EventKind.OPENED, AgentKind.PROXY),
            event(bob, mailing.pk, 2, EventKind.OPENED, human),
            event(machine, mailing.pk, 4, EventKind.CLICKED, AgentKind.MACHINE),
            event(machine, mailing.pk, 4, EventKind.ACCEPTED, None),
        ]
    )
    assert refresh_engagement() == 2
    append_events(
        [event(alice, mailing.pk, 4, EventKind.OPENED, human), event(bob, mailing.pk, 7, EventKind.OPENED, human)]
    )
    assert refresh_engagement() == 1
    assert refresh_engagement() == 0
    found = dict(Contact.objects.values_list("pk", "engaged_at"))
    minute = timedelta(minutes=1)
    assert found == {alice.pk: NOON + 5 * minute, bob.pk: NOON + 7 * minute, machine.pk: None}


@pytest.mark.django_db(transaction=True)
def test_an_event_that_commits_late_is_not_overlooked() -> None:
    """A consumer has written its event but not committed, while later ids are there already."""
    mailing = MailingFactory.create()
    late, other = ContactFactory.create_batch(2)
    wrote, done = threading.Event(), threading.Event()

    def consume_slowly() -> None:
        try:
            with transaction.atomic():
                claim_cursor(name=STREAM, start="0-0", wait=True)
                append_events([event(late, mailing.pk, 1, EventKind.CLICKED, AgentKind.HUMAN)])
                wrote.set()
                done.wait(1)
        finally:
            connection.close()

    consumer = threading.Thread(target=consume_slowly)
    consumer.start()
    wrote.wait(10)
    append_events([event(other, mailing.pk, 2, EventKind.ACCEPTED, None)])
    assert refresh_engagement() == 1
    consumer.join()
    assert Contact.objects.get(pk=late.pk).engaged_at == NOON + timedelta(minutes=1)


@pytest.mark.django_db
def test_consent_is_read_at_the_moment_of_the_hit() -> None:
    both = ContactFactory.create(tracks_opens=True, tracks_clicks=True)
    opens = ContactFactory.create(tracks_opens=True, email="p@gmx.de")
    ContactFactory.create()
    ids = list(Contact.objects.values_list("pk", flat=True))
    assert tracking_consent(EventKind.OPENED, ids) == {both.pk: "google", opens.pk: "gmx"}
    assert tracking_consent(EventKind.CLICKED, ids) == {both.pk: "google"}
    both.tracks_clicks = False
    both.save()
    assert tracking_consent(EventKind.CLICKED, ids) == {}
