"""Makes the event table's monthly partitions ahead of time and empties its safety net into them."""

from datetime import UTC, date, datetime

from django.db import connection, transaction
from django.utils import timezone
from psycopg import sql

MONTHS_AHEAD = 2

_EXISTS = "SELECT to_regclass(%s) IS NOT NULL"
_STRAY_MONTHS = """
SELECT DISTINCT date_trunc('month', occurred_at AT TIME ZONE 'UTC')::date FROM deliverability_event_default
"""
# A partition cannot be attached while the default one holds rows of its range, so the rows move first, under a lock
# that lets nobody add another. Without stray rows the scan that PostgreSQL makes of the default partition is empty.
_MAKE = """
LOCK TABLE deliverability_event IN ACCESS EXCLUSIVE MODE;
CREATE TABLE {name} (LIKE deliverability_event INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
WITH moved AS (
    DELETE FROM deliverability_event_default WHERE occurred_at >= {start} AND occurred_at < {end} RETURNING *
)
INSERT INTO {name} SELECT * FROM moved;
ALTER TABLE deliverability_event ATTACH PARTITION {name} FOR VALUES FROM ({start}) TO ({end});
"""


def ensure_partitions() -> list[str]:
    """Make the partitions of this month, the next two, and every month whose events wait in the default partition.

    Returns the names of those it made. Each is a transaction of its own, so the table is locked only briefly.
    """
    this_month = timezone.now().date().replace(day=1)
    wanted = {_months_later(this_month, ahead) for ahead in range(MONTHS_AHEAD + 1)}
    with connection.cursor() as cursor:
        cursor.execute(_STRAY_MONTHS)
        wanted.update(row[0] for row in cursor.fetchall())
    return [_name(month) for month in sorted(wanted) if _make(month)]


def _make(month: date) -> bool:
    with transaction.atomic(), connection.cursor() as cursor:
        # Two beats, or two machines being set up, must not race for the same month.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('sendwell.partitions'))")
        cursor.execute(_EXISTS, [_name(month)])
        if cursor.fetchone()[0]:
            return False
        cursor.execute(
            sql.SQL(_MAKE).format(
                name=sql.Identifier(_name(month)),
                start=sql.Literal(_midnight(month)),
                end=sql.Literal(_midnight(_months_later(month, 1))),
            )
        )
    return True


def _name(month: date) -> str:
    return f"deliverability_event_{month:%Y_%m}"


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _months_later(month: date, count: int) -> date:
    years, index = divmod(month.month - 1 + count, 12)
    return date(month.year + years, index + 1, 1)
