"""Puts the answer to a privacy request into the outbox: a transactional mail in the person's language."""

from django.core.exceptions import ObjectDoesNotExist

from deliverability.queries.streams import stream_of_kind
from deliverability.services.mailings import open_mailing
from deliverability.services.outbox import enqueue_one
from deliverability.types import StreamKind
from subscribers.errors import RequestRefused
from subscribers.models import PrivacyRequest
from subscribers.services.rights.answer_mail import Answer
from subscribers.types import RequestKind, RequestState

COMPOSER = "privacy-answer"


def answer_to(request: PrivacyRequest) -> Answer:
    """What its mail says, as things stand when it leaves."""
    if request.state == RequestState.REFUSED:
        return Answer.REFUSED
    if request.state == RequestState.OPEN:
        return Answer.EXTENDED
    return Answer.EXPORT if request.kind == RequestKind.EXPORT else Answer.DONE


def enqueue_answer(request: PrivacyRequest) -> bool:
    """False for somebody who is not in the data: they are answered by hand. Joins the open transaction.

    Raises RequestRefused where no stream for transactional mail exists.
    """
    if request.contact is None:
        return False
    try:
        stream = stream_of_kind(StreamKind.TRANSACTIONAL)
    except ObjectDoesNotExist:
        raise RequestRefused(
            "The answer goes out by mail, and there is no stream for transactional mail yet. Nothing was changed. Add "
            "one under Settings → Streams, then try again."
        ) from None
    mailing = open_mailing(
        stream_id=stream.pk,
        composer=COMPOSER,
        reference=str(request.pk),
        title=f"Answer to privacy request {request.pk}",
    )
    enqueue_one(
        mailing_id=mailing.pk, recipient_id=request.contact.pk, mailbox_provider=request.contact.mailbox_provider
    )
    return True
