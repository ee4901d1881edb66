"""How long one lane of a mailing takes, and what it waits for."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from accounts.rules.clocks import kept
from deliverability.models import WarmupDay
from deliverability.queries.capacity.facts import Counted
from deliverability.queries.lanes import WorkingLane
from deliverability.queries.warmup_days import climb_of, place_of
from deliverability.rules.capacity import Bounds, done_at
from deliverability.rules.capacity_words import LimitedBy, say_why
from deliverability.rules.lane_words import name_of
from deliverability.rules.lanes import WayKey, lower
from deliverability.rules.warmup import project

# A lane whose caps cost it less than this waits for its rate.
_NOTICEABLE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class LanePlan:
    """One mailbox provider of a mailing. `ahead`: people whom other mailings send to on the same way out.

    `limited_by` is a word, `why` a sentence.
    `ends_at` None: not within a year. `put_off` are tried again, the last of them at `put_off_until`.
    """

    mailbox_provider: str
    way: WayKey
    provider: str
    recipients: int
    ahead: int
    messages_per_second: float
    per_hour: int | None
    per_day: int | None
    sent_today: int
    limited_by: LimitedBy
    why: str
    ends_at: datetime | None
    put_off: int = 0
    put_off_until: datetime | None = None

    @property
    def name(self) -> str:
        return name_of(self.mailbox_provider)


@dataclass(frozen=True, slots=True)
class LaneFacts:
    """All that decides over one lane. `seen` is the pace of the last minutes, None before those tell something."""

    lane: WorkingLane
    provider: str
    people: int
    ahead: int
    counted: Counted
    seen: float | None
    warming: WarmupDay | None
    machine_rate: float

    @property
    def queue(self) -> int:
        return self.people + self.ahead

    @property
    def per_hour(self) -> int | None:
        return lower(self.lane.limits.messages_per_hour, self.lane.way_limits.messages_per_hour)

    @property
    def per_day(self) -> int | None:
        return lower(self.lane.limits.messages_per_day, self.lane.way_limits.messages_per_day)

    def slowest(self) -> tuple[LimitedBy, float]:
        """The lowest of the rates that hold, and what sets it."""
        rates: dict[LimitedBy, float | None] = {
            "rate": self.lane.limits.messages_per_second,
            "way": self.lane.way_limits.messages_per_second,
            "pace": self.counted.pace.effective_rate,
            "measured": self.seen,
            "machine": self.machine_rate,
        }
        return min(((word, rate) for word, rate in rates.items() if rate is not None), key=lambda pair: pair[1])


def plan_lane(facts: LaneFacts, starts_at: datetime) -> LanePlan:
    word, rate = facts.slowest()
    days = _caps_by_day(facts.warming, facts.queue, facts.counted.today) if _is_warming(facts) else {}
    quiet_until = facts.counted.pace.quiet_until
    bounds = Bounds(
        per_second=rate,
        per_hour=facts.per_hour,
        per_day=facts.lane.limits.messages_per_day if days else facts.per_day,
        per_day_on=days,
        sent_today=facts.counted.today,
        sent_this_hour=facts.counted.this_hour,
        not_before=quiet_until,
    )
    ends_at = done_at(facts.queue, bounds, starts_at)
    cap = _capped_by(facts, ends_at, rate, starts_at, is_warming=bool(days))
    limited_by = cap or _quiet(facts, rate, starts_at) or word
    return LanePlan(
        mailbox_provider=facts.lane.key.mailbox_provider,
        way=facts.lane.way,
        provider=facts.provider,
        recipients=facts.people,
        ahead=facts.ahead,
        messages_per_second=rate,
        per_hour=facts.per_hour,
        per_day=facts.per_day,
        sent_today=facts.counted.today,
        limited_by=limited_by,
        why=_why(facts, limited_by, rate),
        ends_at=ends_at,
    )


def _is_warming(facts: LaneFacts) -> bool:
    return facts.warming is not None and not facts.lane.is_urgent


def _capped_by(
    facts: LaneFacts, ends_at: datetime | None, rate: float, starts_at: datetime, *, is_warming: bool
) -> LimitedBy | None:
    """The cap that costs more than the rate does; None where caps make no difference."""
    by_rate = done_at(facts.queue, Bounds(rate, not_before=facts.counted.pace.quiet_until), starts_at)
    if by_rate is None or (ends_at is not None and ends_at <= by_rate + _NOTICEABLE):
        return None
    return "warm-up" if is_warming else "day" if facts.per_day is not None else "hour"


def _quiet(facts: LaneFacts, rate: float, starts_at: datetime) -> LimitedBy | None:
    """Whether what holds the lane up is a pause that the mailbox provider asked for."""
    until = facts.counted.pace.quiet_until
    without = done_at(facts.queue, Bounds(rate), starts_at)
    return "quiet" if until and (without is None or without < until) else None


def _why(facts: LaneFacts, limited_by: LimitedBy, rate: float) -> str:
    pace = facts.counted.pace
    return say_why(
        limited_by,
        name=name_of(facts.lane.key.mailbox_provider),
        provider=facts.provider,
        rate=rate,
        cap=facts.per_day if limited_by == "day" else facts.per_hour,
        warmup=facts.lane.cap_reason,
        reply=pace.reply,
        quiet_until=kept(pace.quiet_until) if pace.quiet_until else "",
    )


def _caps_by_day(row: WarmupDay | None, people: int, sent_today: int) -> dict[date, int | None]:
    """The caps of the days to come, if every day stays healthy."""
    if row is None:
        return {}
    days = project(
        climb_of(row.plan, row.mailbox_provider),
        place_of(row),
        waiting={0: people},
        first=timezone.now().date(),
        sent_before=sent_today,
    )
    return {day.day: day.cap for day in days}
