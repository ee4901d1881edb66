"""What is asked of one value, as SQL."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from subscribers.queries.segments.conditions import Piece, applied, denied
from subscribers.rules.segments.anniversaries import days_of_year
from subscribers.rules.segments.fields import COMPLEMENTS, FieldKind, Op
from subscribers.rules.segments.tree import Test

# A value of another kind than declared counts as none: nothing may fail on what an import once let in.
_FROM_JSON: Mapping[FieldKind, str] = {
    FieldKind.TEXT: "nullif(CASE WHEN jsonb_typeof({json}) = 'string' THEN {text} END, '')",
    FieldKind.CHOICE: "nullif(CASE WHEN jsonb_typeof({json}) = 'string' THEN {text} END, '')",
    FieldKind.NUMBER: "CASE WHEN jsonb_typeof({json}) = 'number' THEN {json}::numeric END",
    FieldKind.BOOLEAN: "CASE WHEN jsonb_typeof({json}) = 'boolean' THEN {json}::boolean END",
    # ISO dates sort as texts do, and no 31st of February breaks a text.
    FieldKind.DATE: "CASE WHEN {text} ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' THEN {text} END COLLATE \"C\"",
    FieldKind.LIST: "CASE WHEN jsonb_typeof({json}) = 'array' THEN nullif({json}, '[]') END",
    FieldKind.JSON: "CASE WHEN jsonb_typeof({json}) <> 'null' THEN {json} END",
}
_COMPARED: Mapping[Op, str] = {
    Op.IS: "=",
    Op.LESS_THAN: "<",
    Op.BEFORE: "<",
    Op.AT_MOST: "<=",
    Op.MORE_THAN: ">",
    Op.AFTER: ">",
    Op.AT_LEAST: ">=",
}
_IN_TEXT: Mapping[Op, str] = {
    Op.CONTAINS: "strpos(lower({}), lower(%s)) > 0",
    Op.STARTS_WITH: "starts_with(lower({}), lower(%s))",
}


@dataclass(frozen=True, slots=True)
class Moment:
    """When a segment is asked for, and in whose days it counts."""

    now: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def start_of(self, day: date) -> datetime:
        return datetime.combine(day, time.min, self.zone)

    def end_of(self, day: date) -> datetime:
        """The first moment that is no longer this day."""
        return self.start_of(day + timedelta(days=1))


def json_value(column: str, key: str, kind: FieldKind) -> Piece:
    """The value with this key, NULL where it is missing, empty or of another kind. `column` is ours, `key` theirs."""
    sql = _FROM_JSON[kind].replace("{json}", f"({column} -> %s)").replace("{text}", f"({column} ->> %s)")
    return Piece(f"({sql})", (key,) * sql.count("%s"))


def tested(value: Piece, test: Test, moment: Moment) -> Piece:
    """The condition that `value`, NULL where there is none, passes the test."""
    if test.op in COMPLEMENTS:
        return denied(tested(value, Test(test.kind, COMPLEMENTS[test.op], test.value), moment))
    if test.op == Op.IS_KNOWN:
        return applied("{} IS NOT NULL", value, is_certain=True)
    return _TESTS[test.kind](value, test, moment)


def _text(value: Piece, test: Test, moment: Moment) -> Piece:
    """Capitals make no difference; both sides are folded by the same server."""
    if test.op == Op.ENDS_WITH:
        return applied("right(lower({}), length(lower(%s))) = lower(%s)", value, test.value, test.value)
    if test.op in _IN_TEXT:
        return applied(_IN_TEXT[test.op], value, test.value)
    wanted = _several(test)
    return applied(f"lower({{}}) IN ({', '.join(['lower(%s)'] * len(wanted))})", value, *wanted)


def _choice(value: Piece, test: Test, moment: Moment) -> Piece:
    return applied("{} = ANY (%s::text[])", value, list(_several(test)))


def _number(value: Piece, test: Test, moment: Moment) -> Piece:
    if test.op == Op.BETWEEN:
        return applied("{} BETWEEN %s AND %s", value, *_several(test))
    return applied(f"{{}} {_COMPARED[test.op]} %s", value, test.value)


def _boolean(value: Piece, test: Test, moment: Moment) -> Piece:
    return applied("{} = %s", value, test.value)


def _list(value: Piece, test: Test, moment: Moment) -> Piece:
    function = "jsonb_exists_all" if test.op == Op.HAS_ALL_OF else "jsonb_exists_any"
    return applied(f"{function}({{}}, %s::text[])", value, list(_several(test)))


def _date(value: Piece, test: Test, moment: Moment) -> Piece:
    """Of dates as ISO texts."""
    days = {Op.IN_LAST: (-1, 0), Op.IN_NEXT: (0, 1)}
    if test.op in days:
        first, last = (moment.today + timedelta(days=sign * _days(test)) for sign in days[test.op])
        return applied("{} BETWEEN %s AND %s", value, first.isoformat(), last.isoformat())
    if test.op == Op.LONGER_AGO:
        return applied("{} < %s", value, (moment.today - timedelta(days=_days(test))).isoformat())
    if test.op == Op.ANNIVERSARY_IN_NEXT:
        return applied("substr({}, 6) = ANY (%s::text[])", value, days_of_year(moment.today, _days(test)))
    if test.op == Op.BETWEEN:
        return applied("{} BETWEEN %s AND %s", value, *(cast(date, each).isoformat() for each in _several(test)))
    return applied(f"{{}} {_COMPARED[test.op]} %s", value, cast(date, test.value).isoformat())


def _moment(value: Piece, test: Test, moment: Moment) -> Piece:
    """Of times: days are whole days of the team, spans are counted back or ahead from now."""
    now = moment.now
    if test.op in (Op.IN_LAST, Op.IN_NEXT, Op.LONGER_AGO):
        span = timedelta(days=_days(test))
        if test.op == Op.LONGER_AGO:
            return applied("{} < %s", value, now - span)
        first, last = (now - span, now) if test.op == Op.IN_LAST else (now, now + span)
        return applied("{} BETWEEN %s AND %s", value, first, last)
    if test.op == Op.ANNIVERSARY_IN_NEXT:
        template = "to_char({} AT TIME ZONE %s, 'MM-DD') = ANY (%s::text[])"
        return applied(template, value, moment.zone.key, days_of_year(moment.today, _days(test)))
    if test.op == Op.BEFORE:
        return applied("{} < %s", value, moment.start_of(cast(date, test.value)))
    if test.op == Op.AFTER:
        return applied("{} >= %s", value, moment.end_of(cast(date, test.value)))
    days = _several(test)
    return _between_days(value, cast(date, days[0]), cast(date, days[-1]), moment)


def _between_days(value: Piece, first: date, last: date, moment: Moment) -> Piece:
    bounds = (moment.start_of(first), moment.end_of(last))
    both = applied("{} >= %s", value, bounds[0])
    return Piece(f"{both.sql} AND {value.sql} < %s", (*both.params, *value.params, bounds[1]))


def _several(test: Test) -> tuple[Any, ...]:
    return test.value if isinstance(test.value, tuple) else (test.value,)


def _days(test: Test) -> int:
    return int(cast(int, test.value))


_TESTS: Mapping[FieldKind, Callable[[Piece, Test, Moment], Piece]] = {
    FieldKind.TEXT: _text,
    FieldKind.CHOICE: _choice,
    FieldKind.NUMBER: _number,
    FieldKind.BOOLEAN: _boolean,
    FieldKind.LIST: _list,
    FieldKind.DATE: _date,
    FieldKind.MOMENT: _moment,
}
