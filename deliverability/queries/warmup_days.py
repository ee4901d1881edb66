"""Where each mailbox provider of a warm-up stands: its newest day."""

from datetime import date

from django.db.models import Max, QuerySet

from deliverability.models import WarmupDay, WarmupPlan
from deliverability.rules.warmup import Climb, Phase, Place


def newest_days(*plan_ids: int) -> QuerySet[WarmupDay]:
    """The newest day of each mailbox provider of each plan."""
    return _newest(WarmupDay.objects.filter(plan_id__in=plan_ids))


def newest_days_of_provider(provider_id: int) -> QuerySet[WarmupDay]:
    """The newest day of each mailbox provider of the plan, not ended, of a way out."""
    days = WarmupDay.objects.filter(plan__provider_id=provider_id)
    return _newest(days.exclude(plan__state=WarmupPlan.State.ENDED))


def last_sent(plan_id: int) -> dict[str, date]:
    """The last day on which anything left, by mailbox provider; those that never got anything are missing."""
    days = WarmupDay.objects.filter(plan_id=plan_id, sent__gt=0).values("mailbox_provider")
    return dict(days.annotate(last=Max("day")).values_list("mailbox_provider", "last"))


def place_of(day: WarmupDay) -> Place:
    return Place(
        climbs_since=day.climbs_since,
        clean_since=day.clean_since,
        phase=Phase(day.phase),
        step=day.step,
        strikes=day.strikes,
        pauses=day.pauses,
        resumes_on=day.resumes_on,
    )


def climb_of(plan: WarmupPlan, mailbox_provider: str) -> Climb:
    return Climb(
        steps=plan.steps,
        hours=plan.hours,
        is_engaged_first=plan.is_engaged_first,
        people=plan.audience.get(mailbox_provider),
    )


def _newest(days: QuerySet[WarmupDay]) -> QuerySet[WarmupDay]:
    ordered = days.select_related("plan__provider").order_by("plan_id", "mailbox_provider", "-day")
    return ordered.distinct("plan_id", "mailbox_provider")
