"""A draft as the builder shows it: groups and conditions with their inputs, numbers and problems."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from subscribers.rules.segments.drafts import ROOT, Node, NodeKind
from subscribers.rules.segments.editing import MOST_DEEP
from subscribers.rules.segments.finishing import Problem
from subscribers.views.audience.segments.inputs import Input, inputs_of
from subscribers.views.audience.segments.offers import Offer
from subscribers.views.audience.segments.words import JOINTS, MATCHES, Choices, Words

_TITLES = {
    NodeKind.GROUP: lambda place: _("Group %(place)s") % {"place": place},
    NodeKind.CONDITION: lambda place: _("Condition %(place)s") % {"place": place},
    NodeKind.PROPERTY: lambda place: _("Detail %(place)s") % {"place": place},
}


@dataclass(frozen=True, slots=True)
class Line:
    """`joint` stands before it, empty for the first of its group; `parent` is the key of what it stands in."""

    node: Node
    parent: str
    title: str
    joint: Words
    inputs: Sequence[Input]
    parts: Sequence["Line"]
    problem: Problem | None
    is_root: bool
    is_first: bool
    is_last: bool
    may_nest: bool

    @property
    def matches(self) -> Choices:
        return MATCHES

    @property
    def unseen(self) -> list[tuple[str, str]]:
        """What was typed into inputs that another choice has put away: it is there again when they are."""
        shown = {each.name for each in self.inputs}
        names = (name for name in self.node.given if name not in shown)
        return [(name, value) for name in names for value in self.node.given[name]]

    @property
    def takes_details(self) -> bool:
        return self.node.text("what") == "activity"


def line_of(root: Node, offer: Offer, problems: Mapping[str, Problem]) -> Line:
    return _line(root, "", "", "", offer, problems, 0, (True, True))


def _line(
    node: Node,
    parent: str,
    place: str,
    joint: Words,
    offer: Offer,
    problems: Mapping[str, Problem],
    depth: int,
    borders: tuple[bool, bool],
) -> Line:
    parts, last = [], len(node.parts) - 1
    joints = JOINTS[node.match] if node.kind == NodeKind.GROUP else _("and")
    # Whatever stands at the border of an inner group can still leave it.
    is_fixed = node.key == ROOT or node.kind == NodeKind.CONDITION
    for number, part in enumerate(node.parts):
        inner_place = f"{place}.{number + 1}" if place else str(number + 1)
        ends = (is_fixed and number == 0, is_fixed and number == last)
        inner_joint = joints if number else ""
        parts.append(_line(part, node.key, inner_place, inner_joint, offer, problems, depth + 1, ends))
    return Line(
        node=node,
        parent=parent,
        title=_TITLES[node.kind](place) if place else _("The segment"),
        joint=joint,
        inputs=inputs_of(node, offer) if node.kind != NodeKind.GROUP else (),
        parts=parts,
        problem=problems.get(node.key),
        is_root=node.key == ROOT,
        is_first=borders[0],
        is_last=borders[1],
        may_nest=depth < MOST_DEEP,
    )
