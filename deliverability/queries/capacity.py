"""How long a mailing will take, lane by lane, and which lane it waits for: before it begins, and while it is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone
from redis.exceptions import RedisError

from accounts.rules.clocks import kept
from deliverability import conf
from deliverability.models import Mailing, Provider, WarmupDay
from deliverability.queries.lanes import WorkingLane, bounded_lanes
from deliverability.queries.paces import Pace, paces
from deliverability.queries.warmup_days import climb_of, newest_days_of_provider, place_of
from deliverability.rules.capacity import Bounds, done_at
from deliverability.rules.lane_words import name_of
from deliverability.rules.lanes import LaneKey, WayKey, lower
from deliverability.rules.warmup import project
from deliverability.types import EventKind

# What a fresh installation is taken to do until it has been seen to do more: two workers on a small machine.
ASSUMED_RATE = 1000.0
_SLOT = timedelta(minutes=5)
_MEMORY = timedelta(days=30)

_OPEN = """
SELECT batch.mailbox_provider, sum(cardinality(batch.recipient_ids))::bigint,
    max(batch.due_at) FILTER (WHERE batch.state = 0 AND batch.due_at > %(now)s),
    coalesce(sum(cardinality(batch.recipient_ids)) FILTER (WHERE batch.state = 0 AND batch.due_at > %(now)s), 0)::bigint
FROM deliverability_deliverybatch AS batch WHERE batch.mailing_id = %(mailing)s AND batch.state < 2 GROUP BY 1
"""
# What waits in the same lanes for others goes out at the same time.
_OTHERS = """
SELECT batch.stream_id, batch.mailbox_provider, sum(cardinality(batch.recipient_ids))::bigint
FROM deliverability_deliverybatch AS batch JOIN deliverability_mailing AS mailing ON mailing.id = batch.mailing_id
WHERE batch.state < 2 AND batch.mailing_id <> %(mailing)s AND mailing.state = 'running'
    AND batch.mailbox_provider = ANY(%(providers)s)
GROUP BY 1, 2
"""
_BEST = """
SELECT max(total)::float8 FROM (
    SELECT sum(total) AS total FROM deliverability_flowcount WHERE kind = %(accepted)s AND slot >= %(since)s
    GROUP BY slot
) AS slots
"""
_LATELY = """
SELECT mailbox_provider, sum(total)::float8 FROM deliverability_flowcount
WHERE kind = %(accepted)s AND slot >= %(since)s AND mailing_id = %(mailing)s GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class LanePlan:
    """One mailbox provider of a mailing. `ahead`: people whom other mailings send to on the same way out.

    `limited_by` is a word: rate, way, pace, quiet, measured, machine, hour, day or warm-up; `why` is a sentence.
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
    limited_by: str
    why: str
    ends_at: datetime | None
    put_off: int = 0
    put_off_until: datetime | None = None

    @property
    def name(self) -> str:
        return name_of(self.mailbox_provider)


@dataclass(frozen=True, slots=True)
class SendPlan:
    """Lanes, the one that takes longest first. `is_measured`: the machine's rate was seen, not assumed."""

    starts_at: datetime
    recipients: int
    lanes: list[LanePlan]
    machine_rate: float
    is_measured: bool

    @property
    def bottleneck(self) -> LanePlan | None:
        return self.lanes[0] if self.lanes else None

    @property
    def ends_at(self) -> datetime | None:
        """None where a lane will not be done within a year; the start where nobody is to be sent to."""
        if not self.lanes:
            return self.starts_at
        by_lanes = self.lanes[0].ends_at
        by_machine = self.starts_at + timedelta(seconds=self.recipients / self.machine_rate)
        return by_lanes and max(by_lanes, by_machine)


def plan_mailing(*, stream_id: int, recipients: Mapping[str, int], starts_at: datetime | None = None) -> SendPlan:
    """How long it would take to send to so many people by mailbox provider, as everything stands now."""
    now = timezone.now()
    return _plan(stream_id, recipients, max(starts_at or now, now), now, mailing_id=0)


def plan_rest(mailing_id: int) -> SendPlan:
    """When a mailing that is being sent will be done: by the pace it has shown, where that is lower than allowed."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, {"mailing": mailing_id, "now": now})
        rows = {row[0]: row[1:] for row in cursor.fetchall()}
    stream_id = Mailing.objects.values_list("stream_id", flat=True).get(pk=mailing_id)
    plan = _plan(stream_id, {name: row[0] for name, row in rows.items()}, now, now, mailing_id=mailing_id)
    lanes = [_with_put_off(lane, rows[lane.mailbox_provider][2], rows[lane.mailbox_provider][1]) for lane in plan.lanes]
    return replace(plan, lanes=sorted(lanes, key=_latest_first))


def _plan(
    stream_id: int, recipients: Mapping[str, int], starts_at: datetime, now: datetime, *, mailing_id: int
) -> SendPlan:
    machine, is_measured = _machine_rate(now)
    keys = [LaneKey(stream_id, name) for name, people in recipients.items() if people]
    lanes = bounded_lanes(keys) if keys else []
    others = _others(lanes, mailing_id)
    known = _known(lanes, now)
    seen = _seen(mailing_id, now)
    warming = {pk: _warming(pk) for pk in {lane.way.provider_id for lane in lanes}}
    names = dict(Provider.objects.filter(pk__in=warming).values_list("pk", "name"))
    found = [
        _lane_plan(
            lane,
            names[lane.way.provider_id],
            recipients[lane.key.mailbox_provider],
            others.get(lane.way, 0),
            known.get(lane.way, (Pace(), 0, 0)),
            seen.get(lane.key.mailbox_provider),
            warming[lane.way.provider_id].get(lane.key.mailbox_provider),
            machine,
            starts_at,
        )
        for lane in lanes
    ]
    return SendPlan(starts_at, sum(recipients.values()), sorted(found, key=_latest_first), machine, is_measured)


def _lane_plan(
    lane: WorkingLane,
    provider: str,
    people: int,
    ahead: int,
    known: tuple[Pace, int, int],
    seen: float | None,
    warming: WarmupDay | None,
    machine: float,
    starts_at: datetime,
) -> LanePlan:
    pace, today, this_hour = known
    rates = {
        "rate": lane.limits.messages_per_second,
        "way": lane.way_limits.messages_per_second,
        "pace": pace.effective_rate,
        "measured": seen,
        "machine": machine,
    }
    slowest, rate = min(((name, rate) for name, rate in rates.items() if rate is not None), key=lambda pair: pair[1])
    per_hour = lower(lane.limits.messages_per_hour, lane.way_limits.messages_per_hour)
    per_day = lower(lane.limits.messages_per_day, lane.way_limits.messages_per_day)
    days = _caps_by_day(warming, people + ahead, today) if warming and not lane.is_urgent else {}
    bounds = Bounds(
        per_second=rate,
        per_hour=per_hour,
        per_day=lane.limits.messages_per_day if days else per_day,
        per_day_on=days,
        sent_today=today,
        sent_this_hour=this_hour,
        not_before=pace.quiet_until,
    )
    ends_at = done_at(people + ahead, bounds, starts_at)
    by_rate = done_at(people + ahead, Bounds(rate, not_before=pace.quiet_until), starts_at)
    without_pause = done_at(people + ahead, Bounds(rate), starts_at)
    if pace.quiet_until and (without_pause is None or without_pause < pace.quiet_until):
        slowest = "quiet"
    is_capped = ends_at is None or (by_rate is not None and ends_at > by_rate + timedelta(minutes=1))
    limited_by = slowest if not is_capped else "warm-up" if days else "day" if per_day is not None else "hour"
    return LanePlan(
        mailbox_provider=lane.key.mailbox_provider,
        way=lane.way,
        provider=provider,
        recipients=people,
        ahead=ahead,
        messages_per_second=rate,
        per_hour=per_hour,
        per_day=per_day,
        sent_today=today,
        limited_by=limited_by,
        why=_why(limited_by, lane, provider, rate, per_hour, per_day, pace),
        ends_at=ends_at,
    )


def _why(
    limited_by: str,
    lane: WorkingLane,
    provider: str,
    rate: float,
    per_hour: int | None,
    per_day: int | None,
    pace: Pace,
) -> str:
    name, speed = name_of(lane.key.mailbox_provider), f"{rate:,.1f}".removesuffix(".0")
    if limited_by == "warm-up":
        return lane.cap_reason or f"A warm-up of {provider} lets mail to {name} grow day by day."
    if limited_by == "day":
        return f"At most {per_day:,} messages a day go to {name}."
    if limited_by == "hour":
        return f"At most {per_hour:,} messages an hour go to {name}."
    if limited_by == "quiet" and pace.quiet_until:
        return f"{name} has asked us to wait until {kept(pace.quiet_until)}: “{pace.reply}”."
    if limited_by == "pace":
        said = f": “{pace.reply}”" if pace.reply else ""
        return f"{name} has shown to take {speed} messages per second{said}."
    if limited_by == "rate":
        return f"The stream's own limit for {name} is {speed} messages per second."
    if limited_by == "way":
        return f"Mail to {name} through {provider} is limited to {speed} messages per second."
    if limited_by == "measured":
        return f"Mail to {name} has left at {speed} messages per second in the last minutes."
    return f"Nothing limits mail to {name}: it leaves as fast as the workers send, {speed} messages per second."


def _with_put_off(lane: LanePlan, people: int, until: datetime | None) -> LanePlan:
    if not until:
        return lane
    ends_at = lane.ends_at and max(lane.ends_at, until)
    return replace(lane, put_off=people, put_off_until=until, ends_at=ends_at)


def _latest_first(lane: LanePlan) -> tuple[bool, float]:
    return lane.ends_at is not None, -(lane.ends_at.timestamp() if lane.ends_at else 0.0)


def _others(lanes: list[WorkingLane], mailing_id: int) -> dict[WayKey, int]:
    """People whom running mailings are to send to on the same ways."""
    if not lanes:
        return {}
    names = [lane.key.mailbox_provider for lane in lanes]
    with connection.cursor() as cursor:
        cursor.execute(_OTHERS, {"mailing": mailing_id, "providers": names})
        waiting = {LaneKey(row[0], row[1]): row[2] for row in cursor.fetchall()}
    found: dict[WayKey, int] = {}
    for lane in bounded_lanes(list(waiting)) if waiting else []:
        found[lane.way] = found.get(lane.way, 0) + int(waiting[lane.key])
    return found


def _known(lanes: list[WorkingLane], now: datetime) -> dict[WayKey, tuple[Pace, int, int]]:
    """Each way's pace and what has been counted of it today and in this hour; empty while Redis is silent."""
    ways = [lane.way for lane in lanes]
    if not ways:
        return {}
    try:
        found = paces(ways, now)
        with conf.redis_client().pipeline(transaction=False) as pipeline:
            for way in ways:
                pipeline.hmget(way.counts, ("day", "today", "hour", "this_hour"))
            counts = pipeline.execute()
    except RedisError:
        return {}
    hour = int(now.timestamp() // 3600)
    return {
        way: (
            found[way],
            int(today or 0) if day and int(day) == hour // 24 else 0,
            int(this_hour or 0) if at and int(at) == hour else 0,
        )
        for way, (day, today, at, this_hour) in zip(ways, counts, strict=True)
    }


def _seen(mailing_id: int, now: datetime) -> dict[str, float]:
    """The pace of the mailing's lanes over the present and the last five minutes, once those tell something."""
    mailing = Mailing.objects.filter(pk=mailing_id).values_list("created_at", flat=True).first()
    since = now - timedelta(minutes=now.minute % 5, seconds=now.second, microseconds=now.microsecond) - _SLOT
    if mailing is None or (seconds := (now - max(since, mailing)).total_seconds()) < 30:
        return {}
    values: dict[str, Any] = {"mailing": mailing_id, "since": since, "accepted": int(EventKind.ACCEPTED)}
    with connection.cursor() as cursor:
        cursor.execute(_LATELY, values)
        return {name: total / seconds for name, total in cursor.fetchall() if total}


def _machine_rate(now: datetime) -> tuple[float, bool]:
    """The most that was accepted within five minutes in the last month, or what is assumed while that is little."""
    with connection.cursor() as cursor:
        cursor.execute(_BEST, {"accepted": int(EventKind.ACCEPTED), "since": now - _MEMORY})
        best = (cursor.fetchone()[0] or 0.0) / _SLOT.total_seconds()
    return (best, True) if best > ASSUMED_RATE else (ASSUMED_RATE, False)


def _warming(provider_id: int) -> dict[str, WarmupDay]:
    rows = newest_days_of_provider(provider_id)
    return {row.mailbox_provider: row for row in rows if row.phase != WarmupDay.Phase.WARM}


def _caps_by_day(row: WarmupDay, people: int, sent_today: int) -> dict[date, int | None]:
    """The caps of the days to come, if every day stays healthy."""
    days = project(
        climb_of(row.plan, row.mailbox_provider),
        place_of(row),
        waiting={0: people},
        first=timezone.now().date(),
        sent_before=sent_today,
    )
    return {day.day: day.cap for day in days}
