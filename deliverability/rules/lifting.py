"""Which suppressions the team may lift."""

from deliverability.rules.mailbox_providers import mailbox_provider_of
from deliverability.types import SuppressionReason

_NEVER = {
    SuppressionReason.UNSUBSCRIBE: "This person unsubscribed. Only they can come back, by signing up again.",
    SuppressionReason.ERASURE: "This person asked to be forgotten, and their address is gone.",
}
_APPLE = (
    "This person reported a mail of yours as spam and reads their mail at iCloud. Apple forbids to write to them again."
)
_NOBODY_KNOWS = (
    "This person reported a mail of yours as spam. Their address was erased, so nobody can tell whether it may be "
    "lifted."
)


def why_not_liftable(reason: SuppressionReason, address: str) -> str:
    """In words; empty where the team may lift it."""
    # Mailboxes come back to life and colleagues err. A person's own word is not ours to undo.
    if reason == SuppressionReason.COMPLAINT:
        if not address:
            return _NOBODY_KNOWS
        return _APPLE if mailbox_provider_of(address) == "apple" else ""
    return _NEVER.get(reason, "")
