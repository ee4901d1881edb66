"""Makes the event table's monthly partitions ahead of time, empties its safety net into them, and drops old ones."""

from datetime import UTC, date, datetime

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone
from psycopg import sql

MONTHS_AHEAD = 2

_DEFAULT = "deliverability_event_default"
_PARTITIONS = """
SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
WHERE inhparent = 'deliverability_event'::regclass AND relname ~ '_[0-9]{4}_[0-9]{2}$' ORDER BY relname
"""

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


def old_events(before: datetime) -> int:
    """How many events `drop_events` would take."""
    with connection.cursor() as cursor:
        return sum(_rows(cursor, name, None) for name in _past(cursor, before)) + _rows(cursor, _DEFAULT, before)


def drop_events(before: datetime) -> int:
    """Drop the months that are over before then, as whole partitions: no row is touched one by one. Returns how many
    events went.

    A month that is not wholly over waits, so events live up to a month longer than asked.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('sendwell.partitions'))")
        names = _past(cursor, before)
        gone = sum(_rows(cursor, name, None) for name in names) + _rows(cursor, _DEFAULT, before)
        for name in names:
            cursor.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(name)))
        cursor.execute(sql.SQL("DELETE FROM {} WHERE occurred_at < %s").format(sql.Identifier(_DEFAULT)), [before])
    return gone


def _past(cursor: CursorWrapper, before: datetime) -> list[str]:
    """Partitions whose month ends before then."""
    cursor.execute(_PARTITIONS)
    ends = {name: _months_later(date(int(name[-7:-3]), int(name[-2:]), 1), 1) for (name,) in cursor.fetchall()}
    return [name for name, end in ends.items() if _midnight(end) <= before]


def _rows(cursor: CursorWrapper, table: str, before: datetime | None) -> int:
    where = sql.SQL("WHERE occurred_at < {}").format(sql.Literal(before)) if before else sql.SQL("")
    cursor.execute(sql.SQL("SELECT count(*) FROM {} {}").format(sql.Identifier(table), where))
    return int(cursor.fetchone()[0])


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
