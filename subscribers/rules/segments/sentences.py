"""Says a segment's rules in plain words."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from subscribers.rules.segments.fields import FieldKind, Op
from subscribers.rules.segments.tree import (
    Act,
    ActivityRule,
    AllOf,
    AnyOf,
    ConsentRule,
    FieldRule,
    Known,
    LastMailsRule,
    Leaf,
    ListRule,
    MailRule,
    Not,
    Rule,
    Scalar,
    SegmentRule,
    Test,
    Value,
    Window,
)
from subscribers.types import Purpose, SubscriptionState

# What stands between the field and its value, and the same denied.
_VERBS: Mapping[Op, tuple[str, str]] = {
    Op.IS: ("is", "is not"),
    Op.IS_NOT: ("is not", "is"),
    Op.IS_ANY_OF: ("is", "is neither"),
    Op.IS_NONE_OF: ("is neither", "is"),
    Op.CONTAINS: ("contains", "does not contain"),
    Op.CONTAINS_NOT: ("does not contain", "contains"),
    Op.STARTS_WITH: ("starts with", "does not start with"),
    Op.ENDS_WITH: ("ends with", "does not end with"),
    Op.LESS_THAN: ("is less than", "is not less than"),
    Op.AT_MOST: ("is at most", "is not at most"),
    Op.MORE_THAN: ("is more than", "is not more than"),
    Op.AT_LEAST: ("is at least", "is not at least"),
    Op.BETWEEN: ("is between", "is not between"),
    Op.BEFORE: ("is before", "is not before"),
    Op.AFTER: ("is after", "is not after"),
    Op.IN_LAST: ("was in the last", "was not in the last"),
    Op.LONGER_AGO: ("is longer ago than", "is not longer ago than"),
    Op.IN_NEXT: ("is in the next", "is not in the next"),
    Op.ANNIVERSARY_IN_NEXT: ("has its anniversary in the next", "does not have its anniversary in the next"),
    Op.HAS_ANY_OF: ("holds", "holds neither"),
    Op.HAS_ALL_OF: ("holds", "does not hold all of"),
    Op.HAS_NONE_OF: ("holds neither", "holds"),
    Op.IS_KNOWN: ("is known", "is not known"),
    Op.IS_UNKNOWN: ("is not known", "is known"),
}
# The same of a single value, which is neither one of several nor all of them.
_VERBS_OF_ONE: Mapping[Op, tuple[str, str]] = {
    Op.IS_NONE_OF: ("is not", "is"),
    Op.IS_ANY_OF: ("is", "is not"),
    Op.HAS_ANY_OF: ("holds", "does not hold"),
    Op.HAS_ALL_OF: ("holds", "does not hold"),
    Op.HAS_NONE_OF: ("does not hold", "holds"),
}
_COUNTS: Mapping[Op, str] = {
    Op.IS: "exactly ",
    Op.LESS_THAN: "less than ",
    Op.AT_MOST: "at most ",
    Op.MORE_THAN: "more than ",
    Op.AT_LEAST: "at least ",
    Op.BETWEEN: "between ",
}
_DAYS = (Op.IN_LAST, Op.LONGER_AGO, Op.IN_NEXT, Op.ANNIVERSARY_IN_NEXT)
_STATES = {
    SubscriptionState.SUBSCRIBED: ("are subscribed to", "are not subscribed to"),
    SubscriptionState.PENDING: ("have yet to confirm", "are not yet to confirm"),
    SubscriptionState.UNSUBSCRIBED: ("left", "did not leave"),
}
_TRACKING = {Purpose.OPEN_TRACKING: "see their opens", Purpose.CLICK_TRACKING: "see their clicks"}


def sentence(rule: Rule, known: Known) -> str:
    """One sentence, such as “People whose city is “Berlin” and who clicked a campaign in the last 90 days.”"""
    return "Everybody." if rule == AllOf(()) else f"People {_clause(rule, known)}."


def phrase(leaf: Leaf, known: Known) -> str:
    """One condition by itself, such as “whose city is “Berlin””."""
    return _leaf(leaf, known, 0)


def _clause(rule: Rule, known: Known) -> str:
    match rule:
        case AllOf(()):
            return "of any kind"
        case AllOf(parts):
            return " and ".join(_inner(part, known) for part in parts)
        case AnyOf(parts):
            return " or ".join(_inner(part, known) for part in parts)
        case Not(part):
            return _denied(part, known)
        case _:
            return _leaf(rule, known, 0)


def _denied(rule: Rule, known: Known) -> str:
    match rule:
        case Not(part):
            return _inner(part, known)
        case AllOf() | AnyOf():
            return f"who are not among those ({_clause(rule, known)})"
        case _:
            return _leaf(rule, known, 1)


def _inner(rule: Rule, known: Known) -> str:
    """In brackets where “and” and “or” would run into each other."""
    is_group = isinstance(rule, AllOf | AnyOf) and len(rule.parts) > 1
    return f"({_clause(rule, known)})" if is_group else _clause(rule, known)


def _leaf(leaf: Leaf, known: Known, denied: int) -> str:
    """`denied` is 1 for the opposite."""
    match leaf:
        case FieldRule(field, test):
            return f"whose {field.label} {_said(test, denied)}"
        case ListRule(list_id, state):
            return f"who {_STATES[state][denied]} {_list(list_id, known)}"
        case ConsentRule():
            return _consent(leaf, known, denied)
        case MailRule(act, days):
            acts = {Act.SENT: "were sent", Act.OPENED: "opened", Act.CLICKED: "clicked"}
            return f"who {acts[act]} {('a', 'no')[denied]} campaign in the last {_days(days)}"
        case LastMailsRule(act, campaigns, count):
            how_many = "none" if _is_none(count) else _count(count)
            found = f"{act.value} {how_many} of the last {campaigns} campaigns sent to them"
            return ("who ", "of whom it is not true that they ")[denied] + found
        case ActivityRule():
            return ("who ", "of whom it is not true that they ")[denied] + _activity(leaf)
        case SegmentRule(segment_id):
            name = known.segments.get(segment_id, f"number {segment_id}")
            return f"who are {('', 'not ')[denied]}in the segment “{name}”"


def _consent(rule: ConsentRule, known: Known, denied: int) -> str:
    if rule.purpose in _TRACKING:
        return f"who {('let us', 'do not let us')[denied]} {_TRACKING[rule.purpose]}"
    words = f"agreed to mail of {_list(rule.list_id, known)}"
    if rule.bases:
        words += f" ({' or '.join(basis.replace('_', ' ') for basis in rule.bases)})"
    if rule.expires_within is not None:
        words += f", with that ending in the next {_days(rule.expires_within)}"
    return ("who ", "of whom it is not true that they ")[denied] + words


def _activity(rule: ActivityRule) -> str:
    if rule.times and _is_none(rule.times) and rule.total is None:
        return f"never did {_things(rule)}{_window(rule.window)}"
    counts = []
    if rule.times:
        counts.append(f"{_count(rule.times)} {'time' if rule.times.value == 1 else 'times'}")
    if rule.total:
        counts.append(f"for {_count(rule.total)} in all")
    return f"did {_things(rule)} {' and '.join(counts)}{_window(rule.window)}"


def _things(rule: ActivityRule) -> str:
    where = " and ".join(f"{each.key} {_said(each.test, 0)}" for each in rule.where)
    return f"“{rule.name}”" + (f" (where {where})" if where else "")


def _window(window: Window) -> str:
    if window.days is not None:
        return f" in the last {_days(window.days)}"
    since = f" since {window.since}" if window.since else ""
    return since + (f" until {window.until}" if window.until else "")


def _list(list_id: int | None, known: Known) -> str:
    return "any list" if list_id is None else f"“{known.lists.get(list_id, f'list {list_id}')}”"


def _is_none(test: Test) -> bool:
    return test.value == 0 and test.op in (Op.IS, Op.AT_MOST)


def _count(test: Test) -> str:
    return _COUNTS[test.op] + _value(test.value, " and ")


def _said(test: Test, denied: int) -> str:
    is_one = isinstance(test.value, tuple) and len(test.value) == 1
    verb = (_VERBS_OF_ONE if is_one and test.op in _VERBS_OF_ONE else _VERBS)[test.op][denied]
    if test.value is None:
        return verb
    if test.kind == FieldKind.BOOLEAN:
        return f"is {'' if test.value else 'not '}set" if not denied else f"is not known to be {_yes(test.value)}"
    if test.op in _DAYS:
        return f"{verb} {_days(int(str(test.value)))}"
    return f"{verb} {_value(test.value, _between(test.op, verb))}"


def _yes(value: Value) -> str:
    return "set" if value else "not set"


def _between(op: Op, verb: str) -> str:
    if op in (Op.BETWEEN, Op.HAS_ALL_OF):
        return " and "
    return " nor " if "neither" in verb else " or "


def _days(count: int) -> str:
    return "day" if count == 1 else f"{count:,} days"


def _value(value: Value, between: str) -> str:
    if isinstance(value, tuple):
        return between.join(_scalar(each) for each in value)
    return "" if value is None else _scalar(value)


def _scalar(value: Scalar | int) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():,f}"
    return str(value) if isinstance(value, date | int) else f"“{value}”"
