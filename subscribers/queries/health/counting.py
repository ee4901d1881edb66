"""Counts whom lists won and lost by day, and who may be written to now, in a few passes of SQL."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.backends.utils import CursorWrapper

from deliverability.queries.suppression_turns import SUPPRESSION_TURNS
from deliverability.types import SuppressionReason
from subscribers.models import MailingList
from subscribers.queries.audience.selection import audience_sql
from subscribers.rules.health import Lost, Won
from subscribers.types import Audience

_WAY_IN = f"""CASE WHEN entry.source LIKE 'Import of %%' THEN '{Won.BY_IMPORT}'
    WHEN entry.source LIKE 'Added by hand%%' OR entry.source LIKE 'On the contact''s page%%' THEN '{Won.BY_HAND}'
    WHEN entry.actor = 'the person' THEN '{Won.BY_THEMSELVES}' ELSE '{Won.BY_API}' END"""
# A yes that only repeats one, and a no to what nobody had, are no turns.
_SAID = f"""
SELECT entry.id, entry.contact_id, entry.mailing_list_id, entry.occurred_at AS at,
    CASE WHEN entry.action = 'withdrawn' THEN '{Lost.UNSUBSCRIBED}' ELSE {_WAY_IN} END AS kind
FROM subscribers_consentrecord entry LEFT JOIN LATERAL (
    SELECT earlier.action FROM subscribers_consentrecord earlier
    WHERE earlier.contact_id = entry.contact_id AND earlier.mailing_list_id = entry.mailing_list_id
        AND earlier.purpose = 'subscription' AND earlier.action IN ('granted', 'withdrawn') AND earlier.id < entry.id
    ORDER BY earlier.id DESC LIMIT 1) before ON true
WHERE entry.id > %(floor)s AND entry.occurred_at >= %(since)s AND entry.purpose = 'subscription' AND (
    entry.action = 'granted' AND before.action IS DISTINCT FROM 'granted'
    OR entry.action = 'withdrawn' AND before.action = 'granted')
"""  # noqa: S608  only constants
# What somebody said by leaving stands in the ledger already.
_CAUSES = f"""CASE reason WHEN '{SuppressionReason.COMPLAINT}' THEN '{Lost.COMPLAINED}'
    WHEN '{SuppressionReason.HARD_BOUNCE}' THEN '{Lost.HARD_BOUNCED}'
    WHEN '{SuppressionReason.SOFT_BOUNCE}' THEN '{Lost.SOFT_BOUNCED}'
    WHEN '{SuppressionReason.SUNSET}' THEN '{Lost.FELL_SILENT}' ELSE '{Lost.TAKEN_OUT}' END"""
_HELD = f"""
SELECT contact.id AS contact_id, subscription.mailing_list_id, turn.at,
    CASE WHEN turn.is_end THEN '{Won.CAME_BACK}' ELSE {_CAUSES} END AS kind
FROM (
    SELECT address_key, scope, target, reason, began_at AS at, false AS is_end FROM ({SUPPRESSION_TURNS}) held
    UNION ALL SELECT address_key, scope, target, reason, ended_at, true FROM ({SUPPRESSION_TURNS}) held
) turn
JOIN subscribers_contact contact ON contact.address_key = turn.address_key
JOIN subscribers_subscription subscription ON subscription.contact_id = contact.id
    AND subscription.state = 'subscribed' AND subscription.changed_at <= turn.at
    AND (turn.scope IN ('everything', 'marketing') OR turn.scope = 'topic' AND turn.target = mailing_list_id)
WHERE turn.at >= %(since)s AND turn.reason <> '{SuppressionReason.UNSUBSCRIBE}'
"""  # noqa: S608  only constants
_TURNS = f"""
SELECT mailing_list_id, (at AT TIME ZONE %(zone)s)::date AS day, kind, count(DISTINCT contact_id)
FROM (SELECT contact_id, mailing_list_id, at, kind FROM ({_SAID}) said UNION ALL SELECT * FROM ({_HELD}) held) turns
GROUP BY GROUPING SETS ((mailing_list_id, 2, kind), (2, kind))
"""  # noqa: S608  only constants
_PAGE = f"""
SELECT said.id, said.contact_id, contact.email, said.at FROM ({_SAID}) said
JOIN subscribers_contact contact ON contact.id = said.contact_id
WHERE said.kind = %(kind)s AND (%(list)s = 0 OR said.mailing_list_id = %(list)s) AND said.id > %(after)s
ORDER BY said.id LIMIT %(most)s
"""  # noqa: S608  only constants
_GATHER = """
INSERT INTO reachable SELECT %s, audience.contact_id,
    CASE WHEN priority = 3 AND NOT (contact.tracks_opens OR contact.tracks_clicks) THEN 4 ELSE priority END
FROM ({audience}) audience JOIN subscribers_contact contact ON contact.id = audience.contact_id WHERE reason IS NULL
"""
_SIZES = """
SELECT mailing_list_id, priority, count(*) FROM reachable GROUP BY 1, 2
UNION ALL
SELECT NULL, priority, count(*) FROM (SELECT min(priority) AS priority FROM reachable GROUP BY contact_id) anybody
GROUP BY 2
"""
# List (None: everybody), day and kind → people.
Turns = dict[tuple[int | None, date, str], int]
# List → people by priority, as `audience_sql` bands them: 0 within 30 days, 1 within 90, 2 ever, 3 never; 4 for those
# without a sign of life who allow nobody to see any.
Sizes = dict[int | None, dict[int, int]]


class Turned(NamedTuple):
    """Somebody who came or went by what they said; `id` is the ledger's."""

    id: int
    contact_id: int
    email: str
    at: datetime


def count_turns(*, since: datetime, floor: int, zone: str) -> Turns:
    """`floor` is an entry of the ledger before which nothing is of that time."""
    with connection.cursor() as cursor:
        cursor.execute(_TURNS, {"since": since, "floor": floor, "zone": zone})
        return {(list_id, day, kind): people for list_id, day, kind, people in cursor.fetchall()}


def people_who_turned(
    *, kind: str, mailing_list_id: int, since: datetime, floor: int, after: int, most: int
) -> list[Turned]:
    """By entry of the ledger, from behind `after`; list 0 means any. Reads no further than it must."""
    asked: dict[str, Any] = {"kind": kind, "list": mailing_list_id, "since": since, "after": after, "most": most}
    with connection.cursor() as cursor:
        cursor.execute(_PAGE, {**asked, "floor": max(floor, after)})
        return [Turned(*row) for row in cursor.fetchall()]


def count_sizes(*, now: datetime) -> Sizes:
    """Sorts every list's audience once, in the caller's transaction: a second or two for a million people."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE reachable (mailing_list_id bigint, contact_id bigint, priority int)")
        _gather(cursor, MailingList.objects.values_list("pk", flat=True), now)
        cursor.execute(_SIZES)
        found: Sizes = {}
        for list_id, priority, people in cursor.fetchall():
            found.setdefault(list_id, {})[priority] = people
        cursor.execute("DROP TABLE reachable")
    return found


def _gather(cursor: CursorWrapper, list_ids: Iterable[int], now: datetime) -> None:
    """Whoever rests, or has had enough mail for now, is not lost."""
    for list_id in list_ids:
        audience, params = audience_sql(Audience(lists=(list_id,), is_exempt=True), now)
        cursor.execute(_GATHER.format(audience=audience), [list_id, *params])
