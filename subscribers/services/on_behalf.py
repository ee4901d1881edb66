"""What a member of the team does in a person's name, such as after a phone call; the ledger names the member."""

from datetime import datetime

from django.db import transaction

from accounts.services.permission import require
from accounts.types import Actor
from deliverability.errors import SuppressionRefused
from deliverability.queries.suppression_page import suppressions_of
from deliverability.services.suppression_by_hand import lift_by_hand, suppress_by_hand
from deliverability.types import Scope
from subscribers.services import preferences
from subscribers.services.consent import lock_contact
from subscribers.services.subscriptions import unsubscribe, unsubscribe_all
from subscribers.types import Origin

_SOURCE = "On the contact's page, by the team"


def pause_for(*, actor: Actor, contact_id: int) -> datetime:
    """30 days without marketing mail; returns until when. Raises ContactGone, PermissionRefused."""
    return preferences.pause(contact_id=contact_id, origin=_origin(actor))


def resume_for(*, actor: Actor, contact_id: int) -> bool:
    return preferences.resume(contact_id=contact_id, origin=_origin(actor))


def unsubscribe_for(*, actor: Actor, contact_id: int, mailing_list_id: int | None) -> bool:
    """From one list, or with None from everything; False if there was nothing to leave."""
    origin = _origin(actor)
    if mailing_list_id is None:
        return unsubscribe_all(contact_id=contact_id, origin=origin).is_new
    return unsubscribe(contact_id=contact_id, mailing_list_id=mailing_list_id, origin=origin)


def suppress_contact(*, actor: Actor, contact_id: int, scope: Scope, why: str) -> None:
    """Raises ContactGone, PermissionRefused, deliverability.errors.SuppressionRefused."""
    with transaction.atomic():
        contact = lock_contact(contact_id)
        suppress_by_hand(actor=actor, addresses=[contact.email], scope=scope, why=why)


def lift_suppression_of(*, actor: Actor, contact_id: int, suppression_id: int, why: str) -> None:
    """Only one that holds this person back. Raises ContactGone, PermissionRefused,
    deliverability.errors.SuppressionRefused."""
    with transaction.atomic():
        contact = lock_contact(contact_id)
        if suppression_id not in {held.id for held in suppressions_of(bytes(contact.address_key)) if held.is_live}:
            raise SuppressionRefused("This suppression is not one of this person's any more. Nothing was changed.")
        lift_by_hand(actor=actor, suppression_id=suppression_id, why=why)


def _origin(actor: Actor) -> Origin:
    require(actor, "subscribers.edit")
    return Origin(source=_SOURCE, actor=str(actor))
