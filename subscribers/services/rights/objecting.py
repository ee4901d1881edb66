"""Objection to direct marketing (GDPR Art. 21(2) and (3)): absolute, at once, for mail and for profiles."""

from django.db import transaction
from django.utils import timezone

from accounts.types import Actor
from subscribers.services.consent import lock_contact
from subscribers.services.rights.acting import require_care
from subscribers.services.subscriptions import unsubscribe_all
from subscribers.services.subscriptions.granting import TRACKING_FIELDS, set_tracking
from subscribers.types import Origin


@transaction.atomic
def object_to_marketing(*, contact_id: int, actor: Actor, source: str) -> None:
    """No marketing mail from any path, and no tracking of mail already sent. Raises ContactGone, PermissionRefused.

    Only a new yes of the person themself ends it.
    """
    require_care(actor)
    contact = lock_contact(contact_id)
    origin = Origin(source=f"Objection to direct marketing: {source}", actor=str(actor))
    unsubscribe_all(contact_id=contact_id, origin=origin)
    for purpose, column in TRACKING_FIELDS.items():
        if getattr(contact, column):
            set_tracking(
                contact=contact,
                purpose=purpose,
                allowed=False,
                basis=None,
                wording_id=None,
                origin=origin,
                now=timezone.now(),
            )
