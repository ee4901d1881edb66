"""What people did with their mail, for the apps that keep a summary of it: facts are pulled upward, never pushed."""

from typing import Any

from deliverability.types import AgentKind, EventKind

_NEWEST = """
SELECT recipient_id, max(occurred_at) AS engaged_at FROM deliverability_event
WHERE id > %s AND id <= %s AND kind IN (%s, %s) AND agent_kind = %s
GROUP BY recipient_id
"""


def human_engagement_sql(*, after_id: int, up_to_id: int) -> tuple[str, list[Any]]:
    """SQL and parameters that yield recipient_id and engaged_at: their newest human open or click in that range.

    `up_to_id` comes from `services.engagement_events.settled_event_id`.
    """
    return _NEWEST, [after_id, up_to_id, int(EventKind.OPENED), int(EventKind.CLICKED), int(AgentKind.HUMAN)]
