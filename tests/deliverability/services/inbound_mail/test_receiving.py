import threading
import zlib
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from deliverability.models import Event, InboundMail, MailingCount, ReplyHit, SoftBounce, Suppression
from deliverability.services.inbound_mail import forget_mail, read_again, receive_mail, receiving
from deliverability.types import EventKind, Scope, SuppressionReason
from tests.deliverability.rules.bounces.mails import answer, arf, dsn
from tests.deliverability.services.inbound_mail.conftest import ANNA, Sent

DEAD = (
    "Final-Recipient: rfc822; anna@example.org\nAction: failed\nStatus: 5.1.1\n"
    "Diagnostic-Code: smtp; 550 5.1.1 User unknown"
)
STRANGER = "abcdefghijklmnopqrstuvwx"


def addressed(mail: bytes, sent: Sent) -> bytes:
    """The mail as it comes back to the Return-Path of Anna's mail."""
    return mail.replace(b"To: b+x@", f"To: b+{sent.token}@".encode(), 1)


def returned(mail: bytes, sent: Sent) -> bytes:
    """The mail with nothing of ours in it but the Message-ID of what it returns."""
    return mail.replace(STRANGER.encode(), sent.token.encode())


def new_events() -> list[tuple[int, int, str]]:
    events = Event.objects.exclude(kind=EventKind.ACCEPTED).order_by("id")
    return [(event.kind, event.recipient_id, event.mailbox_provider) for event in events]


@pytest.mark.parametrize("by", [addressed, returned])
def test_a_dead_mailbox_is_recorded_and_held_at_once(sent: Sent, by: Callable[[bytes, Sent], bytes]) -> None:
    mail = receive_mail(raw=by(dsn(DEAD), sent), source="pipe")
    assert (mail.state, mail.note) == (InboundMail.State.RECORDED, "")
    assert new_events() == [(EventKind.BOUNCED, ANNA, "google")]
    [held] = Suppression.objects.all()
    assert (held.address, held.reason, held.scope) == (
        "anna@example.org",
        SuppressionReason.HARD_BOUNCE,
        Scope.EVERYTHING,
    )
    assert held.evidence == "550 5.1.1 User unknown"
    assert MailingCount.objects.get(kind=EventKind.BOUNCED).total == 1
    assert ReplyHit.objects.get().rule == "bad-address"


def test_the_same_mail_again_counts_once_whatever_its_line_ends_and_way(sent: Sent) -> None:
    raw = addressed(b"Message-ID: <1@mx.example.org>\n" + dsn(DEAD), sent)
    for again in (raw, raw.replace(b"\n", b"\r\n"), b"Received: by another.example\n" + raw):
        receive_mail(raw=again, source="pipe")
    assert len(new_events()) == 1
    assert InboundMail.objects.count() == 1


def test_a_report_that_we_cannot_tie_to_our_own_mail_suppresses_nobody(sent: Sent) -> None:
    mail = receive_mail(raw=dsn(DEAD), source="pipe")
    assert mail.state == InboundMail.State.UNRESOLVED
    assert new_events() == []
    assert not Suppression.objects.exists()


def test_the_person_is_whom_the_token_names_not_whom_the_report_names(sent: Sent) -> None:
    receive_mail(raw=addressed(dsn(DEAD.replace("anna@example.org", "victim@example.net")), sent), source="pipe")
    assert [held.address for held in Suppression.objects.all()] == ["anna@example.org"]


def test_a_complaint_stops_campaigns_and_its_redacted_recipient_is_known_by_our_token(sent: Sent) -> None:
    raw = returned(arf("Feedback-Type: abuse\nUser-Agent: x", to="redacted:;"), sent)
    receive_mail(raw=raw, source="fbl")
    assert new_events() == [(EventKind.COMPLAINED, ANNA, "google")]
    [held] = Suppression.objects.all()
    assert (held.reason, held.scope) == (SuppressionReason.COMPLAINT, Scope.MARKETING)


@pytest.mark.parametrize("kind", ["not-spam", "auth-failure"])
def test_reports_that_are_no_complaints_change_nothing(sent: Sent, kind: str) -> None:
    mail = receive_mail(raw=returned(arf(f"Feedback-Type: {kind}"), sent), source="fbl")
    assert mail.state == InboundMail.State.IGNORED
    assert new_events() == []
    assert not Suppression.objects.exists()


def test_a_full_mailbox_is_counted_and_a_delay_is_not(sent: Sent) -> None:
    full = "Final-Recipient: rfc822; anna@example.org\nAction: {}\nStatus: 5.2.2"
    receive_mail(raw=addressed(dsn(full.format("failed")), sent), source="pipe")
    mail = receive_mail(raw=addressed(dsn(full.format("delayed")), sent), source="pipe")
    assert mail.state == InboundMail.State.IGNORED
    assert [kind for kind, *_ in new_events()] == [EventKind.BOUNCED]
    assert SoftBounce.objects.get().total == 1
    assert not Suppression.objects.exists()


def test_a_refusal_that_speaks_of_us_holds_nobody(sent: Sent) -> None:
    block = DEAD.replace("5.1.1", "5.7.1").replace("User unknown", "Blocked by Spamhaus")
    receive_mail(raw=addressed(dsn(block), sent), source="pipe")
    assert [kind for kind, *_ in new_events()] == [EventKind.BOUNCED]
    assert not Suppression.objects.exists()
    assert not SoftBounce.objects.exists()


def test_one_dead_forwarding_of_several_is_no_dead_address(sent: Sent) -> None:
    fields = (
        "Final-Recipient: rfc822; a@in.example\nAction: failed\nStatus: 5.1.1\n\n"
        "Final-Recipient: rfc822; b@in.example\nAction: failed\nStatus: 5.2.2"
    )
    receive_mail(raw=addressed(dsn(fields), sent), source="pipe")
    assert not Suppression.objects.exists()


def test_answers_of_machines_are_kept_and_ignored(sent: Sent) -> None:
    mail = receive_mail(raw=answer("Out of office"), source="pipe")
    assert (mail.state, mail.subject, mail.sender) == (
        InboundMail.State.IGNORED,
        "Out of office",
        "Anna <anna@example.org>",
    )


@pytest.mark.django_db
def test_a_mail_that_breaks_the_reader_is_kept_marked_and_can_be_read_later(
    sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(raw: bytes) -> None:
        raise RuntimeError("a fault of ours")

    raw = addressed(dsn(DEAD), sent)
    with monkeypatch.context() as patch:
        patch.setattr(receiving, "read_bounce", broken)
        mail = receive_mail(raw=raw, source="pipe")
    assert (mail.state, mail.note) == (InboundMail.State.UNREADABLE, "RuntimeError: a fault of ours")
    assert zlib.decompress(bytes(InboundMail.objects.get().raw)) == raw
    assert read_again(mail_id=mail.pk).state == InboundMail.State.RECORDED
    assert len(new_events()) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("raw", [b"", b"\0" * 100, b"\xff\xfe", b"Subject: \x00\xff\n\n\x00"])
def test_octets_that_are_no_mail_are_kept(raw: bytes) -> None:
    assert receive_mail(raw=raw, source="pipe").state == InboundMail.State.IGNORED


@pytest.mark.django_db(transaction=True)
def test_one_mail_taken_in_twice_at_once_counts_once(sent: Sent) -> None:
    raw = addressed(dsn(DEAD), sent)

    def take() -> None:
        receive_mail(raw=raw, source="pipe")
        connection.close()

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(new_events()) == 1


@pytest.mark.django_db
def test_mail_is_forgotten_after_a_month() -> None:
    receive_mail(raw=b"Subject: old\n\nx", source="pipe")
    InboundMail.objects.update(received_at=timezone.now() - timedelta(days=31))
    receive_mail(raw=b"Subject: new\n\nx", source="pipe")
    assert forget_mail(timezone.now() - timedelta(days=30)) == 1
    assert InboundMail.objects.get().subject == "new"
