"""What the buttons of the segment builder do to a draft, and where the focus goes afterwards."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from subscribers.rules.segments.drafts import MOST_NODES, Match, Node, NodeKind, nodes

MOST_DEEP = 6


@dataclass(frozen=True, slots=True)
class Edited:
    """`focus` is the id of an element: `what-7` a condition's first input, `up-7` its button, `add-7` a group's."""

    root: Node
    focus: str = ""


def edit(root: Node, do: str) -> Edited:
    """`do` is a verb and a key, such as `remove 7`; one that makes no sense here changes nothing."""
    verb, _, key = do.partition(" ")
    if verb not in _VERBS or not any(node.key == key for node in nodes(root)):
        return Edited(root)
    return _VERBS[verb](root, key)


def _add_condition(root: Node, key: str) -> Edited:
    return _added(root, key, Node(_next_key(root), NodeKind.CONDITION), "what")


def _add_property(root: Node, key: str) -> Edited:
    return _added(root, key, Node(_next_key(root), NodeKind.PROPERTY), "key")


def _add_group(root: Node, key: str) -> Edited:
    """With a first condition in it: an empty group is of no use."""
    number = int(_next_key(root))
    around = next(node for node in nodes(root) if node.key == key)
    match = Match.ANY if around.match == Match.ALL else Match.ALL
    condition = Node(str(number + 1), NodeKind.CONDITION)
    group = Node(str(number), NodeKind.GROUP, {"match": (match.value,)}, (condition,))
    if _depth_of(root, key) >= MOST_DEEP:
        return Edited(root)
    return Edited(_added(root, key, group, "match").root, f"what-{condition.key}")


def _added(root: Node, key: str, node: Node, control: str) -> Edited:
    if sum(1 for _ in nodes(root)) >= MOST_NODES:
        return Edited(root)
    changed = _changed(root, key, lambda parent: (replace(parent, parts=(*parent.parts, node)),))
    return Edited(changed, f"{control}-{node.key}")


def _remove(root: Node, key: str) -> Edited:
    parent, place = _place(root, key)
    if parent is None:
        return Edited(root)
    left = [part for part in parent.parts if part.key != key]
    near = left[min(place, len(left) - 1)] if left else None
    return Edited(_changed(root, key, lambda _: ()), _first_control(near) if near else f"add-{parent.key}")


def _copy(root: Node, key: str) -> Edited:
    parent, _ = _place(root, key)
    number = int(_next_key(root))
    copies: list[Node] = []

    def doubled(node: Node) -> tuple[Node, ...]:
        copies.append(_anew(node, iter(range(number, number + MOST_NODES)).__next__))
        return node, copies[0]

    changed = _changed(root, key, doubled) if parent else root
    if not copies or sum(1 for _ in nodes(changed)) > MOST_NODES:
        return Edited(root)
    return Edited(changed, _first_control(copies[0]))


def _up(root: Node, key: str) -> Edited:
    return _moved(root, key, -1)


def _down(root: Node, key: str) -> Edited:
    return _moved(root, key, 1)


def _moved(root: Node, key: str, step: int) -> Edited:
    """Past its neighbour; into a neighbour that is a group; out of its own group at the border of that."""
    parent, place = _place(root, key)
    if parent is None:
        return Edited(root)
    node, beside = parent.parts[place], place + step
    without = _changed(root, key, lambda _: ())
    focus = f"{'up' if step < 0 else 'down'}-{key}"
    if not 0 <= beside < len(parent.parts):
        is_last_border = node.kind == NodeKind.PROPERTY or _place(root, parent.key)[0] is None
        return Edited(root if is_last_border else _put_beside(without, parent.key, node, step), focus)
    neighbour = parent.parts[beside]
    if neighbour.kind == NodeKind.GROUP:
        into = (*neighbour.parts, node) if step < 0 else (node, *neighbour.parts)
        moved = _changed(without, neighbour.key, lambda group: (replace(group, parts=into),))
        return Edited(moved if _depth(moved) <= MOST_DEEP + 1 else root, focus)
    return Edited(_put_beside(without, neighbour.key, node, step), focus)


def _put_beside(root: Node, key: str, node: Node, step: int) -> Node:
    return _changed(root, key, lambda there: (node, there) if step < 0 else (there, node))


def _changed(root: Node, key: str, change: Callable[[Node], tuple[Node, ...]]) -> Node:
    """The tree with other nodes in the place of one. The root stays one, whatever becomes of it."""

    def within(node: Node) -> tuple[Node, ...]:
        if node.key == key:
            return change(node)
        return (replace(node, parts=tuple(new for part in node.parts for new in within(part))),)

    return (*within(root), root)[0]


def _place(root: Node, key: str) -> tuple[Node | None, int]:
    """The parent, None of the root, and the place among its parts."""
    for node in nodes(root):
        for number, part in enumerate(node.parts):
            if part.key == key:
                return node, number
    return None, 0


def _anew(node: Node, next_number: Callable[[], int]) -> Node:
    return replace(node, key=str(next_number()), parts=tuple(_anew(part, next_number) for part in node.parts))


def _next_key(root: Node) -> str:
    return str(max(int(node.key) for node in nodes(root)) + 1)


def _depth(node: Node) -> int:
    return max((1 + _depth(part) for part in node.parts if part.kind == NodeKind.GROUP), default=0)


def _depth_of(root: Node, key: str) -> int:
    depth, (parent, _) = 0, _place(root, key)
    while parent is not None:
        depth, (parent, _) = depth + 1, _place(root, parent.key)
    return depth


def _first_control(node: Node) -> str:
    names = {NodeKind.GROUP: "match", NodeKind.CONDITION: "what", NodeKind.PROPERTY: "key"}
    return f"{names[node.kind]}-{node.key}"


_VERBS: Mapping[str, Callable[[Node, str], Edited]] = {
    "condition": _add_condition,
    "group": _add_group,
    "property": _add_property,
    "remove": _remove,
    "copy": _copy,
    "up": _up,
    "down": _down,
}
