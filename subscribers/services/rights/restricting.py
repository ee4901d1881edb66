"""Restriction (GDPR Art. 18): the person stays on record, and nothing is done with them until they say so."""

from django.db import transaction
from django.utils import timezone

from accounts.services import audit
from accounts.services.permission import require
from accounts.types import Actor
from subscribers.services.consent import lock_contact
from subscribers.services.rights.acting import PRIVACY


@transaction.atomic
def restrict(*, contact_id: int, actor: Actor) -> bool:
    """Neither mailed nor changed nor profiled from now on; False if that was so. Raises ContactGone, PermissionRefused.

    What they themselves say, such as that they leave, is still taken down.
    """
    require(actor, PRIVACY)
    contact = lock_contact(contact_id)
    if contact.restricted_at:
        return False
    contact.restricted_at = timezone.now()
    contact.save(update_fields=["restricted_at", "updated_at"])
    audit.record(actor=actor, text=f"Restricted what is done with contact {contact.pk}.")
    return True


@transaction.atomic
def end_restriction(*, contact_id: int, actor: Actor) -> bool:
    """The person must have been told before (Art. 18(3)). False if there was none. Raises ContactGone,
    PermissionRefused."""
    require(actor, PRIVACY)
    contact = lock_contact(contact_id)
    if contact.restricted_at is None:
        return False
    contact.restricted_at = None
    contact.save(update_fields=["restricted_at", "updated_at"])
    audit.record(actor=actor, text=f"Ended the restriction of contact {contact.pk}.")
    return True
