"""Keeps what the stages mean here."""

from django.db import transaction

from accounts.services.audit import record
from accounts.services.permission import require
from accounts.types import Actor
from subscribers.errors import LifecycleRefused
from subscribers.models import LifecycleDefinition
from subscribers.rules.lifecycle import Stages, why_refused


@transaction.atomic
def define_stages(*, actor: Actor, stages: Stages) -> None:
    """Segments follow at once, scores with their next run. Raises LifecycleRefused, PermissionRefused."""
    require(actor, "subscribers.edit")
    if why := why_refused(stages):
        raise LifecycleRefused(f"{why} Nothing was changed.")
    days = {name: getattr(stages, name) for name in ("new", "active", "at_risk", "dormant")}
    LifecycleDefinition.objects.update_or_create(pk=1, defaults={**days, "changed_by": str(actor)[:200]})
    record(
        actor=actor, text="Changed what the lifecycle stages mean: " + ", ".join(f"{k} {v}" for k, v in days.items())
    )
