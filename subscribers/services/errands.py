"""What a mail's link alone may not do: asked for on the page, done from a fresh link to the mailbox itself.

A mail may be forwarded, and its token with it. So a copy of somebody's data, its deletion and a change of address
wait in the ledger until the mailbox confirms.
"""

from datetime import timedelta

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.utils import timezone

from deliverability.queries.mailbox_providers import mailbox_provider_of
from deliverability.queries.streams import stream_of_kind
from deliverability.queries.suppressions import address_key
from deliverability.services.mailings import open_mailing
from deliverability.services.outbox import enqueue_one
from deliverability.types import StreamKind
from subscribers.errors import NotSetUp
from subscribers.models import ConsentRecord
from subscribers.queries.rights.errands import asked_since
from subscribers.rules.moves import Move
from subscribers.services.consent import lock_contact, record_consent
from subscribers.types import FIRST_TEST_RECIPIENT, Asked, ConsentAction, ErrandMail, Origin, Purpose

COMPOSER = "errand"
# Nobody's mailbox is flooded by whoever got a mail of theirs forwarded, nor a stranger's by changes of address.
MOST_PER_DAY = 3
_QUIET = timedelta(minutes=1)
_TITLES = {
    ErrandMail.EXPORT: "A link to a copy of their data",
    ErrandMail.ERASURE: "A link to delete their data",
    ErrandMail.MOVE: "The question whether a new address is theirs",
    ErrandMail.NOTICE: "Word of a change of address, to the old one",
}


def ask_for_data(*, contact_id: int, purpose: Purpose, origin: Origin) -> Asked:
    """Mail the link to a copy (EXPORT) or to the deletion (ERASURE). Raises NotSetUp, ContactGone."""
    with transaction.atomic():
        contact = lock_contact(contact_id)
        if known := _too_soon(contact.pk, purpose):
            return known
        entry = record_consent(contact=contact, purpose=purpose, action=ConsentAction.REQUESTED, origin=origin)
        _enqueue(ErrandMail(purpose.value), entry, contact.pk, contact.email)
        return Asked.MAILED


def ask_for_move(*, contact_id: int, address: str, origin: Origin) -> Asked:
    """Ask the new mailbox, and tell the old one how to stop it. Raises NotSetUp, ContactGone.

    The answer is the same for an address that is free, another reader's or suppressed: what is mailed, if anything,
    is decided when the mail is composed.
    """
    with transaction.atomic():
        contact = lock_contact(contact_id)
        if address_key(address) == bytes(contact.address_key):
            return Asked.SAME
        move = Move(contact.email, address)
        if known := _too_soon(contact.pk, Purpose.ADDRESS, str(move)):
            return known
        entry = record_consent(
            contact=contact,
            purpose=Purpose.ADDRESS,
            action=ConsentAction.REQUESTED,
            origin=origin,
            detail=str(move),
        )
        # Not under the contact's own number: a bounce of the new address must not hold the old one, nor the other way.
        _enqueue(ErrandMail.MOVE, entry, FIRST_TEST_RECIPIENT + entry.pk, move.new)
        _enqueue(ErrandMail.NOTICE, entry, FIRST_TEST_RECIPIENT + entry.pk, move.old)
        return Asked.MAILED


def _too_soon(contact_id: int, purpose: Purpose, detail: str = "") -> Asked | None:
    """What to answer without another mail: a second press of the button means the first."""
    now = timezone.now()
    if detail in asked_since(contact_id, purpose, now - _QUIET):
        return Asked.MAILED
    is_often = len(asked_since(contact_id, purpose, now - timedelta(days=1))) >= MOST_PER_DAY
    return Asked.TOO_OFTEN if is_often else None


def _enqueue(kind: ErrandMail, entry: ConsentRecord, recipient_id: int, address: str) -> None:
    try:
        stream = stream_of_kind(StreamKind.TRANSACTIONAL)
    except ObjectDoesNotExist:
        raise NotSetUp from None
    mailing = open_mailing(stream_id=stream.pk, composer=COMPOSER, reference=f"{kind}:{entry.pk}", title=_TITLES[kind])
    enqueue_one(mailing_id=mailing.pk, recipient_id=recipient_id, mailbox_provider=mailbox_provider_of(address))
