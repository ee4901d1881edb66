"""Judges the days that are over and opens today's, once for each, however often and however late it is called."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from deliverability.models import WarmupDay, WarmupPlan
from deliverability.queries.warmup_counts import warmup_counts
from deliverability.queries.warmup_days import climb_of, last_sent, newest_days, place_of
from deliverability.rules.warmup import (
    EVIDENCE_DAYS,
    Counts,
    Judgement,
    Phase,
    Place,
    Verdict,
    begin,
    follow,
    judge_day,
)
from deliverability.services.warmup.days import names_of, new_day, put_counts

# What left before midnight is written down when its batch closes, up to a minute or so later.
SETTLING = timedelta(minutes=5)
DayCounts = dict[tuple[str, date], Counts]


def advance_days(*, now: datetime | None = None) -> int:
    """Bring every warm-up that is not ended to today (UTC). Returns how many days were judged.

    A way out that nobody looks after keeps its last cap until this is called: late is never more.
    """
    today = ((now or timezone.now()) - SETTLING).date()
    judged = 0
    for plan_id in WarmupPlan.objects.exclude(state=WarmupPlan.State.ENDED).values_list("pk", flat=True):
        with transaction.atomic():
            # The lock makes the second of two calls find nothing left to do.
            plan = WarmupPlan.objects.select_for_update(of=("self",)).select_related("provider").get(pk=plan_id)
            judged += advance_plan(plan, today)
    return judged


def advance_plan(plan: WarmupPlan, today: date) -> int:
    """Bring one plan, which the caller has locked, to today. Returns how many days were judged."""
    newest = {row.mailbox_provider: row for row in newest_days(plan.pk)}
    behind = [row for row in newest.values() if row.day < today]
    unknown = sorted(names_of(plan) - set(newest))
    if not behind and not unknown:
        return 0
    first = min((row.day for row in behind), default=today)
    counts = warmup_counts(provider_id=plan.provider_id, first=first, last=today)
    sent_on, earlier = last_sent(plan.pk), _earlier(plan, first)
    walks = [
        _Walk(plan, row, counts, earlier.get(row.mailbox_provider, {}), sent_on.get(row.mailbox_provider))
        for row in behind
    ]
    for walk in walks:
        walk.go(today)
    WarmupDay.objects.bulk_update([walk.old for walk in walks], _RESULTS)
    WarmupDay.objects.bulk_create(row for walk in walks for row in walk.new)
    WarmupDay.objects.bulk_create(
        new_day(plan, name, today, begin(today), sent=counts.get((name, today), Counts()).sent) for name in unknown
    )
    return sum(len(walk.new) for walk in walks)


_RESULTS = ["sent", "accepted", "deferred", "bounced", "complained", "verdict", "why"]


class _Walk:
    """One mailbox provider's way from its newest day to today."""

    def __init__(
        self, plan: WarmupPlan, row: WarmupDay, counts: DayCounts, past: dict[date, Counts], sent_on: date | None
    ) -> None:
        self.plan, self.old, self.new = plan, row, list[WarmupDay]()
        self._name = row.mailbox_provider
        self._counts, self._past = counts, past
        self._sent_on = sent_on

    def go(self, today: date) -> None:
        row = self.old
        while row.day < today:
            place, tomorrow = self._close(row), row.day + timedelta(days=1)
            if tomorrow < today:
                # Nobody was there to open that day, so the cap in force was the old one.
                place = _no_higher(place, place_of(row))
            row = new_day(self.plan, self._name, tomorrow, place, sent=self._of(tomorrow).sent)
            self.new.append(row)

    def _close(self, row: WarmupDay) -> Place:
        """Judge a day that is over. Returns the next day's place."""
        day, tomorrow = self._of(row.day), row.day + timedelta(days=1)
        put_counts(row, day)
        if day.sent:
            self._sent_on = row.day
        judgement = self._judge(row, day)
        idle = (tomorrow - (self._sent_on or row.climbs_since)).days - 1
        place, next_words = follow(
            place_of(row), judgement.verdict, climb_of(self.plan, self._name), tomorrow=tomorrow, idle_days=idle
        )
        row.verdict, row.why = judgement.verdict, f"{judgement.why} {next_words}".strip()
        return place

    def _judge(self, row: WarmupDay, day: Counts) -> Judgement:
        if self.plan.state == WarmupPlan.State.PAUSED:
            return Judgement(Verdict.PAUSED, self.plan.reason)
        if row.phase == WarmupDay.Phase.PAUSED:
            return Judgement(Verdict.PAUSED, "Paused after two unhealthy days in a row.")
        if row.phase == WarmupDay.Phase.WARM:
            return Judgement(Verdict.WARM, "Warm: no limit.")
        return judge_day(day, cap=row.cap or 0, evidence=self._evidence(row, day), mailbox_provider=self._name)

    def _evidence(self, row: WarmupDay, day: Counts) -> Counts:
        """The days since the last spike, a week at most, this one among them."""
        since = place_of(row).evidence_since(row.day)
        self._past[row.day] = day
        return sum((counts for past, counts in self._past.items() if since <= past <= row.day), start=Counts())

    def _of(self, day: date) -> Counts:
        return self._counts.get((self._name, day), Counts())


def _earlier(plan: WarmupPlan, first: date) -> dict[str, dict[date, Counts]]:
    """What was counted on the judged days that may still be evidence, by mailbox provider."""
    found: dict[str, dict[date, Counts]] = {}
    for row in plan.days.filter(day__gt=first - timedelta(days=EVIDENCE_DAYS)).exclude(verdict=""):
        counts = Counts(row.sent, row.accepted, row.deferred, row.bounced, row.complained)
        found.setdefault(row.mailbox_provider, {})[row.day] = counts
    return found


def _no_higher(place: Place, before: Place) -> Place:
    if place.phase == Phase.WARM and before.phase != Phase.WARM:
        return replace(place, phase=before.phase, step=before.step)
    return replace(place, step=min(place.step, before.step))
