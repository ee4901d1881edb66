"""Who is in a segment: one rule tree makes one query."""

from subscribers.queries.segments.asking import Region, compare, count_people, plan_of, segment_sql, sql_of_segment
from subscribers.queries.segments.library import (
    activity_names,
    known,
    present_providers,
    segment_names,
    segment_rule,
)
from subscribers.queries.segments.listing import (
    SegmentRow,
    draft_of,
    segment_list,
    segment_of,
    segment_row,
    size_history,
)
from subscribers.queries.segments.looking import Look, look
from subscribers.queries.segments.members import Member, Reason, explain_members, sample

__all__ = [
    "Look",
    "Member",
    "Reason",
    "Region",
    "SegmentRow",
    "activity_names",
    "compare",
    "count_people",
    "draft_of",
    "explain_members",
    "known",
    "look",
    "plan_of",
    "present_providers",
    "sample",
    "segment_list",
    "segment_names",
    "segment_of",
    "segment_row",
    "segment_rule",
    "segment_sql",
    "size_history",
    "sql_of_segment",
]
