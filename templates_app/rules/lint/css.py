"""Reads style sheets and style attributes into flat lists: declarations, selectors and at-rules, each with its line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import tinycss2
from lxml.etree import _Element

# Deeper than anybody nests, and far from Python's own limit.
_DEEPEST, _DEEPEST_READ = 20, 100
_WITH_RULES = frozenset({"media", "supports", "layer", "container", "scope", "starting-style", "document"})


@dataclass(frozen=True, slots=True)
class Declaration:
    """`name` in lower case; `values` are tinycss2's component values; `selector` says whom it styles."""

    name: str
    values: Sequence[Any]
    is_important: bool
    line: int
    selector: str

    @property
    def text(self) -> str:
        return tinycss2.serialize(self.values).strip()


@dataclass(frozen=True, slots=True)
class Selector:
    tokens: Sequence[Any]
    line: int

    @property
    def text(self) -> str:
        return " ".join(tinycss2.serialize(self.tokens).split())


@dataclass(frozen=True, slots=True)
class AtRule:
    """`prelude` is what stands between its name and its block."""

    name: str
    prelude: Sequence[Any]
    line: int

    @property
    def text(self) -> str:
        return " ".join(tinycss2.serialize(self.prelude).split())


@dataclass(slots=True)
class Css:
    """Everything that the style sheets and style attributes of a page say, in their order."""

    declarations: list[Declaration] = field(default_factory=list)
    selectors: list[Selector] = field(default_factory=list)
    at_rules: list[AtRule] = field(default_factory=list)
    comments: list[int] = field(default_factory=list)
    # Lines of rules within rules that are no at-rules.
    nested: list[int] = field(default_factory=list)
    # Those of style sheets that hold on every screen.
    unconditional: list[Declaration] = field(default_factory=list)

    # What style attributes declare, by their elements.
    inline: dict[_Element, list[Declaration]] = field(default_factory=dict)

    def read_sheet(self, source: str, first_line: int) -> None:
        """Add a style sheet whose first line is that of the page."""
        if _is_too_deep(source):
            return
        rules = tinycss2.parse_stylesheet(source, skip_comments=False, skip_whitespace=True)
        self._read_rules(rules, first_line, "", 0)

    def read_attribute(self, source: str, line: int, selector: str, element: _Element) -> None:
        """Add what an element's style attribute declares."""
        if _is_too_deep(source):
            return
        known = len(self.declarations)
        self._read_block(tinycss2.parse_blocks_contents(source), line, selector, 0)
        self.inline[element] = self.declarations[known:]

    def _read_rules(self, rules: Sequence[Any], first_line: int, within: str, depth: int) -> None:
        for rule in rules:
            line = first_line + rule.source_line - 1
            if rule.type == "comment":
                self.comments.append(line)
            elif rule.type == "at-rule":
                self._read_at_rule(rule, first_line, within, depth)
            elif rule.type == "qualified-rule":
                self._read_rule(rule, first_line, depth)

    def _read_rule(self, rule: Any, first_line: int, depth: int) -> None:
        selector = Selector(rule.prelude, first_line + rule.source_line - 1)
        self.selectors.append(selector)
        if depth < _DEEPEST:
            content = tinycss2.parse_blocks_contents(rule.content)
            self._read_block(content, first_line, selector.text, depth + 1)

    def _read_at_rule(self, rule: Any, first_line: int, within: str, depth: int) -> None:
        self.at_rules.append(AtRule(rule.lower_at_keyword, rule.prelude, first_line + rule.source_line - 1))
        if rule.content is None or depth >= _DEEPEST:
            return
        if within or rule.lower_at_keyword not in _WITH_RULES:
            content = tinycss2.parse_blocks_contents(rule.content)
            self._read_block(content, first_line, within or f"@{rule.lower_at_keyword}", depth + 1)
        else:
            rules = tinycss2.parse_rule_list(rule.content, skip_whitespace=True)
            self._read_rules(rules, first_line, "", depth + 1)

    def _read_block(self, content: Sequence[Any], first_line: int, selector: str, depth: int) -> None:
        for one in content:
            line = first_line + one.source_line - 1
            if one.type == "declaration":
                declaration = Declaration(one.lower_name, one.value, one.important, line, selector)
                self.declarations.append(declaration)
                if depth == 1 and not selector.startswith("@"):
                    self.unconditional.append(declaration)
            elif one.type == "comment":
                self.comments.append(line)
            elif one.type == "at-rule":
                self._read_at_rule(one, first_line, selector, depth)
            elif one.type == "qualified-rule":
                # Keyframes hold rules by design; elsewhere a rule within a rule is nesting.
                if not selector.startswith("@"):
                    self.nested.append(line)
                self._read_rule(one, first_line, depth)


def _is_too_deep(source: str) -> bool:
    """Beyond this tinycss2 ends in Python's own limit, and no mail program follows."""
    depth = deepest = 0
    for character in source:
        if character in "({[":
            depth += 1
            deepest = max(deepest, depth)
        elif character in ")}]":
            depth -= 1
    return deepest > _DEEPEST_READ


def tokens(values: Sequence[Any], depth: int = 0) -> Iterator[Any]:
    """Every token of a value, those within functions and blocks included."""
    for token in values:
        yield token
        if depth < _DEEPEST:
            inner = getattr(token, "arguments", None) or getattr(token, "content", None)
            if isinstance(inner, list):
                yield from tokens(inner, depth + 1)
