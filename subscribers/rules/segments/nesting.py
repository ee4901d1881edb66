"""Segments inside segments: who needs whom, and that nobody needs themselves."""

from collections.abc import Mapping

from subscribers.errors import RulesRefused
from subscribers.rules.segments.tree import Rule, segments_in


def refuse_cycles(segment_id: int, rule: Rule, others: Mapping[int, Rule]) -> None:
    """Raises RulesRefused where a segment would contain itself, directly or by way of others."""
    seen: set[int] = set()
    waiting = segments_in(rule)
    while waiting:
        each = waiting.pop()
        if each == segment_id:
            raise RulesRefused("", "This segment would contain itself, directly or by way of another one.")
        if each not in seen and each in others:
            seen.add(each)
            waiting |= segments_in(others[each])


def users_of(segment_id: int, others: Mapping[int, Rule]) -> list[int]:
    """Segments that name this one in their own rules."""
    return [key for key, rule in others.items() if key != segment_id and segment_id in segments_in(rule)]
