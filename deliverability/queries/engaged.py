"""Who opened and clicked, told apart from proxies and scanners; kept until another event of the mailing arrives."""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar, cast

from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from deliverability.queries.totals import mailing_totals
from deliverability.types import AgentKind, EventKind

# Only to empty the cache in time; what is kept is checked against the roll-up's totals.
_KEPT_SECONDS = 7 * 24 * 3600
# While events pour in, counting a large mailing anew for every look would keep a core busy: it may take 2% of the time.
_REST = 50
_OPENED, _CLICKED, _HUMAN = int(EventKind.OPENED), int(EventKind.CLICKED), int(AgentKind.HUMAN)
# One ordered walk through the index for each mailing and kind, without a visit to the table.
_PEOPLE = f"""
SELECT wanted.id, (
    SELECT count(*) FROM (SELECT recipient_id FROM deliverability_event
        WHERE mailing_id = wanted.id AND kind = {_OPENED} AND agent_kind = {_HUMAN} GROUP BY recipient_id) openers
), (
    SELECT count(*) FROM (SELECT recipient_id FROM deliverability_event
        WHERE mailing_id = wanted.id AND kind = {_CLICKED} AND agent_kind = {_HUMAN} GROUP BY recipient_id) clickers
) FROM unnest(%s::bigint[]) AS wanted (id)
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
    totals = _totals(mailing_ids)
    kept: dict[str, _Kept] = cache.get_many([_key("people", mailing_id) for mailing_id in mailing_ids])
    by_id = {mailing_id: kept.get(_key("people", mailing_id)) for mailing_id in mailing_ids}
    found = {key: each.value for key, each in by_id.items() if each and each.holds(totals[key])}
    if missing := [mailing_id for mailing_id in mailing_ids if mailing_id not in found]:
        began = time.monotonic()
        with connection.cursor() as cursor:
            cursor.execute(_PEOPLE, [missing])
            new = {row[0]: Engaged(row[1], row[2]) for row in cursor.fetchall()}
        seconds = time.monotonic() - began
        kept_anew = {_key("people", key): _Kept(totals[key], time.time(), seconds, new[key]) for key in missing}
        cache.set_many(kept_anew, _KEPT_SECONDS)
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


@dataclass(frozen=True, slots=True)
class _Kept:
    """A result, what the totals were, when it was read and how long that took."""

    totals: tuple[int, int]
    at: float
    seconds: float
    value: Any

    def holds(self, totals: tuple[int, int]) -> bool:
        return self.totals == totals or time.time() - self.at < _REST * self.seconds


def _kept(what: str, mailing_id: int, read: Callable[[], Found]) -> Found:
    totals = _totals([mailing_id])[mailing_id]
    kept: _Kept | None = cache.get(_key(what, mailing_id))
    if kept and kept.holds(totals):
        return cast(Found, kept.value)
    began = time.monotonic()
    value = read()
    cache.set(_key(what, mailing_id), _Kept(totals, time.time(), time.monotonic() - began, value), _KEPT_SECONDS)
    return value


def _totals(mailing_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Opens and clicks of all, by which a change is known."""
    found = mailing_totals(mailing_ids) if mailing_ids else {}
    return {key: (kinds.get(EventKind.OPENED, 0), kinds.get(EventKind.CLICKED, 0)) for key, kinds in found.items()}


def _key(what: str, mailing_id: int) -> str:
    return f"engaged:{what}:{mailing_id}"
