"""Which suppressions the team may lift."""

from deliverability.types import SuppressionReason

# Mailboxes come back to life and colleagues err. Complaints, erasures and a person's own leaving are not ours to undo.
LIFTABLE = frozenset({SuppressionReason.HARD_BOUNCE, SuppressionReason.MANUAL})
WHY_NOT = {
    SuppressionReason.COMPLAINT: "This person reported a mail of yours as spam. Writing to them again would cost you "
    "the trust of their mailbox provider, so nobody can lift this.",
    SuppressionReason.UNSUBSCRIBE: "This person unsubscribed. Only they can come back, by signing up again, so this "
    "was not lifted.",
    SuppressionReason.ERASURE: "This person asked to be forgotten, and their address is gone. Nobody can lift this.",
}
