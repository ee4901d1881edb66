"""Takes the answer of somebody who was asked about tracking anew, where the law lets a yes stand only so long."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from subscribers.services.consent import lock_contact
from subscribers.services.subscriptions.granting import TRACKING_FIELDS, set_tracking
from subscribers.types import Basis, Origin, Purpose


def answer_tracking_again(
    *, contact_id: int, allowed: bool, wordings: Mapping[Purpose, int], origin: Origin
) -> list[Purpose]:
    """Record a fresh yes or a no for each kind of tracking that stands; nothing that was refused comes back.

    Returns these kinds. Raises ContactGone.
    """
    with transaction.atomic():
        contact = lock_contact(contact_id)
        standing = [purpose for purpose, column in TRACKING_FIELDS.items() if getattr(contact, column)]
        for purpose in standing:
            set_tracking(
                contact=contact,
                purpose=purpose,
                allowed=allowed,
                basis=Basis.EXPRESS,
                wording_id=wordings[purpose],
                origin=origin,
                now=timezone.now(),
            )
        return standing
