"""The states of a mailing."""

import pytest

from deliverability.models import DeliveryBatch, Event, Mailing
from deliverability.queries.progress import mailing_progress
from deliverability.services import mailings
from deliverability.types import EventKind
from tests.factories.deliverability import DeliveryBatchFactory, MailingFactory, StreamFactory

pytestmark = pytest.mark.django_db


def test_a_mailing_is_opened_once_for_a_reference() -> None:
    stream = StreamFactory.create()
    first = mailings.open_mailing(stream_id=stream.pk, composer="test", reference="9", links=["https://a.example/"])
    again = mailings.open_mailing(stream_id=stream.pk, composer="test", reference="9")
    assert again == first
    assert again.links == ["https://a.example/"]


def test_pause_and_resume_do_not_undo_a_cancellation() -> None:
    mailing = MailingFactory.create()
    mailings.cancel(mailing_id=mailing.pk)
    mailings.pause(mailing_id=mailing.pk)
    mailings.resume(mailing_id=mailing.pk)
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.CANCELLED


def test_cancelling_records_everybody_who_still_waited() -> None:
    mailing = MailingFactory.create()
    DeliveryBatchFactory.create(mailing=mailing, recipient_ids=[1, 2])
    DeliveryBatchFactory.create(mailing=mailing, recipient_ids=[3], mailbox_provider="yahoo")
    leased = DeliveryBatchFactory.create(mailing=mailing, recipient_ids=[4], state=DeliveryBatch.State.LEASED)

    mailings.cancel(mailing_id=mailing.pk)

    skipped = Event.objects.filter(mailing=mailing, kind=EventKind.SKIPPED, detail="cancelled")
    assert sorted(skipped.values_list("recipient_id", flat=True)) == [1, 2, 3]
    progress = mailing_progress(mailing.pk)
    assert progress.counts == {EventKind.SKIPPED: 3}
    assert progress.by_mailbox_provider == {"google": {EventKind.SKIPPED: 2}, "yahoo": {EventKind.SKIPPED: 1}}
    assert (progress.waiting, progress.in_flight, progress.is_finished) == (0, len(leased.recipient_ids), False)
