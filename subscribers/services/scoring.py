"""Reckons score and stage of everybody: set-based, one transaction, no loop over people."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from deliverability.queries.engagement import human_acts_sql
from deliverability.types import EventKind
from subscribers.queries.engagement.lifecycle import STAGE, lifecycle_stages, stage_params
from subscribers.rules.lifecycle import Stage
from subscribers.rules.scoring import HALF_LIFE, LOOKS_BACK, MOST_POINTS, NAMES, WEIGHTS, Deed

_DEEDS = f"""
CREATE TEMPORARY TABLE deeds ON COMMIT DROP AS
SELECT coalesce(contact.merged_into_id, contact.id) AS contact_id, count(*) AS times, max(deed.at) AS last_at,
    sum(deed.spent) AS spent,
    sum(deed.weight * power(0.5,
        greatest(extract(epoch FROM %(now)s - deed.at)::float8, 0) / {HALF_LIFE.total_seconds()})) AS points
FROM (
    SELECT recipient_id AS contact_id, occurred_at AS at, 0::numeric AS spent,
        CASE kind WHEN {int(EventKind.CLICKED)} THEN {WEIGHTS[Deed.CLICK]} ELSE {WEIGHTS[Deed.OPEN]} END AS weight
    FROM ({{acts}}) act
    UNION ALL
    SELECT contact_id, occurred_at, CASE WHEN name = ANY (%(purchases)s::text[]) THEN coalesce(value, 0) ELSE 0 END,
        CASE WHEN name = ANY (%(purchases)s::text[]) THEN {WEIGHTS[Deed.PURCHASE]} ELSE {WEIGHTS[Deed.REPLY]} END
    FROM subscribers_contactactivity
    WHERE name = ANY (%(purchases)s::text[] || %(replies)s::text[])
        AND occurred_at > %(since)s AND occurred_at <= %(now)s
) deed JOIN subscribers_contact contact ON contact.id = deed.contact_id
GROUP BY 1
"""  # noqa: S608  only constants
# percent_rank gives those who are equal the same, lower fifth.
_FIFTHS = """
CREATE TEMPORARY TABLE fifths ON COMMIT DROP AS
SELECT contact_id, points,
    least(1 + floor(5 * percent_rank() OVER (ORDER BY last_at)), 5)::smallint AS recency,
    least(1 + floor(5 * percent_rank() OVER (ORDER BY times)), 5)::smallint AS frequency,
    CASE WHEN spent > 0 THEN least(1 + floor(5 * percent_rank() OVER (PARTITION BY spent > 0 ORDER BY spent)), 5)
        ELSE 0 END::smallint AS monetary
FROM deeds
"""
# A stage that has been there from the first reckoning began when its border was passed.
_SCORES = f"""
INSERT INTO subscribers_contactscore AS known
    (contact_id, recency, frequency, monetary, points, score, stage, stage_since, computed_at)
SELECT person.id, coalesce(recency, 0), coalesce(frequency, 0), coalesce(monetary, 0), worth,
    coalesce(recency, 0) + coalesce(frequency, 0) + coalesce(monetary, 0) + round(worth),
    stage, CASE stage WHEN '{Stage.NEW}' THEN created_at WHEN '{Stage.ACTIVE}' THEN engaged_at
        WHEN '{Stage.AT_RISK}' THEN alive_at + %(active)s WHEN '{Stage.DORMANT}' THEN alive_at + %(at_risk)s
        ELSE alive_at + %(dormant)s END, %(now)s
FROM (
    SELECT contact.id, contact.created_at, contact.engaged_at, {{stage}} AS stage,
        coalesce(contact.engaged_at, contact.created_at) AS alive_at
    FROM subscribers_contact contact WHERE merged_into_id IS NULL AND restricted_at IS NULL
) person LEFT JOIN (
    SELECT *, round(least(points, {MOST_POINTS})::numeric, 1)::float8 AS worth_something FROM fifths
) fifth ON fifth.contact_id = person.id
CROSS JOIN LATERAL (SELECT coalesce(worth_something, 0) AS worth) points
ON CONFLICT (contact_id) DO UPDATE SET recency = EXCLUDED.recency, frequency = EXCLUDED.frequency,
    monetary = EXCLUDED.monetary, points = EXCLUDED.points, score = EXCLUDED.score, stage = EXCLUDED.stage,
    stage_since = CASE WHEN known.stage = EXCLUDED.stage THEN known.stage_since ELSE EXCLUDED.computed_at END,
    computed_at = EXCLUDED.computed_at
WHERE (known.recency, known.frequency, known.monetary, known.points, known.stage)
    IS DISTINCT FROM (EXCLUDED.recency, EXCLUDED.frequency, EXCLUDED.monetary, EXCLUDED.points, EXCLUDED.stage)
"""  # noqa: S608  only constants
# Whoever asked us to restrict what we do with them is not profiled (GDPR Art. 18).
_RESTRICTED = """
DELETE FROM subscribers_contactscore WHERE contact_id IN (
    SELECT id FROM subscribers_contact WHERE restricted_at IS NOT NULL)
"""


@transaction.atomic
def score_contacts() -> int:
    """Returns how many scores or stages changed. Safe to run twice, at once, and to lose."""
    now = timezone.now()
    stages = lifecycle_stages()
    acts, acts_params = _by_name("act", *human_acts_sql(now - LOOKS_BACK))
    stage, stage_values = _by_name("border", STAGE, stage_params(stages, now))
    spans: dict[str, Any] = {name: timedelta(days=getattr(stages, name)) for name in ("active", "at_risk", "dormant")}
    names = {"purchases": list(NAMES[Deed.PURCHASE]), "replies": list(NAMES[Deed.REPLY])}
    params: dict[str, Any] = {"now": now, "since": now - LOOKS_BACK, **names}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('subscribers.scores'))")
        cursor.execute("SET LOCAL work_mem = '128MB'")
        cursor.execute(_DEEDS.format(acts=acts), {**params, **acts_params})
        cursor.execute(_FIFTHS)
        cursor.execute("ANALYZE fifths")
        cursor.execute(_SCORES.format(stage=stage), {"now": now, **spans, **stage_values})
        changed = int(cursor.rowcount)
        cursor.execute(_RESTRICTED)
        cursor.execute("DROP TABLE deeds, fifths")
    return changed


def _by_name(prefix: str, sql: str, values: Sequence[Any]) -> tuple[str, dict[str, Any]]:
    """SQL with positional parameters as a part of a statement that has named ones: one statement takes one style."""
    named = {f"{prefix}_{number}": value for number, value in enumerate(values)}
    return sql % tuple(f"%({name})s" for name in named), named
