"""Warm-ups as their screens show them: today's use, where each mailbox provider stands, what has been learnt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum
from django.utils import timezone

from deliverability.models import Provider, WarmupDay, WarmupPlan
from deliverability.queries.warmup_counts import counts_of_ways
from deliverability.queries.warmup_days import newest_days
from deliverability.queries.warmup_forecast import Forecast, forecast_days, waiting_for


@dataclass(frozen=True, slots=True)
class MailboxLine:
    """One mailbox provider today. `learnt` is what the last judged day taught; `cap` None: no limit any more."""

    day: WarmupDay
    sent: int
    waiting: int
    learnt: str

    @property
    def cap(self) -> int | None:
        return self.day.cap

    @property
    def is_busy(self) -> bool:
        return bool(self.sent or self.waiting or self.day.step or self.day.phase != WarmupDay.Phase.WARMING)


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan with its lines, the busiest first, and its forecast."""

    plan: WarmupPlan
    lines: list[MailboxLine]
    forecast: Forecast

    @property
    def sent(self) -> int:
        return sum(line.sent for line in self.lines)

    @property
    def waiting(self) -> int:
        return sum(line.waiting for line in self.lines)

    @property
    def cap(self) -> int | None:
        """All caps of today together, of those who have anything to send; None when everybody is warm."""
        caps = [line.cap for line in self.busy or self.lines if line.cap is not None]
        return sum(caps) if caps else None

    @property
    def busy(self) -> list[MailboxLine]:
        return [line for line in self.lines if line.is_busy]

    @property
    def idle(self) -> list[MailboxLine]:
        return [line for line in self.lines if not line.is_busy]


def open_plans() -> list[PlanView]:
    """Every warm-up that is not ended, the newest first."""
    plans = WarmupPlan.objects.exclude(state=WarmupPlan.State.ENDED).select_related("provider", "warm_source")
    return view_plans(list(plans.order_by("-pk")))


def view_plans(plans: Sequence[WarmupPlan]) -> list[PlanView]:
    """Four queries, however many plans."""
    today, ways = timezone.now().date(), [plan.provider_id for plan in plans]
    counts = counts_of_ways(provider_ids=ways, first=today, last=today)
    waiting, learnt = waiting_for(ways), _learnt(plans)
    rows: dict[int, list[WarmupDay]] = {plan.pk: [] for plan in plans}
    for row in newest_days(*rows):
        rows[row.plan_id].append(row)
    views = []
    for plan in plans:
        sent = {name: found.sent for (way, name, _), found in counts.items() if way == plan.provider_id}
        here = waiting[plan.provider_id]
        lines = [
            MailboxLine(
                day=row,
                sent=sent.get(row.mailbox_provider, 0),
                waiting=sum(here.get(row.mailbox_provider, {}).values()),
                learnt=learnt.get((plan.pk, row.mailbox_provider), ""),
            )
            for row in rows[plan.pk]
        ]
        lines.sort(key=lambda line: (-line.waiting, -line.sent, -line.day.step, line.day.mailbox_provider))
        views.append(PlanView(plan, lines, forecast_days(plan, rows[plan.pk], here, sent)))
    return views


def past_days(plan_id: int, most: int = 60) -> list[tuple[date, int, int]]:
    """Day, messages allowed and sent over all capped mailbox providers that got any mail, the oldest first."""
    days = WarmupDay.objects.filter(plan_id=plan_id, sent__gt=0, cap__isnull=False).values("day")
    found = days.annotate(allowed=Sum("cap"), left=Sum("sent")).order_by("-day").values_list("day", "allowed", "left")
    return list(found[:most])[::-1]


def judged_days(plan_id: int, most: int = 24) -> list[WarmupDay]:
    """The last days that taught something, the newest first: those with mail, and those on which it was paused."""
    days = WarmupDay.objects.filter(plan_id=plan_id).exclude(verdict="")
    told = days.filter(sent__gt=0) | days.filter(phase=WarmupDay.Phase.PAUSED)
    return list(told.order_by("-day", "mailbox_provider")[:most])


def ways_out() -> list[tuple[int, str, bool]]:
    """Every provider's id and name by name, and whether a warm-up of it is under way."""
    busy = set(WarmupPlan.objects.exclude(state=WarmupPlan.State.ENDED).values_list("provider_id", flat=True))
    return [(key, name, key in busy) for key, name in Provider.objects.order_by("name").values_list("pk", "name")]


def _learnt(plans: Sequence[WarmupPlan]) -> dict[tuple[int, str], str]:
    """What the last judged day taught, by plan and mailbox provider."""
    days = WarmupDay.objects.filter(plan__in=plans).exclude(verdict="")
    last = days.order_by("plan_id", "mailbox_provider", "-day").distinct("plan_id", "mailbox_provider")
    return {(plan_id, name): why for plan_id, name, why in last.values_list("plan_id", "mailbox_provider", "why")}
