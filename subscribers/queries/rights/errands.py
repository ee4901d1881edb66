"""How things stand with what somebody asked for from the preference center and confirms from a mailbox."""

from datetime import datetime

from deliverability.queries.suppressions import address_key
from subscribers.models import ConsentRecord, Contact
from subscribers.queries.consent.ledger import entries
from subscribers.types import ConsentAction, MoveState, Purpose

ERRANDS = (Purpose.ADDRESS, Purpose.EXPORT, Purpose.ERASURE)


def errand_entry(entry_id: int) -> ConsentRecord | None:
    """The ledger's entry that asks for it; None once its person is erased."""
    asked = ConsentRecord.objects.filter(pk=entry_id, action=ConsentAction.REQUESTED, purpose__in=ERRANDS)
    return asked.select_related("contact").first()


def still_stands(entry: ConsentRecord) -> bool:
    """Whether nobody has answered it, nor asked anew since."""
    last = entries(entry.contact_id, Purpose(entry.purpose)).last()
    return last is not None and last.pk == entry.pk


def asked_since(contact_id: int, purpose: Purpose, moment: datetime) -> list[str]:
    """What the person, or whoever holds a mail of theirs, has asked for since then: the entries' details."""
    asked = entries(contact_id, purpose).filter(action=ConsentAction.REQUESTED, occurred_at__gt=moment)
    return list(asked.values_list("detail", flat=True))


def state_of_move(entry: ConsentRecord) -> MoveState:
    """What became of a change of address: only the latest one that was asked for counts."""
    last = entries(entry.contact_id, Purpose.ADDRESS).last()
    if last is None or last.detail != entry.detail:
        return MoveState.OVER
    if last.action == ConsentAction.REQUESTED:
        return MoveState.WAITING if last.pk == entry.pk else MoveState.OVER
    return MoveState.MOVED if last.action == ConsentAction.GRANTED else MoveState.STOPPED


def is_taken(address: str, *, by_other_than: int) -> bool:
    """Whether another contact has this address already, one that was merged included."""
    return Contact.with_merged.filter(address_key=address_key(address)).exclude(pk=by_other_than).exists()
