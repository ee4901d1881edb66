"""What a person may do to a warm-up: pause it, resume it, step back, end it."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from accounts.services.audit import record
from accounts.services.permission import require
from accounts.types import Actor
from deliverability.errors import WarmupRefused
from deliverability.models import WarmupDay, WarmupPlan
from deliverability.queries.warmup_counts import warmup_counts
from deliverability.queries.warmup_days import newest_days, place_of
from deliverability.rules.warmup import Counts, Phase, Place, step_down
from deliverability.services.warmup.advancing import advance_plan
from deliverability.services.warmup.days import put


@transaction.atomic
def pause_plan(*, actor: Actor, plan_id: int) -> WarmupPlan:
    """Nothing leaves through the way out until somebody resumes it. Raises WarmupRefused, PermissionRefused."""
    plan = _lock(actor, plan_id, WarmupPlan.State.RUNNING, "It is paused or ended already, so nothing was changed.")
    plan.state, plan.reason = WarmupPlan.State.PAUSED, f"{actor} paused it."
    plan.save(update_fields=["state", "reason"])
    _put(plan, newest_days(plan.pk))
    record(actor=actor, text=f"Paused the warm-up of {plan.provider.name}.")
    return plan


@transaction.atomic
def resume_plan(*, actor: Actor, plan_id: int, mailbox_provider: str = "") -> WarmupPlan:
    """Resume a paused plan, or end the pause that one mailbox provider's own results brought about.

    Raises WarmupRefused, PermissionRefused.
    """
    if mailbox_provider:
        return _resume_one(actor, plan_id, mailbox_provider)
    plan = _lock(actor, plan_id, WarmupPlan.State.PAUSED, "It is not paused, so nothing was changed.")
    plan.state, plan.reason = WarmupPlan.State.RUNNING, ""
    plan.save(update_fields=["state", "reason"])
    _put(plan, newest_days(plan.pk))
    record(actor=actor, text=f"Resumed the warm-up of {plan.provider.name}.")
    return plan


@transaction.atomic
def step_back(*, actor: Actor, plan_id: int, mailbox_provider: str) -> WarmupPlan:
    """At most half of the present step from now on. Raises WarmupRefused, PermissionRefused."""
    plan = _lock(actor, plan_id, WarmupPlan.State.RUNNING, "It is not running, so nothing was changed.")
    day = _day(plan, mailbox_provider)
    if day.phase == WarmupDay.Phase.PAUSED:
        raise WarmupRefused("This mailbox provider is paused and gets nothing at the moment. Nothing was changed.")
    lower = step_down(place_of(day), plan.steps)
    _put(plan, [day], lambda row: replace(place_of(row), phase=Phase.WARMING, step=lower, clean_since=row.day))
    record(actor=actor, text=f"Stepped back with {mailbox_provider} in the warm-up of {plan.provider.name}.")
    return plan


@transaction.atomic
def end_plan(*, actor: Actor, plan_id: int) -> WarmupPlan:
    """No caps any more; what was learnt stays to be read. Raises WarmupRefused, PermissionRefused."""
    plan = _lock(actor, plan_id, None, "It is ended already, so nothing was changed.")
    plan.state, plan.reason = WarmupPlan.State.ENDED, f"{actor} ended it."
    plan.save(update_fields=["state", "reason"])
    record(actor=actor, text=f"Ended the warm-up of {plan.provider.name}: its mail is not capped any more.")
    return plan


def _resume_one(actor: Actor, plan_id: int, mailbox_provider: str) -> WarmupPlan:
    plan = _lock(actor, plan_id, WarmupPlan.State.RUNNING, "It is not running, so nothing was changed.")
    day = _day(plan, mailbox_provider)
    if day.phase != WarmupDay.Phase.PAUSED:
        raise WarmupRefused("This mailbox provider is not paused, so nothing was changed.")
    _put(plan, [day], lambda row: replace(place_of(row), phase=Phase.WARMING, resumes_on=None, clean_since=row.day))
    record(actor=actor, text=f"Resumed {mailbox_provider} in the warm-up of {plan.provider.name}.")
    return plan


def _lock(actor: Actor, plan_id: int, state: WarmupPlan.State | None, otherwise: str) -> WarmupPlan:
    """The plan in the expected state, up to date; None: in any state but the last."""
    require(actor, "deliverability.manage")
    plan = WarmupPlan.objects.select_for_update(of=("self",)).select_related("provider").get(pk=plan_id)
    if plan.state != state and (state or plan.state == WarmupPlan.State.ENDED):
        raise WarmupRefused(otherwise)
    # Beat may be late: what is steered is today, not a day that is over.
    advance_plan(plan, timezone.now().date())
    return plan


def _day(plan: WarmupPlan, mailbox_provider: str) -> WarmupDay:
    day = newest_days(plan.pk).filter(mailbox_provider=mailbox_provider).first()
    if day is None:
        raise WarmupRefused("This warm-up is not for that mailbox provider. Nothing was changed.")
    return day


def _put(plan: WarmupPlan, rows: Iterable[WarmupDay], place: Callable[[WarmupDay], Place] = place_of) -> None:
    """Write places into today's rows anew; the caps follow."""
    today = timezone.now().date()
    sent = warmup_counts(provider_id=plan.provider_id, first=today, last=today)
    for row in rows:
        row.plan = plan
        put(row, place(row), sent=sent.get((row.mailbox_provider, row.day), Counts()).sent)
        row.save()
