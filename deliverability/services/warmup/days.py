"""Makes the rows of days: what a place on the curve allows on one day."""

from dataclasses import asdict
from datetime import date

from django.db.models import Q

from deliverability.models import DeliveryBatch, WarmupDay, WarmupPlan
from deliverability.queries.warmup_days import climb_of
from deliverability.rules.mailbox_providers import OTHER, mailbox_providers
from deliverability.rules.warmup import Counts, Place


def new_day(plan: WarmupPlan, mailbox_provider: str, day: date, place: Place, *, sent: int = 0) -> WarmupDay:
    """The day as the place on the curve has it; not saved."""
    row = WarmupDay(plan=plan, mailbox_provider=mailbox_provider, day=day)
    put(row, place, sent=sent)
    return row


def put(row: WarmupDay, place: Place, *, sent: int = 0) -> None:
    """Put a day's row to a place on the curve. What was `sent` that day already is no less than its cap."""
    climb = climb_of(row.plan, row.mailbox_provider)
    cap = climb.cap(place, row.day)
    if cap is not None:
        cap = max(0 if row.plan.state == WarmupPlan.State.PAUSED else cap, sent)
    for name, value in asdict(place).items():
        setattr(row, name, value)
    row.cap, row.hourly_cap = cap, climb.hourly_cap(cap)
    row.is_engaged_only = climb.is_engaged_only(place, row.day)


def put_counts(row: WarmupDay, counts: Counts) -> None:
    for name, number in asdict(counts).items():
        setattr(row, name, number)


def names_of(plan: WarmupPlan) -> set[str]:
    """The mailbox providers that the plan is for: those it names, else all that we know or have mail for."""
    if plan.mailbox_providers:
        return set(plan.mailbox_providers)
    is_ours = Q(stream__provider_id=plan.provider_id) | Q(stream__route__provider_id=plan.provider_id)
    waiting = DeliveryBatch.objects.filter(is_ours, state__lt=DeliveryBatch.State.CLOSED)
    return {*mailbox_providers(), OTHER, *waiting.values_list("mailbox_provider", flat=True).distinct()}
