"""The message path from outbox to event, over a real SMTP connection."""

import errno
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from deliverability.errors import JournalUnavailable
from deliverability.models import DeliveryBatch, Event, Lane, LaneChange, Mailing, Stream, Suppression
from deliverability.queries.history import WaitingBatch, recipient_history
from deliverability.queries.progress import mailing_progress
from deliverability.rules.lanes import LaneKey
from deliverability.services import mailings
from deliverability.services.dispatch import DrainReport
from deliverability.services.journal import Entry, files, open_store
from deliverability.services.leasing import claim
from deliverability.services.providers import set_password
from deliverability.types import EventKind, Reply, Result, Skipped, SkipReason
from tests.deliverability.services.conftest import PlainComposer, drain_marketing, enqueue
from tests.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db


def meanwhile(seconds: float, work: Callable[[], Any]) -> Future[Any]:
    """Do `work` in another thread, on a database connection of its own, while this one drains."""

    def run() -> Any:
        time.sleep(seconds)
        try:
            return work()
        finally:
            connection.close()

    return ThreadPoolExecutor(max_workers=1).submit(run)


def test_every_recipient_gets_one_mail_and_one_event(mailing: Mailing, server: SmtpServer) -> None:
    enqueue(mailing, *range(1, 301))
    enqueue(mailing, 301, 302, mailbox_provider="yahoo")

    report = drain_marketing()

    assert report.counts == {EventKind.ACCEPTED: 302}
    assert not report.is_more_due
    assert sorted(server.recipients) == sorted(f"person{n}@gmail.example" for n in range(1, 303))
    accepted = Event.objects.filter(mailing=mailing, kind=EventKind.ACCEPTED)
    assert sorted(accepted.values_list("recipient_id", flat=True)) == list(range(1, 303))
    assert accepted.filter(code=250, detail__startswith="2.0.0 Queued").count() == 302
    progress = mailing_progress(mailing.pk)
    assert progress.is_finished
    assert progress.by_mailbox_provider == {"google": {EventKind.ACCEPTED: 300}, "yahoo": {EventKind.ACCEPTED: 2}}
    assert not DeliveryBatch.objects.exclude(state=DeliveryBatch.State.CLOSED).exists()


@pytest.mark.usefixtures("committed_events")
def test_overlapping_drains_send_each_mail_once(mailing: Mailing, server: SmtpServer) -> None:
    """mautic#9880, django-post_office#326, postal#198."""
    for start in range(0, 400, 10):
        enqueue(mailing, *range(start, start + 10))
    server.delay = lambda rcpt: 0.002
    drains = [meanwhile(0, lambda n=n: drain_marketing(f"drain-{n}")) for n in range(3)]
    reports: list[DrainReport] = [each.result(60) for each in drains]

    assert sum(report.counts[EventKind.ACCEPTED] for report in reports) == 400
    assert len(server.recipients) == len(set(server.recipients)) == 400
    assert Event.objects.filter(mailing=mailing).count() == 400


@pytest.mark.usefixtures("committed_events")
def test_a_pause_stops_a_batch_and_resume_sends_only_the_rest(mailing: Mailing, server: SmtpServer) -> None:
    """BillionMail#66, mautic#13070: what left before the pause does not leave again."""
    enqueue(mailing, *range(1, 201))
    server.delay = lambda rcpt: 0.1
    pausing = meanwhile(0.3, lambda: mailings.pause(mailing_id=mailing.pk))

    drain_marketing(seconds=30)

    pausing.result(10)
    sent = len(server.recipients)
    assert 0 < sent < 200
    progress = mailing_progress(mailing.pk)
    assert (progress.counts, progress.waiting) == ({EventKind.ACCEPTED: sent}, 200 - sent)
    assert drain_marketing().counts == {}

    server.delay = lambda rcpt: 0
    mailings.resume(mailing_id=mailing.pk)
    drain_marketing()
    assert sorted(server.recipients) == sorted(f"person{n}@gmail.example" for n in range(1, 201))
    assert mailing_progress(mailing.pk).is_finished


@pytest.mark.usefixtures("committed_events")
def test_a_cancellation_stops_a_batch_and_records_the_rest(mailing: Mailing, server: SmtpServer) -> None:
    """keila#464: no cancel, no log."""
    enqueue(mailing, *range(1, 201))
    server.delay = lambda rcpt: 0.1
    cancelling = meanwhile(0.3, lambda: mailings.cancel(mailing_id=mailing.pk))

    drain_marketing(seconds=30)

    cancelling.result(10)
    sent = len(server.recipients)
    assert 0 < sent < 200
    progress = mailing_progress(mailing.pk)
    assert progress.counts == {EventKind.ACCEPTED: sent, EventKind.SKIPPED: 200 - sent}
    assert progress.is_finished


def test_a_worker_that_lost_its_lease_writes_nothing(mailing: Mailing, composer: PlainComposer) -> None:
    batch = enqueue(mailing, 1, 2, 3)

    def lose_lease(recipient_id: int) -> None:
        DeliveryBatch.objects.filter(pk=batch.pk).update(epoch=99, lease_owner="somebody else")

    composer.act = lose_lease
    report = drain_marketing(seconds=1)

    assert report.counts == {}
    assert not Event.objects.filter(mailing=mailing).exists()
    batch.refresh_from_db()
    assert (batch.state, batch.lease_owner) == (DeliveryBatch.State.LEASED, "somebody else")


def test_the_dead_workers_journal_is_recorded_and_only_the_rest_is_sent(mailing: Mailing, server: SmtpServer) -> None:
    batch = enqueue(mailing, 1, 2, 3, 4)
    leased = claim(lane=LaneKey(mailing.stream_id, "google"), owner="killed")
    journal = open_store().create(leased.batch_id, leased.epoch, recipients=4)
    for recipient_id, reply in [(2, Reply(250, "Queued", "2.0.0")), (3, Reply(550, "No such user", "5.1.1", "rcpt"))]:
        journal.append(Entry(1_000_000.5, Result(recipient_id, f"person{recipient_id}@gmail.example", reply)))
    DeliveryBatch.objects.filter(pk=batch.pk).update(lease_expires_at=timezone.now() - timedelta(seconds=1))

    drain_marketing()

    assert sorted(server.recipients) == ["person1@gmail.example", "person4@gmail.example"]
    events = Event.objects.filter(mailing=mailing).values_list("recipient_id", "kind", "batch_id")
    assert {(2, EventKind.ACCEPTED, batch.pk), (3, EventKind.FAILED, batch.pk)} < set(events)
    assert len(events) == 4
    assert Suppression.objects.get().address == "person3@gmail.example"
    assert list(open_store().batch_epochs()) == []


def test_a_refused_recipient_does_not_stop_the_others(mailing: Mailing, server: SmtpServer) -> None:
    """mautic#13675, mautic#7226: one bad address blocks a broadcast."""
    enqueue(mailing, *range(1, 21))
    server.on_rcpt = lambda rcpt: "550 5.1.1 No such user" if rcpt == "person7@gmail.example" else None

    report = drain_marketing()

    assert report.counts == {EventKind.ACCEPTED: 19, EventKind.FAILED: 1}
    failed = Event.objects.get(mailing=mailing, kind=EventKind.FAILED)
    assert (failed.recipient_id, failed.code, failed.detail) == (7, 550, "5.1.1 No such user")
    suppression = Suppression.objects.get()
    assert (suppression.address, suppression.reason) == ("person7@gmail.example", "hard_bounce")
    assert mailing_progress(mailing.pk).is_finished


def test_a_deferred_recipient_is_tried_again_later(mailing: Mailing, server: SmtpServer, time_machine: Any) -> None:
    """useSend#407, keila: every error was final, or queued for ever."""
    enqueue(mailing, 1, 2)
    server.on_rcpt = lambda rcpt: "450 4.2.1 Try later" if rcpt == "person2@gmail.example" else None
    drain_marketing()

    waiting = mailing.batches.get(state=DeliveryBatch.State.OPEN)
    assert (waiting.recipient_ids, waiting.attempt) == ([2], 2)
    assert timedelta(minutes=9) < waiting.due_at - timezone.now() < timedelta(hours=2)
    assert drain_marketing().counts == {}, "not before it is due"
    history = recipient_history(mailing.pk, 2)
    assert [event.kind for event in history.events] == [EventKind.DEFERRED]
    assert history.waiting == WaitingBatch(waiting.pk, "google", 2, waiting.due_at, is_leased=False)
    assert "Attempt 2 is due" in history.why_waiting

    server.on_rcpt = lambda rcpt: None
    time_machine.move_to(waiting.due_at + timedelta(seconds=1), tick=True)
    assert drain_marketing().counts == {EventKind.ACCEPTED: 1}
    assert server.recipients == ["person1@gmail.example", "person2@gmail.example"]


def test_after_72_hours_a_deferral_is_final(mailing: Mailing, server: SmtpServer) -> None:
    server.on_rcpt = lambda rcpt: "450 4.2.1 Try later"
    enqueue(mailing, 1, attempt=9, first_due_at=timezone.now() - timedelta(hours=73))
    enqueue(mailing, 2, attempt=9, first_due_at=timezone.now() - timedelta(hours=71))
    # Four days in a paused mailing are not four days of trying.
    enqueue(mailing, 3, attempt=1, first_due_at=timezone.now() - timedelta(hours=96))

    assert drain_marketing().counts == {EventKind.FAILED: 1, EventKind.DEFERRED: 2}

    failed = Event.objects.get(mailing=mailing, kind=EventKind.FAILED)
    assert (failed.recipient_id, failed.detail) == (1, "4.2.1 Try later")
    assert not Suppression.objects.exists()


def test_a_policy_reply_holds_the_stream_and_suppresses_nobody(mailing: Mailing, server: SmtpServer) -> None:
    """postal#60: low-reputation 550s landed in the suppression list."""
    enqueue(mailing, *range(1, 11))
    reply = "550 5.7.26 This mail is unauthenticated: the sender must authenticate with SPF or DKIM"
    server.on_data = lambda rcpt: reply

    assert drain_marketing().counts == {EventKind.DEFERRED: 10}

    assert not Suppression.objects.exists()
    stream = Stream.objects.get(pk=mailing.stream_id)
    assert "unauthenticated" in stream.held_reason
    assert stream.held_until > timezone.now()
    assert mailing_progress(mailing.pk).waiting == 10
    assert "SPF" in recipient_history(mailing.pk, 1).why_waiting


def test_one_refusing_server_does_not_hold_the_stream(mailing: Mailing, server: SmtpServer) -> None:
    enqueue(mailing, *range(1, 11))
    reply = "550 5.7.26 This mail is unauthenticated: the sender must authenticate with SPF or DKIM"
    server.on_data = lambda rcpt: reply if rcpt == "person3@gmail.example" else None

    assert drain_marketing().counts == {EventKind.ACCEPTED: 9, EventKind.DEFERRED: 1}
    assert Stream.objects.get(pk=mailing.stream_id).held_reason == ""


def test_people_who_left_since_the_freeze_are_skipped_and_the_mailing_ends(
    mailing: Mailing, composer: PlainComposer
) -> None:
    """plunk#348: a list that shrinks while it is sent to never reached "sent ≥ total"."""
    enqueue(mailing, *range(1, 11))
    composer.act = lambda one: Skipped(one, SkipReason.NOT_SUBSCRIBED) if one % 2 else None

    assert drain_marketing().counts == {EventKind.ACCEPTED: 5, EventKind.SKIPPED: 5}

    skipped = Event.objects.filter(mailing=mailing, kind=EventKind.SKIPPED)
    assert set(skipped.values_list("detail", flat=True)) == {"not_subscribed"}
    assert mailing_progress(mailing.pk).is_finished


def test_a_wrong_password_holds_the_stream_with_advice_and_loses_nobody(
    mailing: Mailing, server: SmtpServer, time_machine: Any
) -> None:
    server.credentials = ("sendwell", "right")
    provider = mailing.stream.provider
    provider.username = "sendwell"
    provider.save()
    set_password(provider=provider, password="wrong")
    enqueue(mailing, *range(1, 11))

    drain_marketing()

    stream = Stream.objects.get(pk=mailing.stream_id)
    assert "refused the user name or password" in stream.held_reason
    assert "wrong" not in stream.held_reason
    assert mailing_progress(mailing.pk).waiting == 10
    assert recipient_history(mailing.pk, 1).waiting.attempt == 1, "nobody was tried"
    assert drain_marketing().counts == {}

    set_password(provider=provider, password="right")
    time_machine.move_to(stream.held_until + timedelta(seconds=1), tick=True)
    assert drain_marketing().counts == {EventKind.ACCEPTED: 10}
    stream.refresh_from_db()
    assert stream.held_reason == ""


def test_a_server_that_is_down_is_tried_again_at_growing_intervals(
    mailing: Mailing, server: SmtpServer, time_machine: Any
) -> None:
    server.stop()
    enqueue(mailing, 1, 2)
    waits = []
    for _ in range(3):
        drain_marketing()
        stream = Stream.objects.get(pk=mailing.stream_id)
        waits.append((stream.held_until - timezone.now()).total_seconds())
        time_machine.move_to(stream.held_until + timedelta(seconds=1), tick=True)

    assert "cannot be reached" in stream.held_reason
    assert [round(wait, -1) for wait in waits] == [0, 10, 20]
    server.start()
    assert drain_marketing().counts == {EventKind.ACCEPTED: 2}


def test_a_full_disk_holds_the_stream_and_loses_nobody(
    mailing: Mailing, server: SmtpServer, monkeypatch: Any, time_machine: Any
) -> None:
    enqueue(mailing, *range(1, 11))

    def no_space(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(files, "_reserve", no_space)
        assert drain_marketing().counts == {}

    stream = Stream.objects.get(pk=mailing.stream_id)
    assert "No space left on device" in stream.held_reason
    assert "Free some disk space" in stream.held_reason
    assert server.recipients == []
    time_machine.move_to(stream.held_until + timedelta(seconds=1), tick=True)
    assert drain_marketing().counts == {EventKind.ACCEPTED: 10}


def test_a_journal_that_fails_midway_stops_its_batch_and_keeps_what_was_said(
    mailing: Mailing, server: SmtpServer, monkeypatch: Any
) -> None:
    enqueue(mailing, *range(1, 101))
    written = []

    def fill_up(self: Any, entry: Entry) -> None:
        if len(written) == 20:
            raise JournalUnavailable("The disk is full.")
        written.append(entry)

    monkeypatch.setattr(files.FileJournal, "append", fill_up)
    report = drain_marketing()

    sent = len(server.recipients)
    assert 20 < sent <= 20 + 4, "what was in flight arrives, nothing more leaves"
    assert report.counts == {EventKind.ACCEPTED: sent}
    assert mailing_progress(mailing.pk).waiting == 100 - sent
    assert Stream.objects.get(pk=mailing.stream_id).held_reason == "The disk is full."


def test_a_composer_that_raises_stops_only_its_batch(
    mailing: Mailing, composer: PlainComposer, server: SmtpServer
) -> None:
    broken = enqueue(mailing, 1, 2)
    enqueue(mailing, 3, 4)

    def fail_for_one(recipient_id: int) -> None:
        if recipient_id == 1:
            raise ValueError("no such merge field")

    composer.act = fail_for_one
    report = drain_marketing()

    assert report.counts == {EventKind.ACCEPTED: 2}
    assert sorted(server.recipients) == ["person3@gmail.example", "person4@gmail.example"]
    later = mailing.batches.filter(state=DeliveryBatch.State.OPEN)
    assert sorted(batch.recipient_ids for batch in later) == [[1], [2]]
    assert all(batch.due_at > timezone.now() and batch.failures == 1 for batch in later)
    assert not Event.objects.filter(batch_id=broken.pk).exists()


def test_a_composer_that_goes_on_raising_marks_its_recipient_as_failed(
    mailing: Mailing, composer: PlainComposer, time_machine: Any
) -> None:
    enqueue(mailing, *range(1, 11))

    def fail_for_one(recipient_id: int) -> None:
        if recipient_id == 5:
            raise ValueError("no such merge field")

    composer.act = fail_for_one
    for hours in range(8):
        time_machine.move_to(timezone.now() + timedelta(hours=hours), tick=True)
        drain_marketing()

    progress = mailing_progress(mailing.pk)
    assert progress.is_finished
    assert progress.counts == {EventKind.ACCEPTED: 9, EventKind.FAILED: 1}
    failed = Event.objects.get(mailing=mailing, kind=EventKind.FAILED)
    assert (failed.recipient_id, failed.detail) == (5, "unrenderable")


def test_a_mail_of_unknown_fate_is_sent_again_with_the_same_message_id(
    mailing: Mailing, server: SmtpServer, time_machine: Any
) -> None:
    enqueue(mailing, 1)
    server.drop = lambda moment, connection, messages: moment == "accepted" and connection == 1
    assert drain_marketing().counts == {EventKind.DEFERRED: 1}

    waiting = mailing.batches.get(state=DeliveryBatch.State.OPEN)
    time_machine.move_to(waiting.due_at + timedelta(seconds=1), tick=True)
    assert drain_marketing().counts == {EventKind.ACCEPTED: 1}
    assert len(server.messages) == 2
    assert server.messages[0].data == server.messages[1].data


def test_a_lanes_rate_is_kept_and_its_silence_has_a_reason(mailing: Mailing, server: SmtpServer) -> None:
    """Mailtrain#1188, BillionMail#362: limits that each process kept for itself, or nobody."""
    Lane.objects.create(stream=mailing.stream, mailbox_provider="google", messages_per_second=20, burst=10)
    enqueue(mailing, *range(1, 101))
    enqueue(mailing, 101, 102, mailbox_provider="yahoo")

    started = time.monotonic()
    report = drain_marketing(seconds=2)
    elapsed = time.monotonic() - started

    to_google = report.counts[EventKind.ACCEPTED] - 2
    assert 20 <= to_google <= 10 + 20 * elapsed
    assert mailing_progress(mailing.pk).waiting == 100 - to_google
    assert "limited to 20 messages per second" in recipient_history(mailing.pk, 100).why_waiting


def test_a_provider_that_asks_for_less_gets_less_and_nobody_is_suppressed(mailing: Mailing, server: SmtpServer) -> None:
    enqueue(mailing, *range(1, 11))
    server.on_rcpt = lambda rcpt: "421 4.7.28 Our system has detected an unusual rate of mail from you"
    drain_marketing(seconds=3)

    assert not Suppression.objects.exists()
    [change] = LaneChange.objects.all()
    assert (change.kind, change.mailbox_provider) == ("slower", "google")
    assert change.reply.startswith("421 4.7.28 Our system has detected an unusual rate")
    enqueue(mailing, 11)
    assert "Gmail allows: it is limited to" in recipient_history(mailing.pk, 11).why_waiting
