"""Keeps what a person says about why they left."""

from django.db import transaction

from subscribers.models import Farewell
from subscribers.queries.consent.ledger import last_general_answer
from subscribers.services.consent import lock_contact
from subscribers.types import ConsentAction, LeavingReason


def say_why(
    *, contact_id: int, entry_id: int, reason: LeavingReason, words: str = "", mailing_id: int | None = None
) -> bool:
    """Keep the reason for the departure of this ledger entry; said again, it replaces the first. Raises ContactGone.

    False for an entry that is not the person's last word: somebody who has come back is asked no more.
    """
    with transaction.atomic():
        contact = lock_contact(contact_id)
        last = last_general_answer(contact_id)
        if last is None or last.pk != entry_id or last.action != ConsentAction.WITHDRAWN:
            return False
        Farewell.objects.update_or_create(
            entry_id=entry_id,
            defaults={"contact": contact, "mailing_id": mailing_id, "reason": reason, "words": words.strip()[:1000]},
        )
        return True
