"""Who is in a segment: one rule tree makes one query."""

from subscribers.queries.segments.asking import Overlap, compare, count_people, plan_of, segment_sql, sql_of_segment
from subscribers.queries.segments.library import known, segment_rule
from subscribers.queries.segments.listing import SegmentRow, segment_list, size_history
from subscribers.queries.segments.members import Member, Reason, explain_members, sample

__all__ = [
    "Member",
    "Overlap",
    "Reason",
    "SegmentRow",
    "compare",
    "count_people",
    "explain_members",
    "known",
    "plan_of",
    "sample",
    "segment_list",
    "segment_rule",
    "segment_sql",
    "size_history",
    "sql_of_segment",
]
