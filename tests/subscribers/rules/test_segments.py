"""Rules of segments as JSON: read, refused with the place of the mistake, written back and said in words."""

from datetime import date
from typing import Any

import pytest

from subscribers.errors import RulesRefused
from subscribers.rules.segments import Known, parse_rules, sentence, write_rules
from subscribers.rules.segments.anniversaries import days_of_year
from subscribers.rules.segments.fields import OWN_FIELDS, custom_field
from subscribers.rules.segments.nesting import refuse_cycles, users_of
from subscribers.rules.segments.tree import AllOf, Not, SegmentRule

KINDS = ("text", "number", "date", "boolean", "choice", "list", "json")
CUSTOM = [custom_field(kind, f"Field {kind}", kind) for kind in KINDS]
KNOWN = Known({**OWN_FIELDS, **{field.name: field for field in CUSTOM}}, {3: "News"}, {7: "Best customers"})


def field(name: str, op: str, *value: Any) -> dict[str, Any]:
    return {"type": "field", "field": name, "op": op, **({"value": value[0]} if value else {})}


def group(kind: str, *rules: Any) -> dict[str, Any]:
    return {"type": kind, "rules": list(rules)}


ORDERED = {
    "type": "activity",
    "name": "ordered",
    "days": 180,
    "times": {"op": "at_least", "value": 2},
    "total": {"op": "more_than", "value": 100},
}
LEFT = {"type": "list", "list": 3, "state": "unsubscribed"}
CLICKED = {"type": "mail", "act": "clicked", "days": 90}
SAID = [
    (group("all"), "Everybody."),
    (field("first_name", "is", "Ann"), "People whose first name is “Ann”."),
    (field("country", "is_any_of", ["DE", "AT"]), "People whose country is “DE” or “AT”."),
    (field("country", "is_none_of", ["DE", "AT"]), "People whose country is neither “DE” nor “AT”."),
    (field("country", "is_none_of", ["DE"]), "People whose country is not “DE”."),
    (field("custom.list", "has_none_of", ["tea"]), "People whose Field list does not hold “tea”."),
    (field("custom.number", "at_least", 2.5), "People whose Field number is at least 2.5."),
    (field("custom.number", "between", [1, 1200000]), "People whose Field number is between 1 and 1,200,000."),
    (field("custom.boolean", "is", False), "People whose Field boolean is not set."),
    (field("custom.list", "has_all_of", ["tea", "mugs"]), "People whose Field list holds “tea” and “mugs”."),
    (field("custom.json", "is_unknown"), "People whose Field json is not known."),
    (
        field("custom.date", "anniversary_in_next", 7),
        "People whose Field date has its anniversary in the next 7 days.",
    ),
    (field("created_at", "before", "2026-03-01"), "People whose day of joining is before 2026-03-01."),
    ({"type": "list", "list": 3, "state": "subscribed"}, "People who are subscribed to “News”."),
    ({"type": "list", "list": None, "state": "unsubscribed"}, "People who left any list."),
    (
        {"type": "consent", "purpose": "subscription", "list": 3, "bases": ["double_opt_in"], "expires_within": 30},
        "People who agreed to mail of “News” (double opt in), with that ending in the next 30 days.",
    ),
    ({"type": "consent", "purpose": "open_tracking"}, "People who let us see their opens."),
    (CLICKED, "People who clicked a campaign in the last 90 days."),
    (
        {"type": "not", "rule": {"type": "mail", "act": "sent", "days": 1}},
        "People who were sent no campaign in the last day.",
    ),
    (
        {"type": "last_mails", "act": "opened", "campaigns": 10, "op": "at_most", "value": 0},
        "People who opened none of the last 10 campaigns sent to them.",
    ),
    (ORDERED, "People who did “ordered” at least 2 times and for more than 100 in all in the last 180 days."),
    (
        {
            "type": "activity",
            "name": "viewed",
            "since": "2026-01-01",
            "times": {"op": "at_most", "value": 0},
            "where": [{"key": "category", "kind": "text", "op": "is", "value": "tea"}],
        },
        "People who never did “viewed” (where category is “tea”) since 2026-01-01.",
    ),
    ({"type": "segment", "segment": 7}, "People who are in the segment “Best customers”."),
    (
        group("all", CLICKED, group("any", field("locale", "is_known"), LEFT)),
        "People who clicked a campaign in the last 90 days and (whose language is known or who left “News”).",
    ),
    (
        {"type": "not", "rule": group("any", LEFT, {"type": "segment", "segment": 7})},
        "People who are not among those (who left “News” or who are in the segment “Best customers”).",
    ),
]


@pytest.mark.parametrize(("rules", "words"), SAID)
def test_rules_are_said_in_words_and_written_back_as_they_came(rules: dict[str, Any], words: str) -> None:
    rule = parse_rules(rules, KNOWN)
    assert sentence(rule, KNOWN) == words
    assert write_rules(rule) == rules


DEEP: dict[str, Any] = CLICKED
for _ in range(12):
    DEEP = {"type": "not", "rule": DEEP}
REFUSED = [
    ([], "", "object"),
    ({}, "type", "all, any, not, field"),
    ({"type": ["all"]}, "type", "all, any"),
    (group("any"), "rules", "empty"),
    (group("all", CLICKED, group("all")), "rules[1].rules", "empty"),
    (group("all", CLICKED, {"type": "not"}), "rules[1].rule", "object"),
    (DEEP, "rule.rule.rule.rule.rule.rule.rule.rule.rule", "nested"),
    (group("all", *[CLICKED] * 61), "", "at most 60"),
    (field("custom.gone", "is", "x"), "field", "no field “custom.gone”"),
    (field("custom.number", "is", "12"), "value", "number"),
    (field("custom.number", "is", True), "value", "number"),
    (field("custom.number", "is", float("nan")), "value", "number"),
    (field("custom.number", "is", 10**400), "value", "number"),
    (field("custom.number", "between", [1]), "value", "two values"),
    (field("custom.number", "contains", "1"), "op", "is, less_than"),
    (field("custom.date", "before", "1.3.2026"), "value", "2026-01-31"),
    (field("custom.date", "before", "2026-02-30"), "value", "2026-01-31"),
    (field("custom.date", "in_last", 40_000), "value", "36,500"),
    (field("custom.boolean", "is", "yes"), "value", "true or false"),
    (field("custom.list", "has_any_of", []), "value", "at least one"),
    (field("custom.list", "has_any_of", ["tea", 3]), "value[1]", "text"),
    (field("first_name", "is", "a\0b"), "value", "cannot be compared"),
    (field("first_name", "is", "\ud800"), "value", "cannot be compared"),
    (field("first_name", "is", " "), "value", "text"),
    ({**field("first_name", "is", "a"), "flavour": 1}, "flavour", "not part"),
    ({"type": "list", "list": 4, "state": "subscribed"}, "list", "no list 4"),
    ({"type": "list", "list": 3, "state": "happy"}, "state", "pending, subscribed"),
    ({"type": "consent", "purpose": "marketing"}, "purpose", "subscription, open_tracking"),
    ({"type": "consent", "purpose": "subscription", "bases": ["verbal"]}, "bases[0]", "express"),
    ({"type": "mail", "act": "clicked", "days": 0}, "days", "from 1"),
    ({"type": "last_mails", "act": "sent", "campaigns": 3, "op": "is", "value": 1}, "act", "opened or clicked"),
    ({"type": "last_mails", "act": "opened", "campaigns": 21, "op": "is", "value": 1}, "campaigns", "to 20"),
    ({**ORDERED, "times": {"op": "at_least"}}, "times.value", "number"),
    (
        {**ORDERED, "where": [{"key": "a", "kind": "text", "op": "less_than", "value": "b"}]},
        "where[0].op",
        "is, is_not",
    ),
    ({"type": "activity", "name": "a", "since": "2026-02-01", "until": "2026-01-01"}, "until", "not before"),
    ({"type": "segment", "segment": 8}, "segment", "no segment 8"),
]


@pytest.mark.parametrize(("rules", "place", "why"), REFUSED)
def test_a_mistake_is_named_with_its_place(rules: Any, place: str, why: str) -> None:
    with pytest.raises(RulesRefused) as refused:
        parse_rules(rules, KNOWN)
    assert refused.value.place == place
    assert why in refused.value.why


def test_an_activity_without_a_count_means_at_least_once() -> None:
    assert write_rules(parse_rules({"type": "activity", "name": "ordered"}, KNOWN)) == {
        "type": "activity",
        "name": "ordered",
        "times": {"op": "at_least", "value": 1},
    }


def test_a_segment_never_contains_itself() -> None:
    chain = {1: AllOf((SegmentRule(2),)), 2: Not(SegmentRule(3)), 3: AllOf(())}
    refuse_cycles(4, SegmentRule(1), chain)
    for around in (SegmentRule(1), SegmentRule(2), SegmentRule(3)):
        with pytest.raises(RulesRefused, match="contain itself"):
            refuse_cycles(3, around, chain)
    assert users_of(3, chain) == [2]


def test_the_29th_of_february_is_kept_every_year() -> None:
    assert days_of_year(date(2027, 2, 27), 1) == ["02-27", "02-28", "02-29"]
    assert days_of_year(date(2028, 2, 27), 1) == ["02-27", "02-28"]
    assert days_of_year(date(2026, 12, 31), 1) == ["01-01", "12-31"]
    assert len(days_of_year(date(2027, 1, 1), 5_000)) == 366
