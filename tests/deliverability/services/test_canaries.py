"""A canary goes first, is watched, and the rest follows or waits for a person."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.services.permission import SENDWELL
from deliverability.models import Alert, CanaryLane, DeliveryBatch, Event, Mailing
from deliverability.queries.canaries import canary_standings
from deliverability.queries.history import recipient_history
from deliverability.queries.progress import mailing_progress
from deliverability.rules.lanes import LaneKey
from deliverability.services.events import append_events
from deliverability.services.guarding import leave_out, release, watch_canaries
from deliverability.services.leasing import claim
from deliverability.services.mailings import cancel, open_mailing
from deliverability.services.outbox import enqueue_selected
from deliverability.types import Canary, EventKind, NewEvent
from tests.factories.deliverability import StreamFactory

pytestmark = pytest.mark.django_db
OPEN, HELD, CLOSED = DeliveryBatch.State.OPEN, DeliveryBatch.State.HELD, DeliveryBatch.State.CLOSED


@pytest.fixture
def mailing() -> Mailing:
    """4,000 people at Gmail, 2,000 at Outlook, 50 elsewhere; 5 % of each go first."""
    return planned(
        "SELECT n, CASE WHEN n <= 4000 THEN 'google' WHEN n <= 6000 THEN 'microsoft' ELSE 'other' END, n % 3 "
        "FROM generate_series(1, 6050) n"
    )


def planned(people: str) -> Mailing:
    stream = StreamFactory.create()
    mailing = open_mailing(
        stream_id=stream.pk, composer="test", reference="1", title="Winter coffees", canary=Canary(5, 30)
    )
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE chosen (contact_id bigint, mailbox_provider text, priority smallint)")
        cursor.execute(f"INSERT INTO chosen {people}")
    enqueue_selected(mailing_id=mailing.pk, table="chosen")
    return mailing


def sent(mailing: Mailing, provider: str, **kinds: int) -> None:
    """The canary at this mailbox provider is through, with so many events of each kind."""
    for name, count in kinds.items():
        kind = EventKind[name.upper()]
        detail = "5.7.1 Message blocked, see our policy" if kind == EventKind.FAILED else None
        code = {EventKind.FAILED: 550, EventKind.ACCEPTED: 250}.get(kind)
        append_events(
            [
                NewEvent(timezone.now(), kind, mailing.pk, number, provider, code=code, detail=detail)
                for number in range(count)
            ]
        )
    mailing.batches.filter(mailbox_provider=provider, state=OPEN).update(state=CLOSED)


def people_in(mailing: Mailing, state: int, provider: str) -> int:
    batches = mailing.batches.filter(state=state, mailbox_provider=provider)
    return sum(len(batch.recipient_ids) for batch in batches)


def test_a_share_of_each_mailbox_provider_goes_and_everybody_else_waits(mailing: Mailing) -> None:
    assert people_in(mailing, OPEN, "google") == 200
    assert people_in(mailing, HELD, "google") == 3800
    assert people_in(mailing, OPEN, "microsoft") == 100
    assert people_in(mailing, OPEN, "other") == 0
    assert mailing_progress(mailing.pk).waiting == 6050
    first = {batch.priority for batch in mailing.batches.filter(state=OPEN, mailbox_provider="google")}
    assert first == {0, 1, 2}, "drawn from all bands of engagement"
    everybody = [person for batch in mailing.batches.all() for person in batch.recipient_ids]
    assert sorted(everybody) == list(range(1, 6051))


def test_no_worker_finds_what_waits_for_the_canary(mailing: Mailing) -> None:
    lane, taken = LaneKey(mailing.stream_id, "google"), 0
    while lease := claim(lane=lane, owner="test"):
        taken += len(lease.recipient_ids)
    assert taken == 200


def test_the_rest_follows_after_the_watch_when_all_is_well(mailing: Mailing) -> None:
    sent(mailing, "google", accepted=198, failed=0)
    sent(mailing, "microsoft", accepted=100)
    now = timezone.now()
    assert watch_canaries(now=now) == []
    assert watch_canaries(now=now + timedelta(minutes=29)) == []
    decided = watch_canaries(now=now + timedelta(minutes=31))
    assert {lane.mailbox_provider for lane in decided} == {"google", "microsoft", "other"}
    assert people_in(mailing, OPEN, "google") == 3800
    assert people_in(mailing, OPEN, "other") == 50
    assert "198 were accepted" in CanaryLane.objects.get(mailbox_provider="google").reason


def test_a_refused_canary_stops_at_once_and_only_there(mailing: Mailing) -> None:
    sent(mailing, "google", accepted=200)
    sent(mailing, "microsoft", accepted=80, failed=20)
    now = timezone.now()
    (stopped,) = watch_canaries(now=now)
    assert stopped.mailbox_provider == "microsoft"
    assert stopped.reason.startswith("Stopped at Outlook and Hotmail: 20 of 100 tries were refused because of us")
    watch_canaries(now=now + timedelta(minutes=31))
    assert people_in(mailing, OPEN, "google") == 3800
    assert people_in(mailing, HELD, "microsoft") == 1900
    assert people_in(mailing, HELD, "other") == 50
    assert "1,900 people there wait" in Alert.objects.get().text
    person = mailing.batches.filter(state=HELD, mailbox_provider="microsoft").first().recipient_ids[0]  # type: ignore[union-attr]
    assert "Stopped at Outlook" in recipient_history(mailing.pk, person).why_waiting


def test_a_person_sends_the_rest_all_the_same(mailing: Mailing) -> None:
    sent(mailing, "microsoft", accepted=80, failed=20)
    watch_canaries()
    release(actor=SENDWELL, mailing_id=mailing.pk, mailbox_provider="microsoft")
    assert people_in(mailing, OPEN, "microsoft") == 1900
    assert Alert.objects.get().resolved_at is not None
    assert watch_canaries() == [], "what a person decided is not judged again"


def test_a_person_leaves_the_rest_out_with_a_record_for_everybody(mailing: Mailing) -> None:
    sent(mailing, "microsoft", accepted=80, failed=20)
    watch_canaries()
    leave_out(actor=SENDWELL, mailing_id=mailing.pk, mailbox_provider="microsoft")
    skipped = Event.objects.filter(mailing_id=mailing.pk, kind=EventKind.SKIPPED, detail="canary")
    assert skipped.count() == 1900
    assert people_in(mailing, HELD, "google") == 3800


def test_a_cancelled_mailing_asks_nobody_to_decide(mailing: Mailing) -> None:
    sent(mailing, "microsoft", accepted=80, failed=20)
    watch_canaries()
    watch_canaries()
    assert Alert.objects.get().resolved_at is None
    cancel(mailing_id=mailing.pk)
    watch_canaries()
    assert Alert.objects.get().resolved_at is not None


def test_cancelling_reaches_those_who_wait(mailing: Mailing) -> None:
    cancel(mailing_id=mailing.pk)
    assert Event.objects.filter(mailing_id=mailing.pk, kind=EventKind.SKIPPED, detail="cancelled").count() == 6050
    assert mailing_progress(mailing.pk).is_finished


def test_where_all_are_too_few_to_judge_nobody_waits() -> None:
    mailing = planned("SELECT n, 'google', 0 FROM generate_series(1, 999) n")
    assert people_in(mailing, OPEN, "google") == 999
    assert canary_standings(mailing.pk) == []
