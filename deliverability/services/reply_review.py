"""Settles replies that no row of the reply table knew, once somebody has looked at them."""

from django.db import transaction
from django.utils import timezone

from accounts.services.audit import record
from accounts.services.permission import require
from accounts.types import Actor
from deliverability.models import UnmatchedReply


@transaction.atomic
def settle_reply(*, actor: Actor, reply_id: int) -> None:
    """It is listed no more, however often it comes. Raises PermissionRefused, UnmatchedReply.DoesNotExist."""
    require(actor, "deliverability.manage")
    reply = UnmatchedReply.objects.select_for_update().get(pk=reply_id)
    if reply.settled_at is None:
        reply.settled_at = timezone.now()
        reply.save(update_fields=["settled_at"])
        record(actor=actor, text=f"Looked at a reply that no rule knows: {reply.code} {reply.words}")
