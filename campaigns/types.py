"""The words of a campaign's life."""

from enum import StrEnum


class CampaignState(StrEnum):
    DRAFT = "draft"
    REVIEWED = "reviewed"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    PAUSED = "paused"
    SENT = "sent"
    CANCELLED = "cancelled"


# Recipient ids from here on are test mails. No contact has such an id, so no link of a test reaches a person:
# nobody is unsubscribed, tracked or counted by one. Tokens carry 48 bits.
FIRST_TEST_RECIPIENT = 1 << 47
