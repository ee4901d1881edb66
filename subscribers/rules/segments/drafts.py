"""A segment while somebody builds it: everything exactly as typed, finished or not."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

MOST_NODES = 200
ROOT = "0"
_LONGEST = 4_000
_MOST_VALUES = 200


class NodeKind(StrEnum):
    """`property` narrows the activities of the condition that it stands in."""

    GROUP = "group"
    CONDITION = "condition"
    PROPERTY = "property"


class Match(StrEnum):
    """How many parts of a group somebody must meet."""

    ALL = "all"
    ANY = "any"
    NONE = "none"
    NOT_ALL = "not_all"


_PARENTS = {
    NodeKind.GROUP: NodeKind.GROUP,
    NodeKind.CONDITION: NodeKind.GROUP,
    NodeKind.PROPERTY: NodeKind.CONDITION,
}


@dataclass(frozen=True, slots=True)
class Node:
    """`key` stays with it wherever it moves; `given` holds what stands in its inputs, by name."""

    key: str
    kind: NodeKind
    given: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parts: tuple["Node", ...] = ()

    def text(self, name: str) -> str:
        """The one value of an input, without spaces around it; empty where there is none."""
        return next(iter(self.given.get(name, ())), "").strip()

    @property
    def match(self) -> Match:
        return Match(self.text("match")) if self.text("match") in set(Match) else Match.ALL


def blank() -> Node:
    """Everybody, before the first condition."""
    return Node(ROOT, NodeKind.GROUP)


def nodes(root: Node) -> Iterator[Node]:
    """From top to bottom, as they stand on the page."""
    yield root
    for part in root.parts:
        yield from nodes(part)


def read_draft(form: Mapping[str, Sequence[str]]) -> Node:
    """What the builder's form holds: `node` names each node as `key:parent:kind`, its inputs are `key.name`.

    What makes no sense, such as a node in one that is not there, is passed over.
    """
    given: dict[str, dict[str, tuple[str, ...]]] = {}
    for name, values in form.items():
        key, dot, inner = name.partition(".")
        if dot:
            given.setdefault(key, {})[inner] = tuple(str(each)[:_LONGEST] for each in values[:_MOST_VALUES])
    kinds: dict[str, NodeKind] = {ROOT: NodeKind.GROUP}
    children: dict[str, list[str]] = {ROOT: []}
    for entry in form.get("node", ())[:MOST_NODES]:
        key, parent, kind = (*entry.split(":"), "", "")[:3]
        is_new = key.isdecimal() and key.isascii() and len(key) < 7 and key not in kinds
        if is_new and kind in set(NodeKind) and kinds.get(parent) == _PARENTS[NodeKind(kind)]:
            kinds[key] = NodeKind(kind)
            children[key] = []
            children[parent].append(key)
    return _grown(ROOT, kinds, children, given)


def kept(node: Node) -> dict[str, Any]:
    """As JSON, for keeping; `restored` reads it."""
    parts = [kept(part) for part in node.parts]
    given = {name: list(values) for name, values in node.given.items()}
    return {"key": node.key, "kind": node.kind.value, "given": given, "parts": parts}


def restored(data: Mapping[str, Any]) -> Node:
    given = {name: tuple(values) for name, values in data["given"].items()}
    return Node(data["key"], NodeKind(data["kind"]), given, tuple(map(restored, data["parts"])))


def is_same(one: Node, other: Node) -> bool:
    """Whether both say the same, whatever their keys; what is empty says nothing."""
    return _said(one) == _said(other)


def numbered(root: Node) -> Node:
    """With keys from top to bottom."""
    fresh = iter(range(MOST_NODES * 10))

    def anew(node: Node) -> Node:
        key = str(next(fresh))
        return replace(node, key=key, parts=tuple(anew(part) for part in node.parts))

    return anew(root)


def _grown(
    key: str,
    kinds: Mapping[str, NodeKind],
    children: Mapping[str, Sequence[str]],
    given: Mapping[str, Mapping[str, tuple[str, ...]]],
) -> Node:
    parts = tuple(_grown(child, kinds, children, given) for child in children[key])
    return Node(key, kinds[key], given.get(key, {}), parts)


def _said(node: Node) -> tuple[object, ...]:
    given = {name: values for name, values in node.given.items() if any(values)}
    if node.kind == NodeKind.GROUP:
        given["match"] = (node.match.value,)
    return node.kind, tuple(sorted(given.items())), tuple(map(_said, node.parts))
