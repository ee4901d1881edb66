"""What the summary of each person's mail says after its events."""

from datetime import UTC, datetime, timedelta

import pytest

from deliverability.models import Mailing
from deliverability.services.events import append_events
from deliverability.types import AgentKind, EventKind, NewEvent, StreamKind
from subscribers.models import Contact, MailHistory
from subscribers.services import engagement
from subscribers.services.engagement import refresh_engagement
from tests.factories.deliverability import MailingFactory, StreamFactory
from tests.factories.subscribers import ContactFactory

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def record(contact: Contact, mailing: Mailing, minutes: int, kind: EventKind, agent: AgentKind | None = None) -> None:
    at = NOON + timedelta(minutes=minutes)
    append_events([NewEvent(at, kind, mailing.pk, contact.pk, "google", agent_kind=agent)])


def history(contact: Contact) -> MailHistory:
    refresh_engagement()
    return MailHistory.objects.get(contact=contact)


def test_each_mailing_has_a_place_and_each_act_its_bit() -> None:
    alice = ContactFactory.create()
    first, second, third = MailingFactory.create_batch(3)
    record(alice, first, 1, EventKind.ACCEPTED)
    record(alice, second, 2, EventKind.ACCEPTED)
    record(alice, first, 3, EventKind.OPENED, AgentKind.HUMAN)
    found = history(alice)
    assert (found.mailings, found.opened, found.clicked) == ([second.pk, first.pk], 0b10, 0)
    record(alice, third, 4, EventKind.ACCEPTED)
    record(alice, second, 5, EventKind.CLICKED, AgentKind.HUMAN)
    record(alice, third, 6, EventKind.OPENED, AgentKind.PROXY)
    found = history(alice)
    assert (found.mailings, found.opened, found.clicked) == ([third.pk, second.pk, first.pk], 0b110, 0b10)
    assert found.sent_count == 3
    assert [(at - NOON).total_seconds() / 60 for at in (found.sent_at, found.opened_at, found.clicked_at)] == [4, 5, 5]


def test_a_mail_that_was_accepted_twice_counts_once() -> None:
    alice, mailing = ContactFactory.create(), MailingFactory.create()
    record(alice, mailing, 1, EventKind.ACCEPTED)
    record(alice, mailing, 2, EventKind.ACCEPTED)
    refresh_engagement()
    record(alice, mailing, 3, EventKind.ACCEPTED)
    found = history(alice)
    assert (found.sent_count, found.mailings) == (1, [mailing.pk])


def test_an_open_that_is_recorded_before_its_batch_is_through_keeps_its_bit() -> None:
    alice, mailing, next_one = ContactFactory.create(), MailingFactory.create(), MailingFactory.create()
    record(alice, mailing, 2, EventKind.OPENED, AgentKind.HUMAN)
    refresh_engagement()
    record(alice, mailing, 1, EventKind.ACCEPTED)
    record(alice, next_one, 3, EventKind.ACCEPTED)
    found = history(alice)
    assert (found.mailings, found.opened, found.sent_count) == ([next_one.pk, mailing.pk], 0b10, 2)


def test_only_the_last_mailings_keep_a_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """In steps of a few events, as of many."""
    # Past what other tests left, or these small steps would be many thousands, each with its locks until the end.
    refresh_engagement()
    monkeypatch.setattr(engagement, "_STEP", 3)
    alice = ContactFactory.create()
    mailings = MailingFactory.create_batch(MailHistory.KEPT + 5)
    for minute, mailing in enumerate(mailings):
        record(alice, mailing, minute, EventKind.ACCEPTED)
    refresh_engagement()
    record(alice, mailings[0], 100, EventKind.OPENED, AgentKind.HUMAN)
    record(alice, mailings[5], 101, EventKind.OPENED, AgentKind.HUMAN)
    found = history(alice)
    assert found.mailings == [mailing.pk for mailing in reversed(mailings[5:])]
    assert (found.opened, found.sent_count) == (1 << (MailHistory.KEPT - 1), len(mailings))


def test_transactional_mail_shows_that_somebody_is_there_but_is_no_campaign() -> None:
    alice = ContactFactory.create()
    stream = StreamFactory.create(kind=StreamKind.TRANSACTIONAL, slug="service")
    confirmation = MailingFactory.create(stream=stream)
    record(alice, confirmation, 1, EventKind.ACCEPTED)
    record(alice, confirmation, 2, EventKind.CLICKED, AgentKind.HUMAN)
    refresh_engagement()
    alice.refresh_from_db()
    assert alice.engaged_at == NOON + timedelta(minutes=2)
    assert not MailHistory.objects.exists()


def test_recipients_who_are_not_in_the_data_leave_no_trace() -> None:
    mailing = MailingFactory.create()
    append_events([NewEvent(NOON, EventKind.ACCEPTED, mailing.pk, 1 << 47, "google")])
    assert refresh_engagement() == 0
    assert not MailHistory.objects.exists()
