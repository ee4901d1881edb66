"""Sets the route of a stream: which providers its mail may take, in which order, and with what part each."""

from collections.abc import Sequence

from django.db import transaction

from accounts.services.audit import record
from accounts.services.permission import require
from accounts.types import Actor
from deliverability.errors import RouteRefused
from deliverability.models import RouteStep, Stream
from deliverability.rules.routes import Step


@transaction.atomic
def save_route(*, actor: Actor, stream_id: int, steps: Sequence[Step]) -> Stream:
    """Replaces the route; batches that start from the next second on follow it. Raises RouteRefused, PermissionRefused.

    The first step is the stream's provider from now on.
    """
    require(actor, "deliverability.manage")
    if not steps or len({step.provider_id for step in steps}) < len(steps):
        raise RouteRefused
    stream = Stream.objects.select_for_update(no_key=True).get(pk=stream_id)
    stream.route.all().delete()
    ordered = sorted(steps, key=lambda step: (step.tier, -step.weight))
    stream.provider_id = ordered[0].provider_id
    stream.save(update_fields=["provider"])
    if len(steps) > 1:
        RouteStep.objects.bulk_create(
            RouteStep(stream=stream, provider_id=step.provider_id, tier=step.tier, weight=step.weight)
            for step in ordered
        )
    words = "; ".join(f"{row.tier}. {row.provider} × {row.weight}" for row in stream.route.select_related("provider"))
    record(actor=actor, text=f"Set the route of the stream {stream.name}: {words or stream.provider}.")
    return stream
