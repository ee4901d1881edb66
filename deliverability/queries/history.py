"""What one mailing did, and still means to do, to one recipient: the ground of `explain_delivery`."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from redis.exceptions import RedisError

from accounts.rules.clocks import kept
from deliverability.models import CanaryLane, DeliveryBatch, Event, Mailing, Stream
from deliverability.queries.lanes import WorkingLane, working_lane
from deliverability.queries.paces import paces
from deliverability.rules.lane_words import name_of, say_quiet, say_redis_down
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
    """Events oldest first; `waiting` None: nothing more will be sent; `why_waiting` is empty or a sentence, with its
    moments as `accounts.rules.clocks.told` takes them."""

    events: list[Event]
    waiting: WaitingBatch | None
    why_waiting: str


def recipient_history(mailing_id: int, recipient_id: int) -> RecipientHistory:
    """Reads the event table's index by recipient, and the mailing's few open batches."""
    events = list(Event.objects.filter(recipient_id=recipient_id, mailing_id=mailing_id).order_by("occurred_at", "id"))
    batch = (
        DeliveryBatch.objects.filter(mailing_id=mailing_id, state__lt=DeliveryBatch.State.CLOSED)
        .filter(recipient_ids__contains=[recipient_id])
        .select_related("mailing", "stream", "provider")
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
        return f"{batch.mailing.paused_because or 'The mailing is paused.'} Resume it to go on."
    if batch.state == DeliveryBatch.State.HELD:
        return _why_canary_holds(batch)
    if reason := _held(batch.stream):
        return reason
    if batch.unknown_until and batch.provider and batch.unknown_until > timezone.now():
        return (
            f"“{batch.provider}” gave no answer to this message and may have it. It is sent once more, with the same "
            f"Message-ID: by the same provider as soon as that takes mail, by another one not before "
            f"{kept(batch.unknown_until)}."
        )
    if batch.opens_at and batch.opens_at > timezone.now():
        return (
            f"These are quiet hours in the zone {batch.zone}, where their clock stands, so it waits until "
            f"{kept(max(batch.due_at, batch.opens_at))}."
        )
    if batch.due_at > timezone.now():
        return f"Attempt {batch.attempt} is due at {kept(batch.due_at)}."
    lane = working_lane(LaneKey(batch.stream_id, batch.mailbox_provider))
    if lane.most_priority is not None and batch.priority > lane.most_priority:
        return (
            "Week one of the warm-up writes only to people who opened or clicked in the last 30 days. "
            "The others follow when it is over."
        )
    return _why_lane_waits(lane)


def _why_canary_holds(batch: DeliveryBatch) -> str:
    lane = CanaryLane.objects.filter(mailing_id=batch.mailing_id, mailbox_provider=batch.mailbox_provider).first()
    if lane and lane.state == CanaryLane.State.STOPPED:
        return f"{lane.reason} The rest waits until somebody sends it or leaves it out."
    return f"The canary goes first; the rest to {name_of(batch.mailbox_provider)} follows if it turns out well."


def _why_lane_waits(lane: WorkingLane) -> str:
    now, name = timezone.now(), name_of(lane.key.mailbox_provider)
    try:
        pace = paces([lane.way], now)[lane.way]
    except RedisError as error:
        return say_redis_down(str(error))
    if pace.quiet_until:
        return say_quiet(lane.key.mailbox_provider, pace.reply, (pace.quiet_until - now).total_seconds())
    rates = (lane.limits.messages_per_second, lane.way_limits.messages_per_second, pace.effective_rate)
    if rate := min((rate for rate in rates if rate is not None), default=None):
        return (
            f"It is this batch's turn as soon as the lane to {name} allows: it is limited to {rate:g} messages per "
            "second."
        )
    if lane.cap_reason:
        return f"It is this batch's turn as soon as the lane to {name} allows. {lane.cap_reason}"
    return "It is due and leaves as soon as a worker is free. If this lasts, check that the workers run."


def _held(stream: Stream) -> str:
    if not stream.held_reason or (stream.held_until and stream.held_until <= timezone.now()):
        return ""
    until = f" until {kept(stream.held_until)}" if stream.held_until else ""
    return f"The stream “{stream.name}” is held{until}: {stream.held_reason}"
