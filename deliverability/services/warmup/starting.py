"""Starts a warm-up."""

from collections.abc import Collection, Mapping, Sequence

from django.db import transaction
from django.utils import timezone
from redis.exceptions import RedisError

from accounts.services.audit import record
from accounts.services.permission import require
from accounts.types import Actor
from deliverability import conf
from deliverability.errors import WarmupRefused
from deliverability.models import Provider, WarmupDay, WarmupPlan
from deliverability.queries.warmup_counts import warmup_counts
from deliverability.rules.lanes import WayKey
from deliverability.rules.warmup import CURVES, CUSTOM, Counts, begin
from deliverability.rules.warmup.curves import DEFAULT_HOURS
from deliverability.services.warmup.days import names_of, new_day


@transaction.atomic
def start_plan(
    *,
    actor: Actor,
    provider_id: int,
    curve: str,
    steps: Sequence[int] = (),
    mailbox_providers: Collection[str] = (),
    audience: Mapping[str, int] | None = None,
    is_engaged_first: bool = True,
    warm_source_id: int | None = None,
) -> WarmupPlan:
    """Start today (UTC) at the foot of the curve; `steps` only for a custom one, no mailbox providers: all of them.

    `audience`: people by mailbox provider of the list it is for; week one then reaches a tenth of them at most. With a
    warm source, what goes beyond a day's cap leaves through it, else it waits. Raises WarmupRefused, PermissionRefused.
    """
    require(actor, "deliverability.manage")
    # Serialises two starts for the same way out.
    provider = Provider.objects.select_for_update(no_key=True).get(pk=provider_id)
    if provider.warmups.exclude(state=WarmupPlan.State.ENDED).exists():
        raise WarmupRefused(f"{provider.name} has a warm-up already. Nothing was changed; end that one first.")
    if warm_source_id == provider_id:
        raise WarmupRefused("A way out cannot be its own warm source. Choose another one, or let mail wait.")
    shipped = CURVES.get(curve)
    today = timezone.now().date()
    plan = WarmupPlan.objects.create(
        provider=provider,
        curve=curve if shipped else CUSTOM,
        steps=list(shipped.steps if shipped else steps),
        hours=shipped.hours if shipped else DEFAULT_HOURS,
        mailbox_providers=sorted(mailbox_providers),
        audience=dict(audience or {}),
        is_engaged_first=is_engaged_first,
        overflow=WarmupPlan.Overflow.WARM_SOURCE if warm_source_id else WarmupPlan.Overflow.TOMORROW,
        warm_source_id=warm_source_id,
        started_on=today,
    )
    sent = warmup_counts(provider_id=provider_id, first=today, last=today)
    WarmupDay.objects.bulk_create(
        new_day(plan, name, today, begin(today), sent=sent.get((name, today), Counts()).sent)
        for name in sorted(names_of(plan))
    )
    transaction.on_commit(lambda: _forget_counts(plan))
    record(actor=actor, text=f"Started the warm-up of {provider.name}: {shipped.name if shipped else 'own curve'}.")
    return plan


def _forget_counts(plan: WarmupPlan) -> None:
    """Redis counts a way out only while something caps it, so what it remembers of today may be of an earlier plan.

    Forgotten, it is counted anew from the events and from what is under way.
    """
    keys = [WayKey(plan.provider_id, name).counts for name in names_of(plan)]
    try:
        conf.redis_client().delete(*keys)
    except RedisError:
        pass  # it comes back empty, or with counts that are too low by what left since the earlier plan ended
