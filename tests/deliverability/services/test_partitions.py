"""Monthly partitions of the event table."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from deliverability.models import Event
from deliverability.services.events import append_events
from deliverability.services.partitions import drop_events, ensure_partitions, old_events
from deliverability.types import EventKind, NewEvent
from tests.factories.deliverability import MailingFactory

pytestmark = pytest.mark.django_db


def partition_of(recipient_id: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tableoid::regclass::text FROM deliverability_event WHERE recipient_id = %s", [recipient_id]
        )
        return str(cursor.fetchone()[0])


def test_partitions_are_made_two_months_ahead_and_once(time_machine: Any) -> None:
    time_machine.move_to(datetime(2031, 11, 30, 23, 59, tzinfo=UTC), tick=False)
    months = ("2031_11", "2031_12", "2032_01")
    assert ensure_partitions() == [f"deliverability_event_{month}" for month in months]
    assert ensure_partitions() == []


def test_rows_of_the_default_partition_move_into_their_month(time_machine: Any) -> None:
    mailing = MailingFactory.create()
    moments = {1: datetime(2035, 5, 1, tzinfo=UTC), 2: datetime(2035, 5, 31, 23, 59, 59, tzinfo=UTC)}
    append_events(
        [NewEvent(moment, EventKind.ACCEPTED, mailing.pk, recipient, "google") for recipient, moment in moments.items()]
    )
    assert partition_of(1) == partition_of(2) == "deliverability_event_default"
    before = list(Event.objects.filter(mailing=mailing).order_by("id").values())

    assert "deliverability_event_2035_05" in ensure_partitions()

    assert partition_of(1) == partition_of(2) == "deliverability_event_2035_05"
    assert list(Event.objects.filter(mailing=mailing).order_by("id").values()) == before


def test_set_up_leaves_room_for_this_month() -> None:
    mailing = MailingFactory.create()
    append_events([NewEvent(datetime.now(UTC), EventKind.ACCEPTED, mailing.pk, 3, "google")])
    assert partition_of(3) != "deliverability_event_default"


def test_months_that_are_over_go_as_whole_partitions(time_machine: Any) -> None:
    time_machine.move_to(datetime(2031, 11, 15, tzinfo=UTC), tick=False)
    ensure_partitions()
    mailing = MailingFactory.create()
    moments = {
        1: datetime(2031, 11, 20, tzinfo=UTC),
        2: datetime(2031, 12, 1, tzinfo=UTC),
        3: datetime(2031, 12, 20, tzinfo=UTC),
        4: datetime(2029, 5, 5, tzinfo=UTC),
    }
    append_events(
        [NewEvent(moment, EventKind.ACCEPTED, mailing.pk, recipient, "google") for recipient, moment in moments.items()]
    )
    # December is not wholly over, so all of it waits; what is too old in the safety net goes row by row.
    before = datetime(2031, 12, 15, tzinfo=UTC)
    assert old_events(before) == 2
    assert drop_events(before) == 2
    assert set(Event.objects.values_list("recipient_id", flat=True)) == {2, 3}
    assert partition_of(2) == "deliverability_event_2031_12"
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('deliverability_event_2031_11')")
        assert cursor.fetchone()[0] is None
    assert drop_events(before) == 0
