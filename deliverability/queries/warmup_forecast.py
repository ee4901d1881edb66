"""When a warm-up will have let everybody through who waits: for a plan under way, or one that is only thought of."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.utils import timezone

from deliverability.models import WarmupDay, WarmupPlan
from deliverability.queries.warmup_days import climb_of, place_of
from deliverability.rules.warmup import (
    CURVES,
    FIRST_WEEK,
    Climb,
    ProjectedDay,
    begin,
    project,
)
from deliverability.rules.warmup.curves import DEFAULT_HOURS

# People by priority (lower ones go first), by mailbox provider.
Waiting = Mapping[str, Mapping[int, int]]

# Of a stream that shares its mail among several ways out, each is shown all of it: too much rather than too little.
_WAITING = """
WITH way AS (
    SELECT step.stream_id, step.provider_id FROM deliverability_routestep AS step
    WHERE step.tier = (SELECT min(tier) FROM deliverability_routestep WHERE stream_id = step.stream_id)
    UNION ALL
    SELECT stream.id, stream.provider_id FROM deliverability_stream AS stream
    WHERE NOT EXISTS (SELECT FROM deliverability_routestep WHERE stream_id = stream.id)
)
SELECT way.provider_id, batch.mailbox_provider, batch.priority, sum(cardinality(batch.recipient_ids))
FROM deliverability_deliverybatch AS batch
JOIN way ON way.stream_id = batch.stream_id
JOIN deliverability_mailing AS mailing ON mailing.id = batch.mailing_id
WHERE way.provider_id = ANY(%s) AND batch.state < 2 AND mailing.state <> 'cancelled'
GROUP BY 1, 2, 3
"""


@dataclass(frozen=True, slots=True)
class ForecastDay:
    """`left` still wait when the day is over."""

    day: date
    sent: int
    left: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """What happens if every day stays healthy. `by_mailbox_provider`: only those for whom somebody waits."""

    people: int
    by_mailbox_provider: dict[str, list[ProjectedDay]]

    @property
    def days(self) -> list[ForecastDay]:
        """All mailbox providers together, day by day."""
        columns = self.by_mailbox_provider.values()
        longest = max(columns, key=len, default=[])
        sent = [
            sum(column[number].sent for column in columns if number < len(column)) for number in range(len(longest))
        ]
        left, days = self.people, []
        for projected, number in zip(longest, sent, strict=True):
            left -= number
            days.append(ForecastDay(projected.day, number, left))
        return days

    @property
    def reached_on(self) -> date | None:
        """The day on which nobody is left; None when nobody waits, or when that is more than a year away."""
        days = self.days
        return days[-1].day if days and days[-1].left == 0 else None

    @property
    def first_week(self) -> int:
        """People reached in the first seven days."""
        return sum(day.sent for day in self.days[:FIRST_WEEK])


def forecast_days(plan: WarmupPlan, rows: Iterable[WarmupDay], waiting: Waiting, sent: Mapping[str, int]) -> Forecast:
    """How far the plan gets with those who wait. `rows`: its newest days; `sent`: today, by mailbox provider.

    A pause by somebody's hand is taken to end now.
    """
    projected = {
        row.mailbox_provider: project(
            climb_of(plan, row.mailbox_provider),
            place_of(row),
            waiting=waiting[row.mailbox_provider],
            first=timezone.now().date(),
            sent_before=sent.get(row.mailbox_provider, 0),
        )
        for row in rows
        if row.mailbox_provider in waiting
    }
    return Forecast(sum(sum(waiting[name].values()) for name in projected), projected)


def forecast_curve(
    waiting: Waiting, *, curve: str, steps: Sequence[int] = (), is_engaged_first: bool = True, first: date | None = None
) -> Forecast:
    """How far a plan would get that begins on that day (today) with these people. `steps` only for a custom curve."""
    shipped, first = CURVES.get(curve), first or timezone.now().date()
    projected = {}
    for name, bands in waiting.items():
        climb = Climb(
            steps=shipped.steps if shipped else steps,
            hours=shipped.hours if shipped else DEFAULT_HOURS,
            is_engaged_first=is_engaged_first,
            people=sum(bands.values()),
        )
        projected[name] = project(climb, begin(first), waiting=bands, first=first)
    return Forecast(sum(sum(bands.values()) for bands in waiting.values()), projected)


def waiting_for(provider_ids: Sequence[int]) -> dict[int, dict[str, dict[int, int]]]:
    """Who waits in the outbox for each way out, as `Waiting`."""
    found: dict[int, dict[str, dict[int, int]]] = {key: {} for key in provider_ids}
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [list(provider_ids)])
        for provider_id, name, priority, people in cursor.fetchall():
            found[provider_id].setdefault(name, {})[priority] = int(people)
    return found
