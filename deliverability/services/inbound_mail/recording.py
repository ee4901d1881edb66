"""Turns what a mail says into events and suppressions of the people whom our own tokens name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from deliverability.models import InboundMail, Mailing
from deliverability.queries.mailbox_providers import mailbox_provider_of
from deliverability.queries.messages import where_sent
from deliverability.queries.tokens import Addressed, read
from deliverability.rules.bounces import Finding
from deliverability.rules.findings import Consequence, consequence_of, finding_about
from deliverability.rules.replies import split_reply
from deliverability.services.addresses import addresses_of
from deliverability.services.events import append_events
from deliverability.services.reply_counts import count_replies
from deliverability.services.soft_bounces import count_soft_bounces
from deliverability.services.suppression import suppress
from deliverability.types import EventKind, NewEvent, Reply, StreamKind

_LONGEST_DETAIL = 1000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a whole mail, and why, for whoever looks at it."""

    state: InboundMail.State
    note: str


def record_findings(findings: Sequence[Finding], received_at: datetime) -> Outcome:
    """Append an event for each recipient and hold whom it calls for; joins the open transaction.

    Only a token that we signed says whom a report is about: anybody can write a report that names somebody else.
    """
    if not findings:
        return Outcome(InboundMail.State.IGNORED, "It is no bounce, no complaint and no automatic answer.")
    if {one.kind for one in findings} == {"auto-reply"}:
        return Outcome(InboundMail.State.IGNORED, "An answer that a machine gave for its owner.")
    by_recipient = _resolve(findings)
    if not by_recipient:
        return Outcome(
            InboundMail.State.UNRESOLVED,
            "It carries no token of a mail that we sent, so nobody was suppressed: anybody could have written it.",
        )
    addresses = addresses_of([whom.recipient_id for whom in by_recipient])
    notes = [
        _record(whom, finding_about(own, addresses.get(whom.recipient_id, "")), addresses, received_at)
        for whom, own in by_recipient.items()
    ]
    if not any(notes):
        return Outcome(InboundMail.State.RECORDED, "")
    return Outcome(
        InboundMail.State.IGNORED if all(notes) else InboundMail.State.RECORDED, " ".join(filter(None, notes))
    )


def _resolve(findings: Sequence[Finding]) -> dict[Addressed, list[Finding]]:
    """The findings by the recipient whose token they carry. The first token that is ours decides."""
    found: dict[Addressed, list[Finding]] = {}
    for finding in findings:
        whom = next(filter(None, map(read, finding.tokens)), None)
        if whom is not None:
            found.setdefault(whom, []).append(finding)
    return found


def _record(whom: Addressed, finding: Finding, addresses: dict[int, str], at: datetime) -> str:
    """Record one finding; returns why there was nothing to record, or nothing."""
    mailing = Mailing.objects.select_related("stream").filter(pk=whom.mailing_id).first()
    stream = StreamKind(mailing.stream.kind) if mailing else StreamKind.MARKETING
    consequence = consequence_of(finding, stream)
    if consequence.kind is None:
        return consequence.why
    address = addresses.get(whom.recipient_id, "")
    sent = (whom.mailing_id, whom.recipient_id)
    provider = where_sent([sent]).get(sent) or mailbox_provider_of(address or finding.recipient)
    detail = _detail(finding)
    if address:
        _hold(address, finding, consequence, detail)
    if consequence.kind == EventKind.BOUNCED and finding.code:
        count_replies(replies=[(Reply(finding.code, finding.words, finding.status), provider)])
    if mailing:
        # Last, since it locks the rows of counts that every batch of the mailing shares.
        append_events([_event(whom, finding, consequence.kind, provider, detail, at)])
    return ""


def _detail(finding: Finding) -> str:
    """The server's words behind the enhanced status, each once, as SMTP results are recorded."""
    _, enhanced, words = split_reply(finding.words.replace("\0", ""))
    status = "" if finding.kind == "feedback" else enhanced or finding.status
    return f"{status} {words}".strip()[:_LONGEST_DETAIL]


def _hold(address: str, finding: Finding, consequence: Consequence, detail: str) -> None:
    if consequence.reason is not None:
        words = f"{finding.code or ''} {detail}".strip()
        suppress(addresses=[address], scope=consequence.scope, reason=consequence.reason, evidence=words)
    if consequence.is_soft:
        count_soft_bounces(bounces=[(address, detail)])


def _event(whom: Addressed, finding: Finding, kind: EventKind, provider: str, detail: str, at: datetime) -> NewEvent:
    return NewEvent(
        occurred_at=at,
        kind=kind,
        mailing_id=whom.mailing_id,
        recipient_id=whom.recipient_id,
        mailbox_provider=provider,
        code=finding.code or None,
        detail=detail or None,
    )
