"""Who opened and clicked, told apart from proxies and scanners: from roll-ups, so that every look is cheap."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet, Sum
from django.utils import timezone

from deliverability.models import LinkCount, MailingCount
from deliverability.types import EventKind

_OVER_TIME = """
SELECT floor(extract(epoch FROM minute - %(start)s) / %(step)s)::int AS bucket, sum(opens), sum(clicks)
FROM deliverability_minutecount
WHERE mailing_id = %(mailing)s AND minute >= %(start)s AND minute < %(end)s GROUP BY bucket
"""
# In the order of Engaged.
_KINDS = (EventKind.OPENED, EventKind.CLICKED, EventKind.UNSUBSCRIBED, EventKind.COMPLAINED)
# At most so many points on a chart, in steps that a clock knows.
_MOST_POINTS = 48
_STEPS = [timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 15, 30, 60, 120, 180, 360)]


class Engaged(NamedTuple):
    """People, each counted once, whose own program opened or followed a link, or who left or complained."""

    openers: int
    clickers: int
    leavers: int = 0
    complainers: int = 0


@dataclass(frozen=True, slots=True)
class LinkClicks:
    """`people` clicked it, `clicks` times in all; `machine_clicks` were scanners."""

    link: int
    people: int
    clicks: int
    machine_clicks: int


@dataclass(frozen=True, slots=True)
class OverTime:
    """Opens and clicks of people in equal steps from `start`; both lists have one number per step."""

    start: datetime
    step: timedelta
    opens: list[int]
    clicks: list[int]


def people_engaged(mailing_ids: Collection[int]) -> dict[int, Engaged]:
    """One query, however many mailings."""
    rows = _people(mailing_ids).values_list("mailing_id", "kind").annotate(Sum("people"))
    found = {(mailing_id, kind): int(people) for mailing_id, kind, people in rows}
    return {key: Engaged(*(found.get((key, kind), 0) for kind in _KINDS)) for key in mailing_ids}


def engagement_over_time(mailing_id: int, *, start: datetime, span: timedelta, now: datetime | None = None) -> OverTime:
    """What people did from the minute of `start` on, for `span` or until now."""
    now, start = now or timezone.now(), start.replace(second=0, microsecond=0)
    # Two points make a line; more than has passed would draw a fall to zero that nobody has seen yet.
    lasted = max(min(span, now - start), timedelta(minutes=2))
    step = next((step for step in _STEPS if lasted / step <= _MOST_POINTS), _STEPS[-1])
    count = -(-lasted // step)
    end = start + count * step
    values: dict[str, Any] = {"mailing": mailing_id, "start": start, "end": end, "step": step.total_seconds()}
    opens, clicks = [0] * count, [0] * count
    with connection.cursor() as cursor:
        cursor.execute(_OVER_TIME, values)
        for bucket, opened, clicked in cursor.fetchall():
            opens[bucket], clicks[bucket] = opened, clicked
    return OverTime(start, step, opens, clicks)


def link_clicks(mailing_id: int) -> dict[int, LinkClicks]:
    """By link number; links that nobody followed are missing."""
    rows = LinkCount.objects.filter(mailing_id=mailing_id)
    return {row[0]: LinkClicks(*row) for row in rows.values_list("link", "people", "clicks", "machine_clicks")}


def engaged_by_provider(mailing_id: int) -> dict[str, Engaged]:
    found: dict[str, dict[int, int]] = {}
    for provider, kind, people in _people([mailing_id]).values_list("mailbox_provider", "kind", "people"):
        found.setdefault(provider, {})[kind] = people
    return {provider: Engaged(*(kinds.get(kind, 0) for kind in _KINDS)) for provider, kinds in found.items()}


def _people(mailing_ids: Collection[int]) -> QuerySet[MailingCount]:
    return MailingCount.objects.filter(mailing_id__in=mailing_ids, kind__in=_KINDS, people__gt=0)
