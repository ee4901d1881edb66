"""Who opened and clicked, told apart from proxies and scanners; kept until another event of the mailing arrives."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from deliverability.queries.totals import mailing_totals
from deliverability.types import AgentKind, EventKind

# The roll-up's totals are part of each key, so nothing kept is ever stale; this only empties the cache in time.
_KEPT_SECONDS = 7 * 24 * 3600
_OPENED, _CLICKED, _HUMAN = int(EventKind.OPENED), int(EventKind.CLICKED), int(AgentKind.HUMAN)
_PEOPLE = f"""
SELECT mailing_id,
    count(DISTINCT recipient_id) FILTER (WHERE kind = {_OPENED}),
    count(DISTINCT recipient_id) FILTER (WHERE kind = {_CLICKED})
FROM deliverability_event
WHERE mailing_id = ANY(%s) AND kind IN ({_OPENED}, {_CLICKED}) AND agent_kind = {_HUMAN}
GROUP BY mailing_id
"""  # noqa: S608  only constants of this module
_OVER_TIME = f"""
SELECT floor(extract(epoch FROM occurred_at - %(start)s) / %(step)s)::int AS bucket, kind, count(*)
FROM deliverability_event
WHERE mailing_id = %(mailing)s AND kind IN ({_OPENED}, {_CLICKED}) AND agent_kind = {_HUMAN}
    AND occurred_at >= %(start)s AND occurred_at < %(end)s
GROUP BY bucket, kind
"""  # noqa: S608  only constants of this module
_LINKS = f"""
SELECT link,
    count(DISTINCT recipient_id) FILTER (WHERE agent_kind = {_HUMAN}),
    count(*) FILTER (WHERE agent_kind = {_HUMAN}),
    count(*) FILTER (WHERE agent_kind IS DISTINCT FROM {_HUMAN})
FROM deliverability_event
WHERE mailing_id = %s AND kind = {_CLICKED} AND link IS NOT NULL
GROUP BY link
"""  # noqa: S608  only constants of this module
_BY_PROVIDER = f"""
SELECT mailbox_provider, kind, count(DISTINCT recipient_id) FROM deliverability_event
WHERE mailing_id = %s AND kind IN ({_OPENED}, {_CLICKED}) AND agent_kind = {_HUMAN}
GROUP BY mailbox_provider, kind
"""  # noqa: S608  only constants of this module
# At most so many points on a chart, in steps that a clock knows.
_MOST_POINTS = 48
_STEPS = [timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 15, 30, 60, 120, 180, 360)]
Found = TypeVar("Found")


class Engaged(NamedTuple):
    """People, each counted once, whose own program opened or followed a link."""

    openers: int
    clickers: int


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
    """One query for those of which something arrived since somebody last asked."""
    totals = mailing_totals(mailing_ids) if mailing_ids else {}
    keys = {mailing_id: _key("people", mailing_id, totals[mailing_id]) for mailing_id in mailing_ids}
    kept = cache.get_many(keys.values())
    found = {mailing_id: kept[key] for mailing_id, key in keys.items() if key in kept}
    if missing := [mailing_id for mailing_id in mailing_ids if mailing_id not in found]:
        with connection.cursor() as cursor:
            cursor.execute(_PEOPLE, [missing])
            rows = {row[0]: Engaged(row[1], row[2]) for row in cursor.fetchall()}
        new = {mailing_id: rows.get(mailing_id, Engaged(0, 0)) for mailing_id in missing}
        cache.set_many({keys[mailing_id]: engaged for mailing_id, engaged in new.items()}, _KEPT_SECONDS)
        found.update(new)
    return found


def engagement_over_time(mailing_id: int, *, start: datetime, span: timedelta, now: datetime | None = None) -> OverTime:
    """What people did from `start` on, for `span` or until now."""
    now = now or timezone.now()
    lasted = max(min(span, now - start), timedelta(minutes=10))
    step = next((step for step in _STEPS if lasted / step <= _MOST_POINTS), _STEPS[-1])
    count = -(-lasted // step)

    def read() -> OverTime:
        numbers = {EventKind.OPENED: [0] * count, EventKind.CLICKED: [0] * count}
        with connection.cursor() as cursor:
            values: dict[str, Any] = {
                "mailing": mailing_id,
                "start": start,
                "end": start + count * step,
                "step": step.total_seconds(),
            }
            cursor.execute(_OVER_TIME, values)
            for bucket, kind, total in cursor.fetchall():
                numbers[EventKind(kind)][bucket] = total
        return OverTime(start, step, numbers[EventKind.OPENED], numbers[EventKind.CLICKED])

    return _kept(f"time:{count}", mailing_id, read)


def link_clicks(mailing_id: int) -> dict[int, LinkClicks]:
    """By link number; links that nobody followed are missing."""

    def read() -> dict[int, LinkClicks]:
        with connection.cursor() as cursor:
            cursor.execute(_LINKS, [mailing_id])
            return {row[0]: LinkClicks(*row) for row in cursor.fetchall()}

    return _kept("links", mailing_id, read)


def engaged_by_provider(mailing_id: int) -> dict[str, Engaged]:
    def read() -> dict[str, Engaged]:
        found: dict[str, dict[int, int]] = {}
        with connection.cursor() as cursor:
            cursor.execute(_BY_PROVIDER, [mailing_id])
            for provider, kind, people in cursor.fetchall():
                found.setdefault(provider, {})[kind] = people
        return {provider: Engaged(kinds.get(_OPENED, 0), kinds.get(_CLICKED, 0)) for provider, kinds in found.items()}

    return _kept("providers", mailing_id, read)


def _kept(what: str, mailing_id: int, read: Callable[[], Found]) -> Found:
    key = _key(what, mailing_id, mailing_totals([mailing_id])[mailing_id])
    found: Found | None = cache.get(key)
    if found is None:
        found = read()
        cache.set(key, found, _KEPT_SECONDS)
    return found


def _key(what: str, mailing_id: int, totals: dict[EventKind, int]) -> str:
    return f"engaged:{what}:{mailing_id}:{totals.get(EventKind.OPENED, 0)}:{totals.get(EventKind.CLICKED, 0)}"
