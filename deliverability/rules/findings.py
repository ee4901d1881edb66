"""Decides what a finding in mail that came back means for a recipient: an event, a suppression, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from deliverability.rules.bounces import Finding
from deliverability.rules.complaints import scope_of_complaint
from deliverability.types import EventKind, Scope, StreamKind, SuppressionReason

# RFC 5965 7.3: what people reported. "not-spam" takes a report back, and RFC 6591 reports speak of our signatures.
_COMPLAINTS = frozenset({"abuse", "fraud", "virus", "other", "miscategorized", "dkim"})
_OPT_OUTS = frozenset({"opt-out", "opt-out-list"})
_FOR_NOW = frozenset({"soft", "mailbox-full"})


@dataclass(frozen=True, slots=True)
class Consequence:
    """`kind` None: nothing to record, and `why` says so. `is_soft`: counts towards a rest."""

    kind: EventKind | None = None
    reason: SuppressionReason | None = None
    scope: Scope = Scope.EVERYTHING
    is_soft: bool = False
    why: str = ""


def consequence_of(finding: Finding, stream: StreamKind) -> Consequence:
    """What follows for the recipient of one of our own mails, which was sent through a stream of this kind."""
    if finding.kind == "auto-reply":
        return Consequence(why="An answer that a machine gave for its owner.")
    if finding.kind == "delivered":
        return Consequence(why="A confirmation that the mail arrived.")
    if finding.kind == "feedback":
        return _of_feedback(finding.status, stream)
    if not finding.is_final:
        return Consequence(why="The server over there still tries.")
    if finding.kind == "hard":
        return Consequence(EventKind.BOUNCED, SuppressionReason.HARD_BOUNCE)
    return Consequence(EventKind.BOUNCED, is_soft=finding.kind in _FOR_NOW)


def finding_about(findings: Sequence[Finding], address: str) -> Finding:
    """The one of several findings of one report that is about `address`.

    Where none names it, as behind a forwarding, the gentlest: one dead mailbox of several is no dead address.
    """
    own = [one for one in findings if address and one.recipient == address.lower()]
    return own[0] if own else min(findings, key=lambda one: one.kind == "hard")


def _of_feedback(status: str, stream: StreamKind) -> Consequence:
    if status in _OPT_OUTS:
        return Consequence(EventKind.UNSUBSCRIBED, SuppressionReason.UNSUBSCRIBE, Scope.MARKETING)
    if status in _COMPLAINTS:
        return Consequence(EventKind.COMPLAINED, SuppressionReason.COMPLAINT, scope_of_complaint(stream))
    return Consequence(why=f"A report of the type “{status}” is no complaint.")
