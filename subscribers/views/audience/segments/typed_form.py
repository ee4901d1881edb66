"""What the builder's form holds, and where a draft begins."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest, QueryDict

from subscribers.models import Segment, SegmentDraft
from subscribers.queries.contacts.filters import Filters
from subscribers.rules.segments.drafts import Node, NodeKind, blank, is_same, kept, read_draft, restored
from subscribers.rules.segments.unfolding import unfold
from subscribers.services.segments import drop_draft, keep_draft


@dataclass(frozen=True, slots=True)
class Typed:
    """`based_on`: how the segment stood when this was begun, empty for a new one."""

    name: str
    description: str
    root: Node
    based_on: str = ""


def read_form(given: QueryDict) -> Typed:
    texts = {name: given.get(name, "").replace("\0", "") for name in ("name", "description", "based_on")}
    form = {name: [text.replace("\0", "") for text in values] for name, values in given.lists()}
    return Typed(texts["name"], texts["description"], read_draft(form), texts["based_on"])


def of_segment(segment: Segment) -> Typed:
    return Typed(segment.name, segment.description, unfold(segment.rules), stamp(segment.changed_at))


def of_draft(draft: SegmentDraft) -> Typed:
    return Typed(draft.name, draft.description, restored(draft.tree), stamp(draft.based_on))


def of_nothing() -> Typed:
    """A new segment begins with one condition to fill in."""
    first = Node("1", NodeKind.CONDITION)
    return Typed("", "", replace(blank(), parts=(first,)))


def of_filters(filters: Filters) -> Typed:
    """As far as rules can say what filters of contacts do."""
    parts: list[Mapping[str, Any]] = []
    if filters.list or filters.state:
        state = filters.state or "subscribed"
        parts.append({"type": "list", "list": int(filters.list) if filters.list else None, "state": state})
    if filters.provider:
        test = {"op": "is_any_of", "value": [filters.provider]}
        parts.append({"type": "field", "field": "mailbox_provider", **test})
    parts += [{"type": "segment", "segment": key} for key in filters.segments]
    parts += [{"type": "not", "rule": {"type": "segment", "segment": key}} for key in filters.others]
    return Typed("", "", unfold({"type": "all", "rules": parts})) if parts else of_nothing()


def keep(request: HttpRequest, typed: Typed, segment: Segment | None) -> None:
    """Keeps what differs from what is in use, and forgets a draft that does not any more."""
    actor: Any = request.user
    segment_id = segment.pk if segment else None
    begun = of_segment(segment) if segment else of_nothing()
    if (typed.name, typed.description) == (begun.name, begun.description) and is_same(typed.root, begun.root):
        drop_draft(user_id=actor.pk, segment_id=segment_id)
        return
    tree = kept(typed.root)
    keep_draft(
        actor=actor,
        user_id=actor.pk,
        segment_id=segment_id,
        name=typed.name,
        description=typed.description,
        tree=tree,
    )


def stamp(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""
