"""Freezing an audience into batches, once."""

import time

import pytest
from django.db import connection

from deliverability.errors import MailingCancelled
from deliverability.models import DeliveryBatch, Mailing
from deliverability.services.outbox import enqueue_one, enqueue_selected
from tests.factories.deliverability import MailingFactory

pytestmark = pytest.mark.django_db


def select_people(rows: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE chosen (contact_id bigint, mailbox_provider text, priority smallint)")
        cursor.execute(f"INSERT INTO chosen {rows}")


def test_people_are_cut_into_batches_by_provider_and_priority() -> None:
    mailing = MailingFactory.create()
    select_people("SELECT n, CASE WHEN n <= 1100 THEN 'google' ELSE 'yahoo' END, n % 2 FROM generate_series(1, 1200) n")

    assert enqueue_selected(mailing_id=mailing.pk, table="chosen") == 1200

    batches = list(mailing.batches.order_by("id"))
    assert sorted(len(batch.recipient_ids) for batch in batches) == [50, 50, 50, 50, 500, 500]
    assert sorted(person for batch in batches for person in batch.recipient_ids) == list(range(1, 1201))
    for batch in batches:
        assert {person % 2 for person in batch.recipient_ids} == {batch.priority}
        assert {person <= 1100 for person in batch.recipient_ids} == {batch.mailbox_provider == "google"}
    assert [batch.priority for batch in batches] == [0, 0, 0, 1, 1, 1], "the most engaged are first in line"


def test_a_person_selected_twice_is_enqueued_once() -> None:
    mailing = MailingFactory.create()
    select_people("VALUES (7, 'google', 0), (7, 'google', 1), (8, 'google', 0)")

    assert enqueue_selected(mailing_id=mailing.pk, table="chosen") == 2
    assert mailing.batches.get().recipient_ids == [7, 8]


def test_a_second_enqueue_adds_nobody() -> None:
    mailing = MailingFactory.create()
    select_people("VALUES (7, 'google', 0)")
    enqueue_selected(mailing_id=mailing.pk, table="chosen")
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO chosen VALUES (8, 'google', 0)")

    assert enqueue_selected(mailing_id=mailing.pk, table="chosen") == 1
    assert mailing.batches.get().recipient_ids == [7]


def test_a_cancelled_mailing_takes_nobody() -> None:
    mailing = MailingFactory.create(state=Mailing.State.CANCELLED)
    select_people("VALUES (7, 'google', 0)")

    with pytest.raises(MailingCancelled):
        enqueue_selected(mailing_id=mailing.pk, table="chosen")
    with pytest.raises(MailingCancelled):
        enqueue_one(mailing_id=mailing.pk, recipient_id=7, mailbox_provider="google")


def test_one_mail_that_still_waits_is_not_doubled() -> None:
    mailing = MailingFactory.create()

    first = enqueue_one(mailing_id=mailing.pk, recipient_id=7, mailbox_provider="google")
    again = enqueue_one(mailing_id=mailing.pk, recipient_id=7, mailbox_provider="google")
    assert again == first

    mailing.batches.update(state=DeliveryBatch.State.CLOSED)
    assert enqueue_one(mailing_id=mailing.pk, recipient_id=7, mailbox_provider="google") != first


@pytest.mark.scale
def test_a_million_people_are_enqueued_in_seconds() -> None:
    mailing = MailingFactory.create()
    select_people("SELECT n, 'provider' || n % 8, n % 3 FROM generate_series(1, 1000000) n")

    started = time.perf_counter()
    assert enqueue_selected(mailing_id=mailing.pk, table="chosen") == 1_000_000
    assert time.perf_counter() - started < 10, "5 s on a quiet machine"
    assert mailing.batches.count() < 2050
