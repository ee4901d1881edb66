"""Decides in one pass of SQL who of those that a mail is meant for may get it, and why the others may not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from subscribers.errors import RulesRefused, SegmentGone
from subscribers.queries.audience.frequency import capped_sql, choosy_sql
from subscribers.queries.audience.permission import WHY_NOT, suppressed_by_list_sql
from subscribers.queries.segments.asking import room, sql_of_segment
from subscribers.types import Audience, ExclusionReason

# Joins and not IN (…), because a hash join spills to disk where a hashed subplan over a long list would fall back to
# a scan per person. DISTINCT, because one address may be held for several reasons.
_AUDIENCE = """
SELECT contact.id AS contact_id, contact.mailbox_provider,
    CASE WHEN greatest(contact.engaged_at, contact.engaged_elsewhere_at) > %s THEN 0
         WHEN greatest(contact.engaged_at, contact.engaged_elsewhere_at) > %s THEN 1
         WHEN coalesce(contact.engaged_at, contact.engaged_elsewhere_at) IS NOT NULL THEN 2 ELSE 3 END::smallint
         AS priority,
    CASE {why_not} END AS reason, contact.time_zone, subscription.mailing_list_id
FROM {meant}
LEFT JOIN (SELECT DISTINCT list_id, address_key FROM ({suppressed}) live) suppressed
    ON suppressed.address_key = contact.address_key AND suppressed.list_id = subscription.mailing_list_id
{out}
WHERE {where}
"""
_ON_LISTS = (
    "subscribers_subscription subscription JOIN subscribers_contact contact ON contact.id = subscription.contact_id"
)
_IN_SEGMENTS = """({segments}) meant JOIN subscribers_contact contact ON contact.id = meant.contact_id
LEFT JOIN subscribers_subscription subscription
    ON subscription.contact_id = contact.id AND subscription.mailing_list_id = ANY (%s)"""
# One of several lists is enough. Where none is, the reason is that of the list that came nearest to allowing it.
_ONCE = """
SELECT DISTINCT ON (contact_id) contact_id, mailbox_provider, priority, reason, time_zone FROM ({audience}) each_list
ORDER BY contact_id, reason IS NOT NULL, array_position(%s::text[], reason) DESC, array_position(%s, mailing_list_id)
"""
# Whom the sunset policy writes to more rarely; its task keeps the moment.
_RESTING = """
SELECT contact_id, mailing_list_id AS list_id FROM subscribers_sunsetstanding
WHERE mailing_list_id = ANY (%s) AND rests_until > %s
"""
_EXCLUDED = "SELECT contact_id FROM ({audience}) audience WHERE reason = %s AND contact_id > %s ORDER BY 1 LIMIT %s"
_ONE = "SELECT reason FROM ({audience}) audience WHERE contact_id = %s"
_COUNTS = "SELECT reason, count(*) FROM ({audience}) audience GROUP BY reason"


@dataclass(frozen=True, slots=True)
class AudienceCounts:
    """How many of those meant would get mail now, and how many would not, by reason in the order of testing."""

    included: int
    excluded: dict[ExclusionReason, int]

    @property
    def left_out(self) -> int:
        return sum(self.excluded.values())

    @property
    def total(self) -> int:
        return self.included + sum(self.excluded.values())


def audience_sql(audience: Audience, now: datetime) -> tuple[str, list[Any]]:
    """SQL and parameters that yield contact_id, mailbox_provider, priority, reason (NULL = in) and time_zone of
    everybody who is meant, each once. Raises SegmentGone, RulesRefused.

    Priority bands the most engaged first, so that mailbox providers meet them first: 0 for a click or open in the
    last 30 days, 1 in the last 90, 2 ever, 3 never; also where they come from, as the file of an import tells.
    """
    lists = list(audience.lists)
    meant, meant_params, where, where_params = _meant(audience, now)
    suppressed, suppressed_params = suppressed_by_list_sql(lists, stream_id=audience.stream_id)
    out = _taken_out(audience, now)
    why_not = WHY_NOT + "".join(f"    WHEN {name}.contact_id IS NOT NULL THEN '{name}'\n" for name, _, _ in out)
    joins = "\n".join(f"LEFT JOIN ({sql}) {name} ON {_key(name)}" for name, sql, _ in out)
    sql = _AUDIENCE.format(why_not=why_not, meant=meant, suppressed=suppressed, out=joins, where=where)
    params = [now - timedelta(days=30), now - timedelta(days=90), now, now, *meant_params, *suppressed_params]
    params += [value for _, _, values in out for value in values] + where_params
    if len(lists) == 1:
        return sql, params
    return _ONCE.format(audience=sql), [*params, [reason.value for reason in ExclusionReason], lists]


def audience_counts(audience: Audience, *, now: datetime | None = None) -> AudienceCounts:
    """What a freeze at this moment would count. Raises SegmentGone, RulesRefused."""
    sql, params = audience_sql(audience, now or timezone.now())
    with room() as cursor:
        cursor.execute(_COUNTS.format(audience=sql), params)
        found: dict[str | None, int] = dict(cursor.fetchall())
    return AudienceCounts(
        included=found.get(None, 0),
        excluded={reason: found[reason.value] for reason in ExclusionReason if reason.value in found},
    )


def excluded_now(audience: Audience, *, reason: ExclusionReason, after: int = 0, most: int = 50) -> list[int]:
    """Contacts whom a freeze at this moment would leave out for this reason, by id, from behind `after`."""
    sql, params = audience_sql(audience, timezone.now())
    with room() as cursor:
        cursor.execute(_EXCLUDED.format(audience=sql), [*params, reason.value, after, most])
        return [row[0] for row in cursor.fetchall()]


def reason_now(audience: Audience, contact_id: int) -> tuple[bool, ExclusionReason | None]:
    """Whether somebody is meant, and why a freeze at this moment would leave them out, None if it would not."""
    sql, params = audience_sql(audience, timezone.now())
    with room() as cursor:
        cursor.execute(_ONE.format(audience=sql), [*params, contact_id])
        row = cursor.fetchone()
    return row is not None, ExclusionReason(row[0]) if row and row[0] else None


def _meant(audience: Audience, now: datetime) -> tuple[str, list[Any], str, list[Any]]:
    """FROM and WHERE. Segments choose and grant nothing: who is in one and on no list has the reason not_on_list."""
    lists = list(audience.lists)
    if not audience.segments:
        return _ON_LISTS, [], "subscription.mailing_list_id = ANY (%s)", [lists]
    segments, params = _in_any(audience.segments, now)
    # Whoever was merged into somebody is that person, who stands for both.
    return _IN_SEGMENTS.format(segments=segments), [*params, lists], "contact.merged_into_id IS NULL", []


def _taken_out(audience: Audience, now: datetime) -> list[tuple[str, str, list[Any]]]:
    """What else leaves people out: the reason, and SQL with parameters that yields them, in the order of testing."""
    found: list[tuple[str, str, list[Any]]] = []
    if audience.without_lists:
        others = (
            "SELECT DISTINCT contact_id FROM subscribers_subscription WHERE mailing_list_id = ANY (%s) AND state = %s"
        )
        found.append((ExclusionReason.EXCLUDED_LIST, others, [list(audience.without_lists), "subscribed"]))
    if audience.without_segments:
        found.append((ExclusionReason.EXCLUDED_SEGMENT, *_in_any(audience.without_segments, now)))
    if not audience.is_exempt:
        found.append((ExclusionReason.RESTING, _RESTING, [list(audience.lists), now]))
    if choosy := choosy_sql(audience, now):
        found.append((ExclusionReason.FREQUENCY_CHOICE, *choosy))
    if capped := capped_sql(audience, now, planned_sql=_included_sql):
        found.append((ExclusionReason.FREQUENCY_CAP, *capped))
    return found


def _key(name: str) -> str:
    key = f"{name}.contact_id = contact.id"
    is_of_list = name in (ExclusionReason.RESTING, ExclusionReason.FREQUENCY_CHOICE)
    return f"{key} AND {name}.list_id = subscription.mailing_list_id" if is_of_list else key


def _in_any(segment_ids: Sequence[int], now: datetime) -> tuple[str, list[Any]]:
    found = [sql_of_segment(each, now) for each in segment_ids]
    return " UNION ".join(f"({sql})" for sql, _ in found), [value for _, values in found for value in values]


def _included_sql(audience: Audience, now: datetime) -> tuple[str, list[Any]] | None:
    """None where a segment cannot be read: such a campaign cannot start, so it keeps no room from others."""
    try:
        sql, params = audience_sql(audience, now)
    except (SegmentGone, RulesRefused):
        return None
    return f"SELECT contact_id FROM ({sql}) planned WHERE reason IS NULL", params  # noqa: S608
