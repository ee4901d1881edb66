"""Segments: kept, drafted, measured, and who needs them."""

from subscribers.services.segments.drafting import drop_draft, keep_draft
from subscribers.services.segments.keeping import change_segment, create_segment, delete_segment
from subscribers.services.segments.measuring import forget_snapshots, take_snapshot, take_snapshots
from subscribers.services.segments.uses import register_segment_uses, uses_of

__all__ = [
    "change_segment",
    "create_segment",
    "delete_segment",
    "drop_draft",
    "forget_snapshots",
    "keep_draft",
    "register_segment_uses",
    "take_snapshot",
    "take_snapshots",
    "uses_of",
]
