"""A second opinion on segments: people as plain data, and rules evaluated on them in plain Python."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from subscribers.rules.segments.fields import Field, FieldKind, Op
from subscribers.rules.segments.tree import (
    Act,
    ActivityRule,
    AllOf,
    AnyOf,
    ConsentRule,
    FieldRule,
    LastMailsRule,
    ListRule,
    MailRule,
    Not,
    Rule,
    SegmentRule,
    Test,
    Window,
)
from subscribers.types import Basis, Purpose, SubscriptionState

_POSITIVE = {
    Op.IS_NOT: Op.IS,
    Op.IS_NONE_OF: Op.IS_ANY_OF,
    Op.CONTAINS_NOT: Op.CONTAINS,
    Op.HAS_NONE_OF: Op.HAS_ANY_OF,
}


@dataclass
class Standing:
    state: SubscriptionState
    basis: Basis | None
    expires_at: datetime | None


@dataclass
class Mail:
    """`mailing` is a number that grows with time; opened and clicked by the person's own program."""

    mailing: int
    sent_at: datetime
    opened_at: datetime | None
    clicked_at: datetime | None


@dataclass
class Deed:
    name: str
    at: datetime
    value: Decimal | None
    properties: dict[str, Any]


@dataclass
class Person:
    first_name: str
    country: str
    attributes: dict[str, Any]
    created_at: datetime
    tracks_opens: bool
    standings: dict[int, Standing] = field(default_factory=dict)
    mails: list[Mail] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)

    @property
    def engaged_at(self) -> datetime | None:
        return max((at for mail in self.mails for at in (mail.opened_at, mail.clicked_at) if at), default=None)


@dataclass(frozen=True)
class World:
    """`lists`: number of a standing by the id in rules."""

    now: datetime
    zone: ZoneInfo
    segments: dict[int, Rule]
    lists: dict[int, int]

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()


def is_in(person: Person, rule: Rule, world: World) -> bool:
    match rule:
        case AllOf(parts):
            return all(is_in(person, part, world) for part in parts)
        case AnyOf(parts):
            return any(is_in(person, part, world) for part in parts)
        case Not(part):
            return not is_in(person, part, world)
        case FieldRule(of, test):
            return passes(value_of(person, of, world), test, world)
        case ListRule(list_id, state):
            return any(standing.state == state for standing in _standings(person, list_id, world))
        case ConsentRule():
            return _consents(person, rule, world)
        case MailRule(act, days):
            start = world.now - timedelta(days=days)
            return any(at is not None and at > start for mail in person.mails for at in _acts(mail, act))
        case LastMailsRule(act, campaigns, count):
            last = sorted(person.mails, key=lambda mail: (mail.sent_at, mail.mailing), reverse=True)[:campaigns]
            done = sum(any(_acts(mail, act)) for mail in last)
            return len(last) == campaigns and passes(Decimal(done), count, world)
        case ActivityRule():
            return _did(person, rule, world)
        case SegmentRule(segment_id):
            return is_in(person, world.segments[segment_id], world)
    raise AssertionError(rule)


def value_of(person: Person, of: Field, world: World) -> Any:
    if of.custom_key:
        return typed(person.attributes.get(of.custom_key), of.kind)
    if of.name == "lifecycle":
        return _stage(person, world.now)
    return getattr(person, of.name) or None


def typed(value: Any, kind: FieldKind) -> Any:
    """The value, or None where there is none of this kind."""
    match kind:
        case FieldKind.TEXT | FieldKind.CHOICE:
            return (value or None) if isinstance(value, str) else None
        case FieldKind.NUMBER:
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            return Decimal(repr(value)) if is_number else None
        case FieldKind.BOOLEAN:
            return value if isinstance(value, bool) else None
        case FieldKind.LIST:
            return (value or None) if isinstance(value, list) else None
        case FieldKind.DATE:
            # Python takes 20270227 for a date, too.
            is_date = isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value)
            return date.fromisoformat(value) if is_date else None
    return value


def passes(value: Any, test: Test, world: World) -> bool:
    match test.op:
        case Op.IS_KNOWN:
            return value is not None
        case Op.IS_UNKNOWN:
            return value is None
        case Op.IS_NOT | Op.IS_NONE_OF | Op.CONTAINS_NOT | Op.HAS_NONE_OF:
            return not passes(value, Test(test.kind, _POSITIVE[test.op], test.value), world)
    if value is None:
        return False
    if test.kind == FieldKind.MOMENT:
        return _moment_passes(value, test, world)
    if test.kind == FieldKind.DATE:
        return _date_passes(value, test, world.today)
    if test.kind == FieldKind.LIST:
        wanted, held = set(test.value), {each for each in value if isinstance(each, str)}
        return wanted <= held if test.op == Op.HAS_ALL_OF else bool(wanted & held)
    if test.kind == FieldKind.TEXT:
        wanted = test.value if isinstance(test.value, tuple) else (test.value,)
        return _text_passes(value.lower(), [each.lower() for each in wanted], test.op)
    return _compares(value, test)


def _text_passes(value: str, wanted: list[str], op: Op) -> bool:
    match op:
        case Op.CONTAINS:
            return wanted[0] in value
        case Op.STARTS_WITH:
            return value.startswith(wanted[0])
        case Op.ENDS_WITH:
            return value.endswith(wanted[0])
    return value in wanted


def _compares(value: Any, test: Test) -> bool:
    wanted = test.value
    match test.op:
        case Op.IS:
            return value == wanted
        case Op.IS_ANY_OF:
            return value in wanted
        case Op.LESS_THAN | Op.BEFORE:
            return value < wanted
        case Op.AT_MOST:
            return value <= wanted
        case Op.MORE_THAN | Op.AFTER:
            return value > wanted
        case Op.AT_LEAST:
            return value >= wanted
        case Op.BETWEEN:
            return wanted[0] <= value <= wanted[1]
    raise AssertionError(test)


def _date_passes(value: date, test: Test, today: date) -> bool:
    match test.op:
        case Op.IN_LAST:
            return 0 <= (today - value).days <= test.value
        case Op.IN_NEXT:
            return 0 <= (value - today).days <= test.value
        case Op.LONGER_AGO:
            return (today - value).days > test.value
        case Op.ANNIVERSARY_IN_NEXT:
            ahead = (today + timedelta(days=number) for number in range(test.value + 1))
            return any(_celebrates(value, day) for day in ahead)
    return _compares(value, test)


def _celebrates(born: date, day: date) -> bool:
    if (born.month, born.day) == (2, 29):
        return day + timedelta(days=1) == date(day.year, 3, 1)
    return (born.month, born.day) == (day.month, day.day)


def _moment_passes(value: datetime, test: Test, world: World) -> bool:
    match test.op:
        case Op.IN_LAST:
            return timedelta() <= world.now - value <= timedelta(days=test.value)
        case Op.IN_NEXT:
            return timedelta() <= value - world.now <= timedelta(days=test.value)
        case Op.LONGER_AGO:
            return world.now - value > timedelta(days=test.value)
    return _date_passes(value.astimezone(world.zone).date(), test, world.today)


def _standings(person: Person, list_id: int | None, world: World) -> list[Standing]:
    if list_id is None:
        return list(person.standings.values())
    return [person.standings[number] for number in [world.lists[list_id]] if number in person.standings]


def _consents(person: Person, rule: ConsentRule, world: World) -> bool:
    if rule.purpose == Purpose.OPEN_TRACKING:
        return person.tracks_opens
    if rule.purpose == Purpose.CLICK_TRACKING:
        return False
    for each in _standings(person, rule.list_id, world):
        is_live = each.state == SubscriptionState.SUBSCRIBED and each.basis is not None
        is_live = is_live and (each.expires_at is None or each.expires_at > world.now)
        if rule.expires_within is not None:
            ends = world.now + timedelta(days=rule.expires_within)
            is_live = is_live and each.expires_at is not None and each.expires_at <= ends
        if is_live and (not rule.bases or each.basis in rule.bases):
            return True
    return False


def _acts(mail: Mail, act: Act) -> list[datetime | None]:
    """Whoever clicked has opened."""
    return {
        Act.SENT: [mail.sent_at],
        Act.OPENED: [mail.opened_at, mail.clicked_at],
        Act.CLICKED: [mail.clicked_at],
    }[act]


def _did(person: Person, rule: ActivityRule, world: World) -> bool:
    found = [
        deed
        for deed in person.deeds
        if deed.name == rule.name
        and _within(deed.at, rule.window, world)
        and all(passes(typed(deed.properties.get(each.key), each.test.kind), each.test, world) for each in rule.where)
    ]
    times, total = Decimal(len(found)), sum((deed.value or Decimal(0) for deed in found), Decimal(0))
    return all(
        test is None or passes(amount, test, world) for amount, test in ((times, rule.times), (total, rule.total))
    )


def _within(at: datetime, window: Window, world: World) -> bool:
    if window.days is not None:
        return at > world.now - timedelta(days=window.days)
    day = at.astimezone(world.zone).date()
    return (window.since is None or day >= window.since) and (window.until is None or day <= window.until)


def _stage(person: Person, now: datetime) -> str:
    def is_within(at: datetime | None, days: int) -> bool:
        return at is not None and at > now - timedelta(days=days)

    last = person.engaged_at or person.created_at
    if is_within(person.created_at, 30):
        return "new"
    if is_within(person.engaged_at, 90):
        return "active"
    return "at_risk" if is_within(last, 180) else "dormant" if is_within(last, 365) else "lost"
