"""Remembers that two contacts who look alike are different people."""

from accounts.services.permission import require
from accounts.types import Actor
from subscribers.errors import ContactGone
from subscribers.models import ApartPair, Contact, DuplicatePair


def keep_apart(*, first_id: int, second_id: int, actor: Actor) -> None:
    """They are suggested as duplicates no more. Raises ContactGone, PermissionRefused."""
    require(actor, "subscribers.edit")
    pair = sorted({first_id, second_id})
    if len(pair) < 2 or Contact.objects.filter(pk__in=pair).count() < 2:
        raise ContactGone
    ApartPair.objects.get_or_create(first_id=pair[0], second_id=pair[1], defaults={"said_by": str(actor)[:200]})
    DuplicatePair.objects.filter(first_id=pair[0], second_id=pair[1]).delete()
