"""Hands people their data, or deletes it, once their mailbox has confirmed."""

from django.db import transaction

from subscribers.models import ConsentRecord
from subscribers.queries.consent.ledger import entries
from subscribers.queries.rights.errands import errand_entry, still_stands
from subscribers.services.consent import lock_contact, record_consent
from subscribers.services.rights import PERSON, erase_contact, open_request
from subscribers.services.rights.requests import close
from subscribers.types import ConsentAction, Origin, Purpose, RequestKind, RequestState

_SOURCE = "The preference center, confirmed by a link to their address"


def hand_over(*, contact_id: int, entry_id: int, origin: Origin) -> bool:
    """Note that they take a copy, with a privacy request that is answered at once; False where that was not asked.

    The copy itself is `queries.export_files.export_zip`. The link may serve again while it works. Raises ContactGone.
    """
    with transaction.atomic():
        contact = lock_contact(contact_id)
        entry = _theirs(contact.pk, entry_id, Purpose.EXPORT)
        if entry is None:
            return False
        if still_stands(entry):
            request = open_request(contact_id=contact_id, kind=RequestKind.EXPORT, source=_SOURCE, actor=PERSON)
            close(request, PERSON, RequestState.FULFILLED, "They downloaded everything we hold.")
            record_consent(contact=contact, purpose=Purpose.EXPORT, action=ConsentAction.GRANTED, origin=origin)
        return entries(contact_id, Purpose.EXPORT).filter(pk__gt=entry_id, action=ConsentAction.GRANTED).exists()


def erase_own(*, contact_id: int, entry_id: int) -> bool:
    """Erase them as they asked; False where that was not asked, or asked anew since. Raises ContactGone."""
    with transaction.atomic():
        contact = lock_contact(contact_id)
        entry = _theirs(contact.pk, entry_id, Purpose.ERASURE)
        if entry is None or not still_stands(entry):
            return False
        erase_contact(contact_id=contact_id, actor=PERSON, reason=_SOURCE)
        return True


def _theirs(contact_id: int, entry_id: int, purpose: Purpose) -> ConsentRecord | None:
    entry = errand_entry(entry_id)
    return entry if entry and entry.contact_id == contact_id and entry.purpose == purpose else None
