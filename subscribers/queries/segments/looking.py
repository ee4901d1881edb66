"""Looks at a segment while somebody builds it: how many, out of how many, and some of them, in bounded time."""

from dataclasses import dataclass

from django.utils import timezone

from subscribers.queries.segments.asking import room, segment_sql
from subscribers.queries.segments.members import Member, explain_members
from subscribers.rules.segments.tree import Rule

SECONDS = 3.0
_SHOWN = 5
# One pass for both answers. Whoever changes the seed sees other people: a hash puts them in another order.
_LOOK = """
WITH segment AS MATERIALIZED ({segment})
SELECT (SELECT count(*) FROM segment), (SELECT count(*) FROM subscribers_contact WHERE merged_into_id IS NULL),
    ARRAY(SELECT contact_id FROM segment ORDER BY {order} LIMIT %s)
"""


@dataclass(frozen=True, slots=True)
class Look:
    """Counted, not estimated; `sample` holds the newest, or with a seed any of them."""

    people: int
    everybody: int
    sample: list[Member]


def look(rule: Rule, *, seed: int = 0, seconds: float = SECONDS) -> Look:
    """Raises TookTooLong after so many seconds for the count, and RulesRefused."""
    now = timezone.now()
    sql, params = segment_sql(rule, now)
    order, seeds = ("hashint8extended(contact_id, %s)", [seed]) if seed else ("contact_id DESC", [])
    with room(seconds) as cursor:
        cursor.execute(_LOOK.format(segment=sql, order=order), [*params, *seeds, _SHOWN])
        people, everybody, ids = cursor.fetchone()
    with room(seconds):
        return Look(people, everybody, explain_members(rule, ids, now=now))
