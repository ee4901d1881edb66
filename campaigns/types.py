"""The words of a campaign's life."""

from enum import IntEnum, StrEnum


class CampaignState(StrEnum):
    DRAFT = "draft"
    REVIEWED = "reviewed"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    PAUSED = "paused"
    SENT = "sent"
    CANCELLED = "cancelled"


class Priority(IntEnum):
    """Which of two campaigns keeps its place where a frequency cap has no room for both."""

    LOW = -1
    NORMAL = 0
    HIGH = 1
