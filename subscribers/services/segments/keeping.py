"""Keeps segments: their rules are read before they are kept."""

from typing import Any

from django.db import IntegrityError, transaction

from accounts.services.permission import require
from accounts.types import Actor
from subscribers.errors import SegmentGone, SegmentRefused
from subscribers.models import Segment
from subscribers.queries.segments.library import known, readable_rules
from subscribers.rules.segments.nesting import refuse_cycles
from subscribers.rules.segments.parsing import parse_rules
from subscribers.rules.segments.writing import write_rules
from subscribers.services.segments.uses import uses_of


def create_segment(*, actor: Actor, name: str, rules: object, description: str = "") -> Segment:
    """Raises RulesRefused, which names the place of the mistake, SegmentRefused, PermissionRefused."""
    require(actor, "subscribers.edit")
    who = str(actor)[:200]
    return _keep(Segment(created_by=who, changed_by=who), name, rules, description)


def change_segment(*, actor: Actor, segment_id: int, name: str, rules: object, description: str = "") -> Segment:
    """Whoever uses it uses the new rules from now on. Raises RulesRefused, also where the segment would contain itself,
    SegmentRefused, SegmentGone, PermissionRefused."""
    require(actor, "subscribers.edit")
    with transaction.atomic():
        segment = _locked(segment_id)
        segment.changed_by = str(actor)[:200]
        return _keep(segment, name, rules, description)


def delete_segment(*, actor: Actor, segment_id: int) -> None:
    """Raises SegmentRefused where another segment or a campaign needs it, SegmentGone, PermissionRefused."""
    require(actor, "subscribers.edit")
    with transaction.atomic():
        segment = _locked(segment_id)
        if users := uses_of([segment_id])[segment_id]:
            needing = ", ".join(f"“{use.name}”" for use in users)
            verb = "needs" if len(users) == 1 else "need"
            raise SegmentRefused(f"{needing} {verb} this segment, so it stays. Take it out of there first.")
        segment.delete()


def _locked(segment_id: int) -> Segment:
    """All of them are: two changes at once could otherwise put two segments into each other."""
    segments = {segment.pk: segment for segment in Segment.objects.select_for_update().order_by("pk")}
    if segment_id not in segments:
        raise SegmentGone
    return segments[segment_id]


def _keep(segment: Segment, name: str, rules: object, description: str) -> Segment:
    segment.name, segment.description = name.strip()[:100], description.strip()[:300]
    if not segment.name:
        raise SegmentRefused("A segment needs a name, so nothing was saved.")
    segment.rules = _read(segment.pk, rules)
    try:
        with transaction.atomic():
            segment.save()
    except IntegrityError:
        raise SegmentRefused(
            f"There is a segment called “{segment.name}” already, so nothing was saved. Choose another name."
        ) from None
    return segment


def _read(segment_id: int | None, rules: object) -> dict[str, Any]:
    """In the form in which they are kept."""
    names = known()
    rule = parse_rules(rules, names)
    if segment_id is not None:
        refuse_cycles(segment_id, rule, readable_rules(names))
    return write_rules(rule)
