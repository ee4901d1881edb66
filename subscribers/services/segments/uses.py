"""Who needs a segment: other segments, and whatever the apps above say through this port."""

from collections.abc import Callable, Collection, Mapping, Sequence

from subscribers.queries.segments.library import known, readable_rules
from subscribers.rules.segments.nesting import users_of
from subscribers.types import SegmentUse

# Takes ids of segments, and returns what uses each of them.
Uses = Callable[[Collection[int]], Mapping[int, Sequence[SegmentUse]]]
_finders: list[Uses] = []


def register_segment_uses(find: Uses) -> None:
    """Called from AppConfig.ready, once for each app that builds on segments."""
    _finders.append(find)


def uses_of(segment_ids: Collection[int]) -> dict[int, list[SegmentUse]]:
    """For each of them, the segments first; few queries however many."""
    names = known()
    rules = readable_rules(names)
    found = {
        key: [SegmentUse(names.segments[user], "segment", user) for user in users_of(key, rules)] for key in segment_ids
    }
    for find in _finders:
        for key, uses in find(segment_ids).items():
            found[key].extend(uses)
    return found
