"""A segment while somebody builds it: read from a form, edited by buttons, finished to rules, and laid out again."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscribers.rules.segments import parse_rules, sentence
from subscribers.rules.segments.drafts import Node, blank, is_same, kept, nodes, read_draft, restored
from subscribers.rules.segments.editing import edit
from subscribers.rules.segments.finishing import Problem, finish
from subscribers.rules.segments.typed import joined_values, split_values
from subscribers.rules.segments.unfolding import unfold
from tests.subscribers.rules.test_segments import KNOWN, SAID


@pytest.mark.parametrize(("rules", "words"), SAID)
def test_every_rule_can_be_laid_out_and_finished_again(rules: dict[str, Any], words: str) -> None:
    draft = unfold(rules)
    finished = finish(draft, KNOWN)
    assert finished.problems == {}
    assert sentence(parse_rules(finished.rules, KNOWN), KNOWN) == words
    assert restored(kept(draft)) == draft


# Two groups, each with conditions: 1 (2, 3), 4 (5), and 6 beside them.
FORM = {
    "0.match": ["all"],
    "node": ["1:0:group", "2:1:condition", "3:1:condition", "4:0:group", "5:4:condition", "6:0:condition"],
    "1.match": ["any"],
    "2.what": ["field:first_name"],
    "2.value": ["Ann"],
    "4.match": ["none"],
}


GONE = "This field does not exist any more. Choose another, or take the condition away."
UNKNOWN = "“Atlantis” is not a country that we know. Use a code, such as FR."


def shape(node: Node) -> Any:
    parts = [shape(part) for part in node.parts]
    return {node.key: parts} if node.kind == "group" else node.key


@pytest.mark.parametrize(
    ("do", "after", "focus"),
    [
        ("up 3", [{"1": ["3", "2"]}, {"4": ["5"]}, "6"], "up-3"),
        ("up 2", ["2", {"1": ["3"]}, {"4": ["5"]}, "6"], "up-2"),
        ("down 3", [{"1": ["2"]}, "3", {"4": ["5"]}, "6"], "down-3"),
        ("up 6", [{"1": ["2", "3"]}, {"4": ["5", "6"]}], "up-6"),
        ("down 6", [{"1": ["2", "3"]}, {"4": ["5"]}, "6"], "down-6"),
        ("up 4", [{"1": ["2", "3", {"4": ["5"]}]}, "6"], "up-4"),
        ("remove 2", [{"1": ["3"]}, {"4": ["5"]}, "6"], "what-3"),
        ("remove 5", [{"1": ["2", "3"]}, {"4": []}, "6"], "add-4"),
        ("remove 1", [{"4": ["5"]}, "6"], "match-4"),
        ("remove 0", [{"1": ["2", "3"]}, {"4": ["5"]}, "6"], ""),
        ("copy 1", [{"1": ["2", "3"]}, {"7": ["8", "9"]}, {"4": ["5"]}, "6"], "match-7"),
        ("condition 4", [{"1": ["2", "3"]}, {"4": ["5", "7"]}, "6"], "what-7"),
        ("group 0", [{"1": ["2", "3"]}, {"4": ["5"]}, "6", {"7": ["8"]}], "what-8"),
        ("explode 4", [{"1": ["2", "3"]}, {"4": ["5"]}, "6"], ""),
        ("remove 99", [{"1": ["2", "3"]}, {"4": ["5"]}, "6"], ""),
    ],
)
def test_buttons_change_the_tree_and_say_where_the_focus_goes(do: str, after: list[Any], focus: str) -> None:
    edited = edit(read_draft(FORM), do)
    assert shape(edited.root) == {"0": after}
    assert edited.focus == focus


def test_a_copy_keeps_what_was_typed() -> None:
    edited = edit(read_draft(FORM), "copy 2")
    copies = [node for node in nodes(edited.root) if node.text("value") == "Ann"]
    assert [node.key for node in copies] == ["2", "7"]


@given(st.lists(st.tuples(st.sampled_from(["up", "down", "copy", "remove", "condition", "group"]), st.integers(0, 12))))
def test_no_order_of_buttons_breaks_the_tree(presses: list[tuple[str, int]]) -> None:
    root = read_draft(FORM)
    for verb, key in presses:
        before = {node.key for node in nodes(root)}
        root = edit(root, f"{verb} {key}").root
        keys = [node.key for node in nodes(root)]
        assert keys[0] == "0"
        assert len(keys) == len(set(keys))
        # Moving loses nobody, and neither does a button that makes no sense.
        assert verb == "remove" or before <= set(keys)


def test_a_form_of_nonsense_is_an_empty_draft() -> None:
    nonsense = {"node": ["", "x:0:condition", "1:9:condition", "0:0:group", "²:0:group", "2:0:property", "3:0"]}
    assert read_draft(nonsense) == blank()


def test_details_stay_in_their_activity() -> None:
    form = {"node": ["1:0:condition", "2:1:property"], "1.what": ["activity"]}
    assert edit(read_draft(form), "up 2").root == read_draft(form)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({}, Problem("Choose what it is about.", is_missing=True)),
        ({"what": "field:first_name"}, Problem("Fill in what to compare with.", is_missing=True)),
        (
            {"what": "field:custom.gone"},
            Problem("This field does not exist any more. Choose another, or take the condition away."),
        ),
        ({"what": "field:custom.number", "value": "many"}, Problem("“many” is not a number.")),
        (
            {"what": "field:country", "value": "Atlantis"},
            Problem(UNKNOWN),
        ),
        ({"what": "field:created_at", "op": "in_last", "value": "1.5"}, Problem("“1.5” is not a whole number.")),
        ({"what": "field:custom.date", "value": "tomorrow"}, Problem("Expected a date such as 2026-01-31.")),
        ({"what": "list"}, Problem("Choose a list.", is_missing=True)),
        ({"what": "list", "list": "99"}, Problem("There is no list 99 (any more).")),
        ({"what": "mail", "days": "0"}, Problem("Expected a whole number from 1 to 36,500.")),
        ({"what": "segment"}, Problem("Choose a segment.", is_missing=True)),
        ({"what": "nothing"}, Problem("Choose what it is about: this is none of the choices.")),
    ],
)
def test_each_problem_is_named_at_its_condition(given: dict[str, str], problem: Problem) -> None:
    form = {"node": ["1:0:condition", "2:0:condition"], "2.what": ["mail"], "2.days": ["9"]}
    form |= {f"1.{name}": [value] for name, value in given.items()}
    finished = finish(read_draft(form), KNOWN)
    assert finished.problems == {"1": problem}
    # The others are counted meanwhile.
    assert finished.rules == {"type": "all", "rules": [{"type": "mail", "act": "opened", "days": 9}]}


def test_countries_are_taken_by_name_and_numbers_with_a_comma() -> None:
    form = {
        "node": ["1:0:condition", "2:0:condition"],
        "1.what": ["field:country"],
        "1.op": ["is_any_of"],
        "1.value": ["Germany, at"],
        "2.what": ["field:custom.number"],
        "2.value": ["2,5"],
    }
    country, number = finish(read_draft(form), KNOWN).rules["rules"]
    assert (country["value"], number["value"]) == (["DE", "AT"], 2.5)


@given(st.lists(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1), min_size=1, unique=True))
def test_values_come_back_as_they_were_joined(values: list[str]) -> None:
    assert split_values(joined_values(values)) == values


def test_a_draft_is_the_same_whatever_its_keys_and_what_stands_empty() -> None:
    one = read_draft({"node": ["1:0:condition"], "1.what": ["mail"], "1.value": [""], "0.match": ["all"]})
    other = read_draft({"node": ["7:0:condition"], "7.what": ["mail"]})
    assert is_same(one, other)
    assert not is_same(one, edit(one, "condition 0").root)
