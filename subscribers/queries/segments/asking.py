"""Asks who is in a segment: as SQL for others to build on, as a count, as a plan, and against another segment."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from subscribers.queries.segments.compiling import Statement
from subscribers.queries.segments.conditions import Piece
from subscribers.queries.segments.library import known, needed_rules, segment_rule
from subscribers.queries.segments.values import Moment
from subscribers.queries.times import zone_of
from subscribers.rules.segments.tree import Rule

# Enough for a hash of a million people to stay in memory; each sort or hash of a query may take as much.
_ROOM = "SET LOCAL work_mem = '64MB'"


@dataclass(frozen=True, slots=True)
class Overlap:
    """People in the first, in the second, and in both."""

    first: int
    second: int
    both: int

    @property
    def either(self) -> int:
        return self.first + self.second - self.both


def segment_sql(rule: Rule, now: datetime) -> tuple[str, list[Any]]:
    """SQL and parameters that yield the contact_id of everybody who is in, each once. Days are the organisation's.

    Raises RulesRefused where a segment inside it cannot be read.
    """
    made = statement(rule, now)
    condition = made.condition(rule)
    source = made.source()
    sql = f"SELECT contact.id AS contact_id FROM {source.sql}\nWHERE {condition.sql}"  # noqa: S608
    return sql, [*source.params, *condition.params]


def sql_of_segment(segment_id: int, now: datetime) -> tuple[str, list[Any]]:
    """The same of a segment that is kept. Raises SegmentGone, RulesRefused."""
    return segment_sql(segment_rule(segment_id, known()), now)


def count_people(rule: Rule, *, now: datetime | None = None) -> int:
    """Exactly, at this moment. Raises RulesRefused."""
    sql, params = segment_sql(rule, now or timezone.now())
    with room() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({sql}) segment", params)  # noqa: S608
        return int(cursor.fetchone()[0])


def plan_of(rule: Rule, *, now: datetime | None = None, analyze: bool = False) -> str:
    """How PostgreSQL counts it; with `analyze` it counts and says what each step took."""
    sql, params = segment_sql(rule, now or timezone.now())
    options = "(ANALYZE, BUFFERS)" if analyze else "(COSTS)"
    with room() as cursor:
        cursor.execute(f"EXPLAIN {options} SELECT count(*) FROM ({sql}) segment", params)  # noqa: S608
        return "\n".join(row[0] for row in cursor.fetchall())


def compare(first: Rule, second: Rule, *, now: datetime | None = None) -> Overlap:
    """In one pass: what both look at is joined once. Raises RulesRefused."""
    now, names = now or timezone.now(), known()
    segments = {**needed_rules(first, names), **needed_rules(second, names)}
    made = Statement(Moment(now, zone_of("")), segments)
    one, other = (_bracketed(made.condition(rule)) for rule in (first, second))
    source = made.source()
    sql = (
        f"SELECT count(*) FILTER (WHERE {one.sql}), count(*) FILTER (WHERE {other.sql}), "  # noqa: S608
        f"count(*) FILTER (WHERE {one.sql} AND {other.sql}) FROM {source.sql} WHERE {one.sql} OR {other.sql}"
    )
    either = (*one.params, *other.params)
    with room() as cursor:
        cursor.execute(sql, [*either, *either, *source.params, *either])
        return Overlap(*cursor.fetchone())


def statement(rule: Rule, now: datetime, only: list[int] | None = None) -> Statement:
    """Ready to make conditions of the tree and of its parts. Raises RulesRefused."""
    return Statement(Moment(now, zone_of("")), needed_rules(rule, known()), only)


@contextmanager
def room() -> Iterator[CursorWrapper]:
    """A cursor for a query over everybody."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_ROOM)
        yield cursor


def _bracketed(condition: Piece) -> Piece:
    return condition._replace(sql=f"({condition.sql})")
