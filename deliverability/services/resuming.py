"""Lets mail to a mailbox provider go on at full speed, because a person says so."""

from django.db import transaction

from accounts.services.audit import record
from accounts.services.permission import require
from accounts.types import Actor
from deliverability.models import Provider
from deliverability.queries.mailbox_names import provider_name
from deliverability.rules.lanes import WayKey
from deliverability.services.pacing import resume


@transaction.atomic
def resume_way(*, actor: Actor, way: WayKey) -> None:
    """What slows it is forgotten, and learnt anew if the cause remains.

    Raises PermissionRefused, Provider.DoesNotExist, RedisError.
    """
    require(actor, "deliverability.manage")
    provider = Provider.objects.get(pk=way.provider_id)
    resume(way=way)
    record(actor=actor, text=f"Let mail through {provider.name} to {provider_name(way.mailbox_provider)} go on.")
