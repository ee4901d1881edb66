"""Takes "unsubscribe from everything" back, exactly: what that click took returns, and nothing else."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from deliverability.queries.suppressions import live_suppressions
from deliverability.services.suppression import lift
from deliverability.types import Scope, StreamKind, SuppressionReason
from subscribers.models import ConsentRecord, Contact, Subscription
from subscribers.queries.consent.ledger import departure_to_undo, last_answer_before, last_request_before, said_by
from subscribers.services.consent import lock_contact, record_consent
from subscribers.services.subscriptions.granting import grant_list, record_general
from subscribers.types import Basis, ConsentAction, Origin, Purpose, SubscriptionState


def undo_unsubscribe_all(*, contact_id: int, entry_id: int, origin: Origin) -> bool:
    """Undo the departure that the ledger entry stands for; False if it is too late or done. Raises ContactGone.

    A list that the person left or joined since then keeps their later word.
    """
    with transaction.atomic():
        contact = lock_contact(contact_id)
        now = timezone.now()
        departure = departure_to_undo(contact_id, now)
        if departure is None or departure.pk != entry_id:
            return False
        taken = said_by(contact.pk).filter(
            purpose=Purpose.SUBSCRIPTION,
            action=ConsentAction.WITHDRAWN,
            occurred_at=departure.occurred_at,
        )
        for withdrawal in taken.select_related("mailing_list").order_by("pk"):
            _restore(contact, withdrawal, origin, now)
        record_general(contact=contact, action=ConsentAction.GRANTED, origin=origin, now=now)
        if _suppressed_by(contact, departure):
            lift(
                address=contact.email,
                scope=Scope.MARKETING,
                reason=SuppressionReason.UNSUBSCRIBE,
                by=origin.actor,
                why="They took their unsubscribing back at once.",
            )
        return True


def _suppressed_by(contact: Contact, departure: ConsentRecord) -> bool:
    """Whether this very click suppressed the address: an older suppression stays."""
    mine = live_suppressions(StreamKind.MARKETING).filter(
        address_key=contact.address_key, evidence__startswith=f"Consent ledger, entry {departure.pk}:"
    )
    return mine.exists()


def _restore(contact: Contact, withdrawal: ConsentRecord, origin: Origin, now: datetime) -> None:
    mailing_list_id = withdrawal.mailing_list_id
    untouched = Subscription.objects.filter(
        contact=contact,
        mailing_list_id=mailing_list_id,
        state=SubscriptionState.UNSUBSCRIBED,
        changed_at=withdrawal.occurred_at,
    )
    if mailing_list_id is None or not untouched.exists():
        return
    before = last_answer_before(withdrawal)
    if before and before.action == ConsentAction.GRANTED:
        grant_list(
            contact=contact,
            mailing_list_id=mailing_list_id,
            basis=Basis(before.basis),
            wording_id=before.wording_id,
            origin=origin,
            now=now,
            expires_at=before.expires_at,
        )
    else:
        _ask_again(contact, withdrawal, origin, now)
        untouched.update(state=SubscriptionState.PENDING, changed_at=now)


def _ask_again(contact: Contact, withdrawal: ConsentRecord, origin: Origin, now: datetime) -> None:
    """What had not been confirmed waits for its confirmation again; the link in the mailbox works again too."""
    asked = last_request_before(withdrawal)
    record_consent(
        contact=contact,
        purpose=Purpose.SUBSCRIPTION,
        action=ConsentAction.REQUESTED,
        origin=origin,
        mailing_list_id=withdrawal.mailing_list_id,
        wording_id=asked.wording_id if asked else None,
        occurred_at=now,
    )
