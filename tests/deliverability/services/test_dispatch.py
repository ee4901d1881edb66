"""The message path from outbox to event, over a real SMTP connection."""

import pytest

from deliverability.models import DeliveryBatch, Event, Mailing
from deliverability.queries.progress import mailing_progress
from deliverability.types import EventKind
from tests.deliverability.services.conftest import drain_marketing, enqueue
from tests.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db


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
