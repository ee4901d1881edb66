"""Asks who is in a segment: as SQL for others to build on, as a count, as a plan, and against another segment."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone
from psycopg.errors import QueryCanceled

from subscribers.errors import TookTooLong
from subscribers.queries.engagement.lifecycle import lifecycle_stages
from subscribers.queries.segments.compiling import Statement
from subscribers.queries.segments.library import known, needed_rules, segment_rule
from subscribers.queries.segments.values import Moment
from subscribers.queries.times import zone_of
from subscribers.rules.segments.tree import Rule

# Enough for a hash of a million people to stay in memory; each sort or hash of a query may take as much.
_ROOM = "SET LOCAL work_mem = '64MB'"


@dataclass(frozen=True, slots=True)
class Region:
    """People who are in exactly those of the compared segments that `inside` says, in their order."""

    inside: tuple[bool, ...]
    people: int


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


def count_people(rule: Rule, *, now: datetime | None = None, seconds: float | None = None) -> int:
    """Exactly, at this moment. Raises RulesRefused, and TookTooLong after `seconds`."""
    sql, params = segment_sql(rule, now or timezone.now())
    with room(seconds) as cursor:
        cursor.execute(f"SELECT count(*) FROM ({sql}) segment", params)  # noqa: S608
        return int(cursor.fetchone()[0])


def plan_of(rule: Rule, *, now: datetime | None = None, analyze: bool = False) -> str:
    """How PostgreSQL counts it; with `analyze` it counts and says what each step took."""
    sql, params = segment_sql(rule, now or timezone.now())
    options = "(ANALYZE, BUFFERS)" if analyze else "(COSTS)"
    with room() as cursor:
        cursor.execute(f"EXPLAIN {options} SELECT count(*) FROM ({sql}) segment", params)  # noqa: S608
        return "\n".join(row[0] for row in cursor.fetchall())


def compare(rules: Sequence[Rule], *, seconds: float | None = None) -> list[Region]:
    """Every combination that holds anybody, in one pass: what several look at is joined once.

    Raises RulesRefused, and TookTooLong after `seconds`.
    """
    now, names = timezone.now(), known()
    segments = {key: rule for each in rules for key, rule in needed_rules(each, names).items()}
    made = Statement(Moment(now, zone_of("")), segments, stages=lifecycle_stages())
    conditions = [made.condition(rule) for rule in rules]
    source = made.source()
    columns = ", ".join(f"({each.sql}) IS TRUE" for each in conditions)
    params = [value for each in conditions for value in each.params]
    places = ", ".join(str(number) for number in range(1, len(rules) + 1))
    # The numbers, not the conditions again: GROUP BY compares expressions by their text, parameters included.
    sql = f"SELECT {columns}, count(*) FROM {source.sql} GROUP BY {places} ORDER BY {places}"  # noqa: S608
    with room(seconds) as cursor:
        cursor.execute(sql, [*params, *source.params])
        rows = cursor.fetchall()
    return [Region(tuple(inside), people) for *inside, people in rows if any(inside)]


def statement(rule: Rule, now: datetime, only: list[int] | None = None) -> Statement:
    """Ready to make conditions of the tree and of its parts. Raises RulesRefused."""
    return Statement(Moment(now, zone_of("")), needed_rules(rule, known()), only, lifecycle_stages())


@contextmanager
def room(seconds: float | None = None) -> Iterator[CursorWrapper]:
    """A cursor for a query over everybody. Raises TookTooLong where a statement takes longer than `seconds`."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_ROOM)
            if seconds is not None:
                cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(int(seconds * 1000))])
            yield cursor
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TookTooLong from None
        raise
