"""Changes a person's address once the new mailbox has said yes, and back if the old one says no."""

from django.db import IntegrityError, transaction

from deliverability.queries.mailbox_providers import mailbox_provider_of
from deliverability.queries.suppression_page import suppressions_of
from deliverability.queries.suppressions import address_key
from deliverability.services.suppression import lift, suppress, suppress_many
from deliverability.types import NewSuppression, Scope, SuppressionReason
from subscribers.errors import AddressTaken
from subscribers.models import ConsentRecord, Contact, Subscription
from subscribers.queries.consent.ledger import last_general_answer
from subscribers.queries.consent.topics import has_left
from subscribers.queries.rights.errands import errand_entry, is_taken, state_of_move
from subscribers.rules.moves import Move
from subscribers.services.consent import lock_contact, record_consent
from subscribers.types import ConsentAction, MoveState, Origin, Purpose, SubscriptionState

# What the person, or the team about them, has said goes with them; what a mailbox did stays with the mailbox.
_PERSONAL = (SuppressionReason.UNSUBSCRIBE, SuppressionReason.COMPLAINT, SuppressionReason.MANUAL)


def confirm_move(*, contact_id: int, entry_id: int, origin: Origin) -> MoveState:
    """The new mailbox says yes: everything the person said and got stays with them, under the new address.

    Whoever had unsubscribed keeps their no: it is put on the new address, too. Raises AddressTaken, ContactGone.
    """
    with transaction.atomic():
        contact, entry = _locked(contact_id, entry_id)
        state = state_of_move(entry) if entry else MoveState.OVER
        if entry is None or state != MoveState.WAITING:
            return state
        wants_mail = _wants_mail(contact)
        _move(contact, Move.read(entry.detail).new, origin)
        _record(contact, entry, ConsentAction.GRANTED, origin)
        if wants_mail:
            _welcome(contact, origin)
        return MoveState.MOVED


def stop_move(*, contact_id: int, entry_id: int, origin: Origin) -> MoveState:
    """The old mailbox says no, before or after the change. Raises AddressTaken, ContactGone."""
    with transaction.atomic():
        contact, entry = _locked(contact_id, entry_id)
        state = state_of_move(entry) if entry else MoveState.OVER
        if entry is None or state not in (MoveState.WAITING, MoveState.MOVED):
            return state
        if state == MoveState.MOVED:
            _move(contact, Move.read(entry.detail).old, origin)
        _record(contact, entry, ConsentAction.WITHDRAWN, origin)
        return MoveState.STOPPED


def _locked(contact_id: int, entry_id: int) -> tuple[Contact, ConsentRecord | None]:
    contact, entry = lock_contact(contact_id), errand_entry(entry_id)
    # Asked by somebody who was merged since: they ask anew, as the person they turned out to be.
    is_theirs = entry is not None and entry.contact_id == contact.pk and entry.purpose == Purpose.ADDRESS
    return contact, entry if is_theirs else None


def _record(contact: Contact, entry: ConsentRecord, action: ConsentAction, origin: Origin) -> None:
    record_consent(contact=contact, purpose=Purpose.ADDRESS, action=action, origin=origin, detail=entry.detail)


def _move(contact: Contact, address: str, origin: Origin) -> None:
    if is_taken(address, by_other_than=contact.pk):
        raise AddressTaken
    _carry_the_no(contact, address, origin)
    _leave_the_no(contact, origin)
    contact.email, contact.address_key = address, address_key(address)
    contact.mailbox_provider = mailbox_provider_of(address)
    try:
        with transaction.atomic():
            contact.save(update_fields=["email", "address_key", "mailbox_provider", "updated_at"])
    except IntegrityError:
        # Somebody signed up with it at this very moment.
        raise AddressTaken from None


def _carry_the_no(contact: Contact, address: str, origin: Origin) -> None:
    for held in suppressions_of(bytes(contact.address_key)):
        if held.is_live and held.reason in _PERSONAL:
            suppress(
                addresses=[address],
                scope=Scope(held.scope),
                target=held.target,
                reason=SuppressionReason(held.reason),
                evidence=f"Carried over with a change of address: {held.evidence}",
                added_by=origin.actor,
                expires_at=held.until,
            )


def _leave_the_no(contact: Contact, origin: Origin) -> None:
    """The mailbox that is left said no to these lists, too: no file that still has it may bring it back to them."""
    left = Subscription.objects.filter(contact=contact, state=SubscriptionState.UNSUBSCRIBED)
    suppress_many(
        NewSuppression(
            contact.email,
            Scope.TOPIC,
            SuppressionReason.UNSUBSCRIBE,
            "They had left this list when they changed their address.",
            target=list_id,
            added_by=origin.actor,
        )
        for list_id in left.values_list("mailing_list_id", flat=True)
    )


def _wants_mail(contact: Contact) -> bool:
    last = last_general_answer(contact.pk)
    says_no = has_left(contact) or (last is not None and last.action == ConsentAction.WITHDRAWN)
    return not says_no and contact.subscriptions.filter(state=SubscriptionState.SUBSCRIBED).exists()


def _welcome(contact: Contact, origin: Origin) -> None:
    """The mailbox's own yes ends its earlier "unsubscribe", and nothing that anybody else put there."""
    lift(
        address=contact.email,
        scope=Scope.MARKETING,
        reason=SuppressionReason.UNSUBSCRIBE,
        by=origin.actor,
        why=f"They chose it as their address: {origin.source}",
    )
