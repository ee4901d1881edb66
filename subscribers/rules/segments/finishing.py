"""Makes rules of a draft, and says at each condition what is still missing or wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from subscribers.errors import RulesRefused
from subscribers.rules.segments.drafts import Match, Node, NodeKind, nodes
from subscribers.rules.segments.parsing import parse_rules
from subscribers.rules.segments.tree import Known, Rule
from subscribers.rules.segments.typed import Refused, leaf_of


@dataclass(frozen=True, slots=True)
class Problem:
    """`is_missing`: not wrong, only not finished."""

    words: str
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class Finished:
    """`rules` as JSON, without what has a problem; `problems` by the node's key, "" for the whole."""

    rules: dict[str, Any]
    problems: Mapping[str, Problem] = field(default_factory=dict)

    @property
    def left_out(self) -> int:
        """Conditions and groups that the rules pass over."""
        return len(self.problems)


def finish(root: Node, known: Known) -> Finished:
    """Whole where no problem is found; the rest can be counted meanwhile."""
    problems: dict[str, Problem] = {}
    rules = _rules(root, known, problems) or {"type": "all", "rules": []}
    if not problems:
        _refuse(lambda: parse_rules(rules, known), "", problems)
    return Finished(rules, problems)


def rule_of(finished: Finished, known: Known) -> Rule:
    """What can be counted so far. Raises RulesRefused where even that is too much."""
    return parse_rules(finished.rules, known)


def _rules(node: Node, known: Known, problems: dict[str, Problem]) -> dict[str, Any] | None:
    """None for what cannot be counted."""
    if node.kind == NodeKind.CONDITION:
        return _condition(node, known, problems)
    found = [rules for part in node.parts if (rules := _rules(part, known, problems)) is not None]
    if not node.parts and node.key != "0":
        problems[node.key] = Problem("This group is empty. Add a condition, or take the group away.", is_missing=True)
    if not found:
        return None
    if node.match in (Match.ALL, Match.ANY):
        return {"type": node.match.value, "rules": found}
    inner = {"type": "any" if node.match == Match.NONE else "all", "rules": found}
    return {"type": "not", "rule": found[0] if len(found) == 1 else inner}


def _condition(node: Node, known: Known, problems: dict[str, Problem]) -> dict[str, Any] | None:
    try:
        leaf = leaf_of(node, known)
        parse_rules(leaf, known)
    except Refused as refused:
        problems[refused.key] = Problem(refused.words, refused.is_missing)
    except RulesRefused as refused:
        problems[node.key] = Problem(refused.why)
    else:
        return leaf
    return None


def _refuse(read: Any, key: str, problems: dict[str, Problem]) -> None:
    try:
        read()
    except RulesRefused as refused:
        problems[key] = Problem(refused.why)


def is_empty(root: Node) -> bool:
    """Nothing but the root, which means everybody."""
    return sum(1 for _ in nodes(root)) == 1
