"""What a canary met so far, and how the canaries of a mailing stand."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Func, IntegerField, Sum

from deliverability.models import CanaryLane, DeliveryBatch, Event, MailingCount
from deliverability.queries.flow import flow_of
from deliverability.rules.canaries import Seen
from deliverability.rules.replies import classify_reply, split_reply
from deliverability.types import EventKind

_OUR_FAULT = {"block", "policy", "authentication", "content"}
_REPLIES = 500


@dataclass(frozen=True, slots=True)
class CanaryStanding:
    """One canary as a page shows it; `size` 0: too few people there to judge, so they follow the others.

    `waiting` counts those of the rest who still wait for a word.
    """

    mailbox_provider: str
    size: int
    rest: int
    state: str
    watched_until: datetime | None
    reason: str
    decided_by: str
    waiting: int


def canary_standings(mailing_id: int) -> list[CanaryStanding]:
    """The largest first; empty for a mailing without canaries."""
    held = DeliveryBatch.objects.filter(mailing_id=mailing_id, state=DeliveryBatch.State.HELD)
    size = Func(F("recipient_ids"), function="cardinality", output_field=IntegerField())
    waiting = dict(held.order_by().values_list("mailbox_provider").annotate(people=Sum(size)))
    return [
        CanaryStanding(
            mailbox_provider=lane.mailbox_provider,
            size=lane.size,
            rest=lane.rest,
            state=lane.state,
            watched_until=lane.watched_until,
            reason=lane.reason,
            decided_by=lane.decided_by,
            waiting=int(waiting.get(lane.mailbox_provider, 0)),
        )
        for lane in CanaryLane.objects.filter(mailing_id=mailing_id).order_by("-size", "-rest", "mailbox_provider")
    ]


def seen_by(lane: CanaryLane) -> Seen:
    """Counted from the mailing's own events there: until it is decided, the canary is all that left."""
    counts = MailingCount.objects.filter(mailing_id=lane.mailing_id, mailbox_provider=lane.mailbox_provider)
    flow = flow_of(counts.values_list("kind", "total"), lane.mailbox_provider)
    refused = Event.objects.filter(
        mailing_id=lane.mailing_id,
        mailbox_provider=lane.mailbox_provider,
        kind__in=(EventKind.DEFERRED, EventKind.FAILED),
        code__gte=400,
    ).values_list("code", "detail")[:_REPLIES]
    ours = [f"{code} {detail}" for code, detail in refused if _is_our_fault(code, detail or "", lane.mailbox_provider)]
    return Seen(flow, len(ours), ours[0] if ours else "")


def _is_our_fault(code: int | None, detail: str, mailbox_provider: str) -> bool:
    _, enhanced, text = split_reply(f"{code} {detail}")
    return classify_reply(code or 0, enhanced, text, mailbox_provider).kind in _OUR_FAULT
