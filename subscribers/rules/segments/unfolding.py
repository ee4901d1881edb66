"""Lays the kept rules of a segment out as a draft, for somebody to change them."""

from collections.abc import Mapping
from typing import Any

from subscribers.rules.segments.drafts import ROOT, Match, Node, NodeKind, numbered
from subscribers.rules.segments.typed import ANY, FIELD, YES, joined_values

Given = dict[str, tuple[str, ...]]


def unfold(rules: Mapping[str, Any]) -> Node:
    """Of rules as `write_rules` makes them; what they speak of need not exist any more."""
    root = _node(rules)
    return numbered(root if root.kind == NodeKind.GROUP else Node(ROOT, NodeKind.GROUP, _match(Match.ALL), (root,)))


def _node(rules: Mapping[str, Any]) -> Node:
    kind = rules["type"]
    if kind in ("all", "any"):
        return _group(Match(kind), rules["rules"])
    if kind == "not":
        inner = rules["rule"]
        if inner["type"] in ("all", "any"):
            return _group(Match.NONE if inner["type"] == "any" else Match.NOT_ALL, inner["rules"])
        return _group(Match.NONE, [inner])
    parts = tuple(_property(each) for each in rules.get("where", ()))
    return Node("", NodeKind.CONDITION, _LEAVES[kind](rules), parts)


def _group(match: Match, rules: Any) -> Node:
    return Node("", NodeKind.GROUP, _match(match), tuple(_node(each) for each in rules))


def _match(match: Match) -> Given:
    return {"match": (match.value,)}


def _field(rules: Mapping[str, Any]) -> Given:
    return _one("what", FIELD + rules["field"]) | _test(rules)


def _list(rules: Mapping[str, Any]) -> Given:
    return _one("what", "list") | _id("list", rules["list"]) | _one("state", rules["state"])


def _consent(rules: Mapping[str, Any]) -> Given:
    given = _one("what", "consent") | _one("purpose", rules["purpose"])
    if "list" in rules:
        given |= _id("list", rules["list"])
    if rules.get("bases"):
        given["bases"] = tuple(rules["bases"])
    return given | _one("within", rules.get("expires_within"))


def _mail(rules: Mapping[str, Any]) -> Given:
    return _one("what", "mail") | _one("act", rules["act"]) | _one("days", rules["days"])


def _last_mails(rules: Mapping[str, Any]) -> Given:
    act = _one("what", "last_mails") | _one("act", rules["act"])
    return act | _one("campaigns", rules["campaigns"]) | _test(rules)


def _activity(rules: Mapping[str, Any]) -> Given:
    given = _one("what", "activity") | _one("name", rules["name"])
    for name in ("times", "total"):
        if name in rules:
            given |= _test(rules[name], (f"{name}_op", name, f"{name}_until"))
    if "days" in rules:
        return given | _one("window", "days") | _one("days", rules["days"])
    if "since" in rules or "until" in rules:
        given |= _one("window", "dates")
    return given | _one("since", rules.get("since")) | _one("until", rules.get("until"))


def _property(rules: Mapping[str, Any]) -> Node:
    given = _one("key", rules["key"]) | _one("kind", rules["kind"]) | _test(rules)
    return Node("", NodeKind.PROPERTY, given)


def _segment(rules: Mapping[str, Any]) -> Given:
    return _one("what", "segment") | _id("segment", rules["segment"])


def _test(rules: Mapping[str, Any], names: tuple[str, str, str] = ("op", "value", "until")) -> Given:
    op, first, last = names
    given, value = _one(op, rules["op"]), rules.get("value")
    if not isinstance(value, list):
        return given | _one(first, value)
    if rules["op"] == "between":
        return given | _one(first, value[0]) | _one(last, value[1])
    return given | {first: (joined_values([_text(each) for each in value]),)}


def _id(name: str, value: int | None) -> Given:
    return _one(name, ANY if value is None else value)


def _one(name: str, value: Any) -> Given:
    return {} if value is None else {name: (_text(value),)}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return YES if value else "no"
    return str(value)


_LEAVES = {
    "field": _field,
    "list": _list,
    "consent": _consent,
    "mail": _mail,
    "last_mails": _last_mails,
    "activity": _activity,
    "segment": _segment,
}
