"""What one mailing did, and still means to do, to one recipient: the ground of `explain_delivery`."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from deliverability.models import DeliveryBatch, Event, Mailing, Stream
from deliverability.queries.lanes import lane_limits, lane_silence
from deliverability.rules.lanes import LaneKey


@dataclass(frozen=True, slots=True)
class WaitingBatch:
    """The open batch in which the recipient waits. `is_leased`: a worker has it in hand."""

    id: int
    mailbox_provider: str
    attempt: int
    due_at: datetime
    is_leased: bool


@dataclass(frozen=True, slots=True)
class RecipientHistory:
    """Events oldest first; `waiting` None: nothing more will be sent; `why_waiting` is empty or a sentence."""

    events: list[Event]
    waiting: WaitingBatch | None
    why_waiting: str


def recipient_history(mailing_id: int, recipient_id: int) -> RecipientHistory:
    """Reads the event table's index by recipient, and the mailing's few open batches."""
    events = list(Event.objects.filter(recipient_id=recipient_id, mailing_id=mailing_id).order_by("occurred_at", "id"))
    batch = (
        DeliveryBatch.objects.filter(mailing_id=mailing_id, state__lt=DeliveryBatch.State.CLOSED)
        .filter(recipient_ids__contains=[recipient_id])
        .select_related("mailing", "stream")
        .order_by("id")
        .first()
    )
    if batch is None:
        return RecipientHistory(events, None, "")
    waiting = WaitingBatch(
        batch.pk, batch.mailbox_provider, batch.attempt, batch.due_at, batch.state == DeliveryBatch.State.LEASED
    )
    return RecipientHistory(events, waiting, _why_waiting(batch))


def _why_waiting(batch: DeliveryBatch) -> str:
    """The first thing that stands between the recipient and the mail, in the order in which a drain meets them."""
    if batch.state == DeliveryBatch.State.LEASED:
        return "A worker is sending this batch right now."
    if batch.mailing.state == Mailing.State.PAUSED:
        return "The mailing is paused. Resume it to go on."
    if reason := _held(batch.stream):
        return reason
    if batch.due_at > timezone.now():
        return f"Attempt {batch.attempt} is due at {batch.due_at:%Y-%m-%d %H:%M:%S} UTC."
    lane = LaneKey(batch.stream_id, batch.mailbox_provider)
    if silence := lane_silence(lane):
        return silence
    limits = lane_limits(lane)
    if limits.messages_per_second is not None:
        return (
            f"It is this batch's turn as soon as the lane to {batch.mailbox_provider} allows: it is limited to "
            f"{limits.messages_per_second:g} messages per second."
        )
    return "It is due and leaves as soon as a worker is free. If this lasts, check that the workers run."


def _held(stream: Stream) -> str:
    if not stream.held_reason or (stream.held_until and stream.held_until <= timezone.now()):
        return ""
    until = f" until {stream.held_until:%Y-%m-%d %H:%M:%S} UTC" if stream.held_until else ""
    return f"The stream “{stream.name}” is held{until}: {stream.held_reason}"
