"""The segments as a page lists them, and how one has grown; nothing is counted for either."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery

from subscribers.errors import RulesRefused
from subscribers.models import Segment, SegmentDraft, SegmentSize
from subscribers.queries.segments.library import known
from subscribers.rules.segments.parsing import parse_rules
from subscribers.rules.segments.sentences import sentence
from subscribers.rules.segments.tree import Known


@dataclass(frozen=True, slots=True)
class SegmentRow:
    """`people` as of `counted_at`, None before the first snapshot, and `before` in the one before that.

    `problem` says why rules cannot be read any more.
    """

    id: int
    name: str
    description: str
    sentence: str
    problem: str
    people: int | None
    counted_at: datetime | None
    before: int | None
    changed_by: str
    changed_at: datetime

    @property
    def change(self) -> int | None:
        return None if self.people is None or self.before is None else self.people - self.before


def segment_list() -> list[SegmentRow]:
    """By name, each with its newest snapshots; few queries however many."""
    return _rows(Segment.objects.order_by("name"))


def segment_row(segment_id: int) -> SegmentRow | None:
    return next(iter(_rows(Segment.objects.filter(pk=segment_id))), None)


def segment_of(segment_id: int) -> Segment | None:
    return Segment.objects.filter(pk=segment_id).first()


def draft_of(user_id: int, segment_id: int | None) -> SegmentDraft | None:
    """What this member has begun and not saved, of a segment or of a new one."""
    of = Q(segment_id=segment_id) if segment_id else Q(segment=None)
    return SegmentDraft.objects.filter(of, user_id=user_id).first()


def _rows(segments: QuerySet[Segment]) -> list[SegmentRow]:
    newest = SegmentSize.objects.filter(segment=OuterRef("pk")).order_by("-taken_at")
    rows = segments.annotate(
        people=Subquery(newest.values("people")[:1]),
        counted_at=Subquery(newest.values("taken_at")[:1]),
        before=Subquery(newest.values("people")[1:2]),
    )
    names = known()
    return [
        SegmentRow(
            each.pk,
            each.name,
            each.description,
            *_read(each, names),
            each.people,
            each.counted_at,
            each.before,
            each.changed_by,
            each.changed_at,
        )
        for each in rows
    ]


def size_history(segment_id: int, *, most: int = 400) -> list[SegmentSize]:
    """The last snapshots, the oldest first."""
    return list(SegmentSize.objects.filter(segment_id=segment_id).order_by("-taken_at")[:most])[::-1]


def _read(segment: Segment, names: Known) -> tuple[str, str]:
    try:
        return sentence(parse_rules(segment.rules, names), names), ""
    except RulesRefused as refused:
        return "", str(refused)
