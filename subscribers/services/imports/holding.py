"""Takes the rows that are to be looked at out of an import, and keeps them with all that they say."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import connection

from deliverability.queries.mailbox_providers import domains_without_mail
from deliverability.queries.suppressions import live_suppressions
from deliverability.types import StreamKind, SuppressionReason
from subscribers.models import HeldRow, ImportRun
from subscribers.rules.imports.holding import HoldReason

# A row that an earlier attempt has held stays held, whatever DNS and the suppression list say by now.
_AS_BEFORE = """
UPDATE import_row SET held = before.reason FROM subscribers_heldrow before
WHERE before.run_id = %s AND before.row = import_row.row
"""
_DOMAINS = "SELECT DISTINCT split_part(email, '@', 2) FROM import_row WHERE held IS NULL AND permission < 2"
_DEAD = """
UPDATE import_row SET held = %s
WHERE held IS NULL AND permission < 2 AND split_part(email, '@', 2) = ANY(%s) AND email > %s
"""
_BOUNCED = """
UPDATE import_row SET held = %s WHERE held IS NULL AND permission < 2 AND email > %s
    AND address_key IN (SELECT address_key FROM ({suppressed}) bounced)
"""
# Nobody can tell which of two names of one address is right; a name that is missing contradicts none.
_CONFLICT = """
UPDATE import_row SET held = %s FROM (
    SELECT email FROM import_row WHERE held IS NULL AND first_name || last_name <> ''
    GROUP BY email HAVING count(DISTINCT lower(first_name || ' ' || last_name)) > 1
) torn
WHERE import_row.email = torn.email AND held IS NULL AND permission < 2 AND import_row.email > %s
"""
_KEEP = """
INSERT INTO subscribers_heldrow (run_id, row, reason, "column", value, email, address_key, person, state, decided_by)
SELECT %s, row, held, %s, coalesce(nullif(typed, ''), left(email, 500)), email, address_key, jsonb_build_object(
    'first_name', first_name, 'last_name', last_name, 'locale', locale, 'time_zone', time_zone, 'country', country,
    'attributes', attributes, 'permission', permission, 'since', since, 'engaged_at', engaged_at), 'open', ''
FROM import_row WHERE held IS NOT NULL
ON CONFLICT (run_id, row) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Holding:
    """What to hold, for which run (None in a rehearsal), and the name of the column of addresses.

    Nobody is held whom an earlier attempt has written already: those up to `position`.
    """

    reasons: Collection[HoldReason]
    run: ImportRun | None
    column: str
    position: str = ""


def hold_rows(holding: Holding) -> int:
    """Mark the rows of the staging table that only the database can tell of, and keep all that are held. How many."""
    with connection.cursor() as cursor:
        if holding.run:
            cursor.execute(_AS_BEFORE, [holding.run.pk])
        if HoldReason.BOUNCED in holding.reasons:
            suppressed, values = _bounced()
            cursor.execute(
                _BOUNCED.format(suppressed=suppressed), [HoldReason.BOUNCED.value, holding.position, *values]
            )
        if HoldReason.DEAD_DOMAIN in holding.reasons:
            cursor.execute(_DOMAINS)
            dead = domains_without_mail([domain for (domain,) in cursor.fetchall()])
            cursor.execute(_DEAD, [HoldReason.DEAD_DOMAIN.value, list(dead), holding.position])
        if HoldReason.CONFLICT in holding.reasons:
            cursor.execute(_CONFLICT, [HoldReason.CONFLICT.value, holding.position])
        if not holding.run:
            cursor.execute("SELECT count(*) FROM import_row WHERE held IS NOT NULL")
            return int(cursor.fetchone()[0])
        cursor.execute(_KEEP, [holding.run.pk, holding.column[:500]])
    return HeldRow.objects.filter(run=holding.run).count()


def _bounced() -> tuple[str, tuple[Any, ...]]:
    reasons = (SuppressionReason.HARD_BOUNCE, SuppressionReason.SOFT_BOUNCE)
    live = live_suppressions(StreamKind.MARKETING).filter(reason__in=reasons)
    return live.values("address_key").query.sql_with_params()
