"""Turns a tree back into JSON: what `parse_rules` reads from it is the same tree."""

from datetime import date
from decimal import Decimal
from typing import Any

from subscribers.rules.segments.tree import (
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
    Value,
)
from subscribers.types import Purpose


def write_rules(rule: Rule) -> dict[str, Any]:
    """Only what JSON knows: dates as ISO 8601, ids as numbers."""
    match rule:
        case AllOf(parts):
            return {"type": "all", "rules": [write_rules(part) for part in parts]}
        case AnyOf(parts):
            return {"type": "any", "rules": [write_rules(part) for part in parts]}
        case Not(part):
            return {"type": "not", "rule": write_rules(part)}
        case FieldRule(field, test):
            return {"type": "field", "field": field.name, **_test(test)}
        case ListRule(list_id, state):
            return {"type": "list", "list": list_id, "state": state.value}
        case ConsentRule():
            return _consent(rule)
        case MailRule(act, days):
            return {"type": "mail", "act": act.value, "days": days}
        case LastMailsRule(act, campaigns, count):
            return {"type": "last_mails", "act": act.value, "campaigns": campaigns, **_test(count)}
        case ActivityRule():
            return _activity(rule)
        case SegmentRule(segment_id):
            return {"type": "segment", "segment": segment_id}


def _test(test: Test) -> dict[str, Any]:
    return {"op": test.op.value} if test.value is None else {"op": test.op.value, "value": _value(test.value)}


def _value(value: Value) -> Any:
    if isinstance(value, tuple):
        return [_value(each) for each in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, date) else value


def _consent(rule: ConsentRule) -> dict[str, Any]:
    written: dict[str, Any] = {"type": "consent", "purpose": rule.purpose.value}
    if rule.purpose == Purpose.SUBSCRIPTION:
        written["list"] = rule.list_id
    if rule.bases:
        written["bases"] = [basis.value for basis in rule.bases]
    if rule.expires_within is not None:
        written["expires_within"] = rule.expires_within
    return written


def _activity(rule: ActivityRule) -> dict[str, Any]:
    written: dict[str, Any] = {"type": "activity", "name": rule.name}
    for key, comparison in (("times", rule.times), ("total", rule.total)):
        if comparison:
            written[key] = _test(comparison)
    window = rule.window
    for key, value in (("days", window.days), ("since", window.since), ("until", window.until)):
        if value is not None:
            written[key] = _value(value)
    if rule.where:
        written["where"] = [{"key": each.key, "kind": each.test.kind.value, **_test(each.test)} for each in rule.where]
    return written
