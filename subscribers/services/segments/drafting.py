"""Keeps what somebody types into the segment builder, until they save or drop it."""

from typing import Any

from accounts.services.permission import require
from accounts.types import Actor
from subscribers.models import Segment, SegmentDraft
from subscribers.queries.segments import draft_of


def keep_draft(
    *, actor: Actor, user_id: int, segment_id: int | None, name: str, description: str, tree: dict[str, Any]
) -> SegmentDraft:
    """Of what one member types, the last counts. Raises PermissionRefused."""
    require(actor, "subscribers.edit")
    segment = Segment.objects.filter(pk=segment_id).first() if segment_id else None
    typed = {"name": name[:200], "description": description[:600], "tree": tree}
    draft, _ = SegmentDraft.objects.update_or_create(
        user_id=user_id,
        segment=segment,
        defaults=typed,
        create_defaults={**typed, "based_on": segment.changed_at if segment else None},
    )
    return draft


def drop_draft(*, user_id: int, segment_id: int | None) -> None:
    if draft := draft_of(user_id, segment_id):
        draft.delete()
