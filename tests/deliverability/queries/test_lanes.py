"""Where work waits, found without reading what waits."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from deliverability.models import DeliveryBatch, Lane, Mailing, Stream
from deliverability.queries.lanes import has_due_work, lanes_with_open_batches
from deliverability.rules.lanes import LaneKey, LaneLimits
from deliverability.services import leasing
from deliverability.types import StreamKind
from tests.factories.deliverability import DeliveryBatchFactory, MailingFactory, StreamFactory

pytestmark = pytest.mark.django_db


def test_each_lane_with_open_batches_is_found_once_with_its_limits() -> None:
    mailing = MailingFactory.create()
    Lane.objects.create(stream=mailing.stream, mailbox_provider="*", messages_per_second=50)
    Lane.objects.create(stream=mailing.stream, mailbox_provider="yahoo", messages_per_second=5, burst=7)
    for provider in ("google", "google", "yahoo", "microsoft"):
        DeliveryBatchFactory.create(mailing=mailing, mailbox_provider=provider)
    DeliveryBatchFactory.create(mailing=mailing, mailbox_provider="apple", state=DeliveryBatch.State.CLOSED)

    ways = lanes_with_open_batches(StreamKind.MARKETING)
    found = {each.key: each.by_provider[mailing.stream.provider_id].limits for each in ways}

    assert found == {
        LaneKey(mailing.stream_id, "google"): LaneLimits(50, 100, 20),
        LaneKey(mailing.stream_id, "microsoft"): LaneLimits(50, 100, 20),
        LaneKey(mailing.stream_id, "yahoo"): LaneLimits(5, 7, 20),
    }
    assert lanes_with_open_batches(StreamKind.TRANSACTIONAL) == []


def test_a_held_stream_has_no_lanes_until_its_hold_runs_out() -> None:
    batch = DeliveryBatchFactory.create()
    held = Stream.objects.filter(pk=batch.stream_id)
    held.update(held_reason="The server is down.", held_until=timezone.now() + timedelta(minutes=1))
    assert (lanes_with_open_batches(StreamKind.MARKETING), has_due_work(StreamKind.MARKETING)) == ([], False)
    held.update(held_until=timezone.now() - timedelta(seconds=1))
    [lane] = lanes_with_open_batches(StreamKind.MARKETING)
    assert lane.was_held
    assert has_due_work(StreamKind.MARKETING)
    held.update(held_until=None)
    assert not has_due_work(StreamKind.MARKETING), "held by a person, until a person lets go"


@pytest.mark.parametrize(
    ("batch", "is_work"),
    [
        ({}, True),
        ({"first_due_at": timezone.now() + timedelta(hours=1)}, False),
        ({"state": DeliveryBatch.State.CLOSED}, False),
        ({"state": DeliveryBatch.State.LEASED, "lease_expires_at": timezone.now() + timedelta(hours=1)}, False),
        ({"state": DeliveryBatch.State.LEASED, "lease_expires_at": timezone.now() - timedelta(hours=1)}, True),
    ],
)
def test_work_is_what_is_due_or_was_left_by_a_dead_worker(batch: dict[str, object], is_work: bool) -> None:
    DeliveryBatchFactory.create(**batch)
    assert has_due_work(StreamKind.MARKETING) == is_work


def test_paused_mailings_are_no_work() -> None:
    DeliveryBatchFactory.create(mailing=MailingFactory.create(state=Mailing.State.PAUSED))
    assert not has_due_work(StreamKind.MARKETING)


def test_a_claim_reads_one_end_of_the_index_however_much_waits() -> None:
    mailing = MailingFactory.create()
    other = MailingFactory.create(stream=StreamFactory.create(slug="news", kind="marketing"))
    now = timezone.now()
    DeliveryBatch.objects.bulk_create(
        DeliveryBatch(
            mailing=owner,
            stream_id=owner.stream_id,
            mailbox_provider=provider,
            recipient_ids=[number],
            priority=number % 3,
            first_due_at=now,
            due_at=now,
            state=state,
        )
        for number in range(2000)
        for owner in (mailing, other)
        for provider, state in (("google", DeliveryBatch.State.OPEN), ("yahoo", DeliveryBatch.State.CLOSED))
    )
    values = {"stream": mailing.stream_id, "mailbox_provider": "google", "now": now, "owner": "me", "seconds": 30}
    values |= {"provider": None, "most_priority": None}
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE deliverability_deliverybatch")
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) {leasing._CLAIM}", values)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Index Scan using batch_to_send" in plan
    assert "Sort" not in plan
    assert "Seq Scan on deliverability_deliverybatch" not in plan
