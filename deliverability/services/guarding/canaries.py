"""Sends the first few of a mailing to each mailbox provider, watches them, and lets the rest follow or not."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from accounts.services.permission import require
from accounts.types import Actor
from deliverability.models import Alert, CanaryLane, DeliveryBatch
from deliverability.queries.alerts import open_keys
from deliverability.queries.canaries import seen_by
from deliverability.queries.flow import thresholds
from deliverability.queries.mailbox_names import provider_name
from deliverability.rules.canaries import all_clear, stop_reason
from deliverability.services import alerts
from deliverability.services.mailings import skip_batches
from deliverability.types import SkipReason

ACTOR = "Sendwell"
PREFIX = "canary:"
State = CanaryLane.State


def watch_canaries(*, now: datetime | None = None) -> list[CanaryLane]:
    """Bring every undecided canary on by what is known now. Returns those that were decided; safe to run at once."""
    now = now or timezone.now()
    _resolve_settled(now)
    decided = []
    for mailing_id in CanaryLane.objects.filter(decided_at=None).values_list("mailing_id", flat=True).distinct():
        with transaction.atomic():
            lanes = list(_undecided(mailing_id).select_for_update(of=("self",), skip_locked=True))
            decided += [lane for lane in lanes if lane.size and _watch(lane, now)]
            decided += _follow(mailing_id, [lane for lane in lanes if not lane.size], now)
    return decided


def _resolve_settled(now: datetime) -> None:
    """Nobody waits any more where the mailing was cancelled meanwhile, so nobody needs to decide."""
    for key in open_keys(PREFIX):
        mailing_id, _, mailbox_provider = key.removeprefix(PREFIX).partition(":")
        held = DeliveryBatch.objects.filter(mailing_id=int(mailing_id), state=DeliveryBatch.State.HELD)
        if not held.filter(mailbox_provider=mailbox_provider).exists():
            alerts.resolve(key=key, now=now)


@transaction.atomic
def release(*, actor: Actor, mailing_id: int, mailbox_provider: str) -> None:
    """Send the rest all the same, or without waiting any longer. Raises PermissionRefused, CanaryLane.DoesNotExist."""
    require(actor, "campaigns.send")
    lane = CanaryLane.objects.select_for_update().get(mailing_id=mailing_id, mailbox_provider=mailbox_provider)
    if lane.state != State.RELEASED:
        _decide(lane, State.RELEASED, f"{actor} sent the rest.", timezone.now(), by=str(actor))
        alerts.resolve(key=_key(lane))


def leave_out(*, actor: Actor, mailing_id: int, mailbox_provider: str) -> None:
    """Give the rest up for good; everybody gets a record that says why. Raises PermissionRefused, DoesNotExist."""
    require(actor, "campaigns.send")
    lane = CanaryLane.objects.get(mailing_id=mailing_id, mailbox_provider=mailbox_provider)
    if lane.state == State.RELEASED:
        return
    with transaction.atomic():
        _decide(lane, State.STOPPED, lane.reason or f"{actor} left the rest out.", timezone.now(), by=str(actor))
        alerts.resolve(key=_key(lane))
    held = [DeliveryBatch.State.HELD.value]
    while skip_batches(mailing_id, reason=SkipReason.CANARY, states=held, mailbox_provider=mailbox_provider):
        pass


def _watch(lane: CanaryLane, now: datetime) -> bool:
    """True when this call decided. Bad news counts at once; good news only once the watch is over."""
    seen = seen_by(lane)
    if reason := stop_reason(seen, thresholds()):
        name = provider_name(lane.mailbox_provider)
        _decide(lane, State.STOPPED, f"Stopped at {name}: {reason}.", now)
        _warn(lane, now)
        return True
    if lane.state == State.SENDING and not _first_tries_left(lane):
        lane.state = State.WATCHING
        lane.watched_until = now + timedelta(minutes=lane.mailing.canary_minutes)
        lane.save(update_fields=["state", "watched_until"])
    if lane.state == State.WATCHING and lane.watched_until and lane.watched_until <= now:
        _decide(lane, State.RELEASED, f"The canary is well: {all_clear(seen)}.", now)
        return True
    return False


def _follow(mailing_id: int, lanes: Sequence[CanaryLane], now: datetime) -> list[CanaryLane]:
    """Too few people for a canary of their own: they go when every canary is well, and wait for a person if not."""
    judged = CanaryLane.objects.filter(mailing_id=mailing_id, size__gt=0)
    if judged.filter(decided_at=None).exists():
        return []
    stopped = judged.filter(state=State.STOPPED).first()
    for lane in lanes:
        if stopped is None:
            _decide(lane, State.RELEASED, "All canaries are well.", now)
        else:
            _decide(lane, State.STOPPED, f"Waits because another canary was stopped. {stopped.reason}", now)
    return list(lanes)


def _decide(lane: CanaryLane, state: CanaryLane.State, reason: str, now: datetime, by: str = ACTOR) -> None:
    lane.state, lane.reason, lane.decided_at, lane.decided_by = state, reason, now, by[:200]
    lane.save(update_fields=["state", "reason", "decided_at", "decided_by"])
    if state == State.RELEASED:
        due = Greatest(Value(now), Coalesce(F("opens_at"), Value(now)))
        _held(lane).update(state=DeliveryBatch.State.OPEN, due_at=due, first_due_at=due)


def _undecided(mailing_id: int) -> QuerySet[CanaryLane]:
    # A paused mailing sends nothing, so its canary shows nothing new; bad news is judged all the same.
    return CanaryLane.objects.filter(mailing_id=mailing_id, decided_at=None).select_related("mailing")


def _first_tries_left(lane: CanaryLane) -> bool:
    is_on_its_way = Q(state__in=(DeliveryBatch.State.OPEN, DeliveryBatch.State.LEASED), attempt=1)
    return lane.mailing.batches.filter(is_on_its_way, mailbox_provider=lane.mailbox_provider).exists()


def _held(lane: CanaryLane) -> QuerySet[DeliveryBatch]:
    return DeliveryBatch.objects.filter(
        mailing_id=lane.mailing_id, mailbox_provider=lane.mailbox_provider, state=DeliveryBatch.State.HELD
    )


def _warn(lane: CanaryLane, now: datetime) -> None:
    title = lane.mailing.title or f"{lane.mailing.composer} {lane.mailing.reference}"
    alerts.report(
        key=_key(lane),
        severity=Alert.Severity.CRITICAL,
        title=f"The canary of “{title}” was stopped at {provider_name(lane.mailbox_provider)}",
        text=f"{lane.reason} {lane.rest:,} people there wait. Look at why, then send the rest or leave them out.",
        now=now,
    )


def _key(lane: CanaryLane) -> str:
    return f"{PREFIX}{lane.mailing_id}:{lane.mailbox_provider}"
