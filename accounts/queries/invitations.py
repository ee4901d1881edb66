"""Reads who is invited and has not come yet."""

import hashlib

from django.db.models import QuerySet
from django.utils import timezone

from accounts.errors import InvitationGone
from accounts.models import Invitation


def hash_of(token: str) -> str:
    """What is kept of a token; the token itself has 192 random bits, so no salt and no slow hash are needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def invitation_of(token: str) -> Invitation:
    """Raises InvitationGone."""
    found = Invitation.objects.filter(token_hash=hash_of(token), expires_at__gt=timezone.now()).first()
    if found is None:
        raise InvitationGone
    return found


def invitations() -> QuerySet[Invitation]:
    """Those not accepted yet, the newest first; some may have run out."""
    return Invitation.objects.order_by("-invited_at")
