"""The segments as a page lists them, and how one has grown; nothing is counted for either."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Subquery

from subscribers.errors import RulesRefused
from subscribers.models import Segment, SegmentSize
from subscribers.queries.segments.library import known
from subscribers.rules.segments.parsing import parse_rules
from subscribers.rules.segments.sentences import sentence
from subscribers.rules.segments.tree import Known


@dataclass(frozen=True, slots=True)
class SegmentRow:
    """`people` as of `counted_at`, None before the first snapshot; `problem` says why rules cannot be read any more."""

    id: int
    name: str
    description: str
    sentence: str
    problem: str
    people: int | None
    counted_at: datetime | None


def segment_list() -> list[SegmentRow]:
    """By name, each with its newest snapshot; few queries however many."""
    newest = SegmentSize.objects.filter(segment=OuterRef("pk")).order_by("-taken_at")
    rows = Segment.objects.annotate(
        people=Subquery(newest.values("people")[:1]), counted_at=Subquery(newest.values("taken_at")[:1])
    )
    names = known()
    return [
        SegmentRow(each.pk, each.name, each.description, *_read(each, names), each.people, each.counted_at)
        for each in rows.order_by("name")
    ]


def size_history(segment_id: int, *, most: int = 400) -> list[SegmentSize]:
    """The last snapshots, the oldest first."""
    return list(SegmentSize.objects.filter(segment_id=segment_id).order_by("-taken_at")[:most])[::-1]


def _read(segment: Segment, names: Known) -> tuple[str, str]:
    try:
        return sentence(parse_rules(segment.rules, names), names), ""
    except RulesRefused as refused:
        return "", str(refused)
